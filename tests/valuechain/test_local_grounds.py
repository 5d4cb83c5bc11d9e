"""Local on which ground: each verdict on a case small enough to check by hand, and the bundled data."""

import pytest
from hypothesis import given, settings

from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe
from tests.laws.strategies import worlds
from valuechain import questions
from valuechain.decomposition.activities import moves

FLOW = [flow("mine", "smelter", "ore", 60)]


def ask(chain, **parameters):
    return questions()["local-grounds"](chain, **parameters)


def verdicts(chain, **parameters):
    return [(r.same_owner, r.same_region, r.adjacent_step) for r in ask(chain, **parameters)]


def case(mine="R", smelter="R", **more):
    tables = {
        "products": products(ore=0, metal=1),
        "enterprises": plants(mine=mine, smelter=smelter, holding="C"),
        **recipe("smelt", "metal", ore=2.0),
        "production": [makes("mine", "ore", 100), makes("smelter", "metal", 30)],
        "flows": FLOW,
    }
    return chain_of(**{**tables, **more})


def owned(*pairs, share=1.0):
    return [{"owner_id": a, "owned_id": b, "share": share} for a, b in pairs]


def test_local_on_all_grounds():
    chain = case(ownership=owned(("holding", "mine"), ("holding", "smelter")))
    (row,) = ask(chain)
    assert row.grounds == ("management", "territory", "technology")
    assert (row.owner_id, row.common_region_id, row.feeds, row.quantity) == ("holding", "R", ("metal",), 60)
    assert row.reason == (
        "ORE from MINE to SMELTER, 60 t: local by management (one owner, HOLDING) and by territory (both in Region R)"
        " and by technology (feeds METAL)."
    )
    assert [e.table for e in row.evidence] == ["flows", "ownership", "ownership", "process_flows"]


def test_another_region():
    (row,) = ask(case(smelter="S"))
    assert (row.same_region, row.common_region_id) == ("no", "C")
    assert "not local by territory (Region R to Region S)" in row.reason
    assert verdicts(case(smelter="S"), level="country") == [("unknown", "yes", "yes")]


def test_a_place_above_the_level_is_unknown():
    (row,) = ask(case(smelter="C"))
    assert (row.same_region, row.common_region_id) == ("unknown", "C")
    assert "no place of the level region recorded of SMELTER" in row.reason
    assert verdicts(case(smelter=None)) == [("unknown", "unknown", "yes")]
    assert (
        "For 1 of 1 link it is not known whether they are local by territory."
        in ask(case(smelter=None)).caveats
    )


def test_another_country_is_not_local_whatever_the_level():
    places = [
        {"region_id": "C", "name": "Country", "level": "country"},
        {"region_id": "D", "name": "Other country", "level": "country"},
        {"region_id": "R", "name": "Region R", "level": "region", "parent_id": "C"},
    ]
    (row,) = ask(case(smelter="D", regions=places))
    assert (row.same_region, row.common_region_id) == ("no", None)
    assert "Region R to Other country" in row.reason


def test_owners():
    two = owned(("holding", "mine"), ("trust", "smelter"))
    enterprises = plants(mine="R", smelter="R", holding="C", trust="C")
    (row,) = ask(case(enterprises=enterprises, ownership=two))
    assert (row.same_owner, row.owner_id) == ("no", None)
    assert "not local by management (HOLDING and TRUST)" in row.reason


def test_the_whole_path_of_owners_is_cited():
    enterprises = plants(mine="R", smelter="R", company="R", holding="C")
    paths = owned(("company", "mine"), ("holding", "company"), ("holding", "smelter"))
    (row,) = ask(case(enterprises=enterprises, ownership=paths))
    cited = [e.row for e in row.evidence if e.table == "ownership"]
    assert cited == ["company · mine", "holding · company", "holding · smelter"]


def test_a_circle_of_owners_ends():
    (row,) = ask(case(ownership=owned(("mine", "smelter"), ("smelter", "mine"))))
    assert (row.same_owner, row.owner_id) == ("yes", "mine")


def test_an_owner_not_recorded_is_no_absence():
    half = owned(("holding", "mine"))
    (row,) = ask(case(ownership=half))
    assert row.same_owner == "unknown"
    assert "not known to be local by management (no owner recorded of SMELTER)" in row.reason
    declared = [{"region_id": "R", "what": "ownership", "complete": "yes"}]
    assert verdicts(case(ownership=half, coverage=declared)) == [("no", "yes", "yes")]


def test_a_minority_share_is_no_control():
    assert verdicts(case(ownership=owned(("mine", "smelter"), share=0.4))) == [("no", "yes", "yes")]


def test_a_step_of_none_of_the_recipes():
    # the smelter's recipe is known and takes no ore
    more = {**recipe("smelt", "metal", scrap=1.0), "products": products(ore=0, metal=1, scrap=0)}
    (row,) = ask(case(**more))
    assert (row.adjacent_step, row.feeds) == ("no", ())
    assert "not local by technology (no recipe of the buyer takes it)" in row.reason


def test_an_input_is_no_step():
    lines = recipe("smelt", "metal", scrap=1.0)
    lines["process_flows"].append(
        {"process_id": "smelt", "product_id": "ore", "role": "input", "quantity": 1.0}
    )
    assert verdicts(case(**lines, products=products(ore=0, metal=1, scrap=0)))[0][2] == "no"


