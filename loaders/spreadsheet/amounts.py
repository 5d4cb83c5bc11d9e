"""The figures of the rows: amounts with their units, values in money, shares, and what has to be said of them.

An amount takes the unit of its cell, else of the unit column, else of the header, else of the title, else the given
one. Where header and unit column differ, or one of them names a unit that is not known, the amount is not used: a unit
given for amounts that name none is not for these. Money is no amount; the value exported and the value made, of one
row, year and currency, give the share exported. Nothing exported is a share of zero in whatever unit it is stated.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph_schema.cells.units import UnitError, canonical, factor
from graph_schema.checks.findings import Findings
from loaders.spreadsheet.columns import AMOUNTS, VALUES, Guess, is_unit
from loaders.spreadsheet.figures import UNKNOWN, Figure, Reader, share_of, unknown_unit
from loaders.spreadsheet.grid import line_of
from loaders.spreadsheet.header import Sheet
from loaders.spreadsheet.mapping import Mapping
from loaders.spreadsheet.money import Value, is_money, value_of

if TYPE_CHECKING:
    from loaders.spreadsheet.rows import Row

LONGEST_NOTE = 200

Amount = tuple[float, str]


@dataclass(slots=True)
class Year:
    """What a row states for one year; nothing where it is not known."""

    stated: bool = False
    amounts: dict[str, Amount] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    share: float | None = None


@dataclass(slots=True)
class _Left:
    """Figures of one kind that are left out: how many, and the first of them."""

    count: int
    line: int
    figure: Figure


class Amounts:
    """Reads the figures of the rows of one sheet."""

    def __init__(
        self, sheet: Sheet, guesses: Sequence[Guess], asked: Mapping, title_unit: str, findings: Findings
    ) -> None:
        self._sheet, self._asked, self._findings, self._title_unit = sheet, asked, findings, title_unit
        self._amounts = [one for one in guesses if one.role in AMOUNTS or one.role in VALUES.values()]
        self._shares = [one for one in guesses if one.role == "export_share"]
        self._others = {one.role: one for one in guesses if one.role in ("employees", "owner_share")}
        self._unit = next((one.column for one in guesses if one.role == "unit"), None)
        numeric = (*self._amounts, *self._shares, *self._others.values())
        self._reader = Reader((one.column.cells for one in numeric), asked.decimal)
        self._units: dict[str, Counter[str]] = {}
        self._percent: dict[int, bool] = {}
        self._unsure: dict[str, _Left] = {}
        self._unknown: dict[tuple[str, str], _Left] = {}
        self._money: Counter[str] = Counter()
        self._by_value = 0
        self.without: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.read = 0

    def fill(self, row: "Row", at: int, year: int | None) -> None:
        """Read the figures of a row; `year` is that of columns that name none."""
        for guess in self._amounts:
            when = guess.year or year
            if when:
                kept = row.years.get(when) or Year()
                if self._amount(guess, at, row, kept):
                    row.years[when] = kept
        for guess in self._shares:
            figure = self._figure(guess, at, row)
            part = share_of(figure, guess.percent or self._in_percent(guess))
            when = guess.year or year
            if part is not None and (not 0 <= part <= 1 or figure.unit not in ("", "%")):
                self._refuse("import.share", guess, at, row, figure)
            elif part is not None and when:
                row.years.setdefault(when, Year()).share = part
                self.read += 1
        for kept in row.years.values():
            self._share_of_values(kept, row)
        self._other_figures(row, at)

    def _other_figures(self, row: "Row", at: int) -> None:
        for role, guess in self._others.items():
            figure = self._figure(guess, at, row)
            if role == "employees":
                row.employees = figure.value
            else:
                part = share_of(figure, guess.percent or self._in_percent(guess))
                row.owner_share = part if part is not None and 0 < part <= 1 else None

    def _in_percent(self, guess: Guess) -> bool:
        """Say whether the shares of a column are per cent: one of them is above 1."""
        place = guess.column.place
        if place not in self._percent:
            self._percent[place] = any(value > 1 for value in self._bare(guess))
        return self._percent[place]

    def _bare(self, guess: Guess) -> list[float]:
        """Return the shares of a column that bring no per cent sign of their own."""
        figures = map(self._reader.read, guess.column.cells)
        return [figure.value for figure in figures if figure.value is not None and figure.unit != "%"]

    def _figure(self, guess: Guess, at: int, row: "Row") -> Figure:
        figure = self._reader.read(guess.column.cells[at])
        if figure.problem == "import.decimal":
            self._leave(self._unsure, guess.column.key, at, figure)
            self._keep(guess, row, figure.stated, "of an unclear decimal mark")
        elif figure.problem:
            self._refuse(figure.problem, guess, at, row, figure, **dict(figure.words))
        elif figure.value is None and figure.stated:
            self.skipped["not stated (н/д, -)"] += 1
        return figure

    def _leave(self, left: dict, key: object, at: int, figure: Figure) -> None:  # type: ignore[type-arg]
        """Count a figure that is left out; the first of its kind is shown."""
        left.setdefault(key, _Left(0, self._sheet.lines[at], figure)).count += 1

    def _keep(self, guess: Guess, row: "Row", said: str, why: str) -> None:
        """Keep the words of a figure that is not used in the note, and count why it is not."""
        self.skipped[why] += 1
        row.notes.append(f"{guess.column.key}: {said[:LONGEST_NOTE]}")

    def _refuse(self, code: str, guess: Guess, at: int, row: "Row", figure: Figure, **words: object) -> None:
        place, line = self._sheet.place, self._sheet.lines[at]
        self._findings.add(code, place, line, guess.column.key, figure.stated, **words)
        self._keep(guess, row, figure.stated, "not readable")

    def _amount(self, guess: Guess, at: int, row: "Row", kept: Year) -> bool:
        """Read one amount into the year `kept`; return whether the cell states something."""
        figure = self._figure(guess, at, row)
        if figure.value is None:
            kept.stated |= guess.role == "quantity" and bool(figure.stated)
            return bool(figure.stated)
        kept.stated |= guess.role == "quantity"
        key, beside = guess.column.key, self._beside(at)
        header = (
            self._asked.units.get(key) or self._asked.units.get(f"#{guess.column.place + 1}") or guess.unit
        )
        money = figure.unit or beside or ("" if header else key)
        unit = figure.unit or beside or header or self._title_unit or self._asked.unit
        odd = "" if figure.unit else beside if beside and not is_unit(beside) else "" if header else guess.odd
        if figure.unit == "%":
            self._refuse("import.number", guess, at, row, figure, reason="it is per cent")
        elif guess.role in VALUES.values() or is_money(money):
            self._value(guess, row, figure, beside, kept)
        elif guess.role == "export" and figure.value == 0 and (odd or not unit):
            kept.share, self.read = 0.0, self.read + 1
        elif odd:
            self._leave(self._unknown, (self._key(guess, beside), odd), at, figure)
            self._keep(guess, row, f"{figure.stated} {odd}", "in a unit that is not known")
        elif beside and header and not figure.unit and _differ(beside, header):
            why = f"the header says {header}, the unit column {beside}"
            hint = "say one of them in [units] of a --mapping"
            self._refuse("import.number", guess, at, row, figure, reason=why, hint=hint)
        elif not unit:
            self.without[key] += 1
            self._keep(guess, row, f"{figure.stated} (no unit)", "without a unit")
        else:
            self._units.setdefault(key, Counter())[unit] += 1
            self.read += 1
            kept.amounts[guess.role] = (figure.value, unit)
        return True

    def _beside(self, at: int) -> str:
        """Return what the unit column says; nothing if it does not say."""
        text = line_of(self._unit.cells[at]) if self._unit else ""
        return "" if text.casefold() in UNKNOWN else text

    def _key(self, guess: Guess, beside: str) -> str:
        return self._unit.key if self._unit and beside else guess.column.key

    def _value(self, guess: Guess, row: "Row", figure: Figure, beside: str, kept: Year) -> None:
        """Keep a value in money; it is no amount, and its words stay in the note."""
        words = figure.unit or beside
        said = f"{figure.stated} {beside}" if beside and not figure.unit else figure.stated
        self._money[guess.column.key] += 1
        self._keep(guess, row, said, "in money")
        role = VALUES.get(guess.role, guess.role)
        if figure.value is not None and role in VALUES.values():
            kept.values[role] = value_of(figure.value, words if is_money(words) else guess.column.key, said)

    def _share_of_values(self, kept: Year, row: "Row") -> None:
        """Take the share exported from the values of one currency, where no share or amount is stated."""
        made, sold = kept.values.get("output_value"), kept.values.get("export_value")
        if sold is None or kept.share is not None or "export" in kept.amounts:
            return
        if sold.amount == 0:
            kept.share = 0.0
        elif made and sold.currency and made.currency == sold.currency:
            if sold.amount > made.amount:
                self._findings.add(
                    "import.value_share", self._sheet.place, row.line, "", sold.stated, output=made.stated
                )
                return
            kept.share = round(sold.amount / made.amount, 12)
            row.notes.append(
                f"share exported by value: {made.currency} {sold.amount:,.15g} of {made.amount:,.15g}"
            )
        if kept.share is not None:
            self._by_value += 1

    def tell(self) -> list[str]:
        """Report what concerns whole columns; return what a person should know of how they were read."""
        place, line = self._sheet.place, self._sheet.header_lines[0] if self._sheet.header_lines else 1
        for key, left in sorted(self._unsure.items()):
            words = dict(left.figure.words)
            other = "." if words["mark"] == "," else ","
            said = {**words, "other": other, "count": left.count}
            self._findings.add("import.decimal", place, left.line, key, left.figure.stated, **said)
        for (key, unit), left in sorted(self._unknown.items()):
            beside = self._unit and key == self._unit.key
            hint = "" if beside else "; or say in [units] of a --mapping what the column is counted in"
            said = {**unknown_unit(unit), "count": left.count, "more": hint}
            self._findings.add("import.unknown_unit", place, left.line if beside else line, key, unit, **said)
        for key, count in sorted(self._money.items()):
            self._findings.add("import.money", place, line, key, count=count)
        for key, count in sorted(self.without.items()):
            self._findings.add("import.no_unit", place, line, key, count=count)
        for key, units in sorted(self._units.items()):
            if len(dict.fromkeys(map(canonical, units))) > 1:
                listed = ", ".join(f"{unit} ({count})" for unit, count in sorted(units.items()))
                self._findings.add("import.mixed_units", place, line, key, units=listed)
        for guess in self._shares:
            shares = self._bare(guess) if guess.percent else []
            if any(0 < share < 1 for share in shares) and max(shares) <= 1:
                self._findings.add("import.small_shares", place, line, guess.column.key)
        if not self._by_value:
            return []
        return [f"Shares exported that are taken from values in money of the same row: {self._by_value}."]


def _differ(unit: str, other: str) -> bool:
    try:
        return factor(unit, other) != 1
    except UnitError:
        return True
