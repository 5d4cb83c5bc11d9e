"""Who makes, uses and runs what, in one zone and anywhere: the neighbours of a missing step."""

from collections.abc import Iterable

import numpy as np

from valuechain.accounts import Accounts
from valuechain.arrays import Groups, grouped
from valuechain.model import Codes, Mask, ValueChain
from valuechain.recipes import recipes
from valuechain.zones import Zones, zone_of_enterprises


class LocalMakers:
    """Who makes what: inside one zone (`products`, by-products included, and `processes`) and anywhere."""

    def __init__(self, chain: ValueChain, books: Accounts, zones: Zones, zone: int) -> None:
        self._chain, self._books, self.zone = chain, books, zone
        self._inside: Mask = zone_of_enterprises(chain, zones) == zone
        plants = books.plants
        inside_row = self._inside[plants.enterprise]
        made = np.unique(plants.product[inside_row])
        self.products = set(chain.ids("products")[np.union1d(made, self._returned(zones, zone))])
        run = plants.route_process[inside_row[plants.route_row]]
        self.processes = set(chain.ids("processes")[np.unique(run)])
        self._families: dict[str, Codes] = {}
        self._lacking: dict[str, tuple[str, ...]] = {}
        self._needs: dict[tuple[str, ...], tuple[Codes, Codes]] = {}

    def _returned(self, zones: Zones, zone: int) -> Codes:
        """Return the by-products that arise in the zone, in a known amount or not."""
        b = self._books.balance
        arise = (zones.of_place[b.place] == zone) & ((b.returns > 0) | (b.returns_unknown > 0))
        return b.product[np.flatnonzero(arise)]

    def missing_inputs(self, process: str, apart_from: str) -> tuple[str, ...]:
        """Return feedstock and inputs of `process` that nobody in the zone is known to make."""
        if process not in self._lacking:
            (code,) = self._chain.codes("processes", [process])
            found: set[str] = set()
            r = recipes(self._chain)
            for lines in (r.feedstock, r.input):
                needed = lines.product[lines.start[code] : lines.start[code + 1]]
                found |= set(self._chain.ids("products")[needed])
            self._lacking[process] = tuple(sorted(found - self.products))
        return tuple(product for product in self._lacking[process] if product != apart_from)

    def makers(self, products: Iterable[str], *, inside: bool | None = None) -> Codes:
        """Return the enterprises that make one of `products`, everywhere or in or out of the zone."""
        rows = self._by("makers", self._books.plants.product).of(self._codes(products))
        found: Codes = np.unique(self._books.plants.enterprise[rows])
        return found if inside is None else found[np.flatnonzero(self._inside[found] == inside)]

    def users(self, products: Iterable[str]) -> Codes:
        """Return the enterprises of the zone that use one of `products`."""
        certain, maybe = self.needs(products)
        return np.union1d(certain, maybe)

    def needs(self, products: Iterable[str]) -> tuple[Codes, Codes]:
        """Return the enterprises of the zone that certainly, and that only possibly, use `products`."""
        wanted = tuple(products)
        if wanted not in self._needs:
            self._needs[wanted] = self._find_needs(wanted)
        return self._needs[wanted]

    def _find_needs(self, products: tuple[str, ...]) -> tuple[Codes, Codes]:
        needs = self._books.needs
        rows = self._by("users", needs.product).of(self._codes(products))
        enterprise = self._books.plants.enterprise[needs.row[rows]]
        here = self._inside[enterprise]
        sure: Codes = np.unique(enterprise[here & needs.certain[rows]])
        return sure, np.setdiff1d(enterprise[here & ~needs.certain[rows]], sure)

    def need_rows(self, product: str) -> Codes:
        """Return the rows of `Plants` in the zone that need `product`, certainly or possibly."""
        needs = self._books.needs
        rows: Codes = needs.row[self._by("users", needs.product).of(self._codes([product]))]
        return rows[np.flatnonzero(self._inside[self._books.plants.enterprise[rows]])]

    def idle(self, product: str) -> Codes:
        """Return the enterprises of the zone that certainly use `product` and have idle capacity on record."""
        plants = self._books.plants
        rows = self._sure_rows(product)
        return np.unique(plants.enterprise[rows[np.flatnonzero(plants.capacity[rows] > plants.output[rows])]])

    def unknown_capacity(self, product: str) -> Codes:
        """Return the enterprises of the zone that certainly use `product` and record no capacity."""
        plants = self._books.plants
        rows = self._sure_rows(product)
        return np.unique(plants.enterprise[rows[np.flatnonzero(~plants.capacity_known[rows])]])

    def _sure_rows(self, product: str) -> Codes:
        needs = self._books.needs
        rows = self._by("users", needs.product).of(self._codes([product]))
        rows = needs.row[rows[np.flatnonzero(needs.certain[rows])]]
        return rows[np.flatnonzero(self._inside[self._books.plants.enterprise[rows]])]

    def family(self, processes: Iterable[str]) -> Codes:
        """Return the enterprises of the zone that run a process of the same sector as `processes`."""
        sectors = self._chain.arrow("processes")["sector"]
        named = self._chain.codes("processes", list(processes))
        wanted = sorted({s for s in (sectors[int(c)].as_py() for c in named) if s})
        parts = [self._family(sector) for sector in wanted]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)

    def _family(self, sector: str) -> Codes:
        if sector not in self._families:
            alike = np.array([s == sector for s in self._chain.arrow("processes")["sector"].to_pylist()])
            plants = self._books.plants
            found = np.unique(plants.enterprise[plants.route_row[alike[plants.route_process]]])
            self._families[sector] = found[np.flatnonzero(self._inside[found])]
        return self._families[sector]

    def _codes(self, products: Iterable[str]) -> Codes:
        return self._chain.codes("products", list(products))

    def _by(self, what: str, product: Codes) -> Groups:
        size = len(self._chain.ids("products"))
        key = (what, self._books.year, self._books.ground)
        return self._chain.once(key, lambda: grouped(product, size))
