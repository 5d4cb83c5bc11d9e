"""What is present in each zone: products made there, and the recipe steps between them.

A step is present where an enterprise of the zone makes q and needs p for it. It is certain where every
process that the plant may run takes p, or where the plant is recorded to buy it; else only possible. What a
process leaves as a by-product hangs on the same step.
"""

from dataclasses import dataclass

import numpy as np

from valuechain.arrays import Groups, counts, grouped
from valuechain.gaps.scene import Scene
from valuechain.model import Codes, Floats, Mask
from valuechain.plants import Plants
from valuechain.recipes import Lines, expand, recipes
from valuechain.zones import zone_of_enterprises


@dataclass(frozen=True, slots=True)
class Part:
    """What plants have to do with a role of their recipes: (row of `Plants`, product), least and most amount.

    `certain`: on each of the processes that the row may run. Amounts are NaN where unknown.
    """

    row: Codes
    product: Codes
    low: Floats
    high: Floats
    certain: Mask


def part_of(lines: Lines, plants: Plants, products: int) -> Part:
    """Return the products of a role by row of `Plants`."""
    at, line = lines.of(plants.route_process)
    key = plants.route_row[at] * products + lines.product[line]
    order = np.argsort(key, kind="stable")
    unique, start, routes = np.unique(key[order], return_index=True, return_counts=True)
    row, a = unique // products, lines.quantity[line][order]
    low = np.minimum.reduceat(a, start) if len(unique) else np.zeros(0)
    high = np.maximum.reduceat(a, start) if len(unique) else np.zeros(0)
    every = routes == np.bincount(plants.route_row, minlength=len(plants.enterprise))[row]
    return Part(row, unique % products, low * plants.output[row], high * plants.output[row], every)


@dataclass(frozen=True, slots=True)
class Steps:
    """Present steps by position in the ledger; `main`: to a main product, else to a by-product."""

    source: Codes
    target: Codes
    certain: Mask
    main: Mask


@dataclass(frozen=True, slots=True)
class Present:
    """Which rows of the ledger are made in their zone (or arise there), and the steps between them.

    `open`: in an amount that is partly unknown. `by_source`: the steps that start at a row.
    """

    made: Mask
    open: Mask
    steps: Steps
    by_source: Groups


def present(scene: Scene) -> Present:
    """Return what is present, computed once per answer."""
    return scene.once("present", lambda: _present(scene))


def _present(scene: Scene) -> Present:
    b, steps = scene.books.balance, _steps(scene)
    zone, size = scene.zones.of_place[b.place], len(scene.keys)

    def rows(mask: Mask) -> Mask:
        found = np.zeros(size, bool)
        found[scene.positions(zone[mask], b.product[mask])] = True
        return found

    made = (zone >= 0) & ((b.makers > 0) | (b.returns > 0) | (b.returns_unknown > 0))
    unknown = (zone >= 0) & ((b.output_unknown > 0) | (b.returns_unknown > 0))
    return Present(rows(made), rows(unknown), steps, grouped(steps.source, size))


def _steps(scene: Scene) -> Steps:
    plants, needs = scene.books.plants, scene.books.needs
    n = len(scene.chain.ids("products"))
    back = part_of(recipes(scene.chain).by_product, plants, n)
    zone = zone_of_enterprises(scene.chain, scene.zones)[plants.enterprise]
    start, end = (np.searchsorted(back.row, needs.row, side=side) for side in ("left", "right"))
    of_need, line = expand(start, end - start)
    every = np.arange(len(needs.row))
    need = np.append(every, of_need)
    row, main = needs.row[need], np.arange(len(need)) < len(every)
    target = np.append(plants.product[needs.row], back.product[line])
    certain = np.append(needs.certain, needs.certain[of_need] & back.certain[line])
    here = (zone[row] >= 0) & (needs.product[need] != target)
    p = scene.positions(zone[row][here], needs.product[need][here])
    q = scene.positions(zone[row][here], target[here])
    key = (p * len(scene.keys) + q) * 2 + main[here]
    unique = np.unique(key)
    sure = counts(key, certain[here], unique) > 0
    step = unique // 2
    size = max(len(scene.keys), 1)
    return Steps(step // size, step % size, sure, unique % 2 == 1)
