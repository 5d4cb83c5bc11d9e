"""Territory and ownership: who is local to what, on which ground."""

from tests.cases import COUNTED, chain_of, flow, makes, plants, products, recipe
from valuechain import questions

TREE = [
    {"region_id": "C", "name": "Country", "level": "country"},
    {"region_id": "R", "name": "Region", "level": "region", "parent_id": "C"},
    {"region_id": "R1", "name": "District 1", "level": "district", "parent_id": "R"},
    {"region_id": "R2", "name": "District 2", "level": "district", "parent_id": "R"},
    {"region_id": "T", "name": "Town", "level": "city", "parent_id": "R1"},
]


def tree(**more):
    return chain_of(
        regions=TREE,
        products=products(ore=0, metal=1),
        enterprises=plants(mine="T", smelter="R2"),
        **recipe("smelt", "metal", ore=2.0),
        production=[makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=10)],
        flows=[flow("mine", "smelter", "ore", 20), flow("mine", "abroad", "ore", 70)],
        **more,
    )


def sizes(chain, **parameters):
    rows = questions()["missing-links"](chain, **{"kind": COUNTED, **parameters})
    return {(r.kind, r.region_id): r.quantity for r in rows}


def test_grandchildren_belong_to_the_region():
    assert sizes(tree(), region="R") == {("capacity_gap", "R"): 70}
    assert sizes(tree(), region="C") == {("capacity_gap", "C"): 70}


def test_inside_a_district_the_neighbour_is_outside():
    assert sizes(tree(), region="R1") == {("missing_processing", "R1"): 90}
    assert sizes(tree(), region="R2") == {("missing_input", "R2"): 20}


def test_every_zone_of_a_level_at_once():
    assert sizes(tree(), level="district") == {("missing_processing", "R1"): 90, ("missing_input", "R2"): 20}
    assert sizes(tree(), level="city") == {("missing_processing", "T"): 90}


def test_a_dataset_without_regions_is_one_zone():
    chain = chain_of(
        home="",
        regions=[],
        products=products(ore=0, metal=1),
        enterprises=[{"enterprise_id": "mine", "name": "MINE"}],
        **recipe("smelt", "metal", ore=2.0),
        production=[makes("mine", "ore", 100)],
        flows=[flow("mine", "abroad", "ore", 70)],
    )
    (row,) = questions()["missing-links"](chain, kind=COUNTED)
    assert (row.gap_id, row.region_id, row.quantity) == ("missing_processing:all:ore", None, 70)


def test_local_final_use_is_no_outflow_and_the_rest_of_the_country_is_inside_the_country():
    def with_flow(market, **parameters):
        chain = chain_of(
            products=products(ore=0, metal=1),
            enterprises=plants(mine="R"),
            **recipe("smelt", "metal", ore=2.0),
            production=[makes("mine", "ore", 100)],
            flows=[flow("mine", market, "ore", 40)],
        )
        return sizes(chain, **parameters)

    assert with_flow("homes") == {}
    assert with_flow("rest") == {("missing_processing", "R"): 40}
    assert with_flow("rest", region="C") == {}
    assert with_flow("abroad", region="C") == {("missing_processing", "C"): 40}


def test_by_owner_the_neighbour_of_another_owner_is_outside():
    chain = tree(ownership=[{"owner_id": "mine", "owned_id": "smelter", "share": 1.0}])
    rows = questions()["missing-links"](chain, boundary="owner", kind=COUNTED)
    assert {(r.kind, r.owner_id, r.quantity) for r in rows} == {("capacity_gap", "mine", 70)}
    apart = tree(ownership=[{"owner_id": "mine", "owned_id": "smelter", "share": 0.4}])
    assert len(questions()["missing-links"](apart, boundary="owner")) == 0
