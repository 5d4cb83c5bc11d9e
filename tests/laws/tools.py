"""What the laws share: rows of a chain, changed copies, the figures of an answer, ways to ask."""

import math
import random
from copy import deepcopy

from graph_schema import TABLES
from tests.laws.cells import DOUBTED, times
from tests.laws.strategies import YEAR, build
from valuechain.gaps.split import SPLIT


def tables(chain):
    """Plain rows of every table of a chain; changing them changes nothing there."""
    return {name: chain.own_table(name).to_pylist() for name in TABLES}


def rebuilt(chain, rows):
    return build(rows, chain.dataset.home_region)


def dice(chain):
    """Choices that depend on the dataset alone."""
    return random.Random(chain.fingerprint)


def ways(chain, ask, home=True, owner=True):
    """Parameters to ask with, by territory and by owner: of the many, one or two that the dataset picks."""
    regions, rng = list(chain.ids("regions")), dice(chain)
    takes = {p.name: p for p in ask.parameters}
    found = [{}] if home or not regions or "region" not in takes else []
    if regions and "region" in takes:
        found.append({"region": rng.choice(regions)})
    if regions and "level" in takes and "instead" in takes["level"].description:  # of the region
        found.append({"level": rng.choice(("region", "district"))})
    by_owner = [{"boundary": "owner"}] if owner and "boundary" in takes else []
    return [_ground(rng.choice(found), takes, rng), *(by_owner if rng.random() < 0.5 else [])]


def _ground(way, takes, rng):
    """Add the ground to ask by, where a question has several."""
    if "by" in takes:
        return {**way, "by": rng.choice(takes["by"].choices)}
    if "first" in takes:
        return {
            **way,
            "first": rng.choice([c for c in takes["first"].choices if c != takes["second"].default]),
        }
    return way


def placed(chain, ask):
    """The ways to ask by territory."""
    return ways(chain, ask, owner=False)


def without(found, *columns):
    """Figures without the columns that begin so."""
    return {k: {n: c for n, c in cells.items() if not n.startswith(columns)} for k, cells in found.items()}


def near(a, b, exact=False):
    """Whether two cells agree: to the bit, or figures to one part in a thousand million.

    An audit looks at the dataset as a whole, so a doubted bound says nothing of the bound itself.
    """
    if DOUBTED in (a, b):
        return True
    if isinstance(a, float) and isinstance(b, float) and not exact:
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b


def assert_same(found, wanted, exact=False, why=""):
    """Two sets of figures agree, row by row and cell by cell."""
    assert set(found) == set(wanted), f"{why} rows differ: {sorted(set(found) ^ set(wanted), key=str)}"
    for key, cells in wanted.items():
        for name, cell in cells.items():
            assert near(found[key].get(name), cell, exact), (why, key, name, found[key].get(name), cell)


def quantities(answer):
    """Quantity of each gap by (zone, kind, product)."""
    return {(r.region_id or r.owner_id, r.kind, r.product_id): r.quantity for r in answer.rows}


def split_sums(answer):
    """Known pieces of the split added up by (zone, product)."""
    found = {}
    for (zone, kind, product), q in quantities(answer).items():
        if kind in SPLIT and q is not None:
            found[zone, product] = found.get((zone, product), 0.0) + q
    return found


def known(rows):
    """Whether every figure is known that the gaps rest on; an unknown capacity counts as the output."""
    return (
        all(r["output"] is not None for r in rows["production"])
        and all(r["quantity"] is not None or r["share"] is not None for r in rows["flows"])
        and all(r["quantity"] is not None for r in rows["process_flows"])
    )


def this_year(rows, table):
    return [r for r in rows[table] if r["year"] == YEAR]


def output_of(rows, enterprise, product):
    """Output of one enterprise and product this year, None if a part of it is unknown."""
    found = [
        r["output"]
        for r in this_year(rows, "production")
        if (r["enterprise_id"], r["product_id"]) == (enterprise, product)
    ]
    return sum(found) if found and None not in found else None


def amount(rows, flow):
    """Quantity of a flow, from its share of output where that is what is known."""
    if flow["quantity"] is not None or flow["share"] is None:
        return flow["quantity"]
    return times(output_of(rows, flow["from_id"], flow["product_id"]), flow["share"])


def scaled(rows, factor):
    """Every amount of production and flows times a factor."""
    rows = deepcopy(rows)
    for table, columns in (("production", ("output", "capacity")), ("flows", ("quantity", "value"))):
        for row in rows[table]:
            for column in columns:
                row[column] = times(row[column], factor)
    return rows


def renamed(rows, new):
    """Every id and reference put through `new`, a function of (table, id)."""
    return {
        name: [
            {
                c.name: _renamed(rows, c, name, row[c.name], new) if c.kind in ("id", "ref") else row[c.name]
                for c in TABLES[name]
            }
            for row in given
        ]
        for name, given in rows.items()
    }


def _renamed(rows, column, table, value, new):
    for target in (table,) if column.kind == "id" else column.refers:
        if any(row[TABLES[target].key[0]] == value for row in rows[target]):
            return new(target, value)
    return value


def recipe(rows, product):
    """All products that recipes of `product` touch, up the whole chain."""
    found, front = set(), {product}
    while front:
        found |= front
        runs = {r["process_id"] for r in rows["processes"] if r["main_product_id"] in front}
        front = {r["product_id"] for r in rows["process_flows"] if r["process_id"] in runs} - found
    return found - {product}
