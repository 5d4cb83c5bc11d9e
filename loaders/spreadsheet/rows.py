"""The rows of a sheet in plain words: who makes what, how much, where, whose.

A row is set aside, with its reason, where it is no maker's: a row of totals, a heading inside the table or a
footnote (one cell filled), a row without a maker. A row that leaves the maker blank under a filled one, and has
no number of its own, goes on with the maker above. Amounts take the unit of their cell, else of the unit column,
else of the header, else of the title, else the given one; where header and unit column differ the amount is not
used. A year stands in the header, the row or the title, or is given.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from graph_schema import ParameterError
from graph_schema.cells.kinds import EXCEL_ERROR
from graph_schema.cells.text import code_point, control, nfc, shown
from graph_schema.cells.units import UnitError, canonical, factor
from graph_schema.checks.findings import Findings
from graph_schema.checks.sheet import TOTAL
from loaders.recognition.enterprises import core
from loaders.spreadsheet.columns import AMOUNTS, Guess, is_unit
from loaders.spreadsheet.figures import UNKNOWN, Figure, Reader, share_of, unknown_unit, year_of
from loaders.spreadsheet.grid import line_of
from loaders.spreadsheet.header import Sheet
from loaders.spreadsheet.mapping import Mapping
from loaders.spreadsheet.words import year_in
from loaders.workbook import Formula

_TOTAL = re.compile(TOTAL)
_ERROR = re.compile(EXCEL_ERROR, re.IGNORECASE)
_LONGEST_NOTE = 200
_TITLE_UNIT = re.compile(
    r"(?:\(|,|единица измерения:?|өлшем бірлігі:?|unit:?)\s*(?:в |in )?([^(),|]{1,20}?)\s*(?:\)|,|\||$)", re.I
)

Amount = tuple[float, str]


@dataclass(slots=True)
class Year:
    """What a row states for one year; nothing where it is not known."""

    stated: bool = False
    amounts: dict[str, Amount] = field(default_factory=dict)
    share: float | None = None


@dataclass(slots=True)
class Row:
    """One row that names a maker."""

    line: int
    maker: str
    product: str = ""
    hs_code: str = ""
    region: str = ""
    district: str = ""
    owner: str = ""
    owner_share: float | None = None
    employees: float | None = None
    years: dict[int, Year] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that is not used, with its reason; `mistake` where somebody should mend it."""

    line: int
    reason: str
    cells: tuple[str, ...]
    mistake: bool


@dataclass(slots=True)
class Rows:
    """The rows of a sheet, those set aside, the base year, and how many figures were read and skipped."""

    rows: list[Row]
    aside: list[Aside]
    base_year: int
    read: int
    skipped: Counter[str]
    said: list[str]


def read_rows(sheet: Sheet, guesses: Sequence[Guess], asked: Mapping, findings: Findings) -> Rows:
    """Return what the rows of a sheet say.

    Raises
    ------
    ParameterError
        If no year is to be found.
    """
    return _Rows(sheet, guesses, asked, findings).read()


