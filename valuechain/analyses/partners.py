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

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, NotFoundError, ParameterError, Quantity, Text
from graph_schema.cells.text import nearest as nearest_names
from valuechain.analyses.missing_links import MissingLink, missing_links
from valuechain.evidence import Evidence, cite, cite_flow, facts_of
from valuechain.model import ValueChain
from valuechain.partners import neighbours
from valuechain.partners.distance import BASES, rounded, told
from valuechain.partners.matching import (
    CAN,
    Market,
    Match,
    Need,
    Zone,
    candidates,
    market,
    match,
    needs_of,
)
from valuechain.partners.neighbours import Neighbours, asked_of
from valuechain.partners.reasons import Part, case_of, known, parts_of, reason
from valuechain.places import ultimate_owners
from valuechain.registry import analysis
from valuechain.scope import is_final, listed
from valuechain.zones import WHOLE, Zones, management, territory, zone_of_enterprises

TAKEN = ("missing_processing", "capacity_gap", "price_leakage", "unconnected")
"""Kinds of gap that look for who could take the product."""
SUPPLIED = ("missing_input", "unconnected")
"""Kinds of gap that look for who could supply it."""

MOST_GAPS = 10
_MOST_SENTENCES = 5
_KINDS = tuple(dict.fromkeys((*TAKEN, *SUPPLIED)))


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


def _caveats(chain: ValueChain, rows: tuple[Partner, ...], **asked: Any) -> Iterator[str]:
    year = asked["year"]
    m = market(chain, year)
    needs, beyond = _needs(chain, asked)
    nobody = [n for n in needs if not len(candidates(m, n).enterprise)]
    final = is_final(chain)
    yield from _nobody(chain, [n for n in nobody if not (n.takers and final[n.product])])
    ends = [n.product for n in nobody if n.takers and final[n.product]]
    if ends:
        yield f"Final products, which no plant takes: {listed(chain, np.array(ends))}."
    enterprises = len(chain.ids("enterprises"))
    silent = enterprises - len(np.unique(m.books.plants.enterprise))
    if silent:
        yield (
            f"{silent} of {enterprises} enterprises have no production row for {year}: what they could take or "
            "supply is unknown."
        )
    if beyond:
        yield beyond
    met = [n.id for n in needs if n.quantity == 0]
    if met:
        yield f"Met inside the place by recorded flows, so not matched: {_few(met)}."
    if rows:
        yield from _of_rows(
            rows,
            [
                match(m, n, asked_of(m, n)[0], asked["most"], asked["max_km"])
                for n in needs
                if n.quantity != 0
            ],
        )
    elif not needs:
        yield _why_empty(chain, asked)


def _nobody(chain: ValueChain, needs: list[Need]) -> Iterator[str]:
    """Say of which needs nobody is a candidate."""
    for need in needs[:_MOST_SENTENCES]:
        what = chain.names("products")[str(chain.ids("products")[need.product])]
        others = f" other than {need.for_name}" if need.apart_from >= 0 else ""
        yield f"Nobody{others} in the dataset {'takes' if need.takers else 'supplies'} {what} on record."
    more = [n.id for n in needs[_MOST_SENTENCES:]]
    if more:
        yield f"Nor is anybody on record for {len(more)} more needs: {_few(more)}."


def _few(names: list[str], most: int = _MOST_SENTENCES) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _of_rows(rows: tuple[Partner, ...], matches: list[Match]) -> Iterator[str]:
    could, could_not = (sum(one.more[i] for one in matches) for i in (0, 1))
    if could or could_not:
        yield f"Not shown: {could} candidates that could and {could_not} that could not; `most` shows more."
    yield "Each need is matched alone: idle capacity may stand under several, so do not add feasible amounts."
    rough = sum(r.distance_basis == "by region" for r in rows)
    lost = sum(r.distance_basis == "unknown" for r in rows)
    if rough:
        yield f"{rough} of {len(rows)} distances are between the points of towns or regions, not of plants."
    if lost:
        yield f"{lost} of {len(rows)} distances are unknown: give latitude and longitude of the enterprises."
    typical = sum(r.feasible is not None and _typical(r.evidence) for r in rows)
    if typical:
        amounts = "1 feasible amount rests" if typical == 1 else f"{typical} feasible amounts rest"
        yield f"{amounts} on typical coefficients (grade expert or inferred)."


def _why_empty(chain: ValueChain, asked: dict[str, Any]) -> str:
    if asked["enterprise"] is not None:
        name = chain.names("enterprises")[asked["enterprise"]]
        owned = _plants_of(chain, asked["enterprise"], asked["year"])
        if owned:
            return f"{name} makes nothing itself on record; ask its plants: {_few(owned, 10)}."
        only = " within the filter on product" if asked["product"] else ""
        return f"What {name} makes and needs is not recorded for {asked['year']}{only}, so no partner can be told."
    return "No known gap of these kinds is recorded here, so there is no need to match; see missing-links for why."


