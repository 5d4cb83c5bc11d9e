"""The answer to a question: typed rows, and all that is needed to trust them.

A row class is the schema of an answer; a DataFrame, a table on a terminal and JSON are views of it. An
unknown is `None` (JSON `null`), never zero and never NaN.
"""

import dataclasses
import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, get_type_hints

from graph_schema import Key, Quantity, Text

if TYPE_CHECKING:
    import pandas as pd

Row = TypeVar("Row")
Meaning = Quantity | Key | Text


def columns(row_type: type) -> dict[str, Meaning | None]:
    """Return the meaning of each field of a row class: its unit, key or words."""
    return dict(_columns(cast(Hashable, row_type)))


@cache
def _columns(row_type: type) -> dict[str, Meaning | None]:
    """Return `columns`, read once: the annotations of a class take longer to read than its rows."""
    hints = get_type_hints(row_type, include_extras=True)
    return {name: meaning(hint) for name, hint in hints.items()}


def meaning(hint: Any) -> Meaning | None:
    """Return the `Quantity`, `Key` or `Text` that an annotation carries, if any."""
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Quantity | Key | Text):
            return extra
    return None


@dataclass(frozen=True, slots=True)
class Answer(Generic[Row]):
    """Rows of one question asked of one dataset, with units, parameters, sources and caveats."""

    question: str
    title: str
    rows: tuple[Row, ...]
    row_type: type[Row]
    parameters: dict[str, Any]
    dataset: dict[str, Any]
    sources: tuple[dict[str, Any], ...] = ()
    caveats: tuple[str, ...] = field(default=())

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def units(self) -> dict[str, str]:
        """Unit of each figure. Where it differs by row, the name of the column that holds it."""
        return {n: m.unit for n, m in columns(self.row_type).items() if isinstance(m, Quantity)}

    @property
    def frame(self) -> "pd.DataFrame":
        """The rows as a DataFrame, one column per field; unknown figures are missing values."""
        import pandas as pd

        return pd.DataFrame([shallow(row) for row in self.rows], columns=list(columns(self.row_type)))

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain values: what the command line and HTTP give as JSON."""
        return {
            "question": self.question,
            "rows": [plain(row) for row in self.rows],
            "units": self.units,
            "parameters": plain(self.parameters),
            "dataset": self.dataset,
            "sources": plain(self.sources),
            "caveats": list(self.caveats),
            "next": None,
        }

    def _repr_html_(self) -> str:
        from html import escape

        names = [n for n, m in columns(self.row_type).items() if m is not None]
        head = "".join(f"<th>{escape(heading(self, n))}</th>" for n in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(shown(getattr(row, n)))}</td>" for n in names) + "</tr>"
            for row in self.rows
        )
        notes = "".join(f"<li>{escape(c)}</li>" for c in self.caveats)
        return (
            f"<table><caption>{escape(self.title)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table><ul>{notes}</ul>"
        )


def heading(answer: Answer[Any], name: str) -> str:
    """Return the heading of a column: its words, and its unit where it is one for all rows."""
    unit = answer.units.get(name, "")
    words = name.replace("_", " ")
    in_a_column = isinstance(columns(answer.row_type).get(unit), Text)
    return f"{words} [{unit}]" if unit and not in_a_column else words


def plain(value: Any) -> Any:
    """Return dataclasses, tuples and figures as what JSON can hold; not-a-number becomes None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else value
    return value


def shallow(row: Any) -> dict[str, Any]:
    """Return the fields of a row by name, nested parts as they are."""
    return {f.name: getattr(row, f.name) for f in dataclasses.fields(row)}


def shown(value: Any) -> str:
    """Return a value as a person reads it: thousands apart, unknown as a word, lists joined."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return figure(value)
    if isinstance(value, tuple | list):
        return "; ".join(str(v) for v in value)
    return str(value)


def figure(value: float | None) -> str:
    """Return a number in at most four significant digits past the thousands, with thin grouping."""
    if value is None:
        return "unknown"
    if abs(value) >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.4g}"
