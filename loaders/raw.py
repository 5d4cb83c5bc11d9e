"""What a reader of any format returns: the description, the raw tables, and the problems met on the way."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph_schema import Dataset, Problem
from graph_schema.checks.findings import Findings
from graph_schema.checks.raw import RawTable

LARGEST_FILE = 2 * 1024**3
"""Bytes that one file may have."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A dataset as it was read; nothing in it is checked yet."""

    dataset: Dataset
    tables: list[RawTable]
    problems: list[Problem] = field(default_factory=list)


def unread(name: str, file: str) -> RawTable:
    """Return table `name` without rows, for a file that cannot be read; nobody judges references to it."""
    return RawTable(name, file, (), {}, (), partial=True)


def is_blank(cells: Iterable[object]) -> bool:
    """Say whether all cells of a row are empty or white space."""
    return not any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in cells)


class Lines:
    """Counts rows as they are read and warns of blank rows between others; those at the end are nothing."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file, self._findings = file, findings
        self._blank: list[int] = []
        self._numbers = array("q")

    def blank(self, line: int) -> None:
        """Note a blank row."""
        if len(self._blank) < 2:
            self._blank.append(line)

    def row(self, line: int) -> None:
        """Note a row with cells."""
        if self._blank:
            self._findings.add("row.blank", self._file, self._blank[0])
            self._blank.clear()
        self._numbers.append(line)

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers(self) -> Sequence[int]:
        """Return the line of each row, as a range where no line is left out."""
        if not self._numbers:
            return range(0)
        first, last = self._numbers[0], self._numbers[-1]
        return range(first, last + 1) if last - first + 1 == len(self) else self._numbers
