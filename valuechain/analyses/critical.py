"""Single points of failure: the plants and products that every way to an end product runs through.

*Ends* are the final products (stage 4) made in the place, and where a chain reaches no final product, what
is made here and taken by no process here. *Critical* for an end is the enterprise, or the product, without
which the end cannot be had: all that an enterprise makes is taken away together. Whether something can be
had follows the recipes that plants here run: a process needs all its feedstocks; the possible processes of a
plant are alternatives, and so are the makers of a product. These are dominators of an AND-OR graph, see
`valuechain.critical.dominators`; with one feedstock each, those of Lengauer and Tarjan (1979).

A product with a recorded purchase from outside, and one that is needed here and made by nobody on record
here, has a source outside: its makers here are then not critical, the product itself still is
(`from_outside`). What is made here and of which no such purchase is recorded is taken to come from its makers
here. In-plant products are never traded, so each plant makes its own. A plant whose output is zero and whose
capacity is not above zero makes nothing; capacity is not asked further, so an alternative counts however
small it is. Energy, reagents and services are no feedstock.

*Concentration* is the Herfindahl index of output (by-products included), by enterprise and by ultimate owner;
hidden = by owner - by enterprise. Unknown where an output is, but 1 where there is one maker, or one owner.
Import dependency = inflow / (output + inflow - outflow), where these are recorded. A sole maker is *declared*
(`sole_in`) for a region where `coverage` calls its production complete and no other maker there is recorded in
any year; else it is the only one on record. Every product made here has one row; derived by-products only
where a process here takes them.

Source: own combination; Herfindahl index and import dependency as in studies of strategic dependencies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, Quantity, Text
from valuechain.critical.reasons import amount, at_least, name_of, supplier_names, why_enterprise, why_product
from valuechain.critical.single_points import MOST_NODES, Makers, Place, places
from valuechain.evidence import Evidence, cite, cite_flow, facts_of
from valuechain.model import Codes, ValueChain
from valuechain.parameters import Level, Region, Year
from valuechain.registry import analysis
from valuechain.scope import listed
from valuechain.zones import Ledger

_ENTERPRISE, _PRODUCT = "enterprise", "product"
_MOST_CITED = 20
"""Production and flow rows cited on one row of the answer."""


@dataclass(frozen=True, slots=True)
class CriticalPoint:
    """One enterprise or product of a place, and the end products that cannot be had without it."""

    region_id: Annotated[str | None, Key("regions", "place")]
    what: Annotated[str, Text("what it is", (_ENTERPRISE, _PRODUCT))]
    name: Annotated[str, Text("name of the enterprise or product")]
    enterprise_id: Annotated[str | None, Key("enterprises", "the enterprise")]
    product_id: Annotated[str | None, Key("products", "the product")]
    products: Annotated[tuple[str, ...], Text("what the enterprise makes that is lost with it: product ids")]
    critical_for: Annotated[tuple[str, ...], Text("end products that cannot be had without it: product ids")]
    critical_for_names: Annotated[tuple[str, ...], Text("their names")]
    ends: Annotated[int, Text("end products of the place of which something can be said")]
    other_ends: Annotated[
        int,
        Text("of those it is critical for: made by others too, or for a product, other than itself"),
    ]
    makers: Annotated[int, Text("makers here (of the product it makes with the fewest)")]
    alternatives: Annotated[int, Text("other makers left here if one falls away")]
    sole_maker: Annotated[bool, Text("is there one maker here, as far as recorded?")]
    sole_in: Annotated[tuple[str, ...], Text("regions where it is declared to be the only maker: region ids")]
    hhi_plants: Annotated[
        float | None,
        Quantity("index", "of a product: Herfindahl index of output, by enterprise; not for enterprises"),
    ]
    hhi_owners: Annotated[
        float | None,
        Quantity("index", "of a product: the same by ultimate owner; does not apply to enterprises"),
    ]
    hidden: Annotated[float | None, Quantity("index", "of a product: by owner - by enterprise")]
    from_outside: Annotated[bool, Text("is it bought outside, or needed here and made by nobody on record?")]
    suppliers: Annotated[tuple[str, ...], Text("who outside it is bought from, as far as recorded: names")]
    import_dependency: Annotated[float | None, Quantity("share", "of a product: inflow / use here")]
    output: Annotated[float | None, Quantity("unit", "of a product: amount made here a year")]
    unit: Annotated[str, Text("unit of the output")]
    at_stake: Annotated[
        float | None,
        Quantity("at_stake_unit", "known output a year of the ends that depend on it; else see unknown"),
    ]
    at_stake_unknown: Annotated[
        int, Text("of how many of these ends some output is not recorded: then at_stake is at least so much")
    ]
    at_stake_unit: Annotated[str, Text("unit of the output at stake; none where the ends differ in it")]
    reason: Annotated[str, Text("the finding in one sentence")]
    evidence: Annotated[tuple[Evidence, ...], Text("the figures it rests on")]


def _caveats(chain: ValueChain, rows: tuple[CriticalPoint, ...], **asked: Any) -> Iterator[str]:
    found, _ = places(chain, asked["year"], asked["region"], asked["level"])
    everybody = len(chain.ids("enterprises"))
    if found:
        silent = everybody - len(np.unique(found[0].books.plants.enterprise))
        if silent:
            yield (
                f"{silent} of {everybody} enterprises have no production row for {asked['year']}: they may be "
                "other makers. Not recorded is not absent; only where sole_in names a region is it declared."
            )
    if any(r.other_ends for r in rows):
        yield (
            "Dependence follows recipes and recorded purchases: a purchase from outside that nobody recorded, "
            "or stock, would lessen it. An alternative counts however small its capacity is."
        )
    for place in found:
        yield from _of_place(place)
    blank = sum(r.what == _PRODUCT and r.makers > 1 and r.hhi_plants is None for r in rows)
    if blank:
        yield f"Products with several makers and no Herfindahl index, for an output is not recorded: {blank}."
    if not rows:
        yield _why_empty(chain, found, asked)


def _of_place(place: Place) -> Iterator[str]:
    chain, where = place.chain, place.name
    if place.found is None:
        yield (
            f"{where} has more than {MOST_NODES:,} products and possibly critical enterprises: only the "
            "concentration of its products is told. Ask for smaller regions by level."
        )
        return
    unmade = np.setdiff1d(place.ends, place.judged)
    if len(unmade):
        yield (
            f"Not judged in {where}, for the recipes give no way to begin without themselves: "
            f"{listed(chain, unmade)}."
        )
    if len(place.circling):
        yield f"In {where} these lead into a loop and to no end product: {listed(chain, place.circling)}."
    if len(place.local.absent):
        yield (
            f"Needed in {where}, made by nobody and bought from nobody on record, so taken as bought outside: "
            f"{listed(chain, place.local.absent)}."
        )


def _why_empty(chain: ValueChain, found: list[Place], asked: dict[str, Any]) -> str:
    level = asked["level"]
    if level and level not in chain.arrow("regions")["level"].to_pylist():
        return f"The dataset has no region of level {level}."
    if asked["product"] and any(len(p.told) for p in found):
        return "Nothing here makes these products, and no end product depends on them; drop the filter on product."
    return f"Nothing is recorded as made in this place in {asked['year']}, so nothing can be critical."


@analysis(
    title="Single points of failure",
    reads=("production", "flows", "process_flows"),
    key=("region_id", "what", "enterprise_id", "product_id"),
    place=6,
    table=(
        "name",
        "what",
        "at_stake",
        "other_ends",
        "ends",
        "makers",
        "critical_for_names",
        "from_outside",
    ),
    caveats=_caveats,
)
def critical(
    chain: ValueChain,
    *,
    region: Region = None,
    level: Level = None,
    product: Annotated[
        tuple[str, ...], Key("products", "only what makes these, is critical for them, or is one of them")
    ] = (),
    year: Year = None,
) -> Iterator[CriticalPoint]:
    """Which plant or product must not fail, because nothing here can be made without it?

    Enterprises come first, the one on which most hangs on top: those that others depend on before those whose
    own products only are lost, declared only makers before others, the larger output at stake first; then the
    products that are critical for others; then every other product made here with its concentration.

    >>> from loaders import load
    >>> from valuechain import questions
    >>> row = next(iter(questions()["critical"](load("pavlodar"), product="primary-aluminium")))
    >>> row.name, row.critical_for, row.sole_in, row.at_stake
    ('Aluminum of Kazakhstan JSC', ('primary-aluminium',), ('pavlodar', 'kz'), 250000.0)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    found, book = places(chain, year, region, level)
    rows = [row for place in found for row in _Teller(place, book).rows()]
    wanted = set(product)
    if wanted:
        rows = [r for r in rows if wanted & {r.product_id, *r.products, *r.critical_for}]
    yield from sorted(rows, key=_rank)


