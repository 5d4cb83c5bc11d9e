"""Cells of one column, from what a file holds to what Arrow keeps.

A blank cell (nothing, or white space only) is null. Text is kept as it came, in normal form C with line
feeds only; choices, units, currencies, numbers and dates lose outer space. A cell that is no value of its
column is null in the result and has a fault, save for ids and references, which stay so that other rows
still find them. Whole columns are handled at once; only cells out of the ordinary are looked at singly.
"""

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.cells import numbers
from graph_schema.cells.kinds import LONGEST, Converter, converter, usual
from graph_schema.cells.numbers import Flaw
from graph_schema.columns import Column

Rows = npt.NDArray[np.int64]
Values: TypeAlias = "Sequence[object] | pa.ChunkedArray"

_SAFE_INTEGER = 10**15
_FIRST = 10_000
_TEXTS = frozenset({"text", "list", "id", "ref"})
_CODES = frozenset({"id", "ref", "choice", "year"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows of a column that share one kind of mistake; `words` gives the message's words for a row."""

    code: str
    rows: Rows
    words: Callable[[int], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Cells:
    """A column as Arrow keeps it, and what is wrong in it."""

    array: pa.Array
    faults: tuple[Fault, ...]


def read_cells(column: Column, values: Values, decimal: str = "", *, doubt: bool = False) -> Cells:
    """Read one column; `decimal` is the declared decimal mark, if any.

    With `doubt`, the first point that may be decimal or thousands gets a warning.
    """
    texts, given, faults = _strings(column, values)
    if column.kind == "number":
        array, more = _numbers(_stripped(texts), decimal, doubt)
        if given is not None:
            given, unfit = _finite(given)
            array, more = pc.coalesce(given, array), [*more, *unfit]
    else:
        array, more = _read_texts(column, texts)
    if column.kind == "year":
        array = pc.cast(array, pa.int32())
    return Cells(array, (*faults, *more, *_limits(column, array)))


def _read_texts(column: Column, texts: pa.Array) -> tuple[pa.Array, list[Fault]]:
    pattern = usual(column)
    if column.kind in _CODES and pc.all(pc.match_substring_regex(texts, pattern)).as_py():
        return texts, []
    return _convert(_stripped(texts, column.kind in _TEXTS), pattern, converter(column))


def _stripped(texts: pa.Array, keep_space: bool = False) -> pa.Array:
    """Return `texts` in normal form with nulls for blank cells; without outer space unless it is kept."""
    if texts.null_count == len(texts):
        return texts
    texts = _normal(texts)
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), texts if keep_space else trimmed)


def _strings(column: Column, values: Values) -> tuple[pa.Array, pa.Array | None, list[Fault]]:
    """Split `values` into text cells and cells that are numbers already."""
    if isinstance(values, pa.ChunkedArray | pa.Array):
        typed = _typed(column, values)
        if typed:
            return *typed, []
        values = values.to_pylist()
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        try:
            return pa.array(values, pa.string()), None, []
        except UnicodeEncodeError:
            pass
    return _mixed(column, values)


def _typed(column: Column, values: pa.ChunkedArray | pa.Array) -> tuple[pa.Array, pa.Array | None] | None:
    """Return typed columns as they are; nothing if their cells must be looked at one by one."""
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if pa.types.is_null(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return array.cast(pa.string()), None
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if column.kind == "number" and number:
        return pa.nulls(len(array), pa.string()), array.cast(pa.float64(), safe=False)
    if column.kind not in ("number", "date") and pa.types.is_integer(kind):
        return array.cast(pa.string()), None
    return None


def _mixed(column: Column, values: Sequence[object]) -> tuple[pa.Array, pa.Array | None, list[Fault]]:
    texts: list[str | None] = []
    given: list[float | None] = []
    flaws: dict[int, Flaw] = {}
    for row, value in enumerate(values):
        text, number = None, None
        try:
            text, number = _plain(value, column.kind)
        except _Unfit as unfit:
            flaws[row] = unfit.flaw
            text = unfit.text
        texts.append(text)
        given.append(number)
    return pa.array(texts, pa.string()), pa.array(given, pa.float64()), _gather(flaws)


class _Unfit(Exception):  # noqa: N818 - a signal inside this module, never seen outside
    def __init__(self, code: str, text: str | None = None, **words: object) -> None:
        self.flaw, self.text = Flaw(code, words), text


def _plain(value: Any, kind: str) -> tuple[str | None, float | None]:
    """Return one cell as text or as a number."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None:
        return None, None
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _Unfit("cell.control", odd="half of a surrogate pair") from None
        return value, None
    if isinstance(value, bool):
        if kind == "number":
            raise _Unfit("number.boolean")
        raise _Unfit("cell.type", found="true or false", expected=kind)
    if isinstance(value, int | float | Decimal):
        return _plain_number(value, kind)
    if isinstance(value, datetime.date | datetime.datetime):
        return _plain_date(value, kind), None
    raise _Unfit("cell.type", found=type(value).__name__, expected=kind)


def _plain_number(value: float | Decimal, kind: str) -> tuple[str | None, float | None]:
    number = _double(value)
    if not math.isfinite(number):
        raise _Unfit("number.not_finite")
    if kind == "number":
        return None, number
    whole = number.is_integer()
    text = str(int(value)) if whole else repr(number)
    if kind in ("id", "ref"):
        if abs(number) >= _SAFE_INTEGER:
            raise _Unfit("id.number_in_excel", text, why=" and keeps 15 digits of it only")
        if not whole:
            raise _Unfit("id.number_in_excel", text, why=" with a fraction")
    if kind == "date" and not (whole and 1000 <= number <= 9999):
        raise _Unfit("date.invalid", hint="; a number is how a spreadsheet stores a date")
    return text, None


def _double(value: float | Decimal) -> float:
    """Return `value` as a double; an integer too large for one is out of range, not infinite."""
    try:
        return float(value)
    except OverflowError:
        return numbers.LIMIT * 10


def _plain_date(value: datetime.date, kind: str) -> str:
    if kind != "date":
        hint = "a spreadsheet turns text such as 1.2 into a date; format the column as text"
        raise _Unfit("cell.type", found="date", expected=kind, hint=hint)
    if isinstance(value, datetime.datetime):
        if value.time() != datetime.time():
            raise _Unfit("date.invalid", hint=", without a time of day")
        value = value.date()
    return value.isoformat()


def _normal(texts: pa.Array) -> pa.Array:
    if not pc.all(pc.string_is_ascii(texts)).as_py() and texts.null_count < len(texts):
        texts = pc.utf8_normalize(texts, "NFC")
    if pc.any(pc.match_substring(texts, "\r")).as_py():
        texts = pc.replace_substring_regex(texts, "\r\n?", "\n")
    return texts


def _convert(texts: pa.Array, pattern: str, convert: Converter) -> tuple[pa.Array, list[Fault]]:
    """Convert the cells that do not match `pattern` or are too long; the others stay."""
    plain = pc.and_(pc.match_substring_regex(texts, pattern), pc.less_equal(pc.utf8_length(texts), LONGEST))
    odd = pc.invert(pc.fill_null(plain, True))
    rows = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    if not len(rows):
        return texts, []
    values, flaws = _distinct(texts.take(pa.array(rows)), convert, pa.string())
    return pc.replace_with_mask(texts, odd, values), _gather(
        {int(rows[place]): flaw for place, flaw in flaws.items()}
    )


def _numbers(texts: pa.Array, decimal: str, doubt: bool) -> tuple[pa.Array, list[Fault]]:
    if texts.null_count == len(texts):
        return pa.nulls(len(texts), pa.float64()), []
    plain = decimal != "," and pc.all(pc.match_substring_regex(texts, numbers.PLAIN)).as_py()
    if plain and not (doubt and not decimal and _doubtful(texts)):
        return _finite(pc.cast(texts, pa.float64()), "number.out_of_range")  # 1e400 is infinite as a double
    distinct = texts.dictionary_encode().dictionary.to_pylist()
    style = numbers.column_style(distinct, decimal)

    def read(cell: str) -> tuple[float | None, Flaw | None]:
        if len(cell) > LONGEST:
            return None, Flaw("cell.too_long", {"length": len(cell), "limit": LONGEST})
        _, flaw = _check_text(cell)
        return (None, flaw) if flaw else numbers.parse(cell, style)

    values, flaws = _distinct(texts, read, pa.float64())
    points = [row for row, flaw in flaws.items() if flaw.code == "number.point"]
    for row in points if not doubt else points[1:]:
        del flaws[row]
    if points and doubt:
        flaws[points[0]].words["count"] = len(points)
    return values, _gather(flaws)


def _doubtful(texts: pa.Array) -> bool:
    """Say whether all points in a column of plain numbers may be decimal or thousands."""
    for part in (texts.slice(0, _FIRST), texts):
        points = pc.sum(pc.match_substring(part, ".")).as_py() or 0
        unsure = pc.sum(pc.match_substring_regex(part, numbers.AMBIGUOUS)).as_py() if points else 0
        if points > unsure:
            return False
    return bool(points)


_check_text = converter(Column("", "unit", ""))


def _finite(array: pa.Array, code: str = "number.not_finite") -> tuple[pa.Array, list[Fault]]:
    """Refuse NaN, infinity and what is too large; make -0 a 0."""
    finite = pc.fill_null(pc.is_finite(array), True)
    fits = pc.fill_null(pc.less_equal(pc.abs(array), numbers.LIMIT), True)
    array = pc.add(array, 0.0)
    if pc.all(pc.and_(finite, fits)).as_py():
        return array, []
    ok, fit = finite.to_numpy(zero_copy_only=False), fits.to_numpy(zero_copy_only=False)
    faults = [
        Fault(code, np.flatnonzero(~ok), _no_words),
        Fault("number.out_of_range", np.flatnonzero(ok & ~fit), _no_words),
    ]
    array = pc.if_else(pc.and_(finite, fits), array, pa.scalar(None, pa.float64()))
    return array, [fault for fault in faults if len(fault.rows)]


def _limits(column: Column, array: pa.Array) -> list[Fault]:
    """Find numbers and years outside the limits of `column`."""
    if (column.low is None and column.high is None) or array.null_count == len(array):
        return []
    values = np.asarray(array.to_numpy(zero_copy_only=False), dtype=float)
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    below = values <= low if column.low_open else values < low
    negative = below & (low == 0) & (values < 0) & (column.name != "share")
    outside = (below & ~negative) | (values > high)

    def words(row: int) -> dict[str, object]:
        value = values[row]
        hint = f"if {value:g} is per cent, write {value / 100:g}" if 1 < value <= 100 else ""
        return {"expected": _expected(column), "hint": hint}

    code = "share.range" if column.name == "share" else "number.range"
    faults = (
        Fault("number.negative", np.flatnonzero(negative), words),
        Fault(code, np.flatnonzero(outside), words),
    )
    return [fault for fault in faults if len(fault.rows)]


def _expected(column: Column) -> str:
    low = "" if column.low is None else f"{'more than' if column.low_open else 'at least'} {column.low:g}"
    high = "" if column.high is None else f"at most {column.high:g}"
    return " and ".join(filter(None, (low, high)))


def _no_words(_row: int) -> dict[str, object]:
    return {}


def _distinct(
    texts: pa.Array, convert: Callable[[str], tuple[Any, Flaw | None]], kind: pa.DataType
) -> tuple[pa.Array, dict[int, Flaw]]:
    """Convert each distinct cell once; flaws come by the position of their cell."""
    encoded = texts.dictionary_encode()
    results = [convert(cell) for cell in encoded.dictionary.to_pylist()]
    values = pa.array([value for value, _ in results], kind)
    codes = encoded.indices.fill_null(-1).to_numpy()
    flaws = [flaw for _, flaw in results] + [None]
    where = np.flatnonzero(np.array([flaw is not None for flaw in flaws])[codes])
    found = {int(place): flaw for place in where if (flaw := flaws[codes[place]])}
    return values.take(encoded.indices), found


def _gather(flaws: dict[int, Flaw]) -> list[Fault]:
    """Group flaws of single rows by code."""
    grouped: dict[str, list[int]] = {}
    for row in sorted(flaws):
        grouped.setdefault(flaws[row].code, []).append(row)
    return [Fault(code, np.array(rows), lambda row: flaws[row].words) for code, rows in grouped.items()]
