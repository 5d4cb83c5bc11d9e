"""Gathers problems, bounded: the first 1,000 of each kind are kept, the others counted.

One further problem per kind says how many were left out, so that no count is lost.
"""

from collections import Counter
from collections.abc import Iterable

from graph_schema.mistakes.make import problem, refuses
from graph_schema.problems import Problem

KEPT = 1_000
"""Problems of one kind that are kept."""


class Findings:
    """The problems found so far."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._kept: list[Problem] = []
        self._counts: Counter[str] = Counter()
        for found in problems:
            self._keep(found)

    def add(
        self,
        code: str,
        file: str,
        line: int | None = None,
        column: str = "",
        value: object = "",
        **words: object,
    ) -> None:
        """Add the problem `code` at a place."""
        if self.room(code):
            self._keep(problem(code, file, line, column, value, **words))
        else:
            self._counts[code] += 1

    def room(self, code: str) -> int:
        """Return how many more problems of this kind are kept."""
        return max(0, KEPT - self._counts[code])

    def left_out(self, code: str, number: int) -> None:
        """Count `number` problems of this kind without keeping them."""
        self._counts[code] += number

    def _keep(self, found: Problem) -> None:
        self._counts[found.code] += 1
        self._kept.append(found)

    @property
    def errors(self) -> bool:
        """Whether there is any error."""
        return any(found.severity == "error" for found in self._kept)

    @property
    def refused(self) -> bool:
        """Whether there is an error that lenient mode cannot set aside."""
        return any(refuses(found) for found in self._kept)

    def problems(self) -> tuple[Problem, ...]:
        """Return all problems, in order of file, line and column."""
        ordered = sorted(self._kept, key=lambda p: (p.file, p.line or 0, p.column, p.code, p.value))
        severities = {found.code: found.severity for found in ordered}
        return (*ordered, *(self._summary(code, severities[code]) for code in severities if self._more(code)))

    def _more(self, code: str) -> int:
        return self._counts[code] - sum(found.code == code for found in self._kept)

    def _summary(self, code: str, severity: str) -> Problem:
        message = f"and {self._more(code):,} more of this kind"
        return Problem("", None, "", code, "error" if severity == "error" else "warning", "", message)
