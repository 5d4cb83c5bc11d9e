"""Missing vertical links: what leaves unprocessed, and what local processes lack.

Each outflow is split once into `unconnected`, `price_leakage`, `capacity_gap` and `missing_processing`
(see `valuechain.gaps`); those rows add up to the known outflow and may be summed per product.
`missing_input` rows are a separate count and must not be added to them. Routes and closing options are
alternatives on one row.

Source: the taxonomy is this project's own; upstream gaps follow the use of "gap" in regional purchase
analysis, the feasibility of routes ITC's "Made by Africa" (2022).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, ParameterError, Quantity, Text
from valuechain import gaps
from valuechain.accounts import Accounts, accounts
from valuechain.audits import doubts
from valuechain.coverage import claims_complete
from valuechain.evidence import Evidence, facts_of
from valuechain.gap_caveats import caveats
from valuechain.gaps import BOUNDS, KINDS, Gaps, outflow_split, shortages
from valuechain.model import Codes, Mask, ValueChain
from valuechain.neighbours import LocalMakers
from valuechain.places import LEVELS, ultimate_owners
from valuechain.prices import price, wedge, worth
from valuechain.reasons import Case, reason
from valuechain.registry import analysis
from valuechain.routes import ClosingOption, Route, routes_from, routes_to, who_could
from valuechain.scope import has_route, in_view, is_final, zones_of
from valuechain.trail import Trail
from valuechain.zones import WHOLE, Ledger, Zones, ledger

_NAMES = tuple(kind.name for kind in KINDS)
_NOBODY: Codes = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class MissingLink:
    """One missing vertical link of one product in one zone."""

    gap_id: Annotated[str, Text("stable name of the gap: kind, zone and product")]
    kind: Annotated[str, Text("kind of gap", _NAMES)]
    region_id: Annotated[str | None, Key("regions", "the zone, where it is a region")]
    owner_id: Annotated[str | None, Key("enterprises", "the zone, where it is an ultimate owner")]
    product_id: Annotated[str, Key("products", "what leaves or lacks")]
    product_name: Annotated[str, Text("its name")]
    stage: Annotated[
        float | None, Quantity("stage", "0 raw, 1 primary, 2 semi-finished, 3 component, 4 final")
    ]
    quantity: Annotated[float | None, Quantity("unit", "size of the gap a year")]
    unit: Annotated[str, Text("unit of the quantity")]
    bound: Annotated[str, Text("how the true size stands to the quantity", BOUNDS)]
    basis: Annotated[str, Text("how the quantity came about", ("recorded", "derived", "not recorded"))]
    conditional: Annotated[bool, Text("it is a gap only if a plant runs one of several possible routes")]
    absence: Annotated[
        str, Text("is the absence of local makers declared?", ("declared", "not recorded", "present"))
    ]
    value: Annotated[
        float | None,
        Quantity("currency", "gross worth of the quantity: as recorded, else at the price abroad; no profit"),
    ]
    currency: Annotated[str, Text("currency of the value")]
    value_note: Annotated[str, Text("what the value rests on, or why there is none")]
    share: Annotated[float | None, Quantity("share", "part of the local output")]
    reason: Annotated[str, Text("why it is a gap")]
    routes: Annotated[
        tuple[Route, ...], Text("what it could become, or how it could be made: options, not to be summed")
    ]
    closing_options: Annotated[tuple[ClosingOption, ...], Text("who could close it")]
    evidence: Annotated[tuple[Evidence, ...], Text("the figures it rests on")]


@analysis(
    title="Missing vertical links",
    reads=("production", "flows", "processes", "process_flows"),
    key=("gap_id",),
    caveats=caveats,
)
def missing_links(
    chain: ValueChain,
    *,
    region: Annotated[
        str | None, Key("regions", "the place to look at (default: the dataset's home region)")
    ] = None,
    level: Annotated[str | None, Text("look at every region of this level instead", LEVELS)] = None,
    boundary: Annotated[str, Text("what local means", ("territory", "owner"))] = "territory",
    owner: Annotated[
        str | None, Key("enterprises", "with boundary owner: this owner only (default: all holdings)")
    ] = None,
    product: Annotated[tuple[str, ...], Key("products", "only gaps of these products")] = (),
    chain_of: Annotated[
        str | None, Key("products", "only products made from this one, or needed for it")
    ] = None,
    stage: Annotated[
        tuple[float, ...], Quantity("stage", "only products of these stages, 0 raw to 4 final")
    ] = (),
    kind: Annotated[tuple[str, ...], Text("only these kinds of gap", _NAMES)] = (),
    min_quantity: Annotated[float, Quantity("product unit", "leave out known gaps below this size")] = 0.0,
    year: Annotated[int | None, Text("year of the figures (default: the dataset's base year)")] = None,
) -> Iterator[MissingLink]:
    """Which vertical links are missing, how large is each gap, and who could close it?

    Known gaps come first, the most valuable, then the largest; doubtful ones and gaps of unknown size follow.
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    if min_quantity < 0:
        raise ParameterError("min_quantity", "is a size; it cannot be negative")
    zones = zones_of(chain, boundary, owner, region, level)
    books = accounts(chain, year, zones.ground)
    book = ledger(chain, books, zones)
    found = gaps.joined(
        outflow_split(
            book, has_route=has_route(chain), final=is_final(chain), wedge=_wedges(chain, book, year)
        ),
        shortages(book),
    )
    view = in_view(chain, {"product": product, "chain_of": chain_of, "stage": stage})
    keep = _wanted(book, found, kind, min_quantity, view)
    scene = _Scene(chain, zones, books, book, year)
    links = (scene.link(found, int(i)) for i in keep)
    yield from sorted(links, key=lambda link: _rank(link, chain.dataset.currency))


