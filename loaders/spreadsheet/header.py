"""Where the table of a sheet begins: its header, of one to three rows, and the rows under it.

The header is the block of rows, among the first ones, that names most different columns; of equal blocks the
one with fewer rows. A name merged across several columns, or standing left of blank cells with names below,
holds for each of them: `Объём производства, т / 2022 год`. A row of column numbers (1, 2, 3, ...) under the
header is no data. What stands above is a title: it may name the year or the unit of all figures.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from graph_schema.cells.text import nfc, shown
from loaders.raw import is_blank
from loaders.recognition.enterprises import core
from loaders.spreadsheet.grid import Grid
from loaders.spreadsheet.words import is_generic, role_of, year_in

DEEPEST = 60
"""Rows with cells among which the header is looked for."""

MOST_ROWS = 3
_FIGURE = re.compile(r"[\d\s.,]*\d\s*(%|$|[^\W\d_]{1,6}\.?$)")
_BARE_YEAR = re.compile(r"(19|20)\d\d\.?\s*(год|г|жыл|ж)?\.?", re.IGNORECASE)
JOIN = " / "


@dataclass(slots=True)
class Column:
    """One column of the sheet: its header as a person sees it, its place and the cells below."""

    header: str
    place: int
    cells: list[object] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The header, or the place where there is none."""
        return self.header or f"#{self.place + 1}"


@dataclass(slots=True)
class Sheet:
    """A table in the user's words: columns, the line of each row, and the title above."""

    file: str
    title: str
    columns: list[Column]
    lines: list[int]
    header_lines: tuple[int, ...]
    above: str
    said: list[str]
    score: int = 0

    @property
    def place(self) -> str:
        """The sheet as problems name it."""
        return f"{self.file}/{self.title}" if self.title else self.file


def find_table(grid: Grid, header_row: int | None = None) -> Sheet | None:
    """Return the table of a sheet; nothing if no row reads like a header.

    Parameters
    ----------
    header_row
        Line of the first row of the header, if a person has named it.
    """
    best: tuple[int, int, int, list[str]] = (0, 0, 0, [])
    starts = [at for at, line in enumerate(grid.lines[:DEEPEST]) if header_row in (None, line)]
    if header_row is not None and not starts and header_row in grid.lines:
        starts = [grid.lines.index(header_row)]
    for start in starts:
        for height in range(1, MOST_ROWS + 1):
            if start + height > len(grid.rows) or not _header_like(grid.rows[start : start + height]):
                break
            names = _flat(grid, start, height)
            score = _named(names) - height
            if score > best[0]:
                best = (score, start, height, names)
    score, start, height, names = best
    if score < 200 - MOST_ROWS and header_row is None:
        return None
    if not names:
        if not starts:
            return None
        start, height, names = starts[0], 1, _flat(grid, starts[0], 1)
    return _table(grid, start, height, names, score)


def _header_like(rows: Sequence[Sequence[object]]) -> bool:
    """Say whether rows may be a header: words and years, no figures, no names with a legal form."""
    return not any(_is_data(cell) for row in rows for cell in row)


def _is_data(cell: object) -> bool:
    if isinstance(cell, int | float):
        return not 1900 <= cell <= 2100
    text = str(cell or "").strip()
    figure = _FIGURE.match(text) and not _BARE_YEAR.fullmatch(text)
    return bool(figure) or (len(text) < 120 and bool(core(text).forms))


def _named(names: Sequence[str]) -> int:
    """Weigh the different things that the names of a header stand for: 100 for words, less for a bare year."""
    things: dict[tuple[str, int | None], int] = {}
    for name in names:
        role, phrase, _ = role_of(name)
        year = year_in(name)
        if len(name) > 120:
            continue
        if role in ("quantity", "capacity", "export"):
            things[role, year] = 100
        elif role or phrase:
            things[role or phrase, None] = 100
        elif is_generic(name):
            things["generic", None] = 100
        elif year and len(name) < 12:
            things.setdefault(("quantity", year), 60)
    return sum(things.values())


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(nfc(str(cell)).split())


def _flat(grid: Grid, start: int, height: int) -> list[str]:
    """Return one name for each column of a header block."""
    width = max(map(len, grid.rows))
    rows = []
    for at in range(start, start + height):
        row = [_text(cell) for cell in grid.rows[at]]
        rows.append(row + [""] * (width - len(row)))
    for at, row in enumerate(rows):
        _across(grid, row, rows[at + 1 :], grid.lines[start + at])
    names = []
    for place in range(width):
        parts = list(dict.fromkeys(row[place] for row in rows if row[place]))
        names.append(JOIN.join(parts))
    return names


def _across(grid: Grid, row: list[str], below: list[list[str]], line: int) -> None:
    """Write a name into the cells that it is merged across, or that stand blank above names of their own."""
    for top, left, bottom, right in grid.merged:
        if top <= line <= bottom and right > left and left < len(row):
            row[left : right + 1] = [row[left]] * (min(right + 1, len(row)) - left)
    if grid.merged or not below:
        return
    for place in range(1, len(row)):
        if not row[place] and row[place - 1] and any(lower[place] and lower[place - 1] for lower in below):
            row[place] = row[place - 1]


def _table(grid: Grid, start: int, height: int, names: list[str], score: int) -> Sheet:
    first = start + height
    said = list(grid.said)
    lines = tuple(grid.lines[start:first])
    if height > 1:
        joined = next((name for name in names if JOIN in name), "")
        words = f"The header has {height} rows ({_span(lines)}); they are read as one"
        said.append(f"{words}, for example '{shown(joined)}'." if joined else f"{words}.")
    if first < len(grid.rows) and _counts_columns(grid.rows[first]):
        said.append(f"Row {grid.lines[first]} numbers the columns and is no data.")
        first += 1
    columns = [Column(name, place) for place, name in enumerate(names)]
    for row in grid.rows[first:]:
        for column in columns:
            column.cells.append(row[column.place] if column.place < len(row) else None)
    kept = [column for column in columns if column.header or not is_blank(column.cells)]
    above = " | ".join(_text(cell) for row in grid.rows[:start] for cell in row if _text(cell))
    return Sheet(grid.file, grid.title, kept, grid.lines[first:], lines, above[:1000], said, score)


def _span(lines: Sequence[int]) -> str:
    return f"{lines[0]}-{lines[-1]}"


def _counts_columns(row: Sequence[object]) -> bool:
    """Say whether a row is 1, 2, 3, ... or begins so."""
    cells = [_text(cell) for cell in row if _text(cell)]
    return len(cells) > 1 and cells == [str(number) for number in range(1, len(cells) + 1)]
