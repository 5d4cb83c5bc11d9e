"""An empty dataset to fill in: every table with its header, and a guide to every column.

Everything is written from the declarations of the tables, so the guide cannot go out of date. Nothing that
exists is written over.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph_schema import TABLES, Column, StoreError, Table
from loaders import description, files
from loaders.workbook import DESCRIPTION, READ_ME

GUIDE = "GUIDE.md"
"""The guide's file name in a folder."""

_KINDS = {
    "id": "your own short code: letters, digits, - _ .",
    "ref": "a code from {tables}",
    "text": "text",
    "list": "texts separated by ;",
    "choice": "one of: {choices}",
    "number": "number, decimal point",
    "year": "four digits",
    "date": "YYYY-MM-DD, YYYY-MM or YYYY",
    "unit": "unit, for example t, kt, MWh, m3, unit",
    "currency": "three-letter code, for example USD, KZT",
}
_EXAMPLE = {
    "enterprises": ({"enterprise_id": "smelter", "name": "Example Smelter"},),
    "products": (
        {"product_id": "alumina", "name": "Alumina", "stage": "1", "unit": "t"},
        {"product_id": "primary-aluminium", "name": "Primary aluminium", "stage": "1", "unit": "t"},
    ),
    "production": (
        {"enterprise_id": "smelter", "product_id": "primary-aluminium", "output": "250", "unit": "kt"},
    ),
}


def write_template(path: Path | str) -> None:
    """Write the empty tables to `path`: a workbook if it ends in .xlsx, else a folder.

    Raises
    ------
    StoreError
        If something is there already, or if it cannot be written.
    """
    target = Path(path)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StoreError(f"{target} exists already; a template is never written over anything.")
    if target.suffix.casefold() == ".xlsx":
        files.save_file(target, _write_workbook)
    else:
        files.save_folder(target, _write_folder)


def guide() -> str:
    """Return the guide to all tables as Markdown."""
    return "\n".join(_guide())


def _write_folder(folder: Path) -> None:
    (folder / description.FILE).write_text(_description(), encoding="utf-8")
    (folder / GUIDE).write_text(guide(), encoding="utf-8")
    for table in TABLES.values():
        header = ",".join(column.name for column in table)
        (folder / f"{table.name}.csv").write_text(f"{header}\n", encoding="utf-8")


def _base_year() -> int:
    return datetime.datetime.now(tz=datetime.UTC).year - 1


def _description() -> str:
    return f"""\
# The dataset as a whole. A line that begins with # is a remark.
title = ""
# The year of every figure whose row leaves the year blank. Check it.
base_year = {_base_year()}
# The currency of money whose row leaves it blank.
# currency = "USD"
# The region that "here" means, an id of regions.csv.
# home_region = ""
# licence = ""
# Build on the reference catalogue of products and processes?
catalogue = true
# Only if the tables are not UTF-8 with a decimal point:
# encoding = "cp1251"
# delimiter = ";"
# decimal = ","
"""


def _guide() -> Iterator[str]:
    yield "# Guide to the tables"
    yield ""
    yield "One row is one thing. Leave a cell blank if you do not know: blank means unknown, never zero. Amounts"
    yield (
        "are per year. Only "
        + ", ".join(t.name for t in TABLES.values() if t.needed)
        + " are needed to begin;"
    )
    yield "delete the tables that you do not use. Columns in **bold** must be filled in."
    yield ""
    yield "## Example"
    for name, rows in _EXAMPLE.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        yield from ("", f"`{name}.csv`", "", "```csv", ",".join(columns))
        yield from (",".join(row.get(column, "") for column in columns) for row in rows)
        yield "```"
    for table in TABLES.values():
        yield from ("", f"## {table.name}", "", table.description, "")
        yield from ("| column | what it is | what to write | example |", "|---|---|---|---|")
        for column in table:
            name = f"**{column.name}**" if column.required else column.name
            yield f"| {name} | {column.description} | {_what(column)} | {column.example} |"
    yield ""


def _what(column: Column) -> str:
    """Say what a cell of `column` may hold."""
    words = _KINDS[column.kind].format(tables=" or ".join(column.refers), choices=", ".join(column.choices))
    low = f"{'more than' if column.low_open else 'at least'} {column.low:g}" if column.low is not None else ""
    high = f"at most {column.high:g}" if column.high is not None else ""
    limits = " and ".join(filter(None, (low, high)))
    return f"{words}, {limits}" if limits else words


def _write_workbook(path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = READ_ME
    sheet.column_dimensions["A"].width = 110
    for line in _guide():
        sheet.append([line])
    sheet = book.create_sheet(DESCRIPTION)
    for row in (
        ("key", "value"),
        ("title", None),
        ("base_year", _base_year()),
        ("currency", None),
        ("home_region", None),
    ):
        sheet.append(row)
    for table in TABLES.values():
        _write_sheet(book.create_sheet(table.name), table)
    book.save(path)


def _write_sheet(sheet: Any, table: Table) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for place, column in enumerate(table, 1):
        cell = sheet.cell(1, place, column.name)
        cell.font = Font(bold=column.required)
        cell.comment = Comment(f"{column.description}\n{_what(column)}", "valuechain", height=110, width=260)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(12, len(column.name) + 2)
        if column.kind in ("id", "ref"):
            sheet.column_dimensions[letter].number_format = "@"
