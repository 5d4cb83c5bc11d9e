"""Chains: paths, statuses and breaks by hand, and the bundled data."""

import pytest

from graph_schema import ParameterError
from loaders import load
from tests.cases import YEAR, chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import question
from valuechain.paths import ends as chain_ends


def ask(chain, **parameters):
    return question("chains")(chain, **parameters)


def ids(answer):
    return [row.path_id for row in answer]


METAL = recipes(
    recipe("smelt", "metal", ore=2.0),
    recipe("roll", "wire", metal=1.25),
    recipe("twist", "cable", wire=1.0, plastic=0.5),
)
STAGES = products(ore=0, metal=1, wire=2, plastic=1, cable=4)


def metal(production, flows=(), **more):
    tables = {"products": STAGES, "enterprises": plants(mine="R", smelter="R", mill="R", far="S"), **METAL}
    return chain_of(**{**tables, "production": production, "flows": list(flows), **more})


def test_a_path_breaks_at_its_first_absent_step():
    # 2 t ore per t of metal, 1.25 t metal per t of wire, 1 t wire per t of cable: 1 / 2 / 1.25 / 1 = 0.4 t of
    # cable per t of ore; of 50 t of metal 40 leave: 40 / 1.25 = 32 t of cable
    chain = metal(
        [makes("mine", "ore", 100), makes("smelter", "metal", 50)],
        [flow("mine", "smelter", "ore", 100), flow("smelter", "abroad", "metal", 40)],
    )
    (row,) = ask(chain, start="ore")
    assert row.path_id == "ore:smelt:roll:twist:cable"
    assert [s.status for s in row.path] == ["working", "absent", "absent"]
    assert [s.makers for s in row.path] == [("smelter",), (), ()]
    assert [s.quantity for s in row.path] == [100, None, None]
    assert [s.beside for s in row.path] == [(), (), ("plastic",)]
    assert (row.steps, row.absent, row.possible) == (3, 2, 0)
    assert (row.breaks_at_id, row.reached_product_id, row.reached_stage) == ("metal", "metal", 1)
    assert row.yield_per_unit == pytest.approx(0.4)
    assert (row.available, row.unit, row.potential, row.end_unit) == (40, "t", pytest.approx(32), "t")
    assert row.reason == (
        "ORE -> METAL is here; the first missing step is WIRE by roll, not recorded here; 1 more step to CABLE, "
        "absent too; 40 t of METAL leave here, enough for 32 t of CABLE, given PLASTIC."
    )
    assert [(e.table, e.value) for e in row.evidence] == [
        ("process_flows", 2), ("process_flows", 1.25), ("process_flows", 1), ("flows", 40)
    ]  # fmt: skip
    assert str(row.path[1]) == "METAL -> WIRE (roll, absent)"


def test_a_complete_path_and_one_that_lacks_its_first_step():
    everything = [makes("smelter", "metal", 5), makes("mill", "wire", 4), makes("mill", "cable", 4)]
    (row,) = ask(metal(everything), start="ore")
    assert (row.absent, row.breaks_at_id, row.reached_product_id) == (0, None, "cable")
    assert (row.available, row.potential) == (None, None)
    assert [s.status for s in row.path] == [
        "present",
        "present",
        "working",
    ]  # the mill feeds itself with wire
    assert row.path[2].quantity == 4
    assert row.reason == (
        "ORE -> METAL -> WIRE -> CABLE is here in full (no link on record at 2 of 3 steps); "
        "no maker of ORE is recorded here."
    )
    (row,) = ask(metal([makes("mill", "wire", 4)]), start="ore")
    assert (row.absent, row.breaks_at_id, row.reached_product_id) == (2, "ore", "ore")
    assert row.reason.startswith(
        "Of the chain from ORE the first step is missing: METAL by smelt, not recorded"
    )
    assert "2 more steps to CABLE, 1 of them absent" in row.reason


