"""No final product, and steps missing in the middle: cases small enough to check by hand."""

import numpy as np
import pytest

from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import questions
from valuechain.gaps.chains import chain_starts

STAGES = {"ore": 0, "metal": 1, "sheet": 2, "part": 3, "car": 4}
STEPS = (
    recipe("smelt", "metal", ore=2.0),
    recipe("roll", "sheet", metal=1.25),
    recipe("press", "part", sheet=1.5),
    recipe("build", "car", part=4.0),
)


def ask(chain, kind, **parameters):
    return questions()["missing-links"](chain, kind=kind, **parameters)


def ends(chain, **parameters):
    return {r.product_id: (r.quantity, r.bound) for r in ask(chain, "no_final_product", **parameters)}


def case(production, flows=(), steps=STEPS, stages=STAGES, **more):
    return chain_of(
        products=products(**stages),
        enterprises=plants(mine="R", smelter="R", mill="R", press="R", works="R", far="S"),
        **recipes(*steps),
        production=production,
        flows=list(flows),
        **more,
    )


ORE, METAL, SHEET = makes("mine", "ore", 100), makes("smelter", "metal", 30), makes("mill", "sheet", 8)
PART, CAR = makes("press", "part", 4), makes("works", "car", 1)


def test_a_chain_that_stops_is_one_row_of_its_first_product():
    # 30 metal need 60 of the 100 ore; 8 sheet need 10 metal; nobody presses parts
    leaves = [flow("smelter", "abroad", "metal", 15), flow("mine", "rest", "ore", 40)]
    (row,) = ask(case([ORE, METAL, SHEET], leaves), "no_final_product")
    assert (row.gap_id, row.quantity, row.bound) == ("no_final_product:R:ore", 100, "exact")
    assert (row.share, row.basis, row.absence, row.conditional) == (1.0, "recorded", "not recorded", False)
    assert "ORE -> METAL -> SHEET (stage 2, semi-finished) is where it stops" in row.reason
    assert "40 % of ORE and 50 % of METAL leave" in row.reason
    assert [r.product_id for r in row.routes] == ["part"], "what it could become where it stops"
    assert (row.value, row.currency) == (None, "")
    assert "no value" in row.value_note
    assert {e.row for e in row.evidence if e.table == "process_flows"} >= {"smelt · ore · feedstock"}


def test_a_final_product_at_the_end_is_no_gap():
    assert ends(case([ORE, METAL, SHEET, PART, CAR])) == {}
    assert ends(case([ORE, METAL, SHEET, PART])) == {"ore": (100, "exact")}


def test_what_is_bought_in_starts_a_chain_only_if_that_stops():
    assert ends(case([SHEET, PART, CAR])) == {}, "metal is bought, and ends in a car"
    assert ends(case([SHEET, PART])) == {"metal": (10, "exact")}, "8 sheet x 1.25, and no car"


def test_the_size_is_output_else_requirement_else_inflow():
    assert ends(case([makes("mine", "ore", None), METAL])) == {"ore": (60, "uncertain")}
    assert ends(case([METAL])) == {"ore": (60, "exact")}
    assert ends(case([METAL, makes("works", "metal", None)])) == {"ore": (60, "at_least")}
    unknown = [makes("smelter", "metal", None)]
    assert ends(case(unknown)) == {"ore": (None, "unknown")}
    assert ends(case(unknown, [flow("far", "smelter", "ore", 7)])) == {"ore": (7, "uncertain")}
    assert ends(case([makes("mine", "ore", 9), makes("works", "ore", None)])) == {"ore": (9, "at_least")}
    assert ends(case([makes("mine", "ore", 0)])) == {}, "nothing is made, so nothing stops"


def test_a_possible_step_makes_the_row_conditional():
    # the works makes cars of parts or of plastic, and which is not recorded
    steps = (*STEPS, recipe("mould", "car", plastic=1.0))
    chain = case([ORE, METAL, SHEET, PART, CAR], steps=steps, stages={**STAGES, "plastic": 1})
    (row,) = ask(chain, "no_final_product")
    assert (row.product_id, row.conditional, row.quantity, row.bound) == ("ore", True, None, "unknown")
    assert "depends on which of several possible routes" in row.reason
    stated = [ORE, METAL, SHEET, PART, makes("works", "car", 1, process_id="build")]
    assert ends(case(stated, steps=steps, stages={**STAGES, "plastic": 1})) == {}


