"""The trail of one gap: which flows, plants and recipe lines of the dataset it rests on."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from valuechain.accounts import Accounts
from valuechain.evidence import Evidence, cite, cite_flow, cite_price, facts_of
from valuechain.gaps.neighbours import LocalMakers
from valuechain.gaps.routes import taking
from valuechain.model import Codes, Mask, ValueChain
from valuechain.places import market_kinds
from valuechain.zones import Zones, zone_of_enterprises

Row = dict[str, Any]


class Trail:
    """Finds the rows behind the figures of one product in one zone."""

    def __init__(self, chain: ValueChain, zones: Zones, books: Accounts) -> None:
        self.chain, self.zones, self.books, self.year = chain, zones, books, books.year
        self._zone_of = np.append(zone_of_enterprises(chain, zones), -1)
        markets = chain.arrow("markets")["market_id"].to_pylist()
        self._kinds = dict(zip(markets, market_kinds(chain).tolist(), strict=True))
        self._arrivals: dict[tuple[int, str], list[Row]] = {}

    def flows(self, zone: int, product: str, *, arriving: bool) -> list[Row]:
        """Return the flow rows of the product that leave the zone, and with `arriving` those that enter."""
        rows = facts_of(self.chain, "flows", product, self.year)
        chosen = []
        for row, s, b in zip(
            rows,
            self._zone_of[self.chain.codes("enterprises", [r["from_id"] for r in rows])] == zone,
            self._zone_of[self.chain.codes("enterprises", [r["to_id"] for r in rows])] == zone,
            strict=True,
        ):
            if (s and not b and not self._inside_market(zone, row["to_id"])) or (arriving and b and not s):
                chosen.append({**row, "arrives": bool(b)})
        return chosen

    def arrivals(self, zone: int, product: str) -> list[Row]:
        """Return the flow rows of the product that enter the zone, whoever buys: markets inside it too."""
        if (zone, product) not in self._arrivals:
            self._arrivals[zone, product] = list(self._entering(zone, product))
        return self._arrivals[zone, product]

    def _entering(self, zone: int, product: str) -> Iterator[Row]:
        rows = facts_of(self.chain, "flows", product, self.year)
        ends = [[r["from_id"] for r in rows], [r["to_id"] for r in rows]]
        sellers, buyers = (self.inside(zone, self.chain.codes("enterprises", end)) for end in ends)
        for row, s, b in zip(rows, sellers, buyers, strict=True):
            between = row["from_id"] in self._kinds and self._inside_market(zone, row["to_id"])
            if (b or between) and not s and not self._inside_market(zone, row["from_id"]):
                yield {**row, "arrives": True}

    def made(self, zone: int, product: str) -> list[Evidence]:
        """Return the recorded outputs of the product in the zone."""
        rows = facts_of(self.chain, "production", product, self.year)
        codes = self.chain.codes("enterprises", [r["enterprise_id"] for r in rows])
        unit = (self.chain.row("products", product) or {})["unit"] or ""
        return [
            cite("production", r, "output", unit)
            for r, c in zip(rows, codes, strict=True)
            if self._zone_of[c] == zone
        ]

    def lines(self, product: str, role: str, processes: set[str]) -> list[Evidence]:
        """Return the recipe lines by which `processes` have the product in a role."""
        rows = facts_of(self.chain, "process_flows", product)
        chosen = [r for r in rows if r["role"] == role and r["process_id"] in processes]
        return [cite("process_flows", r, "quantity") for r in chosen]

    def inside(self, zone: int, enterprises: Codes) -> Mask:
        """Return which enterprises (-1: none) lie in the zone."""
        return np.asarray(self._zone_of[enterprises] == zone)

    def _inside_market(self, zone: int, market: str) -> bool:
        kind = self._kinds.get(market)
        return kind is not None and bool(self.zones.market_inside[zone, kind])

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
        told = list(self.uses(local, name))
        yield from told
        yield from (line for line in recipe_rows if line not in told)
        yield from (cite_price(row, product["unit"]) for row in price_rows)

    def uses(self, local: LocalMakers, product: str) -> Iterator[Evidence]:
        """Yield the production rows and recipe lines by which local plants need the product."""
        plants, rows = self.books.plants, local.need_rows(product)
        enterprises, products = self.chain.ids("enterprises"), self.chain.ids("products")
        run: set[str] = set()
        for i in rows:
            maker, made = enterprises[plants.enterprise[i]], products[plants.product[i]]
            unit = (self.chain.row("products", str(made)) or {})["unit"]
            for row in facts_of(self.chain, "production", str(made), self.year):
                if row["enterprise_id"] == maker:
                    yield cite("production", {**row, "unit": unit}, "output")
                    if row["capacity"] is not None:
                        yield cite("production", {**row, "unit": unit}, "capacity")
            run |= set(self.chain.ids("processes")[plants.processes(int(i))])
        for process in taking(self.chain, product):
            if process in run:
                for row in facts_of(self.chain, "process_flows", product):
                    if row["process_id"] == process and row["role"] == "feedstock":
                        yield cite("process_flows", row, "quantity")
