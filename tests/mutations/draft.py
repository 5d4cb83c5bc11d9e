"""A sound dataset as text, to be spoiled in one place: tables of cells, and the files made from them.

Nothing here uses the loaders: files are written by the plain `csv`, openpyxl and pyarrow libraries, and the
line of a row is counted from the text.
"""

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph_schema import TABLES

ID_TABLES = tuple(name for name, table in TABLES.items() if table.columns[0].kind == "id")
LEAVES = tuple(name for name in TABLES if name not in ID_TABLES)
"""Tables that nobody refers to."""


class NotHere(Exception):  # noqa: N818 - a signal: this mutation has no place in this dataset
    """The dataset has no place for this mutation."""


@dataclass
class Grid:
    """One table: its header and its rows, all text."""

    header: list[str]
    rows: list[list[str]]

    def at(self, column: str) -> int:
        if column not in self.header:
            raise NotHere(column)
        return self.header.index(column)

    def cells(self, column: str) -> list[str]:
        place = self.at(column)
        return [row[place] for row in self.rows]

    def line(self, row: int) -> int:
        """The line of a row as an editor counts it, the header being line 1."""
        above = [self.header, *self.rows[:row]]
        return 1 + len(above) + sum(cell.count("\n") for cells in above for cell in cells)

    def insert(self, column: str, cells: Sequence[str], place: int | None = None) -> None:
        where = len(self.header) if place is None else place
        self.header.insert(where, column)
        for row, cell in zip(self.rows, cells, strict=True):
            row.insert(where, cell)


@dataclass
class Dialect:
    """How the text files of a draft are written."""

    delimiter: str = ","
    quoting: int = csv.QUOTE_MINIMAL
    newline: str = "\n"
    encoding: str = "utf-8"
    start: bytes = b""
    end: str = ""


@dataclass
class Spot:
    """One cell of a draft."""

    table: str
    row: int
    column: str


