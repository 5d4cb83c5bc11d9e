"""A table as a reader found it, before anything is checked.

Blank rows are left out by the reader. A row that could not be split into cells is kept, padded, and named
in `broken`: its first cells may still be what other rows refer to, the rest is not trusted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from graph_schema.cells.read import Values


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells by column, with the line of each row. `partial`: the file could not be read to its end."""

    name: str
    file: str
    header: tuple[str, ...]
    columns: Mapping[str, Values]
    lines: Sequence[int]
    broken: frozenset[int] = frozenset()
    partial: bool = False

    def key(self, place: int) -> str:
        """Return the key in `columns` of the column at `place`: its name, or `#5` for a blank name."""
        return self.header[place] or f"#{place + 1}"

    def cells(self, key: str) -> Sequence[object]:
        """Return the cells of one column as Python values."""
        values = self.columns.get(key, ())
        if isinstance(values, pa.ChunkedArray | pa.Array):
            return list(values.to_pylist())
        return values

    def cell(self, key: str | None, row: int) -> object:
        """Return one cell as the file has it; nothing if the file lacks the column."""
        if key is None or key not in self.columns:
            return ""
        value = self.columns[key][row]
        return value.as_py() if isinstance(value, pa.Scalar) else value
