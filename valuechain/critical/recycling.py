"""Recycling loops: feedstock that comes back as a by-product of what is made of the product it goes into.

A first anode needs no anode butts: they arise only where anodes are used. So a line of a recipe makes no
dependence if what it takes

* is a by-product: its `products.kind` says so, or it has no recipe of its own and nobody lists an output of it;
* arises, by every recipe that gives it, downstream of the product it goes into: in processes that take, as
  feedstock or as an input, that product or what is made of it step by step;
* is not the only feedstock of the process, which could not begin without it (waste paper in recycled paper).

Steel scrap that is also prepared from old vehicles has a source outside the loop, so it stays a need.
"""

import numpy as np

from valuechain.accounts import Accounts
from valuechain.model import Codes, Mask, ValueChain
from valuechain.recipes import closure, recipes


def recycled(chain: ValueChain, books: Accounts) -> Mask:
    """Return which feedstock lines of the recipes only close a recycling loop."""
    return chain.once(("recycled", books.year), lambda: _recycled(chain, books))


def _recycled(chain: ValueChain, books: Accounts) -> Mask:
    r = recipes(chain)
    line, gives = r.feedstock, r.by_product.quantity != 0
    loops = np.zeros(r.products, bool)
    loops[r.by_product.product[gives]] = True
    loops &= _by_product(chain, books)
    what = np.append(r.by_product.product[gives], r.main)
    source = np.append(r.by_product.process[gives], np.arange(len(r.main)))
    possible = np.flatnonzero(loops[line.product])
    into = r.main[line.process[possible]]
    found = np.zeros(len(line.product), bool)
    for made in np.unique(into):
        below = closure(np.arange(r.products) == made, line.product, r.main[line.process])
        inside = below[r.main]
        inside[r.input.process[below[r.input.product]]] = True
        elsewhere = np.zeros(r.products, bool)
        elsewhere[what[~inside[source]]] = True
        own = possible[into == made]
        found[own] = ~elsewhere[line.product[own]]
    loose: Mask = found & ~_all_of_it(found, line.process, len(r.main))
    return loose


def _by_product(chain: ValueChain, books: Accounts) -> Mask:
    """Return which products are by-products by their kind, or by having neither a recipe nor a listed output."""
    r, plants = recipes(chain), books.plants
    kinds = chain.arrow("products")["kind"].to_pylist()
    only = np.ones(r.products, bool)
    only[r.main] = False
    only[plants.product[~plants.implied]] = False
    named: Mask = np.array([k == "by-product" for k in kinds], dtype=bool)
    return only | named


def _all_of_it(found: Mask, process: Codes, processes: int) -> Mask:
    """Return the lines of processes that take nothing else."""
    other = np.zeros(processes, bool)
    other[process[~found]] = True
    return np.asarray(~other[process])
