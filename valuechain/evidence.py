"""What a figure rests on: the rows of the dataset behind it, each with source, year and grade.

Rows are found by index (a sort by product, done once), not by a scan for each question, and a row that was
read stays read.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import pyarrow as pa

from graph_schema import TABLES, Key, Quantity, Text
from valuechain.arrays import Groups, grouped, of_year
from valuechain.model import Codes, ValueChain, grades

MOST_HELD = 200_000
"""Rows of a table that are held as dictionaries; further ones are made anew each time, to bound the memory."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One cell of the dataset that a row of an answer rests on."""

    table: Annotated[str, Text("table of the dataset")]
    row: Annotated[str, Text("key of the row")]
    column: Annotated[str, Text("column")]
    value: Annotated[float | None, Quantity("unit", "what it says; unknown where the cell is blank")]
    unit: Annotated[str, Text("unit of the value")]
    year: Annotated[int | None, Text("year of the figure")]
    source_id: Annotated[str | None, Key("sources", "where it comes from")]
    grade: Annotated[str | None, Text("how good it is")]
    basis: Annotated[str, Text("recorded, balanced or derived")]
    note: Annotated[str, Text("what its author says of it")]

    def __str__(self) -> str:
        value = "unknown" if self.value is None else f"{self.value:,.6g} {self.unit}".strip()
        year = f", {self.year}" if self.year is not None else ""
        return f"{self.table}: {self.row}, {self.column} = {value} ({self.source_id or 'no source'}{year})"


@dataclass(frozen=True, slots=True)
class Facts:
    """The fact rows of a table, with the grade resolved to the source's; `by_product` finds their positions."""

    rows: pa.Table
    by_product: Groups
    held: dict[int, dict[str, Any]]

    def pick(self, at: Codes) -> list[dict[str, Any]]:
        """Return the rows at given positions as dictionaries, each the caller's own."""
        wanted: list[int] = at.tolist()
        fresh = [i for i in wanted if i not in self.held]
        made = dict(zip(fresh, self.rows.take(pa.array(fresh)).to_pylist(), strict=True)) if fresh else {}
        if len(self.held) + len(made) <= MOST_HELD:
            self.held.update(made)
        return [dict(made[i] if i in made else self.held[i]) for i in wanted]


def facts(chain: ValueChain, table: str, year: int | None = None) -> Facts:
    """Return the fact rows of a table, of one year or of all, indexed once."""
    return chain.once(("by product", table, year), lambda: _index(chain, table, year))


def facts_of(chain: ValueChain, table: str, product: str, year: int | None = None) -> list[dict[str, Any]]:
    """Return the fact rows of one product as dictionaries, with the grade resolved to the source's."""
    found = facts(chain, table, year)
    return found.pick(found.by_product.of(chain.codes("products", [product])))


def cite(table: str, row: dict[str, Any], column: str, unit: str = "") -> Evidence:
    """Return one cell as evidence."""
    key = [str(row[k]) for k in TABLES[table].key if k not in ("source_id", "year") and row.get(k)]
    basis = row.get("basis") or ("derived" if column == "share" else "recorded")
    return Evidence(
        table=table,
        row=" · ".join(key),
        column=column,
        value=row.get(column),
        unit=unit or row.get("unit") or "",
        year=row.get("year"),
        source_id=row.get("source_id"),
        grade=row.get("resolved_grade") or row.get("grade"),
        basis=basis,
        note=row.get("note") or "",
    )


def cite_flow(row: dict[str, Any], unit: str) -> Evidence:
    """Return a flow row as evidence: its quantity, or the share of output by which it was stated."""
    by_share = row["quantity"] is None and row["share"] is not None
    return cite("flows", row, "share", "share") if by_share else cite("flows", row, "quantity", unit)


def cite_price(row: dict[str, Any], unit: str) -> Evidence:
    """Return a price row as evidence; its unit is money per product unit."""
    return cite("prices", row, "price", f"{row['currency']}/{unit}")


def _index(chain: ValueChain, table: str, year: int | None) -> Facts:
    rows = chain.facts(table)
    rows = rows.append_column("resolved_grade", grades(chain, rows))
    if year is not None:
        rows = of_year(rows, year)
    return Facts(rows, grouped(chain.codes("products", rows["product_id"]), len(chain.ids("products"))), {})
