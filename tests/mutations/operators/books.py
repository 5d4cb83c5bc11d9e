"""J: workbooks; and mistakes of cells in workbooks and Parquet files."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

from graph_schema import TABLES
from tests.mutations.draft import LEAVES, Draft, Spot
from tests.mutations.expect import OPERATORS, Expect, at, family, file_of, operator
from tests.mutations.operators import dates, ids, numbers, references, sense, units

_ = (dates, ids, numbers, references, sense, units)  # their mutations are repeated here in other forms

IN_BOTH = (
    "F03 negative",
    "F04 1e308",
    "F08 per cent sign",
    "F09 нет данных",
    "F10 #REF!",
    "F15 share above 1",
    "F13 unit unknown",
    "F14 MWh of a metal",
    "E03 blank id",
    "E04 look-alike id with one Cyrillic letter",
    "E07 space after an id",
    "E08 ids that differ in case only",
    "E15 id of ten thousand characters",
    "G01 30 February",
    "G04 year 24",
    "H01 dangling reference",
    "H02 reference in a look-alike spelling",
    "H03 product where an enterprise belongs",
    "H05 blank reference that is needed",
    "H07 choice with a typing error",
    "H07 currency unknown",
    "I02 delivery to oneself",
    "I05 regions inside each other",
)


def _in_form(name: str, form: str):
    """The mutation in another form. Numbers lose their spelling there; rows are counted, not lines."""

    def act(d: Draft):
        d.form = form
        for grid in d.tables.values():
            grid.rows = [[text.replace("\n", " ") for text in row] for row in grid.rows]
        found = OPERATORS[name].act(d)
        return replace(found, value="") if name.startswith("F0") else found

    return act


for _name in IN_BOTH:
    operator(f"J {_name} in a workbook", group="J cells")(_in_form(_name, "xlsx"))
    operator(f"K {_name} in Parquet", group="K cells")(_in_form(_name, "parquet"))
for _name in ("F01 NaN", "F02 inf", "F02 -Infinity"):
    operator(f"K {_name} in Parquet", group="K cells")(_in_form(_name, "parquet"))


def on_book(d: Draft, change) -> None:
    """Change the workbook through openpyxl once it is written."""
    d.form = "xlsx"

    def act(path: Path) -> None:
        from openpyxl import load_workbook

        book = load_workbook(path)
        change(book)
        book.save(path)

    d.after.append(act)


def on_parts(d: Draft, change) -> None:
    """Change the parts of the workbook: `change(name, data)` gives the new data."""
    d.form = "xlsx"

    def act(path: Path) -> None:
        with zipfile.ZipFile(path) as old:
            parts = [(name, change(name, old.read(name))) for name in old.namelist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name, data in parts:
                new.writestr(name, data)

    d.after.append(act)


def place(d: Draft, spot: Spot) -> tuple[int, int]:
    """Row and column of a cell in its sheet; sheets count rows, not lines."""
    return spot.row + 2, d.grid(spot.table).at(spot.column) + 1


def cell(d: Draft, spot: Spot, content: object, *codes: str, **more) -> Expect:
    row, column = place(d, spot)
    on_book(d, lambda book: book[spot.table].cell(row, column, content))
    return at(d, spot, "error", *codes, line=row, **more)


@operator("J01 formula without a value")
def j01(d: Draft):
    return cell(d, numbers.amount(d), "=SUM(A1:A2)", "cell.formula_no_value", value="=SUM")


@operator("J01 formula without a value in an id")
def j01_id(d: Draft):
    spot = d.spot(["ref"], tables=("production", "flows", "ownership"))
    return cell(d, spot, '=VLOOKUP("x",A1:B9,2)', "cell.formula_no_value")


@operator("J02 merged cells")
def j02(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables and len(d.tables[name].rows) > 1])
    column = d.pick(
        [i for i, name in enumerate(d.grid(table).header, 1) if name in ("note", "basis", "name_kk")]
    )
    on_book(d, lambda book: book[table].merge_cells(None, 2, column, 3, column))
    return Expect("warning", ("sheet.merged",), file_of(d, table))


@operator("J02 merged cells in a column that is needed")
def j02_needed(d: Draft):
    """Only the first cell of the merged ones has a value: the second must not be filled in silence."""
    table = d.pick([name for name in ("production", "flows", "ownership") if len(d.grid(name).rows) > 1])
    on_book(d, lambda book: book[table].merge_cells(None, 2, 1, 3, 1))
    column = d.grid(table).header[0]
    return Expect("error", ("cell.required", "sheet.merged"), file_of(d, table), 3, column)


@operator("J03 hidden sheet")
def j03(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables and not TABLES[name].needed])
    on_book(d, lambda book: setattr(book[table], "sheet_state", d.rng.choice(["hidden", "veryHidden"])))
    return Expect("warning", ("sheet.hidden",), file_of(d, table))


@operator("J03 sheet under a mistyped name")
def j03_name(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables and not TABLES[name].needed])
    on_book(d, lambda book: setattr(book[table], "title", table + "2"))
    return Expect("warning", ("sheet.unknown",), f"{d.name}.xlsx/{table}2", hint=table)


@operator("J03 title above the header")
def j03_title(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables])

    def title(book) -> None:
        book[table].insert_rows(1)
        book[table].cell(1, 1, "Таблица за 2022 год")

    on_book(d, title)
    return Expect("error", ("header.not_found", "column.missing"), file_of(d, table), 1)


@operator("J03 second table beside the first")
def j03_second(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables])
    width = len(d.grid(table).header)

    def beside(book) -> None:
        for row, text in enumerate(("Справочно", "12", "13"), 1):
            book[table].cell(row, width + 3, text)

    on_book(d, beside)
    return Expect("warning", ("column.unknown",), file_of(d, table), 1, value="Справочно")


@operator("J03 notes below the table")
def j03_below(d: Draft):
    table = d.pick(["production", "flows"])
    last = len(d.grid(table).rows) + 1
    on_book(d, lambda book: book[table].cell(last + 3, 1, "Источник: отчёты предприятий"))
    return Expect("error", ("ref.not_found", "cell.required", "id.characters"), file_of(d, table), last + 3)


@operator("J10 two sheets of one table")
def j10(d: Draft):
    table = d.pick([name for name in LEAVES if name in d.tables])

    def twice(book) -> None:
        copy = book.copy_worksheet(book[table])
        copy.title = f"{table} "

    on_book(d, twice)
    return Expect("error", ("file.duplicate_table",), value=table)


@operator("J04 cell far to the right")
def j04(d: Draft):
    table = d.pick(list(d.tables))
    on_book(d, lambda book: book[table].cell(2, 16_000, 1))
    return Expect("error", ("sheet.too_large", "header.too_wide"))


@operator("J06 document type in a part")
def j06(d: Draft):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'

    def change(name: str, data: bytes) -> bytes:
        return (
            bomb + data[data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0 :]
            if "sheet2" in name
            else data
        )

    on_parts(d, change)
    return Expect("error", ("xml.forbidden",))


@family(
    "J07",
    {
        "workbook cut off": lambda data: data[: len(data) // 2],
        "web page as a workbook": lambda data: b"<html><table><tr><td>1</td></tr></table></html>",
        "old workbook renamed": lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "empty workbook file": lambda data: b"",
        "CSV text as a workbook": lambda data: b"enterprise_id,name\ne1,x\n",
        "zip that is no workbook": lambda data: _plain_zip(),
    },
)
def j07(d: Draft, change):
    d.form = "xlsx"
    d.after.append(lambda path: path.write_bytes(change(path.read_bytes())))
    return Expect("error", ("excel.format", "archive.unsafe", "file.empty"), f"{d.name}.xlsx")


def _plain_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    return packed.getvalue()


@operator("J05 zip bomb")
def j05(d: Draft):
    def change(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"</worksheet>", b" " * 30_000_000 + b"</worksheet>") if "sheet2" in name else data
        )

    on_parts(d, change)
    return Expect("error", ("archive.ratio", "archive.too_large"))


@family(
    "E12",
    {"id of 16 digits": 1234567890123456, "id of 20 digits": 12345678901234567890, "id with a fraction": 1.5},
)
def e12(d: Draft, value: float):
    spot = d.spot(["id"], tables=("enterprises", "markets", "clusters", "sources"))
    return cell(d, spot, value, "id.number_in_excel", also=ids.GONE)


@operator("J09 date where a number belongs")
def j09(d: Draft):
    from datetime import datetime

    return cell(d, numbers.amount(d), datetime(2024, 2, 1), "cell.type", "number.format")


@operator("J09 TRUE where a number belongs")
def j09_true(d: Draft):
    return cell(d, numbers.amount(d), True, "number.boolean", "cell.type")


@operator("J09 date where an id belongs")
def j09_id(d: Draft):
    from datetime import datetime

    spot = d.spot(["ref"], tables=("production", "ownership", "flows"))
    return cell(d, spot, datetime(2024, 3, 1), "cell.type", "ref.not_found", "id.characters")


@operator("J09 time of day in a date")
def j09_time(d: Draft):
    from datetime import datetime

    row = d.rng.randrange(len(d.grid("initiatives").rows))
    d.column("initiatives", "start")
    return cell(
        d, Spot("initiatives", row, "start"), datetime(2024, 3, 1, 10, 30), "date.invalid", "cell.type"
    )


@operator("F10 error value in a workbook")
def f10_book(d: Draft):
    return cell(d, numbers.amount(d), "#DIV/0!", "cell.excel_error")