def _plants_of(chain: ValueChain, owner: str, year: int) -> list[str]:
    """Return the enterprises that one controls and that make something, if it makes nothing itself; by id."""
    owners, (who,) = ultimate_owners(chain), chain.codes("enterprises", [owner])
    makers = np.unique(market(chain, year).books.plants.enterprise)
    if who in makers:
        return []
    direct = chain.arrow("ownership")
    held = [r["owned_id"] for r in direct.to_pylist() if r["owner_id"] == owner]
    found = set(chain.ids("enterprises")[makers[owners[makers] == who]]) | (
        set(held) & set(chain.ids("enterprises")[makers])
    )
    return sorted(str(e) for e in found)


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
    caveats=_caveats,
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
    year: Annotated[int | None, Text("year of the figures (default: the dataset's base year)")] = None,
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
    for need in _needs(chain, asked)[0]:
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


def _needs(chain: ValueChain, asked: dict[str, Any]) -> tuple[list[Need], str]:
    """Return the needs that a question speaks of, and what it leaves out."""
    year, view = asked["year"], asked["product"]
    if asked["enterprise"] is not None:
        (who,) = chain.codes("enterprises", [asked["enterprise"]])
        ids = chain.ids("products")
        found = needs_of(market(chain, year), int(who), _home(chain, int(who), asked["region"]))
        return [n for n in found if not view or ids[n.product] in view], ""
    if asked["gap"] is not None:
        link = _gap(chain, asked["gap"], year)
        return ([] if view and link.product_id not in view else list(_of_gap(chain, link, year))), ""
    links = list(missing_links(chain, region=asked["region"], kind=_KINDS, product=view, year=year))
    sized = [link for link in links if link.quantity is not None]
    few = sized[:MOST_GAPS]
    words = [f"{len(sized) - MOST_GAPS} smaller gap{'s' * (len(sized) > MOST_GAPS + 1)}"] * (
        len(sized) > MOST_GAPS
    )
    words += [f"{len(links) - len(sized)} gap{'s' * (len(links) > len(sized) + 1)} of unknown size"] * (
        len(links) > len(sized)
    )
    left = f"Not matched: {' and '.join(words)}; give `gap` or `product` to match one." if words else ""
    return [need for link in few for need in _of_gap(chain, link, year)], left


def _gap(chain: ValueChain, gap: str, year: int) -> MissingLink:
    """Return the gap with an id; `NotFoundError` with the nearest ids if there is none."""
    kind, _, rest = gap.partition(":")
    if kind in _KINDS:
        for at in (i for i, c in enumerate(rest) if c == ":"):
            place, product = rest[:at], rest[at + 1 :]
            if chain.row("products", product) is None:
                continue
            for where in _places(chain, place):
                links: Iterable[MissingLink] = missing_links(
                    chain, kind=(kind,), product=(product,), year=year, **where
                )
                for link in links:
                    if link.gap_id == gap:
                        return link
    known = [link.gap_id for link in missing_links(chain, kind=_KINDS, year=year)]
    raise NotFoundError("gap", gap, nearest_names(gap, known))


def _places(chain: ValueChain, place: str) -> Iterator[dict[str, Any]]:
    if chain.row("regions", place):
        yield {"region": place}
    elif place == WHOLE:
        yield {}
    (owner,) = chain.codes("enterprises", [place])
    if owner >= 0 and ultimate_owners(chain)[owner] == owner:
        yield {"boundary": "owner", "owner": place}


def _of_gap(chain: ValueChain, link: MissingLink, year: int) -> Iterator[Need]:
    m = market(chain, year)
    zones = management(chain, link.owner_id) if link.owner_id else territory(chain, link.region_id)
    zone = _zone(chain, zones, 0)
    (product,) = (int(c) for c in chain.codes("products", [link.product_id]))
    for takers in (True, False):
        if link.kind not in (TAKEN if takers else SUPPLIED):
            continue
        who = m.makers(product) if takers else m.users(product, certain=not link.conditional)
        yield Need(
            id=link.gap_id,
            takers=takers,
            for_id=zones.ids[0],
            for_name=zone.name,
            zone=zone,
            product=product,
            quantity=np.nan if link.quantity is None else link.quantity,
            parties=who[zone.inside[who]],
            rest=link.kind == "capacity_gap",
        )


def _home(chain: ValueChain, who: int, region: str | None) -> Zone:
    """Return the place that an enterprise looks at: as asked, the home region it stands in, or its own region."""
    row = chain.arrow("enterprises").slice(who, 1).to_pylist()[0]
    for place in dict.fromkeys((region, row["region_id"])):
        zones = territory(chain, place)
        at = zone_of_enterprises(chain, zones)[who]
        if at >= 0 or region:
            return _zone(chain, zones, max(int(at), 0))
    alone = np.arange(len(chain.ids("enterprises"))) == who
    return Zone(row["name"], alone, np.zeros(3, bool))


def _zone(chain: ValueChain, zones: Zones, at: int) -> Zone:
    name = zones.ids[at]
    table = "regions" if zones.ground == "territory" else "enterprises"
    called = "the area of the dataset" if name == WHOLE else chain.names(table)[name]
    return Zone(called, zone_of_enterprises(chain, zones) == at, zones.market_inside[at], zones.ground)


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


def _typical(evidence: tuple[Evidence, ...]) -> bool:
    return any(e.table == "process_flows" and e.grade in ("expert", "inferred") for e in evidence)