def _rank(row: CriticalPoint) -> tuple[Any, ...]:
    group = 0 if row.what == _ENTERPRISE else 1 if row.critical_for else 2
    weight: tuple[float, ...]
    if group == 0:
        size = row.at_stake if row.at_stake_unit == "t" else None
        weight = (not row.sole_in, size is None, -(size or 0.0), -len(row.critical_for))
    else:
        spread = -(row.hhi_owners or 0.0) if group == 2 else 0.0
        weight = (-len(row.critical_for), spread, 0.0, 0)
    name = row.enterprise_id or row.product_id or ""
    return group, not row.other_ends, *weight, row.region_id or "", name


class _Teller:
    """Words the rows of one place."""

    def __init__(self, place: Place, book: Ledger) -> None:
        self.place, self.chain, self.book = place, place.chain, book
        self.ids, self.units = self.chain.ids("products"), self.chain.arrow("products")["unit"].to_pylist()
        here = np.flatnonzero(book.zone == place.zone)
        self.at = dict(zip(book.product[here].tolist(), here.tolist(), strict=True))
        self.outside = {*place.local.arrives.tolist(), *place.local.absent.tolist()}

    def rows(self) -> Iterator[CriticalPoint]:
        """Yield the critical enterprises, then the products."""
        shown = {*self.place.told.tolist()}
        for maker, ends, made in self.place.enterprises():
            shown |= {*ends.tolist(), *made.tolist()}
            yield self._enterprise(maker, ends, made)
        critical_for = {code: ends for code, ends in self.place.products() if len(ends)}
        for code in sorted({*critical_for, *shown}):
            yield self._product(code, critical_for.get(code, self.ids[:0].astype(np.int64)))

    def _enterprise(self, maker: int, ends: Codes, made: Codes) -> CriticalPoint:
        name = name_of(self.chain, "enterprises", maker)
        makers = {int(p): len(self.place.makers(int(p)).enterprise) for p in made}
        sole = {p: self.place.declared(p, maker) for p, n in makers.items() if n == 1}
        others = ends[[bool((self.place.makers(int(e)).enterprise != maker).any()) for e in ends]]
        fewest = min(makers.values(), default=1)
        at_stake, open_ends, unit = self._at_stake(ends)
        told = at_least(at_stake, unit, open_ends)
        return CriticalPoint(
            region_id=self.place.region, what=_ENTERPRISE, name=name,
            enterprise_id=str(self.chain.ids("enterprises")[maker]), product_id=None,
            products=self._ids(made), critical_for=self._ids(ends), critical_for_names=self._names(ends),
            ends=len(self.place.judged), other_ends=len(others),
            makers=fewest, alternatives=fewest - 1, sole_maker=fewest == 1,
            sole_in=tuple(r for r in self.place.around if any(r in regions for regions in sole.values())),
            hhi_plants=None, hhi_owners=None, hidden=None, from_outside=False, suppliers=(),
            import_dependency=None, output=None, unit="", at_stake=at_stake, at_stake_unit=unit,
            at_stake_unknown=open_ends,
            reason=why_enterprise(self.place, maker, ends, others, made, sole, told),
            evidence=tuple(e for p in made for e in self._made(int(p), np.array([maker])))[:_MOST_CITED],
        )  # fmt: skip

    def _product(self, code: int, ends: Codes) -> CriticalPoint:
        makers, name = self.place.makers(code), name_of(self.chain, "products", code)
        alone = len(makers.enterprise) == 1
        sole = self.place.declared(code, int(makers.enterprise[0])) if alone else ()
        outside = code in self.outside
        at_stake, open_ends, unit = self._at_stake(ends)
        plants, owners = _known(makers.plants), _known(makers.owners)
        output = _known(makers.output.sum()) if len(makers.enterprise) else None
        suppliers = supplier_names(self.place, code)
        return CriticalPoint(
            region_id=self.place.region, what=_PRODUCT, name=name, enterprise_id=None,
            product_id=str(self.ids[code]), products=(), critical_for=self._ids(ends),
            critical_for_names=self._names(ends), ends=len(self.place.judged), other_ends=len(ends),
            makers=len(makers.enterprise), alternatives=max(len(makers.enterprise) - 1, 0),
            sole_maker=alone, sole_in=sole, hhi_plants=plants, hhi_owners=owners,
            hidden=None if plants is None or owners is None else owners - plants,
            from_outside=outside, suppliers=suppliers, import_dependency=self._dependency(code, output),
            output=output, unit=self.units[code] or "", at_stake=at_stake, at_stake_unit=unit,
            at_stake_unknown=open_ends,
            reason=why_product(
                self.place, code, ends, makers, sole, amount(output, self.units[code] or ""),
                at_least(at_stake, unit, open_ends),
            ),
            evidence=tuple(self._cited(code, makers, cite_inflow=bool(len(ends)))),
        )  # fmt: skip

    def _at_stake(self, ends: Codes) -> tuple[float | None, int, str]:
        """Return the known output of the ends, of how many some is unknown, and the unit; none where units differ."""
        units = {self.units[e] or "" for e in ends}
        outputs = [self.place.makers(int(e)).output for e in ends]
        blank = sum(bool(np.isnan(o).any()) for o in outputs)
        if len(units) != 1:
            return None, blank, ""
        total = float(sum(np.nansum(o) for o in outputs))
        return (None if blank and not total else total), blank, units.pop()

    def _dependency(self, code: int, output: float | None) -> float | None:
        """Return inflow / use, where output, inflow and outflow are recorded."""
        b, at = self.book, self.at.get(code)
        if at is None:
            return None
        told = b.inflow_rows[at] and not b.inflow_unknown[at] and b.inflow[at] > 0
        if not told or b.supply_unknown[at]:
            return None
        if output is None and not b.market_supply[at]:
            return 1.0  # nobody here makes it: all that is used came in
        if b.outflow_unknown[at] or not b.outflow_rows[at]:
            return None
        use = b.output[at] + b.returns[at] + b.market_supply[at] + b.inflow[at] - b.outflow[at]
        return float(b.inflow[at] / use) if use >= b.inflow[at] else None

    def _cited(self, code: int, makers: Makers, *, cite_inflow: bool) -> list[Evidence]:
        found = self._made(code, makers.enterprise)
        if cite_inflow and len(self.place.suppliers(code)):
            product, year = str(self.ids[code]), self.place.books.year
            rows = facts_of(self.chain, "flows", product, year)
            inside = np.append(self.place.inside, False)
            ends = [
                inside[self.chain.codes("enterprises", [r[e] for r in rows])] for e in ("from_id", "to_id")
            ]
            found += [
                cite_flow(r, self.units[code] or "")
                for r, s, b in zip(rows, *ends, strict=True)
                if b and not s
            ]
        return found[:_MOST_CITED]

    def _made(self, code: int, makers: Codes) -> list[Evidence]:
        rows = self.place.production(code, makers[:_MOST_CITED])
        return [cite("production", row, "output", self.units[code] or "") for row in rows]

    def _ids(self, products: Codes) -> tuple[str, ...]:
        return tuple(str(i) for i in self.ids[products])

    def _names(self, products: Codes) -> tuple[str, ...]:
        return tuple(name_of(self.chain, "products", int(p)) for p in products)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
