"""Numbers to ask for: counted by hand, and by doing it: the answer is written in and the order is looked at again."""

from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from graph_schema import TABLES
from graph_schema.arrow import arrow_schema
from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from tests.laws.strategies import worlds
from valuechain import ValueChain, questions
from valuechain.missing_numbers.gaps import scene_and_places
from valuechain.missing_numbers.pairs import among, undecided
from visualizations.charts import chart

ASK = questions()["data-gaps"]


def answered(chain, row, value, year):
    """Return the chain with `value` (an amount, or the id of a process) written where `row` says."""
    rows = {name: chain.own_table(name).to_pylist() for name in TABLES}
    abroad = next(m["market_id"] for m in rows["markets"] if m["kind"] == "abroad")
    columns = [c.name for c in TABLES[row.table]]
    keys = {"from_id": row.from_id, "to_id": row.to_id, "role": row.role, "year": year}
    keys |= {n: getattr(row, n) for n in ("enterprise_id", "product_id", "process_id")}
    keys = {name: value for name, value in keys.items() if name in columns}
    if row.what == "delivery":
        keys.pop("process_id")
    found = [
        r for r in rows[row.table]
        if all(r[n] == w for n, w in keys.items()) and r[row.column] is None and r.get("share") is None
    ]  # fmt: skip
    if row.what in ("destination", "price") or not found:
        found = [dict.fromkeys(columns) | keys]
        found[0] |= {"to_id": abroad} if row.what == "destination" else {}
        found[0] |= {"market_id": abroad, "currency": chain.dataset.currency} if row.what == "price" else {}
        found[0] = {n: v for n, v in found[0].items() if n in columns}
        rows[row.table] += found
    for one in found:
        one[row.column] = value
    tables = {n: pa.Table.from_pylist(r, schema=arrow_schema(TABLES[n])) for n, r in rows.items() if r}
    return ValueChain(chain.dataset, tables, reference=chain._reference)


def ranges(chain, by, year, way):
    """Return the bounds of every gap that has a place, with its zone and unit."""
    scene, found = scene_and_places(chain, way.get("region"), way.get("level"), year, by)
    return {g.gap_id: (g.low, g.high, (scene.zones.ids[g.zone], g.unit)) for g in found}


def open_pairs(found):
    """Return the pairs whose order is not known, listed one by one."""
    return {
        (a, b) for a, b in combinations(sorted(found), 2)
        if found[a][2] == found[b][2] and found[a][0] < found[b][1] and found[b][0] < found[a][1]
    }  # fmt: skip


def known_after(gap, found):
    """Whether the size of a gap is known, or it is none, once a number is written in."""
    if gap not in found and gap.startswith("untold:missing_input"):
        gap = gap.removeprefix("untold:")
    low, high, _ = found.get(gap, (0, 0, ""))
    return low == high


def decided(chain, row, by="quantity", values=(0.5, 7.0, 3e6), year=None, **way):
    """Return the open pairs between the gaps of a row and others that are in order for each of some values."""
    year = year or chain.year
    before = open_pairs(ranges(chain, by, year, way))
    left = {p for p in before if set(p) & set(row.gap_ids)}
    if row.what == "process":
        values = sorted(
            p["process_id"]
            for p in chain.arrow("processes").to_pylist()
            if p["main_product_id"] == row.product_id
        )
    for value in values:
        after = answered(chain, row, value, year)
        doubted = {
            r.gap_id
            for r in questions()["missing-links"](after, year=year, **way)
            if "An audit doubts" in r.reason
        }
        found = ranges(after, by, year, way)
        still = {
            gap
            for pair in left
            for gap in pair
            if gap.removeprefix("untold:") not in doubted and not known_after(gap, found)
        }
        left = {p for p in left if not set(p) & still}
    return left


TWO = recipes(recipe("smelt", "metal", ore=2.0), recipe("bake", "coke", coal=1.5))
COAL = makes("pit", "coal", 60), flow("pit", "abroad", "coal", 50)


