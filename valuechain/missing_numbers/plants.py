"""What is not known of plants: outputs, capacities, the process that is run, and coefficients without a figure.

The output of an in-plant stage follows from what it feeds. Where a single number is missing for that, it is that
number; where several are, the output of the stage itself would do instead, and then its own capacity counts too.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from valuechain.accounts import Accounts
from valuechain.arrays import of_year
from valuechain.missing_numbers.numbers import (
    BY_PRODUCT,
    CAPACITY,
    COEFFICIENT,
    ENABLER,
    FEEDSTOCK,
    OUTPUT,
    PROCESS,
    Held,
    held,
    numbers,
)
from valuechain.model import Codes, Mask, ValueChain
from valuechain.recipes import Lines, in_plant, recipes


@dataclass(frozen=True, slots=True)
class Part:
    """A role of the recipes by (row of `Plants`, product).

    `every`: all processes that the row may run have it. `open`: the amount depends on which of them is run.
    `blank_at`, `blank`: coefficients without a figure, by position of the part; none for services, whose amount is
    mostly left open and sizes nothing else.
    """

    row: Codes
    product: Codes
    every: Mask
    open: Mask
    blank_at: Codes
    blank: Codes


class PlantBlanks:
    """The missing numbers of every production row of a year, in-plant stages included."""

    def __init__(self, chain: ValueChain, books: Accounts) -> None:
        self.chain, self.plants, self._needs = chain, books.plants, books.needs
        self._n, self._r = len(chain.ids("products")), recipes(chain)
        self.routes = np.bincount(self.plants.route_row, minlength=len(self.plants.enterprise))
        stated = chain.codes("processes", of_year(chain.facts("production"), books.year)["process_id"])
        self.process = np.append(stated, np.full(len(self.plants.enterprise) - len(stated), -1))
        self.feedstock = self._part(self._r.feedstock, FEEDSTOCK)
        self.by_product = self._part(self._r.by_product, BY_PRODUCT)
        enabler, nothing = self._part(self._r.enabler, ENABLER), np.zeros(0, np.int64)
        self.enabler = replace(enabler, blank_at=nothing, blank=numbers(COEFFICIENT, 0))

    def _part(self, lines: Lines, role: int) -> Part:
        at, line = lines.of(self.plants.route_process)
        row, a = self.plants.route_row[at], lines.quantity[line]
        unique, where, many = np.unique(
            row * self._n + lines.product[line], return_inverse=True, return_counts=True
        )
        low, high = np.full(len(unique), np.inf), np.full(len(unique), -np.inf)
        with np.errstate(invalid="ignore"):  # a blank coefficient makes both bounds unknown
            np.minimum.at(low, where, a)
            np.maximum.at(high, where, a)
        of_row = self.routes[unique // self._n]
        every, blank = many == of_row, np.isnan(a)
        found = numbers(
            COEFFICIENT, int(blank.sum()), product=lines.product[line][blank],
            process=lines.process[line][blank], role=role,
        )  # fmt: skip
        differs = ~every | ~(low == high)
        return Part(unique // self._n, unique % self._n, every, (of_row > 1) & differs, where[blank], found)

    def own(self, kind: int, rows: Codes) -> Codes:
        """Return the number of one kind of each given row; the process is no key of its own blank."""
        process = -1 if kind == PROCESS else self.process[rows]
        return numbers(
            kind, len(rows), maker=self.plants.enterprise[rows], product=self.plants.product[rows], process=process
        )  # fmt: skip

    @cached_property
    def output(self) -> Held:
        """What is missing for the output of each row."""
        return self._by_row(np.isnan(self.plants.output), OUTPUT)

    @cached_property
    def capacity(self) -> Held:
        """What is missing for the capacity of each row."""
        return self._by_row(~self.plants.capacity_known, CAPACITY)

    def _by_row(self, unknown: Mask, kind: int) -> Held:
        plain = np.flatnonzero(unknown & ~self.plants.implied)
        position, found = [plain], [self.own(kind, plain)]
        for row in np.flatnonzero(unknown & self.plants.implied):
            told = np.array(sorted(self._through(int(row), kind, frozenset())))
            position.append(np.full(len(told), row))
            found.append(told)
        return held(np.concatenate(position), np.concatenate(found), len(unknown))

    def _through(self, row: int, kind: int, seen: frozenset[int]) -> set[tuple[int, ...]]:
        """Return what is missing for an in-plant stage: by what it feeds, else its own number."""
        own = {tuple(self.own(kind, np.array([row]))[0].tolist())}
        if not self.plants.implied[row] or row in seen:
            return own
        outputs: set[tuple[int, ...]] = set()
        fed = self._fed.get(int(self.plants.enterprise[row] * self._n + self.plants.product[row]), [])
        for part in fed:
            outputs |= self._of_part(part)
            if np.isnan(self.plants.output[self.feedstock.row[part]]):
                outputs |= self._through(int(self.feedstock.row[part]), OUTPUT, seen | {row})
        several = len(outputs) != 1 and bool(np.isnan(self.plants.output[row]))
        if kind == OUTPUT:
            return own if several else outputs
        rows = [int(self.feedstock.row[part]) for part in fed]
        parts = [
            self._through(one, kind, seen | {row}) for one in rows if not self.plants.capacity_known[one]
        ]
        return own if several or not parts else set().union(*parts)

    @cached_property
    def _fed(self) -> dict[int, list[int]]:
        """For each (enterprise, product) of an in-plant stage: the parts that it certainly feeds."""
        implied = self.plants.enterprise * self._n + self.plants.product
        wanted = np.unique(implied[self.plants.implied])
        key = self.plants.enterprise[self.feedstock.row] * self._n + self.feedstock.product
        found: dict[int, list[int]] = {}
        for part in np.flatnonzero(np.isin(key, wanted) & self._needs.certain):
            found.setdefault(int(key[part]), []).append(int(part))
        return found

    def _of_part(self, part: int) -> set[tuple[int, ...]]:
        found = {tuple(one) for one in self.feedstock.blank[self.feedstock.blank_at == part].tolist()}
        if self.feedstock.open[part]:
            found.add(tuple(self.own(PROCESS, self.feedstock.row[part : part + 1])[0].tolist()))
        return found

    def of_parts(self, part: Part, chosen: Mask, route: Mask | None = None) -> tuple[Codes, Codes]:
        """Return (position of the part, number) of what is missing for the amount of each chosen part.

        `route`: where the process that is run is missing too (default: where the amount depends on it).
        """
        at = np.flatnonzero(chosen)
        of_output, output = self.output.of(part.row[at])
        routed = np.flatnonzero(chosen & (part.open if route is None else route))
        blank = chosen[part.blank_at]
        return (
            np.concatenate([at[of_output], routed, part.blank_at[blank]]),
            np.concatenate([output, self.own(PROCESS, part.row[routed]), part.blank[blank]]),
        )

    def rows_of(self, maker: int, product: int) -> Codes:
        """Return the rows of one maker and product."""
        key = maker * self._n + product
        first, last = np.searchsorted(self._sorted[0], [key, key + 1])
        return self._sorted[1][first:last]

    @cached_property
    def _sorted(self) -> tuple[Codes, Codes]:
        key = self.plants.enterprise * self._n + self.plants.product
        order = np.argsort(key, kind="stable")
        return key[order], order

    def ways(self, rows: Codes, product: int) -> Codes:
        """Return the processes that rows may run; without rows, those that make the product."""
        if not len(rows):
            return self._r.routes_to(np.array([product]))[1]
        return np.unique(np.concatenate([self.plants.processes(int(row)) for row in rows]))

    def plain(self, process: int) -> bool:
        """Return whether a recipe has all its figures and no stage inside the plant."""
        for lines in (self._r.feedstock, self._r.by_product, self._r.enabler):
            line = slice(lines.start[process], lines.start[process + 1])
            if np.isnan(lines.quantity[line]).any() or in_plant(self.chain)[lines.product[line]].any():
                return False
        return True
