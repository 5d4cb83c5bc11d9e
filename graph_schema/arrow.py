"""Tables as Arrow: the one in-memory form of every table.

Text, ids, references and dates are strings, numbers are float64, years int32. A blank cell is null;
NaN and infinity never occur.
"""

import pyarrow as pa

from graph_schema.columns import Table
from graph_schema.tables import TABLES

_TYPES = {"number": pa.float64(), "year": pa.int32()}


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of `table`: its columns in declared order."""
    return pa.schema([pa.field(column.name, _TYPES.get(column.kind, pa.string())) for column in table])


def empty(name: str) -> pa.Table:
    """Return table `name` with no rows."""
    return arrow_schema(TABLES[name]).empty_table()
