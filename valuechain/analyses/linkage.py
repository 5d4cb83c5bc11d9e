"""Local linkage: how much of what is made here goes on to local processors, and how much of their need is met here.

A row is a region, then each of its enterprises, then each of its products. A link is one enterprise that
feeds another, or itself, one step of a recipe up; local when both stand in the region. Final products are
left out of supply: their leaving is a sale. A by-product counts where its sale is recorded. Everything
rests on what is on record.

* forward = local sales to other enterprises that process it / supply. Supply is the output, or the recorded
  sales where these are more or the output is unknown. Open forward counts sales to other owners only.
* supply coefficient RSC = local use of local supply / local supply. Unlike forward it counts what moves
  inside a plant: a plant that feeds itself uses local supply, but is no link with the region.
* backward, the Regional Purchase Coefficient as in IMPLAN: RPC = local use of local supply / gross local
  demand. Demand is what recipes certainly require, or the recorded purchases for processing where these are
  more or the requirement is unknown.
* inside = what moves inside plants, and between plants of one owner here: part of the local use, shown apart.
* upstreamness U = (I - D)^-1 1 with D_pq = share of the local supply of p that local processes turn into q:
  local steps that a tonne takes, plus one, before it leaves or rests here. Source: Antras, Chor, Fally and
  Hillberry (2012), AER Papers and Proceedings 102(3), on the local chain. Unknown where an enterprise here
  certainly needs p and no delivery of p to it is on record. Of an enterprise or region: mean by supply.

A row about several products is in tonnes of those counted by weight; or in the unit of all of them, if they
share another; the region is in money where every product of the row has a price abroad in the currency of
the dataset. Amounts hold all that is known. Shares rest on supplies of known amount of which a sale is on record,
or flows are declared complete, and every local use has a size; on needs likewise, by deliveries. What is left out of
them is counted and told, with its tonnes where they are known ("untold"): a need without a delivery on record is a
need. Where recorded sales or purchases stand in for an unknown output or need, the share is a highest one.
Products that are never traded (of kind in-plant) count in what moves inside only. An enterprise that no row of
ownership names counts as an owner of its own; what goes to another owner on that ground is told ("guessed").
The open sales of a region are the arm's-length tonnes of `integration`; its shares are set against all known
output, those here against what has a sale on record.

Base enterprises: makers of a product of stage 0 or 1 that sell some of it abroad, or are one of the five largest
makers of such products by known tonnes. "Practically no links" is said where supply is known and
what is sold to, and what is bought from, local enterprises of other owners is below min_link
of supply and of demand, with no such link of unknown size.

Sources: IMPLAN (RPC, RSC); the local share of a linkage as in MARIO.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, ParameterError, Quantity, Text
from valuechain.arrays import numbers
from valuechain.evidence import Evidence
from valuechain.integration.linkage_words import VERDICTS, told_of
from valuechain.integration.local_shares import BASES, NEEDS, PARTS, LocalShares, Shares
from valuechain.integration.subjects import cited, flows_complete, owner_caveat, tonnes
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.parameters import Level, Region, Year
from valuechain.prices import price, worth
from valuechain.registry import analysis
from valuechain.scope import listed
from valuechain.zones import WHOLE, territory

_LARGEST = 5
_MOST_EVIDENCE = 8


@dataclass(frozen=True, slots=True)
class Linkage:
    """How a region, an enterprise or a product is linked with local processors and suppliers."""

    subject: Annotated[str, Text("what the row is about", ("region", "enterprise", "product"))]
    region_id: Annotated[str | None, Key("regions", "the region that local means")]
    enterprise_id: Annotated[str | None, Key("enterprises", "the enterprise")]
    product_id: Annotated[str | None, Key("products", "the product")]
    name: Annotated[str, Text("its name")]
    base: Annotated[bool, Text("a base enterprise: raw or primary products, for export or among the largest")]
    verdict: Annotated[str, Text("links with other owners' enterprises here", VERDICTS)]
    forward: Annotated[float | None, Quantity("share", "sold to other local processors / supply")]
    open_forward: Annotated[float | None, Quantity("share", "of these to other owners / supply")]
    rsc: Annotated[float | None, Quantity("share", "local use of local supply / local supply")]
    supply_rests_on: Annotated[str, Text("how much of supply these shares rest on", PARTS)]
    local_sales: Annotated[float | None, Quantity("unit", "sold to other local processors")]
    open_sales: Annotated[float | None, Quantity("unit", "sold to local processors of other owners")]
    open_sales_guessed: Annotated[float | None, Quantity("unit", "of these, an end has no owner on record")]
    used_here: Annotated[float | None, Quantity("unit", "local use of it, inside plants too")]
    supply: Annotated[float | None, Quantity("unit", "what there is to sell or use, final products aside")]
    supply_untold: Annotated[
        float | None, Quantity("unit", "of it left out of shares: no sale, or no size of one, known")
    ]
    leaves: Annotated[float | None, Quantity("unit", "recorded to leave the region")]
    inside: Annotated[float | None, Quantity("unit", "moved inside plants and owners here")]
    unit: Annotated[str, Text("unit of supply")]
    basis: Annotated[str, Text("what supply rests on", (*BASES, "mixed"))]
    supply_left_out: Annotated[int, Quantity("amounts", "supplies of an enterprise left out of shares")]
    backward: Annotated[float | None, Quantity("share", "regional purchase coefficient")]
    demand_rests_on: Annotated[str, Text("how much of demand this share rests on", PARTS)]
    sourced_here: Annotated[
        float | None, Quantity("demand_unit", "demand met by local supply, plants' own too")
    ]
    bought_here: Annotated[float | None, Quantity("demand_unit", "of these bought from other enterprises")]
    open_bought: Annotated[float | None, Quantity("demand_unit", "of these bought from other owners")]
    open_bought_guessed: Annotated[
        float | None, Quantity("demand_unit", "of these, an end has no owner on record")
    ]
    demand: Annotated[float | None, Quantity("demand_unit", "gross demand of processors")]
    demand_untold: Annotated[
        float | None,
        Quantity("demand_unit", "of it left out of the share: no delivery, or no size of one, known"),
    ]
    demand_unit: Annotated[str, Text("unit of demand")]
    demand_basis: Annotated[str, Text("what demand rests on", (*NEEDS, "mixed"))]
    demand_left_out: Annotated[int, Quantity("amounts", "needs of an enterprise left out of shares")]
    upstreamness: Annotated[
        float | None, Quantity("steps", "local steps before it leaves or rests, plus one")
    ]
    recorded_only: Annotated[bool, Text("flows are not declared complete: more may be linked")]
    reason: Annotated[str, Text("the figures in one sentence")]
    evidence: Annotated[tuple[Evidence, ...], Text("some of the figures it rests on")]


def _caveats(chain: ValueChain, rows: tuple[Linkage, ...], **asked: Any) -> Iterator[str]:
    if not rows:
        named = asked["enterprise"] or asked["product"]
        what = "of what is named is" if named else "is"
        yield f"Nothing {what} recorded as made, needed or traded in this place in {asked['year']}."
        return
    if any(r.recorded_only for r in rows):
        yield (
            "Shares rest on recorded flows, which are not declared complete: a link that nobody recorded is not "
            "seen, so 0 means none on record. Transfers inside a plant are implied by its figures."
        )
    left = sum(r.supply_left_out + r.demand_left_out for r in rows if r.subject == "region")
    if left:
        yield (
            f"{left} supplies and needs of enterprises are left out of the region's shares: their size is not "
            "known, or where they go or come from."
        )
    yield from owner_caveat(chain)
    if any(r.subject == "region" and r.unit != chain.dataset.currency for r in rows):
        yield "The region's total is by tonnes, not by value: not every product has a price abroad."


@analysis(
    title="Local linkage",
    reads=("production", "flows", "process_flows"),
    key=("subject", "region_id", "enterprise_id", "product_id"),
    place=5,
    table=(
        "name",
        "subject",
        "verdict",
        "open_forward",
        "forward",
        "backward",
        "local_sales",
        "leaves",
        "inside",
        "upstreamness",
    ),
    caveats=_caveats,
)
def linkage(
    chain: ValueChain,
    *,
    region: Region = None,
    level: Level = None,
    product: Annotated[tuple[str, ...], Key("products", "only these products")] = (),
    enterprise: Annotated[tuple[str, ...], Key("enterprises", "only these enterprises")] = (),
    min_link: Annotated[float, Quantity("share", "below this share links are practically none")] = 0.05,
    year: Year = None,
) -> Iterator[Linkage]:
    """How far are enterprises and products linked with local processors and suppliers?

    The region comes first, then its enterprises, base enterprises before others, then its products; naming
    enterprises or products tells these only. The paper on Pavlodar says of the base enterprises that they
    have practically no links with the region:

    >>> from loaders import load
    >>> from valuechain import questions
    >>> ask = questions()["linkage"]
    >>> (base,) = ask(load("pavlodar"), enterprise="aluminium-of-kazakhstan")
    >>> base.local_sales, base.supply, base.leaves, base.inside, base.verdict
    (0.0, 1750000.0, 1242500.0, 482500.0, 'practically no links')
    >>> (alumina,) = ask(load("pavlodar"), product="alumina")
    >>> alumina.forward, round(alumina.rsc, 4), alumina.backward, round(alumina.upstreamness, 4)
    (0.0, 0.3217, 1.0, 1.3217)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    if not 0 <= min_link <= 1:
        raise ParameterError("min_link", f"{min_link:g} is no share: it must lie between 0 and 1")
    book = LocalShares(chain, year, territory(chain, region, level))
    for zone in range(len(book.zones.ids)):
        yield from _Zone(book, zone, year, min_link).rows(product, enterprise)


