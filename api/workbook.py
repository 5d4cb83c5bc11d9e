"""An answer as an Excel workbook: a sheet of rows and a sheet "Read me" that says what they are.

Text is stored as text, whatever it begins with. Excel holds 32,767 characters in a cell; a longer text is
cut with a word that says so.
"""

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from api.output import read_me
from valuechain.answer import Answer, shown

MOST = 32_767
_CUT = " ... [cut: more than Excel holds in a cell; the .json file has all]"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def workbook(answer: Answer[Any], names: Sequence[str]) -> bytes:
    """Return the workbook of an answer, with the columns `names`."""
    book = Workbook(write_only=True)
    rows = book.create_sheet(answer.question[:31])
    rows.freeze_panes = "B2"
    for i, name in enumerate(names, 1):
        longest = max((len(_shown(getattr(r, name))) for r in answer.rows), default=0)
        rows.column_dimensions[get_column_letter(i)].width = min(max(longest, len(name), 8), 60) + 2
    rows.append([_cell(rows, n, bold=True) for n in names])
    for row in answer.rows:
        rows.append([_cell(rows, getattr(row, n)) for n in names])
    _sheet(book, "Read me", read_me(answer))
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _sheet(book: Any, title: str, lines: Iterable[tuple[str, str]]) -> None:
    sheet = book.create_sheet(title)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 110
    for name, words in lines:
        sheet.append([_cell(sheet, name, bold=True), _cell(sheet, words)])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return WriteOnlyCell(sheet, value)
    text = _shown(value)
    cell = WriteOnlyCell(sheet, text if len(text) <= MOST else text[: MOST - len(_CUT)] + _CUT)
    if text:
        cell.data_type = "s"
    cell.font, cell.alignment = Font(bold=bold), Alignment(vertical="top", wrap_text=len(text) > 60)
    return cell


def _shown(value: Any) -> str:
    return "" if value is None else _FORBIDDEN.sub("\ufffd", shown(value))
