"""How a table and its columns are declared."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["id", "ref", "text", "list", "choice", "number", "year", "date", "unit", "currency"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind of cell and the limits that a cell must keep."""

    name: str
    kind: Kind
    description: str
    required: bool = False
    refers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    example: str = ""
    low_open: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its key and its columns, in the order in which files show them."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    needed: bool = False
    amounts: dict[str, str] = field(default_factory=dict)
    """Number columns that are amounts of the row's product, each with what its unit means:
    `amount` (in the product's unit), `price` (money per product unit), `coefficient` (product unit
    per unit of the process's main product)."""

    def column(self, name: str) -> Column:
        """Return the column called `name`; `KeyError` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)