def case(production, flows, made=TWO, **more):
    """A place where 50 t of coal leave of 60: two gaps of known size (coal leaves; its chain ends), and more."""
    return chain_of(
        products=products(ore=0, metal=1, coal=0, coke=1),
        enterprises=plants(mine="R", pit="R", smelter="R", far="S"),
        **made,
        production=[COAL[0], *production],
        flows=[COAL[1], *flows],
        **more,
    )


def told(chain, **asked):
    """Return the numbers that are asked for: kind, whom, product, and the three counts of pairs."""
    return [
        (r.what, r.enterprise_id, r.product_id, r.pairs, r.with_others, r.of_pairs) for r in ASK(chain, **asked).rows
    ]  # fmt: skip


def test_a_delivery_of_unknown_amount():
    # known: 50 coal leave, the chains of coal (60) and ore (100) end; the ore that leaves may stand anywhere among them
    chain = case([makes("mine", "ore", 100)], [flow("mine", "abroad", "ore")])
    assert told(chain) == [("delivery", "mine", "ore", 3, 0, 3)]
    (row,) = ASK(chain).rows
    assert (row.gap_ids, row.best_place, row.worst_place) == (("missing_processing:R:ore",), 1, 4)
    assert row.quantity is None
    assert row.ask == (
        "Ask MINE: how much ORE went from MINE to Abroad in 2020 (t)? It alone would decide 3 of 3 undecided pairs "
        "of gaps in Region R."
    )
    assert (
        row.where
        == "table flows, row from_id = mine, to_id = abroad, product_id = ore, year = 2020, column quantity"
    )
    assert len(decided(chain, row)) == 3


def test_a_share_of_an_unknown_output_asks_for_the_output():
    # ore that leaves and the chain of ore wait for one number: 2 x 2 pairs with coal, and the pair of the two
    chain = case([makes("mine", "ore", None)], [flow("mine", "abroad", "ore", share=0.5)])
    assert told(chain) == [("output", "mine", "ore", 5, 0, 5)]
    assert len(decided(chain, ASK(chain).rows[0])) == 5


def test_two_makers_of_unknown_output_decide_only_together():
    blank = [makes("smelter", "metal", None), makes("pit", "metal", None)]
    chain = case(blank, [])
    assert told(chain) == [("output", "pit", "metal", 0, 5, 5), ("output", "smelter", "metal", 0, 5, 5)]
    row = ASK(chain).rows[0]
    assert decided(chain, row) == set()
    assert "With other numbers it would decide up to 5 of 5" in row.ask
    assert any("No number decides a pair of gaps alone" in c for c in ASK(chain).caveats)
    half = answered(chain, row, 10.0, 2020)
    assert told(half)[0] == ("output", "smelter", "metal", 5, 0, 5), "one of the two is enough now"


def test_a_maker_without_a_production_row_is_asked_for_its_output():
    # the smelter sells metal, 4 t of it, and stands on no list: how much it makes is asked, with what it needs
    chain = case([], [flow("smelter", "abroad", "metal", 4)])
    (row,) = (r for r in ASK(chain).rows if r.what == "output")
    assert (row.enterprise_id, row.product_id, row.gap_ids) == (
        "smelter",
        "metal",
        ("no_final_product:R:metal",),
    )
    assert row.pairs == len(decided(chain, row)) == 2
    ways = recipes(
        recipe("smelt", "metal", ore=2.0), recipe("blow", "metal", ore=3.0), recipe("bake", "coke", coal=1.5)
    )
    (row,) = ASK(case([], [flow("smelter", "abroad", "metal", 4)], ways)).rows
    assert (row.pairs, row.with_others) == (0, 2), "its row would bring a need for ore of unknown size"