@pytest.mark.parametrize(
    ("flows", "status", "quantity"),
    [
        ([], "present", None),
        ([flow("mine", "smelter", "ore", 100)], "working", 100),
        ([flow("mine", "smelter", "ore", 60), flow("mine", "smelter", "ore", 5, flow_id="b")], "working", 65),
        ([flow("mine", "smelter", "ore", None)], "working", None),
        ([flow("mine", "smelter", "ore", 0)], "present", None),
        ([flow("far", "smelter", "ore", 100)], "present", None),
        ([flow("rest", "smelter", "ore", 100)], "present", None),
    ],
)
def test_a_step_works_only_where_something_moves_inside_the_zone(flows, status, quantity):
    (row,) = ask(metal([makes("smelter", "metal", 50)], flows), start="ore")
    assert (row.path[0].status, row.path[0].quantity) == (status, quantity)


def test_the_zone_decides():
    chain = metal([makes("smelter", "metal", 50)], [flow("far", "smelter", "ore", 100)])
    assert [r.path[0].status for place in "RSC" for r in ask(chain, start="ore", region=place)] == [
        "present", "absent", "working"
    ]  # fmt: skip
    (row,) = ask(chain, start="ore")
    assert "ORE itself is brought in" in row.reason


SCRAP = recipes(
    recipe("furnace", "steel", ore=1.5),
    recipe("remelt", "steel", scrap=1.1),
    recipe("roll", "bar", steel=1.0),
    recipe("collect", "scrap", bar=4.0),
    recipe("build", "bridge", bar=1.0),
)


def scrap(production, flows=(), **more):
    stages = products(ore=0, scrap=0, steel=1, bar=2, bridge=4)
    tables = {"products": stages, "enterprises": plants(works="R", mill="R"), **SCRAP}
    return chain_of(**{**tables, "production": production, "flows": list(flows), **more})


def test_a_route_that_is_only_possible_counts_apart():
    (row,) = ask(scrap([makes("works", "steel", None)]), start="ore")
    assert [s.status for s in row.path] == ["possible", "absent", "absent"]
    assert (row.absent, row.possible, row.path[0].makers) == (2, 1, ("works",))
    assert "only one of several possible routes at 1 of 1 step" in row.reason
    stated = scrap([makes("works", "steel", 5, process_id="remelt"), makes("mill", "steel", None)])
    found = {r.start_product_id: r.path[0] for start in ("ore", "scrap") for r in ask(stated, start=start)}
    assert (found["ore"].status, found["ore"].makers) == ("possible", ("mill",))
    assert (found["scrap"].status, found["scrap"].makers) == ("present", ("works",))


def test_a_step_that_every_possible_route_takes_is_certain_by_whichever_route():
    two = recipes(recipe("a", "q", p=1.0), recipe("b", "q", p=1.0))
    chain = chain_of(
        products=products(p=0, q=4), enterprises=plants(one="R", mine="R"), **two,
        production=[makes("one", "q", 4)], flows=[flow("mine", "one", "p", 4)],
    )  # fmt: skip
    ((step,),) = (r.path for r in ask(chain, start="p"))
    assert (step.status, step.process_id, step.instead) == ("working", "a", ("b",))
    assert step.quantity == 4
    two = recipes(recipe("a", "q", p=1.0), recipe("b", "q", r=1.0))
    chain = chain_of(
        products=products(p=0, r=0, q=4),
        enterprises=plants(one="R"),
        **two,
        production=[makes("one", "q", 4)],
    )
    assert [s.status for row in ask(chain, start="p") for s in row.path] == ["possible"]


def test_two_processes_of_one_plant_share_a_transfer_of_unknown_split():
    two = recipes(recipe("a", "q", p=1.0), recipe("b", "q", p=1.0))
    chain = chain_of(
        products=products(p=0, q=4), enterprises=plants(one="R"), **two,
        production=[makes("one", "p", 8), *(makes("one", "q", 4, process_id=t) for t in "ab")],
    )  # fmt: skip
    ((step,),) = (r.path for r in ask(chain, start="p"))
    assert (step.status, step.quantity, step.instead) == ("working", None, ("b",))


def test_loops_end():
    # scrap -> steel -> bar -> scrap is a loop: no path passes a product twice
    chain = scrap([])
    assert ids(ask(chain, start="scrap")) == ["scrap:remelt:roll:build:bridge"]
    assert ids(ask(chain, start="steel", end="scrap")) == ["steel:roll:collect:scrap"]
    assert ids(ask(chain, end="bridge")) == [
        "ore:furnace:roll:build:bridge",
        "scrap:remelt:roll:build:bridge",
    ]


