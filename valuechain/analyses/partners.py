"""Partners: who could take or supply what a gap or an enterprise leaves open, and why the nearest cannot.

A *need* is a gap of missing-links (kinds unconnected, price_leakage, capacity_gap, missing_processing,
missing_input), or, with `enterprise`, what that enterprise sells outside the place, and what it certainly
needs beyond its purchases inside it. Candidates for a need of product p are all enterprises of the dataset:

* *takers* certainly or possibly need p, or are recorded to buy it. Feasible = idle capacity (capacity -
  output) x lowest coefficient + what they buy from outside the place today, which p from here could replace.
* *suppliers* make p, yield it as a by-product or sell it. Feasible = idle capacity (capacity - output) +
  what they sell outside the place today, which could be diverted.

Feasible is at most the need, in product units a year; a share is feasible / need. An unknown capacity counts
as the output: nothing to spare is on record, so the answer is *unknown*, not no. What local plants could
take of a capacity_gap is counted under unconnected and price_leakage of the product, and not told twice. A
candidate outside the place of a need could move the product, but it would still leave the place, or still
come from outside: `inside` and the reason say so. Where nobody is a candidate, the neighbours in the place
are told as those that cannot: plants of the same owner, the same sector or the same chain, else any plant
there, the nearest first (see `valuechain.partners.neighbours`).
Each need is matched alone: the same idle tonne may stand under several, so do not add feasible amounts.

Distance is the great circle to the nearest enterprise that has or lacks p (see `valuechain.partners.distance`).
The score is the plain mean of its known parts, all shown: *share* = feasible / need; *nearness* = 1 / (1 +
km / 500); *certainty* = 1 where the use or the making is sure, 0.5 where it holds on some possible routes
only, 0 for a neighbour without such a process. There is no score where what is feasible is unknown. Whether
one owner is good or bad is the reader's to judge, so `same_owner` is shown and not scored.
Source: own measures. The graded match follows work on industrial symbiosis; that most requests find no
match, and that the reason must be told, follows the supplier scouting of NIST MEP.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, ParameterError, Quantity, Text
from valuechain.evidence import Evidence, cite, cite_flow, facts_of
from valuechain.model import ValueChain
from valuechain.parameters import Year
from valuechain.partners import neighbours
from valuechain.partners.caveats import caveats
from valuechain.partners.distance import BASES, rounded, told
from valuechain.partners.matching import (
    CAN,
    Market,
    Match,
    market,
    match,
)
from valuechain.partners.needs import needs
from valuechain.partners.neighbours import Neighbours, asked_of
from valuechain.partners.reasons import Part, case_of, known, parts_of, reason
from valuechain.places import ultimate_owners
from valuechain.registry import analysis


@dataclass(frozen=True, slots=True)
class Partner:
    """One enterprise that could meet a need, or one near that cannot."""

    need_id: Annotated[str, Text("the gap, or take / supply : enterprise : product")]
    role: Annotated[str, Text("what it would be", ("supplier", "taker"))]
    for_id: Annotated[str, Text("the place or enterprise that the need belongs to")]
    for_name: Annotated[str, Text("its name")]
    product_id: Annotated[str, Key("products", "what would move")]
    product_name: Annotated[str, Text("its name")]
    enterprise_id: Annotated[str, Key("enterprises", "the candidate")]
    enterprise_name: Annotated[str, Text("its name")]
    owner_id: Annotated[str, Key("enterprises", "its ultimate owner")]
    owner_name: Annotated[str, Text("the owner's name")]
    same_owner: Annotated[bool, Text("one ultimate owner with an enterprise that the need belongs to")]
    region_id: Annotated[str | None, Key("regions", "where it stands")]
    inside: Annotated[
        bool, Text("in the place of the need? else the product would still leave, or come from outside")
    ]
    stage: Annotated[
        float | None, Quantity("stage", "stage of what it makes with the product, or of what it supplies")
    ]
    can: Annotated[str, Text("whether it could meet the need", CAN)]
    feasible: Annotated[float | None, Quantity("unit", "what it could take or supply a year")]
    unit: Annotated[str, Text("unit of the amounts")]
    need: Annotated[
        float | None, Quantity("unit", "size of the need a year; its bound stands in missing-links")
    ]
    share: Annotated[float | None, Quantity("share", "feasible / need")]
    distance: Annotated[str, Text("how far it is, and on what that rests where not on exact coordinates")]
    distance_km: Annotated[
        float | None,
        Quantity("km", "great circle, rounded to km, below 10 to 0.1; a road or a railway is longer"),
    ]
    distance_basis: Annotated[str, Text("what the distance rests on", BASES)]
    links_today: Annotated[float | None, Quantity("unit", "recorded to move between them already")]
    score: Annotated[
        float | None, Quantity("0 to 1", "plain mean of the known parts; none where feasible is unknown")
    ]
    parts: Annotated[tuple[Part, ...], Text("the parts of the score")]
    reason: Annotated[str, Text("why it could, or why not")]
    evidence: Annotated[tuple[Evidence, ...], Text("the figures it rests on")]


@analysis(
    title="Partners for a need",
    reads=("production", "processes", "process_flows", "flows"),
    key=("need_id", "role", "enterprise_id"),
    place=7,
    table=(
        "product_name",
        "can",
        "feasible",
        "enterprise_name",
        "need",
        "distance",
        "role",
        "for_name",
        "same_owner",
    ),
    caveats=caveats,
)
def partners(
    chain: ValueChain,
    *,
    enterprise: Annotated[
        str | None, Key("enterprises", "who could take what it makes, and supply what it needs")
    ] = None,
    gap: Annotated[str | None, Text("a gap by its gap_id in missing-links")] = None,
    product: Annotated[tuple[str, ...], Key("products", "only needs of these products")] = (),
    region: Annotated[
        str | None, Key("regions", "the place whose gaps are matched (default: the dataset's home region)")
    ] = None,
    most: Annotated[
        int, Quantity("candidates", "shown for each need: so many that could, and so many that could not")
    ] = 5,
    max_km: Annotated[float | None, Quantity("km", "who stands farther cannot")] = None,
    year: Year = None,
) -> Iterator[Partner]:
    """Who could take or supply what is missing, how much of it, and why can the nearest others not?

    Without `enterprise` and `gap` the ten largest known gaps are matched. Within a need those that could come
    first, by score, then the nearest; then those that could not, the nearest first.

    >>> from loaders import load
    >>> from valuechain import question
    >>> chain = load("pavlodar")
    >>> (row,) = question("partners")(chain, gap="capacity_gap:pavlodar:alumina")
    >>> row.enterprise_id, row.can, row.need, row.feasible
    ('aluminium-of-kazakhstan', 'unknown', 1005000.0, None)
    >>> grown = chain.with_rows(
    ...     "production", enterprise_id="aluminium-of-kazakhstan", product_id="primary-aluminium",
    ...     output=250_000, capacity=300_000, source_id="paper",
    ... )
    >>> (row,) = question("partners")(grown, gap="price_leakage:pavlodar:alumina")
    >>> row.can, round(row.feasible)
    ('yes', 96500)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    asked = {
        "enterprise": enterprise, "gap": gap, "product": product, "region": region, "most": most,
        "max_km": max_km, "year": year,
    }  # fmt: skip
    _checked(asked)
    m = market(chain, year)
    for need in needs(chain, asked)[0]:
        if need.quantity != 0:
            found, near = asked_of(m, need)
            scene = _Scene(m, match(m, need, found, most, max_km), near, max_km)
            yield from (scene.row(int(i)) for i in scene.match.order)