def test_the_process_that_a_plant_runs():
    # 10 metal need 20 or 30 ore: at least 20, so its place beside 50 and 60 coal is open
    ways = recipes(
        recipe("smelt", "metal", ore=2.0), recipe("blow", "metal", ore=3.0), recipe("bake", "coke", coal=1.5)
    )
    chain = case([makes("smelter", "metal", 10, capacity=10)], [], ways)
    assert told(chain) == [("process", "smelter", "metal", 5, 0, 5)]
    (row,) = ASK(chain).rows
    assert (row.quantity, row.column) == (20, "process_id")
    assert "is at least 20 t" in row.reason
    assert len(decided(chain, row)) == 5
    unsure = case([makes("smelter", "metal", None, capacity=10)], [], ways)
    assert {(k, p) for k, _, _, p, _, _ in told(unsure)} == {("process", 0), ("output", 0)}, "both are needed"


def test_a_gap_that_hangs_on_a_possible_route():
    # 80 ore leave, and the smelter may run on ore or on scrap: 0 to 80, open beside 50 and 60, below 100; what it
    # lacks of ore and of scrap is open beside 50, 60 and 100; and the three are open among each other: 2 + 3 + 3 + 3
    ways = recipes(
        recipe("smelt", "metal", ore=2.0),
        recipe("remelt", "metal", scrap=1.1),
        recipe("bake", "coke", coal=1.5),
    )
    chain = chain_of(
        products=products(ore=0, metal=1, coal=0, coke=1, scrap=0),
        enterprises=plants(mine="R", pit="R", smelter="R"),
        **ways,
        production=[COAL[0], makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=10)],
        flows=[COAL[1], flow("mine", "abroad", "ore", 80)],
    )
    assert told(chain) == [("process", "smelter", "metal", 11, 0, 11)]
    (row,) = ASK(chain).rows
    assert (row.best_place, row.worst_place) == (2, 6)
    assert "missing_processing:R:ore, is 80 t, if it is a gap at all" in row.reason
    assert len(decided(chain, row)) == 11


def test_where_a_product_goes():
    # of 100 ore nothing is known to leave: between 0 and 100, open beside 50 and 60 coal, not beside 100 ore
    chain = case([makes("mine", "ore", 100)], [])
    assert told(chain) == [("destination", "mine", "ore", 2, 0, 2)]
    (row,) = ASK(chain).rows
    assert row.gap_ids == ("untold:outflow:R:ore",)
    assert any("1 of 4 gaps cannot be told" in c for c in ASK(chain).caveats)
    assert len(decided(chain, row)) == 2
    complete = {"region_id": "R", "what": "flows", "complete": "yes"}
    answer = ASK(case([makes("mine", "ore", 100)], [], coverage=[complete]))
    assert not answer.rows
    assert any("Every gap here has a known place" in c for c in answer.caveats)


def test_an_unknown_capacity():
    # 80 ore leave and the smelter, of unknown capacity, may have room: at most 80, open beside 50 and 60
    chain = case(
        [makes("mine", "ore", 100), makes("smelter", "metal", 10)], [flow("mine", "abroad", "ore", 80)]
    )
    assert told(chain) == [("capacity", "smelter", "metal", 2, 0, 2)]
    assert (
        ASK(chain)
        .rows[0]
        .reason.startswith("1 gap hangs on it: capacity_gap:R:ore is at most 80 t; it may stand")
    )
    assert len(decided(chain, ASK(chain).rows[0])) == 2


def test_a_coefficient_without_a_figure():
    blank = recipes(recipe("smelt", "metal", ore=None), recipe("bake", "coke", coal=1.5))
    chain = case([makes("smelter", "metal", 10, capacity=10)], [], blank)
    (row,) = ASK(chain).rows
    assert (row.what, row.process_id, row.product_id, row.role, row.pairs) == (
        "coefficient", "smelt", "ore", "feedstock", 5,
    )  # fmt: skip
    assert len(decided(chain, row)) == 5


