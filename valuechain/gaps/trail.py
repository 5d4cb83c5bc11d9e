"""The trail of one gap: which flows, plants and recipe lines of the dataset it rests on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from valuechain.accounts import Accounts
from valuechain.evidence import Evidence, Facts, cite, cite_flow, cite_price, facts, facts_of
from valuechain.gaps.neighbours import LocalMakers
from valuechain.gaps.routes import taking
from valuechain.model import Codes, Mask, ValueChain
from valuechain.places import market_kinds
from valuechain.zones import Zones, zone_of_enterprises

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Who sells and who buys in each flow row: enterprises, and kinds of market; -1 where it is the other."""

    seller: Codes
    buyer: Codes
    seller_market: Codes
    buyer_market: Codes


class Trail:
    """Finds the rows behind the figures of one product in one zone."""

    def __init__(self, chain: ValueChain, zones: Zones, books: Accounts) -> None:
        self.chain, self.zones, self.books, self.year = chain, zones, books, books.year
        self._zone_of = np.append(zone_of_enterprises(chain, zones), -1)
        self._flows = facts(chain, "flows", self.year)
        self._production = facts(chain, "production", self.year)
        self._ends = chain.once(("flow ends", self.year), lambda: _ends(chain, self._flows.rows))
        self._maker = makers_of(chain, self.year)
        self._told: dict[tuple[str, int, str], tuple[Evidence, ...]] = {}

    def flows(self, zone: int, product: str, *, arriving: bool) -> list[Row]:
        """Return the flow rows of the product that leave the zone, and with `arriving` those that enter."""
        at, ends = self._of(self._flows, product), self._ends
        sells, buys = (self.inside(zone, end[at]) for end in (ends.seller, ends.buyer))
        chosen = sells & ~buys & ~self._inside_market(zone, ends.buyer_market[at])
        if arriving:
            chosen |= buys & ~sells
        rows = self._flows.pick(at[chosen])
        return [{**row, "arrives": bool(b)} for row, b in zip(rows, buys[chosen], strict=True)]

    def left(self, zone: int, product: str, *, arriving: bool = False) -> tuple[Evidence, ...]:
        """Return `flows` as evidence."""
        unit = self._unit(product)
        return self._once(
            "left, arriving" if arriving else "left", zone, product,
            lambda: (cite_flow(row, unit) for row in self.flows(zone, product, arriving=arriving)),
        )  # fmt: skip

    def arrivals(self, zone: int, product: str) -> tuple[Evidence, ...]:
        """Return the flows of the product that enter the zone, whoever buys: markets inside it too."""
        return self._once("arrivals", zone, product, lambda: self._arrivals(zone, product))

    def _arrivals(self, zone: int, product: str) -> Iterator[Evidence]:
        at, ends = self._of(self._flows, product), self._ends
        sells, buys = (self.inside(zone, end[at]) for end in (ends.seller, ends.buyer))
        from_market = ends.seller_market[at]
        between = (from_market >= 0) & self._inside_market(zone, ends.buyer_market[at])
        chosen = (buys | between) & ~sells & ~self._inside_market(zone, from_market)
        return (cite_flow(row, self._unit(product)) for row in self._flows.pick(at[chosen]))

    def takers(self, zone: int, product: str) -> Codes:
        """Return the enterprises of the zone that buy the product and do not sell it."""
        at = self._of(self._flows, product)
        buyers = self._ends.buyer[at]
        return np.setdiff1d(buyers[self.inside(zone, buyers)], self._ends.seller[at])

    def made(self, zone: int, product: str) -> tuple[Evidence, ...]:
        """Return the recorded outputs of the product in the zone."""
        return self._once("made", zone, product, lambda: self._outputs(zone, product))

    def _outputs(self, zone: int, product: str) -> Iterator[Evidence]:
        at = self._of(self._production, product)
        rows = self._production.pick(at[self.inside(zone, self._maker[at])])
        return (cite("production", row, "output", self._unit(product)) for row in rows)

    def _once(
        self, what: str, zone: int, product: str, make: Callable[[], Iterable[Evidence]]
    ) -> tuple[Evidence, ...]:
        if (what, zone, product) not in self._told:
            self._told[what, zone, product] = tuple(make())
        return self._told[what, zone, product]

    def _of(self, table: Facts, product: str) -> Codes:
        return table.by_product.of(self.chain.codes("products", [product]))

    def _unit(self, product: str) -> str:
        return (self.chain.row("products", product) or {})["unit"] or ""

    def lines(self, product: str, role: str, processes: set[str]) -> list[Evidence]:
        """Return the recipe lines by which `processes` have the product in a role."""
        rows = facts_of(self.chain, "process_flows", product)
        chosen = [r for r in rows if r["role"] == role and r["process_id"] in processes]
        return [cite("process_flows", r, "quantity") for r in chosen]

    def inside(self, zone: int, enterprises: Codes) -> Mask:
        """Return which enterprises (-1: none) lie in the zone."""
        return np.asarray(self._zone_of[enterprises] == zone)

    def _inside_market(self, zone: int, kind: Codes) -> Mask:
        return np.asarray((kind >= 0) & self.zones.market_inside[zone, kind])

    def evidence(
        self,
        zone: int,
        local: LocalMakers,
        product: Row,
        flows: list[Row],
        recipe_rows: list[Evidence],
        price_rows: list[Row],
    ) -> Iterator[Evidence]:
        """Yield output, flows, local needs, recipe lines and prices, in this order."""
        name = product["product_id"]
        yield from self.made(zone, name)
        yield from (cite_flow(row, product["unit"]) for row in flows)
        told = self.uses(local, name)
        yield from told
        known = set(told) if recipe_rows else set()
        yield from (line for line in recipe_rows if line not in known)
        yield from (cite_price(row, product["unit"]) for row in price_rows)

    def uses(self, local: LocalMakers, product: str) -> tuple[Evidence, ...]:
        """Return the production rows and recipe lines by which local plants need the product."""
        return self._once("uses", local.zone, product, lambda: self._uses(local, product))

    def _uses(self, local: LocalMakers, product: str) -> Iterator[Evidence]:
        plants, ids = self.books.plants, self.chain.ids("products")
        run: set[str] = set()
        for i in local.need_rows(product):
            unit = (self.chain.row("products", str(ids[plants.product[i]])) or {})["unit"]
            at = self._production.by_product.of(plants.product[i : i + 1])
            for row in self._production.pick(at[self._maker[at] == plants.enterprise[i]]):
                yield cite("production", {**row, "unit": unit}, "output")
                if row["capacity"] is not None:
                    yield cite("production", {**row, "unit": unit}, "capacity")
            run |= set(self.chain.ids("processes")[plants.processes(int(i))])
        for process in taking(self.chain, product):
            if process in run:
                for row in facts_of(self.chain, "process_flows", product):
                    if row["process_id"] == process and row["role"] == "feedstock":
                        yield cite("process_flows", row, "quantity")


def makers_of(chain: ValueChain, year: int | None) -> Codes:
    """Return the enterprise of each production row of a year, or of all."""
    rows = facts(chain, "production", year).rows
    return chain.once(("makers of", year), lambda: chain.codes("enterprises", rows["enterprise_id"]))


def _ends(chain: ValueChain, rows: pa.Table) -> _Ends:
    kinds = np.append(market_kinds(chain), -1)
    return _Ends(
        *(chain.codes("enterprises", rows[end]) for end in ("from_id", "to_id")),
        *(kinds[chain.codes("markets", rows[end])] for end in ("from_id", "to_id")),
    )
