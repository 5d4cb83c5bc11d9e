"""The cells of one sheet of a messy spreadsheet, before anything is understood.

A workbook is looked at by `loaders.archive` before it is opened; of its sheets only visible ones are read. A
CSV text is UTF-8, UTF-16 with a mark, or windows-1251 where it is no UTF-8; the delimiter is the one that
parts most rows alike. A number that a workbook shows as per cent is read as it is shown (`67%`). A value that
stands in the first of several cells merged downwards holds for all of them. Hidden rows and columns are read like
others.
"""

import csv
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph_schema import NotFoundError
from graph_schema.cells.text import nearest, nfc, shown, visible
from graph_schema.checks.findings import Findings
from graph_schema.checks.header import MOST_COLUMNS
from loaders import archive
from loaders.csv_file import kind_of, open_at_once
from loaders.description import DELIMITERS
from loaders.raw import LARGEST_FILE, is_blank
from loaders.workbook import Formula, opened, sheet_parts

MOST_CELL = 10_000
"""Characters of a cell that are kept."""

_RANGE = re.compile(r"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)")
_SAMPLE = 200


@dataclass(slots=True)
class Grid:
    """Rows with cells, their line in the sheet, and what a person should know of how they were read."""

    file: str
    title: str
    rows: list[Sequence[object]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First line, first place, last line, last place; lines from 1, places from 0."""
    said: list[str] = field(default_factory=list)
    others: tuple[str, ...] = ()
    """The other sheets of the workbook, hidden ones marked."""

    @property
    def place(self) -> str:
        """The sheet as problems name it."""
        return f"{self.file}/{self.title}" if self.title else self.file


def read_grids(path: Path, sheet: str, findings: Findings, encoding: str = "", mark: str = "") -> list[Grid]:
    """Read the sheets of the file at `path` that may hold the table: those visible, or `sheet` alone.

    Raises
    ------
    NotFoundError
        If there is no such file or sheet.
    """
    if not path.is_file():
        raise NotFoundError("spreadsheet", str(path), _neighbours(path))
    if path.stat().st_size > LARGEST_FILE:
        size = f"{path.stat().st_size:,} bytes"
        findings.add("file.too_large", path.name, size=size, limit=f"{LARGEST_FILE:,} bytes")
        return []
    with open_at_once(path) as content:
        head = content.read(4096)
    if path.suffix.casefold() in (".xlsx", ".xlsm", ".xls", ".xlsb") or head[:2] == b"PK":
        return _book(path, sheet, findings)
    if not head.strip():
        findings.add("file.empty", path.name, columns="a maker and a product")
        return []
    utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    kind = "" if utf16 else kind_of(head)
    if kind:
        findings.add("file.not_csv", path.name, kind=kind)
        return []
    return _text(path, "utf-16" if utf16 else encoding, mark, findings)


def _neighbours(path: Path) -> tuple[str, ...]:
    try:
        names = [
            entry.name for entry in path.parent.iterdir() if entry.suffix.casefold() in (".xlsx", ".csv")
        ]
    except OSError:
        return ()
    return nearest(path.name, sorted(names))


def _text(path: Path, declared: str, mark: str, findings: Findings) -> list[Grid]:
    """Read a CSV text in the first encoding in which all of it is valid."""
    encodings = [declared] if declared else ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        grid = Grid(path.name, "")
        try:
            with path.open(encoding=encoding, newline="") as text:
                delimiter = mark or _delimiter(path, encoding)
                _fill_text(grid, csv.reader(text, delimiter=delimiter, strict=True), findings)
        except UnicodeError:
            continue
        except csv.Error as error:
            line = len(grid.lines) and grid.lines[-1] + 1
            limit = f"{csv.field_size_limit():,}"
            code = "cell.huge" if "field limit" in str(error) else "csv.quote"
            findings.add(code, path.name, line, opened=line, found="the end", limit=limit)
            return []
        if encoding == "cp1251" and not declared:
            grid.said.append("The file is no UTF-8; it is read as windows-1251.")
        return [grid]
    findings.add("encoding.not_utf8", path.name, encoding=declared or "UTF-8", hint="save it as UTF-8")
    return []


def _delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that parts most of the first rows into the same number of cells."""
    with path.open(encoding=encoding, newline="") as text:
        head = [line for line, _ in zip(text, range(_SAMPLE), strict=False)]
    best, most = ",", 0
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(head, delimiter=delimiter) if len(row) > 1)
        width, rows = widths.most_common(1)[0] if widths else (0, 0)
        if rows * min(width, 12) > most:
            best, most = delimiter, rows * min(width, 12)
    return best


def _fill_text(grid: Grid, rows: Any, findings: Findings) -> None:
    shared: dict[str, str] = {}
    line = 1
    for row in rows:
        if not is_blank(row):
            _add(grid, [shared.setdefault(cell, cell) for cell in row], line, findings)
        line = rows.line_num + 1


