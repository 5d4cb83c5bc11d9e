"""Every law over generated datasets, for each question that it speaks of.

`HYPOTHESIS_PROFILE=ci` runs more examples.
"""

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.laws.laws_change import ASKS, CHANGE
from tests.laws.laws_rows import ROWS
from tests.laws.laws_same import SAME
from tests.laws.strategies import World, names, worlds
from tests.laws.tools import known, tables
from valuechain import questions

LAWS = SAME | CHANGE | ROWS
BOTH = ("missing-links", "processing-depth")


def shown(world: World) -> str:
    """Return the rows of a dataset as text, blanks left out: what a failing law prints."""
    lines = [f"home {world.home!r}"]
    for table, rows in world.rows.items():
        lines += [f"{table}: { {k: v for k, v in row.items() if v is not None} }" for row in rows]
    return "\n".join(lines)


@pytest.mark.parametrize("name", list(SAME | CHANGE))
@given(world=st.one_of(worlds(), worlds(unknown=True)), ask=st.sampled_from(BOTH))
def test_law(name, world, ask):
    note(shown(world))
    asked = ASKS.get(name, BOTH)
    LAWS[name](world.chain(), questions()[ask if ask in asked else asked[0]])


@pytest.mark.parametrize("name", list(ROWS))
@settings(max_examples=settings.default.max_examples // 2)  # each checks several tables of rows
@given(world=st.one_of(worlds(), worlds(unknown=True)), ask=st.sampled_from(BOTH))
def test_law_of_rows(name, world, ask):
    note(shown(world))
    LAWS[name](world.chain(), questions()[ask])


@given(names())
def test_names_are_names(name):
    assert name.strip()
    assert len(name) <= 40


@given(worlds())
def test_worlds_are_balanced(world):
    """What an enterprise sells of a product it makes, or it is derived as a by-product; all is known."""
    rows = tables(world.chain())
    assert known(rows)
    made, sold = {}, {}
    for r in rows["production"]:
        key = (r["enterprise_id"], r["product_id"], r["year"])
        made[key] = made.get(key, 0.0) + r["output"]
    for f in rows["flows"]:
        key = (f["from_id"], f["product_id"], f["year"])
        sold[key] = sold.get(key, 0.0) + (f["quantity"] or 0.0)
    back = {r["product_id"] for r in rows["process_flows"] if r["role"] == "by_product"}
    assert all(q <= made.get(key, 0.0) for key, q in sold.items() if key[0][0] == "e" and key[1] not in back)


def test_the_whole_package_is_there():
    assert len(LAWS) >= 30
