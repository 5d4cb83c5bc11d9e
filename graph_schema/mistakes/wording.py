"""How one kind of mistake is described: its code, severity, scope, meaning, message and hint.

A mistake of scope `row` concerns one row, which can be set aside; one of scope `file` leaves a whole
file or the dataset in doubt and is refused in lenient mode too. The words in braces are filled in where
the mistake is found; a word that is not given is left out.
"""

from dataclasses import dataclass
from typing import Literal

from graph_schema.problems import Severity


@dataclass(frozen=True, slots=True)
class Mistake:
    """One kind of mistake. `meaning` explains it to a reader of the documentation."""

    code: str
    severity: Severity
    scope: Literal["row", "file"]
    meaning: str
    message: str
    hint: str = ""


def file(code: str, meaning: str, message: str, hint: str = "") -> Mistake:
    """Describe an error of a whole file or dataset."""
    return Mistake(code, "error", "file", meaning, message, hint)


def row(code: str, meaning: str, message: str, hint: str = "") -> Mistake:
    """Describe an error of one row."""
    return Mistake(code, "error", "row", meaning, message, hint)


def warning(code: str, meaning: str, message: str, hint: str = "") -> Mistake:
    """Describe something that loads and is shown."""
    return Mistake(code, "warning", "row", meaning, message, hint)
