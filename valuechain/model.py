"""A dataset in memory: tables that never change.

Tables are Arrow tables in the schema of `graph_schema`, sorted when the chain is made, so nothing that
is derived depends on the order of files or rows. The dataset's *own* rows are kept apart from the rows
of the reference catalogue; `table` shows both, an own row winning over a reference row of the same key.
An unknown is a null, never a zero.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema import TABLES, Dataset, Problem, RowCount
from graph_schema.arrow import arrow_schema, empty
from graph_schema.tables import GRADES

if TYPE_CHECKING:
    import pandas as pd

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

T = TypeVar("T")

_SEPARATOR = "\x1f"


class ValueChain:
    """An immutable dataset: enterprises, products, recipes, owners and flows.

    Parameters
    ----------
    dataset
        Title, base year, currency and home region.
    tables
        The dataset's own rows by table name; a missing table is an empty one.
    reference
        Rows of the reference catalogue, used where the dataset has no row of the same key.
    problems, counts
        What loading found: warnings, rows read, loaded and set aside.
    """

    def __init__(
        self,
        dataset: Dataset,
        tables: Mapping[str, pa.Table],
        *,
        reference: Mapping[str, pa.Table] = MappingProxyType({}),
        problems: tuple[Problem, ...] = (),
        counts: tuple[RowCount, ...] = (),
    ) -> None:
        self.dataset = dataset
        self.problems = problems
        self.counts = counts
        self._own = {name: _sorted(name, tables.get(name)) for name in TABLES}
        self._reference = {name: _sorted(name, reference.get(name)) for name in TABLES}
        self._seen: dict[Any, Any] = {}

    def own_table(self, name: str) -> pa.Table:
        """Return the dataset's own rows of table `name`, without the reference catalogue."""
        return self._own[name]

    def reference_table(self, name: str) -> pa.Table:
        """Return the rows of table `name` in the reference catalogue, replaced ones included; none without it."""
        return self._reference[name]

    def arrow(self, name: str) -> pa.Table:
        """Return table `name` as Arrow: own rows and the reference rows that they do not replace."""
        return self.once(("arrow", name), lambda: _combined(name, self._own[name], self._reference[name]))

    def table(self, name: str) -> "pd.DataFrame":
        """Return a copy of table `name` as a DataFrame; changing it changes nothing here."""
        frame: pd.DataFrame = self.arrow(name).to_pandas()
        return frame

    def facts(self, name: str) -> pa.Table:
        """Return table `name` with one row per fact: the better grade, then the newer source, wins."""
        return self.once(("facts", name), lambda: best_rows(self, name)[0])

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change when any figure, name or setting changes."""
        digest = hashlib.sha256(repr(self.dataset).encode())
        for name in TABLES:
            _hash_table(digest, self.arrow(name))
        return digest.hexdigest()[:16]

    @property
    def year(self) -> int | None:
        """The base year of the dataset."""
        return self.dataset.base_year

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years for which there is production or flow, oldest first."""
        found = {y for name in ("production", "flows") for y in self.arrow(name)["year"].unique().to_pylist()}
        return tuple(sorted(y for y in found if y is not None))

    def ids(self, table: str) -> npt.NDArray[np.object_]:
        """Return the ids of an entity table in ascending order; their positions are the codes."""
        key = TABLES[table].key[0]
        return self.once(("ids", table), lambda: _objects(self.arrow(table)[key]))

    def codes(self, table: str, values: pa.ChunkedArray | list[str | None]) -> Codes:
        """Return the position of each value among the ids of `table`; -1 for null or unknown."""
        if isinstance(values, list):
            place = self.once(("places", table), lambda: {key: i for i, key in enumerate(self.ids(table))})
            return np.array([place.get(v, -1) for v in values], dtype=np.int64)
        ids = self.arrow(table)[TABLES[table].key[0]].combine_chunks()
        found = pc.fill_null(pc.index_in(values, value_set=ids), -1)
        return np.asarray(found.to_numpy()).astype(np.int64)

    def names(self, table: str) -> dict[str, str]:
        """Return id -> name of an entity table."""
        rows = self.arrow(table)
        key = TABLES[table].key[0]
        return self.once(
            ("names", table),
            lambda: dict(zip(rows[key].to_pylist(), rows["name"].to_pylist(), strict=True)),
        )

    def row(self, table: str, key: str) -> dict[str, Any] | None:
        """Return the row of an entity table with id `key` as a dictionary, or None."""
        (code,) = self.codes(table, [key])
        if code < 0:
            return None
        return dict(
            self.once(("row", table, int(code)), lambda: self.arrow(table).slice(int(code), 1).to_pylist()[0])
        )

    def with_rows(self, table: str, *rows: Mapping[str, Any], **row: Any) -> "ValueChain":
        """Return a changed copy: the given rows are added, or replace rows of the same key.

        Raises `DatasetError` with every problem of the new rows. The chain itself stays as it was.

        >>> from loaders import load
        >>> chain = load("pavlodar")
        >>> planned = chain.with_rows("production", enterprise_id="casting", product_id="steel-billets", output=5000)
        """
        from graph_schema.checks.check import check_rows

        new = [dict(r) for r in rows] + ([row] if row else [])
        checked = check_rows(table, new, self._own, self.dataset, self._reference)
        kept = _without(self._own[table], checked, TABLES[table].key)
        tables = {**self._own, table: pa.concat_tables([kept, checked])}
        return ValueChain(
            self.dataset, tables, reference=self._reference, problems=self.problems, counts=self.counts
        )

    def once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """Return `make()`, computed once for this chain: it never changes, so nothing derived does."""
        if key not in self._seen:
            self._seen[key] = make()
        made: T = self._seen[key]
        return made

    def _summary(self) -> list[tuple[str, int]]:
        shown = ("enterprises", "products", "processes", "production", "flows", "sources")
        return [(name, self._own[name].num_rows) for name in shown if self._own[name].num_rows]

    def __repr__(self) -> str:
        rows = ", ".join(f"{n} {name}" for name, n in self._summary())
        return f"ValueChain {self.dataset.id} {self.fingerprint} · {self.year or 'no year'} · {rows}"

    def _repr_html_(self) -> str:
        from html import escape

        cells = "".join(f"<tr><th>{name}</th><td>{n}</td></tr>" for name, n in self._summary())
        title = escape(self.dataset.title or self.dataset.id)
        return (
            f"<table><caption>{title}, {self.year or 'no base year'} · {self.fingerprint}</caption>"
            f"{cells}</table>"
        )


