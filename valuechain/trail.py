"""The trail of one gap: which flows, plants and recipe lines of the dataset it rests on."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from valuechain.accounts import Accounts
from valuechain.evidence import Evidence, cite, cite_flow, cite_price, facts_of
from valuechain.model import ValueChain
from valuechain.places import MARKETS, region_codes, ultimate_owners
from valuechain.routes import taking
from valuechain.zones import Zones

Row = dict[str, Any]


class Trail:
    """Finds the rows behind the figures of one product in one zone."""

    def __init__(self, chain: ValueChain, zones: Zones, books: Accounts) -> None:
        self.chain, self.zones, self.books, self.year = chain, zones, books, books.year
        home = region_codes(chain) if zones.ground == "territory" else ultimate_owners(chain)
        self._zone_of = np.where(home >= 0, np.append(zones.of_place, -1)[home], zones.of_place[-1])

    def flows(self, zone: int, product: str, *, arriving: bool) -> list[Row]:
        """Return the flow rows of the product that leave the zone, and with `arriving` those that enter."""
        rows = facts_of(self.chain, "flows", product, self.year)
        zone_of = np.append(self._zone_of, -1)
        chosen = []
        for row, s, b in zip(
            rows,
            zone_of[self.chain.codes("enterprises", [r["from_id"] for r in rows])] == zone,
            zone_of[self.chain.codes("enterprises", [r["to_id"] for r in rows])] == zone,
            strict=True,
        ):
            if (s and not b and not self._inside_market(zone, row["to_id"])) or (arriving and b and not s):
                chosen.append({**row, "arrives": bool(b)})
        return chosen

    def _inside_market(self, zone: int, market: str) -> bool:
        row = self.chain.row("markets", market)
        return bool(row and self.zones.market_inside[zone, MARKETS.index(row["kind"])])

    def users(self, zone: int, product: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the plants of the zone that certainly, and that possibly, use the product."""
        needs, (code,) = self.books.needs, self.chain.codes("products", [product])
        enterprise = self.books.plants.enterprise[needs.row]
        here = (
            (needs.product == code) & (self._zone_of[enterprise] == zone)
            if len(enterprise)
            else needs.certain
        )
        ids, names = self.chain.ids("enterprises"), self.chain.names("enterprises")
        sure = np.unique(enterprise[here & needs.certain])
        maybe = np.setdiff1d(enterprise[here & ~needs.certain], sure)
        return tuple(names[ids[e]] for e in sure), tuple(names[ids[e]] for e in maybe)

    def evidence(
        self,
        zone: int,
        product: Row,
        flows: list[Row],
        recipe_rows: list[Evidence],
        price_rows: list[Row],
    ) -> Iterator[Evidence]:
        """Yield output, flows, local needs, recipe lines and prices, in this order."""
        name = product["product_id"]
        makers = facts_of(self.chain, "production", name, self.year)
        codes = self.chain.codes("enterprises", [r["enterprise_id"] for r in makers])
        for row, code in zip(makers, codes, strict=True):
            if self._zone_of[code] == zone:
                yield cite("production", row, "output", product["unit"])
        yield from (cite_flow(row, product["unit"]) for row in flows)
        told = set()
        for row, column in self._uses(zone, name):
            line = cite("production" if column == "output" else "process_flows", row, column)
            told.add(line)
            yield line
        yield from (line for line in recipe_rows if line not in told)
        yield from (cite_price(row, product["unit"]) for row in price_rows)

    def _uses(self, zone: int, product: str) -> Iterator[tuple[Row, str]]:
        """Return the production rows and recipe lines by which local plants need the product."""
        needs, plants = self.books.needs, self.books.plants
        (code,) = self.chain.codes("products", [product])
        rows = needs.row[needs.product == code]
        rows = rows[self._zone_of[plants.enterprise[rows]] == zone] if len(rows) else rows
        enterprises, products = self.chain.ids("enterprises"), self.chain.ids("products")
        run: set[str] = set()
        for i in rows:
            maker, made = enterprises[plants.enterprise[i]], products[plants.product[i]]
            unit = (self.chain.row("products", str(made)) or {})["unit"]
            for row in facts_of(self.chain, "production", str(made), self.year):
                if row["enterprise_id"] == maker:
                    yield {**row, "unit": unit}, "output"
            run |= set(self.chain.ids("processes")[plants.route_process[plants.route_row == i]])
        for process in taking(self.chain, product):
            if process in run:
                for row in facts_of(self.chain, "process_flows", product):
                    if row["process_id"] == process and row["role"] == "feedstock":
                        yield row, "quantity"