def _add(grid: Grid, row: Sequence[object], line: int, findings: Findings) -> None:
    """Keep a row that has cells; what is too wide is said once."""
    if len(row) > MOST_COLUMNS:
        if not is_blank(row[MOST_COLUMNS:]) and findings.room("header.too_wide"):
            findings.add("header.too_wide", grid.place, line, found=len(row), limit=MOST_COLUMNS)
        row = row[:MOST_COLUMNS]
    grid.rows.append(row)
    grid.lines.append(line)


def _book(path: Path, wanted: str, findings: Findings) -> list[Grid]:
    parts = archive.inspect(path, findings)
    if parts is None:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of features that hold no data
            with opened(path, formulas=bool(parts.formulas)) as (book, formulas):
                files = sheet_parts(path)
                return [
                    _sheet(sheet, path.name, parts, files.get(sheet.title, ""), formulas, findings)
                    for sheet in _chosen(book, path, wanted, findings)
                ]
    except NotFoundError:
        raise
    except Exception as error:  # openpyxl lets many kinds of errors through for damaged parts
        reason = f"a part of it is damaged ({type(error).__name__}: {str(error)[:100]})"
        findings.add(
            "excel.format", path.name, reason=reason, hint="open it in a spreadsheet program and save it"
        )
        return []


def _chosen(book: Any, path: Path, wanted: str, findings: Findings) -> list[Any]:
    """Return the sheets to read: the one asked for, hidden or not, else those that are visible."""
    titles = {nfc(sheet.title).strip().casefold(): sheet for sheet in book.worksheets}
    if wanted:
        found = titles.get(nfc(wanted).strip().casefold())
        if found is None:
            raise NotFoundError("sheet", wanted, tuple(sheet.title for sheet in book.worksheets)[:5])
        return [found]
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            findings.add("sheet.hidden", f"{path.name}/{sheet.title}")
    return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _sheet(sheet: Any, file: str, parts: archive.Parts, part: str, formulas: Any, findings: Findings) -> Grid:
    grid = Grid(file, sheet.title, merged=[_corners(one) for one in parts.ranges.get(part, ())])
    marked = formulas[sheet.title] if formulas and part in parts.formulas else None
    shared: dict[object, object] = {}
    for line, row in enumerate(_rows(sheet, marked), 1):
        cells = [shared.setdefault(cell, cell) if isinstance(cell, str) else cell for cell in row]
        if not is_blank(cells):
            _add(grid, cells, line, findings)
    _spread(grid)
    grid.others = tuple(
        f"'{shown(one.title)}'" + ("" if one.sheet_state == "visible" else " (hidden)")
        for one in sheet.parent.worksheets
        if one.title != sheet.title
    )
    return grid


def _rows(sheet: Any, formulas: Any) -> Iterator[list[object]]:
    """Yield the values as a person sees them: per cent as per cent, a formula without a value as such."""
    sheet.reset_dimensions()  # the size that a sheet states is not trusted
    percent: dict[int, bool] = {}
    if formulas is None:
        for row in sheet.iter_rows():
            yield [_value(cell, percent) for cell in row]
        return
    formulas.reset_dimensions()
    for row, others in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
        yield [
            Formula(str(getattr(other.value, "text", other.value)))
            if cell.value is None and cell.data_type != "str" and other.data_type == "f"
            else _value(cell, percent)
            for cell, other in zip(row, others, strict=True)
        ]


def _value(cell: Any, percent: dict[int, bool]) -> object:
    value = cell.value
    if isinstance(value, str):
        return value[:MOST_CELL]
    if isinstance(value, int | float) and not isinstance(value, bool):
        style = cell._style_id
        if style not in percent:
            percent[style] = "%" in (cell.number_format or "")
        if percent[style]:
            return f"{round(value * 100, 10):.15g}%"
    return value


def _corners(text: str) -> tuple[int, int, int, int]:
    """Return the corners of a range such as `B2:D3`; an empty one if it cannot be read."""
    match = _RANGE.fullmatch(text)
    if not match:
        return (0, 0, 0, 0)
    return int(match[2]), _place(match[1]), int(match[4]), _place(match[3])


def _place(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _spread(grid: Grid) -> None:
    """Write the value of merged cells into each of them downwards; across is left to the header."""
    at = {line: place for place, line in enumerate(grid.lines)}
    for top, left, bottom, right in grid.merged:
        first = at.get(top)
        if first is None or bottom == top or left >= len(grid.rows[first]):
            continue
        value = grid.rows[first][left]
        for line in range(top + 1, min(bottom, grid.lines[-1]) + 1):
            if line in at and left == right:
                row = list(grid.rows[at[line]])
                row += [None] * (left + 1 - len(row))
                row[left] = value
                grid.rows[at[line]] = row


def line_of(cell: object) -> str:
    """Return a cell as one line of visible text."""
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        return cell.text
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell)
    if text.isascii() and text.isalnum():
        return text
    text = "".join(
        c if c >= " " else " " for c in nfc(text) if not ("\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff")
    )
    return " ".join(visible(text).split())
