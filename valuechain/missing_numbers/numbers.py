"""What a missing number is: its kind, and the codes of what it is a number of.

A list of numbers is an array with one line each: kind, seller or maker, buyer, product, process, role. Codes are
those of the chain, -1 where a number has none; a market stands behind the enterprises.
"""

from typing import NamedTuple

import numpy as np

from valuechain.arrays import Groups, grouped
from valuechain.model import Codes
from valuechain.recipes import expand

KINDS = (
    "output", "capacity", "process", "delivery", "destination", "coefficient", "price", "typical figure",
)  # fmt: skip
"""Kinds of missing number, as rows name them."""
OUTPUT, CAPACITY, PROCESS, DELIVERY, DESTINATION, COEFFICIENT, PRICE, TYPICAL = range(len(KINDS))
ROLES = ("feedstock", "by_product", "enabler")
FEEDSTOCK, BY_PRODUCT, ENABLER = range(len(ROLES))
WIDE = 6


def numbers(
    kind: int,
    size: int,
    *,
    maker: Codes | int = -1,
    buyer: Codes | int = -1,
    product: Codes | int = -1,
    process: Codes | int = -1,
    role: int = -1,
) -> Codes:
    """Return `size` numbers of one kind."""
    found = np.empty((size, WIDE), np.int64)
    for column, values in enumerate((kind, maker, buyer, product, process, role)):
        found[:, column] = values
    return found


class Held(NamedTuple):
    """Numbers by position of what they are missing of."""

    groups: Groups
    numbers: Codes

    def of(self, positions: Codes) -> tuple[Codes, Codes]:
        """Return for each number of each given position (place in `positions`, number)."""
        start = self.groups.start
        at, line = expand(start[positions], start[positions + 1] - start[positions])
        return at, self.numbers[self.groups.order[line]]


def held(position: Codes, found: Codes, size: int) -> Held:
    """Return numbers by position, from 0 to `size` - 1."""
    return Held(grouped(position, size), found)
