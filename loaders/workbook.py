"""A dataset as one .xlsx workbook: a sheet per table, and a sheet `dataset` with keys and values.

Values are read as the spreadsheet program last calculated them; a formula without such a value is an
error, one whose value is an empty text is blank. Hidden sheets are not read. Text is written as text, also
where it begins with `=`, ids in the format that keeps them text; numbers are written with all their digits.
"""

import contextlib
import posixpath
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph_schema import TABLES, Column, Dataset, StoreError
from graph_schema.cells.text import did_you_mean, nearest, nfc, visible
from graph_schema.checks.findings import Findings
from graph_schema.checks.raw import RawTable
from loaders import description
from loaders.archive import Parts, inspect
from loaders.raw import LARGEST_FILE, Lines, Raw, is_blank, unread

DESCRIPTION = "dataset"
"""Name of the sheet that describes the dataset."""

READ_ME = "read me"
"""Name of the sheet that guides through a template; it is never read."""

LONGEST_CELL = 32_767
"""Characters that Excel keeps in one cell."""

_EMPTY_TEXT = "str"
"""What openpyxl leaves as the type of a formula whose value is a text of no letters."""

_SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read(path: Path) -> Raw:
    """Read the workbook at `path`."""
    findings = Findings()
    dataset = Dataset(path.stem)
    tables: list[RawTable] = []
    try:
        status = path.stat()
        if not path.is_file():
            findings.add("file.not_regular", path.name, name=path.name)
        elif status.st_size > LARGEST_FILE:
            limit = f"{LARGEST_FILE:,} bytes"
            findings.add("file.too_large", path.name, size=f"{status.st_size:,} bytes", limit=limit)
        else:
            parts = inspect(path, findings)
            if parts:
                dataset, tables = _read(path, parts, findings)
    except OSError as error:
        findings.add("file.unreadable", path.name, reason=error.strerror or error)
    if findings.errors and not tables:
        tables = [unread(name, path.name) for name, table in TABLES.items() if table.needed]
    return Raw(dataset, tables, list(findings.problems()))


def _read(path: Path, parts: Parts, findings: Findings) -> tuple[Dataset, list[RawTable]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of features that hold no data
            return _Workbook(path, parts, findings).read()
    except Exception as error:  # openpyxl lets many kinds of errors through for damaged parts
        reason = f"a part of it is damaged ({type(error).__name__}: {str(error)[:100]})"
        findings.add(
            "excel.format", path.name, reason=reason, hint="open it in a spreadsheet program and save it"
        )
        return Dataset(path.stem), []


@contextlib.contextmanager
def opened(path: Path, *, formulas: bool) -> Iterator[tuple[Any, Any]]:
    """Open a workbook with its values, and, if asked for, with its formulas; the file is closed in any case.

    openpyxl leaves a file open that it opened itself and cannot read.
    """
    from openpyxl import load_workbook

    with contextlib.ExitStack() as stack:

        def book(*, values: bool) -> Any:
            file = stack.enter_context(path.open("rb"))
            made = load_workbook(file, read_only=True, data_only=values, keep_links=False)
            stack.callback(made.close)
            return made

        yield book(values=True), book(values=False) if formulas else None


class _Workbook:
    """Reads the sheets of one workbook."""

    def __init__(self, path: Path, parts: Parts, findings: Findings) -> None:
        self._path, self._parts, self._findings = path, parts, findings
        self._files = sheet_parts(path)

    def read(self) -> tuple[Dataset, list[RawTable]]:
        """Return the description and the tables."""
        with opened(self._path, formulas=bool(self._parts.formulas)) as (book, formulas):
            sheets = self._sheets(book)
            dataset = Dataset(self._path.stem)
            if DESCRIPTION in sheets:
                dataset = self._description(sheets.pop(DESCRIPTION))
            return dataset, [self._table(name, sheets[name], formulas) for name in TABLES if name in sheets]

    def _sheets(self, book: Any) -> dict[str, Any]:
        """Return the sheets that are tables, by table name."""
        found: dict[str, list[Any]] = {}
        for sheet in book.worksheets:
            name = visible(nfc(sheet.title)).casefold()
            if sheet.sheet_state != "visible":
                self._findings.add("sheet.hidden", self._file(sheet))
            elif name in TABLES or name == DESCRIPTION:
                found.setdefault(name, []).append(sheet)
            elif name != READ_ME:
                near = did_you_mean(nearest(name, (*TABLES, DESCRIPTION), 1))
                self._findings.add("sheet.unknown", self._file(sheet), name=sheet.title, nearest=near)
        for name, sheets in found.items():
            if len(sheets) > 1:
                names = ", ".join(sheet.title for sheet in sheets)
                self._findings.add("file.duplicate_table", self._path.name, table=name, names=names)
        return {name: sheets[0] for name, sheets in found.items()}

    def _file(self, sheet: Any) -> str:
        return f"{self._path.name}/{sheet.title}"

    def _description(self, sheet: Any) -> Dataset:
        values = {}
        for row in _rows(sheet):
            key = str(row[0] or "").strip() if row else ""
            value = description.from_cell(key, row[1] if len(row) > 1 else None)
            if key and key != "key" and value is not None:
                values[key] = value
        return description.from_mapping(values, self._path.stem, self._findings, self._file(sheet))

    def _table(self, name: str, sheet: Any, formulas: Any) -> RawTable:
        file, part = self._file(sheet), self._files.get(sheet.title, "")
        if part in self._parts.merged:
            self._findings.add("sheet.merged", file, value=self._parts.merged[part])
        marked = part in self._parts.formulas and formulas
        rows = _marked(sheet, formulas[sheet.title]) if marked else _rows(sheet)
        lines = Lines(file, self._findings)
        kept: list[Sequence[Any]] = []
        header: list[str] = []
        broken: list[int] = []
        for line, row in enumerate(rows, 1):
            if is_blank(row):
                if header:
                    lines.blank(line)
            elif not header:
                header = [str(cell).strip() if cell is not None else "" for cell in row]
            else:
                if any(isinstance(cell, Formula) for cell in row):
                    broken.append(len(lines))
                    self._formulas(row, line, header, file)
                lines.row(line)
                kept.append(row)
        if not header:
            columns = ", ".join(column.name for column in TABLES[name] if column.required)
            self._findings.add("file.empty", file, columns=columns)
            return unread(name, file)
        return _raw(name, file, header, kept, lines, frozenset(broken))

    def _formulas(self, row: Sequence[Any], line: int, header: list[str], file: str) -> None:
        for place, cell in enumerate(row):
            if isinstance(cell, Formula):
                column = header[place] if place < len(header) else ""
                self._findings.add("cell.formula_no_value", file, line, column, cell.text)


def _raw(
    name: str, file: str, header: list[str], rows: list[Sequence[Any]], lines: Lines, broken: frozenset[int]
) -> RawTable:
    """Put rows of any length under the header; cells beyond it get blank names."""
    width = max([_width(header), *map(_width, rows)])
    names = (*header[:width], *[""] * (width - len(header)))
    columns: dict[str, list[object]] = {}
    for place in range(width):
        cells = [row[place] if place < len(row) else None for row in rows]
        plain: list[object] = [None if isinstance(cell, Formula) else cell for cell in cells]
        columns.setdefault(names[place] or f"#{place + 1}", plain)
    return RawTable(name, file, names, columns, lines.numbers(), broken)


def _width(row: Sequence[Any]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell is not None and cell != ""), default=0)


