"""Single points of failure in an AND-OR graph: what every way to a thing runs through.

A *way* gives one thing: a maker runs it, and it takes all things of a list (AND). Several ways to one
thing are alternatives (OR). What is critical for a thing is that without which no way is left:

    crit(thing) = {its label} + the intersection over its ways of ({maker} + the union of crit(taken))

taken as the greatest fixed point: the sets start full and shrink until they hold. A label or a maker is in
crit(x) exactly if x cannot be had once all things of that label, or all ways of that maker, are taken
away. Loops are allowed. A thing that no way gives without itself (a loop with no way in) has `turn` -1.

Where each way takes one thing these are the dominators of a flow graph (Lengauer & Tarjan 1979); the rounds
of intersections are those of Cooper, Harvey & Kennedy (2001), on a directed hypergraph (Gallo et al. 1993).

Cost: turns and candidates are array operations over the ways. Only a maker that alone supports some thing
from things of an earlier turn can be critical, at most one for each thing; all other makers count as one. So
a round takes (distinct things, lists and candidates of the ways) x (labels + candidates) / 64 word
operations, however many makers there are; without loops two rounds are enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from valuechain.accounts import Accounts
from valuechain.critical.recycling import recycled
from valuechain.model import Codes, Mask, ValueChain
from valuechain.places import MARKETS
from valuechain.recipes import Recipes, expand, in_plant, recipes

NOBODY = -1
"""Maker of a way that no removal takes away: a source without a name."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways to have things: way i gives `thing[i]`, is run by `maker[i]` and takes all of list `takes[i]`.

    List k is `taken[start[k] : start[k + 1]]`. `label` names each thing; several things may share one.
    """

    thing: Codes
    maker: Codes
    takes: Codes
    start: Codes
    taken: Codes
    label: Codes


@dataclass(frozen=True, slots=True)
class Dominators:
    """What is critical for each thing: bits of `labels`, then of `makers`; `turn` -1 cannot be had at all."""

    turn: Codes
    labels: Codes
    makers: Codes
    sets: list[int]

    def matrix(self, things: Codes) -> Mask:
        """Return for each of `things` which labels and then which makers are critical for it."""
        width = len(self.labels) + len(self.makers)
        size = (width + 7) // 8
        raw = b"".join(self.sets[int(t)].to_bytes(size, "little") for t in things)
        rows = np.frombuffer(raw, np.uint8).reshape(len(things), size)
        return np.unpackbits(rows, axis=1, bitorder="little")[:, :width].astype(bool)


def dominators(ways: Ways, most: int | None = None) -> Dominators | None:
    """Return what is critical for each thing; None where things and candidate makers are more than `most`."""
    turn = _turns(ways)
    makers = _candidates(ways, turn)
    if most is not None and len(ways.label) + len(makers) > most:
        return None
    labels = np.unique(ways.label)
    return Dominators(turn, labels, makers, _shrunk(ways, turn, labels, makers))


def _turns(ways: Ways) -> Codes:
    """Return the round in which each thing can first be had; -1 for never."""
    turn = np.full(len(ways.label), -1)
    for now in count():
        ready = _lists(ways, turn)[0]
        fresh = ways.thing[ready[ways.takes] & (turn[ways.thing] < 0)]
        if not len(fresh):
            break
        turn[fresh] = now
    return turn


def _lists(ways: Ways, turn: Codes) -> tuple[Mask, Codes]:
    """Return for each list whether all of it can be had, and in which round the last of it (-1: it is empty)."""
    at = np.repeat(np.arange(len(ways.start) - 1), np.diff(ways.start))
    last = np.full(len(ways.start) - 1, -1)
    np.maximum.at(last, at, turn[ways.taken])
    return np.bincount(at, weights=turn[ways.taken] < 0, minlength=len(last)) == 0, last


def _candidates(ways: Ways, turn: Codes) -> Codes:
    """Return the makers that alone support some thing from things of earlier turns.

    No other maker is critical for anything: of what its removal loses, take a thing of the earliest turn. All
    that supports it was had before and is not lost, so every supporting way is this maker's.
    """
    ready, last = _lists(ways, turn)
    supports = ready[ways.takes] & (last[ways.takes] < turn[ways.thing])
    thing, maker = ways.thing[supports], ways.maker[supports]
    low, high = np.full(len(turn), np.iinfo(np.int64).max), np.full(len(turn), NOBODY)
    np.minimum.at(low, thing, maker)
    np.maximum.at(high, thing, maker)
    return np.unique(low[(low == high) & (low >= 0)])


def _shrunk(ways: Ways, turn: Codes, labels: Codes, makers: Codes) -> list[int]:
    every = (1 << (len(labels) + len(makers))) - 1
    sets = [every] * len(turn)
    plan = list(_plan(ways, turn, labels, makers))
    changed = True
    while changed:
        changed = False
        for thing, own, options in plan:
            found = every
            for maker, taken in options:
                need = maker
                for one in taken:
                    need |= sets[one]
                found &= need
            if found | own != sets[thing]:
                sets[thing] = found | own
                changed = True
    return sets


def _plan(
    ways: Ways, turn: Codes, labels: Codes, makers: Codes
) -> Iterator[tuple[int, int, list[tuple[int, list[int]]]]]:
    """Yield (thing, bit of its label, its distinct ways as (bit of the maker, things taken)), by turn."""
    usable = _lists(ways, turn)[0][ways.takes]
    maker, lists, several = ways.maker[usable], len(ways.start) - 1, len(makers) + 1
    place = np.where(np.isin(maker, makers), np.searchsorted(makers, maker) + 1, 0)
    key = np.unique((ways.thing[usable] * several + place) * lists + ways.takes[usable])
    things, places, takes = key // lists // several, key // lists % several, key % lists
    bit = [0, *(1 << (len(labels) + i) for i in range(len(makers)))]
    own = np.searchsorted(labels, ways.label)
    at, first = np.unique(things, return_index=True)
    end = np.append(first[1:], len(things))
    for i in np.argsort(turn[at], kind="stable"):
        options = [
            (bit[places[k]], ways.taken[ways.start[takes[k]] : ways.start[takes[k] + 1]].tolist())
            for k in range(first[i], end[i])
        ]
        yield int(at[i]), 1 << int(own[at[i]]), options


@dataclass(frozen=True, slots=True)
class Local:
    """What a place makes and takes, and the ways to have it.

    `maker`, `product`: who surely makes what, in a row of its own or by a sale (`listed`), else derived as a
    by-product of all its routes. `taken`, `given`: a route that runs here takes one product to give the
    other, a recycled one too, though it is in none of the ways. `arrives`: products with a recorded inflow;
    `absent`: needed here, neither made nor bought on record. The first things of the ways stand for the
    products `shared`, the rest are products inside one plant.
    """

    maker: Codes
    product: Codes
    listed: Mask
    taken: Codes
    given: Codes
    arrives: Codes
    absent: Codes
    shared: Codes
    ways: Ways


def local_ways(chain: ValueChain, books: Accounts, inside: Mask) -> Local:
    """Return the ways to have products in a place: `books` by enterprise, `inside` the enterprises of the place.

    A thing is a product, or an in-plant product of one enterprise: it is never traded, so a plant has its own.
    """
    r, n = recipes(chain), recipes(chain).products
    listed, derived, who, what, process = _runs(r, books, inside)
    made = np.union1d(listed, derived)
    bare = np.setdiff1d(listed, who * n + what)
    who, what = np.append(who, bare // n), np.append(what, bare % n)
    process = np.append(process, np.full(len(bare), -1))
    never_traded = in_plant(chain)
    lists, takes, at, feed, line = _feeds(r, never_traded, who, process, len(inside))
    used = np.divmod(np.unique(what * len(lists) + takes), len(lists))
    step = _steps(used, at, feed % n if n else feed, n)
    kept = ~recycled(chain, books)[line]
    at, feed = at[kept], feed[kept]
    private = np.unique(feed[feed >= n])
    arrives = np.unique(books.trade.item[arriving(books, inside)])
    absent = np.setdiff1d(feed[feed < n], np.append(made % n, arrives))
    outside = np.append(arrives, absent)
    inner = (who + 1) * n + what
    own, dark = np.isin(inner, private), np.setdiff1d(private, inner)
    thing = np.concatenate([what, inner[own], dark, outside])
    maker = np.concatenate([who, who[own], dark // n - 1, np.full(len(outside), NOBODY)])
    empty = np.zeros(len(dark) + len(outside), np.int64)
    things = np.unique(np.append(thing, feed))
    start = np.append(0, np.cumsum(np.bincount(at, minlength=len(lists))))
    return Local(
        maker=made // n,
        product=made % n,
        listed=np.isin(made, listed),
        taken=step // n,
        given=step % n,
        arrives=arrives,
        absent=absent,
        shared=things[things < n],
        ways=Ways(
            thing=np.searchsorted(things, thing),
            maker=maker,
            takes=np.concatenate([takes, takes[own], empty]),
            start=start,
            taken=np.searchsorted(things, feed),
            label=things % n if n else things,
        ),
    )


def _steps(used: tuple[Codes, Codes], at: Codes, feed: Codes, products: int) -> Codes:
    """Return keys (product taken, product given) of the pairs (product given, list) in use; `at` is sorted."""
    given, lists = used
    first = np.searchsorted(at, lists)
    of, line = expand(first, np.searchsorted(at, lists, side="right") - first)
    found: Codes = np.unique(feed[line] * products + given[of])
    return found


def _runs(r: Recipes, books: Accounts, inside: Mask) -> tuple[Codes, Codes, Codes, Codes, Codes]:
    """Return keys (maker, product) listed and surely derived, and (maker, product, process) of all routes.

    Without an output and a capacity above zero a plant makes nothing. Unknown is not zero.
    """
    b, plants, n = books.balance, books.plants, r.products
    nothing = (b.output_unknown == 0) & (b.output == 0) & (b.capacity == 0)
    makes = (b.makers > 0) & ~nothing & inside[b.place]
    listed = b.place[makes] * n + b.product[makes]
    here = np.flatnonzero(inside[plants.enterprise[plants.route_row]])
    row = plants.route_row[here]
    here = here[np.isin(plants.enterprise[row] * n + plants.product[row], listed)]
    row, process = plants.route_row[here], plants.route_process[here]
    at, line = r.by_product.of(process)
    some = r.by_product.quantity[line] != 0
    at, back = at[some], r.by_product.product[line[some]]
    pair, routes = np.unique(row[at] * n + back, return_counts=True)
    sure = pair[routes == np.bincount(row, minlength=len(plants.enterprise))[pair // n]]
    who = np.append(plants.enterprise[row], plants.enterprise[row[at]])
    what, process = np.append(plants.product[row], back), np.append(process, process[at])
    return listed, np.unique(plants.enterprise[sure // n] * n + sure % n), who, what, process


def _feeds(
    r: Recipes, never_traded: Mask, who: Codes, process: Codes, enterprises: int
) -> tuple[Codes, Codes, Codes, Codes, Codes]:
    """Return the distinct lists of feedstock (the first is empty), the list of each run, and their lines.

    A line is the list it is in, what it takes, and its place among the feedstock lines of the recipes.

    Makers that run one process share a list, but where it takes in-plant products: those are of one plant.
    """
    n, several = r.products, enterprises + 1
    special = np.zeros(len(r.main) + 1, bool)
    special[r.feedstock.process[never_traded[r.feedstock.product]]] = True
    key = (process + 1) * several + np.where(special[process], who + 1, 0)
    lists = np.unique(np.append(key, 0))
    run = np.flatnonzero(lists >= several)
    position, line = r.feedstock.of(lists[run] // several - 1)
    at, feed = run[position], r.feedstock.product[line]
    plant = np.where(never_traded[feed], lists[at] % several, 0)
    return lists, np.searchsorted(lists, key), at, plant * n + feed, line


def arriving(books: Accounts, inside: Mask) -> Mask:
    """Return which entries of the trade bring something in from outside, or from a market."""
    trade = books.trade
    here = np.append(inside, np.zeros(len(MARKETS) + 1, bool))
    some = (trade.quantity > 0) | (trade.unknown > 0)
    return np.asarray(here[trade.buyer] & ~here[trade.seller] & some)
