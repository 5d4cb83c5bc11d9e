"""Harmless variations in workbooks and Parquet files."""

import re

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils import get_column_letter

from graph_schema import TABLES
from tests.mutations.draft import Draft
from tests.mutations.expect import Expect, Result
from tests.mutations.operators.books import on_book, on_parts
from tests.mutations.operators.controls import control, variants


@variants("", {"J twin as a workbook": "xlsx", "K twin as Parquet": "parquet"})
def twin(d: Draft, form: str) -> Result:
    d.form = form
    return Expect("same")


@control("J numbers as text in a workbook")
def text_numbers(d: Draft) -> Result:
    def change(book) -> None:
        for name, grid in d.tables.items():
            for column, header in enumerate(grid.header, 1):
                if TABLES[name].column(header).kind in ("number", "year"):
                    for row, text in enumerate(grid.cells(header), 2):
                        if text:
                            book[name].cell(row, column, text).data_type = "s"

    on_book(d, change)
    return Expect("same")


@control("J sheets in another order, with a read me and a blank sheet row")
def sheets(d: Draft) -> Result:
    def change(book) -> None:
        book._sheets.reverse()
        book.create_sheet("read me").append(["Оқыңыз"])
        for name, grid in d.tables.items():
            book[name].freeze_panes = "A2"
            book[name].cell(len(grid.rows) + 4, 1, "   ")

    on_book(d, change)
    return Expect("same")


@control("K numbers as text, dictionaries for texts in Parquet")
def dictionaries(d: Draft) -> Result:
    d.form = "parquet"

    def change(path) -> None:
        for name, grid in d.tables.items():
            arrays = [pa.array(grid.cells(c), pa.string()) for c in grid.header]
            arrays = [a if i % 2 else a.dictionary_encode() for i, a in enumerate(arrays)]
            pq.write_table(pa.table(arrays, names=grid.header), path / f"{name}.parquet")

    d.after.append(change)
    return Expect("same")


@control("J01 formula whose value is an empty text")
def empty_formula(d: Draft) -> Result:
    """As `=IF(A2="","",A2)` gives: it was calculated, and the result is nothing."""
    spot = d.spot(["text"], columns=("note", "name_kk", "name_ru", "aliases"), where=lambda text: not text)
    row, column = spot.row + 2, d.grid(spot.table).at(spot.column) + 1
    place = f"{get_column_letter(column)}{row}".encode()
    saved = re.compile(rb'<c r="' + place + rb'"[^>]*><f>IF\(TRUE,"","x"\)</f><v ?/?>(</v>)?</c>')
    value = b'<c r="' + place + b'" t="str"><f>IF(TRUE,"","x")</f><v></v></c>'
    on_book(d, lambda book: book[spot.table].cell(row, column, '=IF(TRUE,"","x")'))
    on_parts(d, lambda name, data: saved.sub(value, data))
    return Expect("same")
