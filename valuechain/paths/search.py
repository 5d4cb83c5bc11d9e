"""Paths through the recipes: how each step stands in a zone, and the best simple paths between products.

A step is one feedstock line of one process. It is `working` where an enterprise of the zone certainly runs
the process, or one of several that all take the step, and gets the product from inside the zone (a recorded
flow, or a transfer implied inside a plant); `present` where one certainly takes it and no such link is on
record; `possible` where only some of its possible routes take it; else `absent`. A flow of 0 is no link.

The best paths are found by A* over partial simple paths (Hart, Nilsson & Raphael 1968). What a partial path
still needs is known exactly but for loops: the cheapest walk to a target within the steps that are left.
So loops cannot catch the search, and few partial paths are looked at.
"""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt

from valuechain.accounts import Accounts, accounts
from valuechain.arrays import Groups, complete_sums, grouped, lookup
from valuechain.links import links
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.recipes import Recipes, recipes

STATUSES = ("working", "present", "possible", "absent")
WORKING, PRESENT, POSSIBLE, ABSENT = range(len(STATUSES))

MOST_EXPANDED = 20_000
"""Partial paths that one search looks at before it gives up."""

_FAR = 1 << 40
"""Cost of what cannot be reached."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the recipe steps stand in one zone, by line of `Recipes.feedstock`.

    `quantity` is what moves on the link of a working step, NaN where it is unknown or there is none.
    """

    status: Codes
    quantity: Floats
    _sure: tuple[Codes, Groups]
    _maybe: tuple[Codes, Groups]

    def makers(self, process: int) -> Codes:
        """Return the enterprises of the zone that certainly run a process; if none, those that may."""
        for enterprises, groups in (self._sure, self._maybe):
            found = np.unique(enterprises[groups.of(np.array([process]))])
            if len(found):
                break
        return found


