"""What an id that is in no table may have been meant to be.

Ids are compared, and for products and processes the names of the reference catalogue in every language,
with its synonyms. A hint is looked for within a budget of work, so that a million wrong ids cost no more
than a few.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.cells.text import Names, did_you_mean, difference, skeleton, spellings
from graph_schema.checks.sheet import Sheet
from graph_schema.columns import Column

Elsewhere = Callable[[], Mapping[str, pa.Table]]
"""Gives the tables of a catalogue that the dataset has switched off; asked only if an id is missing."""

_BUDGET = 5_000_000
_CATALOGUED = (("products",), ("processes",))
_NAMES = ("name", "name_ru", "name_kk")
_MOST, _LOOKED_AT = 3, 12


class Hints:
    """Hints for ids that are not found; `present` gives the ids of a table."""

    def __init__(
        self,
        sheets: Mapping[str, Sheet],
        reference: Mapping[str, pa.Table],
        present: Callable[[str], pa.Array],
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._sheets, self._reference, self._present, self._elsewhere = sheets, reference, present, elsewhere
        self._names: dict[tuple[str, ...], tuple[Names, dict[str, str], int]] = {}

    def of(self, value: str, column: Column) -> str:
        """Name the ids that `value` may have been meant to be."""
        off = next((table for table in column.refers if value in self._switched_off.get(table, ())), "")
        near = self._near(value, column)
        if not off:
            return near
        has = f"the reference catalogue has {value}, but the dataset switches it off with catalogue = false"
        mend = f"write catalogue = true in dataset.toml, or add {value} to {off}"
        return f"{has}: {mend}" + (f"; or {near}" if near.startswith("did you mean") else "")

    @cached_property
    def _switched_off(self) -> dict[str, set[str]]:
        tables = self._elsewhere() if self._elsewhere else {}
        return {name: set(table.column(0).to_pylist()) for name, table in tables.items()}

    def _near(self, value: str, column: Column) -> str:
        refers = column.refers
        names, meant, budget = self._names.get(refers) or self._prepared(refers)
        self._names[refers] = names, meant, budget - 1
        if budget <= 0:
            return ""
        called = self._called(value, column)
        if called:
            return f"{value} is the name of {called}; write the id"
        if not len(names):
            return f"{' and '.join(refers)} has no rows"
        near = names.nearest(_plain(value), _LOOKED_AT)
        first = meant[near[0]] if near else ""
        if near and first != value and skeleton(first) == skeleton(value):
            return f"did you mean {first}? It looks alike but has {difference(first, value)}"
        if near and skeleton(near[0]) == skeleton(_plain(value)) and near[0] != _plain(first):
            return f"{value} is a name of {first}; write the id"
        holding = _holding(_plain(value), meant) if refers in _CATALOGUED else []
        found = dict.fromkeys(meant[name] for name in (*holding, *near))
        return did_you_mean(list(found)[:_MOST]) or self._nothing_like(value, refers)

    def _nothing_like(self, value: str, refers: tuple[str, ...]) -> str:
        if refers not in _CATALOGUED or refers[0] not in self._reference:
            return ""
        look = "`valuechain catalogue WORD` looks a word up in it"
        return f"the reference catalogue has no id or name like it ({look}); add {value} to {refers[0]}"

    def _prepared(self, refers: tuple[str, ...]) -> tuple[Names, dict[str, str], int]:
        """Return the names to compare with, what each means, and how many times that may be done."""
        meant: dict[str, str] = {}
        if refers in _CATALOGUED and refers[0] in self._reference:
            table = self._reference[refers[0]]
            for row in table.select([table.column_names[0], *_NAMES, "aliases"]).to_pylist():
                for label in spellings(row):
                    meant.setdefault(_plain(label), row[table.column_names[0]])
        meant.update((_plain(key), key) for table in refers for key in self._present(table).to_pylist())
        return Names(meant), meant, max(10, _BUDGET // max(1, len(meant)))

    def _called(self, value: str, column: Column) -> str:
        """Return the id of the row whose name is `value`."""
        for table in column.refers:
            sheet, other = self._sheets[table], self._reference.get(table)
            for field in _NAMES:
                if field not in sheet.table:
                    continue
                for columns in (sheet.columns, other):
                    if columns is None:
                        continue
                    place = pc.index(columns[field], pa.scalar(value, pa.string())).as_py()
                    if place >= 0:
                        return str(columns[sheet.table.key[0]][place].as_py())
        return ""


def _holding(value: str, names: Collection[str]) -> list[str]:
    """Return the names that hold `value` as whole words; first those that end in it, as a kind of it does."""
    words = f"-{value.casefold()}-"
    framed = {name: f"-{name.casefold()}-" for name in names}
    found = [name for name in names if words in framed[name]]
    return sorted(found, key=lambda name: (not framed[name].endswith(words), len(name), name))


def _plain(name: str) -> str:
    """Return a name as an id would have it."""
    return name.replace(" ", "-").replace("_", "-")
