"""Amounts, shares and years as people type them into one sheet.

Numbers are read by `graph_schema.cells.numbers`, and the decimal mark is decided once for all columns of
amounts of the sheet: `12,5` in one says what `1,234` means in another. A cell may bring its unit (`1 234,5 т`).
Words such as `н/д` and a dash mean unknown, never zero. `около 500`, `100-150`, `до 70` are no single amounts:
they are reported and their words stay in the row's note.
"""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph_schema.cells.kinds import EXCEL_ERROR
from graph_schema.cells.numbers import Style, column_style, parse
from graph_schema.cells.text import nearest, nfc
from graph_schema.cells.units import UnitError, canonical
from loaders.spreadsheet.columns import is_unit
from loaders.spreadsheet.money import is_money
from loaders.workbook import Formula

UNKNOWN = frozenset({
    "-", "–", "—", "−", "--", "...", "…", "н/д", "н.д.", "н.д", "нд", "n/a", "na", "n.a.", "нет данных", "нет сведений",
    "не указано", "неизвестно", "x", "х", "*", "?", "unknown", "no data", "not stated", "not available", "none", "нет",
    "мәлімет жоқ", "деректер жоқ", "дерек жоқ", "белгісіз", "жоқ", "конфиденциально", "к", "d/n", "н/а",
})  # fmt: skip
"""What stands in a cell for an amount that is not known."""

_ABOUT = re.compile(
    r"^(~|≈|около|примерно|порядка|более|свыше|менее|до|от|не менее|не более|about|approx\w*\.?|more than"
    r"|less than|up to|over|шамамен|кемінде|>|<|≥|≤)\s*(?=[\d~])",
    re.IGNORECASE,
)
_RANGE = re.compile(r"^[\d\s.,]*\d\s*[-–—]\s*\d")
_ERROR = re.compile(EXCEL_ERROR, re.IGNORECASE)
_DIGITS = "0123456789"
_SHORT = 3
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


@dataclass(frozen=True, slots=True)
class Figure:
    """What one cell says: an amount, its own unit if it has one, or why it is none.

    `problem` is a code of a mistake with `words`; a figure without value and problem is unknown.
    """

    value: float | None = None
    unit: str = ""
    stated: str = ""
    problem: str = ""
    words: tuple[tuple[str, object], ...] = ()


_BLANK = Figure()


class Reader:
    """Reads the amounts of one sheet; `decimal` is the declared decimal mark, if any."""

    def __init__(self, columns: Iterable[Sequence[object]], decimal: str = "") -> None:
        texts = {cell for cells in columns for cell in cells if isinstance(cell, str) and cell.strip()}
        self._style = column_style((_parted(text)[0] for text in sorted(texts)), decimal)
        self._seen: dict[str, Figure] = {}

    @property
    def style(self) -> Style:
        """How the sheet writes decimals."""
        return self._style

    def read(self, cell: object) -> Figure:
        """Read one cell."""
        if cell is None:
            return _BLANK
        if isinstance(cell, str):
            figure = self._seen.get(cell)
            if figure is None:
                figure = self._seen[cell] = self._text(cell)
            return figure
        if isinstance(cell, bool):
            return _problem(str(cell), "it is true or false")
        if isinstance(cell, int | float):
            return _signed(float(cell), "", f"{cell:.15g}")
        if isinstance(cell, Formula):
            return Figure(stated=cell.text, problem="cell.formula_no_value")
        if isinstance(cell, datetime.date):
            why = "it is a date; a spreadsheet turns text such as 1.2 into one"
            return _problem(cell.isoformat()[:10], why, "format the cell as text and type it again")
        return _problem(str(cell), f"it is a {type(cell).__name__}")

    def _text(self, cell: str) -> Figure:
        text = " ".join(nfc(cell).split())
        if not text or text.casefold() in UNKNOWN:
            return Figure(stated=text)
        if _ERROR.fullmatch(text):
            return Figure(stated=text, problem="cell.excel_error")
        if _ABOUT.match(text) or _RANGE.match(text):
            hint = "write one figure if it is known; the words stay in the note"
            return _problem(text, "it is a rough figure, a bound or a range", hint)
        number, unit = _parted(text)
        value, flaw = parse(number, self._style) if number else (None, None)
        if _EITHER.fullmatch(number) and (
            self._style.mixed or self._style.guessed or self._style.decimal is None
        ):
            return _either(text, number)
        if value is None:
            if flaw and flaw.code == "number.mixed":
                return _problem(
                    text,
                    f"the sheet writes decimals with a {flaw.words['other']}",
                    "say --decimal , or --decimal .",
                )
            return _problem(text, "it is no number")
        if unit and unit != "%" and not is_unit(unit) and not is_money(unit):
            return Figure(
                stated=text, unit=unit, problem="unit.unknown", words=tuple(unknown_unit(unit).items())
            )
        return _signed(value, unit, text)


