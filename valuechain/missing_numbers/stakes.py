"""What hangs on each missing number: gaps, pairs of gaps, the size known so far, and the places it may change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from valuechain.arrays import grouped
from valuechain.gaps.scene import Scene
from valuechain.missing_numbers.causes import CAUSES, Causes
from valuechain.missing_numbers.gaps import Place
from valuechain.missing_numbers.numbers import OUTPUT, PROCESS
from valuechain.missing_numbers.pairs import Order
from valuechain.missing_numbers.plants import PlantBlanks
from valuechain.model import Codes


@dataclass(frozen=True, slots=True)
class Stake:
    """One missing number in one zone, and what hangs on it.

    `pairs`: undecided pairs that it decides alone, whatever it is. `with_others`: those that it takes part in.
    """

    zone: int
    number: tuple[int, ...]
    gaps: tuple[Place, ...]
    pairs: int
    with_others: int
    of_pairs: int
    largest: Place
    best: int
    worst: int
    of_places: int


def stakes(scene: Scene, found: Sequence[Place]) -> Iterator[Stake]:
    """Yield every missing number on which the place of a gap hangs."""
    if not found:
        return
    order, totals = _order(found)
    blanks = PlantBlanks(scene.chain, scene.books)
    gap, lines = _waiting(found, Causes(scene, blanks))
    zone = np.array([one.zone for one in found])
    unique, number = np.unique(np.column_stack([zone[gap], lines]), axis=0, return_inverse=True)
    pair = np.unique(np.column_stack([number.reshape(-1), gap]), axis=0)
    waits = np.bincount(pair[:, 1], minlength=len(found))
    sole = (waits == 1) & ~np.array([one.open for one in found])
    partners, known = order.partners(), order.with_known()
    best, worst = order.places()
    sizes = np.bincount(order.group)
    by_number = grouped(pair[:, 0], len(unique))
    for i, one in enumerate(unique):
        hang = pair[by_number.order[by_number.start[i] : by_number.start[i + 1]], 1]
        alone = hang[sole[hang]] if _sure(blanks, one[1:]) else hang[:0]
        pairs = int(known[alone].sum()) + order.within(alone)
        largest = min((int(g) for g in hang), key=lambda g: (-(found[g].known or 0.0), found[g].gap_id))
        yield Stake(
            int(one[0]), tuple(one[1:].tolist()), tuple(found[g] for g in hang), pairs,
            int(partners[hang].sum()) - order.within(hang) - pairs, totals[int(one[0])],
            found[largest], int(best[largest]), int(worst[largest]), int(sizes[order.group[largest]]),
        )  # fmt: skip


def _order(found: Sequence[Place]) -> tuple[Order, dict[int, int]]:
    """Return the gaps in groups of one zone and unit, and the undecided pairs of each zone."""
    groups = sorted({(one.zone, one.unit) for one in found})
    place = {group: i for i, group in enumerate(groups)}
    group = np.array([place[one.zone, one.unit] for one in found])
    order = Order(group, np.array([one.low for one in found]), np.array([one.high for one in found]))
    totals: dict[int, int] = {}
    for one, partners in zip(found, order.partners().tolist(), strict=True):
        totals[one.zone] = totals.get(one.zone, 0) + partners
    return order, {zone: count // 2 for zone, count in totals.items()}


def undecided_pairs(found: Sequence[Place]) -> dict[int, int]:
    """Return for each zone with gaps how many pairs of one unit are undecided."""
    return _order(found)[1] if found else {}


def _waiting(found: Sequence[Place], causes: Causes) -> tuple[Codes, Codes]:
    """Return (gap, number) for each number that a gap waits for."""
    gaps, lines = [], []
    for cause in CAUSES:
        chosen = np.array([i for i, one in enumerate(found) if cause in one.causes], dtype=np.int64)
        at, lacking = causes.of(cause, np.array([found[i].key for i in chosen], dtype=np.int64))
        gaps.append(chosen[at])
        lines.append(lacking)
    for i, one in enumerate(found):
        gaps.append(np.full(len(one.missing), i))
        lines.append(one.missing)
    return np.concatenate(gaps), np.concatenate(lines)


def _sure(blanks: PlantBlanks, number: Codes) -> bool:
    """Return whether a number leaves no further one to ask for, whatever it is.

    A process may bring needs that are not known; so may the first row of a maker that stands on no list.
    """
    kind, maker, _, product, _, _ = (int(code) for code in number)
    if kind not in (OUTPUT, PROCESS):
        return True
    rows = blanks.rows_of(maker, product)
    if kind == OUTPUT and len(rows):
        return True
    ways = blanks.ways(rows, product)
    if kind == OUTPUT:
        return len(ways) <= 1 and all(blanks.plain(int(way)) for way in ways)
    full = not np.isnan(blanks.plants.output[rows]).any() and bool(blanks.plants.capacity_known[rows].all())
    return full and all(blanks.plain(int(way)) for way in ways)
