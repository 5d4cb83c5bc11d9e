"""What goes in only beside more of others: no size, no potential output; worked out by hand."""

import pytest

from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import questions
from valuechain.closing import Closing, close_gap
from valuechain.gaps.co_feeds import is_main, line_of, parts

FURNACE = recipe("furnace", "steel", scrap=0.125, ore=1.375)  # scrap is 0.125 / 1.5 = 8.3 % of it
MELT = recipe("melt", "steel", scrap=1.2)
STAGES = {"scrap": 0, "ore": 0, "steel": 1, "bar": 2, "frame": 2, "glass": 2, "unit": 3, "house": 4}


def case(steps, production, flows=(), **more):
    return chain_of(
        products=products(**STAGES),
        enterprises=plants(yard="R", mill="R", glazier="R"),
        **recipes(*steps, recipe("roll", "bar", steel=1.0)),
        production=production,
        flows=list(flows),
        **more,
    )


def ask(chain, kind):
    return questions()["missing-links"](chain, kind=kind).rows


BARS, SCRAP = makes("mill", "bar", 1000), makes("yard", "scrap", 240)


def test_parts():
    chain = case([FURNACE, recipe("half", "frame", scrap=0.5, ore=0.3, glass=0.2)], [])
    assert parts(chain)[line_of(chain, "furnace", "scrap")] == pytest.approx(1 / 12)
    assert not is_main(chain, "furnace", "scrap")
    assert is_main(chain, "furnace", "ore")
    assert is_main(chain, "half", "scrap"), "half is enough"
    assert is_main(chain, "roll", "steel")


def test_half_does_not_hang_on_the_order_of_a_sum():
    # 0.1 + 0.2 + 0.3 is a little more than 0.6 for a machine, 0.3 + 0.2 + 0.1 is not
    for names in (("scrap", "ore", "glass"), ("glass", "ore", "scrap")):
        chain = case([recipe("mix", "frame", **dict(zip(names, (0.1, 0.2, 0.3), strict=True)))], [])
        assert is_main(chain, "mix", names[2])


def test_other_units_are_no_part():
    chain = case([recipe("set", "unit", frame=0.02, glass=1.0)], [])
    assert not is_main(chain, "set", "frame")
    rows = [{**r, "unit": "piece"} if r["product_id"] == "glass" else r for r in products(**STAGES)]
    chain = chain_of(products=[{"unit": "t", **r} for r in rows], enterprises=plants(yard="R"),
                     **recipes(recipe("set", "unit", frame=0.02, glass=1.0)))  # fmt: skip
    assert is_main(chain, "set", "frame"), "the only one that is weighed"


def test_a_blank_beside_it_leaves_the_part_unknown():
    chain = case([recipe("mix", "steel", scrap=0.9, ore=None), recipe("cast", "frame", ore=None)], [])
    assert not is_main(chain, "mix", "scrap")
    assert is_main(chain, "cast", "ore"), "nothing else goes in"


def test_a_minor_co_feed_makes_no_middle():
    # 1,000 t of bars need 1,000 t of steel. 240 t of scrap are left here: 240 / 0.125 = 1,920 t is no answer
    (row,) = ask(case([FURNACE], [BARS, SCRAP]), "missing_middle")
    assert (row.gap_id, row.quantity, row.bound) == ("missing_middle:R:steel", None, "unknown")
    assert (row.value, row.share) == (None, None)
    assert [(r.process_id, r.potential_output) for r in row.routes] == [("furnace", None)]
    assert "SCRAP is only 8.3 % of what goes into STEEL, with ORE besides" in row.reason
    assert "what the 240 t of SCRAP could make of it is not told" in row.reason
    assert "could make 1" not in row.reason


def test_the_main_feedstock_makes_it():
    # 2,750 t of ore / 1.375 = 2,000 t of steel, of which 1,000 are needed; from the scrap of the same step nothing
    (row,) = ask(case([FURNACE], [BARS, SCRAP, makes("yard", "ore", 2750)]), "missing_middle")
    assert (row.quantity, row.bound) == (1000, "at_most")
    assert "the 2,750 t of ORE that are left here could make 2,000 t of it, with SCRAP besides" in row.reason
    assert [(r.process_id, r.coefficient, r.potential_output) for r in row.routes] == [
        ("furnace", 1.375, 1000)
    ]


def test_a_way_by_the_main_feedstock_comes_first():
    # melting: 240 / 1.2 = 200 t, though 240 / 0.125 would be more
    (row,) = ask(case([FURNACE, MELT], [BARS, SCRAP]), "missing_middle")
    assert (row.quantity, row.bound) == (200, "at_most"), "the furnace is no other way"
    assert [r.process_id for r in row.routes] == ["melt"]


def test_a_longer_way_by_main_feedstocks_comes_first():
    # scrap -> frame -> steel takes two absent steps and makes 240 / 2 / 1.5 = 80 t
    longer = recipe("shred", "frame", scrap=2.0), recipe("remelt", "steel", frame=1.5)
    (row,) = ask(case([FURNACE, *longer], [BARS, SCRAP]), "missing_middle")
    assert [r.process_id for r in row.routes] == ["shred", "remelt"]
    assert row.quantity == 80


