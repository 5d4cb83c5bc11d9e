"""Every kind of mistake by its code, and the one place where a problem is made from one.

Values are shown with at most 120 characters and with control and invisible characters escaped.
"""

from graph_schema.cells.text import escaped, shown
from graph_schema.mistakes.of_files import FILE_MISTAKES
from graph_schema.mistakes.of_imports import IMPORT_MISTAKES
from graph_schema.mistakes.of_rows import ROW_MISTAKES
from graph_schema.mistakes.wording import Mistake
from graph_schema.problems import Problem, Severity

MISTAKES: dict[str, Mistake] = {
    mistake.code: mistake for mistake in (*FILE_MISTAKES, *ROW_MISTAKES, *IMPORT_MISTAKES)
}
"""Every kind of mistake by its code."""


class _Words(dict[str, object]):
    def __missing__(self, word: str) -> str:
        return ""


def codes() -> tuple[tuple[str, Severity, str], ...]:
    """Return (code, severity, meaning) of every kind of mistake, for the documentation."""
    return tuple((m.code, m.severity, m.meaning) for m in MISTAKES.values())


def problem(
    code: str, file: str, line: int | None = None, column: str = "", value: object = "", **words: object
) -> Problem:
    """Return the problem `code` at a place, worded with `words`."""
    mistake = MISTAKES[code]
    text = shown(value)
    filled = _Words(column=column, value=f"'{text}'", **words)
    message = escaped(mistake.message.format_map(filled))
    hint = escaped(mistake.hint.format_map(filled))
    return Problem(escaped(file), line, escaped(column), code, mistake.severity, text, message, hint)


def refuses(found: Problem) -> bool:
    """Say whether `found` keeps the whole dataset from loading, even in lenient mode."""
    return found.severity == "error" and MISTAKES[found.code].scope == "file"
