"""The reference catalogue: processes and products that any dataset may build on.

It is package data in the same columns as the tables of a dataset, checked by the tests and therefore read
without checks here.
"""

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from graph_schema import TABLES, Dataset
from graph_schema.arrow import arrow_schema
from valuechain.model import ValueChain

FOLDER = Path(__file__).parent / "data" / "catalogue"
HS_EDITION = 2022


@lru_cache(maxsize=1)
def _tables() -> dict[str, pa.Table]:
    return {path.stem: _table(path) for path in sorted(FOLDER.glob("*.csv")) if path.stem in TABLES}


def reference_tables() -> dict[str, pa.Table]:
    """Return the tables of the reference catalogue by name."""
    return dict(_tables())


@lru_cache(maxsize=1)
def reference_chain() -> ValueChain:
    """Return the catalogue as a chain of its own: recipes and products, nobody who makes anything.

    Its year is that of the edition of the Harmonized System whose codes it holds.
    """
    dataset = Dataset("catalogue", title="Reference catalogue", base_year=HS_EDITION)
    return ValueChain(dataset, {}, reference=reference_tables())


def natural_flows(process: str) -> list[dict[str, str]]:
    """Return what nature gives to a process and takes from it, as the rows of `natural_flows.csv`."""
    return [row for row in _plain("natural_flows") if row["process_id"] == process]


def cluster_chains() -> list[tuple[str, list[str]]]:
    """Return complete chains of products by cluster of the paper's Table 2: (cluster id, raw to final)."""
    return [(row["cluster_id"], row["chain"].split(" -> ")) for row in _plain("cluster_chains")]


@lru_cache
def _plain(name: str) -> list[dict[str, str]]:
    rows = csv.read_csv(
        FOLDER / f"{name}.csv",
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(strings_can_be_null=False),
    )
    texts: list[dict[str, str]] = [{k: str(v) for k, v in row.items()} for row in rows.to_pylist()]
    return texts


def _table(path: Path) -> pa.Table:
    schema = arrow_schema(TABLES[path.stem])
    options = csv.ConvertOptions(
        column_types=schema,
        strings_can_be_null=True,
        null_values=[""],
        include_columns=schema.names,
        include_missing_columns=True,
    )
    parse = csv.ParseOptions(newlines_in_values=True)
    return csv.read_csv(path, parse_options=parse, convert_options=options).cast(schema)