def unknown_unit(unit: str) -> dict[str, object]:
    """Return the words of the problem that a unit is not known."""
    try:
        canonical(unit)
    except UnitError as error:
        if is_unit(f"{unit} t"):
            return {"unit": unit, "nearest": f"{unit} of what? write for example {unit} т"}
        short = len(unit) <= _SHORT and not unit.isascii()  # each is near another short one: туб is no т
        near = () if short else error.nearest or nearest(unit, ("t", "kt", "т", "тыс. т", "кг", "шт"))
        return {
            "unit": unit,
            "nearest": f"did you mean {' or '.join(near)}?" if near else "write for example t or kt",
        }
    return {"unit": unit}


def _signed(value: float, unit: str, stated: str) -> Figure:
    if value != value or value in (float("inf"), float("-inf")):
        return _problem(stated, "it is no finite number")
    if value < 0:
        return _problem(stated, "an amount cannot be negative")
    return Figure(value, unit, stated)


def _problem(stated: str, reason: str, hint: str = "") -> Figure:
    return Figure(stated=stated, problem="import.number", words=(("reason", reason), ("hint", hint)))


def _either(text: str, number: str) -> Figure:
    """Return the problem that a mark may part thousands or decimals: neither reading is taken."""
    mark = "," if "," in number else "."
    small, large = number.replace(",", "."), number.replace(mark, "")
    words = (
        ("reason", f"it may mean {small} or {large}"),
        ("small", small),
        ("large", large),
        ("mark", mark),
    )
    return Figure(stated=text, problem="import.decimal", words=words)


def _parted(text: str) -> tuple[str, str]:
    """Part a cell into its number and its unit: `1 234,5 т` is `1 234,5` and `т`."""
    text = " ".join(text.split())
    end = max(
        (place for place, letter in enumerate(text, 1) if letter in _DIGITS and _numeric(text[:place])),
        default=0,
    )
    return text[:end], text[end:].strip(" .").removeprefix("(").removesuffix(")") if text[end:].strip(
        " ."
    ) else ""


def _numeric(text: str) -> bool:
    return all(letter in "0123456789.,+- \u00a0\u2009\u202f'’" for letter in text)


def share_of(figure: Figure, percent: bool) -> float | None:
    """Return a share as part of one: a cell with its own % is per cent, else the column decides."""
    if figure.value is None:
        return None
    value = figure.value / 100 if percent or figure.unit == "%" else figure.value
    return round(value, 12)


def year_of(cell: object) -> int | None:
    """Return the year that a cell states: `2022`, `2022 г.`, a date."""
    if isinstance(cell, datetime.date):
        return cell.year
    match = re.fullmatch(
        r"((?:18|19|20|21)\d\d)(?:\.0+)?\s*(?:год|г\.?|жыл|ж\.?)?", str(cell or "").strip(), re.IGNORECASE
    )
    return int(match[1]) if match else None
