"""Small datasets written by hand, for tests: rows as dictionaries, blanks left out."""

from typing import Any

import pyarrow as pa

from graph_schema import TABLES, Dataset
from graph_schema.arrow import arrow_schema
from valuechain import ValueChain
from valuechain.gaps.split import SPLIT

YEAR = 2020
COUNTED = (*SPLIT, "missing_input")
"""Kinds of gap under which the tonnes of a product are counted; the others look at them once more."""


def chain_of(home: str = "R", **tables: list[dict[str, Any]]) -> ValueChain:
    """Return a chain of the given rows in one country `C` with regions `R` and `S`, base year 2020."""
    rows = {
        "regions": [
            {"region_id": "C", "name": "Country", "level": "country"},
            {"region_id": "R", "name": "Region R", "level": "region", "parent_id": "C"},
            {"region_id": "S", "name": "Region S", "level": "region", "parent_id": "C"},
        ],
        "markets": [
            {"market_id": "abroad", "name": "Abroad", "kind": "abroad"},
            {"market_id": "rest", "name": "Rest of the country", "kind": "rest_of_country"},
            {"market_id": "homes", "name": "Local buyers", "kind": "local_final"},
        ],
        **tables,
    }
    return ValueChain(
        Dataset(id="case", base_year=YEAR, currency="USD", home_region=home),
        {name: _table(name, given) for name, given in rows.items()},
    )


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = arrow_schema(TABLES[name])
    filled = [{**_defaults(name), **row} for row in rows]
    unknown = {k for row in filled for k in row} - set(schema.names)
    assert not unknown, f"{name} has no column {unknown}"
    return pa.Table.from_pylist(filled, schema=schema)


def _defaults(name: str) -> dict[str, Any]:
    table = TABLES[name]
    found: dict[str, Any] = {}
    if "year" in table and name != "sources":
        found["year"] = YEAR
    if name in ("products", "production", "flows", "process_flows", "prices"):
        found["unit"] = "t"
    if name in ("prices", "flows"):
        found["currency"] = "USD"
    return found


def products(**stages: float) -> list[dict[str, Any]]:
    """Return products named like their ids, with the given stages."""
    return [{"product_id": p, "name": p.upper(), "stage": s} for p, s in stages.items()]


def plants(**regions: str) -> list[dict[str, Any]]:
    """Return enterprises named like their ids, in the given regions."""
    return [{"enterprise_id": e, "name": e.upper(), "region_id": r} for e, r in regions.items()]


def recipe(
    process: str, main: str, sector: str = "metal", **feedstock: float
) -> dict[str, list[dict[str, Any]]]:
    """Return one process with its feedstock coefficients."""
    lines = [{"process_id": process, "product_id": main, "role": "output", "quantity": 1.0}]
    lines += [
        {"process_id": process, "product_id": p, "role": "feedstock", "quantity": a}
        for p, a in feedstock.items()
    ]
    head = {"process_id": process, "name": process, "sector": sector, "main_product_id": main}
    return {"processes": [head], "process_flows": lines}


def recipes(*made: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return the tables of several recipes in one."""
    return {name: [row for one in made for row in one[name]] for name in ("processes", "process_flows")}


def makes(enterprise: str, product: str, output: float | None, **more: Any) -> dict[str, Any]:
    """Return a production row."""
    return {"enterprise_id": enterprise, "product_id": product, "output": output, **more}


def flow(seller: str, buyer: str, product: str, quantity: float | None = None, **more: Any) -> dict[str, Any]:
    """Return a flow row."""
    return {"from_id": seller, "to_id": buyer, "product_id": product, "quantity": quantity, **more}