class _Rows:
    def __init__(self, sheet: Sheet, guesses: Sequence[Guess], asked: Mapping, findings: Findings) -> None:
        self._sheet, self._asked, self._findings = sheet, asked, findings
        self._guesses = sorted(guesses, key=lambda guess: (guess.column.key, guess.column.place))
        self._one = {
            guess.role: guess.column for guess in guesses if guess.role not in ("", "note", *AMOUNTS)
        }
        self._amounts = [guess for guess in self._guesses if guess.role in AMOUNTS]
        self._shares = [guess for guess in self._guesses if guess.role == "export_share"]
        self._numbering = [guess.column.cells for guess in guesses if guess.role == "ignore"]
        numeric = [
            *self._amounts,
            *self._shares,
            *(g for g in guesses if g.role in ("employees", "owner_share")),
        ]
        self._reader = Reader((guess.column.cells for guess in numeric), asked.decimal)
        self._said: list[str] = []
        self._year, self._base = self._years()
        self._title_unit = self._unit_above()
        self._units: dict[str, Counter[str]] = {}
        self._percent: dict[int, bool] = {}
        self._without: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._read = 0

    def _years(self) -> tuple[int | None, int]:
        """Return the year of rows and columns that name none, and the base year."""
        dated = [guess.year for guess in (*self._amounts, *self._shares) if guess.year]
        given = self._asked.year
        title = year_in(f"{self._sheet.above} {self._sheet.title}")
        column = self._one.get("year")
        rows = [year for cell in column.cells if (year := year_of(cell))] if column else []
        if given is None and title and not dated and not rows:
            self._said.append(f"The year {title} is taken from the title above the table.")
            given = title
        if given is None and not dated and not rows:
            raise ParameterError(
                "year", "the sheet does not say of which year its figures are; say it: --year 2023"
            )
        base = max(dated + rows) if dated or rows else given
        assert base is not None  # noqa: S101 - one of the three is there
        undated = [guess for guess in (*self._amounts, *self._shares) if not guess.year]
        if dated and undated and not rows and given is None:
            names = ", ".join(f"'{guess.column.key}'" for guess in undated)
            self._said.append(f"{names} names no year; taken for {base}, the latest year of the sheet.")
            given = base
        return given, base

    def _unit_above(self) -> str:
        for match in _TITLE_UNIT.finditer(self._sheet.above):
            unit = match[1].strip(" .")
            if is_unit(unit):
                self._said.append(f"The unit '{unit}' is taken from the title above the table.")
                return unit
        return ""

    def read(self) -> Rows:
        rows: list[Row] = []
        aside: list[Aside] = []
        above: Row | None = None
        carried = 0
        for at, line in enumerate(self._sheet.lines):
            reason, mistake = self._no_row(at, above is not None)
            row = None if reason else self._row(at, line, above)
            if row is None:
                why = reason or "its year cannot be read"
                aside.append(Aside(line, why, self._cells(at), mistake or not reason))
                continue
            carried += not self._text("enterprise", at)
            rows.append(row)
            above = row
        self._tell(carried)
        return Rows(rows, aside, self._base, self._read, self._skipped, self._said)

    def _cells(self, at: int) -> tuple[str, ...]:
        return tuple("" if c.cells[at] is None else shown(line_of(c.cells[at])) for c in self._sheet.columns)

    def _no_row(self, at: int, after: bool) -> tuple[str, bool]:
        """Say why a row is no maker's row, and whether that is a mistake."""
        filled = [column for column in self._sheet.columns if line_of(column.cells[at])]
        maker, product = self._text("enterprise", at, tell=True), self._text("product", at, tell=True)
        texts = [maker] if maker else [line_of(column.cells[at]) for column in filled]
        if any(_TOTAL.match(text) for text in texts):
            return "a row of totals", False
        alone = len(filled) == 1 and len(self._sheet.columns) > 1
        if alone and not (maker and core(maker).forms):
            return "one cell only: a heading or a footnote", False
        if maker and maker.casefold() not in UNKNOWN:
            return "", False
        if product and after and not maker and not any(line_of(cells[at]) for cells in self._numbering):
            return "", False
        self._findings.add(
            "import.no_maker", self._sheet.place, self._sheet.lines[at], self._key("enterprise"), maker
        )
        return "no maker", True

    def _key(self, role: str) -> str:
        return self._one[role].key if role in self._one else ""

    def _text(self, role: str, at: int, *, tell: bool = False) -> str:
        """Return a cell of words; with `tell`, what is wrong in it is reported."""
        column = self._one.get(role)
        if column is None:
            return ""
        cell = column.cells[at]
        text = line_of(cell)
        if not tell or not text:
            return "" if _ERROR.fullmatch(text) else text
        line = self._sheet.lines[at]
        if isinstance(cell, Formula):
            self._findings.add("cell.formula_no_value", self._sheet.place, line, column.key, cell.text)
            return ""
        if _ERROR.fullmatch(text):
            self._findings.add("cell.excel_error", self._sheet.place, line, column.key, text)
            return ""
        odd = control(str(cell).replace("\n", " ").replace("\t", " "))
        if odd:
            self._findings.add(
                "cell.invisible", self._sheet.place, line, column.key, cell, odd=code_point(odd)
            )
        return text

    def _row(self, at: int, line: int, above: Row | None) -> Row | None:
        maker = self._text("enterprise", at)
        row = Row(line, maker or (above.maker if above else ""))
        row.product, row.hs_code = self._lines("product", at), self._text("hs_code", at)
        for name in ("region", "district", "owner"):
            text = self._text(name, at)
            setattr(row, name, "" if text.casefold() in UNKNOWN else text)
        if not maker and above:
            row.region, row.district = row.region or above.region, row.district or above.district
            row.notes.append(f"maker as in row {above.line}")
        year = self._row_year(at, line)
        if year is None and (self._one.get("year") or not self._amounts):
            return None
        self._figures(row, at, year)
        self._keep_words(row, at)
        return row

    def _lines(self, role: str, at: int) -> str:
        """Return a cell of words with its line breaks: they may part products."""
        column = self._one.get(role)
        cell = column.cells[at] if column else None
        if not isinstance(cell, str):
            return self._text(role, at)
        return "\n".join(filter(None, map(line_of, nfc(cell).splitlines()))) if self._text(role, at) else ""

    def _row_year(self, at: int, line: int) -> int | None:
        column = self._one.get("year")
        cell = line_of(column.cells[at]) if column else ""
        if column and cell:
            year = year_of(column.cells[at])
            if year is None:
                self._findings.add("year.format", self._sheet.place, line, column.key, cell)
            return year
        if column and self._year is None:
            self._findings.add(
                "cell.required", self._sheet.place, line, column.key, what="the year; or say --year"
            )
            return None
        return self._year if self._year is not None else self._base

    def _figures(self, row: Row, at: int, year: int | None) -> None:
        """Read the amounts, shares and counts of a row."""
        for guess in self._amounts:
            stated, amount = self._amount(guess, at, row)
            when = guess.year or year
            if when and stated:
                kept = row.years.setdefault(when, Year())
                kept.stated |= guess.role == "quantity"
                if amount:
                    kept.amounts[guess.role] = amount
        for guess in self._shares:
            figure = self._figure(guess, at, row)
            part = share_of(figure, guess.percent or self._in_percent(guess))
            when = guess.year or year
            if part is not None and not 0 <= part <= 1:
                self._refuse("import.share", guess, at, row, figure, hint="")
            elif part is not None and when:
                row.years.setdefault(when, Year()).share = part
                self._read += 1
        for role in ("employees", "owner_share"):
            self._other_figure(role, row, at)
        if not row.years and (year or self._base):
            row.years[year or self._base] = Year()

    def _other_figure(self, role: str, row: Row, at: int) -> None:
        column = self._one.get(role)
        guess = next((g for g in self._guesses if g.column is column), None)
        if guess is None:
            return
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

    def _figure(self, guess: Guess, at: int, row: Row) -> Figure:
        figure = self._reader.read(guess.column.cells[at])
        if figure.problem:
            words = dict(figure.words)
            self._refuse(figure.problem, guess, at, row, figure, **words)
        elif figure.value is None and figure.stated:
            self._skipped["not stated (н/д, -)"] += 1
        return figure

    def _refuse(self, code: str, guess: Guess, at: int, row: Row, figure: Figure, **words: object) -> None:
        self._findings.add(
            code, self._sheet.place, self._sheet.lines[at], guess.column.key, figure.stated, **words
        )
        self._skipped["not readable"] += 1
        row.notes.append(f"{guess.column.key}: {figure.stated[:_LONGEST_NOTE]}")

    def _amount(self, guess: Guess, at: int, row: Row) -> tuple[bool, Amount | None]:
        """Return whether a cell states something, and its amount with unit."""
        figure = self._figure(guess, at, row)
        if figure.value is None:
            return bool(figure.stated), None
        column = self._one.get("unit")
        beside = line_of(column.cells[at]) if column else ""
        header = self._asked.units.get(guess.column.key) or guess.unit
        unit = figure.unit or beside or header or self._title_unit or self._asked.unit
        if figure.unit == "%":
            self._refuse("import.number", guess, at, row, figure, reason="it is per cent")
        elif beside and not is_unit(beside):
            self._refuse("unit.unknown", guess, at, row, figure, **{**unknown_unit(beside), "value": beside})
        elif beside and header and not figure.unit and _differ(beside, header):
            why = f"the header says {header}, the unit column {beside}"
            self._refuse(
                "import.number",
                guess,
                at,
                row,
                figure,
                reason=why,
                hint="say one of them in [units] of a --mapping",
            )
        elif not unit:
            self._without[guess.column.key] += 1
            self._skipped["without a unit"] += 1
            row.notes.append(f"{guess.column.key}: {figure.stated} (no unit)")
        else:
            self._units.setdefault(guess.column.key, Counter())[unit] += 1
            self._read += 1
            return True, (figure.value, unit)
        return True, None

    def _keep_words(self, row: Row, at: int) -> None:
        """Keep the cells of columns that no table holds."""
        for guess in self._guesses:
            if guess.role not in ("", "note"):
                continue
            text = line_of(guess.column.cells[at])
            if text:
                row.notes.append(f"{guess.column.key}: {text[:_LONGEST_NOTE]}")

    def _tell(self, carried: int) -> None:
        line = self._sheet.header_lines[0] if self._sheet.header_lines else 1
        for key, count in sorted(self._without.items()):
            self._findings.add("import.no_unit", self._sheet.place, line, key, count=count)
        for key, units in sorted(self._units.items()):
            if len(dict.fromkeys(map(canonical, units))) > 1:
                said = ", ".join(f"{unit} ({count})" for unit, count in sorted(units.items()))
                self._findings.add("import.mixed_units", self._sheet.place, line, key, units=said)
        for guess in self._shares:
            shares = self._bare(guess) if guess.percent else []
            if any(0 < share < 1 for share in shares) and max(shares) <= 1:
                self._findings.add("import.small_shares", self._sheet.place, line, guess.column.key)
        if carried:
            self._said.append(
                f"{carried} rows leave the maker blank; they are read as rows of the maker above."
            )


def _differ(unit: str, other: str) -> bool:
    try:
        return factor(unit, other) != 1
    except UnitError:
        return True
