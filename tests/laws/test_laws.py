"""Every law over generated datasets, for each question that it speaks of.

`HYPOTHESIS_PROFILE=ci` runs more examples.
"""

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.laws.laws_change import ASKS, CHANGE
from tests.laws.laws_every import COMPARE, EVERY, OF
from tests.laws.laws_rows import ROWS
from tests.laws.laws_same import SAME
from tests.laws.strategies import World, names, worlds
from tests.laws.tools import known, tables
from valuechain import questions

LAWS = SAME | CHANGE | ROWS | EVERY | COMPARE
BOTH = ("missing-links", "processing-depth")
OTHERS = tuple(sorted(set(questions()) - set(BOTH)))
OF_PLACE = ("chains", "critical", "linkage")
ASIDE = {
    "disjoint_union": {"partners", "simulate"},  # candidates stand anywhere in the country
    "year_by_year": {"changes", "simulate"},  # compares years; needs the prices of the year
    "blank_is_told": {"partners", "changes", "simulate"},
    "restriction": set(OTHERS) - set(OF_PLACE),  # others show or count links by who stands outside
    "pass_through": set(OTHERS) - {"agreement", "chains", "critical"},  # a trader is a link, a row, a partner
    "worse_source_changes_nothing": {"recipes"},  # it shows grades
    "splitting": set(OTHERS), "neutral_elements": set(OTHERS), "duplicate": set(OTHERS),  # count enterprises
}  # fmt: skip
"""The laws of which not every question is asked, and which are not: what the law changes is what they show."""
EVERYWHERE = [name for name in SAME | ROWS | EVERY if ASIDE.get(name, set()) < set(OTHERS)]


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


@pytest.mark.parametrize("name", EVERYWHERE)
@settings(max_examples=settings.default.max_examples * 2 // 5)  # of one question each
@given(world=st.one_of(worlds(), worlds(unknown=True)), number=st.integers(0, 99))
def test_law_of_every_question(name, world, number):
    note(shown(world))
    asked = [q for q in questions() if q not in ASIDE.get(name, set()) | set(() if name in EVERY else BOTH)]
    LAWS[name](world.chain(), questions()[asked[number % len(asked)]])


@pytest.mark.parametrize("name", list(COMPARE))
@settings(max_examples=max(settings.default.max_examples // 5, 10))  # each asks many questions twice
@given(world=st.one_of(worlds(), worlds(unknown=True)))
def test_law_of_comparison(name, world):
    note(shown(world))
    LAWS[name](world.chain(), questions()[OF[name]])


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