def test_no_way_is_longer_than_eight_steps():
    # nine main steps lead to p9, and one minor step: the minor one is the way, and nothing is told of its size
    names = ["p0", *(f"p{n}" for n in range(1, 10))]
    steps = [recipe(f"s{n}", names[n], **{names[n - 1]: 1.0}) for n in range(1, 10)]

    def told(minor, end):
        return chain_of(
            products=products(**dict.fromkeys(names[1:], 1), p0=0, water=0, end=2),
            enterprises=plants(yard="R", mill="R"),
            **recipes(*steps, recipe("mix", minor, p0=0.1, water=1.0), recipe("use", "end", **{end: 1.0})),
            production=[makes("yard", "p0", 50), makes("mill", "end", 5)],
        )

    (row,) = ask(told("p9", "p9"), "missing_middle")
    assert ([r.process_id for r in row.routes], row.quantity) == (["mix"], None)
    (row,) = ask(told("p8", "p8"), "missing_middle")
    assert (len(row.routes), row.quantity) == (8, 5), "eight main steps lead to p8"
    (row,) = ask(told("p8", "p9"), "missing_middle")
    assert ([r.process_id for r in row.routes], row.quantity) == (["mix", "s9"], None)


PANE = recipe("set", "unit", frame=0.02, glass=1.0), recipe("bolt", "house", frame=2.0)


def outflow():
    return case(PANE, [makes("yard", "frame", 100)], [flow("yard", "abroad", "frame", 40)])


def test_routes_tell_no_potential_of_a_minor_co_feed():
    # 40 t of frames: 20 houses, and not 2,000 t of panes
    (row,) = ask(outflow(), "missing_processing")
    assert row.quantity == 40
    assert {r.process_id: r.potential_output for r in row.routes} == {"bolt": 20, "set": None}
    assert "FRAME is not the main feedstock of set (only 2 %, with GLASS besides)" in row.reason
    assert "what it could make there is not told" in row.reason


def test_an_unused_by_product_that_is_a_minor_co_feed():
    steps = recipes(*PANE, recipe("roll", "bar", steel=1.0))
    steps["process_flows"].append(
        {"process_id": "roll", "product_id": "frame", "role": "by_product", "quantity": 0.1}
    )
    chain = chain_of(products=products(**STAGES), enterprises=plants(mill="R"), **steps, production=[BARS])
    (row,) = ask(chain, "unused_by_product")
    assert row.quantity == 100
    assert {r.process_id: r.potential_output for r in row.routes} == {"bolt": 50, "set": None}
    assert "not the main feedstock of set" in row.reason


def test_a_round_trip_counts_what_the_goods_hold():
    # 300 t of panes come in and hold 300 x 0.02 = 6 t of frames: what goods hold needs no main feedstock
    flows = [flow("yard", "abroad", "frame", 40), flow("abroad", "glazier", "unit", 300)]
    (row,) = ask(case(PANE[:1], [makes("yard", "frame", 100)], flows), "round_trip")
    assert row.quantity == 6
    assert [(r.process_id, r.potential_output) for r in row.routes] == [("set", None)]
    assert "not the main feedstock of set" in row.reason


def test_closing_takes_the_main_route_unless_told():
    done = close_gap(outflow(), Closing("missing_processing:R:frame"), 2020)
    assert (done.process, done.made, done.output, done.notes) == ("bolt", "house", 20, ())


def test_the_main_route_goes_before_a_later_stage():
    # houses of stage 4, of glass made here and 2 % of frames; units of stage 3 of frames alone
    steps = recipe("fit", "house", frame=0.02, glass=1.0), recipe("bolt", "unit", frame=2.0)
    made = [makes("yard", "frame", 100), makes("glazier", "glass", 9)]
    chain = case(steps, made, [flow("yard", "abroad", "frame", 40)])
    done = close_gap(chain, Closing("missing_processing:R:frame"), 2020)
    assert (done.process, done.output) == ("bolt", 20)


def test_closing_by_a_minor_co_feed_takes_the_rest_from_elsewhere():
    done = close_gap(outflow(), Closing("missing_processing:R:frame", process="set"), 2020)
    assert (done.made, done.output, done.kept) == ("unit", 2000, 40)
    (note,) = (n for n in done.notes if "besides" in n)
    assert note == (
        "FRAME is only 2 % of what set takes in: besides it needs GLASS (2,000 t), from elsewhere; none is bought "
        "for it."
    )
    (lack,) = ask(done.chain, "missing_input")
    assert (lack.product_id, lack.quantity) == ("glass", 2000)


def test_closing_a_middle_of_unknown_size_asks_for_the_capacity():
    chain = case([FURNACE], [BARS, SCRAP])
    with pytest.raises(Exception, match="say capacity"):
        close_gap(chain, Closing("missing_middle:R:steel"), 2020)
    done = close_gap(chain, Closing("missing_middle:R:steel", capacity=800), 2020)
    assert (done.made, done.output) == ("steel", 800)
    assert any("besides it needs ORE (1,100 t)" in n for n in done.notes), "800 x 1.375"


def test_data_gaps_asks_for_nothing_that_could_not_tell_the_size():
    chain = case([FURNACE], [makes("mill", "bar", None), SCRAP])
    rows = questions()["data-gaps"](chain).rows
    assert rows
    assert not [r for r in rows if "missing_middle:R:steel" in r.gap_ids]


def test_pavlodar_keeps_its_numbers():
    (row,) = (r for r in ask(load("pavlodar"), "capacity_gap") if r.product_id == "alumina")
    assert row.quantity == 1_005_000
    potential = {r.process_id: r.potential_output for r in row.routes}
    assert potential["AL08"] == pytest.approx(520_725, abs=1)
