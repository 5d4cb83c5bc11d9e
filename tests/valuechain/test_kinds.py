"""Each kind of gap on a case small enough to check by hand, each with its ledger."""

import pytest

from tests.cases import COUNTED, chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import questions

ORE_METAL = recipe("smelt", "metal", ore=2.0)


def ask(chain, **parameters):
    return questions()["missing-links"](chain, **{"kind": COUNTED, **parameters})


def sizes(chain, **parameters):
    return {(r.kind, r.product_id): r.quantity for r in ask(chain, **parameters)}


def case(production, flows, **more):
    return chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(mine="R", smelter="R", far="S"),
        **ORE_METAL,
        production=production,
        flows=flows,
        **more,
    )


def test_missing_processing():
    # ledger: output 100, abroad 80; no smelter in R -> all 80 have no local process
    chain = case([makes("mine", "ore", 100)], [flow("mine", "abroad", "ore", 80)])
    (row,) = ask(chain)
    assert (row.kind, row.quantity, row.bound, row.basis) == ("missing_processing", 80, "exact", "recorded")
    assert row.share == pytest.approx(0.8)
    assert [(r.product_id, r.potential_output) for r in row.routes] == [("metal", 40)]
    assert row.absence == "not recorded"


def test_capacity_gap():
    # smelter makes 10 metal of capacity 10: needs 20 ore; 80 leave, nothing idle, nothing bought in
    chain = case(
        [makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=10)],
        [flow("mine", "abroad", "ore", 80), flow("mine", "smelter", "ore", 20)],
    )
    assert sizes(chain) == {("capacity_gap", "ore"): 80}


def test_unconnected():
    # smelter needs 20 and buys 20 from S while 80 leave: 20 unconnected, the other 60 find it full
    chain = case(
        [makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=10), makes("far", "ore", 50)],
        [flow("mine", "abroad", "ore", 80), flow("far", "smelter", "ore", 20)],
    )
    assert sizes(chain) == {("unconnected", "ore"): 20, ("capacity_gap", "ore"): 60}
    (row,) = ask(chain, kind="unconnected")
    assert "SMELTER buys 20 t of it from outside" in row.reason


def test_price_leakage():
    # capacity 25 metal, output 10: idle capacity could take 15 x 2 = 30 of the 80 that leave
    chain = case(
        [makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=25)],
        [flow("mine", "abroad", "ore", 80), flow("mine", "smelter", "ore", 20)],
        prices=[
            {"product_id": "ore", "market_id": "abroad", "price": 50.0},
            {"product_id": "ore", "market_id": "rest", "price": 30.0},
        ],
    )
    assert sizes(chain) == {("price_leakage", "ore"): 30, ("capacity_gap", "ore"): 50}
    (row,) = ask(chain, kind="price_leakage")
    assert "Abroad it fetches 50 USD/t, at home 30." in row.reason
    assert (row.value, row.currency) == (1500, "USD")


def test_missing_input():
    # smelter makes 10 metal: needs 20 ore, the mine keeps 5
    chain = case(
        [makes("mine", "ore", 5), makes("smelter", "metal", 10)], [flow("far", "smelter", "ore", 15)]
    )
    (row,) = ask(chain)
    assert (row.kind, row.quantity, row.absence) == ("missing_input", 15, "present")
    assert "FAR" in row.reason
    assert [o.enterprise_id for o in row.closing_options if "supplies it today" in o.grounds] == ["far"]


def test_all_pieces_add_up_to_the_outflow():
    chain = case(
        [makes("mine", "ore", 200), makes("smelter", "metal", 10, capacity=25), makes("far", "ore", 50)],
        [
            flow("mine", "abroad", "ore", 100),
            flow("mine", "far", "ore", 60),
            flow("far", "smelter", "ore", 20),
        ],
    )
    split = {k: v for (k, _), v in sizes(chain).items() if k != "missing_input"}
    assert split == {"unconnected": 20, "price_leakage": 30, "capacity_gap": 110}
    assert sum(split.values()) == 160