class Formula:
    """A formula that was saved without its value."""

    def __init__(self, text: str) -> None:
        self.text = text


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # the size that a sheet states is not trusted
    yield from sheet.iter_rows(values_only=True)


def _marked(sheet: Any, formulas: Any) -> Iterator[Sequence[Any]]:
    """Yield the values, with a `Formula` in place of every formula that has none."""
    sheet.reset_dimensions()
    formulas.reset_dimensions()
    for row, cells in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
        yield [
            Formula(str(getattr(cell.value, "text", cell.value)))
            if value.value is None and value.data_type != _EMPTY_TEXT and cell.data_type == "f"
            else value.value
            for value, cell in zip(row, cells, strict=True)
        ]


def sheet_parts(path: Path) -> dict[str, str]:
    """Return the archive's part of each sheet by the sheet's title."""
    from defusedxml import ElementTree

    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    parts = {sheet.get("name"): targets.get(sheet.get(_RELATION), "") for sheet in book.iter(_SHEETS)}
    return {name: posixpath.normpath(posixpath.join("/xl", part)).lstrip("/") for name, part in parts.items()}


def write(dataset: Dataset, tables: Mapping[str, pa.Table], path: Path) -> None:
    """Write a dataset as a workbook: its description, tables with rows, and the needed ones."""
    from openpyxl import Workbook

    _fit(tables)
    book = Workbook(write_only=True)
    try:
        _fill(book, dataset, tables)
        book.save(path)
    except BaseException:
        for sheet in book.worksheets:
            with contextlib.suppress(Exception):  # what is half written is thrown away
                sheet.close()
        raise


def _fit(tables: Mapping[str, pa.Table]) -> None:
    """Refuse texts that Excel would cut."""
    for name, table in tables.items():
        for column in table.column_names:
            texts = table[column]
            if pa.types.is_string(texts.type) and (pc.max(pc.utf8_length(texts)).as_py() or 0) > LONGEST_CELL:
                what = f"The column {column} of {name} has a longer text."
                raise StoreError(f"A cell of an .xlsx file holds {LONGEST_CELL:,} characters. {what}")


def _fill(book: Any, dataset: Dataset, tables: Mapping[str, pa.Table]) -> None:
    sheet = book.create_sheet(DESCRIPTION)
    sheet.append(["key", "value"])
    for key, value in description.to_mapping(dataset).items():
        sheet.append([key, _text(sheet, value) if isinstance(value, str) else value])
    for name, table in tables.items():
        if table.num_rows or TABLES[name].needed:
            _write_table(book.create_sheet(name), name, table)


def _write_table(sheet: Any, name: str, table: pa.Table) -> None:
    sheet.freeze_panes = "A2"
    sheet.append(table.column_names)
    columns = [TABLES[name].column(column) for column in table.column_names]
    for batch in table.to_batches(max_chunksize=10_000):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            sheet.append(list(_cells(sheet, columns, row)))


def _cells(sheet: Any, columns: Iterable[Column], row: Sequence[Any]) -> Iterator[Any]:
    for column, value in zip(columns, row, strict=True):
        if isinstance(value, str):
            yield _text(sheet, value, "@" if column.kind in ("id", "ref") else "")
        elif isinstance(value, float):
            yield _number(sheet, value)
        else:
            yield value


def _text(sheet: Any, text: str, number_format: str = "") -> Any:
    from openpyxl.cell import WriteOnlyCell

    if len(text) > LONGEST_CELL:
        start = text[:40]
        raise StoreError(
            f"A cell of an .xlsx file holds {LONGEST_CELL:,} characters; {start!r} ... is longer."
        )
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # openpyxl would take a leading = for a formula
    if number_format:
        cell.number_format = number_format
    return cell


def _number(sheet: Any, number: float) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, repr(number).removesuffix(".0"))
    cell.data_type = "n"  # given as text because openpyxl writes 16 digits of a float, and 17 are needed
    return cell
