"""The eight rules of the measures, each on a case made for it."""

import pytest

from tests.cases import COUNTED, chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import questions


def ask(chain, **parameters):
    return questions()["missing-links"](chain, **{"kind": COUNTED, **parameters})


def sizes(chain, **parameters):
    return {(r.kind, r.product_id): r.quantity for r in ask(chain, **parameters)}


ORE = {"products": products(ore=0, scrap=0, metal=1), **recipe("smelt", "metal", ore=2.0)}
TWO_ROUTES = {
    "products": products(ore=0, scrap=0, metal=1),
    **recipes(recipe("smelt", "metal", ore=2.0), recipe("melt", "metal", scrap=1.25)),
}


def test_rule_1_a_working_link_does_not_stop_the_split():
    chain = chain_of(
        **ORE,
        enterprises=plants(mine="R", smelter="R"),
        production=[makes("mine", "ore", 100), makes("smelter", "metal", 40, capacity=40)],
        flows=[flow("mine", "smelter", "ore", 80), flow("mine", "abroad", "ore", 20)],
    )
    assert sizes(chain) == {("capacity_gap", "ore"): 20}


def test_rule_2_partial_shortage_and_todays_supplier_of_the_same_owner():
    chain = chain_of(
        **ORE,
        enterprises=[
            *plants(mine="R", smelter="R", far="S"),
            {"enterprise_id": "boss", "name": "BOSS", "kind": "holding"},
        ],
        ownership=[
            {"owner_id": "boss", "owned_id": "smelter", "share": 0.9},
            {"owner_id": "boss", "owned_id": "far"},
        ],
        production=[makes("mine", "ore", 30), makes("smelter", "metal", 40), makes("far", "ore", 60)],
        flows=[flow("far", "smelter", "ore", 50)],
    )
    (row,) = ask(chain, kind="missing_input")
    assert row.quantity == 50
    assert "FAR, of the same owner: missing by territory, present by owner" in row.reason
    by_owner = ask(chain, boundary="owner", owner="boss", kind="missing_input")
    assert [r.quantity for r in by_owner] == [20]


def test_rule_2_unknown_route_is_conditional_without_a_quantity():
    chain = chain_of(
        **TWO_ROUTES,
        enterprises=plants(smelter="R"),
        production=[makes("smelter", "metal", 40)],
    )
    found = {(r.product_id, r.conditional, r.quantity) for r in ask(chain)}
    assert found == {("ore", True, None), ("scrap", True, None)}


@pytest.mark.parametrize(
    ("production", "flows"),
    [
        ([makes("smelter", "metal", 40, process_id="melt")], []),
        ([makes("smelter", "metal", 40)], [flow("far", "smelter", "scrap", 10)]),
    ],
    ids=["stated", "shown by a purchase"],
)
def test_rule_2_a_known_route_needs_only_its_own_feedstock(production, flows):
    chain = chain_of(
        **TWO_ROUTES, enterprises=plants(smelter="R", far="S"), production=production, flows=flows
    )
    assert sizes(chain) == {("missing_input", "scrap"): 50}


def test_rule_2_what_every_route_needs_is_certain_between_two_coefficients():
    chain = chain_of(
        products=products(ore=0, metal=1),
        **recipes(recipe("old", "metal", ore=3.0), recipe("new", "metal", ore=2.0)),
        enterprises=plants(smelter="R"),
        production=[makes("smelter", "metal", 10)],
    )
    (row,) = ask(chain)
    assert (row.quantity, row.bound, row.conditional) == (20, "at_least", False)
    assert "20 t to 30 t" in row.reason


def test_rule_4_unknown_capacity_counts_as_output_and_is_marked():
    known, unknown = (
        chain_of(
            **ORE,
            enterprises=plants(mine="R", smelter="R"),
            production=[makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=capacity)],
            flows=[flow("mine", "abroad", "ore", 80)],
        )
        for capacity in (10.0, None)
    )
    assert [(r.quantity, r.bound) for r in ask(known, kind="capacity_gap")] == [(80, "exact")]
    assert [(r.quantity, r.bound) for r in ask(unknown, kind="capacity_gap")] == [(80, "at_most")]


@pytest.mark.parametrize(
    ("coverage", "absence"),
    [
        ([], "not recorded"),
        ([{"region_id": "R", "what": "production", "product_id": "metal", "complete": "yes"}], "declared"),
        ([{"region_id": "C", "what": "production", "complete": "yes"}], "declared"),
        (
            [
                {"region_id": "C", "what": "production", "complete": "yes"},
                {"region_id": "R", "what": "production", "complete": "no"},
            ],
            "not recorded",
        ),
        ([{"region_id": "S", "what": "production", "complete": "yes"}], "not recorded"),
    ],
    ids=["silent", "this product here", "all of the country", "denied nearer", "elsewhere"],
)
def test_rule_4_absence_counts_only_where_coverage_says_so(coverage, absence):
    chain = chain_of(
        **ORE,
        enterprises=plants(mine="R"),
        production=[makes("mine", "ore", 100)],
        flows=[flow("mine", "abroad", "ore", 80)],
        coverage=coverage,
    )
    (row,) = ask(chain)
    assert row.absence == absence


def depth(chain, product):
    (row,) = questions()["processing-depth"](chain, product=product)
    return row