def test_a_loop_is_one_start():
    # scrap -> metal -> sheet -> scrap, all here: the loop starts at scrap, of the lowest stage
    steps = (
        recipe("melt", "metal", scrap=1.0),
        recipe("roll", "sheet", metal=1.25),
        recipe("cut", "scrap", sheet=1.0),
    )
    stages = {"scrap": 0, "metal": 1, "sheet": 2}
    made = [makes("mine", "scrap", 5), makes("smelter", "metal", 5), makes("mill", "sheet", 4)]
    assert ends(case(made, steps=steps, stages=stages)) == {"scrap": (5, "exact")}
    fed = (*steps[:1], recipe("roll", "sheet", metal=1.25, ore=1.0), steps[2])
    found = ends(case(made, steps=fed, stages={**stages, "ore": 0}))
    assert found == {"ore": (4, "exact")}, "what feeds a loop starts its chain"


def test_a_by_product_belongs_to_the_chain_it_comes_from():
    slag = {"process_id": "smelt", "product_id": "slag", "role": "by_product", "quantity": 0.5}
    steps = recipes(*STEPS, recipe("crush", "gravel", slag=1.0))
    steps["process_flows"].append(slag)
    chain = chain_of(
        products=products(**STAGES, slag=0, gravel=4),
        enterprises=plants(mine="R", smelter="R", quarry="R"),
        **steps,
        production=[ORE, METAL],
    )
    assert ends(chain) == {"ore": (100, "exact")}
    used = chain.with_rows("production", makes("quarry", "gravel", 15, unit="t"))
    assert ends(used) == {}, "gravel is made of what arises"


def test_a_product_that_no_recipe_knows_stops_where_it_is():
    chain = chain_of(products=products(alloy=1, thing=2), enterprises=plants(mine="R"), production=[
        makes("mine", "alloy", 10), makes("mine", "thing", 10)])  # fmt: skip
    (row,) = ask(chain, "no_final_product")
    assert (row.product_id, row.quantity) == ("alloy", 10), (
        "raw or primary; of a later stage no chain is known"
    )
    assert "No recipe takes ALLOY" in row.reason


@pytest.mark.parametrize(
    ("what", "said"), [("production", "declared"), ("flows", "not recorded"), ("one product", "not recorded")]
)
def test_absence_counts_where_all_production_is_declared(what, said):
    claim = {"region_id": "R", "what": "production" if what == "one product" else what, "complete": "yes"}
    claim |= {"product_id": "part"} if what == "one product" else {}
    (row,) = ask(case([ORE, METAL, SHEET], coverage=[claim]), "no_final_product")
    assert row.absence == said


def test_by_owner_a_chain_goes_as_far_as_the_owner():
    owned = [{"owner_id": "mine", "owned_id": "smelter"}]
    chain = case([ORE, METAL, SHEET, PART, CAR], ownership=owned)
    (row,) = ask(chain, "no_final_product", boundary="owner")
    assert (row.owner_id, row.region_id, row.product_id, row.quantity) == ("mine", None, "ore", 100)
    assert "ORE -> METAL (stage 1, primary)" in row.reason


def test_middle():
    # the press needs 4 x 1.5 = 6 sheet that nobody rolls; 15 metal leave and make 15 / 1.25 = 12 sheet
    chain = case([METAL, PART], [flow("smelter", "abroad", "metal", 15)])
    (row,) = ask(chain, "missing_middle")
    assert (row.gap_id, row.quantity, row.bound, row.share) == ("missing_middle:R:sheet", 6, "exact", 1.0)
    assert (
        "METAL and PART are made here, but the step between is not recorded: METAL -> SHEET (absent) -> PART."
        in row.reason
    )
    assert "need" in row.reason
    assert "the 15 t of METAL that leave could make 12 t of it" in row.reason
    assert [(r.process_id, r.coefficient, r.potential_output) for r in row.routes] == [("roll", 1.25, 6)]
    (lack,) = ask(chain, "missing_input", product="sheet")
    assert lack.quantity == 6, "the same tonnes, seen from the plant that lacks them"


def test_middle_is_at_most_what_is_free():
    short = case([METAL, PART], [flow("smelter", "abroad", "metal", 5)])
    (row,) = ask(short, "missing_middle")
    assert (row.quantity, row.bound) == (4, "exact")
    assert row.share == pytest.approx(4 / 6)
    (kept,) = ask(case([makes("smelter", "metal", 5), PART]), "missing_middle")
    assert (kept.quantity, kept.bound) == (4, "at_most"), "what leaves is not recorded: kept at most"
    (part,) = ask(case([METAL, PART], [*_leaves(5), flow("smelter", "rest", "metal")]), "missing_middle")
    assert (part.quantity, part.bound) == (4, "at_least")
    (blank,) = ask(case([METAL, PART], [flow("smelter", "rest", "metal")]), "missing_middle")
    assert (blank.quantity, blank.bound, blank.share) == (None, "unknown", None)


