"""Where chains begin and end in a place, the search between, and what to say where there is no path."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph_schema.cells.text import nearest
from valuechain.accounts import accounts
from valuechain.model import Codes, Mask, ValueChain
from valuechain.paths.search import ABSENT, MOST_EXPANDED, Found, Search, Standing, one_of_each, standing
from valuechain.recipes import closure, downstream, recipes
from valuechain.scope import has_route, is_final, listed, stages
from valuechain.zones import WHOLE, Ledger, Zones, ledger, territory, zone_of_enterprises

_FEW = 5
"""Starts that a sentence names."""


class Place:
    """One zone: its ledger, and how the recipe steps stand there."""

    def __init__(self, chain: ValueChain, year: int, zones: Zones, zone: int, book: Ledger) -> None:
        self.chain, self.year, self.zones, self.zone, self.book = chain, year, zones, zone, book
        self.region = None if zones.ids[zone] == WHOLE else zones.ids[zone]
        self.inside: Mask = zone_of_enterprises(chain, zones) == zone
        here = np.flatnonzero(book.zone == zone)
        self.at: Codes = np.full(len(chain.ids("products")), -1)
        self.at[book.product[here]] = here

    @cached_property
    def standing(self) -> Standing:
        """How each recipe step stands here."""
        key = ("standing", self.year, self.zones.ids[self.zone])
        return self.chain.once(key, lambda: standing(self.chain, self.year, self.inside))

    def bases(self) -> list[int]:
        """Return the base products: of stage 0 or 1, made or needed here, not made here from another one."""
        r, stage, book = recipes(self.chain), stages(self.chain), self.book
        seen = (self.at >= 0) & (stage <= 1)
        seen[seen] = (book.makers[self.at[seen]] > 0) | (book.users[self.at[seen]] > 0)
        line = np.flatnonzero(self.standing.status != ABSENT)
        source, target = r.feedstock.product[line], r.main[r.feedstock.process[line]]
        found: list[int] = []
        covered = np.zeros(r.products, bool)
        for p in sorted(np.flatnonzero(seen).tolist(), key=lambda c: (stage[c], c)):
            if not covered[p]:
                reached = closure(np.arange(r.products) == p, source, target)
                found = [*(f for f in found if not reached[f]), p]
                covered |= reached
        return sorted(found)

    def silent(self) -> Iterator[str]:
        """Say how many enterprises here have no production row of the year."""
        makers = np.unique(accounts(self.chain, self.year).plants.enterprise)
        count = int(self.inside.sum())
        blank = count - int(self.inside[makers].sum())
        if not count:
            yield "No enterprise is recorded here, so every step counts as absent."
        if blank:
            yield (
                f"{blank} of {count} enterprises here have no production row for {self.year}: "
                "a step that counts as absent may be theirs."
            )


def places(chain: ValueChain, region: str | None, year: int) -> Iterator[Place]:
    """Yield the region asked for, by default the home region; without one, every region of the dataset."""
    zones = territory(chain, region)
    book = ledger(chain, accounts(chain, year), zones)
    for zone in range(len(zones.ids)):
        yield Place(chain, year, zones, zone, book)


@dataclass(frozen=True, slots=True)
class Ends:
    """What is asked: the ends of the paths, how many of each start, and how long at most."""

    chain: ValueChain
    start: str | None
    end: str | None
    most: int
    max_steps: int

    def searches(self, place: Place) -> list[tuple[int | None, Found]]:
        """Return the best paths in one place from each start; to an `end` alone, from all raw products at once."""
        r, raw = recipes(self.chain), self._raw()
        targets = np.arange(r.products) == self._code(self.end) if self.end else is_final(self.chain)
        alone = self.end is not None and self.start is None
        barred = raw & ~targets if alone else np.zeros(r.products, bool)
        status = place.standing.status
        search = Search(r, one_of_each(r, status), status == ABSENT, targets, barred, self.max_steps)
        if alone:
            return [
                (None, search.best(np.flatnonzero(raw & ~(targets & raw).any()), self.most, MOST_EXPANDED))
            ]
        starts = [self._code(self.start)] if self.start else place.bases()
        return [(s, search.best(np.array([s] * (not targets[s])), self.most, MOST_EXPANDED)) for s in starts]

    def limits(self, found: list[tuple[int | None, Found]]) -> Iterator[str]:
        """Say where there are more paths than shown, and where the search gave up."""
        more = [
            f"{one.known} {self._named(start)}"
            for start, one in found
            if not one.cut and one.known > len(one.paths)
        ]
        if more:
            rest = f" and from {len(more) - _FEW} other starts" if len(more) > _FEW else ""
            listing = ", ".join(more[:_FEW]).replace(" ", " paths ", 1)
            yield f"Only the first {self.most} of at least {listing}{rest} are shown; raise most to see more."
        for start, one in found:
            if one.cut:
                expanded = f"{one.expanded:,} partial paths"
                yield f"The search for paths {self._named(start)} was cut after {expanded}: there may be more."

    def why_none(self, found: list[tuple[int | None, Found]]) -> Iterator[str]:
        """Say for each end without a path why there is none, and what to ask instead."""
        if not found:
            yield "Nothing of stage 0 or 1 is recorded as made or needed here: name a start or an end."
        empty = [start for start, one in found if not one.paths and not one.cut]
        if self.start is None and self.end is None:
            yield from self._bases_without(np.array(empty, dtype=np.int64))
        elif empty:
            yield self._no_start() if self.end is None else self._no_way()

    def _bases_without(self, starts: Codes) -> Iterator[str]:
        taken = has_route(self.chain)[starts]
        if not taken.all():
            yield f"No recipe takes {listed(self.chain, starts[~taken])}: no path begins there."
        if taken.any():
            names = listed(self.chain, starts[taken])
            yield f"No path of at most {self.max_steps} steps leads to a final product from {names}."

    def _no_start(self) -> str:
        """Say why no path leads from the start to a final product."""
        code = self._code(self.start)
        name = self._name(code)
        if is_final(self.chain)[code]:
            r = recipes(self.chain)
            into = np.unique(r.main[r.feedstock.process[r.feedstock.product == code]])
            further = f" It goes into {listed(self.chain, into)}: name one as the end." if len(into) else ""
            return (
                f"{name} is a final product, so no path begins there. Ask with end = {self.start}.{further}"
            )
        if not has_route(self.chain)[code]:
            return f"No recipe takes {name}, so no path begins there.{self._like(code)}"
        onward = downstream(self.chain, str(self.start))
        onward[code] = False
        return (
            f"No path of at most {self.max_steps} steps leads from {name} to a final product. By recipes it "
            f"becomes {listed(self.chain, np.flatnonzero(onward))}."
        )

    def _no_way(self) -> str:
        """Say why no path leads to the end."""
        code = self._code(self.end)
        name, raw = self._name(code), self._raw()[code]
        if not len(recipes(self.chain).routes_to(np.array([code]))[0]):
            return f"No process makes {name} as its main product, so no path leads there.{self._by(code)}"
        if self.start is None and raw:
            return f"{name} is a raw product (stage 0), so no path leads there. Ask with start = {self.end}."
        source = f"from {self._name(self._code(self.start))}" if self.start else "from a raw product"
        words = f"No path of at most {self.max_steps} steps leads {source} to {name}."
        direct = self._feedstocks(code)
        return words + (f" {name} is made of {listed(self.chain, direct)}." if len(direct) else "")

    def _feedstocks(self, code: int) -> Codes:
        r = recipes(self.chain)
        return np.unique(r.feedstock.product[r.main[r.feedstock.process] == code])

    def _by(self, code: int) -> str:
        r = recipes(self.chain)
        main = np.unique(r.main[r.by_product.process[r.by_product.product == code]])
        return f" It arises as a by-product of {listed(self.chain, main)}." if len(main) else ""

    def _like(self, code: int) -> str:
        """Name the products of the same stage that a recipe takes and whose id is close or begins alike."""
        ids, alike = self.chain.ids("products"), has_route(self.chain) & ~is_final(self.chain)
        alike &= stages(self.chain) == stages(self.chain)[code]
        known = [str(i) for i in ids[alike]]
        close = nearest(str(ids[code]), known)
        close += tuple(i for i in known if i[:5] == ids[code][:5] and i not in close)
        return f" The nearest that recipes take: {', '.join(close[:5])}." if close else ""

    def _raw(self) -> Mask:
        """Return which products a path to an end may begin at: of stage 0, or made by no process."""
        made = np.zeros(len(self.chain.ids("products")), bool)
        main = recipes(self.chain).main
        made[main[main >= 0]] = True
        return np.asarray((stages(self.chain) == 0) | ~made)

    def _code(self, product: str | None) -> int:
        return int(self.chain.codes("products", [product])[0])

    def _named(self, start: int | None) -> str:
        return f"to {self._name(self._code(self.end))}" if start is None else f"from {self._name(start)}"

    def _name(self, code: int) -> str:
        return str(self.chain.names("products")[self.chain.ids("products")[code]])
