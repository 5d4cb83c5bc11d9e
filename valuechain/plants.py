"""What runs where: the production rows of a year, the processes each may run, and what those need.

A row whose process is not recorded may run any process that makes its product; a purchase or an own
output of one route's feedstock rules the other routes out. What *every* possible route needs is
certain, between the lowest and the highest coefficient; what only some need is conditional, unless the
plant is recorded to buy it: then it is certain, in an unknown amount. A product
of kind `in-plant` is never traded, so a plant that certainly needs one makes it, as much as it needs:
its row, or the output of a row that gives only the process, is implied.
An unknown capacity counts as the output; that of an in-plant stage is unknown where that of a stage it feeds is.
"""

from dataclasses import dataclass

import numpy as np

from valuechain.arrays import complete_sums, lookup, numbers, of_year
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.recipes import Recipes, in_plant

_MOST_LEVELS = 20
"""In-plant products that are made of in-plant products: levels followed, so that a loop ends."""


@dataclass(frozen=True, slots=True)
class Plants:
    """Production rows of the year, in-plant intermediates added: maker, product, route, amounts.

    `route_row` and `route_process` list the possible processes of each row.
    """

    enterprise: Codes
    product: Codes
    output: Floats
    capacity: Floats
    capacity_known: Mask
    implied: Mask
    route_row: Codes
    route_process: Codes

    def processes(self, row: int) -> Codes:
        """Return the processes that a row may run."""
        first, last = np.searchsorted(self.route_row, [row, row + 1])
        return self.route_process[first:last]


@dataclass(frozen=True, slots=True)
class Needs:
    """What each enterprise needs: (row of `Plants`, product) with the range over its routes."""

    row: Codes
    product: Codes
    low: Floats
    high: Floats
    absorb: Floats
    certain: Mask


def plants_of(chain: ValueChain, r: Recipes, year: int) -> tuple[Plants, Needs]:
    """Return the plants of a year and what they need."""
    rows = of_year(chain.facts("production"), year)
    bought = of_year(chain.facts("flows"), year)
    n = r.products
    e, q = chain.codes("enterprises", rows["enterprise_id"]), chain.codes("products", rows["product_id"])
    t = chain.codes("processes", rows["process_id"])
    x, k = numbers(rows, "output"), numbers(rows, "capacity")
    buyer = chain.codes("enterprises", bought["to_id"])
    purchases = np.unique((buyer * n + chain.codes("products", bought["product_id"]))[buyer >= 0])
    handled = np.union1d(purchases, e * n + q)
    never_traded = in_plant(chain)
    implied, told = never_traded[q] & np.isnan(x), ~np.isnan(k)
    for _ in range(_MOST_LEVELS):
        plants = Plants(e, q, x, np.where(np.isnan(k), x, k), told, implied, *_routes(r, e, q, t, handled, n))
        needs = _needs(r, plants, purchases)
        inner = needs.certain & never_traded[needs.product]
        need = e[needs.row[inner]] * n + needs.product[inner]
        key = np.unique(need)
        total, full, seen = (
            complete_sums(need, part[inner], key)
            for part in (needs.low, needs.absorb, np.where(told[needs.row], 0.0, np.nan))
        )
        row_key = e * n + q
        now = np.where(implied, lookup(row_key, key, total), x)
        sure = np.where(implied, ~np.isnan(lookup(row_key, key, seen)), told)
        fresh = key[~np.isin(key, row_key)]
        if not len(fresh) and np.array_equal(now, x, equal_nan=True) and np.array_equal(sure, told):
            break
        told = np.append(sure, ~np.isnan(lookup(fresh, key, seen)))
        x, k = now, np.where(implied, lookup(row_key, key, full), k)
        e, q = np.append(e, fresh // n), np.append(q, fresh % n)
        t, implied = np.append(t, np.full(len(fresh), -1)), np.append(implied, np.ones(len(fresh), bool))
        x, k = np.append(x, lookup(fresh, key, total)), np.append(k, lookup(fresh, key, full))
    return plants, needs


def _routes(r: Recipes, e: Codes, q: Codes, t: Codes, handled: Codes, n: int) -> tuple[Codes, Codes]:
    """Return (row, process) for each process that a production row may run."""
    stated = (t >= 0) & (r.main[t] == q) if len(r.main) else np.zeros(len(t), bool)
    open_rows = np.flatnonzero(~stated & (t < 0))
    position, process = r.routes_to(q[open_rows])
    row = open_rows[position]
    at, line = r.feedstock.of(process)
    seen = np.zeros(len(process), bool)
    np.logical_or.at(seen, at, np.isin(e[row[at]] * n + r.feedstock.product[line], handled))
    proven = np.zeros(len(e), bool)
    proven[row[seen]] = True
    keep = seen | ~proven[row]
    rows = np.concatenate([np.flatnonzero(stated), row[keep]])
    processes = np.concatenate([t[stated], process[keep]])
    order = np.lexsort((processes, rows))
    return rows[order], processes[order]


def _needs(r: Recipes, plants: Plants, purchases: Codes) -> Needs:
    n = r.products
    at, line = r.feedstock.of(plants.route_process)
    row, product, a = plants.route_row[at], r.feedstock.product[line], r.feedstock.quantity[line]
    key = row * n + product
    order = np.argsort(key, kind="stable")
    unique, start, routes = np.unique(key[order], return_index=True, return_counts=True)
    at_row = unique // n
    low = np.minimum.reduceat(a[order], start) if len(unique) else np.zeros(0)
    high = np.maximum.reduceat(a[order], start) if len(unique) else np.zeros(0)
    of_row = np.bincount(plants.route_row, minlength=len(plants.enterprise))
    by_all = routes == of_row[at_row]
    shown = np.isin(plants.enterprise[at_row] * n + unique % n, purchases)
    x = np.where(by_all, plants.output[at_row], np.nan)
    k = np.where(np.isnan(x), np.nan, plants.capacity[at_row])
    return Needs(at_row, unique % n, low * x, high * x, low * k, by_all | shown)


def returns_of(r: Recipes, plants: Plants) -> tuple[Codes, Codes, Floats]:
    """Return (row, by-product, quantity) derived from main outputs, where the maker records none itself.

    Unknown (NaN) where the output is unknown, and where only some of several possible routes give it.
    """
    at, line = r.by_product.of(plants.route_process)
    row, product = plants.route_row[at], r.by_product.product[line]
    recorded = np.isin(
        plants.enterprise[row] * r.products + product, plants.enterprise * r.products + plants.product
    )
    row, product, line = row[~recorded], product[~recorded], line[~recorded]
    sole = np.bincount(plants.route_row, minlength=len(plants.enterprise))[row] == 1
    key, first = np.unique(row * r.products + product, return_index=True)
    quantity = np.where(sole, r.by_product.quantity[line] * plants.output[row], np.nan)
    return key // r.products, key % r.products, quantity[first]
