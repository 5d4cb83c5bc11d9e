"""Ways from what a zone makes to what it lacks, along the recipes, with the fewest absent processes.

A step that takes its product only beside more of others (see `valuechain.gaps.co_feeds`) counts as the last
resort: a way without such steps always comes first. Along a way that has one, nothing is said of what it could make.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from valuechain.evidence import Evidence
from valuechain.gaps.co_feeds import main_lines
from valuechain.gaps.present import Present
from valuechain.gaps.scene import Scene
from valuechain.gaps.split import local_supply
from valuechain.model import Codes, Floats, Mask
from valuechain.recipes import recipes
from valuechain.scope import stages

MOST_STEPS = 8
_ABSENT = 1000.0
"""Cost of an absent process, beside 1 for each step: fewer absent ones always win."""
_BESIDE = 1e6
"""Cost of a step that takes its product beside more of others: fewer of these win before all else."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way from the present product `start` along recipe `lines` (the last makes what lacks).

    `amount` is what it could make of what lacks, from the `free` amount of `start`; None where unknown, and where
    a step takes its product only beside more of others. `low`: a part or another way is not known; `high`: what is
    free may be less. `leaves`: what is free is what leaves.
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

    def beside(self, scene: Scene) -> int | None:
        """Return the first line that takes its product only beside more of others; None where there is none."""
        main = main_lines(scene.chain)
        return next((line for line in self.lines if not main[line]), None)

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
        self._main = main_lines(scene.chain)
        self._cost = np.where(run[lines.process], 1.0, _ABSENT + 1.0) + np.where(self._main, 0.0, _BESIDE)
        self._far: dict[float, list[Floats]] = {}
        self._best: dict[tuple[float, int, int], Way] = {}

    def to(self, product: int, below: float) -> Way | None:
        """Return the best way to `product` from a present product of a stage below; None where there is none."""
        far = self._distances(below)
        return self._way(product, below, len(far) - 1) if np.isfinite(far[-1][product]) else None

    def _sources(self, below: float) -> Mask:
        return self._made & (self._stage < below)

    def _distances(self, below: float) -> list[Floats]:
        """Return the cost of the best way to each product in no step, at most one, two, up to `MOST_STEPS`."""
        if below not in self._far:
            far = [np.where(self._sources(below), 0.0, np.inf)]
            while len(far) <= MOST_STEPS:
                after = far[-1].copy()
                np.minimum.at(after, self._target, far[-1][self._source] + self._cost)
                if np.array_equal(far[-1], after):
                    break
                far.append(after)
            self._far[below] = far
        return self._far[below]

    def _way(self, product: int, below: float, most: int) -> Way:
        """Return the best way in at most so many steps."""
        far = self._distances(below)
        while most and far[most - 1][product] == far[most][product]:
            most -= 1
        key = below, product, most
        if key not in self._best:
            self._best[key] = self._longer(product, below, most) if most else self._free(product)
        return self._best[key]

    def _longer(self, product: int, below: float, most: int) -> Way:
        """Return the best of the equally short ways that end in one of the processes that make `product`."""
        far = self._distances(below)
        found = [
            self._onward(self._way(int(self._source[line]), below, most - 1), int(line))
            for line in self._lines_to(product)
            if far[most - 1][self._source[line]] + self._cost[line] == far[most][product]
        ]
        best = min(found, key=lambda way: way.rank)
        more = best.low or any(way.amount is None or way.low for way in found)
        return replace(best, low=more)

    def _lines_to(self, product: int) -> Codes:
        """Return the feedstock lines of the processes that make a product."""
        _, processes = self._recipes.routes_to(np.array([product]))
        return self._recipes.feedstock.of(np.sort(processes))[1]

    def _onward(self, way: Way, line: int) -> Way:
        """Return a way, one step longer."""
        a = float(self._recipes.feedstock.quantity[line])
        told = way.amount is not None and a > 0 and bool(self._main[line])
        return replace(way, lines=(*way.lines, line), amount=(way.amount or 0.0) / a if told else None)

    def _free(self, product: int) -> Way:
        """Return what is free of a present product: what leaves, else what is left here for local processes."""
        b = self.scene.book
        (at,) = self.scene.positions(np.array([self.zone]), np.array([product]))
        if b.outflow[at] or b.outflow_unknown[at]:
            known = float(b.outflow[at]) or None
            return Way(product, (), known, known, bool(b.outflow_unknown[at]), False, True)
        kept = None if b.supply_unknown[at] else float(self.scene.once("kept", lambda: local_supply(b))[at])
        return Way(product, (), kept, kept, False, True, False)