def standing(chain: ValueChain, year: int, inside: Mask) -> Standing:
    """Return how each recipe step stands among the enterprises `inside` a zone."""
    r, books = recipes(chain), accounts(chain, year, "enterprise")
    plants, processes = books.plants, len(r.main)
    routes = np.bincount(plants.route_row, minlength=len(plants.enterprise))
    who, sole = plants.enterprise[plants.route_row], routes[plants.route_row] == 1
    here = inside[who]
    sure = np.unique(who[here & sole] * processes + plants.route_process[here & sole])
    maybe = np.unique(who[here & ~sole] * processes + plants.route_process[here & ~sole])
    status = np.full(processes, ABSENT)
    status[maybe % processes] = POSSIBLE
    status[sure % processes] = PRESENT
    status = status[r.feedstock.process]
    line, moved = _moved(chain, r, books, inside, sure)
    every = np.arange(len(status))
    status[line] = WORKING
    quantity = np.where(status == WORKING, complete_sums(line, moved, every), np.nan)
    either, sure_links = _by_either(chain, r, books, inside)
    vague = (status == POSSIBLE) & np.isin(_pairs(r), either)
    status[vague] = np.where(np.isin(_pairs(r)[vague], sure_links[0]), WORKING, PRESENT)
    quantity[vague] = lookup(_pairs(r)[vague], *sure_links)
    return Standing(
        status=status,
        quantity=quantity,
        _sure=(sure // processes, grouped(sure % processes, processes)),
        _maybe=(maybe // processes, grouped(maybe % processes, processes)),
    )


def _pairs(r: Recipes) -> Codes:
    """Return a code of (feedstock, main product) for each feedstock line."""
    return np.asarray(r.feedstock.product * r.products + r.main[r.feedstock.process])


def _by_either(
    chain: ValueChain, r: Recipes, books: Accounts, inside: Mask
) -> tuple[Codes, tuple[Codes, Floats]]:
    """Return the steps that a plant takes for certain, by whichever of its routes, and what moves on them."""
    needs, plants, found = books.needs, books.plants, links(chain, books.year)
    here = needs.certain & inside[plants.enterprise[needs.row]]
    steps = np.unique(needs.product[here] * r.products + plants.product[needs.row[here]])
    ends = np.append(inside, False)
    moving = found.where(ends[found.seller] & ends[found.buyer] & (found.unknown | (found.quantity > 0)))
    pair = moving.product * r.products + moving.made
    unique = np.unique(pair)
    return steps, (unique, complete_sums(pair, np.where(moving.unknown, np.nan, moving.quantity), unique))


def _moved(chain: ValueChain, r: Recipes, books: Accounts, inside: Mask, sure: Codes) -> tuple[Codes, Floats]:
    """Return (line, quantity) of the links inside the zone that feed a process which the buyer surely runs."""
    n, trade, process = len(books.places), books.links, r.feedstock.process
    within = np.append(inside, False)
    moves = (trade.quantity > 0) | (trade.unknown > 0)
    local = moves & within[np.minimum(trade.seller, n)] & within[np.minimum(trade.buyer, n)]
    local &= np.isin(trade.buyer * len(r.main) + process[trade.item], sure)
    line, quantity = _implied(chain, r, books.year, inside, sure)
    recorded = np.where(trade.unknown > 0, np.nan, trade.quantity)[local]
    return np.append(trade.item[local], line), np.append(recorded, quantity)


def _implied(chain: ValueChain, r: Recipes, year: int, inside: Mask, sure: Codes) -> tuple[Codes, Floats]:
    """Return (line, quantity) of transfers inside plants; unknown where two processes of a plant share one."""
    m, found = r.products, links(chain, year)
    found = found.where(found.implied & inside[found.seller] & (found.unknown | (found.quantity > 0)))
    told = (found.seller * m + found.product) * m + found.made
    unique = np.unique(told)
    amount = complete_sums(told, np.where(found.unknown, np.nan, found.quantity), unique)
    at, line = r.feedstock.of(sure % len(r.main)) if len(sure) else (sure, sure)
    key = ((sure // max(len(r.main), 1))[at] * m + r.feedstock.product[line]) * m
    key += r.main[r.feedstock.process[line]]
    fed = np.isin(key, unique)
    key, line = key[fed], line[fed]
    _, place, users = np.unique(key, return_inverse=True, return_counts=True)
    return line, np.where(users[place] > 1, np.nan, lookup(key, unique, amount))


def one_of_each(r: Recipes, status: Codes) -> Mask:
    """Return one feedstock line for each step between two products: what stands best here, then by process id."""
    line = np.flatnonzero((r.feedstock.product >= 0) & (r.main[r.feedstock.process] >= 0))
    pair = r.feedstock.product[line] * r.products + r.main[r.feedstock.process[line]]
    line = line[np.lexsort((r.feedstock.process[line], status[line], pair))]
    pair = r.feedstock.product[line] * r.products + r.main[r.feedstock.process[line]]
    chosen = np.zeros(len(status), bool)
    chosen[line[np.flatnonzero(np.diff(pair, prepend=-1))]] = True
    return chosen


@dataclass(frozen=True, slots=True)
class Found:
    """The best paths as lines of `Recipes.feedstock`, best first.

    `known` is how many paths there are at least, those in `paths` included; `expanded` how many partial paths
    were looked at; `cut` says that the search gave up at its bound, so that there may be more.
    """

    paths: tuple[tuple[int, ...], ...]
    known: int
    expanded: int
    cut: bool


class Search:
    """The best simple paths to one set of products: fewest absent steps, then fewest steps, then ids.

    Parameters
    ----------
    r, lines, absent
        The recipes, which of their feedstock lines a path may take, and which of them is an absent step.
    targets
        Products at which a path ends; it passes none of them before.
    barred
        Products that a path may begin at, but not enter.
    max_steps
        Longest path.
    """

    def __init__(
        self, r: Recipes, lines: Mask, absent: Mask, targets: Mask, barred: Mask, max_steps: int
    ) -> None:
        source, target = r.feedstock.product, r.main[r.feedstock.process]
        line = np.flatnonzero(lines & (source != target))
        line = line[~barred[target[line]]]
        price = absent[line] * (max_steps + 1) + 1  # one number: absent steps first, then steps
        self._targets, self._max_steps = set(np.flatnonzero(targets).tolist()), max_steps
        self._target = target.tolist()
        self._left = _cheapest(source[line], target[line], price, targets, max_steps).tolist()
        self._out: dict[int, list[tuple[int, int, int, int]]] = {}
        columns = (source, r.feedstock.process, target)
        for u, *step in zip(*(c[line].tolist() for c in columns), line.tolist(), price.tolist(), strict=True):
            self._out.setdefault(u, []).append((step[0], step[1], step[2], step[3]))

    def best(self, starts: Codes, most: int, bound: int) -> Found:
        """Return the `most` best paths from any of `starts`, giving up after `bound` partial paths.

        Among equals the path whose ids come first is found first: products and processes are coded in
        the order of their ids, and a partial path stands in the queue before all that continue it.
        """
        left, longest = self._left, self._max_steps
        queue: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = [
            (left[longest][s], (s,), ()) for s in starts.tolist() if left[longest][s] < _FAR
        ]
        heapify(queue)
        paths: list[tuple[int, ...]] = []
        expanded = 0
        while queue and (not self._ends(queue[0]) or len(paths) < most):
            if self._ends(queue[0]):
                paths.append(heappop(queue)[2])
                continue
            if expanded == bound:
                break
            expanded += 1
            cost, name, lines = heappop(queue)
            passed = {name[0], *(self._target[one] for one in lines)}
            at, rest = self._at(name, lines), longest - len(lines)
            spent = cost - left[rest][at]
            for process, to, line, price in self._out.get(at, ()):
                if to not in passed and left[rest - 1][to] < _FAR:
                    total = spent + price + left[rest - 1][to]
                    heappush(queue, (total, (*name, process), (*lines, line)))
        more = sum(map(self._ends, queue))
        cut = bool(queue) and not self._ends(queue[0])
        return Found(tuple(paths), len(paths) + more, expanded, cut)

    def _at(self, name: tuple[int, ...], lines: tuple[int, ...]) -> int:
        return self._target[lines[-1]] if lines else name[0]

    def _ends(self, entry: tuple[int, tuple[int, ...], tuple[int, ...]]) -> bool:
        _, name, lines = entry
        return bool(lines) and self._at(name, lines) in self._targets


def _cheapest(
    source: Codes, target: Codes, price: Codes, targets: Mask, max_steps: int
) -> npt.NDArray[np.int64]:
    """Return, by [steps left, product], the price of the cheapest walk to a target (Bellman 1958)."""
    best = np.where(targets, 0, _FAR)
    found = [best]
    for _ in range(max_steps):
        best = best.copy()
        np.minimum.at(best, source, price + found[-1][target])
        found.append(best)
    least: npt.NDArray[np.int64] = np.minimum(np.array(found), _FAR)
    return least
