"""The rows of a sheet in plain words: who makes what, how much, where, whose.

A row is set aside, with its reason, where it is no maker's: a row of totals, a heading inside the table or a
footnote (one cell filled), a row without a maker. A row that leaves the maker blank under a filled one, and has
no number of its own, goes on with the maker above. A year stands in the header, the row or the title, or is given.
Codes of the HS that stand where a product should are its code. Figures are read by `amounts`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from graph_schema import ParameterError
from graph_schema.cells.kinds import EXCEL_ERROR
from graph_schema.cells.text import code_point, control, nfc, shown
from graph_schema.checks.findings import Findings
from graph_schema.checks.sheet import TOTAL
from loaders.recognition.enterprises import core
from loaders.spreadsheet.amounts import LONGEST_NOTE, Amounts, Year
from loaders.spreadsheet.columns import FIGURES, Guess, is_unit
from loaders.spreadsheet.figures import UNKNOWN, year_of
from loaders.spreadsheet.grid import line_of
from loaders.spreadsheet.header import Sheet
from loaders.spreadsheet.mapping import Mapping
from loaders.spreadsheet.parts import code_before
from loaders.spreadsheet.words import year_in
from loaders.workbook import Formula

_TOTAL = re.compile(TOTAL)
_ERROR = re.compile(EXCEL_ERROR, re.IGNORECASE)
_TITLE_UNIT = re.compile(
    r"(?:\(|,|единица измерения:?|өлшем бірлігі:?|unit:?)\s*(?:в |in )?([^(),|]{1,20}?)\s*(?:\)|,|\||$)", re.I
)


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
    without: int
    """Amounts without a unit."""


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
            guess.role: guess.column for guess in guesses if guess.role not in ("", "note", *FIGURES)
        }
        self._dated = [guess for guess in self._guesses if guess.role in FIGURES]
        self._numbering = [guess.column.cells for guess in guesses if guess.role == "ignore"]
        self._said: list[str] = []
        self._year, self._base = self._years()
        self._amounts = Amounts(sheet, self._guesses, asked, self._unit_above(), findings)

    def _years(self) -> tuple[int | None, int]:
        """Return the year of rows and columns that name none, and the base year."""
        dated = [guess.year for guess in self._dated if guess.year]
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
        undated = [guess for guess in self._dated if not guess.year]
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
        self._said += self._amounts.tell()
        if carried:
            words = f"{carried} rows leave the maker blank; they are read as rows of the maker above."
            self._said.append(words)
        amounts = self._amounts
        without = amounts.without.total()
        return Rows(rows, aside, self._base, amounts.read, amounts.skipped, self._said, without)

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
        code, words = code_before(row.product)
        if code:  # it stands where the words of the product should
            row.product, row.hs_code = words, row.hs_code or code
        for name in ("region", "district", "owner"):
            text = self._text(name, at)
            setattr(row, name, "" if text.casefold() in UNKNOWN else text)
        if not maker and above:
            row.region, row.district = row.region or above.region, row.district or above.district
            row.notes.append(f"maker as in row {above.line}")
        year = self._row_year(at, line)
        if year is None and (self._one.get("year") or not self._dated):
            return None
        self._amounts.fill(row, at, year)
        if not row.years and (year or self._base):
            row.years[year or self._base] = Year()
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

    def _keep_words(self, row: Row, at: int) -> None:
        """Keep the cells of columns that no table holds."""
        for guess in self._guesses:
            if guess.role not in ("", "note"):
                continue
            text = line_of(guess.column.cells[at])
            if text:
                row.notes.append(f"{guess.column.key}: {text[:LONGEST_NOTE]}")