class _Zone:
    """The rows of one region."""

    def __init__(self, book: LocalShares, zone: int, year: int, min_link: float) -> None:
        self.book, self.zone, self.year, self.min_link = book, zone, year, min_link
        self.chain = chain = book.chain
        self.id = None if book.zones.ids[zone] == WHOLE else book.zones.ids[zone]
        self.place = chain.names("regions")[self.id] if self.id else "the area of the dataset"
        self.supplies = np.flatnonzero(book.zone[book.supply.enterprise] == zone)
        self.demands = np.flatnonzero(book.zone[book.demand.enterprise] == zone)
        b = book.books.balance
        makers = np.unique(b.place[(book.zone[b.place] == zone) & (b.makers > 0)])
        self.enterprises = np.unique(
            np.concatenate([
                makers, book.supply.enterprise[self.supplies], book.demand.enterprise[self.demands]
            ])
        )  # fmt: skip
        self.upstream = book.upstreamness(zone)
        self.weight = tonnes(chain)

    def rows(self, product: tuple[str, ...], enterprise: tuple[str, ...]) -> Iterator[Linkage]:
        """Return the rows in order, all or those of the named products and enterprises."""
        if not len(self.enterprises):
            return
        s, d = self.book.supply, self.book.demand
        everything = not (product or enterprise)
        if everything:
            yield self._region()
        wanted = self.chain.codes("enterprises", list(enterprise)) if enterprise else self.enterprises
        if everything or enterprise:
            yield from self._enterprises(np.intersect1d(wanted, self.enterprises))
        if everything or product:
            seen = np.union1d(s.product[self.supplies], d.product[self.demands])
            seen = seen[self.book.tradable[seen]]
            wanted = self.chain.codes("products", list(product)) if product else seen
            yield from self._products(np.intersect1d(wanted, seen))

    def _region(self) -> Linkage:
        s, d = self.book.supply, self.book.demand
        weight, unit = self._values(np.union1d(s.product[self.supplies], d.product[self.demands]))
        shares = self.book.shares(self.supplies, self.demands, weight, unit, self.upstream)
        members = np.flatnonzero(self.book.zone == self.zone)
        return self._row("region", None, None, self.place, shares, members, self._linked())

    def _linked(self) -> Codes:
        here = self.book.local.where(self.book.zone[self.book.local.buyer] == self.zone)
        return (
            np.unique(here.product)
            if len(here.product)
            else np.unique(self.book.supply.product[self.supplies])
        )

    def _values(self, products: Codes) -> tuple[Floats, str]:
        """Return the price of each product where all have one in the dataset's currency, else its tonnes."""
        found = np.full(self.book.n, np.nan)
        for code in products:
            name = str(self.chain.ids("products")[code])
            value, currency = worth(self.chain, 1.0, price(self.chain, name, self.year))
            if value is None or currency != self.chain.dataset.currency:
                return self.weight, "t"
            found[code] = value
        return (found, self.chain.dataset.currency) if len(products) else (self.weight, "t")

    def _enterprises(self, wanted: Codes) -> Iterator[Linkage]:
        s, d = self.book.supply, self.book.demand
        base = self._base()
        known = np.nan_to_num(s.amount * self.weight[s.product])[self.supplies]
        size = np.bincount(s.enterprise[self.supplies], weights=known, minlength=self.book.size)
        wanted = wanted[np.lexsort((wanted, -size[wanted], ~base[wanted]))]
        for e in wanted:
            first, last = np.searchsorted(s.enterprise, [e, e + 1])
            start, end = np.searchsorted(d.enterprise, [e, e + 1])
            mine, needs = np.arange(first, last), np.arange(start, end)
            shares = self.book.shares(mine, needs, self.weight, "t", self.upstream)
            products = np.union1d(s.product[mine], d.product[needs])
            name = str(self.chain.ids("enterprises")[e])
            names = self.chain.names("enterprises")
            yield self._row(
                "enterprise", name, None, names[name], shares, np.array([e]), products, base=bool(base[e])
            )

    def _base(self) -> Mask:
        """Return the base enterprises: see the rule in the text of this page."""
        s = self.book.supply
        stage = numbers(self.chain.arrow("products"), "stage")
        early = self.supplies[stage[s.product[self.supplies]] <= 1]
        found = np.zeros(self.book.size, bool)
        found[s.enterprise[early[s.abroad[early] > 0]]] = True
        amount = np.nan_to_num(s.amount[early] * self.weight[s.product[early]])
        size = np.bincount(s.enterprise[early], weights=amount, minlength=self.book.size)
        largest = np.lexsort((np.arange(len(size)), -size))[:_LARGEST]
        found[largest[size[largest] > 0]] = True
        return found

    def _products(self, wanted: Codes) -> Iterator[Linkage]:
        s, d = self.book.supply, self.book.demand
        mine = self.supplies[np.argsort(s.product[self.supplies], kind="stable")]
        needs = self.demands[np.argsort(d.product[self.demands], kind="stable")]
        members = np.flatnonzero(self.book.zone == self.zone)
        amount = np.bincount(
            s.product[mine],
            weights=np.nan_to_num(s.amount[mine] * self.weight[s.product[mine]]),
            minlength=self.book.n,
        )
        for p in wanted[np.lexsort((wanted, -amount[wanted]))]:
            first, last = np.searchsorted(s.product[mine], [p, p + 1])
            start, end = np.searchsorted(d.product[needs], [p, p + 1])
            one = np.ones(self.book.n)
            shares = self.book.shares(
                mine[first:last], needs[start:end], one, str(self.book.unit[p]), self.upstream
            )
            name = str(self.chain.ids("products")[p])
            yield self._row(
                "product", None, name, self.chain.names("products")[name], shares, members, np.array([p])
            )

    def _row(
        self,
        subject: str,
        enterprise: str | None,
        product: str | None,
        name: str,
        shares: Shares,
        members: Codes,
        products: Codes,
        base: bool = False,
    ) -> Linkage:
        recorded = not flows_complete(self.chain, (self.id,), products)
        one = int(members[0]) if enterprise else None
        told, verdict = told_of(
            subject, name, self.place, shares, recorded, self.min_link, self._inner(one), self._untold(one)
        )
        supply, demand = shares.supply, shares.demand
        sells = supply.amount is not None or supply.all_linked > 0
        buys = demand.amount is not None or demand.all_linked > 0
        kept = shares.moved + supply.all_linked - supply.all_open
        return Linkage(
            subject=subject,
            region_id=self.id,
            enterprise_id=enterprise,
            product_id=product,
            name=name,
            base=base,
            verdict=verdict,
            forward=_ratio(supply.linked, supply.amount),
            open_forward=_ratio(supply.open, supply.amount),
            rsc=_ratio(supply.linked + supply.within, supply.amount),
            supply_rests_on=supply.rests_on,
            local_sales=supply.all_linked if sells else None,
            open_sales=supply.all_open if sells else None,
            open_sales_guessed=supply.guess if sells else None,
            used_here=supply.all_linked + supply.all_within if sells else None,
            supply=supply.all_amount,
            supply_untold=None if supply.all_amount is None else supply.untold_amount,
            leaves=None if shares.left_blank or (supply.amount is None and not shares.left) else shares.left,
            inside=kept if supply.amount is not None or shares.moved else None,
            unit=supply.unit,
            basis=supply.basis,
            supply_left_out=supply.out,
            backward=_ratio(demand.linked + demand.within, demand.amount),
            demand_rests_on=demand.rests_on,
            sourced_here=demand.all_linked + demand.all_within if buys else None,
            bought_here=demand.all_linked if buys else None,
            open_bought=demand.all_open if buys else None,
            open_bought_guessed=demand.guess if buys else None,
            demand=demand.all_amount,
            demand_untold=None if demand.all_amount is None else demand.untold_amount,
            demand_unit=demand.unit,
            demand_basis=demand.basis,
            demand_left_out=demand.out,
            upstreamness=shares.upstreamness,
            recorded_only=recorded,
            reason=told,
            evidence=(
                *cited(self.chain, self.year, members, products, "production", _MOST_EVIDENCE),
                *cited(self.chain, self.year, members, products, "flows", _MOST_EVIDENCE),
            ),
        )

    def _inner(self, enterprise: int | None) -> str:
        """Return the names of what moves inside the plant, where the row is one enterprise."""
        if enterprise is None:
            return ""
        s = self.book.supply
        first, last = np.searchsorted(s.enterprise, [enterprise, enterprise + 1])
        return listed(self.chain, s.product[first:last][s.inside[first:last] > 0], most=3)

    def _untold(self, enterprise: int | None) -> str:
        """Return the names of what one enterprise needs without a record of where it comes from."""
        if enterprise is None:
            return ""
        d = self.book.demand
        first, last = np.searchsorted(d.enterprise, [enterprise, enterprise + 1])
        products = d.product[first:last]
        sized = d.blank[first:last] & (d.amount[first:last] > 0)
        sized &= self.book.tradable[products] & ~np.isnan(self.weight[products])
        return listed(self.chain, products[sized], most=3)


def _ratio(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None
