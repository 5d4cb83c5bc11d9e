"""Laws of partners over generated datasets: nothing beyond what is free, no effect of others, none of ids."""

import random
from copy import deepcopy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.laws.strategies import YEAR, build, worlds
from tests.laws.tools import renamed, tables
from valuechain import questions


def ask(chain, **parameters):
    return questions()["partners"](chain, **parameters)


def everybody(chain):
    """Every row of the default question and of each enterprise, all candidates shown."""
    asks = [{}, *({"enterprise": str(e)} for e in chain.ids("enterprises"))]
    return [r for way in asks for r in ask(chain, most=1000, **way)]


def room(rows, row):
    """An upper limit of what is free, told from raw rows without the accounts: idle capacity and all trade."""
    who, what = row.enterprise_id, row.product_id
    mains = {r["process_id"]: r["main_product_id"] for r in rows["processes"]}
    per_unit = {what: 1.0} if row.role == "supplier" else {}
    for r in rows["process_flows"] if row.role == "taker" else ():
        if r["product_id"] == what and r["role"] == "feedstock":
            main = mains[r["process_id"]]
            per_unit[main] = max(per_unit.get(main, 0.0), r["quantity"])
    made = [r for r in rows["production"] if r["enterprise_id"] == who and r["year"] == YEAR]
    end = "from_id" if row.role == "supplier" else "to_id"
    moved = [f for f in rows["flows"] if (f[end], f["product_id"], f["year"]) == (who, what, YEAR)]
    return sum(_idle(r) * per_unit.get(r["product_id"], 0.0) for r in made) + sum(
        f["quantity"] or 0.0 for f in moved
    )


def _idle(row):
    return (
        0.0 if row["capacity"] is None or row["output"] is None else max(row["capacity"] - row["output"], 0.0)
    )


@given(worlds())
def test_nobody_could_move_more_than_is_free_or_needed(world):
    chain = world.chain()
    rows = tables(chain)
    by_share = any(f["share"] is not None for f in rows["flows"])
    hidden = by_share or any(p["kind"] == "in-plant" for p in rows["products"])
    for row in everybody(chain):
        if row.feasible is None:
            assert row.can in ("unknown", "no")
            continue
        assert row.need is None or row.feasible <= row.need
        assert (row.feasible > 0) >= (row.can in ("yes", "partly"))
        assert row.score is None or 0 <= row.score <= 1
        if not hidden:
            assert row.feasible <= room(rows, row) * (1 + 1e-9)


@given(worlds(unknown=True), st.integers(0, 5))
def test_another_candidate_far_away_changes_nothing_for_the_others(world, pick):
    chain = world.chain()
    rows = tables(chain)
    assume(rows["production"] and rows["regions"])  # without regions everything is one place
    twin = deepcopy(rows["production"][pick % len(rows["production"])])
    twin["enterprise_id"] = "zz-far"
    more = chain.with_rows("enterprises", enterprise_id="zz-far", name="Far", latitude=-50.0, longitude=-70.0)
    more = more.with_rows("production", twin)
    before, after = (
        {_key(r): _figures(r) for r in everybody(c) if "runs no process on record" not in r.reason}
        for c in (chain, more)
    )  # neighbours are told only where nobody is a candidate, and now somebody may be
    shared = {k: v for k, v in after.items() if k[2] != "zz-far" and "zz-far" not in k[0]}
    assert shared == before


@given(worlds(unknown=True))
def test_other_ids_rename_the_answer(world):
    rows, rng = tables(world.chain()), random.Random(world.chain().fingerprint)
    for i, region in enumerate(rows["regions"]):
        region["latitude"], region["longitude"] = 50.0 + i, 70.0 - 2 * i
    chain = build(rows, world.home)
    named = {
        (t, r[c]) for t, c in (
            ("regions", "region_id"), ("enterprises", "enterprise_id"), ("products", "product_id"),
            ("processes", "process_id"), ("markets", "market_id"),
        ) for r in rows[t]
    }  # fmt: skip
    new = dict(zip(sorted(named), (f"x{n:04}" for n in rng.sample(range(10_000), len(named))), strict=True))
    home = chain.dataset.home_region
    other = build(renamed(rows, lambda t, i: new[t, i]), new.get(("regions", home), ""))
    back = {v: k[1] for k, v in new.items()}

    def given_back(row):
        need, role, who = _key(row)
        return ":".join(back.get(p, p) for p in need.split(":")), role, back[who]

    found = {given_back(r): _figures(r) for r in everybody(other)}
    wanted = {_key(r): _figures(r) for r in everybody(chain)}
    assert found.keys() == wanted.keys()
    for key, cells in wanted.items():
        assert found[key] == pytest.approx(cells), key


def _key(row):
    return row.need_id, row.role, row.enterprise_id


def _figures(row):
    return {
        n: -1.0 if (v := getattr(row, n)) is None else float(v)
        for n in ("feasible", "need", "share", "links_today", "distance_km", "score", "stage", "same_owner")
    }