def _leaves(amount):
    return [flow("smelter", "abroad", "metal", amount)]


def test_middle_of_two_absent_steps():
    # the works needs 1 x 4 parts; 15 metal make 15 / 1.25 / 1.5 = 8 parts; the mill must roll 6 sheet
    (row,) = ask(case([METAL, CAR], _leaves(15)), "missing_middle")
    assert (row.product_id, row.quantity) == ("part", 4)
    assert [(r.product_id, r.potential_output) for r in row.routes] == [("sheet", 6), ("part", 4)]
    assert "METAL -> SHEET (absent) -> PART (absent) -> CAR" in row.reason


def test_a_step_that_runs_here_is_no_absent_one():
    # board: of pulp (two absent steps from wood), or of metal by way of sheet, which is rolled here
    steps = (*STEPS, recipe("laminate", "part", sheet=1.0, board=1.0), recipe("paste", "board", foil=1.0),
             recipe("beat", "foil", sheet=2.0))  # fmt: skip
    chain = case([METAL, SHEET, makes("press", "part", 4, process_id="laminate")], _leaves(10), steps=steps,
                 stages={**STAGES, "board": 2, "foil": 2})  # fmt: skip
    (row,) = ask(chain, "missing_middle")
    assert row.product_id == "board"
    assert "SHEET -> FOIL (absent) -> BOARD (absent) -> PART" in row.reason


def test_several_products_that_need_it_are_one_row():
    steps = (*STEPS, recipe("cut", "panel", sheet=1.0))
    chain = case(
        [METAL, PART, makes("works", "panel", 2)], _leaves(15), steps=steps, stages={**STAGES, "panel": 3}
    )
    (row,) = ask(chain, "missing_middle")
    assert row.quantity == 8
    assert (
        "METAL and PART, PANEL are made here" in row.reason
        or "METAL and PANEL, PART are made here" in row.reason
    )


def test_middle_needs_an_earlier_stage_and_an_end_here():
    assert not ask(case([PART]), "missing_middle"), "nothing before it is here"
    assert not ask(case([METAL, SHEET, PART]), "missing_middle"), "nothing is absent"
    far = case([METAL, makes("far", "part", 4)])
    assert not ask(far, "missing_middle")


def test_middle_on_a_possible_route_is_conditional():
    steps = (*STEPS, recipe("mould", "part", plastic=1.0))
    chain = case([METAL, PART], _leaves(15), steps=steps, stages={**STAGES, "plastic": 1})
    (row,) = ask(chain, "missing_middle")
    assert (row.product_id, row.conditional, row.quantity) == ("sheet", True, None)
    assert "PRESS may need SHEET" in row.reason


def test_middle_absence_is_declared_for_the_absent_products():
    declared = [{"region_id": "R", "what": "production", "product_id": "sheet", "complete": "yes"}]
    (row,) = ask(case([METAL, PART], _leaves(15), coverage=declared), "missing_middle")
    assert row.absence == "declared"
    assert "the step between is not:" in row.reason


def test_pavlodar_stops_at_primary_aluminium_and_at_ferroalloys():
    rows = {r.product_id: r for r in ask(load("pavlodar"), "no_final_product")}
    bauxite = rows["bauxite"]
    assert (bauxite.quantity, bauxite.bound, bauxite.share) == (4_500_000, "at_least", 1.0)
    assert "Bauxite -> Alumina -> Primary aluminium (stage 1, primary) is where it stops" in bauxite.reason
    assert "67 % of Alumina and 95 % of Primary aluminium leave" in bauxite.reason
    assert len(bauxite.routes) == 5
    assert rows["ferroalloys"].quantity is None
    assert "No recipe takes Ferroalloys" in rows["ferroalloys"].reason
    assert set(rows) == {"bauxite", "cast-iron", "ferroalloys"}, "steel ends in rails, pipes and bars"


def test_an_input_is_not_called_unused():
    (row,) = ask(load("pavlodar-public"), "no_final_product", product="coal-tar-pitch")
    assert "is an input of" in row.reason
    assert "No recipe takes" not in row.reason


def test_a_loop_that_another_loop_feeds_is_no_start():
    # 0 and 1 feed each other, so do 2 and 3, and 3 feeds 0: the chain starts at 2, though 0 is of a lower stage
    source, target = np.array([0, 1, 2, 3, 3]), np.array([1, 0, 3, 2, 0])
    starts = chain_starts(np.ones(4, bool), source, target, np.array([0.0, 1.0, 1.0, 2.0]))
    assert starts.tolist() == [2]
