"""What can be wrong with a dataset: one code per kind of mistake, one wording per code.

An `error` keeps a row (or the dataset) from being loaded; a `warning` loads and is shown. A problem
names file, row, column and value, says what was expected, and the nearest valid name where there is one.
"""

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one place. `line` counts as the file's reader sees it: 1 is the header."""

    file: str
    line: int | None
    column: str
    code: str
    severity: Severity
    value: str
    message: str
    hint: str = ""

    def __lt__(self, other: "Problem") -> bool:
        """Order by place, what concerns a whole file first, then by what is said."""
        return self._place() < other._place()

    def _place(self) -> tuple[str, int, str, str, str, str, str]:
        return self.file, self.line or 0, self.column, self.code, self.value, self.message, self.hint

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line is not None else "")
        column = f" [{self.column}]" if self.column else ""
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        return f"{place}{column} {self.severity} {self.code}: {self.message}{hint}"

    def as_dict(self) -> dict[str, object]:
        """Return the problem as a plain dictionary, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RowCount:
    """Rows of one table: `read` = `loaded` + `set_aside`, always."""

    table: str
    read: int
    loaded: int
    set_aside: int


class ValueChainError(Exception):
    """Base of every error that is meant for a person."""


class DatasetError(ValueChainError):
    """The dataset did not validate. `problems` holds all of them, not only the first."""

    def __init__(self, problems: tuple[Problem, ...], counts: tuple[RowCount, ...] = ()) -> None:
        self.problems = problems
        self.counts = counts
        errors = sum(p.severity == "error" for p in problems)
        super().__init__(f"{errors} errors\n" + "\n".join(str(p) for p in problems[:20]))


class NotFoundError(ValueChainError):
    """Something was asked for by a name that does not exist."""

    def __init__(self, what: str, name: str, nearest: tuple[str, ...] = ()) -> None:
        self.what, self.name, self.nearest = what, name, nearest
        hint = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
        super().__init__(f"There is no {what} called {name!r}.{hint}")


class ParameterError(ValueChainError):
    """A question was asked with a parameter that it does not have or that does not fit."""

    def __init__(self, parameter: str, message: str) -> None:
        self.parameter = parameter
        super().__init__(f"{parameter}: {message}")


class StoreError(ValueChainError):
    """A store could not be opened, read or written."""