def test_the_amount_of_a_service_is_not_asked_for():
    # no recipe says how many hours of testing a tonne of metal takes: nothing could tell the size of that gap
    made = recipes(recipe("smelt", "metal", ore=2.0), recipe("bake", "coke", coal=1.5))
    made["process_flows"].append({"process_id": "smelt", "product_id": "testing", "role": "enabler"})

    def told_with(**amount):
        made["process_flows"][-1] |= amount
        kinds = [
            *products(ore=0, metal=1, coal=0, coke=1),
            {"product_id": "testing", "name": "T", "kind": "service"},
        ]
        return chain_of(
            products=kinds, enterprises=plants(pit="R", smelter="R"), **made,
            production=[COAL[0], makes("smelter", "metal", None, capacity=10)], flows=[COAL[1]],
        )  # fmt: skip

    gap, chain = "missing_enabler:R:testing", told_with()
    assert gap in {r.gap_id for r in questions()["missing-links"](chain)}
    rows = ASK(chain).rows
    assert not [r for r in rows if r.role == "enabler" or gap in r.gap_ids]
    assert any("services without an amount" in c for c in ASK(chain).caveats)
    (row,) = (r for r in ASK(told_with(quantity=0.5)).rows if gap in r.gap_ids)
    assert (row.what, row.product_id) == ("output", "metal"), "with an amount, the output tells the size"


def test_the_quantity_is_said_to_be_of_the_gap():
    chain = case(
        [makes("mine", "ore", 100), makes("smelter", "metal", 10)], [flow("mine", "abroad", "ore", 80)]
    )
    (row,) = ASK(chain).rows
    assert row.quantity == 80
    assert row.reason.endswith("The quantity is what is known of that gap, not of the number asked for.")
    unknown = ASK(case([makes("mine", "ore", 100)], [flow("mine", "abroad", "ore")])).rows[0]
    assert unknown.quantity is None
    assert "The quantity" not in unknown.reason


def test_prices_decide_by_value():
    # 50 coal and 80 ore leave, at no price: two prices are needed for the one pair; with one, the other decides
    made, sold = [makes("mine", "ore", 100)], [flow("mine", "abroad", "ore", 80)]
    both = case(made, sold)
    assert told(both, by="value") == [("price", None, "ore", 0, 1, 1), ("price", None, "coal", 0, 1, 1)][::-1]
    priced = case(made, sold, prices=[{"product_id": "coal", "market_id": "abroad", "price": 30.0}])
    assert told(priced, by="value") == [("price", None, "ore", 1, 0, 1)]
    assert decided(priced, ASK(priced, by="value").rows[0], "value") == {
        ("missing_processing:R:coal", "missing_processing:R:ore")
    }
    assert not ASK(both).rows, "by size both are known"


def test_an_in_plant_stage_is_asked_for_where_it_feeds_several():
    # melt is never traded: bars and balls are cast of it, both of unknown output; scrap is needed for melt
    made = recipes(
        recipe("cast", "bar", melt=1.0),
        recipe("form", "ball", melt=1.0),
        recipe("melting", "melt", scrap=1.1),
    )

    def works(*rows):
        stages = products(scrap=0, melt=1, bar=4, ball=4)
        stages[1]["kind"] = "in-plant"
        return chain_of(
            products=stages, enterprises=plants(works="R"), **made, production=list(rows), flows=[]
        )

    one = works(makes("works", "bar", None))
    assert told(one)[0][:3] == ("output", "works", "bar")
    two = works(makes("works", "bar", None), makes("works", "ball", None))
    scrap = [(r.what, r.product_id) for r in ASK(two).rows if "missing_input:R:scrap" in r.gap_ids]
    assert scrap == [("output", "melt")]
    (row,) = (r for r in ASK(two).rows if r.product_id == "melt")
    assert row.pairs == 0, "there is no gap of known size to stand beside"


def test_every_place_has_its_own_order():
    chain = chain_of(
        home="",
        products=products(ore=0, metal=1, coal=0, coke=1),
        enterprises=plants(mine="R", pit="S"),
        **TWO,
        production=[makes("mine", "ore", None), makes("pit", "coal", 60)],
        flows=[flow("pit", "abroad", "coal", 50)],
    )
    rows = ASK(chain, level="region").rows
    assert {(r.region_id, r.what, r.of_pairs) for r in rows} == {("R", "output", 1), ("R", "destination", 1)}
    assert {r.region_id for r in ASK(chain, region="S").rows} == set()


