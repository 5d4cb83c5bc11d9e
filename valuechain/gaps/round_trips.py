"""Round trips: a product leaves, and goods made from it come in. An overlay: never summed with anything.

Counted, by zone and product: p of a stage below 4 leaves, and products q made from p (by 1 to 8 reference steps,
at no earlier stage) come in, bought by plants here or by markets inside the zone from markets outside it. With
kappa the product of the coefficients along the way of fewest steps (the smallest where several are as short; units
of p per unit of q),

    quantity = min(outflow of p, sum over q of inflow of q x kappa).

Where several ways lead from p to q the size is uncertain; so is it where local buyers import, whose place within
the country is not known. What is not recorded is left out: at least.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from valuechain.answer import figure
from valuechain.evidence import Evidence
from valuechain.gaps.co_feeds import potential_words
from valuechain.gaps.routes import routes_from, who_could
from valuechain.gaps.scene import Scene, Told, bound_of
from valuechain.model import Codes, Floats, Mask
from valuechain.places import MARKETS
from valuechain.recipes import closure, recipes
from valuechain.scope import FINAL, stages

MOST_STEPS = 8


class Return(NamedTuple):
    """One good that comes in: code, amount, whether a part of it or its place is not known, and the way from p.

    `kappa` is NaN where a coefficient is unknown; `several`: other ways lead there too.
    """

    product: int
    inflow: float
    open: bool
    placeless: bool
    kappa: float
    several: bool


class Inflow(NamedTuple):
    """What comes into each zone, by (zone, product) key."""

    key: Codes
    quantity: Floats
    open: Mask
    placeless: Mask


class Reach(NamedTuple):
    """What is made from one product: codes, the coefficient down to each, and whether several ways lead there."""

    product: Codes
    kappa: Floats
    several: Mask


def round_trips(scene: Scene, view: Mask) -> Iterator[Told]:
    """Yield what leaves while goods made from it come in."""
    b, n = scene.book, len(scene.chain.ids("products"))
    stage = stages(scene.chain)
    into, r = _inflow(scene), recipes(scene.chain)
    bought = np.zeros(n, bool)
    bought[into.key % n] = True
    source, target = r.feedstock.product, r.main[r.feedstock.process]
    leads = closure(bought, target, source)
    leaves = ((b.outflow > 0) | (b.outflow_unknown > 0)) & (stage[b.product] < FINAL)
    for product in np.unique(b.product[leaves & (view & leads)[b.product]]):
        reach = _reach(scene, int(product))
        back = ~(stage[reach.product] < stage[product])
        for at in np.flatnonzero(leaves & (b.product == product)):
            key = int(b.zone[at]) * n + reach.product
            found = np.flatnonzero(back & np.isin(key, into.key))
            if len(found):
                position = np.searchsorted(into.key, key[found])
                returns = [
                    Return(
                        int(reach.product[i]), float(into.quantity[j]), bool(into.open[j]),
                        bool(into.placeless[j]), float(reach.kappa[i]), bool(reach.several[i]),
                    )
                    for i, j in zip(found, position, strict=True)
                ]  # fmt: skip
                yield _trip(scene, int(at), returns)


def _inflow(scene: Scene) -> Inflow:
    """Return what plants of each zone, and markets inside it, buy from outside."""
    b, trade, zones = scene.book, scene.books.trade, scene.zones
    places, n = len(zones.of_place) - len(MARKETS) - 1, len(scene.chain.ids("products"))
    seller, buyer = trade.seller - places, trade.buyer - places
    between = np.flatnonzero((seller >= 0) & (seller < len(MARKETS)) & (buyer >= 0) & (buyer < len(MARKETS)))
    whole = zones.market_inside[:, MARKETS.index("rest_of_country")]
    keys, amounts, opens, loose = (
        [scene.keys],
        [b.inflow],
        [b.inflow_unknown > 0],
        [np.zeros(len(b.inflow), bool)],
    )
    for zone in range(len(zones.ids)):
        inside = zones.market_inside[zone]
        enters = between[inside[buyer[between]] & ~inside[seller[between]]]
        keys.append(zone * n + trade.item[enters])
        amounts.append(trade.quantity[enters])
        opens.append(trade.unknown[enters] > 0)
        loose.append(np.full(len(enters), not whole[zone]))
    key, quantity = np.concatenate(keys), np.concatenate(amounts)
    unknown, placeless = np.concatenate(opens), np.concatenate(loose)
    some = (quantity > 0) | unknown
    key, quantity, unknown, placeless = key[some], quantity[some], unknown[some], placeless[some]
    unique, at = np.unique(key, return_inverse=True)

    def any_of(mask: Mask) -> Mask:
        return np.asarray(np.bincount(at, weights=mask, minlength=len(unique)) > 0)

    return Inflow(
        unique,
        np.bincount(at, weights=quantity, minlength=len(unique)).astype(float),
        any_of(unknown),
        any_of(placeless),
    )


def _reach(scene: Scene, product: int) -> Reach:
    """Return what is made from `product` within so many steps, level by level: the first level wins."""
    r = recipes(scene.chain)
    size = r.products
    kappa, level = np.full(size, np.nan), np.full(size, -1)
    kappa[product], level[product] = 1.0, 0
    front = np.array([product])
    entered: Codes = np.zeros(size, np.int64)
    doubted = np.zeros(size, bool)
    for depth in range(1, MOST_STEPS + 1):
        lines = r.takers.of(front)
        target = r.main[r.feedstock.process[lines]]
        source = r.feedstock.product[lines]
        real = (target != product) & (target != source)
        lines, target, source = lines[real], target[real], source[real]
        np.add.at(entered, target, 1)
        fresh = level[target] < 0
        through = kappa[source[fresh]] * r.feedstock.quantity[lines[fresh]]
        front = np.unique(target[fresh])
        best = np.full(size, np.nan)
        np.fmin.at(best, target[fresh], through)
        kappa[front], level[front] = best[front], depth
        if not len(front):
            break
    found = np.flatnonzero(level > 0)
    seen = level >= 0
    source, target = r.feedstock.product, r.main[r.feedstock.process]
    inner = seen[source] & seen[target] & (target != product) & (source != target)
    doubted = closure(entered > 1, source[inner], target[inner])
    return Reach(found, kappa[found], doubted[found])


def _trip(scene: Scene, at: int, returns: list[Return]) -> Told:
    b, zone, product = scene.book, int(scene.book.zone[at]), scene.product(int(scene.book.product[at]))
    worth = [q.inflow * q.kappa for q in returns if q.inflow and not np.isnan(q.kappa)]
    out, back = float(b.outflow[at]), sum(worth)
    quantity = min(out, back) or None
    low = b.outflow_unknown[at] or len(worth) < len(returns) or any(q.open for q in returns)
    doubtful = any(q.several or q.placeless for q in returns)
    local, name = scene.local(zone), product["product_id"]
    routes, lines = routes_from(scene.chain, name, quantity, local, scene.year)
    untold = "" if quantity is None else potential_words(scene.chain, name, routes)
    goods = [scene.product_id(q.product) for q in returns]
    made_here = any(g in local.products for g in goods)
    declared = scene.declared(zone, goods)
    unit = product["unit"] or ""
    evidence: list[Evidence] = [*scene.trail.made(zone, name)]
    evidence += scene.trail.left(zone, name)
    for q in returns:
        evidence += scene.trail.arrivals(zone, scene.product_id(q.product))
    return Told(
        kind="round_trip",
        zone=zone,
        product=int(b.product[at]),
        quantity=quantity,
        bound=bound_of(quantity, low or doubtful, doubtful),
        basis="not recorded" if quantity is None else "derived",
        conditional=False,
        absence="present" if made_here else "declared" if declared else "not recorded",
        share=_share(scene, at, quantity),
        worth=scene.at_price(product, quantity),
        reason=_comes_back(scene, at, product["name"], unit, returns, quantity) + untold,
        routes=routes,
        closing_options=who_could(scene.chain, name, routes, local, np.zeros(0, np.int64), upstream=False),
        evidence=tuple(dict.fromkeys([*evidence, *lines])),
    )


def _share(scene: Scene, at: int, quantity: float | None) -> float | None:
    b = scene.book
    known = b.makers[at] and not b.output_unknown[at] and quantity is not None
    return quantity / float(b.output[at]) if known and quantity and quantity <= b.output[at] else None


def _comes_back(
    scene: Scene, at: int, name: str, unit: str, returns: list[Return], quantity: float | None
) -> str:  # fmt: skip
    b, place = scene.book, scene.place(int(scene.book.zone[at]))
    out = f"{figure(float(b.outflow[at]))} {unit}" if b.outflow[at] else "An unrecorded amount"
    more = " and an unrecorded amount more" if b.outflow[at] and b.outflow_unknown[at] else ""
    goods = []
    for q in returns:
        row = scene.product(q.product)
        amount = f"{figure(q.inflow)} {row['unit']}" if q.inflow else "an unrecorded amount"
        goods.append(f"{row['name']} ({amount}{' and more' if q.inflow and q.open else ''})")
    words = f"{out} of {name}{more} leaves {place}, while goods made from it come in: {_listed(goods)}"
    if quantity is None:
        return f"{words}; how much {name} they hold is not known."
    size = f"{figure(sum(q.inflow * q.kappa for q in returns if not np.isnan(q.kappa)))} {unit}"
    several = "; several ways lead to them, the shortest counts" if any(q.several for q in returns) else ""
    place_of = (
        "; part is bought by local buyers whose place is not known"
        if any(q.placeless for q in returns)
        else ""
    )
    return f"{words}. To make them takes {size} of {name}{several}{place_of}."


def _listed(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
