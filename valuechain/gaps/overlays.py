"""Gaps that look at a product once more: missing enablers and unused by-products.

They are overlays: neither is summed with the split of outflows, with shortages or with another overlay.

`missing_enabler`: a product w with the role enabler in a process that a plant here certainly runs (only possibly:
conditional), of which nobody is recorded to be a provider here or in the regions around, up to the country, and
no delivery arrives. A plant placed at country level can serve. Size: coefficient x output where all are known. By
territory only.

`unused_by_product`: w arises beside a main product here (derived, or a recorded output of who may run such a
process), some recipe takes it as feedstock, no plant here certainly or possibly needs it, and no local buyer uses
it. Size: what arises less what local final buyers take.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from valuechain.answer import figure
from valuechain.arrays import counts, sums
from valuechain.coverage import claims_complete
from valuechain.evidence import Evidence
from valuechain.gaps.co_feeds import potential_words
from valuechain.gaps.present import Part, part_of
from valuechain.gaps.routes import routes_from, routes_to, who_could
from valuechain.gaps.scene import Scene, Told, Worth, bound_of
from valuechain.model import Codes, Floats, Mask
from valuechain.places import is_country, region_parents
from valuechain.recipes import recipes
from valuechain.scope import has_route
from valuechain.zones import zone_of_enterprises

NOBODY: Codes = np.zeros(0, np.int64)


def missing_enablers(scene: Scene, view: Mask) -> Iterator[Told]:
    """Yield the services that processes here need and that nobody here or around provides."""
    plants, n = scene.books.plants, len(scene.chain.ids("products"))
    need = part_of(recipes(scene.chain).enabler, plants, n)
    if scene.zones.ground == "management" or not len(need.row):
        return
    zone = zone_of_enterprises(scene.chain, scene.zones)[plants.enterprise[need.row]]
    active = (zone >= 0) & view[need.product] & (plants.output[need.row] != 0)
    key = zone * n + need.product
    for pair in np.unique(key[active]):
        where, product = int(pair // n), int(pair % n)
        around = _around(scene, where)
        if not _served(scene, where, product, around):
            yield _enabler(scene, where, product, _rows(need, active & (key == pair)), around)


def _rows(part: Part, mask: Mask) -> Part:
    return Part(part.row[mask], part.product[mask], part.low[mask], part.high[mask], part.certain[mask])


def _around(scene: Scene, zone: int) -> list[int]:
    """Return the regions around a zone, up to the country."""
    region, parents = scene.region(zone), region_parents(scene.chain)
    found: list[int] = []
    if region is None or is_country(scene.chain, region):
        return found
    ids = scene.chain.ids("regions")
    at = int(parents[scene.chain.codes("regions", [region])[0]])
    while at >= 0 and at not in found:
        found.append(at)
        at = -1 if is_country(scene.chain, str(ids[at])) else int(parents[at])
    return found


def _served(scene: Scene, zone: int, product: int, around: list[int]) -> bool:
    """Return whether a provider is on record: here, at a region around, or by a delivery that arrives."""
    b, balance = scene.book, scene.books.balance
    (at,) = scene.positions(np.array([zone]), np.array([product]))
    here = ("makers", "returns", "market_supply", "supply_unknown", "inflow", "inflow_unknown")
    if at >= 0 and any(getattr(b, name)[at] > 0 for name in here):
        return True
    above = np.isin(balance.place, around) & (balance.product == product) & (balance.makers > 0)
    return bool(above.any())


def _enabler(scene: Scene, zone: int, product: int, need: Part, around: list[int]) -> Told:
    sure = need.certain
    low, high = need.low[sure], need.high[sure]
    known = sure.any() and not np.isnan(low).any()
    quantity = float(low.sum()) or None if known else None
    row, local = scene.product(product), scene.local(zone)
    name = row["product_id"]
    routes, _ = routes_to(scene.chain, name, quantity, local, scene.year)
    places: list[str | None] = [scene.region(zone), *(str(scene.chain.ids("regions")[a]) for a in around)]
    declared = all(claims_complete(scene.chain, place, "production", name) for place in places)
    plants = need.row[sure] if sure.any() else need.row
    return Told(
        kind="missing_enabler",
        zone=zone,
        product=product,
        quantity=quantity,
        bound=bound_of(quantity, (high > low).any(), False),
        basis="not recorded" if quantity is None else "derived",
        conditional=not sure.any(),
        absence="declared" if declared else "not recorded",
        share=None,
        worth=Worth(None, "", "no value: what the lack of a service costs is not known"),
        reason=_lacks_service(
            scene, zone, row["name"], quantity, row["unit"], plants, bool(sure.any()), declared
        ),
        routes=routes,
        closing_options=who_could(scene.chain, name, routes, local, NOBODY, upstream=True),
        evidence=tuple(dict.fromkeys(_service_lines(scene, zone, name, plants))),
    )


def _lacks_service(
    scene: Scene, zone: int, name: str, quantity: float | None, unit: str, rows: Codes, sure: bool, declared: bool
) -> str:  # fmt: skip
    plants = scene.books.plants
    makers = _listed(list(dict.fromkeys(scene.named(np.sort(plants.enterprise[rows])))))
    verb = "need" if len(np.unique(plants.enterprise[rows])) > 1 else "needs"
    made = []
    for product in np.unique(plants.product[rows]):
        output = plants.output[rows[plants.product[rows] == product]]
        row = scene.product(int(product))
        amount = (
            "an unrecorded amount"
            if np.isnan(output).any()
            else f"{figure(float(output.sum()))} {row['unit']}"
        )
        made.append(f"{row['name']} ({amount})")
    size = "how much is not recorded" if quantity is None else f"{figure(quantity)} {unit} a year"
    words = f"{makers} {verb} {name} to make {_listed(made)}; {size}."
    if not sure:
        words = f"{makers} may need {name} to make {_listed(made)}, on one of several possible routes."
    if declared:
        return f"{words} The data declares that nobody provides it in {scene.place(zone)} or around."
    return f"{words} No provider is recorded in {scene.place(zone)} or around (the data does not claim to be complete)."


def _service_lines(scene: Scene, zone: int, service: str, rows: Codes) -> Iterator[Evidence]:
    plants, processes = scene.books.plants, scene.chain.ids("processes")
    run: set[str] = set()
    for product in np.unique(plants.product[rows]):
        yield from scene.trail.made(zone, scene.product_id(int(product)))
    for row in rows:
        run |= set(processes[plants.processes(int(row))])
    yield from scene.trail.lines(service, "enabler", run)


class _Arising(NamedTuple):
    """By-products by (zone, product) key: known amount, whether a part is unknown, whether any is certain."""

    key: Codes
    amount: Floats
    open: Mask
    sure: Mask
    derived: Mask


def _arising(scene: Scene) -> _Arising:
    plants, n = scene.books.plants, len(scene.chain.ids("products"))
    back = part_of(recipes(scene.chain).by_product, plants, n)
    zone_of = zone_of_enterprises(scene.chain, scene.zones)
    own = plants.enterprise * n + plants.product
    recorded = np.isin(plants.enterprise[back.row] * n + back.product, own)
    listed = np.isin(own, plants.enterprise[back.row] * n + back.product)
    exact = np.where(back.certain & (back.low == back.high), back.low, np.nan)
    who = np.append(plants.enterprise[back.row][~recorded], plants.enterprise[listed])
    product = np.append(back.product[~recorded], plants.product[listed])
    amount = np.append(exact[~recorded], plants.output[listed])
    derived = np.arange(len(who)) < (~recorded).sum()
    sure = np.append(back.certain[~recorded], np.ones(listed.sum(), bool))
    here = zone_of[who] >= 0
    key, amount = (zone_of[who] * n + product)[here], amount[here]
    unique = np.unique(key)
    return _Arising(
        unique,
        sums(key, amount, unique),
        counts(key, np.isnan(amount), unique) > 0,
        counts(key, sure[here] & (amount != 0), unique) > 0,
        counts(key, derived[here], unique) > 0,
    )


def unused_by_products(scene: Scene, view: Mask) -> Iterator[Told]:
    """Yield the by-products that arise here, that a recipe takes, and that nobody here takes."""
    b, found = scene.book, _arising(scene)
    n = len(scene.chain.ids("products"))
    at = scene.positions(found.key // n, found.key % n)
    idle = (b.users[at] == 0) & (b.conditional[at] == 0) & (b.delivered_rows[at] == 0)
    useful = has_route(scene.chain) & view
    left = np.maximum(found.amount - b.final_use[at], 0.0)
    for i in np.flatnonzero(idle & useful[b.product[at]] & (found.open | (left > 0))):
        yield _unused(scene, int(at[i]), found, int(i), float(left[i]))


def _unused(scene: Scene, at: int, found: _Arising, i: int, left: float) -> Told:
    b, zone = scene.book, int(scene.book.zone[at])
    quantity, product = left or None, scene.product(int(scene.book.product[at]))
    local, name = scene.local(zone), product["product_id"]
    routes, lines = routes_from(scene.chain, name, quantity, local, scene.year)
    declared = scene.declared(zone, [r.product_id for r in routes])
    worth = scene.at_price(product, quantity)
    untold = "" if quantity is None else potential_words(scene.chain, name, routes)
    mains = _beside(scene, zone, int(b.product[at]))
    evidence = [
        *scene.trail.made(zone, name),
        *(cell for main in mains for cell in scene.trail.made(zone, scene.product_id(main))),
        *scene.trail.lines(name, "by_product", local.processes),
        *scene.trail.left(zone, name),
        *lines,
    ]
    return Told(
        kind="unused_by_product",
        zone=zone,
        product=int(b.product[at]),
        quantity=quantity,
        bound=bound_of(quantity, found.open[i], b.final_unknown[at]),
        basis="not recorded" if quantity is None else "derived" if found.derived[i] else "recorded",
        conditional=not found.sure[i],
        absence="declared" if declared else "not recorded",
        share=quantity / float(found.amount[i]) if quantity and not found.open[i] else None,
        worth=worth,
        reason=_arises(scene, at, found, i, [r.process_name for r in routes], declared) + untold,
        routes=routes,
        closing_options=who_could(scene.chain, name, routes, local, NOBODY, upstream=False),
        evidence=tuple(dict.fromkeys(evidence)),
    )


def _beside(scene: Scene, zone: int, product: int) -> list[int]:
    """Return the main products beside which a by-product arises in a zone."""
    r, ids = recipes(scene.chain), scene.chain.ids("processes")
    process = r.by_product.process[r.by_product.product == product]
    run = np.isin(ids[process], sorted(scene.local(zone).processes))
    return [int(p) for p in np.unique(r.main[process[run]]) if p != product]


def _arises(scene: Scene, at: int, found: _Arising, i: int, takers: list[str], declared: bool) -> str:
    b, zone = scene.book, int(scene.book.zone[at])
    row = scene.product(int(b.product[at]))
    unit, amount = row["unit"] or "", float(found.amount[i])
    beside = _listed([scene.product_name(p) for p in _beside(scene, zone, int(b.product[at]))])
    more = " and an unrecorded amount more" if found.open[i] else ""
    size = f"{figure(amount)} {unit}{more}" if amount else "An unrecorded amount"
    verb = "arises" if found.sure[i] else "arises, if a plant runs one of its possible routes,"
    words = f"{size} of {row['name']} {verb} beside {beside} in {scene.place(zone)}"
    if b.final_use[at]:
        words += f"; local final buyers take {figure(float(b.final_use[at]))} {unit}"
    if b.outflow[at] or b.outflow_unknown[at]:
        part = f"{figure(float(b.outflow[at]))} {unit}" if b.outflow[at] else "an unrecorded amount"
        words += f"; {part} leaves (see the split of outflows)"
    could = f"{takers[0]} could take it" if len(takers) == 1 else f"{len(takers)} processes could take it"
    sure = (
        "the data declares that none of them is here"
        if declared
        else ("none is recorded here (the data does not claim to be complete)")
    )
    return f"{words}; {could}, {sure}."


def _listed(names: list[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
