"""Cross tables of two grounds worked out by hand, and their agreement."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema import ParameterError
from loaders import load
from tests.cases import chain_of, flow, makes, plants, products
from tests.laws.strategies import worlds
from valuechain import questions
from valuechain.decomposition.activities import GROUNDS, activities
from valuechain.decomposition.mutual_information import adjusted


def ask(chain, **parameters):
    return questions()["agreement"](chain, **parameters)


def table(chain, **parameters):
    return {(r.first_block, r.second_block): r.activities for r in ask(chain, **parameters)}


def case(**more):
    """Owner a: ore and metal in R; b: metal and wire, one in R and one in S."""
    tables = {
        "products": products(ore=0, metal=1, wire=4),
        "enterprises": plants(a="R", b="R", b2="S"),
        "ownership": [{"owner_id": "b", "owned_id": "b2", "share": 0.6}],
        "production": [
            makes("a", "ore", 5),
            makes("a", "metal", 3),
            makes("b", "metal", 2),
            makes("b2", "wire", None),
        ],
    }
    return chain_of(**{**tables, **more})


def test_cells():
    assert table(case()) == {
        ("a", "stage:0"): 1,
        ("a", "stage:1"): 1,
        ("b", "stage:1"): 1,
        ("b", "stage:4"): 1,
    }
    assert table(case(), second="territory") == {("a", "R"): 2, ("b", "R"): 1, ("b", "S"): 1}


def test_a_cell_disagrees_unless_it_is_the_largest_of_row_and_column():
    rows = {(r.first_block, r.second_block): r for r in ask(case(), second="territory")}
    assert {key: r.disagrees for key, r in rows.items()} == {
        ("a", "R"): False,
        ("b", "R"): True,  # 1 of the 2 of b, but a has more of R
        ("b", "S"): False,  # equal to the other cell of b: both are largest
    }
    assert (rows["b", "R"].first_share, rows["b", "R"].second_share) == (0.5, pytest.approx(1 / 3))
    assert "1 activity in common, 50 % of the first and 33.3 % of the second" in rows["b", "R"].reason
    assert "the grounds disagree here" in rows["b", "R"].reason
    assert "1 of 4 activities stands in cells where they disagree" in " ".join(
        ask(case(), second="territory").caveats
    )


def test_agreement_by_hand():
    # labels a a b b against R R R S. MI = 1/2 ln(4/3) + 1/4 ln(2/3) + 1/4 ln 2. The single S falls on a or on b,
    # which is the same table turned round: every deal gives this MI, so it equals the expected one: 0
    row = next(iter(ask(case(), second="territory")))
    assert row.agreement == pytest.approx(0, abs=1e-12)
    # a a b b against R R S S: E = ln 2 / 3 (see test_mutual_information), MI = H = ln 2: 1
    moved = case(enterprises=plants(a="R", b="S", b2="S"))
    assert {r.agreement for r in ask(moved, second="territory")} == {1}
    assert not any(r.disagrees for r in ask(moved, second="territory"))


def test_owners_against_stages_by_hand():
    # a a b b against 0 1 1 4: MI = H(stage) - H(stage | owner) = 3/2 ln 2 - ln 2 = ln 2 / 2. Of the 6 ways to
    # deal a a b b, 2 keep both of stage 1 together (MI = ln 2): E = (2 ln 2 + 4 x ln 2 / 2) / 6 = 2/3 ln 2
    mean = (math.log(2) + 1.5 * math.log(2)) / 2
    wanted = (math.log(2) / 2 - 2 / 3 * math.log(2)) / (mean - 2 / 3 * math.log(2))
    assert next(iter(ask(case()))).agreement == pytest.approx(wanted)


def test_nothing_to_compare_is_unknown():
    chain = case(production=[makes("a", "ore", 5)])
    (row,) = ask(chain)
    assert row.agreement is None
    assert "No agreement of management and technology" in " ".join(ask(chain).caveats)


def test_few_activities_are_named():
    assert "With only 4 activities the agreement hangs" in " ".join(ask(case()).caveats)
    assert "With only" not in " ".join(ask(load("pavlodar")).caveats)


def test_what_a_ground_cannot_place_is_a_block():
    enterprises = [*plants(a="R"), {"enterprise_id": "b", "name": "B"}, {"enterprise_id": "b2", "name": "B2"}]
    chain = case(
        enterprises=enterprises, products=[{"product_id": p, "name": p} for p in ("ore", "metal", "wire")]
    )
    assert table(chain, first="territory") == {("R", "stage:unknown"): 2, ("unplaced", "stage:unknown"): 2}
    assert "4 of 4 activities have no place or stage on record" in " ".join(
        ask(chain, first="territory").caveats
    )


def test_only_a_region():
    assert table(case(), region="R") == {("a", "stage:0"): 1, ("a", "stage:1"): 1, ("b", "stage:1"): 1}


def test_no_production_says_why():
    answer = ask(case(production=[], flows=[flow("a", "b", "ore", 1)]))
    assert len(answer) == 0
    assert "nothing to divide" in " ".join(answer.caveats)


def test_parameters_that_make_no_sense():
    with pytest.raises(ParameterError, match="every ground agrees with itself"):
        ask(case(), first="technology")
    with pytest.raises(ParameterError, match="goes with territory"):
        ask(case(), level="region")


def test_pavlodar():
    rows = {(r.first_block, r.second_block): r for r in ask(load("pavlodar"))}
    assert sum(r.activities for r in rows.values()) == 16
    # ERG has both bauxite mines (all of stage 0) and two of the six primary activities
    assert (rows["erg", "stage:0"].activities, rows["erg", "stage:1"].activities) == (2, 2)
    owners = "casting casting casting casting erg erg erg erg ksp ksp steel steel lines lines kazchrome pipes"
    stages = [1, 2, 4, 4, 0, 0, 1, 1, 4, 4, 1, 1, 3, 4, 1, 4]
    wanted = adjusted(np.array(owners.split()), np.array(stages))
    assert rows["erg", "stage:0"].agreement == pytest.approx(wanted)


@settings(max_examples=25)
@given(world=worlds(), grounds=st.permutations(GROUNDS))
def test_turned_round_it_is_the_same_table(world, grounds):
    chain, (first, second, _) = world.chain(), grounds
    rows, turned = ask(chain, first=first, second=second), ask(chain, first=second, second=first)
    assert {(r.second_block, r.first_block): (r.activities, r.disagrees) for r in turned} == {
        (r.first_block, r.second_block): (r.activities, r.disagrees) for r in rows
    }
    one, other = ({r.agreement for r in answer} for answer in (rows, turned))
    assert len(one) <= 1
    assert [a and round(a, 9) for a in one] == [a and round(a, 9) for a in other]
    assert sum(r.activities for r in rows) == len(activities(chain, 2020).product)
