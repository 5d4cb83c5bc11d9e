"""Figures with the rounding they were written with, carried through sums, products and ratios.

A figure stands for half a unit of its last significant digit either way, at most 5 %: 1.5 Mt is 1.45 to
1.55, 67 % is 66.5 to 67.5 %. Arithmetic is on intervals, so ranges only grow.
"""

from dataclasses import dataclass

import numpy as np

MOST_ROUNDING = 0.05


def rounding(value: float) -> float:
    """Return how far a figure may be off by rounding.

    >>> rounding(1_500_000.0), round(rounding(0.67), 6)
    (50000.0, 0.005)
    """
    if not value or not np.isfinite(value):
        return 0.0
    mantissa, exponent = f"{abs(value):.11e}".split("e")
    last = len(mantissa.replace(".", "").rstrip("0")) - 1
    return float(min(0.5 * 10.0 ** (int(exponent) - last), MOST_ROUNDING * abs(value)))


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with its rounding: low <= value <= high. Products and ratios are for figures >= 0."""

    low: float
    value: float
    high: float

    @classmethod
    def of(cls, value: float) -> "Range":
        """Return the figure with the range that its rounding leaves."""
        return cls(value - rounding(value), value, value + rounding(value))

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.value + other.value, self.high + other.high)

    def __sub__(self, other: "Range") -> "Range":
        return Range(self.low - other.high, self.value - other.value, self.high - other.low)

    def __mul__(self, other: "Range") -> "Range":
        return Range(self.low * other.low, self.value * other.value, self.high * other.high)

    def __truediv__(self, other: "Range") -> "Range":
        return Range(self.low / other.high, self.value / other.value, self.high / other.low)


ZERO = Range(0.0, 0.0, 0.0)
ONE = Range(1.0, 1.0, 1.0)
