"""The rows of an answer as people read them: which columns, in which words, aligned how.

Read off the row class. A figure carries its unit: in the heading where all rows share it, else beside the
figure. A share is a percentage. An unknown figure says "unknown"; a blank word stays blank. A size that has
a bound is told with it in one cell ("at most 5 t"), so that no layout can part the two. Columns that
hold lists of parts (routes, evidence) are left to the formats that can show them, unless asked for by name,
and so is the id of a thing whose name stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any

from api.words import PREFIXES
from graph_schema import Key, ParameterError, Quantity, Text
from graph_schema.cells.text import nearest
from valuechain import question
from valuechain.answer import Answer, Meaning, columns, figure, shown

PROSE = 40
"""A text column with a longer cell is prose: it goes under its row."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the row class, heading, cells, and what it means."""

    name: str
    heading: str
    cells: tuple[str, ...]
    meaning: Meaning | None

    @property
    def right(self) -> bool:
        """Whether it is aligned to the right: figures are."""
        return isinstance(self.meaning, Quantity)

    @property
    def blank(self) -> bool:
        """Whether it says nothing."""
        return not any(self.cells)

    @property
    def alike(self) -> bool:
        """Whether it says the same in each of several rows, so that once is enough."""
        return len(self.cells) > 1 and not self.blank and len(set(self.cells)) == 1

    @property
    def prose(self) -> bool:
        """Whether it is text to read, rather than a word or a figure in a table."""
        named = self.name.endswith(("_id", "name", "names"))
        return not self.right and not named and self.longest > PROSE

    @property
    def longest(self) -> int:
        """The length of the longest cell."""
        return max(map(len, self.cells), default=0)


def readable(answer: Answer[Any], names: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return the columns of an answer, in the order of the row class or of `names`."""
    meanings = columns(answer.row_type)
    chosen = checked(answer, names) or [n for n in told(answer) if not _left_out(answer, n, meanings)]
    bounded = _bounded(chosen, meanings)
    found = []
    for name in chosen:
        cells = (_cell(row, name, meanings) for row in answer.rows)
        if name in bounded:
            cells = (_with_bound(c, r.bound) for c, r in zip(cells, answer.rows, strict=True))
        found.append(Column(name, _heading(name, meanings), tuple(cells), meanings[name]))
    return tuple(found)


def told(answer: Answer[Any]) -> tuple[str, ...]:
    """Return the columns that people read: those that the question names, and the reason; else all."""
    named = question(answer.question).table
    reason = tuple(n for n in ("reason",) if n in columns(answer.row_type) and n not in named)
    return (*named, *reason) if named else tuple(columns(answer.row_type))


def checked(answer: Answer[Any], names: Sequence[str]) -> list[str]:
    """Return `names` if all are columns of the answer; `ParameterError` with the nearest ones if not."""
    known = columns(answer.row_type)
    for name in names:
        if name not in known:
            close = nearest(name, known)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
            raise ParameterError("columns", f"{answer.question} has no column {name!r}; {hint}")
    return list(names)


def spoken(word: str) -> str:
    """Return a code word as words.

    >>> spoken("missing_input")
    'missing input'
    """
    return word.replace("_", " ")


def percent(share: float) -> str:
    """Return a share as a percentage in at most three digits.

    >>> percent(0.0165)
    '1.65 %'
    """
    return f"{100 * share:.3g} %"


def amount(value: float | None, unit: str) -> str:
    """Return a figure with its unit; the word `unknown` where there is none."""
    if value is None:
        return "unknown"
    return percent(value) if unit == "share" else f"{figure(value)} {unit}".strip()


def sized(value: float | None, unit: str, bound: str) -> str:
    """Return a size with its bound.

    >>> sized(1_005_000.0, "t", "at_most"), sized(None, "t", "unknown")
    ('at most 1,005,000 t', 'unknown')
    """
    return _with_bound(amount(value, unit), bound)


def money(value: float | None, currency: str) -> str:
    """Return an amount of money, in millions where it is large.

    >>> money(371_850_000.0, "USD")
    '371.9 million USD'
    """
    if value is None or abs(value) < 1e6:
        return amount(value, currency)
    return f"{value / 1e6:,.4g} million {currency}".strip()


def _left_out(answer: Answer[Any], name: str, meanings: dict[str, Meaning | None]) -> bool:
    unit_of_another = any(_unit_column(n, meanings) == name for n in meanings)
    named = name.endswith("_id") and f"{name.removesuffix('_id')}_name" in meanings
    nested = any(_has_parts(getattr(row, name)) for row in answer.rows)
    bound = name == "bound" and bool(_bounded(["quantity"], meanings))
    return unit_of_another or named or nested or bound


def _bounded(chosen: Sequence[str], meanings: dict[str, Meaning | None]) -> set[str]:
    """Return the columns that are told with the row's bound: the size, else what is derived from it."""
    meant = meanings.get("bound")
    if "quantity" not in meanings or not (isinstance(meant, Text) and set(PREFIXES) <= set(meant.choices)):
        return set()
    return {"quantity"} if "quantity" in chosen else {"share", "value"} & set(chosen)


def _with_bound(cell: str, bound: str) -> str:
    return cell if cell == "unknown" else f"{PREFIXES.get(bound, '')}{cell}"


def _has_parts(value: Any) -> bool:
    return is_dataclass(value) or (isinstance(value, tuple) and any(is_dataclass(v) for v in value))


def _unit_column(name: str, meanings: dict[str, Meaning | None]) -> str | None:
    """Return the column that holds the unit of a figure, if it differs by row."""
    meant = meanings[name]
    if isinstance(meant, Quantity) and isinstance(meanings.get(meant.unit), Text):
        return meant.unit
    return None


def _heading(name: str, meanings: dict[str, Meaning | None]) -> str:
    meant = meanings[name]
    if isinstance(meant, Key) or name.endswith("_name"):
        return spoken(name.removesuffix("_id").removesuffix("_name"))
    fixed = (
        isinstance(meant, Quantity) and not _unit_column(name, meanings) and meant.unit not in ("share", name)
    )
    return f"{spoken(name)} [{meant.unit}]" if fixed and isinstance(meant, Quantity) else spoken(name)


def _cell(row: Any, name: str, meanings: dict[str, Meaning | None]) -> str:
    value, meant = getattr(row, name), meanings[name]
    if isinstance(meant, Quantity):
        beside = _unit_column(name, meanings)
        return amount(value, getattr(row, beside) if beside else "share" * (meant.unit == "share"))
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a year or a number of something: it is no amount
    text = shown(value)
    return spoken(text) if isinstance(meant, Text) and meant.choices else text
