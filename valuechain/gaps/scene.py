"""What the rows of gaps are told from: chain, zones and ledger, and the words, figures and evidence they share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from valuechain.accounts import Accounts
from valuechain.coverage import claims_complete
from valuechain.evidence import Evidence, facts
from valuechain.gaps.neighbours import LocalMakers
from valuechain.gaps.routes import ClosingOption, Route
from valuechain.gaps.trail import Row, Trail, makers_of
from valuechain.model import Codes, ValueChain
from valuechain.prices import price, worth
from valuechain.zones import WHOLE, Ledger, Zones

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Worth:
    """What a quantity is worth, what that rests on or why there is no value, and the price rows seen."""

    value: float | None
    currency: str
    note: str
    prices: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One gap, told: all that its row says beside the names of its product and zone."""

    kind: str
    zone: int
    product: int
    quantity: float | None
    bound: str
    basis: str
    conditional: bool
    absence: str
    share: float | None
    worth: Worth
    reason: str
    routes: tuple[Route, ...]
    closing_options: tuple[ClosingOption, ...]
    evidence: tuple[Evidence, ...]


class Scene:
    """The chain, zones and ledger that the rows of one answer are told from."""

    def __init__(self, chain: ValueChain, zones: Zones, books: Accounts, book: Ledger, year: int) -> None:
        self.chain, self.zones, self.books, self.book, self.year = chain, zones, books, book, year
        self.trail = Trail(chain, zones, books)
        self.keys: Codes = book.zone * len(chain.ids("products")) + book.product
        self._makers: dict[int, LocalMakers] = {}
        self._seen: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return `make()`, computed once for this answer."""
        if name not in self._seen:
            self._seen[name] = make()
        made: T = self._seen[name]
        return made

    def positions(self, zone: Codes, product: Codes) -> Codes:
        """Return where (zone, product) stands in the ledger; -1 where it does not."""
        wanted = zone * len(self.chain.ids("products")) + product
        at = np.minimum(np.searchsorted(self.keys, wanted), max(len(self.keys) - 1, 0))
        return np.where(self.keys[at] == wanted, at, -1) if len(self.keys) else np.full(len(wanted), -1)

    def local(self, zone: int) -> LocalMakers:
        """Return who makes what in a zone."""
        if zone not in self._makers:
            self._makers[zone] = LocalMakers(self.chain, self.books, self.zones, zone)
        return self._makers[zone]

    def product(self, code: int) -> Row:
        """Return the row of a product."""
        return self.chain.row("products", self.product_id(code)) or {}

    def product_id(self, code: int) -> str:
        """Return the id of a product."""
        return str(self.chain.ids("products")[code])

    def product_name(self, code: int) -> str:
        """Return the name of a product."""
        return str(self.chain.names("products")[self.chain.ids("products")[code]])

    def named(self, enterprises: Codes) -> tuple[str, ...]:
        """Return the names of enterprises."""
        ids, names = self.chain.ids("enterprises"), self.chain.names("enterprises")
        return tuple(names[ids[e]] for e in enterprises)

    def place(self, zone: int) -> str:
        """Return the name of a zone."""
        name = self.zones.ids[zone]
        if name == WHOLE:
            return "the area of the dataset"
        table = "regions" if self.zones.ground == "territory" else "enterprises"
        return str(self.chain.names(table)[name])

    def region(self, zone: int) -> str | None:
        """Return the id of a zone that is a region, else None."""
        zone_id = self.zones.ids[zone]
        return None if self.zones.ground == "management" or zone_id == WHOLE else zone_id

    def owner(self, zone: int) -> str | None:
        """Return the id of a zone that is an ultimate owner, else None."""
        return self.zones.ids[zone] if self.zones.ground == "management" else None

    def declared(self, zone: int, products: list[str]) -> bool:
        """Return whether the data declares that its makers of `products` in the zone are complete."""
        if self.zones.ground == "management":
            return False
        return all(
            claims_complete(self.chain, self.region(zone), "production", p) and not self.other_years(zone, p)
            for p in products
        )

    def all_declared(self, zone: int) -> bool:
        """Return whether the data declares that all production of the zone is in it."""
        return claims_complete(self.chain, self.region(zone), "production", "")

    def other_years(self, zone: int, product: str) -> tuple[int, ...]:
        """Return the other years for which the zone has a maker of the product on record."""
        found = facts(self.chain, "production")
        at = found.by_product.of(self.chain.codes("products", [product]))
        at = at[self.trail.inside(zone, makers_of(self.chain, None)[at])]
        return tuple(sorted({r["year"] for r in found.pick(at)} - {self.year}))

    def at_price(self, product: Row, quantity: float | None, row: Row | None = None) -> Worth:
        """Return what a quantity is worth at a price row, by default at the price abroad."""
        row = row or price(self.chain, product["product_id"], self.year)
        rows = (row,) if row else ()
        if quantity is None:
            return Worth(None, "", "no value: the quantity is not known", rows)
        if row is None:
            return Worth(None, "", f"no value: the dataset has no price abroad for {product['name']}")
        value, currency = worth(self.chain, quantity, row)
        where = self.chain.names("markets")[row["market_id"]]
        source = f" ({row['source_id']})" if row["source_id"] else ""
        note = f"gross, at {row['price']:,g} {row['currency']}/{product['unit']} in {where}, {row['year']}{source}"
        return Worth(value, currency, note, rows)


def bound_of(quantity: float | None, low: Any, high: Any) -> str:
    """Return the bound of a figure of which a part is missing (`low`) or may be too much (`high`)."""
    if quantity is None:
        return "unknown"
    return "uncertain" if low and high else "at_least" if low else "at_most" if high else "exact"
