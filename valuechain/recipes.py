"""Recipes as arrays: a bipartite product-process graph in integer codes (as in P-graph theory).

A *step* is one feedstock line of one process: feedstock product -> the process's main product. Energy,
reagents and services are inputs and make no step. Coefficients are units of product per unit of main
product. Several processes may make one product, and loops are normal: nothing here assumes a tree.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from valuechain.arrays import Groups, grouped, numbers
from valuechain.model import Codes, Floats, Mask, ValueChain


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of recipes sorted by process; those of process t are `start[t]` up to `start[t + 1]`."""

    process: Codes
    product: Codes
    quantity: Floats
    start: Codes

    def of(self, processes: Codes) -> tuple[Codes, Codes]:
        """Return for each line of each given process (position in `processes`, line)."""
        return expand(self.start[processes], self.start[processes + 1] - self.start[processes])


@dataclass(frozen=True, slots=True)
class Recipes:
    """All recipes of a chain.

    `makers` finds the processes with a given main product, `takers` the feedstock lines of a product.
    """

    @property
    def products(self) -> int:
        """Number of products of the chain."""
        return len(self.makers.start) - 1

    main: Codes
    feedstock: Lines
    by_product: Lines
    input: Lines
    enabler: Lines
    makers: Groups
    takers: Groups

    def routes_to(self, products: Codes) -> tuple[Codes, Codes]:
        """Return for each process with one of `products` as main product (position, process)."""
        start = self.makers.start[products]
        position, line = expand(start, self.makers.start[products + 1] - start)
        return position, self.makers.order[line]


def expand(start: Codes, count: Codes) -> tuple[Codes, Codes]:
    """Return (position, element) for each element of the ranges `start[i]` to `start[i] + count[i]`."""
    position = np.repeat(np.arange(len(start)), count)
    offset = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    return position, start[position] + offset if len(position) else position


def recipes(chain: ValueChain) -> Recipes:
    """Return the recipes of `chain` as arrays, computed once."""
    return chain.once(("recipes",), lambda: _build(chain))


def in_plant(chain: ValueChain) -> Mask:
    """Return which products are never traded: kind `in-plant`. Computed once."""

    def build() -> Mask:
        kinds = pc.equal(chain.arrow("products")["kind"], "in-plant")
        return np.asarray(pc.fill_null(kinds, False), dtype=bool)

    return chain.once(("in-plant",), build)


def reachable(chain: ValueChain, product: str) -> Mask:
    """Return which products lie on a chain with `product`: made from it, or needed to make it."""
    r = recipes(chain)
    here = chain.ids("products") == product
    source, target = r.feedstock.product, r.main[r.feedstock.process]
    return closure(here, source, target) | closure(here, target, source)


def downstream(chain: ValueChain, product: str) -> Mask:
    """Return `product` and all that can be made from it."""
    r = recipes(chain)
    return closure(chain.ids("products") == product, r.feedstock.product, r.main[r.feedstock.process])


def closure(start: Mask, source: Codes, target: Codes) -> Mask:
    """Return what is reached from `start` along edges, `start` included."""
    reached = np.array(start, dtype=bool)
    while True:
        fresh = target[reached[source] & ~reached[target]]
        if not len(fresh):
            return reached
        reached[fresh] = True


def _build(chain: ValueChain) -> Recipes:
    processes, rows = chain.arrow("processes"), chain.facts("process_flows")
    main = chain.codes("products", processes["main_product_id"])
    n_products = len(chain.ids("products"))

    def lines(role: str) -> Lines:
        chosen = rows.filter(pc.equal(rows["role"], role))
        process = chain.codes("processes", chosen["process_id"])
        by = grouped(process, processes.num_rows)
        product = chain.codes("products", chosen["product_id"])[by.order]
        return Lines(process[by.order], product, numbers(chosen, "quantity")[by.order], by.start)

    feedstock = lines("feedstock")
    return Recipes(
        main=main,
        feedstock=feedstock,
        by_product=lines("by_product"),
        input=lines("input"),
        enabler=lines("enabler"),
        makers=grouped(main, n_products),
        takers=grouped(feedstock.product, n_products),
    )
