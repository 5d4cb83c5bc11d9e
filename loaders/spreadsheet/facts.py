"""Rows of a sheet as rows of production and flows, in each product's own unit.

Rows of one maker, product and year: different words for the product (two grades of one alloy) are added up if
all amounts are known; the same words twice with the same figures count once, with different figures the amount
stays unknown, for nobody can tell which is right. A figure for several products belongs to none of them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_schema.cells.units import UnitError, canonical, factor
from graph_schema.checks.findings import Findings
from loaders.spreadsheet.amounts import Amount
from loaders.spreadsheet.columns import AMOUNTS
from loaders.spreadsheet.rows import Row

MARKET = {
    "market_id": "abroad", "name": "Abroad (country not stated)", "kind": "abroad",
    "name_kk": "Шетел", "name_ru": "За рубежом",
}  # fmt: skip
"""Where exports go if the sheet does not say to which country."""


_STATED = {"quantity": "output", "capacity": "capacity", "export": "export"}


@dataclass(slots=True)
class Made:
    """What one row states of one product in one year."""

    line: int
    words: str
    amounts: dict[str, float | None] = field(default_factory=dict)
    share: float | None = None
    notes: tuple[str, ...] = ()


class Facts:
    """Gathers what rows state, by maker, product and year."""

    def __init__(
        self, place: str, units: Mapping[str, str], findings: Findings, headers: Mapping[str, str]
    ) -> None:
        self._place, self._units, self._findings, self._headers = place, units, findings, headers
        self._made: dict[tuple[str, str, int], list[Made]] = {}
        self.skipped: Counter[str] = Counter()
        self.unfit: Counter[tuple[str, str]] = Counter()
        """Amounts by their unit and the one that is wanted."""

    def add(self, row: Row, maker: str, products: Sequence[tuple[str, str, tuple[str, ...]]]) -> None:
        """Add a row: `products` are (id, words, notes)."""
        for year, stated in row.years.items():
            amounts, share, shared = stated.amounts, stated.share, ""
            nothing = {role: amount for role, amount in amounts.items() if amount[0] == 0}
            if len(products) > 1 and (amounts != nothing or share):
                shared = self._shared(row, products, amounts)
                amounts, share = nothing, None if share else share
            if not products:
                self.skipped["of rows that name no product"] += len(amounts) + (share is not None)
            for product, words, notes in products:
                made = Made(row.line, words, {}, share, (*notes, *([shared] if shared else []), *row.notes))
                for role, amount in amounts.items():
                    made.amounts[role] = self._converted(row, role, product, amount, made)
                self._made.setdefault((maker, product, year), []).append(made)

    def _shared(
        self, row: Row, products: Sequence[tuple[str, str, tuple[str, ...]]], amounts: Mapping[str, Amount]
    ) -> str:
        said = ", ".join(f"{value:g} {unit}" for value, unit in amounts.values()) or "the share"
        names = ", ".join(words for _, words, _ in products)
        role = next(iter(amounts), "export_share")
        self._findings.add(
            "import.several_products",
            self._place,
            row.line,
            self._headers.get(role, ""),
            said,
            products=names,
        )
        self.skipped["for several products together"] += len(amounts) or 1
        return f"{said} stated for {names} together"

    def _converted(self, row: Row, role: str, product: str, amount: Amount, made: Made) -> float | None:
        value, unit = amount
        if value == 0:  # nothing is nothing in every unit
            return 0.0
        try:
            return float(f"{value * factor(unit, self._units[product]):.12g}")
        except UnitError as error:
            likely = f"use one of: {error.likely}" if error.likely else ""
            self._findings.add(
                "unit.dimension", self._place, row.line, self._headers.get(role, ""), f"{value:g} {unit}",
                unit=unit, product=product, to=self._units[product], likely=likely,
            )  # fmt: skip
            self.skipped["not in the product's unit"] += 1
            self.unfit[unit, self._units[product]] += 1
            made.notes = (*made.notes, f"{_STATED[role]} stated: {value:g} {unit}")
            return None

    def tables(self, source: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the rows of production and of flows."""
        production, flows = [], []
        for (maker, product, year), stated in sorted(self._made.items()):
            made = self._distinct(stated)
            note = "; ".join(
                dict.fromkeys([_rows_said(self._place, made), *(n for m in made for n in m.notes)])
            )
            common = {
                "product_id": product,
                "year": year,
                "unit": self._units[product],
                "source_id": source,
                "note": note[:2000],
            }
            sums = {role: self._sum(made, role) for role in AMOUNTS}
            production.append(
                {"enterprise_id": maker, **common, "output": sums["quantity"], "capacity": sums["capacity"]}
            )
            share, quantity = self._exported(made, sums["export"])
            if share is not None or quantity is not None:
                flows.append(
                    {
                        "from_id": maker,
                        "to_id": MARKET["market_id"],
                        **common,
                        "share": share,
                        "quantity": quantity,
                        "note": _rows_said(self._place, made),
                    }
                )
        return production, flows

    def _distinct(self, stated: list[Made]) -> list[Made]:
        """Leave out rows that say the same; where the same words have other figures, none counts."""
        kept: dict[str, Made] = {}
        for made in sorted(stated, key=lambda one: one.line):
            first = kept.setdefault(made.words.casefold(), made)
            if first is made:
                continue
            if (first.amounts, first.share) == (made.amounts, made.share):
                self._findings.add(
                    "import.repeated", self._place, made.line, "", made.words, other_line=first.line
                )
                continue
            for role in sorted({*first.amounts, *made.amounts}):
                mine, theirs = made.amounts.get(role), first.amounts.get(role)
                if mine != theirs and mine is not None and theirs is not None:
                    self._findings.add(
                        "import.two_figures", self._place, made.line, self._headers.get(role, ""), f"{mine:g}",
                        other=f"{theirs:g}", other_line=first.line,
                    )  # fmt: skip
                    first.notes = (
                        *first.notes,
                        f"row {made.line} states {mine:g}, row {first.line} {theirs:g}",
                    )
                    first.amounts[role] = None
                elif theirs is None and role not in first.amounts:
                    first.amounts[role] = mine
            if made.share != first.share:
                first.share = (
                    made.share if first.share is None else first.share if made.share is None else None
                )
        return list(kept.values())

    def _sum(self, made: Sequence[Made], role: str) -> float | None:
        """Add up what rows of different words state; unknown if one of them is."""
        values = [one.amounts.get(role) for one in made]
        known = [value for value in values if value is not None]
        return float(f"{sum(known):.12g}") if known and len(known) == len(values) else None

    def _exported(self, made: Sequence[Made], amount: float | None) -> tuple[float | None, float | None]:
        """Return what goes abroad as a share of the output, or as an amount where that is what is known."""
        if amount is not None:
            return None, amount
        shares = {one.share for one in made}
        if len(shares) == 1:
            return shares.pop(), None
        parts = [(one.share, one.amounts.get("quantity")) for one in made]
        known = [share * quantity for share, quantity in parts if share is not None and quantity is not None]
        return None, float(f"{sum(known):.12g}") if len(known) == len(parts) else None


def _rows_said(place: str, made: Sequence[Made]) -> str:
    file, _, sheet = place.partition("/")
    lines = [str(one.line) for one in made]
    words = f"row {lines[0]}" if len(lines) == 1 else f"rows {', '.join(lines[:20])} added up"
    return f"{words} of {f'sheet {sheet}' if sheet else file}"


def own_unit(units: Mapping[str, int]) -> str:
    """Return the unit in which a product of the sheet's own is counted: that of most of its amounts."""
    counted: dict[str, int] = {}
    for unit, count in units.items():
        base = next(
            (one for one in ("t", "m3", "MWh", "unit", "m2", "m", "h") if fits(unit, one)), canonical(unit)
        )
        counted[base] = counted.get(base, 0) + count
    return min(counted, key=lambda unit: (-counted[unit], unit)) if counted else "t"


def fits(unit: str, other: str) -> bool:
    """Say whether amounts in one unit can be given in the other."""
    try:
        factor(unit, other)
    except UnitError:
        return False
    return True