def best_rows(chain: ValueChain, name: str) -> tuple[pa.Table, list[list[dict[str, Any]]]]:
    """Return one row per fact of table `name`, and the groups of rows that disagree.

    Rows state the same fact when they agree in the table's key but for `source_id`. Order: own or
    source's grade (observed, reported, expert, inferred, none), then the newer source, then its id.
    """
    rows = chain.arrow(name)
    key = [c for c in TABLES[name].key if c != "source_id"]
    if rows.num_rows < 2 or len(key) == len(TABLES[name].key):
        return rows, []
    grade, newness = _ranks(chain, rows)
    same = np.unique(_objects(_joined(rows, key)), return_inverse=True)[1]
    source = np.unique(_objects(pc.fill_null(rows["source_id"], "")), return_inverse=True)[1]
    order = np.lexsort((source, -newness, grade, same))
    first = np.ones(len(order), bool)
    first[1:] = same[order][1:] != same[order][:-1]
    groups = np.split(order, np.flatnonzero(first)[1:]) if not first.all() else []
    conflicts = [g for g in (rows.take(i).to_pylist() for i in groups if len(i) > 1) if _disagree(name, g)]
    return rows.take(pa.array(np.sort(order[first]))), conflicts


def grades(chain: ValueChain, rows: pa.Table) -> pa.ChunkedArray:
    """Return the grade of each row: its own, else that of its source, else null."""
    sources = chain.arrow("sources")
    at = pc.index_in(rows["source_id"], value_set=sources["source_id"].combine_chunks())
    of_source = sources["grade"].combine_chunks().take(at.combine_chunks())
    return pc.coalesce(rows["grade"], pa.chunked_array([of_source]))


def _ranks(chain: ValueChain, rows: pa.Table) -> tuple[Codes, Codes]:
    sources = chain.arrow("sources")
    at = pc.index_in(rows["source_id"], value_set=sources["source_id"].combine_chunks())
    years = sources["year"].combine_chunks().take(at.combine_chunks())
    place = pc.index_in(grades(chain, rows), value_set=pa.array(GRADES))
    grade = np.asarray(pc.fill_null(place, len(GRADES)).to_numpy()).astype(np.int64)
    return grade, np.asarray(pc.fill_null(years, 0).to_numpy(zero_copy_only=False)).astype(np.int64)


def _disagree(name: str, rows: list[dict[str, Any]]) -> bool:
    figures = [c.name for c in TABLES[name] if c.kind == "number"]
    return any(len({r[f] for r in rows if r[f] is not None}) > 1 for f in figures)


def _sorted(name: str, rows: pa.Table | None) -> pa.Table:
    if rows is None:
        return empty(name)
    table = rows.select(arrow_schema(TABLES[name]).names).cast(arrow_schema(TABLES[name]))
    keys = TABLES[name].key + tuple(c.name for c in TABLES[name] if c.name not in TABLES[name].key)
    order = pc.sort_indices(table, sort_keys=[(k, "ascending") for k in keys])
    return table.take(order).combine_chunks()


def _joined(rows: pa.Table, columns: tuple[str, ...] | list[str]) -> pa.ChunkedArray:
    texts = [pc.fill_null(rows[c].cast(pa.string()), "") for c in columns]
    return pc.binary_join_element_wise(*texts, _SEPARATOR)


def _without(rows: pa.Table, replaced: pa.Table, key: tuple[str, ...]) -> pa.Table:
    if not rows.num_rows or not replaced.num_rows:
        return rows
    stale = pc.is_in(_joined(rows, key), value_set=_joined(replaced, key).combine_chunks())
    return rows.filter(pc.invert(stale))


def _combined(name: str, own: pa.Table, reference: pa.Table) -> pa.Table:
    if not reference.num_rows:
        return own
    key = tuple(c for c in TABLES[name].key if c != "source_id" or name == "sources")
    return _sorted(name, pa.concat_tables([own, _without(reference, own, key)]))


def _objects(column: Any) -> npt.NDArray[np.object_]:
    values: npt.NDArray[np.object_] = column.to_numpy(zero_copy_only=False)
    return values


def _hash_table(digest: Any, rows: pa.Table) -> None:
    for name in rows.column_names:
        column = rows[name].combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # pragma: no cover - several chunks of more than 2 GB
            column = pa.concat_arrays(column.chunks)
        digest.update(f"{name}:{len(column)}:{column.null_count};".encode())
        digest.update(np.packbits(pc.is_null(column).to_numpy(zero_copy_only=False)).tobytes())
        if pa.types.is_string(column.type):
            filled = pc.fill_null(column, "")
            digest.update(pc.binary_length(filled).to_numpy(zero_copy_only=False).tobytes())
            digest.update(b"".join(v.encode() for v in filled.to_pylist()))
        else:
            digest.update(pc.fill_null(column, 0).to_numpy(zero_copy_only=False).tobytes())
