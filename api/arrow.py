"""An answer as an Arrow table: types from the row class, nested parts as lists of structs.

Units stand in the fields' metadata; question, dataset, parameters and caveats in that of the table.
"""

import json
import types
from collections.abc import Sequence
from dataclasses import is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from valuechain.answer import Answer, plain

_PLAIN = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}


def arrow_table(answer: Answer[Any], names: Sequence[str]) -> pa.Table:
    """Return the rows of an answer with the columns `names`."""
    hints, units = get_type_hints(answer.row_type), answer.units
    fields = [
        pa.field(n, arrow_type(hints[n]), metadata={"unit": units[n]} if n in units else None) for n in names
    ]
    about = {k: v for k, v in answer.as_dict().items() if k not in ("rows", "next")}
    schema = pa.schema(fields, metadata={"valuechain": json.dumps(about, ensure_ascii=False)})
    rows = [{n: plain(getattr(row, n)) for n in names} for row in answer.rows]
    return pa.Table.from_pylist(rows, schema=schema)


def arrow_type(hint: Any) -> pa.DataType:
    """Return the Arrow type of a type hint of a row class."""
    if get_origin(hint) in (types.UnionType, Union):
        return arrow_type(next(a for a in get_args(hint) if a is not type(None)))
    if get_origin(hint) in (tuple, list):
        return pa.list_(arrow_type(get_args(hint)[0]))
    if is_dataclass(hint):
        return pa.struct([(n, arrow_type(h)) for n, h in get_type_hints(hint).items()])
    return _PLAIN[hint]