@pytest.mark.parametrize(
    "more",
    [
        {"production": [makes("mine", "ore", 100)]},  # what the buyer makes is not recorded
        {"processes": [], "process_flows": []},  # by which recipe is not
    ],
)
def test_a_step_not_recorded_is_unknown(more):
    (row,) = ask(case(**more))
    assert row.adjacent_step == "unknown"
    assert "not recorded by which recipe the buyer works" in row.reason


def test_several_deliveries_are_one_link_and_a_blank_is_named():
    deliveries = [
        flow("mine", "smelter", "ore", 60, flow_id="a"),
        flow("mine", "smelter", "ore", flow_id="b"),
    ]
    (row,) = ask(case(flows=deliveries))
    assert (row.quantity, row.unknown) == (60, True)
    assert "at least 60 t" in row.reason
    (row,) = ask(case(flows=[flow("mine", "smelter", "ore")]))
    assert (row.quantity, row.unknown) == (None, True)
    assert "of unknown size" in row.reason


def test_a_transfer_inside_a_plant_is_a_row_apart():
    # the smelter makes 50 ore, needs 2 x 30 and buys 20: 40 come from itself
    chain = case(
        production=[makes("mine", "ore", 100), makes("smelter", "metal", 30), makes("smelter", "ore", 50)],
        flows=[flow("mine", "smelter", "ore", 20)],
    )
    assert [(r.seller_id, r.inside_plant, r.quantity) for r in ask(chain)] == [
        ("mine", False, 20),
        ("smelter", True, 40),
    ], "recorded links first"
    inside = ask(chain).rows[1]
    assert inside.grounds == ("management", "territory", "technology")
    assert "ORE inside SMELTER, 40 t by its recipe" in inside.reason


def test_filters():
    chain = case(smelter="S")
    assert len(ask(chain, region="R")) == len(ask(chain, region="S")) == len(ask(chain)) == 1
    assert len(ask(case(mine="S", smelter="S"))) == 0, "the home region is R"
    assert len(ask(case(home="", mine="S", smelter="S"))) == 1, "without one, all"
    assert len(ask(chain, product="metal")) == 0
    assert len(ask(chain, enterprise="mine")) == len(ask(chain, enterprise="smelter")) == 1
    assert len(ask(chain, enterprise="holding")) == 0


def test_markets_are_left_out_and_counted():
    answer = ask(case(flows=[flow("mine", "abroad", "ore", 60)]))
    assert len(answer) == 0
    text = " ".join(answer.caveats)
    assert "1 sale to or purchase from a market is left out" in text
    assert "not recorded is not absent" in text


def test_pavlodar():
    answer = ask(load("pavlodar"), product="bauxite")
    assert [(r.same_owner, r.same_region, r.adjacent_step) for r in answer] == [("yes", "no", "yes")] * 2
    assert {(r.owner_id, r.common_region_id) for r in answer} == {("erg", "kz")}
    turgay = next(r for r in answer if r.seller_id == "turgay-bauxite-mine")
    assert turgay.reason == (
        "Bauxite from Turgay bauxite deposit to Aluminum of Kazakhstan JSC, of unknown size: local by management (one"
        " owner, ERG) and by technology (feeds Alumina), not local by territory (Kostanay region to Pavlodar region)."
    )
    # mine -> company -> ERG: the whole path of owners is cited, and the recipe line of alumina
    paths = [e.row for e in turgay.evidence if e.table == "ownership"]
    assert "aluminium-of-kazakhstan · turgay-bauxite-mine" in paths
    assert "erg · aluminium-of-kazakhstan" in paths
    assert any(e.table == "process_flows" for e in turgay.evidence)


def test_pavlodar_public():
    rows = {(r.seller_id, r.product_id): r for r in ask(load("pavlodar-public"))}
    alumina = rows["aluminium-of-kazakhstan", "alumina"]
    assert alumina.quantity == 495_000
    assert alumina.common_region_id == "pavlodar-city"
    assert "both in Pavlodar region" in alumina.reason
    city = {(r.seller_id, r.product_id): r for r in ask(load("pavlodar-public"), level="city")}
    assert "both in Pavlodar)" in city["aluminium-of-kazakhstan", "alumina"].reason


@settings(max_examples=25)
@given(world=worlds(unknown=True))
def test_every_link_between_enterprises_has_one_row(world):
    chain = type(world)("", world.rows).chain()
    rows, found = ask(chain).rows, moves(chain, 2020)
    n, ids, things = len(chain.ids("enterprises")), chain.ids("enterprises"), chain.ids("products")
    wanted = {}
    for s, b, p, i, q in zip(
        found.seller, found.buyer, found.product, found.implied, found.quantity, strict=True
    ):
        if s < n and b < n:
            key = (ids[s], ids[b], things[p], bool(i))
            wanted[key] = wanted.get(key, 0.0) + q
    assert {
        (r.seller_id, r.buyer_id, r.product_id, r.inside_plant): r.quantity or 0.0 for r in rows
    } == pytest.approx(wanted)
    for row in rows:
        yes = {"management": row.same_owner, "territory": row.same_region, "technology": row.adjacent_step}
        assert row.grounds == tuple(g for g, v in yes.items() if v == "yes")
