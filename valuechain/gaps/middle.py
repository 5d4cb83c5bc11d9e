"""Ways from what a zone makes to what it lacks, along the recipes, with the fewest absent processes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from valuechain.evidence import Evidence
from valuechain.gaps.present import Present
from valuechain.gaps.scene import Scene
from valuechain.gaps.split import local_supply
from valuechain.model import Floats, Mask
from valuechain.recipes import recipes
from valuechain.scope import stages

MOST_STEPS = 8
_ABSENT = 1000.0
"""Cost of an absent process, beside 1 for each step: fewer absent ones always win."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way from the present product `start` along recipe `lines` (the last makes what lacks).

    `amount` is what it could make of what lacks, from the `free` amount of `start`; None where unknown. `low`:
    a part or another way is not known; `high`: what is free may be less. `leaves`: what is free is what leaves.
    """

    start: int
    lines: tuple[int, ...]
    amount: float | None
    free: float | None
    low: bool
    high: bool
    leaves: bool

    @property
    def rank(self) -> tuple[bool, float, int, tuple[int, ...]]:
        """Order among equally short ways: what could make most, then the ids."""
        return self.amount is None, -(self.amount or 0.0), self.start, self.lines

    def mains(self, scene: Scene) -> list[int]:
        """Return what is made along the way, up to what lacks."""
        r = recipes(scene.chain)
        return [int(r.main[r.feedstock.process[line]]) for line in self.lines]

    def cited(self, scene: Scene) -> Iterator[Evidence]:
        """Yield the recipe lines of the way."""
        feedstock, ids = recipes(scene.chain).feedstock, scene.chain.ids("processes")
        for line in self.lines:
            name = scene.product_id(int(feedstock.product[line]))
            yield from scene.trail.lines(name, "feedstock", {str(ids[feedstock.process[line]])})


class Ways:
    """The best ways of one zone."""

    def __init__(self, scene: Scene, here: Present, zone: int) -> None:
        self.scene, self.zone, self._recipes = scene, zone, recipes(scene.chain)
        self._stage = stages(scene.chain)
        rows = np.flatnonzero(here.made & (scene.book.zone == zone))
        self._made = np.zeros(len(self._stage), bool)
        self._made[scene.book.product[rows]] = True
        run = np.isin(scene.chain.ids("processes"), sorted(scene.local(zone).processes))
        lines = self._recipes.feedstock
        self._source, self._target = lines.product, self._recipes.main[lines.process]
        self._cost = np.where(run[lines.process], 1.0, _ABSENT + 1.0)
        self._far: dict[float, Floats] = {}
        self._best: dict[tuple[float, int], Way] = {}

    def to(self, product: int, below: float) -> Way | None:
        """Return the best way to `product` from a present product of a stage below; None where there is none."""
        return self._way(product, below) if np.isfinite(self._distance(below)[product]) else None

    def _sources(self, below: float) -> Mask:
        return self._made & (self._stage < below)

    def _distance(self, below: float) -> Floats:
        if below not in self._far:
            far = np.where(self._sources(below), 0.0, np.inf)
            for _ in range(MOST_STEPS):
                before = far.copy()
                np.minimum.at(far, self._target, before[self._source] + self._cost)
                if np.array_equal(before, far):
                    break
            self._far[below] = far
        return self._far[below]

    def _way(self, product: int, below: float) -> Way:
        key = below, product
        if key not in self._best:
            far = self._distance(below)
            if far[product] == 0:
                self._best[key] = self._free(product)
            else:
                self._best[key] = self._longer(product, below, far)
        return self._best[key]

    def _longer(self, product: int, below: float, far: Floats) -> Way:
        """Return the best of the equally short ways that end in one of the processes that make `product`."""
        _, processes = self._recipes.routes_to(np.array([product]))
        _, lines = self._recipes.feedstock.of(np.sort(processes))
        found = []
        for line in lines:
            if far[self._source[line]] + self._cost[line] == far[product]:
                way = self._way(int(self._source[line]), below)
                a = self._recipes.feedstock.quantity[line]
                amount = way.amount / a if way.amount is not None and a > 0 else None
                found.append(
                    Way(way.start, (*way.lines, int(line)), amount, way.free, way.low, way.high, way.leaves)
                )
        best = min(found, key=lambda way: way.rank)
        more = best.low or any(way.amount is None or way.low for way in found)
        return Way(best.start, best.lines, best.amount, best.free, more, best.high, best.leaves)

    def _free(self, product: int) -> Way:
        """Return what is free of a present product: what leaves, else what is left here for local processes."""
        b = self.scene.book
        (at,) = self.scene.positions(np.array([self.zone]), np.array([product]))
        if b.outflow[at] or b.outflow_unknown[at]:
            known = float(b.outflow[at]) or None
            return Way(product, (), known, known, bool(b.outflow_unknown[at]), False, True)
        kept = None if b.supply_unknown[at] else float(self.scene.once("kept", lambda: local_supply(b))[at])
        return Way(product, (), kept, kept, False, True, False)
