"""The gaps that are put in order: size or value with its bounds, and what each waits for.

Beside the rows of `missing-links` stand those that it cannot tell yet (`untold`): what is made here and could go
further, of which no delivery out is recorded or ruled out; and what is made and needed here in unknown amounts.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from valuechain.accounts import accounts
from valuechain.audits import doubts
from valuechain.coverage import claims_complete
from valuechain.gaps import VIEWS
from valuechain.gaps.co_feeds import line_of, parts
from valuechain.gaps.scene import Scene
from valuechain.gaps.split import SPLIT, local_supply, unsettled
from valuechain.missing_numbers.numbers import DESTINATION, PRICE, numbers
from valuechain.model import Codes, ValueChain
from valuechain.paths.words import MAIN
from valuechain.prices import price
from valuechain.recipes import in_plant
from valuechain.registry import question
from valuechain.rounding import MOST_ROUNDING
from valuechain.scope import has_route, is_final
from valuechain.zones import ledger, territory, zone_of_enterprises

if TYPE_CHECKING:
    from valuechain.analyses.missing_links import MissingLink

UNTOLD = "untold"
"""What the id of a gap that cannot be told yet begins with."""

_SHORT = ("need", "output", "returns", "outflow", "final", "market")
_ROOM = ("outflow", "bought", "need", "capacity")
_RESTS_ON = {
    "unconnected": ("outflow", "bought"),
    "price_leakage": _ROOM,
    "capacity_gap": _ROOM,
    "missing_processing": ("outflow", "bought"),
    "missing_input": _SHORT,
    "missing_middle": ("need", "maybe"),
    "no_final_product": ("output", "returns"),
    "missing_enabler": ("enabler",),
    "unused_by_product": ("arising", "final"),
    "round_trip": ("outflow",),
}
_NEVER_SETTLED = ("missing_middle", "round_trip")
"""Kinds whose size hangs on ways through the recipes too: no single number is said to settle them."""


@dataclass(slots=True)
class Place:
    """One gap in the order of its zone and unit: the size lies between `low` and `high`.

    `causes` are the parts of the balance of `key` that it rests on, `missing` single numbers beside them; `open`:
    something else is not known too, so no number settles it.
    """

    gap_id: str
    zone: int
    key: int
    unit: str
    low: float
    high: float
    known: float | None
    causes: tuple[str, ...]
    missing: Codes
    open: bool
    row: "MissingLink | None" = None

    @property
    def exact(self) -> bool:
        """Whether the size is known."""
        return self.low == self.high


NOTHING = np.zeros((0, 6), np.int64)


def scene_and_places(
    chain: ValueChain, region: str | None, level: str | None, year: int, by: str
) -> tuple[Scene, list[Place]]:
    """Return the scene and the gaps of an answer, computed once."""

    def build() -> tuple[Scene, list[Place]]:
        zones, books = territory(chain, region, level), accounts(chain, year)
        scene = Scene(chain, zones, books, ledger(chain, books, zones), year)
        links = question("missing-links")(chain, region=region, level=level, year=year)
        return scene, places(scene, links.rows, by)

    return chain.once(("data gaps", region, level, year, by), build)


def places(scene: Scene, links: Sequence["MissingLink"], by: str) -> list[Place]:
    """Return every gap that has a place, told or not, by size or by value."""
    told = [_told(scene, link) for link in links]
    found = [*told, *_outflows(scene), *_shortages(scene)]
    return found if by == "quantity" else [one for one in (_valued(scene, g) for g in found) if one]


def _told(scene: Scene, link: "MissingLink") -> Place:
    (product,) = scene.chain.codes("products", [link.product_id])
    zone = scene.zones.ids.index(link.region_id) if link.region_id in scene.zones.ids else 0
    key = zone * len(scene.chain.ids("products")) + int(product)
    low, high = _bounds(link.quantity, link.bound)
    doubted = link.product_id in doubts(scene.chain, scene.year)
    found = Place(link.gap_id, zone, key, link.unit, low, high, link.quantity, (), NOTHING, doubted, link)
    if link.conditional:
        found.low = 0.0
    if found.exact:
        return found
    if _unsized(scene, link):
        found.open = True
        return found
    found.causes = _RESTS_ON[link.kind] + (("maybe",) if link.conditional else ())
    (at,) = scene.positions(np.array([zone]), np.array([product]))
    found.open |= link.kind in _NEVER_SETTLED or (
        link.kind in VIEWS and link.conditional and link.kind != "unused_by_product"
    )
    if at >= 0:
        _more(scene, found, link, int(at))
    return found


def _unsized(scene: Scene, link: "MissingLink") -> bool:
    """Return whether no number could tell the size: a service without an amount, a way through a minor feedstock."""
    if link.kind not in ("missing_enabler", "missing_middle") or link.quantity is not None:
        return False
    for line in (one for one in link.evidence if one.table == "process_flows"):
        process, product, role = line.row.split(" · ")
        if role == "enabler" and line.value is None:
            return True
        on_the_way = link.kind == "missing_middle" and role == "feedstock" and product != link.product_id
        if on_the_way and parts(scene.chain)[line_of(scene.chain, process, product)] < MAIN * (1 - 1e-9):
            return True
    return False


def _more(scene: Scene, found: Place, link: "MissingLink", at: int) -> None:
    """Add what depends on the balance: a small shortage, a buyer without a recipe, the start of a chain."""
    b = scene.book
    if link.kind == "no_final_product" and not b.output[at] + b.returns[at]:
        found.causes += ("need",)
        found.open |= bool(not b.requirement[at] and b.inflow[at])
    found.open |= link.kind == "missing_processing" and bool(b.delivered_rows[at])
    supply = float(scene.once("kept", lambda: local_supply(b))[at])
    small = link.kind == "missing_input" and link.quantity is not None and supply > 0
    unsure = b.need_unknown[at] + b.supply_unknown[at] + b.outflow_unknown[at] + b.final_unknown[at]
    if small and not unsure and b.requirement_high[at] <= b.requirement[at] and not found.open:
        assert link.quantity is not None  # noqa: S101 - `small` says so
        if link.quantity < MOST_ROUNDING * b.requirement[at]:
            found.low = found.high = link.quantity
            found.causes = ()


def _bounds(size: float | None, bound: str) -> tuple[float, float]:
    size = None if size is None else _rounded(size)
    if size is None or bound in ("unknown", "uncertain"):
        return 0.0, math.inf
    return (0.0 if bound == "at_most" else size), (math.inf if bound == "at_least" else size)


def _rounded(size: float) -> float:
    """Return a size in twelve digits, so that sums made in another order are no other place."""
    return float(f"{size:.12g}")


def _untold(scene: Scene, at: int, what: str, high: float, causes: tuple[str, ...], missing: Codes) -> Place:
    b = scene.book
    product = scene.product_id(int(b.product[at]))
    name = f"{UNTOLD}:{what}:{scene.zones.ids[int(b.zone[at])]}:{product}"
    unit = scene.product(int(b.product[at]))["unit"] or ""
    return Place(name, int(b.zone[at]), int(scene.keys[at]), unit, 0.0, high, None, causes, missing, False)


def _outflows(scene: Scene) -> Iterator[Place]:
    """Yield what may leave: made here, taken by a recipe, and no delivery out is recorded or ruled out."""
    b, chain = scene.book, scene.chain
    made, who = _makers(scene)
    further = has_route(chain) & ~is_final(chain) & ~in_plant(chain)
    for at in np.flatnonzero((b.makers > 0) & (b.outflow_rows == 0) & further[b.product]):
        zone, product = int(b.zone[at]), int(b.product[at])
        if claims_complete(chain, scene.region(zone), "flows", scene.product_id(product)):
            continue
        first, last = np.searchsorted(made, [scene.keys[at], scene.keys[at] + 1])
        makers = np.unique(who[first:last])
        if not len(makers):
            continue
        open_supply = b.supply_unknown[at] + b.inflow_unknown[at] > 0
        most = float(b.output[at] + b.returns[at] + b.inflow[at] + b.market_supply[at])
        missing = numbers(DESTINATION, len(makers), maker=makers, product=product)
        yield _untold(scene, int(at), "outflow", math.inf if open_supply else _rounded(most), (), missing)


def _makers(scene: Scene) -> tuple[Codes, Codes]:
    """Return (zone, product) keys in order, and beside each an enterprise that makes it."""
    plants = scene.books.plants
    zone = zone_of_enterprises(scene.chain, scene.zones)[plants.enterprise]
    key = np.where(zone >= 0, zone * len(scene.chain.ids("products")) + plants.product, -1)
    order = np.argsort(np.where(plants.output != 0, key, -1), kind="stable")
    return np.where(plants.output != 0, key, -1)[order], plants.enterprise[order]


def _shortages(scene: Scene) -> Iterator[Place]:
    """Yield what is made and needed here in amounts that are not known."""
    b = scene.book
    for at in np.flatnonzero(unsettled(b) & ~in_plant(scene.chain)[b.product]):
        high = math.inf if b.need_unknown[at] else _rounded(float(b.requirement_high[at]))
        yield _untold(scene, int(at), "missing_input", high, _SHORT, NOTHING)


def _valued(scene: Scene, gap: Place) -> Place | None:
    """Return a gap by what it is worth; None for kinds that have no value."""
    if gap.row is not None and gap.row.kind in ("no_final_product", "missing_enabler"):
        return None
    row, currency = gap.row, scene.chain.dataset.currency
    value = row.value if row is not None and row.currency == currency else None
    foreign = row is not None and row.value is not None and value is None
    low, high = (gap.low, gap.high) if gap.row is None else _bounds(value, row.bound if row else "")
    if value is None:
        low, high = 0.0, math.inf
    elif row is not None and row.conditional:
        low = 0.0
    missing = gap.missing
    if value is None and not foreign and not _priced(scene, gap):
        product = gap.key % len(scene.chain.ids("products"))
        missing = np.concatenate([missing, numbers(PRICE, 1, product=product)])
    elif value is not None and gap.exact:
        low = high = _rounded(value)
    return Place(
        gap.gap_id, gap.zone, gap.key, currency, low, high, value, gap.causes, missing, gap.open or foreign, row
    )  # fmt: skip


def _priced(scene: Scene, gap: Place) -> bool:
    """Return whether the size is all that a value lacks: there is a price, or the flows have their values."""
    product = scene.product_id(gap.key % len(scene.chain.ids("products")))
    if price(scene.chain, product, scene.year) is not None:
        return True
    (at,) = np.flatnonzero(scene.keys == gap.key)[:1] if (scene.keys == gap.key).any() else (-1,)
    paid: Any = scene.book.outflow_value[at] if at >= 0 else math.nan
    return (
        gap.row is not None
        and gap.row.kind in SPLIT
        and bool(scene.book.outflow_unknown[at])
        and not math.isnan(paid)
    )
