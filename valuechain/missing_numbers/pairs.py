"""Pairs of gaps whose order is not known, counted by sorting: no pair is looked at.

Two sizes, each between a low and a high bound, are in order where one's high bound is not above the other's low
bound. A pair is *undecided* otherwise. A number *settles* a gap where nothing but it stands between the gap and a
known size; it decides alone the undecided pairs of a gap that it settles with one of known size, and of two gaps
that it settles.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from valuechain.model import Codes, Floats


def undecided(low: Floats, high: Floats) -> Codes:
    """Return for each size with how many of the others its order is not known.

    >>> import numpy as np
    >>> undecided(np.array([5.0, 0.0, 9.0, 7.0]), np.array([5.0, 8.0, 9.0, np.inf])).tolist()
    [1, 2, 1, 2]
    """
    lows, highs = np.sort(low), np.sort(high)
    above = len(low) - np.searchsorted(lows, high, side="left")
    below = np.searchsorted(highs, low, side="right")
    exact = np.sort(low[low == high])
    equal = np.searchsorted(exact, low, side="right") - np.searchsorted(exact, low, side="left")
    both = np.where(low == high, equal, 0)
    return np.asarray(len(low) - above - below + both - (low < high))


def among(low: Floats, high: Floats) -> int:
    """Return how many pairs of the sizes are undecided."""
    return int(undecided(low, high).sum()) // 2


@dataclass(frozen=True, slots=True)
class Order:
    """Gaps with the bounds of their sizes, by group: those of one zone and unit stand in one order."""

    group: Codes
    low: Floats
    high: Floats

    def partners(self) -> Codes:
        """Return for each gap the undecided pairs that it is part of."""
        return self._by_group(undecided)

    def with_known(self) -> Codes:
        """Return for each gap the undecided pairs that it is part of with a gap of known size."""
        return self._by_group(_with_known)

    def places(self) -> tuple[Codes, Codes]:
        """Return the best and the worst place that each gap may have in its group."""
        return self._by_group(_best), self._by_group(_worst)

    def _by_group(self, count: Callable[[Floats, Floats], Codes]) -> Codes:
        found = np.zeros(len(self.group), np.int64)
        order = np.argsort(self.group, kind="stable")
        for members in np.split(order, np.flatnonzero(np.diff(self.group[order])) + 1):
            if len(members):
                found[members] = count(self.low[members], self.high[members])
        return found

    def touched(self, hang: Codes, partners: Codes) -> int:
        """Return how many undecided pairs have at least one of the gaps that hang on a number."""
        return int(partners[hang].sum()) - self.within(hang)

    def within(self, gaps: Codes) -> int:
        """Return how many pairs of the given gaps are undecided."""
        total = 0
        for group in np.unique(self.group[gaps]):
            inside = gaps[self.group[gaps] == group]
            if len(inside) > 1:
                total += among(self.low[inside], self.high[inside])
        return total


def _with_known(low: Floats, high: Floats) -> Codes:
    known = np.sort(low[low == high])
    found = np.searchsorted(known, high, side="left") - np.searchsorted(known, low, side="right")
    return np.asarray(np.maximum(found, 0))


def _best(low: Floats, high: Floats) -> Codes:
    return np.asarray(1 + len(low) - np.searchsorted(np.sort(low), high, side="right"))


def _worst(low: Floats, high: Floats) -> Codes:
    return np.asarray(len(low) - np.searchsorted(np.sort(high), low, side="left"))