def test_a_path_to_an_end_begins_at_the_last_raw_product_met():
    # tailings are raw (stage 0) and come from ore: the path from ore is that from tailings and what is before it
    chain = chain_of(
        products=products(ore=0, tailings=0, sand=4), enterprises=plants(one="R"),
        **recipes(recipe("wash", "tailings", ore=1.0), recipe("dry", "sand", tailings=1.0)),
    )  # fmt: skip
    assert ids(ask(chain, end="sand")) == ["tailings:dry:sand"]
    assert ids(ask(chain, start="ore")) == ["ore:wash:dry:sand"]


def test_a_path_from_a_start_ends_at_the_first_final_product_met():
    chain = chain_of(
        products=products(ore=0, rail=4, track=4), enterprises=plants(one="R"),
        **recipes(recipe("roll", "rail", ore=1.0), recipe("lay", "track", rail=1.0)),
    )  # fmt: skip
    assert ids(ask(chain, start="ore")) == ["ore:roll:rail"]
    assert ids(ask(chain, start="ore", end="track")) == ["ore:roll:lay:track"]
    assert "It goes into TRACK: name one as the end." in " ".join(ask(chain, start="rail").caveats)


def test_the_lowest_stage_of_a_loop_comes_before_the_first_id():
    chain = chain_of(
        products=products(alloy=1, waste=0, zinc=4), enterprises=plants(one="R"),
        **recipes(recipe("x", "alloy", waste=1.0), recipe("y", "waste", alloy=1.0), recipe("z", "zinc", alloy=1.0)),
        production=[makes("one", "alloy", 1), makes("one", "waste", 1)],
    )  # fmt: skip
    assert ids(ask(chain)) == ["waste:x:z:zinc"]


def test_base_products_of_a_loop_begin_at_its_lowest_stage():
    everything = [makes("works", p, 1, process_id=t) for p, t in (("steel", "remelt"), ("scrap", "collect"))]
    chain = scrap([*everything, makes("mill", "bar", 1)])
    assert [r.start_product_id for r in ask(chain)] == ["scrap"]
    # with ore at hand and a furnace the loop is fed from outside it: ore is the base
    fed = scrap([*everything, makes("mill", "bar", 1), makes("mill", "steel", 1, process_id="furnace")])
    assert [r.start_product_id for r in ask(fed)] == ["ore"]


def test_base_products_are_made_or_certainly_needed_here():
    chain = metal([makes("smelter", "metal", 5), makes("far", "plastic", 5)])
    assert [r.start_product_id for r in ask(chain)] == ["ore"]
    assert [r.start_product_id for r in ask(chain, region="S")] == ["plastic"]
    assert ids(ask(chain)) == ids(ask(chain, start="ore"))


WAYS = recipes(
    recipe("long-1", "a", raw=1.0), recipe("long-2", "b", a=1.0), recipe("long-3", "end", b=1.0),
    recipe("short-2", "end", raw=1.0), recipe("short-1", "end", raw=1.0), recipe("mid-1", "end", a=1.0),
)  # fmt: skip


def ways(production=(), **more):
    return chain_of(
        products=products(raw=0, a=1, b=2, end=4), enterprises=plants(one="R"), **WAYS,
        production=list(production), **more,
    )  # fmt: skip


def test_fewest_absent_steps_then_fewest_steps_then_ids():
    absent = ["raw:short-1:end", "raw:long-1:mid-1:end", "raw:long-1:long-2:long-3:end"]
    (short, *_) = ask(ways(), start="raw")
    assert short.path[0].instead == ("short-2",)
    assert ids(ask(ways(), start="raw")) == absent
    there = [
        makes("one", p, 1, process_id=t) for p, t in (("a", "long-1"), ("b", "long-2"), ("end", "long-3"))
    ]
    long = "raw:long-1:long-2:long-3:end"
    assert ids(ask(ways(there), start="raw")) == [long, *(p for p in absent if p != long)]
    assert ids(ask(ways(there), start="raw", most=1)) == [long]
    for most in (1, 2):
        answer = ask(ways(), start="raw", most=most)
        assert ids(answer) == absent[:most]
        assert any(f"Only the first {most} of at least" in c for c in answer.caveats)
    assert not any("of at least" in c for c in ask(ways(), start="raw", most=3).caveats)
    assert ids(ask(ways(), start="raw", max_steps=2)) == absent[:2]