def _rank(link: MissingLink, currency: str) -> tuple[Any, ...]:
    """Known before unknown, doubtful last among the known, then by value in the dataset's currency and size."""
    value = link.value if link.currency == currency and link.value else 0.0
    doubtful, order = link.bound == "uncertain", _NAMES.index(link.kind)
    size = link.quantity or 0.0
    return link.quantity is None, doubtful, -value, -size, link.conditional, order, link.gap_id


def _wedges(chain: ValueChain, book: Ledger, year: int) -> Mask:
    found = np.zeros(len(chain.ids("products")), bool)
    ids = chain.ids("products")
    for code in np.unique(book.product[book.outflow_unknown > 0]):
        found[code] = wedge(chain, str(ids[code]), year) is not None
    return found


def _wanted(book: Ledger, found: Gaps, kind: tuple[str, ...], min_quantity: float, view: Mask) -> Codes:
    keep = np.isnan(found.quantity) | (found.quantity >= min_quantity)
    keep &= view[book.product[found.at]]
    if kind:
        keep &= np.isin(found.kind, [_NAMES.index(k) for k in kind])
    return np.flatnonzero(keep)


class _Scene:
    """The chain, zones and ledger that the rows of one answer are told from."""

    def __init__(self, chain: ValueChain, zones: Zones, books: Accounts, book: Ledger, year: int) -> None:
        self.chain, self.zones, self.books, self.book, self.year = chain, zones, books, book, year
        self._makers: dict[int, LocalMakers] = {}
        self._trail = Trail(chain, zones, books)
        self._doubts = doubts(chain, year)
        self._supply = gaps.local_supply(book)

    def link(self, found: Gaps, i: int) -> MissingLink:
        """Return gap `i` as a row."""
        at = int(found.at[i])
        kind = _NAMES[found.kind[i]]
        zone, zone_id = int(self.book.zone[at]), self.zones.ids[int(self.book.zone[at])]
        product = self._product(at)
        quantity = None if math.isnan(found.quantity[i]) else float(found.quantity[i])
        upstream = kind == "missing_input"
        local = self._local(zone)
        find = routes_to if upstream else routes_from
        routes, recipe_rows = find(self.chain, product["product_id"], quantity, local, self.year)
        flows = self._trail.flows(zone, product["product_id"], arriving=upstream or kind == "unconnected")
        case, suppliers = self._case(at, kind, zone, product, quantity, routes, flows)
        value, currency, value_note, price_rows = self._value(at, kind, product, quantity, case, flows)
        doubt = self._doubts.get(product["product_id"])
        territory_zone = self.zones.ground == "territory" and zone_id != WHOLE
        return MissingLink(
            gap_id=f"{kind}:{zone_id}:{product['product_id']}",
            kind=kind,
            region_id=zone_id if territory_zone else None,
            owner_id=zone_id if self.zones.ground == "management" else None,
            product_id=product["product_id"],
            product_name=product["name"],
            stage=product["stage"],
            quantity=quantity,
            unit=product["unit"] or "",
            bound="uncertain" if doubt and quantity is not None else BOUNDS[found.bound[i]],
            basis=self._basis(kind, quantity, flows),
            conditional=bool(found.conditional[i]),
            absence=self._absence(kind, case),
            share=self._share(quantity, case),
            value=value,
            currency=currency,
            value_note=value_note,
            reason=reason(case) + (f" An audit doubts these figures: {doubt.message}" if doubt else ""),
            routes=routes,
            closing_options=who_could(
                self.chain,
                product["product_id"],
                routes,
                local,
                suppliers[: None if upstream else 0],
                upstream=upstream,
            ),
            evidence=tuple(
                self._trail.evidence(zone, local, product, flows, [] if upstream else recipe_rows, price_rows)
            ),
        )

    def _share(self, quantity: float | None, case: Case) -> float | None:
        if quantity is None or not case.output_known or not 0 < quantity <= case.output:
            return None
        return quantity / case.output

    def _product(self, at: int) -> dict[str, Any]:
        row: dict[str, Any] = self.chain.arrow("products").slice(int(self.book.product[at]), 1).to_pylist()[0]
        return row

    def _local(self, zone: int) -> LocalMakers:
        if zone not in self._makers:
            self._makers[zone] = LocalMakers(self.chain, self.books, self.zones, zone)
        return self._makers[zone]

    def _case(
        self, at: int, kind: str, zone: int, product: dict[str, Any], quantity: float | None,
        routes: tuple[Route, ...], flows: list[dict[str, Any]],
    ) -> tuple[Case, Codes]:  # fmt: skip
        b, name = self.book, product["product_id"]
        certain, maybe = self._local(zone).needs([name])
        into = [r["from_id"] for r in flows if r["arrives"]]
        suppliers = self.chain.codes("enterprises", sorted(set(into)))
        suppliers = suppliers[suppliers >= 0]
        owners = ultimate_owners(self.chain)
        users = self._local(zone).users([name])
        same = len(suppliers) > 0 and np.isin(owners[suppliers], owners[users]).all()
        supply_known = not b.output_unknown[at] and not b.outflow_unknown[at]
        markets, enterprises = self.chain.names("markets"), self.chain.names("enterprises")
        case = Case(
            kind=kind,
            product=product["name"],
            place=self._place(zone),
            unit=product["unit"] or "",
            quantity=quantity,
            output=float(b.output[at]),
            output_known=bool(b.makers[at]) and not b.output_unknown[at],
            outflow=float(b.outflow[at]),
            outflow_known=not b.outflow_unknown[at],
            bought_in=float(b.bought_in[at]),
            requirement=float(b.requirement[at]),
            requirement_high=float(b.requirement_high[at]),
            supply=float(self._supply[at]),
            supply_known=bool(supply_known),
            makers=int(b.makers[at]),
            users=self._named(certain),
            conditional_users=self._named(maybe),
            suppliers=tuple(enterprises.get(s) or markets.get(s) or s for s in sorted(set(into))),
            same_owner=bool(same) and self.zones.ground == "territory",
            idle=self._named(self._local(zone).idle(name)),
            unknown_capacity=self._named(self._local(zone).unknown_capacity(name)),
            leaked=float(
                min(max(b.absorb[at] - b.requirement[at], 0.0), max(b.outflow[at] - b.bought_in[at], 0.0))
            ),
            takers=self._takers(zone, name, certain, maybe),
            other_years=self._other_years(zone, name),
            routes=tuple(r.process_name for r in routes),
            absence_declared=self._declared(zone, name, kind, routes),
            wedge=wedge(self.chain, name, self.year),
        )
        return case, suppliers

    def _named(self, enterprises: Codes) -> tuple[str, ...]:
        ids, names = self.chain.ids("enterprises"), self.chain.names("enterprises")
        return tuple(names[ids[e]] for e in enterprises)

    def _place(self, zone: int) -> str:
        name = self.zones.ids[zone]
        if name == WHOLE:
            return "the area of the dataset"
        table = "regions" if self.zones.ground == "territory" else "enterprises"
        return str(self.chain.names(table)[name])

    def _declared(self, zone: int, product: str, kind: str, routes: tuple[Route, ...]) -> bool:
        if self.zones.ground == "management":
            return False
        region = None if self.zones.ids[zone] == WHOLE else self.zones.ids[zone]
        wanted = [product] if kind == "missing_input" else [r.product_id for r in routes]
        return all(
            claims_complete(self.chain, region, "production", p) and not self._other_years(zone, p)
            for p in wanted
        )

    def _other_years(self, zone: int, product: str) -> tuple[int, ...]:
        """Return the other years for which the zone has a maker of the product on record."""
        rows = facts_of(self.chain, "production", product)
        codes = self.chain.codes("enterprises", [r["enterprise_id"] for r in rows])
        here = self._trail.inside(zone, codes)
        return tuple(
            sorted({r["year"] for r, h in zip(rows, here, strict=True) if h and r["year"] != self.year})
        )

    def _takers(self, zone: int, product: str, certain: Codes, maybe: Codes) -> tuple[str, ...]:
        """Return who buys the product inside the zone though no recipe says what for."""
        rows = facts_of(self.chain, "flows", product, self.year)
        codes = self.chain.codes("enterprises", [r["to_id"] for r in rows])
        buyers = np.unique(codes[self._trail.inside(zone, codes)])
        sellers = self.chain.codes("enterprises", [r["from_id"] for r in rows])
        return self._named(np.setdiff1d(np.setdiff1d(buyers, sellers), np.union1d(certain, maybe)))

    def _absence(self, kind: str, case: Case) -> str:
        present = case.makers if kind == "missing_input" else kind != "missing_processing"
        return "present" if present else "declared" if case.absence_declared else "not recorded"

    def _basis(self, kind: str, quantity: float | None, flows: list[dict[str, Any]]) -> str:
        if quantity is None:
            return "not recorded"
        derived = any(r["quantity"] is None or r["basis"] in ("derived", "balanced") for r in flows)
        return (
            "derived" if kind in ("missing_input", "capacity_gap", "price_leakage") or derived else "recorded"
        )

    def _value(
        self,
        at: int,
        kind: str,
        product: dict[str, Any],
        quantity: float | None,
        case: Case,
        flows: list[dict[str, Any]],
    ) -> tuple[float | None, str, str, list[dict[str, Any]]]:
        """Return value, currency, a note on it and the price rows: recorded value first, then a price."""
        markets = frozenset(r["from_id" if r["arrives"] else "to_id"] for r in flows)
        row = price(self.chain, product["product_id"], self.year, markets=markets)
        rows = list(case.wedge or ()) or ([row] if row else [])
        if quantity is None:
            return None, "", "no value: the quantity is not known", rows
        paid, outflow = float(self.book.outflow_value[at]), float(self.book.outflow[at])
        if kind != "missing_input" and outflow and not math.isnan(paid) and not self.book.outflow_unknown[at]:
            return (
                paid * quantity / outflow,
                self.chain.dataset.currency,
                "from the recorded value of the flows",
                rows,
            )
        if row is None:
            return None, "", f"no value: the dataset has no price abroad for {product['name']}", rows
        if row not in rows:
            rows.append(row)
        value, currency = worth(self.chain, quantity, row)
        where = self.chain.names("markets")[row["market_id"]]
        source = f" ({row['source_id']})" if row["source_id"] else ""
        note = f"gross, at {row['price']:,g} {row['currency']}/{product['unit']} in {where}, {row['year']}{source}"
        return value, currency, note, rows
