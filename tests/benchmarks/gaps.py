"""How long the questions take on a made-up dataset of 250, 500 and 1,000 enterprises.

Two production rows and about ten flows for each enterprise, in five regions, on the bundled catalogue: 30 % of
the deliveries go abroad, a tenth of the figures is blank, every tenth enterprise belongs to a holding. The same
seed gives the same figures. Accounts and audits are computed before and timed apart; a row of the dataset that
one question has read stays read for the next. `ms/row` is of the largest size, `growth` says how many times
longer 1,000 enterprises take than 500 (2: in step with the data). Seconds are of the processor, so that a busy
machine changes them little. Run by hand: `python tests/benchmarks/gaps.py`. Budgets at 1,000 enterprises: 5 s for
any question, 15 s for `simulate`, which asks all of them twice.
"""

import time
from typing import Any

import numpy as np
import pyarrow as pa

from graph_schema import TABLES, Dataset
from graph_schema.arrow import arrow_schema
from loaders.catalogue import reference_tables
from valuechain import ValueChain, question
from valuechain.accounts import accounts
from valuechain.audits import audits
from valuechain.gaps import NAMES, SPLIT, VIEWS
from valuechain.registry import questions

SIZES = (250, 500, 1000)
REGIONS, YEAR, SEED = 5, 2020, 1
EXPORTS, BLANK, OWNED = 0.3, 0.1, 0.1
Rows = list[dict[str, Any]]


