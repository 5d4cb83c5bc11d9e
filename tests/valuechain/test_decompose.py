"""The quotient graph on each ground, on ledgers worked out by hand, and its laws."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema import ParameterError
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from tests.laws.strategies import worlds
from valuechain import questions
from valuechain.decomposition.activities import GROUNDS, flows_declared, lowest_common, moves
from valuechain.decomposition.activities import activities as activities_of

STEEL = recipes(recipe("smelt", "metal", ore=2.0), recipe("roll", "wire", metal=1.0))
OWNED = [{"owner_id": "smelter", "owned_id": "mine", "share": 1.0}]


def ask(chain, **parameters):
    return questions()["decompose"](chain, **parameters)


def cells(chain, **parameters):
    """(from, to) -> (links, unknown, quantity) of the rows in which something recorded moves."""
    rows = ask(chain, **parameters)
    return {(r.from_block, r.to_block): (r.links, r.unknown, r.quantity) for r in rows if r.links}


def block(chain, name, unit="t", **parameters):
    (row,) = (r for r in ask(chain, **parameters) if r.from_block == r.to_block == name and r.unit == unit)
    return row


def case(**more):
    """mine (R) sells 60 of 100 ore to its owner smelter (S), 40 abroad; smelter sells 20 of 30 metal to mill (S)."""
    tables = {
        "products": products(ore=0, metal=1, wire=2),
        "enterprises": plants(mine="R", smelter="S", mill="S", idle="R"),
        "ownership": OWNED,
        **STEEL,
        "production": [makes("mine", "ore", 100), makes("smelter", "metal", 30), makes("mill", "wire", 20)],
        "flows": [
            flow("mine", "smelter", "ore", 60),
            flow("mine", "abroad", "ore", 40),
            flow("smelter", "mill", "metal", 20),
        ],
    }
    return chain_of(**{**tables, **more})


def test_by_management():
    assert cells(case()) == {
        ("smelter", "smelter"): (1, 0, 60),
        ("smelter", "mill"): (1, 0, 20),
        ("smelter", "market:abroad"): (1, 0, 40),
    }
    row = block(case(), "smelter")
    assert (row.activities, row.enterprises, row.output, row.output_unknown) == (2, 2, 130, 0)
    assert row.share == pytest.approx(60 / 130)
    assert row.sent_share == pytest.approx(60 / 120)
    assert "inside it 1 link, 60 t (ORE), 50 % of what it sends" in row.reason


def test_by_territory():
    assert cells(case(), by="territory") == {
        ("R", "S"): (1, 0, 60),
        ("R", "market:abroad"): (1, 0, 40),
        ("S", "S"): (1, 0, 20),
    }


def test_by_technology():
    assert cells(case(), by="technology") == {
        ("stage:0", "stage:1"): (1, 0, 60),
        ("stage:0", "market:abroad"): (1, 0, 40),
        ("stage:1", "stage:2"): (1, 0, 20),
    }


def test_a_higher_level_holds_what_crossed_below():
    assert cells(case(), by="territory", level="country") == {
        ("C", "C"): (2, 0, 80),
        ("C", "market:abroad"): (1, 0, 40),
    }


def test_a_level_that_no_place_has_is_a_block_of_its_own():
    assert set(cells(case(), by="territory", level="city")) == {
        ("unplaced", "unplaced"),
        ("unplaced", "market:abroad"),
    }
    row = block(case(), "unplaced", by="territory", level="city")
    assert (row.from_kind, row.internal) == ("not recorded", None)
    assert "among these, which may be apart, 2 links" in row.reason
    assert "in no region of this level" in " ".join(ask(case(), by="territory", level="city").caveats)


def test_a_block_without_any_flow_is_seen():
    row = block(case(flows=[]), "mill")
    assert (row.links, row.quantity, row.implied, row.output, row.share) == (0, None, 0, 20, None)
    assert "no flow is recorded" in row.reason
    assert [e.row for e in row.evidence] == ["mill · wire"]


def test_zero_only_where_flows_are_declared_complete():
    claim = {"what": "flows", "complete": "yes"}
    assert block(case(flows=[], coverage=[{"region_id": "S", **claim}]), "mill").quantity == 0
    assert block(case(flows=[], coverage=[{"region_id": "R", **claim}]), "mill").quantity is None
    only_ore = [{"region_id": "S", "product_id": "ore", **claim}]
    assert block(case(flows=[], coverage=only_ore), "mill").quantity is None
    no_wire = [
        {"region_id": "C", **claim},
        {"region_id": "S", "product_id": "wire", **claim, "complete": "no"},
    ]
    chain = case(flows=[], coverage=no_wire)
    found = activities_of(chain, 2020)
    named = chain.ids("enterprises")[found.enterprise].tolist()
    assert dict(zip(named, flows_declared(chain, found).tolist(), strict=True)) == {
        "mine": True, "smelter": True, "mill": False,
    }  # fmt: skip


def test_unknown_is_counted_and_not_zero():
    # two deliveries of one link: 60 known, one blank; the sale abroad is blank
    chain = case(
        flows=[
            flow("mine", "smelter", "ore", 60, flow_id="a"),
            flow("mine", "smelter", "ore", flow_id="b"),
            flow("mine", "abroad", "ore"),
        ]
    )
    assert cells(chain) == {("smelter", "smelter"): (1, 1, 60), ("smelter", "market:abroad"): (1, 1, None)}
    assert cells(chain, by="technology") == {
        ("stage:0", "stage:1"): (1, 1, 60),
        ("stage:0", "market:abroad"): (1, 1, None),
    }
    row = block(chain, "smelter")
    assert (row.share, row.sent_share) == (None, None)
    assert "60 t known, 1 of them without an amount" in row.reason
    assert "2 of 2 links have no amount or only a part" in " ".join(ask(chain).caveats)


def test_shares_need_every_part():
    row = block(case(flows=[flow("mine", "smelter", "ore", 60), flow("mine", "abroad", "ore")]), "smelter")
    assert row.share == pytest.approx(60 / 130)
    assert row.sent_share is None, "all that the block sends is not known"
    row = block(case(production=[makes("mine", "ore", 100), makes("smelter", "metal", None)]), "smelter")
    assert (row.output, row.output_unknown, row.share) == (100, 1, None)
    assert row.sent_share == pytest.approx(60 / 120)


def test_a_transfer_inside_a_plant_stands_apart():
    # works: 100 ore, sells 40, needs 2 x 30 = 60 for its metal: 60 implied
    chain = case(
        production=[makes("mine", "ore", 100), makes("mine", "metal", 30)],
        flows=[flow("mine", "abroad", "ore", 40)],
    )
    row = block(chain, "smelter")
    assert (row.links, row.quantity, row.transfers, row.implied) == (0, None, 1, 60)
    (step,) = (r for r in ask(chain, by="technology") if r.transfers)
    assert (step.from_block, step.to_block, step.implied, step.quantity) == ("stage:0", "stage:1", 60, None)
    assert "1 transfer within a plant, by recipe 60 t (ORE)" in step.reason


def test_a_flow_shared_between_two_steps_is_a_link_to_each_stage():
    # metal 30 for wire 20 (1 each) and bar 10 at stage 3: 40 bought, shared 2 to 1 is 26.67 and 13.33
    chain = case(
        products=products(ore=0, metal=1, wire=2, bar=3),
        **recipes(STEEL, recipe("bars", "bar", metal=1.0)),
        production=[makes("mill", "wire", 20), makes("mill", "bar", 10)],
        flows=[flow("smelter", "mill", "metal", 45)],
    )
    found = cells(chain, by="technology")
    assert found["stage:1", "stage:2"] == (1, 0, pytest.approx(30))
    assert found["stage:1", "stage:3"] == (1, 0, pytest.approx(15))
    assert cells(chain) == {("smelter", "mill"): (1, 0, 45)}, "one link, whatever it feeds"


def test_a_use_that_no_recipe_knows_has_a_block():
    chain = case(flows=[flow("smelter", "idle", "metal", 5)])
    assert cells(chain, by="technology") == {("stage:1", "use:unknown"): (1, 0, 5)}
    assert "no recipe says what the buyer does" in " ".join(ask(chain, by="technology").caveats)


def test_units_are_never_added():
    power = {"product_id": "power", "name": "Power", "unit": "MWh"}
    chain = case(
        products=[{**p, "unit": "t"} for p in products(ore=0, metal=1, wire=2)] + [power],
        production=[makes("mine", "ore", 100), makes("mine", "power", 7)],
        flows=[flow("mine", "smelter", "ore", 60), flow("mine", "smelter", "power", 5)],
    )
    rows = [r for r in ask(chain) if r.internal]
    assert [(r.unit, r.quantity, r.output) for r in rows] == [("t", 60, 100), ("MWh", 5, 7)], "tonnes first"
    assert [r.from_block for r in ask(chain, by="technology") if r.unit == "MWh"] == ["stage:unknown"] * 2


def test_only_what_touches_a_region():
    chain = case(flows=[flow("mine", "smelter", "ore", 60), flow("smelter", "mill", "metal", 20)])
    assert cells(chain, by="territory", region="R") == {("R", "S"): (1, 0, 60)}
    assert {r.from_block for r in ask(chain, by="territory", region="R")} == {"R"}
    assert block(chain, "smelter", region="S").activities == 1


def test_only_a_product():
    assert cells(case(), product="metal") == {("smelter", "mill"): (1, 0, 20)}
    assert block(case(), "smelter", product="metal").output == 30


def test_zero_flows_and_flows_between_markets_are_left_out():
    chain = case(flows=[flow("mine", "smelter", "ore", 0), flow("abroad", "rest", "wire", 9)])
    assert cells(chain) == {}


def test_purchases_from_a_market():
    assert cells(case(flows=[flow("abroad", "mill", "metal", 4)]), by="territory") == {
        ("market:abroad", "S"): (1, 0, 4)
    }


def test_a_circle_of_owners_is_one_block():
    circle = [
        {"owner_id": "smelter", "owned_id": "mine", "share": 1.0},
        {"owner_id": "mine", "owned_id": "smelter", "share": 1.0},
    ]
    assert cells(case(ownership=circle))["mine", "mine"] == (1, 0, 60)


def test_level_goes_with_territory():
    with pytest.raises(ParameterError, match="goes with territory"):
        ask(case(), level="region")


def test_the_lowest_common_region():
    places = [
        {"region_id": "C", "name": "C", "level": "country"},
        {"region_id": "D", "name": "D", "level": "country"},
        {"region_id": "R", "name": "R", "level": "region", "parent_id": "C"},
        {"region_id": "S", "name": "S", "level": "region", "parent_id": "C"},
        {"region_id": "r", "name": "r", "level": "city", "parent_id": "R"},
    ]
    chain = case(regions=places)
    ids = [*chain.ids("regions"), None]
    at = {name: i for i, name in enumerate(ids[:-1])} | {None: -1}
    pairs = [("r", "R"), ("r", "S"), ("r", "r"), ("r", "C"), ("r", "D"), ("S", None)]
    first, second = (chain.codes("regions", [p[k] for p in pairs]) for k in (0, 1))
    wanted = [at[name] for name in ("R", "C", "r", "C", None, None)]
    assert lowest_common(chain, first, second).tolist() == wanted
    assert lowest_common(chain, second, first).tolist() == wanted


@pytest.fixture(scope="module")
def pavlodar():
    from loaders import load

    return load("pavlodar")


def test_pavlodar(pavlodar):
    # 67 % of 1.5 Mt alumina and 95 % of 250 kt metal leave: 1,005,000 + 237,500
    assert cells(pavlodar)["erg", "market:abroad"] == (2, 0, 1_242_500)
    assert cells(pavlodar)["erg", "erg"] == (2, 2, None)
    assert cells(pavlodar, by="territory")["kostanay", "pavlodar"] == (2, 2, None)
    assert block(pavlodar, "erg").implied == pytest.approx(482_500)  # 250 kt x 1.93 by recipe
    assert len([r for r in ask(pavlodar) if r.internal]) == 7


def total(chain):
    """Known recorded quantity by unit of product, counted on the moves themselves."""
    found, unit = moves(chain, 2020), [p["unit"] for p in chain.arrow("products").to_pylist()]
    sums = {}
    for product, quantity, implied in zip(found.product, found.quantity, found.implied, strict=True):
        if not implied:
            sums[unit[product]] = sums.get(unit[product], 0.0) + quantity
    return {u: q for u, q in sums.items() if q}


def recorded(chain):
    """The same from the rows of the dataset, flows between markets and those given as a share left out."""
    people, unit = (
        set(chain.ids("enterprises")),
        {p["product_id"]: p["unit"] for p in chain.arrow("products").to_pylist()},
    )
    sums = {}
    for f in chain.facts("flows").to_pylist():
        if f["year"] == 2020 and f["quantity"] and people & {f["from_id"], f["to_id"]}:
            sums[unit[f["product_id"]]] = sums.get(unit[f["product_id"]], 0.0) + f["quantity"]
    return sums


@given(world=st.one_of(worlds(), worlds(unknown=True)), by=st.sampled_from(GROUNDS))
def test_what_moves_adds_up_to_the_same_on_every_ground(world, by):
    chain = world.chain()
    sums = {}
    for row in ask(chain, by=by):
        sums[row.unit] = sums.get(row.unit, 0.0) + (row.quantity or 0.0)
    assert {u: q for u, q in sums.items() if q} == pytest.approx(total(chain))
    if all(f["share"] is None for f in chain.facts("flows").to_pylist()):
        assert total(chain) == pytest.approx(recorded(chain))


@given(world=worlds(), by=st.sampled_from(GROUNDS))
def test_activities_stand_in_one_block_each(world, by):
    chain = world.chain()
    assert sum(r.activities for r in ask(chain, by=by) if r.from_block == r.to_block) == len(
        activities_of(chain, 2020).product
    )


@settings(max_examples=20)
@given(world=worlds())
def test_one_owner_of_all_leaves_nothing_that_crosses_but_to_markets(world):
    chain = world.chain()
    everyone = [str(e) for e in chain.ids("enterprises")]
    top = {**chain.arrow("enterprises").to_pylist()[0], "enterprise_id": "top", "name": "Top"}
    rows = {**world.rows, "enterprises": [*world.rows["enterprises"], top]}
    rows["ownership"] = [{"owner_id": "top", "owned_id": e, "share": 1.0} for e in everyone]
    merged = type(world)(world.home, rows).chain()
    assert {r.from_block for r in ask(merged) if not r.from_block.startswith("market:")} <= {"top"}
    assert all(r.internal or "market" in (r.from_kind, r.to_kind) for r in ask(merged))


@settings(max_examples=20)
@given(world=worlds(unknown=True), by=st.sampled_from(GROUNDS), seed=st.integers(0, 99))
def test_order_of_rows_changes_nothing(world, by, seed):
    shuffled = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in world.rows.items()}
    assert ask(type(world)(world.home, shuffled).chain(), by=by).rows == ask(world.chain(), by=by).rows


@settings(max_examples=20)
@given(world=worlds(unknown=True), by=st.sampled_from(GROUNDS))
def test_new_ids_rename_the_answer(world, by):
    from tests.laws.tools import renamed, tables

    chain = world.chain()
    new = renamed(tables(chain), lambda _table, one: f"{'zyxwv'[ord(one[-1]) % 5]}{one}")
    other = type(world)("", new).chain()

    def back(name):
        return name if ":" in name or name == "unplaced" else name[1:]

    def figures(answer, back=str):
        keys = [(back(r.from_block), back(r.to_block), r.unit) for r in answer]
        told = [(r.links, r.unknown, r.activities, r.enterprises) for r in answer]
        sizes = [(r.quantity, r.implied, r.output, r.share) for r in answer]
        return dict(zip(keys, told, strict=True)), {
            (*key, n): size for key, of in zip(keys, sizes, strict=True) for n, size in enumerate(of)
        }

    (found, sizes), (wanted, known) = figures(ask(other, by=by), back), figures(ask(chain, by=by))
    assert found == wanted
    assert sizes == pytest.approx(known)
