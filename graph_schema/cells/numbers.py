"""Numbers as people write them: the marks of one column, and what each cell then says.

Only ASCII digits count. A space, a no-break space or an apostrophe between groups of three digits always
means thousands. Whether a comma or a point is the decimal mark is decided for the whole column: by the
dataset's declaration, else by the cells that can be read in one way only (`12,5`, `1,234,567`). A column
without such a cell has decimal points; if a comma stands in it, the comma is ambiguous and an error. Where
that is so and a cell such as `1.500` may mean thousands, a column of amounts gets a warning.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from graph_schema.cells.text import code_point

Mark = Literal[".", ","]

AMBIGUOUS = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
"""A decimal point that may as well be a mark of thousands."""

PLAIN = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$"
"""A number as programs write it; safe to hand to a compiled parser if the column has decimal points."""

LIMIT = 1e15
"""Numbers beyond this have no exact neighbours in a double and are refused."""

_SPACES = "[ \u00a0\u2009\u202f'’]"
_PLAIN = re.compile(PLAIN)
_SIGNED = re.compile(r"([+-]?)(.*)", re.DOTALL)
_DIGITS = re.compile(r"[0-9]+")
_SINGLE = re.compile(r"([0-9]+)([.,])([0-9]+)")
_SPACED = re.compile(rf"[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+(?:([.,])[0-9]+)?")
_COMMA_GROUPS = re.compile(r"[0-9]{1,3}(?:(?:,[0-9]{3}){2,}|(?:,[0-9]{3})+\.[0-9]+)")
_POINT_GROUPS = re.compile(r"[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:\.[0-9]{3})+,[0-9]+)")
_EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)
_NUMBER_AND_UNIT = re.compile(rf"([+-]?[0-9](?:[0-9.,]|{_SPACES}(?=[0-9]))*)\s*([^\W\d_].*|[%‰])", re.DOTALL)
_BOOLEANS = frozenset({"true", "false", "истина", "ложь", "ақиқат", "жалған"})


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one cell: the code of the mistake and the words of its message."""

    code: str
    words: dict[str, object]


@dataclass(frozen=True, slots=True)
class Style:
    """How one column writes numbers. `mixed`: its cells contradict each other; `guessed`: none tells."""

    decimal: Mark | None
    declared: bool = False
    mixed: bool = False
    guessed: bool = False


def column_style(cells: Iterable[str], declared: str = "") -> Style:
    """Decide the decimal mark of a column from its distinct non-blank cells."""
    if declared:
        return Style("," if declared == "," else ".", declared=True)
    points = commas = unsure_commas = 0
    for cell in cells:
        mark = _evidence(cell)
        points += mark == "."
        commas += mark == ","
        unsure_commas += mark is None and "," in cell and bool(_EITHER.fullmatch(_unsigned(cell)))
    if points and commas:
        majority: Mark | None = None if points == commas else "." if points > commas else ","
        return Style(majority, mixed=True)
    if commas:
        return Style(",")
    return Style("." if points or not unsure_commas else None, guessed=not points)


def parse(cell: str, style: Style) -> tuple[float | None, Flaw | None]:
    """Read one cell (outer space removed). A warning comes with its number, an error without."""
    sign, text = _SIGNED.fullmatch(cell).groups()  # type: ignore[union-attr]
    if _EITHER.fullmatch(text):
        return _either(sign, text, style)
    evidence = _evidence(cell)
    if evidence and evidence != style.decimal:
        other = "comma" if evidence == "." else "point"
        return None, Flaw("number.mixed", {"mark": _name(evidence), "other": other})
    if _PLAIN.match(cell) and "," not in cell:
        return _finite(float(cell))
    if evidence or _SPACED.fullmatch(text):
        return _finite(float(sign + _bare(text, style.decimal or ".")))
    return None, _flaw(cell)


def _unsigned(cell: str) -> str:
    return cell[1:] if cell[:1] in "+-" else cell


def _evidence(cell: str) -> Mark | None:
    """Return the decimal mark that `cell` can only have, if it tells."""
    text = _unsigned(cell)
    if _DIGITS.fullmatch(text) or _EITHER.fullmatch(text):
        return None
    single = _SINGLE.fullmatch(text) or _SPACED.fullmatch(text)
    if single:
        mark = single[2] if single.re is _SINGLE else single[1]
        return "," if mark == "," else "." if mark else None
    if _COMMA_GROUPS.fullmatch(text):
        return "."
    return "," if _POINT_GROUPS.fullmatch(text) else None


def _either(sign: str, text: str, style: Style) -> tuple[float | None, Flaw | None]:
    """Read `1,234` or `1.234`, which depends on the column."""
    mark = "," if "," in text else "."
    small, large = text.replace(",", "."), text.replace(mark, "")
    if style.decimal is None or (style.mixed and mark != style.decimal):
        return None, Flaw("number.ambiguous", {"small": small, "large": large})
    if mark == style.decimal:
        words: dict[str, object] = {"small": sign + small, "large": sign + large}
        return float(sign + small), Flaw("number.point", words) if style.guessed else None
    number = float(sign + large)
    if style.declared:
        return number, None
    return number, Flaw("number.thousands", {"number": f"{sign}{large}", "mark": _name(style.decimal)})


def _name(mark: Mark) -> str:
    return "point" if mark == "." else "comma"


def _bare(text: str, decimal: Mark) -> str:
    thousands = "," if decimal == "." else "."
    return re.sub(_SPACES, "", text).replace(thousands, "").replace(decimal, ".")


def _finite(number: float) -> tuple[float | None, Flaw | None]:
    if abs(number) > LIMIT:
        return None, Flaw("number.out_of_range", {})
    return number + 0.0, None


def _flaw(cell: str) -> Flaw:
    """Say what stands in a cell that is no number."""
    if _NOT_FINITE.fullmatch(cell):
        return Flaw("number.not_finite", {})
    if cell.casefold() in _BOOLEANS:
        return Flaw("number.boolean", {})
    both = _NUMBER_AND_UNIT.fullmatch(cell)
    if both and both[2] == "%":
        return Flaw("number.percent", {"fraction": f"the part of one: {both[1]} % is {both[1]}/100"})
    if both and not re.match("[eExX][0-9]", both[2]):
        return Flaw("number.unit", {"number": both[1]})
    exotic = next((c for c in cell if not c.isascii() and (c.isnumeric() or c in "−–")), "")
    if exotic:
        return Flaw("number.digits", {"odd": code_point(exotic)})
    if cell[:1].isalpha() or not any(character.isdigit() for character in cell):
        return Flaw("number.words", {})
    return Flaw("number.format", {})
