"""The rows that a closing writes: collected per table, then put into a changed copy of the dataset.

Every row written says that it is of a simulation: source `simulation`, grade `inferred`, basis `derived`, and
a note. A row that is changed keeps its source and grade, so that it stays the one that counts; its note says
what it was before.
"""

import math
from typing import Any

from valuechain.evidence import facts_of
from valuechain.model import ValueChain
from valuechain.plants import Plants

Row = dict[str, Any]

SOURCE = "simulation"
_ORDER = ("sources", "enterprises", "ownership", "processes", "process_flows", "production", "flows")
_MARK = {"source_id": SOURCE, "grade": "inferred", "basis": "derived"}
_ASIDE = ("arrives", "resolved_grade")


class Draft:
    """Rows to be written, by table."""

    def __init__(self, chain: ValueChain, plants: Plants, year: int) -> None:
        self.chain, self.plants, self.year = chain, plants, year
        source = {"source_id": SOURCE, "title": "Simulated closing of a gap", "grade": "inferred"}
        self.rows: dict[str, list[Row]] = {"sources": [source]}

    def written(self) -> ValueChain:
        """Return the changed copy of the dataset."""
        chain = self.chain
        for table in _ORDER:
            if self.rows.get(table):
                chain = chain.with_rows(table, *self.rows[table])
        return chain

    def add(self, table: str, **row: Any) -> None:
        """Add a row, marked as simulated."""
        self.rows.setdefault(table, []).append({**_MARK, **row})

    def unit(self, product: str) -> str:
        """Return the unit of a product."""
        return str((self.chain.row("products", product) or {}).get("unit") or "")

    def make(self, who: str, product: str, process: str | None, output: float | None) -> None:
        """Let `who` make `output` more of a product, at full capacity; its sales stay as they are."""
        self.keep_sales(who, product)
        for row in facts_of(self.chain, "production", product, self.year):
            if row["enterprise_id"] == who and row["process_id"] == process and row["output"] is not None:
                capacity = row["capacity"]
                self._change(
                    "production", row, output=row["output"] + (output or 0.0),
                    capacity=None if capacity is None else capacity + (output or 0.0),
                )  # fmt: skip
                return
        self.add(
            "production", enterprise_id=who, product_id=product, process_id=process, year=self.year,
            output=output, capacity=output, unit=self.unit(product), note="Simulated plant",
        )  # fmt: skip

    def run_more(self, who: str, product: str, more: float) -> None:
        """Let the rows of a plant with idle capacity make `more` of a product; its sales stay as they are."""
        self.keep_sales(who, product)
        rows = facts_of(self.chain, "production", product, self.year)
        mine = [r for r in rows if r["enterprise_id"] == who and None not in (r["output"], r["capacity"])]
        idle = {i: room for i, r in enumerate(mine) if (room := r["capacity"] - r["output"]) > 0}
        for i, room in idle.items():
            self._change("production", mine[i], output=mine[i]["output"] + more * room / sum(idle.values()))

    def keep_sales(self, who: str, product: str) -> None:
        """Write sales that are given as a share of the output as the amounts that they are today."""
        for row in facts_of(self.chain, "flows", product, self.year):
            if row["from_id"] == who and row["quantity"] is None and row["share"] is not None:
                self._change("flows", row, quantity=self.amount(row), share=None, unit=self.unit(product))

    def amount(self, flow: Row) -> float | None:
        """Return the quantity of a flow row, by share of output where that is what is known."""
        if flow["quantity"] is not None or flow["share"] is None:
            quantity: float | None = flow["quantity"]
            return quantity
        (seller,) = self.chain.codes("enterprises", [flow["from_id"]])
        (product,) = self.chain.codes("products", [flow["product_id"]])
        made = (self.plants.enterprise == seller) & (self.plants.product == product)
        output = float(self.plants.output[made].sum()) if made.any() else math.nan
        return None if math.isnan(output) else float(f"{flow['share'] * output:.12g}")

    def lessen(self, flows: list[Row], taken: float) -> list[tuple[Row, float]]:
        """Take `taken` off flow rows in proportion to their amounts; return what came off each."""
        known = [(row, amount) for row in flows if (amount := self.amount(row))]
        total = sum(amount for _, amount in known)
        parts = [(row, min(amount, amount * taken / total)) for row, amount in known] if total else []
        for (row, part), (_, amount) in zip(parts, known, strict=True):
            left = 0.0 if taken >= total else amount - part
            value = None if row["value"] is None else row["value"] * left / amount
            self._change(
                "flows", row, quantity=left, share=None, value=value, unit=self.unit(row["product_id"])
            )
        return parts

    def deliver(self, seller: str, buyer: str, product: str, quantity: float, process: str | None) -> None:
        """Add a delivery beside what the two trade already."""
        ends = {"from_id": seller, "to_id": buyer, "product_id": product, "process_id": process}
        for row in self.rows.get("flows", ()):
            if row.get("flow_id") == SOURCE and all(row[name] == ends[name] for name in ends):
                row["quantity"] += quantity
                return
        self.add(
            "flows", **ends, year=self.year, flow_id=SOURCE, quantity=quantity, unit=self.unit(product),
            note="Simulated delivery",
        )  # fmt: skip

    def _change(self, table: str, row: Row, **cells: Any) -> None:
        was = ", ".join(f"{name} {row[name]:,.12g}" for name in cells if isinstance(row.get(name), float))
        plain = {name: value for name, value in row.items() if name not in _ASIDE}
        mark = {"basis": "derived", "note": f"Changed by a simulation; before: {was}"}
        self.rows.setdefault(table, []).append({**plain, **mark, **cells})