def test_where_the_absent_step_comes_breaks_no_tie():
    # both lack one of two steps, the one by x the first, the one by b the last: ids decide
    chain = chain_of(
        products=products(raw=0, p=1, q=1, end=4), enterprises=plants(one="R"),
        **recipes(
            recipe("b", "q", raw=1.0), recipe("c", "end", q=1.0), recipe("x", "p", raw=1.0), recipe("y", "end", p=1.0)
        ),
        production=[makes("one", "q", 1), makes("one", "end", 1, process_id="y")],
    )  # fmt: skip
    assert ids(ask(chain, start="raw", most=1)) == ["raw:b:c:end"]
    assert ids(ask(chain, start="raw")) == ["raw:b:c:end", "raw:x:y:end"]


def test_a_declared_absence_is_told_apart():
    claim = [{"region_id": "C", "what": "production", "product_id": "wire", "complete": "yes"}]
    answer = ask(metal([], coverage=claim), start="ore")
    assert [s.declared for s in answer.rows[0].path] == [False, True, False]
    assert any(
        "of 3 absent steps on these paths the data declares 1 to be absent" in c for c in answer.caveats
    )
    # a maker on record for another year: the claim does not say that it is gone
    other = ask(metal([makes("mill", "wire", 1, year=YEAR - 1)], coverage=claim), start="ore")
    assert [s.declared for s in other.rows[0].path] == [False, False, False]
    present = ask(metal([makes("mill", "wire", 1)], coverage=claim), start="ore")
    assert not any(s.declared for s in present.rows[0].path)


@pytest.mark.parametrize(
    ("flows", "more", "available"),
    [
        ([], {}, None),
        ([flow("smelter", "abroad", "metal", None), flow("smelter", "far", "metal", 5)], {}, None),
        ([flow("smelter", "abroad", "metal", 10), flow("smelter", "far", "metal", 5)], {}, 15),
        ([flow("smelter", "homes", "metal", 10)], {}, None),
        ([], {"coverage": [{"region_id": "R", "what": "flows", "complete": "yes"}]}, 0),
    ],
)
def test_what_leaves_at_the_break_is_known_or_unknown_never_guessed(flows, more, available):
    (row,) = ask(metal([makes("smelter", "metal", 50)], flows, **more), start="ore")
    assert row.available == available
    assert row.potential == (None if available is None else pytest.approx(available / 1.25))


def test_an_unknown_coefficient_leaves_the_yield_unknown():
    lines = [{**r, "quantity": None} if r["product_id"] == "wire" and r["role"] == "feedstock" else r
             for r in METAL["process_flows"]]  # fmt: skip
    chain = metal(
        [makes("smelter", "metal", 5)], [flow("smelter", "abroad", "metal", 4)], process_flows=lines
    )
    answer = ask(chain, start="ore")
    (row,) = answer
    assert (row.path[2].coefficient, row.yield_per_unit, row.available, row.potential) == (
        None,
        None,
        4,
        None,
    )
    assert any("1 of 1 paths have no potential" in c for c in answer.caveats)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"start": "bridge"}, "BRIDGE is a final product, so no path begins there. Ask with end = bridge."),
        ({"end": "ore"}, "No process makes ORE as its main product"),
        ({"end": "scrap"}, "SCRAP is a raw product (stage 0), so no path leads there. Ask with start = scrap."),
        ({"start": "lone"}, "No recipe takes LONE, so no path begins there."),
        ({"start": "bridge", "end": "steel"}, "from BRIDGE to STEEL. STEEL is made of ORE, SCRAP."),
        ({"start": "ore", "max_steps": 2}, "from ORE to a final product. By recipes it becomes BAR, BRIDGE, SCRAP"),
        ({"end": "bridge", "max_steps": 2}, "No path of at most 2 steps leads from a raw product to BRIDGE."),
        ({}, "Nothing of stage 0 or 1 is recorded as made or needed here"),
        ({"region": "S", "start": "ore"}, "No enterprise is recorded here"),
    ],
)  # fmt: skip
def test_an_empty_answer_says_why(parameters, words):
    stages = products(ore=0, scrap=0, steel=1, bar=2, bridge=4, lone=1)
    answer = ask(scrap([], products=stages), **parameters)
    assert not len(answer) or "region" in parameters
    assert any(words in c for c in answer.caveats), answer.caveats


