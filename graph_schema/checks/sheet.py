"""One table while it is being checked: its columns as Arrow, and which rows are bad.

A fault marks its rows as bad if it is an error. Rows that are not trusted as a whole (broken rows, rows of
totals) get no further faults. Required cells are asked for only where the file has the column at all. A
table whose header is not known, or lacks a column of the key, counts as not read: no row of it is good, and
nobody judges references into it.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.arrow import arrow_schema
from graph_schema.cells.read import Rows, read_cells
from graph_schema.checks.findings import Findings
from graph_schema.checks.header import match_header
from graph_schema.checks.raw import RawTable
from graph_schema.columns import Column, Table
from graph_schema.mistakes.make import MISTAKES
from graph_schema.problems import RowCount

TOTAL = (
    r"(?i)^\s*((grand |sub)?total|sum|итого|всего|барлығы|жиыны|жалпы)"
    r"\s*([:.]\s*|\s(по|в|for|of|in|by)\s.*)?$"
)
"""The words of a row of totals."""


def bad_rows(mask: pa.Array) -> Rows:
    """Return the places where a boolean array is true."""
    return np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))


def same(**words: object) -> Callable[[int], Mapping[str, object]]:
    """Word every row alike."""
    return lambda _row: words


def _meaning(column: Column) -> str:
    return column.description + (f": {', '.join(column.choices)}" if column.choices else "")


class Sheet:
    """The state of one table. `columns` holds every declared column, absent ones as nulls."""

    def __init__(self, table: Table, raw: RawTable, findings: Findings, decimal: str = "") -> None:
        self.table, self.raw, self.findings = table, raw, findings
        self.size = len(raw.lines)
        self.bad = np.zeros(self.size, bool)
        self.columns: dict[str, pa.Array] = {}
        self._untrusted = np.zeros(self.size, bool)
        self._untrusted[list(raw.broken)] = True
        self.bad |= self._untrusted
        self._faulted: dict[str, npt.NDArray[np.bool_]] = {}
        self._keys = match_header(raw, table, findings) if raw.header else {}
        lost = bool(raw.header) and any(column not in self._keys for column in self._needed_key())
        self.partial = raw.partial or lost
        self.bad |= lost
        self._read(decimal)

    def _needed_key(self) -> list[str]:
        return [name for name in self.table.key if self.table.column(name).required]

    def _read(self, decimal: str) -> None:
        schema = arrow_schema(self.table)
        faults = []
        for column in self.table:
            key = self._keys.get(column.name)
            if key is None or not self.size:
                self.columns[column.name] = pa.nulls(self.size, schema.field(column.name).type)
                continue
            amount = self.table.amounts.get(column.name) == "amount"
            cells = read_cells(column, self.raw.columns[key], decimal, doubt=amount)
            self.columns[column.name] = cells.array
            faults += [(column.name, fault) for fault in cells.faults]
        self._totals()
        for name, fault in faults:
            self.fault(fault.code, fault.rows, name, fault.words)
        self._required()

    def _totals(self) -> None:
        for name in dict.fromkeys((*self.table.key, "name")):
            if self.size and name in self._keys and pa.types.is_string(self.columns[name].type):
                rows = bad_rows(pc.match_substring_regex(self.columns[name], TOTAL))
                self.fault("row.total", rows, name)
                self._untrusted[rows] = True

    def _required(self) -> None:
        for column in self.table:
            if column.required and column.name in self._keys:
                blank = bad_rows(self.columns[column.name].is_null())
                rows = blank[~self.faulted(column.name)[blank]]
                self.fault("cell.required", rows, column.name, same(what=_meaning(column)))

    def fault(
        self,
        code: str,
        rows: Rows,
        column: str = "",
        words: Callable[[int], Mapping[str, object]] | None = None,
        *,
        whole: Sequence[int] = (),
    ) -> None:
        """Report `code` for `rows`; `whole` names further rows that the same mistake makes bad."""
        rows = rows[~self._untrusted[rows]]
        if not len(rows):
            return
        if MISTAKES[code].severity == "error":
            self.bad[rows] = True
            self.bad[list(whole)] = True
            self.faulted(column)[rows] = True
        kept = rows[: self.findings.room(code)]
        for row in map(int, kept):
            value = self.raw.cell(self._keys.get(column), row)
            more = words(row) if words else {}
            self.findings.add(code, self.raw.file, self.raw.lines[row], column, **{"value": value, **more})
        self.findings.left_out(code, len(rows) - len(kept))

    def faulted(self, column: str) -> npt.NDArray[np.bool_]:
        """Say for each row whether an error was found in `column`."""
        return self._faulted.setdefault(column, np.zeros(self.size, bool))

    def trusted(self) -> npt.NDArray[np.bool_]:
        """Say for each row whether its cells may be compared with others."""
        return ~self._untrusted

    def fill(self, column: str, value: object, rows: pa.Array | None = None) -> None:
        """Put `value` into the blank cells of `column`, or into those of them where `rows` is true."""
        array = self.columns[column]
        blank = array.is_null() if rows is None else pc.and_(array.is_null(), rows)
        self.columns[column] = pc.if_else(blank, pa.scalar(value, array.type), array)

    def result(self) -> pa.Table:
        """Return the good rows in the form that every table has."""
        schema = arrow_schema(self.table)
        arrays = [self.columns[name].cast(schema.field(name).type) for name in schema.names]
        table = pa.Table.from_arrays(arrays, schema=schema)
        return table.filter(pa.array(~self.bad)) if self.bad.any() else table

    def count(self) -> RowCount:
        """Count the rows: read = loaded + set aside."""
        aside = int(self.bad.sum())
        return RowCount(self.table.name, self.size, self.size - aside, aside)
