"""The same question asked twice: what is gone, new, larger, smaller, and what is only not recorded."""

import pytest

from graph_schema import NotFoundError, ParameterError
from loaders import load
from tests.cases import YEAR, chain_of, flow, makes, plants, products, recipe
from valuechain import questions


def case(*flows, **tables):
    """A mine of 120 ore; metal takes 2 ore."""
    given = {
        "enterprises": plants(mine="R", smelter="R"),
        "products": products(ore=0, metal=1),
        **recipe("smelting", "metal", ore=2.0),
        "production": [makes("mine", "ore", 120)],
        "flows": list(flows),
    }
    return chain_of(**{**given, **tables})


def changes(chain, **asked):
    asked = {"year": YEAR, "show": "all", **asked}
    return {
        r.row_id: r for r in questions()["changes"](chain, **asked) if not r.row_id.startswith("no_final")
    }


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [(100, 60, "shrunk"), (60, 100, "grown"), (None, 60, "now known"), (60, None, "now unknown")],
)
def test_a_gap_that_stays(before, after, what):
    old, new = case(flow("mine", "abroad", "ore", before)), case(flow("mine", "abroad", "ore", after))
    row = changes(new, against=old)["missing_processing:R:ore"]
    assert (row.what, row.before, row.after) == (what, before, after)
    assert row.difference == (after - before if before and after else None)
    assert row.unit == "t"


def test_a_gap_that_turns_into_another_says_so():
    old = case(flow("mine", "abroad", "ore", 100))
    new = case(
        flow("mine", "abroad", "ore", 80), flow("mine", "smelter", "ore", 40),
        production=[makes("mine", "ore", 120), makes("smelter", "metal", 20)],
    )  # fmt: skip
    found = changes(new, against=old)
    assert found["missing_processing:R:ore"].what == "closed"
    assert found["missing_processing:R:ore"].reason.endswith("It is now a capacity gap, 80 t.")
    assert (found["capacity_gap:R:ore"].what, found["capacity_gap:R:ore"].after) == ("opened", 80.0)


def test_what_one_side_does_not_record_is_no_change_of_the_world():
    sold = case(flow("mine", "abroad", "ore", 100))
    assert changes(sold, against=case())["missing_processing:R:ore"].what == "not recorded before"
    assert changes(case(), against=sold)["missing_processing:R:ore"].what == "not recorded after"
    told = questions()["changes"](sold, against=case())
    assert "missing_processing:R:ore" not in {r.row_id for r in told}
    assert "show = all lists them" in told.caveats[1]
    kept = case(flow("mine", "abroad", "ore", 0))
    assert changes(sold, against=kept)["missing_processing:R:ore"].what == "opened"
    assert changes(kept, against=sold)["missing_processing:R:ore"].what == "closed"


def test_two_years_of_one_dataset():
    chain = case(
        flow("mine", "abroad", "ore", 100), flow("mine", "abroad", "ore", 70, year=2018),
        production=[makes("mine", "ore", 120), makes("mine", "ore", 90, year=2018)],
    )  # fmt: skip
    answer = questions()["changes"](chain)
    (row,) = (r for r in answer if r.row_id == "missing_processing:R:ore")
    assert (row.what, row.before, row.after, row.difference) == ("grown", 70, 100, 30)
    assert "Compared: 2018 before, 2020 after." in answer.caveats
    assert row.reason.endswith("70 t before, 100 t after (+42.9 %).")


def test_a_dataset_of_one_year_says_that_there_is_nothing_to_compare():
    answer = questions()["changes"](case(flow("mine", "abroad", "ore", 100)))
    assert len(answer) == 0
    assert "one year only (2020)" in answer.caveats[0]


def test_the_same_dataset_twice_has_no_changes_and_says_so():
    chain = case(flow("mine", "abroad", "ore", 100))
    answer = questions()["changes"](chain, against=case(flow("mine", "abroad", "ore", 100)))
    assert len(answer) == 0
    assert "The answers to missing-links are the same." in answer.caveats
    assert answer.parameters["against"] == {"id": "case", "fingerprint": chain.fingerprint}


def test_another_question_may_be_asked_twice():
    old, new = case(flow("mine", "abroad", "ore", 100)), case(flow("mine", "abroad", "ore", 60))
    row = changes(new, against=old, of="processing-depth")["R:ore"]
    assert row.what == "changed"
    assert "outflow: 100 t -> 60 t" in row.also
    assert "conversion: 16.7 % -> 50 %" in row.also


def test_what_cannot_be_compared_is_refused():
    chain = case()
    with pytest.raises(ParameterError, match="of: changes compares already"):
        questions()["changes"](chain, against=chain, of="changes")
    with pytest.raises(NotFoundError, match="missing-links"):
        questions()["changes"](chain, against=chain, of="missing-link")
    with pytest.raises(ParameterError, match="'pavlodar' is no loaded dataset"):
        questions()["changes"](chain, against="pavlodar")


def test_pavlodar_what_later_facts_changed():
    """The paper: 237,500 t of metal leave and nothing takes it. Later pages name local makers of wire rod."""
    later = questions()["changes"](load("pavlodar-public"), against=load("pavlodar"))
    found = {r.row_id: r for r in later}
    metal = found["missing_processing:pavlodar:primary-aluminium"]
    assert (metal.what, metal.before) == ("closed", 237_500)
    assert found["capacity_gap:pavlodar:primary-aluminium"].after == 251_750  # 95 % of 265,000 t
    alumina = found["capacity_gap:pavlodar:alumina"]
    assert (alumina.what, alumina.before, alumina.after) == ("changed", 1_005_000, 1_005_000)
    assert "value: unknown -> 371,850,000 USD" in alumina.also


def test_a_year_with_few_makers_tells_of_no_closing():
    chain = case(
        flow("mine", "abroad", "ore", 100, year=2018),
        enterprises=plants(mine="R", smelter="R", forge="R"), products=products(ore=0, metal=1, nails=4),
        production=[
            makes("mine", "ore", 120, year=2018), makes("mine", "ore", 120), makes("smelter", "metal", 60),
            makes("forge", "nails", 5),
        ],
    )  # fmt: skip
    answer = questions()["changes"](chain)
    assert len(answer) == 0
    assert (
        "1 enterprises have a production row for 2018, 3 for 2020: no change can be told."
        in answer.caveats[1]
    )
    shown = questions()["changes"](chain, show="all")
    assert {r.what for r in shown} == {"not recorded before"}


def test_shares_change_in_points_and_large_growth_in_times():
    old, new = case(flow("mine", "abroad", "ore", 2)), case(flow("mine", "abroad", "ore", 100))
    assert "(50 times as much)" in changes(new, against=old)["missing_processing:R:ore"].reason
    linked = changes(new, against=old, of="processing-depth")["R:ore"]
    assert "conversion: 98.3 % -> 16.7 %" in linked.also