def test_bases_without_a_path_are_named():
    stages = products(ore=0, scrap=0, steel=1, bar=2, bridge=4, lone=1)
    answer = ask(scrap([makes("works", "lone", 1), makes("mill", "scrap", 1)], products=stages), max_steps=2)
    text = " ".join(answer.caveats)
    assert "No recipe takes LONE" in text
    assert "No path of at most 2 steps leads to a final product from SCRAP." in text


def test_without_recipes_it_says_so():
    chain = chain_of(products=products(ore=0, metal=1), enterprises=plants(mine="R"))
    for parameters in ({}, {"start": "ore"}, {"end": "metal"}, {"start": "ore", "end": "metal"}):
        answer = ask(chain, **parameters)
        assert not len(answer)
        assert any("there are no recipes" in c for c in answer.caveats)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"most": 0}, "0 is not between 1 and 1000"),
        ({"most": 1001}, "1001 is not between 1 and 1000"),
        ({"max_steps": 0}, "0 is not between 1 and 50"),
        ({"start": "ore", "end": "ore"}, "ore is the start too"),
    ],
)
def test_a_wrong_parameter_says_what_is_right(parameters, words):
    with pytest.raises(ParameterError) as caught:
        ask(metal([]), **parameters)
    assert words in str(caught.value)


def test_several_regions_are_answered_each():
    chain = metal([makes("smelter", "metal", 5), makes("far", "plastic", 5)], home="")
    answer = ask(chain)
    assert [(r.region_id, r.start_product_id) for r in answer] == [("R", "ore"), ("S", "plastic")]
    assert any(c.startswith("R: ") for c in answer.caveats)


def test_the_bound_is_kept(monkeypatch):
    monkeypatch.setattr(chain_ends, "MOST_EXPANDED", 1)
    answer = ask(ways(), end="end")
    assert ids(answer) == ["raw:short-1:end"]
    assert any("The search for paths to END was cut after 1 partial paths" in c for c in answer.caveats)


@pytest.fixture(scope="module")
def pavlodar():
    return load("pavlodar")


def test_bauxite_of_pavlodar_breaks_after_primary_aluminium(pavlodar):
    answer = ask(pavlodar, start="bauxite")
    assert len(answer) == 5
    assert {row.breaks_at_id for row in answer} == {"primary-aluminium"}
    assert {row.available for row in answer} == {237_500}
    best = answer.rows[0]
    assert best.path_id == "bauxite:AL02:AL08:AL09:AL20:aluminium-wheels"
    assert [s.status for s in best.path] == ["present", "working", "absent", "absent"]
    assert best.path[1].quantity == 482_500  # 250,000 t x 1.93, inside the one company
    assert best.potential == pytest.approx(237_500 / 0.94 / 1.08)
    assert any("typical or computed coefficients" in c for c in answer.caveats)


def test_ferroalloys_of_pavlodar_have_no_recipe_and_the_answer_says_so(pavlodar):
    answer = ask(pavlodar, start="ferroalloys")
    assert not len(answer)
    assert any(
        "No recipe takes Ferroalloys (kind not stated), so no path begins there. The nearest that recipes take: "
        "ferrochrome-high-carbon" in c for c in answer.caveats
    )  # fmt: skip


def test_pavlodar_without_ends_begins_at_its_base_products(pavlodar):
    answer = ask(pavlodar)
    assert [row.start_product_id for row in answer] == ["steel-scrap"] * 5 + ["bauxite"] * 5
    assert [row.absent for row in answer] == [0, 0, 0, 1, 1, 2, 3, 3, 3, 3]
    assert any("No recipe takes Cast iron" in c and "Ferroalloys" in c for c in answer.caveats)