def test_rule_5_recorded_use_comes_before_the_balance_and_the_balance_before_the_recipe():
    def with_flows(*flows, output=100.0):
        return chain_of(
            **ORE,
            enterprises=plants(mine="R", smelter="R"),
            production=[makes("mine", "ore", output), makes("smelter", "metal", 20)],
            flows=list(flows),
        )

    recorded = depth(with_flows(flow("mine", "smelter", "ore", 38), flow("mine", "abroad", "ore", 50)), "ore")
    assert (recorded.basis, recorded.used, recorded.unexplained) == ("recorded", 38, -2)
    balanced = depth(with_flows(flow("mine", "abroad", "ore", 50)), "ore")
    assert (balanced.basis, balanced.used, balanced.required, balanced.unexplained) == (
        "balanced",
        50,
        40,
        10,
    )
    by_recipe = depth(with_flows(output=None), "ore")
    assert (by_recipe.basis, by_recipe.used, by_recipe.conversion) == ("recipe", 40, None)


def test_rule_6_by_products_are_derived_once():
    process = recipe("smelt", "metal", ore=2.0)
    process["process_flows"].append(
        {"process_id": "smelt", "product_id": "slag", "role": "by_product", "quantity": 0.5}
    )
    brick = recipe("brick", "brick", slag=1.0)

    def shortage(*more):
        chain = chain_of(
            products=products(ore=0, metal=1, slag=0, brick=2),
            **recipes(process, brick),
            enterprises=plants(smelter="R", works="R"),
            production=[makes("smelter", "metal", 100), makes("works", "brick", 80), *more],
        )
        return sizes(chain, product="slag").get(("missing_input", "slag"), 0)

    assert shortage() == 80 - 50, "derived from the main output: 100 x 0.5"
    assert shortage(makes("smelter", "slag", 60)) == 80 - 60, "a recorded by-product replaces the derived one"


def test_rule_7_a_flow_is_shared_by_requirement_unless_the_row_says_which():
    tables = {
        "products": products(metal=1, wire=2, sheet=2),
        **recipes(recipe("draw", "wire", metal=1.0), recipe("roll", "sheet", metal=1.0)),
        "enterprises": plants(smelter="R", works="R"),
        "production": [
            makes("smelter", "metal", 90),
            makes("works", "wire", 20),
            makes("works", "sheet", 60),
        ],
    }
    from valuechain.accounts import accounts
    from valuechain.recipes import recipes as arrays

    def linked(**more):
        chain = chain_of(**tables, flows=[flow("smelter", "works", "metal", 80, **more)])
        books, lines = accounts(chain, 2020), arrays(chain).feedstock
        names = chain.ids("processes")[lines.process[books.links.item]]
        return dict(zip(names, books.links.quantity, strict=True))

    assert linked() == {"draw": 20, "roll": 60}
    assert linked(process_id="draw") == {"draw": 80}


def test_rule_7_transfer_inside_a_plant_is_implied():
    from valuechain.accounts import accounts

    chain = chain_of(
        **ORE,
        enterprises=plants(works="R"),
        production=[makes("works", "ore", 100), makes("works", "metal", 30)],
        flows=[flow("works", "abroad", "ore", 30)],
    )
    moved = accounts(chain, 2020).implied
    assert list(moved.quantity) == [60]
    assert sizes(chain) == {("capacity_gap", "ore"): 30}


def test_rule_8_a_flow_is_local_at_the_lowest_common_region():
    chain = chain_of(
        **ORE,
        enterprises=[
            *plants(mine="R", smelter="S"),
            {"enterprise_id": "national", "name": "NATIONAL", "region_id": "C"},
        ],
        production=[makes("mine", "ore", 100), makes("smelter", "metal", 10), makes("national", "metal", 15)],
        flows=[
            flow("mine", "smelter", "ore", 20),
            flow("mine", "national", "ore", 30),
            flow("mine", "rest", "ore", 5),
        ],
    )
    assert sizes(chain, region="R") == {("missing_processing", "ore"): 55}, (
        "a country-level plant is not local to R"
    )
    assert sizes(chain, region="C") == {}, "all ends lie inside the country"


def test_rule_8_ultimate_owner_is_majority_control_followed_to_the_top():
    from valuechain.places import ultimate_owners

    chain = chain_of(
        enterprises=plants(a="R", b="R", c="R", d="R", e="R", x="R", y="R"),
        ownership=[
            {"owner_id": "a", "owned_id": "b", "share": 0.6},
            {"owner_id": "b", "owned_id": "c", "share": 0.51},
            {"owner_id": "a", "owned_id": "d", "share": 0.5},
            {"owner_id": "c", "owned_id": "e"},
            {"owner_id": "x", "owned_id": "y", "share": 0.9},
            {"owner_id": "y", "owned_id": "x", "share": 0.9},
        ],
    )
    top = {
        str(e): str(chain.ids("enterprises")[o])
        for e, o in zip(chain.ids("enterprises"), ultimate_owners(chain), strict=True)
    }
    assert top == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "a", "x": "x", "y": "x"}


def test_an_in_plant_product_is_made_by_whoever_needs_it():
    chain = chain_of(
        products=[
            *products(scrap=0, billet=2),
            {"product_id": "melt", "name": "MELT", "stage": 1, "kind": "in-plant"},
        ],
        **recipes(recipe("cast", "billet", melt=1.0), recipe("arc", "melt", scrap=1.25)),
        enterprises=plants(works="R"),
        production=[makes("works", "billet", 40)],
    )
    assert sizes(chain) == {("missing_input", "scrap"): 50}