def test_an_audit_that_doubts_a_figure_is_no_missing_number():
    # 80 leave of 70 made: doubted, so neither of the two gaps of ore has a place, and no number is asked for
    chain = case([makes("mine", "ore", 70)], [flow("mine", "abroad", "ore", 80)])
    answer = ASK(chain)
    assert not answer.rows
    assert any("wait for more than single numbers" in c for c in answer.caveats)
    assert any("no single number is known to be missing" in c for c in answer.caveats)


def test_nothing_to_ask_for_says_why():
    empty = ASK(chain_of(products=[], enterprises=[]))
    assert not empty.rows
    assert any("There are no gaps in this place" in c for c in empty.caveats)


@pytest.fixture(scope="module")
def pavlodar():
    return load("pavlodar")


def test_pavlodar_by_doing_it(pavlodar):
    rows = [r for r in ASK(pavlodar, year=2019).rows if r.pairs]
    assert (rows[0].what, rows[0].product_id, rows[0].pairs) == ("output", "rails", 2)
    assert {r.what for r in rows} == {"output", "capacity", "destination"}
    for row in rows:
        assert len(decided(pavlodar, row, values=(9.0, 5e5), year=2019)) >= row.pairs, row.ask


def test_typical_figures_follow_without_pairs(pavlodar):
    last = ASK(pavlodar, year=2019).rows[-1]
    assert (last.what, last.process_id, last.product_id, last.role) == (
        "typical figure", "AL08", "anode-butts", "by_product",
    )  # fmt: skip
    assert (last.pairs, last.with_others, last.gaps, last.quantity) == (None, None, 1, 20_000)
    assert (last.best_place, last.worst_place) == (None, None)
    assert [e.value for e in last.evidence] == [0.08]
    assert "not of the number asked for" in last.reason


@pytest.mark.parametrize(
    ("dataset", "theme"), [("pavlodar", "light"), ("pavlodar-public", "dark"), ("pavlodar", "sheet")]
)
def test_the_chart_has_a_bar_for_each_number_or_says_how_many_more(dataset, theme):
    chain = load(dataset)
    answer = ASK(chain)
    drawn = ElementTree.fromstring(chart(chain, answer, theme))
    marks = [
        g.get("data-id") for g in drawn.iter("{http://www.w3.org/2000/svg}g") if g.get("class") == "mark"
    ]
    words = [t.text or "" for t in drawn.iter("{http://www.w3.org/2000/svg}text")]
    missing = [r for r in answer if r.what != "typical figure"]
    bars = [m for m in marks if "typical figure" not in m]
    left = len(missing) - len(bars)
    assert len(set(marks)) == len(marks)
    assert (f"+{left} more" in words) == (left > 0)
    first = missing[0]
    assert first.pairs, "else the two counts could not be told apart"
    assert f"{first.pairs} alone, {first.with_others} with others, of {first.of_pairs}" in words


BOUNDS = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(sorted)


@given(st.lists(BOUNDS, max_size=12))
def test_counting_is_listing(found):
    low, high = (np.array([b[i] for b in found], dtype=float) for i in (0, 1))
    pairs = [(a, b) for a, b in combinations(range(len(found)), 2) if low[a] < high[b] and low[b] < high[a]]
    assert among(low, high) == len(pairs)
    assert undecided(low, high).tolist() == [sum(i in p for p in pairs) for i in range(len(found))]


@pytest.mark.parametrize("by", ["quantity", "value"])
@given(world=st.one_of(worlds(), worlds(unknown=True)))
def test_what_it_is_said_to_decide_is_decided_by_doing_it(by, world):
    chain = world.chain()
    note(str(world.rows))
    for row in ASK(chain, by=by).rows:
        if row.pairs:
            assert len(decided(chain, row, by)) >= row.pairs, row