def test_no_gap_where_everything_is_used():
    chain = chain_of(
        products=products(ore=0, metal=4),
        enterprises=plants(mine="R", smelter="R"),
        **ORE_METAL,
        production=[makes("mine", "ore", 20), makes("smelter", "metal", 10)],
        flows=[flow("mine", "smelter", "ore", 20)],
    )
    answer = questions()["missing-links"](chain)
    assert len(answer) == 0
    assert any("No outflow" in c for c in answer.caveats), "an empty answer says why it is empty"


def test_final_products_may_leave():
    chain = chain_of(
        products=products(metal=1, car=4, taxi=4),
        enterprises=plants(maker="R"),
        **recipes(recipe("build", "car", metal=1.0), recipe("paint", "taxi", car=1.0)),
        production=[makes("maker", "car", 10)],
        flows=[flow("maker", "abroad", "car", 10)],
    )
    assert ("missing_processing", "car") not in sizes(chain)


def test_a_product_that_no_recipe_takes_is_named_not_dropped():
    chain = case([makes("smelter", "metal", 10)], [flow("smelter", "abroad", "metal", 10)])
    answer = ask(chain, product="metal")
    assert len(answer) == 0
    assert any("No recipe takes METAL" in c for c in answer.caveats)


def test_routes_are_options_on_one_row():
    chain = chain_of(
        products=products(metal=1, wire=2, sheet=2),
        enterprises=plants(smelter="R"),
        **recipes(recipe("draw", "wire", metal=1.25), recipe("roll", "sheet", metal=1.5)),
        production=[makes("smelter", "metal", 30)],
        flows=[flow("smelter", "abroad", "metal", 30)],
        prices=[{"product_id": "wire", "market_id": "abroad", "price": 100.0}],
    )
    (row,) = ask(chain)
    assert row.quantity == 30
    assert {r.product_id: (r.potential_output, r.value) for r in row.routes} == {
        "wire": (24, 2400),
        "sheet": (20, None),
    }


def test_unknown_outflow_is_unknown_not_zero():
    chain = case([makes("mine", "ore", 100)], [flow("mine", "abroad", "ore")])
    (row,) = ask(chain)
    assert (row.quantity, row.bound, row.value, row.basis) == (None, "unknown", None, "not recorded")
    assert "how much is not recorded" in row.reason


def test_an_unknown_flow_beside_a_known_one_makes_a_lower_bound():
    chain = case(
        [makes("mine", "ore", 100)], [flow("mine", "abroad", "ore", 40), flow("mine", "rest", "ore")]
    )
    (row,) = ask(chain)
    assert (row.quantity, row.bound) == (40, "at_least")


def test_unknown_purchase_makes_the_link_unconnected_of_unknown_size():
    chain = case(
        [makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=10)],
        [flow("mine", "abroad", "ore", 80), flow("far", "smelter", "ore")],
    )
    rows = {r.kind: (r.quantity, r.bound) for r in ask(chain)}
    assert rows == {"unconnected": (None, "unknown"), "capacity_gap": (80, "at_most")}


def test_a_recorded_value_comes_before_a_price_and_is_shared_over_the_pieces():
    def with_value(value, **more):
        return case(
            [makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=25)],
            [flow("mine", "abroad", "ore", 80, value=value, **more), flow("mine", "smelter", "ore", 20)],
            prices=[{"product_id": "ore", "market_id": "abroad", "price": 50.0}],
            exchange_rates=[{"currency": "KZT", "to_currency": "USD", "year": 2020, "rate": 0.0025}],
        )

    assert {r.kind: r.value for r in ask(with_value(1600))} == {"price_leakage": 600, "capacity_gap": 1000}
    assert {r.kind: r.value for r in ask(with_value(None))} == {"price_leakage": 1500, "capacity_gap": 2500}
    in_tenge = {r.kind: r.value for r in ask(with_value(640_000, currency="KZT"))}
    assert in_tenge == {"price_leakage": pytest.approx(600), "capacity_gap": pytest.approx(1000)}
    without_rate = {r.kind: r.value for r in ask(with_value(640_000, currency="EUR"))}
    assert without_rate == {"price_leakage": 1500, "capacity_gap": 2500}
