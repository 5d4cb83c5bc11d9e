"""Keys of one table: no two rows with the same key, no two ids that a reader cannot tell apart.

A blank part of a key (no source, no process) equals another blank part. Of rows with the same key none is
preferred: all of them are bad, and the problem stands at every row but the first.
"""

import math

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.cells.read import Rows
from graph_schema.cells.text import difference, skeleton
from graph_schema.checks.sheet import Sheet


def check_keys(sheet: Sheet, existing: pa.Table | None = None) -> None:
    """Check the key of `sheet`; `existing` rows may be replaced but not resembled."""
    if not sheet.size:
        return
    _duplicates(sheet)
    key = sheet.table.key
    if len(key) == 1 and sheet.table.column(key[0]).kind == "id":
        _twins(sheet, key[0], existing)


def _duplicates(sheet: Sheet) -> None:
    codes = _codes(sheet)
    if codes is None:
        return
    rows = np.flatnonzero(_usable(sheet))
    codes = codes[rows]
    if pc.count_distinct(pa.array(codes)).as_py() == len(codes):
        return
    order = np.argsort(codes, kind="stable")
    same = np.append(False, codes[order][1:] == codes[order][:-1])
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
    first = {int(rows[order[i]]): int(rows[order[starts[i]]]) for i in np.flatnonzero(same)}

    def words(row: int) -> dict[str, object]:
        return {"key": ", ".join(sheet.table.key), "other_line": sheet.raw.lines[first[row]]}

    later = np.array(sorted(first), dtype=np.int64)
    sheet.fault("key.duplicate", later, sheet.table.key[0], words, whole=sorted(set(first.values())))


def _usable(sheet: Sheet) -> npt.NDArray[np.bool_]:
    usable = sheet.trusted().copy()
    for name in sheet.table.key:
        usable &= ~sheet.faulted(name)
        if sheet.table.column(name).required:
            usable &= sheet.columns[name].is_valid().to_numpy(zero_copy_only=False)
    return usable


def _codes(sheet: Sheet) -> npt.NDArray[np.int64] | None:
    """Number the keys, equal keys alike; nothing if one column alone tells all rows apart."""
    combined = np.zeros(sheet.size, np.int64)
    size = 1
    for name in sheet.table.key:
        array = sheet.columns[name]
        if array.null_count == len(array):
            continue
        encoded = array.dictionary_encode()
        width = len(encoded.dictionary) + 1
        if width == sheet.size + 1:  # no two rows agree in this column alone
            return None
        if math.log2(size) + math.log2(width) > 62:
            combined, size = np.unique(combined, return_inverse=True)[1], len(combined)
        combined = combined * width + (encoded.indices.fill_null(-1).to_numpy().astype(np.int64) + 1)
        size *= width
    return combined


def _flat(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _twins(sheet: Sheet, name: str, existing: pa.Table | None) -> None:
    ids = sheet.columns[name]
    before = _flat(existing[name]).cast(pa.string()) if existing is not None else pa.array([], pa.string())
    distinct = pa.concat_arrays([before, ids.drop_null()]).unique()
    if pc.all(pc.string_is_ascii(distinct)).as_py() and pc.count_distinct(
        pc.ascii_lower(distinct)
    ).as_py() == len(distinct):
        return
    alike: dict[str, str] = {}
    twins: dict[str, str] = {}
    for value in distinct.to_pylist():
        other = alike.setdefault(skeleton(value), value)
        if other != value:
            twins[value] = other
    if not twins:
        return
    cells = ids.to_pylist()
    rows = np.flatnonzero([cell in twins for cell in cells])
    case = np.array([cells[row].casefold() == twins[cells[row]].casefold() for row in rows])
    lines = {cell: sheet.raw.lines[row] for row, cell in reversed(list(enumerate(cells)))}

    def words(row: int) -> dict[str, object]:
        other = twins[cells[row]]
        return {"other": other, "other_line": lines.get(other, "?"), "odd": difference(cells[row], other)}

    for code, chosen in (("id.case_twin", rows[case]), ("id.confusable", rows[~case])):
        others = {twins[cells[row]] for row in chosen}
        whole = np.flatnonzero([cell in others for cell in cells])
        sheet.fault(code, _rows(chosen), name, words, whole=list(map(int, whole)))


def _rows(chosen: Rows) -> Rows:
    return np.asarray(chosen, dtype=np.int64)