def made_up(enterprises: int, seed: int = SEED) -> ValueChain:
    """Return a dataset with so many enterprises; the same seed gives the same figures."""
    draw, n = np.random.default_rng(seed), enterprises
    firms = [f"e{i:06}" for i in range(n)]
    production = _production(draw, firms)
    tables: dict[str, Rows] = {
        "regions": [{"region_id": "C", "name": "Country", "level": "country"}]
        + [{"region_id": f"R{i}", "name": f"Region {i}", "level": "region", "parent_id": "C"} for i in range(REGIONS)],
        "markets": [
            {"market_id": kind, "name": kind, "kind": kind} for kind in ("abroad", "rest_of_country", "local_final")
        ],
        "enterprises": [
            {"enterprise_id": e, "name": f"Enterprise {e}", "region_id": f"R{draw.integers(REGIONS)}"} for e in firms
        ],
        "ownership": [
            {"owner_id": firms[int(draw.integers(n // 20))], "owned_id": e, "share": 0.6}
            for e in firms[n // 20 :]
            if draw.random() < OWNED
        ],
        "production": production,
        "flows": _flows(draw, firms, production),
        "prices": _prices(draw),
    }  # fmt: skip
    return ValueChain(
        Dataset(id=f"made-up-{n}", base_year=YEAR, currency="USD", home_region="R0"),
        {name: _table(name, rows) for name, rows in tables.items()},
        reference=reference_tables(),
    )


def _table(name: str, rows: Rows) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=arrow_schema(TABLES[name]))


def _production(draw: np.random.Generator, firms: list[str]) -> Rows:
    """Return two products for each enterprise, each made by some process of the catalogue."""
    mains = sorted(set(reference_tables()["processes"]["main_product_id"].to_pylist()))
    rows = []
    for firm in firms:
        for product in draw.choice(mains, 2, replace=False):
            output = float(np.round(10 ** draw.uniform(3, 6)))
            row: dict[str, Any] = {
                "enterprise_id": firm,
                "product_id": str(product),
                "year": YEAR,
                "unit": "t",
            }
            row["output"] = None if draw.random() < BLANK else output
            row["capacity"] = round(output * draw.uniform(1, 1.5)) if draw.random() < 0.5 else None
            rows.append(row)
    return rows


def _flows(draw: np.random.Generator, firms: list[str], production: Rows) -> Rows:
    """Return six deliveries of each production row: abroad, to local buyers, or to an enterprise that needs it."""
    users = _users(production)
    seen: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in production:
        seller, product = row["enterprise_id"], row["product_id"]
        for _ in range(6):
            chance, takers = draw.random(), users.get(product, firms)
            buyer = "abroad" if chance < EXPORTS else "local_final" if chance < EXPORTS + 0.05 else ""
            buyer = buyer or takers[int(draw.integers(len(takers)))]
            part, blank = draw.uniform(0.02, 0.2), draw.random() < BLANK or row["output"] is None
            if buyer != seller:
                seen[seller, buyer, product] = {
                    "from_id": seller, "to_id": buyer, "product_id": product, "year": YEAR, "unit": "t",
                    "quantity": None if blank else float(np.round(row["output"] * part)),
                }  # fmt: skip
    return list(seen.values())


def _users(production: Rows) -> dict[str, list[str]]:
    """Return who may take each product: makers of something that the catalogue makes from it."""
    catalogue = reference_tables()
    main = dict(
        zip(*(catalogue["processes"][c].to_pylist() for c in ("process_id", "main_product_id")), strict=True)
    )
    makers: dict[str, list[str]] = {}
    for row in production:
        makers.setdefault(row["product_id"], []).append(row["enterprise_id"])
    users: dict[str, list[str]] = {}
    for line in catalogue["process_flows"].to_pylist():
        if line["role"] == "feedstock":
            users.setdefault(line["product_id"], []).extend(makers.get(main[line["process_id"]], []))
    return {product: found for product, found in users.items() if found}


def _prices(draw: np.random.Generator) -> Rows:
    return [
        {
            "product_id": product, "market_id": market, "year": YEAR, "currency": "USD", "unit": "t",
            "price": float(np.round(draw.uniform(50, 3000))),
        }
        for product in reference_tables()["products"]["product_id"].to_pylist()
        for market in ("abroad", "rest_of_country")
        if draw.random() < 0.4
    ]  # fmt: skip


def seconds(chain: ValueChain, name: str, **asked: Any) -> tuple[float, int]:
    """Return the processor time of one question, and how many rows it gave."""
    start = time.process_time()
    rows = len(question(name)(chain, **asked))
    return time.process_time() - start, rows


def asked_of(size: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is asked, by its label: every question, and `missing-links` of all regions by kind."""
    regions = {"level": "region"}
    return {
        **{name: (name, {}) for name in questions()},
        "changes": ("changes", {"against": made_up(size, SEED + 1)}),
        "missing-links, regions": ("missing-links", regions),
        "  split, missing input": ("missing-links", {**regions, "kind": (*SPLIT, "missing_input")}),
        "  views": ("missing-links", {**regions, "kind": VIEWS}),
        **{f"  {kind}": ("missing-links", {**regions, "kind": (kind,)}) for kind in NAMES},
    }


def main() -> None:
    """Print seconds, rows and seconds per row by question and size."""
    seconds(made_up(40), "missing-links")  # imports every question
    table: dict[str, list[tuple[float, int]]] = {}
    for size in SIZES:
        chain = made_up(size)
        print(f"{size:,} enterprises: accounts, audits {_warm(chain):.2f} s")
        for label, (name, asked) in asked_of(size).items():
            table.setdefault(label, []).append(seconds(chain, name, **asked))
    print(f"{'':26}" + "".join(f"{size:>13,}" for size in SIZES) + "    ms/row  growth")
    for label, found in table.items():
        cells = "".join(f"{s:6.2f} s {rows:5}" for s, rows in found)
        (before, _), (last, rows) = found[-2:]
        print(f"{label:26}{cells}  {1000 * last / rows if rows else 0:8.2f}  {last / before:6.1f}")


def _warm(chain: ValueChain) -> float:
    """Return the seconds of what is computed once for all questions."""
    start = time.process_time()
    audits(chain, YEAR)
    for ground in ("territory", "management", "enterprise"):
        accounts(chain, YEAR, ground)
    return time.process_time() - start


if __name__ == "__main__":
    main()