@dataclass
class Draft:
    """A dataset on its way to files. `raw` holds files that take the place of the written ones."""

    name: str
    settings: dict[str, object]
    tables: dict[str, Grid]
    rng: random.Random = field(default_factory=lambda: random.Random(0))
    form: str = "csv"
    dialect: Dialect = field(default_factory=Dialect)
    raw: dict[str, bytes | None] = field(default_factory=dict)
    after: list[Callable[[Path], None]] = field(default_factory=list)
    """Done last, with the path of the folder or workbook: links, pipes, changed parts."""

    def copy(self) -> "Draft":
        """An independent copy with the same dice."""
        tables = {
            name: Grid(list(grid.header), list(map(list, grid.rows))) for name, grid in self.tables.items()
        }
        more = {"settings": dict(self.settings), "dialect": replace(self.dialect), "raw": dict(self.raw)}
        return replace(self, tables=tables, after=list(self.after), **more)

    def grid(self, name: str) -> Grid:
        if name not in self.tables or not self.tables[name].rows:
            raise NotHere(name)
        return self.tables[name]

    def pick(self, options: Sequence) -> object:
        if not options:
            raise NotHere("nothing to choose from")
        return self.rng.choice(list(options))

    def spots(
        self,
        kinds: Sequence[str] = (),
        *,
        tables: Sequence[str] = tuple(TABLES),
        columns: Sequence[str] = (),
        where: Callable[[str], bool] = bool,
        fits: Callable = lambda column: True,
    ) -> list[Spot]:
        """Every cell of columns of the given kinds (or names) whose text satisfies `where`."""
        found = []
        for name in tables:
            grid = self.tables.get(name)
            for place, column in enumerate(grid.header if grid else ()):
                if column not in TABLES[name] or (columns and column not in columns):
                    continue
                declared = TABLES[name].column(column)
                if (not kinds or declared.kind in kinds) and fits(declared):
                    found += [Spot(name, i, column) for i, row in enumerate(grid.rows) if where(row[place])]
        return found

    def spot(self, kinds: Sequence[str] = (), **how) -> Spot:
        """One such cell, thrown."""
        found = self.spots(kinds, **how)
        if not found:
            raise NotHere(str(kinds or how))
        table = self.rng.choice(
            sorted({spot.table for spot in found})
        )  # small tables count as much as big ones
        return self.rng.choice([spot for spot in found if spot.table == table])

    def get(self, spot: Spot) -> str:
        grid = self.tables[spot.table]
        return grid.rows[spot.row][grid.at(spot.column)]

    def put(self, spot: Spot, text: str) -> None:
        grid = self.tables[spot.table]
        grid.rows[spot.row][grid.at(spot.column)] = text

    def line(self, spot: Spot) -> int:
        return self.tables[spot.table].line(spot.row)

    def blank_row(self, table: str, **cells: str) -> list[str]:
        """A row of blanks but for `cells`."""
        return [cells.get(column, "") for column in self.grid(table).header]

    def refer(self, ids: str) -> list[Spot]:
        """Cells that refer to rows of table `ids`."""
        return self.spots(["ref"], fits=lambda column: ids in column.refers)

    def column(self, table: str, column: str) -> int:
        """The place of a column, added blank if the table lacks it."""
        grid = self.grid(table)
        if column not in grid.header:
            grid.insert(column, [""] * len(grid.rows))
        return grid.at(column)

    def bytes_of(self, table: str) -> bytes:
        """The table as the bytes of a CSV file."""
        grid, dialect = self.tables[table], self.dialect
        text = io.StringIO(newline="")
        ends = dialect.newline.replace("\r", "\r\n") if dialect.newline == "\r" else dialect.newline
        writer = csv.writer(text, delimiter=dialect.delimiter, quoting=dialect.quoting, lineterminator=ends)
        writer.writerow(grid.header)
        writer.writerows(grid.rows)
        return dialect.start + (text.getvalue().replace(ends, dialect.newline) + dialect.end).encode(
            dialect.encoding
        )

    def toml(self) -> str:
        return "".join(f"{key} = {_toml(value)}\n" for key, value in self.settings.items())

    def write(self, parent: Path) -> Path:
        """Write the draft below `parent`; the path to load it from."""
        if self.form == "xlsx":
            path = parent / f"{self.name}.xlsx"
            write_book(self, path)
        else:
            path = parent / self.name
            path.mkdir()
            files: dict[str, bytes | None] = {"dataset.toml": self.toml().encode()}
            if self.form == "parquet":
                for table in self.tables:
                    write_parquet(self, table, path / f"{table}.parquet")
            else:
                files |= {f"{table}.csv": self.bytes_of(table) for table in self.tables}
            for name, content in (files | self.raw).items():
                if content is not None:
                    (path / name).write_bytes(content)
        for change in self.after:
            change(path)
        return path


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return str(value) if isinstance(value, int) else f'"{text}"'


def typed(table: str, column: str, text: str) -> object:
    """A cell as a spreadsheet program would hold it: numbers as numbers where they are plain."""
    if text == "":
        return None
    if column in TABLES[table] and TABLES[table].column(column).kind in ("number", "year"):
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return text


def write_book(draft: Draft, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "dataset"
    sheet.append(["key", "value"])
    for key, value in draft.settings.items():
        sheet.append([key, value])
    for name, grid in draft.tables.items():
        sheet = book.create_sheet(name)
        sheet.append(grid.header)
        for row in grid.rows:
            sheet.append([typed(name, c, cell) for c, cell in zip(grid.header, row, strict=True)])
    book.save(path)


def write_parquet(draft: Draft, table: str, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    grid = draft.tables[table]
    arrays = []
    for column in grid.header:
        values = [typed(table, column, cell) for cell in grid.cells(column)]
        if any(isinstance(value, float) for value in values):
            values = [float(value) if isinstance(value, int) else value for value in values]
        kinds = {type(value) for value in values if value is not None}
        arrays.append(pa.array(values if len(kinds) < 2 else [None if v is None else str(v) for v in values]))
    pq.write_table(pa.table(arrays, names=grid.header), path, write_page_checksum=True)
