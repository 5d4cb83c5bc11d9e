"""What is critical in a place and for which end products, and how concentrated each product is: arrays by zone.

The convention is told by the question `critical`, which is worded from these arrays.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from valuechain.accounts import Accounts, accounts
from valuechain.arrays import complete_sums, of_year
from valuechain.coverage import claims_complete
from valuechain.critical.dominators import Dominators, Local, arriving, dominators, local_ways
from valuechain.indices import herfindahl
from valuechain.model import Codes, Floats, Mask, ValueChain, grades
from valuechain.places import MARKETS, region_codes, ultimate_owners, within
from valuechain.recipes import expand, in_plant
from valuechain.scope import is_final
from valuechain.zones import WHOLE, Ledger, Zones, ledger, territory, zone_of_enterprises

MOST_NODES = 15_000
"""Products and possibly critical enterprises of a zone, up to which it is computed: the cost is their product."""


@dataclass(frozen=True, slots=True)
class Makers:
    """The makers of one product in a zone, with their output (NaN: unknown), and its concentration."""

    enterprise: Codes
    output: Floats
    plants: float
    owners: float


class Place:
    """One zone: what it makes, its end products, and what is critical for them."""

    def __init__(self, chain: ValueChain, books: Accounts, inside: Mask, zone: int, zone_id: str) -> None:
        self.chain, self.books, self.inside = chain, books, inside
        self.zone, self.region = zone, None if zone_id == WHOLE else zone_id
        self.local: Local = local_ways(chain, books, inside)
        self.found: Dominators | None = dominators(self.local.ways, MOST_NODES)

    @property
    def name(self) -> str:
        """The name of the place."""
        return str(self.chain.names("regions")[self.region]) if self.region else "the area of the dataset"

    @cached_property
    def ends(self) -> Codes:
        """The end products of the zone."""
        local, final = self.local, is_final(self.chain)
        rows = local.product[local.listed]
        last = np.setdiff1d(rows, local.taken)
        return np.union1d(last, local.product[final[local.product]])

    @cached_property
    def listed(self) -> frozenset[int]:
        """The products that somebody here makes in a row of its own, or sells."""
        return frozenset(self.local.product[self.local.listed].tolist())

    @cached_property
    def lead(self) -> Mask:
        """Which products are an end or lead to one, for each product of the chain."""
        reached = np.zeros(len(self.chain.ids("products")), bool)
        reached[self.ends] = True
        while True:
            fresh = self.local.taken[reached[self.local.given] & ~reached[self.local.taken]]
            if not len(fresh):
                return reached
            reached[fresh] = True

    @cached_property
    def circling(self) -> Codes:
        """Products made here that lead into a loop only, and to no end."""
        made = np.unique(self.local.product[self.local.listed])
        return made[~self.lead[made]]

    @cached_property
    def judged(self) -> Codes:
        """The ends that can be had on record: those of which something can be said."""
        return self._reachable(self.ends)

    def _reachable(self, products: Codes) -> Codes:
        if self.found is None:
            return products[:0]
        return products[self.found.turn[np.searchsorted(self.local.shared, products)] >= 0]

    @cached_property
    def _critical(self) -> Mask:
        """Which labels and then makers (columns) are critical for each judged end (rows)."""
        assert self.found is not None  # noqa: S101 - asked only where it was computed
        return self.found.matrix(np.searchsorted(self.local.shared, self.judged))

    def products(self) -> Iterator[tuple[int, Codes]]:
        """Yield each product that is critical for ends other than itself, with those ends."""
        if self.found is not None:
            for i, code in enumerate(self.found.labels):
                ends = self.judged[self._critical[:, i]]
                yield int(code), ends[ends != code]

    def enterprises(self) -> Iterator[tuple[int, Codes, Codes]]:
        """Yield each critical enterprise, the ends it is critical for, and what it makes that is lost with it."""
        if self.found is None or not len(self.judged):
            return
        shift, order = len(self.found.labels), np.argsort(self.local.maker, kind="stable")
        makers = self.local.maker[order]
        for i, code in enumerate(self.found.makers):
            ends = self.judged[self._critical[:, shift + i]]
            if len(ends):
                first, last = np.searchsorted(makers, [code, code + 1])
                made = self._reachable(np.sort(self.local.product[order[first:last]]))
                made = made[self.lead[made] & ~in_plant(self.chain)[made]]
                lost = self.found.matrix(np.searchsorted(self.local.shared, made))[:, shift + i]
                yield int(code), ends, made[lost]

    def leading(self, end: int, made: Codes) -> Codes:
        """Return those of `made` that every way to an end runs through, the last of them on the way to it."""
        assert self.found is not None  # noqa: S101 - asked only where it was computed
        made = made[made != end]
        things = np.searchsorted(self.local.shared, np.append(made, end))
        column = np.searchsorted(self.found.labels, made)
        needs = self.found.matrix(things)[:, column]
        upstream = (needs[:-1] & needs[-1][:, None] & (made[:, None] != made)).any(axis=0)
        found: Codes = made[needs[-1] & ~upstream]
        return found

    def takes(self, end: int, products: tuple[int, ...]) -> bool:
        """Whether a process here makes an end directly of each of these products."""
        local = self.local
        return set(products) <= set(local.taken[local.given == end].tolist())

    @cached_property
    def told(self) -> Codes:
        """The products made here of which the concentration is told."""
        local = self.local
        return np.union1d(local.product[local.listed], np.intersect1d(local.product, local.taken))

    @cached_property
    def _outputs(self) -> tuple[Codes, Codes, Floats]:
        """Products, makers and outputs of the zone, by product."""
        n, local, b = len(self.chain.ids("products")), self.local, self.books.balance
        key, book = local.maker * n + local.product, b.place * n + b.product
        amount = b.output + b.returns
        amount[(b.output_unknown > 0) | (b.returns_unknown > 0)] = np.nan
        order = np.lexsort((local.maker, local.product))
        return local.product[order], local.maker[order], amount[np.searchsorted(book, key[order])]

    def makers(self, product: int) -> Makers:
        """Return who makes a product here, and how concentrated that is."""
        products, makers, output = self._outputs
        first, last = np.searchsorted(products, [product, product + 1])
        who, amount = makers[first:last], output[first:last]
        owner = ultimate_owners(self.chain)[who]
        owners = np.unique(owner)
        return Makers(who, amount, _index(amount), _index(complete_sums(owner, amount, owners)))

    @cached_property
    def _arriving(self) -> tuple[Codes, Codes]:
        """Products that come in and who sells them, by product."""
        trade, into = self.books.trade, arriving(self.books, self.inside)
        order = np.lexsort((trade.seller[into], trade.item[into]))
        return trade.item[into][order], trade.seller[into][order]

    def suppliers(self, product: int) -> Codes:
        """Return the enterprises outside, and kinds of markets above them, that a product is bought from."""
        items, sellers = self._arriving
        first, last = np.searchsorted(items, [product, product + 1])
        return np.unique(sellers[first:last])

    def delivers(self, maker: int, products: Codes) -> bool:
        """Whether a delivery of one of `products` by `maker` to another enterprise here is recorded."""
        trade = self.books.trade
        first, last = np.searchsorted(trade.seller, [maker, maker + 1])
        here = np.append(self.inside, np.zeros(len(MARKETS) + 1, bool))
        buyer, item = trade.buyer[first:last], trade.item[first:last]
        return bool((here[buyer] & (buyer != maker) & np.isin(item, products)).any())

    def production(self, product: int, makers: Codes) -> list[dict[str, Any]]:
        """Return the production rows of a product by these makers."""
        rows, key, order = self.chain.once(
            ("made by", self.books.year), lambda: _by_maker(self.chain, self.books)
        )
        wanted = makers * len(self.chain.ids("products")) + product
        first, last = np.searchsorted(key, wanted), np.searchsorted(key, wanted, side="right")
        found: list[dict[str, Any]] = rows.take(pa.array(order[expand(first, last - first)[1]])).to_pylist()
        return found

    @cached_property
    def around(self) -> tuple[str, ...]:
        """The region and those around it, from the inside out."""
        found: list[str] = []
        region = self.region
        while region is not None and region not in found:
            found.append(region)
            region = (self.chain.row("regions", region) or {}).get("parent_id")
        return tuple(found)

    def declared(self, product: int, maker: int) -> tuple[str, ...]:
        """Return the regions, from this one outwards, in which `maker` is declared to be the only one."""
        name = str(self.chain.ids("products")[product])
        return tuple(
            region
            for region in self.around
            if claims_complete(self.chain, region, "production", name)
            and set(self._makers_in(region, product)) <= {maker}
        )

    def _makers_in(self, region: str, product: int) -> list[int]:
        ever = _ever(self.chain, self.books, product)
        at = region_codes(self.chain)[ever]
        found: list[int] = ever[(at >= 0) & within(self.chain, region)[at]].tolist()
        return found


def places(chain: ValueChain, year: int, region: str | None, level: str | None) -> tuple[list[Place], Ledger]:
    """Return the zones of a question, and their ledger; computed once."""
    return chain.once(("single points", year, region, level), lambda: _places(chain, year, region, level))


def _places(
    chain: ValueChain, year: int, region: str | None, level: str | None
) -> tuple[list[Place], Ledger]:
    zones = territory(chain, region, level)
    books, of = accounts(chain, year, "enterprise"), zone_of_enterprises(chain, zones)
    found = [Place(chain, books, of == i, i, name) for i, name in enumerate(zones.ids)]
    return found, ledger(chain, books, _by_enterprise(zones, of))


def _by_enterprise(zones: Zones, of: Codes) -> Zones:
    """Return the zones for accounts by enterprise."""
    return replace(zones, of_place=np.append(of, np.full(len(MARKETS) + 1, -1)))


def _index(amounts: Floats) -> float:
    """Return the Herfindahl index; 1 where there is one alone, NaN where an amount is unknown."""
    return 1.0 if len(amounts) == 1 else herfindahl(amounts)


def _ever(chain: ValueChain, books: Accounts, product: int) -> Codes:
    """Return the enterprises that make a product, in this year or by a row of another one."""
    pairs = chain.once(("ever made", books.year), lambda: _pairs(chain, books))
    size = max(len(chain.ids("enterprises")), 1)
    first, last = np.searchsorted(pairs, [product * size, (product + 1) * size])
    return pairs[first:last] % size


def _pairs(chain: ValueChain, books: Accounts) -> Codes:
    rows, b, size = chain.facts("production"), books.balance, max(len(chain.ids("enterprises")), 1)
    ever = chain.codes("products", rows["product_id"]) * size + chain.codes(
        "enterprises", rows["enterprise_id"]
    )
    made = b.makers > 0
    return np.union1d(ever, b.product[made] * size + b.place[made])


def _by_maker(chain: ValueChain, books: Accounts) -> tuple[pa.Table, Codes, Codes]:
    """Return the production rows of the year with their grade, and their keys (maker, product) in order."""
    rows = chain.facts("production")
    rows = of_year(rows.append_column("resolved_grade", grades(chain, rows)), books.year)
    maker, product = (
        chain.codes("enterprises", rows["enterprise_id"]),
        chain.codes("products", rows["product_id"]),
    )
    key = maker * len(chain.ids("products")) + product
    order = np.argsort(key, kind="stable")
    return rows, key[order], order