def _checked(asked: dict[str, Any]) -> None:
    if asked["most"] < 1:
        raise ParameterError("most", "is a number of candidates; it is at least 1")
    if asked["max_km"] is not None and asked["max_km"] < 0:
        raise ParameterError("max_km", "is a distance; it cannot be negative")
    if asked["gap"] is not None:
        for name in ("enterprise", "region"):
            if asked[name] is not None:
                raise ParameterError(name, "does not go with gap, which names its place and product")


class _Scene:
    """Tells the rows of one need."""

    def __init__(self, m: Market, match: Match, near: Neighbours | None, limit: float | None) -> None:
        self.m, self.match, self.near, self.limit, self.chain = m, match, near, limit, m.chain
        self.product = self.chain.arrow("products").slice(match.need.product, 1).to_pylist()[0]
        self.owners = ultimate_owners(self.chain)
        self.kin = set(self.owners[match.need.parties].tolist())
        name, year = self.product["product_id"], m.books.year
        self.flows = facts_of(self.chain, "flows", name, year) if len(match.order) else []
        self.lines = facts_of(self.chain, "process_flows", name) if len(match.order) else []

    def row(self, i: int) -> Partner:
        """Return one candidate."""
        match, need = self.match, self.match.need
        code = int(match.found.enterprise[i])
        about = self.chain.arrow("enterprises").slice(code, 1).to_pylist()[0]
        owner = str(self.chain.ids("enterprises")[self.owners[code]])
        share = known(match.parts[0, i])
        near = neighbours.told(self.m, need, self.near, i) if self.near else ""
        return Partner(
            need_id=need.id,
            role="taker" if need.takers else "supplier",
            for_id=need.for_id,
            for_name=need.for_name,
            product_id=self.product["product_id"],
            product_name=self.product["name"],
            enterprise_id=about["enterprise_id"],
            enterprise_name=about["name"],
            owner_id=owner,
            owner_name=self.chain.names("enterprises")[owner],
            same_owner=int(self.owners[code]) in self.kin,
            region_id=about["region_id"],
            inside=bool(need.zone.inside[code]),
            stage=known(match.found.stage[i]),
            can=CAN[match.can[i]],
            feasible=known(match.feasible[i]),
            unit=self.product["unit"] or "",
            need=known(need.quantity),
            share=share,
            distance=told(known(match.km[i]), BASES[match.basis[i]]),
            distance_km=None if np.isnan(match.km[i]) else rounded(float(match.km[i])),
            distance_basis=BASES[match.basis[i]],
            links_today=known(match.found.today[i]),
            score=known(match.score[i]),
            parts=parts_of(match, i),
            reason=reason(
                case_of(match, i, about["name"], self.product, self.limit, self._apart(about, code), near)
            ),
            evidence=tuple(self._evidence(about["enterprise_id"], code)),
        )

    def _apart(self, about: dict[str, Any], code: int) -> str:
        """Return where a candidate stands if it is not in the place of the need; nothing if it is."""
        zone = self.match.need.zone
        if zone.inside[code] or zone.what == "enterprise":
            return ""
        if zone.what == "management":
            return f"does not belong to {zone.name}"
        where = self.chain.names("regions").get(about["region_id"], "a place not recorded")
        return f"stands in {where}, outside {zone.name}"

    def _evidence(self, name: str, code: int) -> Iterator[Evidence]:
        """Yield what the candidate makes with or of the product, the recipe lines, and its flows of it."""
        runs, made = self.m.rows(self.match.need, code)
        for product in made:
            unit = (self.chain.row("products", product) or {})["unit"]
            for row in facts_of(self.chain, "production", product, self.m.books.year):
                if row["enterprise_id"] == name:
                    yield cite("production", row, "output", unit)
                    if row["capacity"] is not None:
                        yield cite("production", row, "capacity", unit)
        role = "feedstock" if self.match.need.takers else "by_product"
        lines = [r for r in self.lines if r["role"] == role and r["process_id"] in runs]
        yield from (cite("process_flows", row, "quantity") for row in lines)
        yield from (
            cite_flow(r, self.product["unit"]) for r in self.flows if name in (r["from_id"], r["to_id"])
        )
