"""What a planner must not be told: each case once misled a reader of the answers."""

import pytest

from tests.cases import COUNTED, chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import questions
from valuechain.audits import audits


def ask(chain, **parameters):
    return questions()["missing-links"](chain, **{"kind": COUNTED, **parameters})


def depth(chain, product):
    (row,) = questions()["processing-depth"](chain, product=product)
    return row


def ore(production, flows, **more):
    return chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(mine="R", smelter="R", shop="R", far="S"),
        **recipe("smelt", "metal", ore=2.0),
        production=production,
        flows=flows,
        **more,
    )


def test_an_outflow_that_nobody_recorded_is_unknown_not_zero():
    row = depth(ore([makes("mine", "ore", 100)], []), "ore")
    assert (row.outflow, row.conversion, row.retained) == (None, None, None)
    assert "what leaves is not recorded" in row.reason


def test_a_dataset_that_declares_its_flows_complete_may_say_that_nothing_leaves():
    declared = [{"region_id": "R", "what": "flows", "complete": "yes"}]
    row = depth(ore([makes("mine", "ore", 100)], [], coverage=declared), "ore")
    assert (row.conversion, row.retained) == (1.0, 1.0)


def test_what_neither_leaves_nor_is_used_stays():
    chain = ore(
        [makes("mine", "ore", 100), makes("smelter", "metal", 10)],
        [
            flow("mine", "abroad", "ore", 50),
            flow("mine", "smelter", "ore", 20),
            flow("smelter", "abroad", "metal", 10),
        ],
    )
    row = depth(chain, "ore")
    assert row.conversion == pytest.approx(0.2)
    assert row.retained == pytest.approx(0.3), "30 t of ore never left; the 20 t smelted left as metal"


def test_a_local_buyer_is_never_called_none():
    chain = chain_of(
        products=products(ore=0, metal=1, gadget=3),
        enterprises=plants(mine="R", shop="R"),
        **recipe("smelt", "metal", ore=2.0),
        production=[makes("mine", "ore", 100), makes("shop", "gadget", 5)],
        flows=[flow("mine", "abroad", "ore", 60), flow("mine", "shop", "ore", 40)],
    )
    answer = ask(chain)
    (row,) = answer
    assert (row.kind, row.quantity, row.bound) == ("missing_processing", 60, "at_most")
    assert "SHOP buys it here, but no recipe says what for" in row.reason
    assert any("gadget" in c for c in answer.caveats), "a product outside every recipe is named"


def test_a_trader_is_not_a_user():
    chain = ore(
        [makes("mine", "ore", 100)], [flow("mine", "shop", "ore", 60), flow("shop", "abroad", "ore", 60)]
    )
    (row,) = ask(chain)
    assert (row.kind, row.quantity, row.bound) == ("missing_processing", 60, "exact")


def test_an_unknown_product_code_is_told_with_the_nearest():
    chain = chain_of(
        products=[*products(metal=1, wire=2), {"product_id": "wirre", "name": "Wirre"}],
        enterprises=plants(mill="R"),
        **recipe("draw", "wire", metal=1.0),
        production=[makes("mill", "wirre", 10)],
    )
    (finding,) = [f for f in audits(chain) if f.code == "product.no_recipe"]
    assert "wirre (like wire?)" in finding.message


def test_a_product_is_recognised_by_its_russian_name():
    chain = chain_of(
        products=[
            {"product_id": "wheat", "name": "Wheat", "name_ru": "Пшеница", "stage": 0},
            {"product_id": "flour", "name": "Flour", "stage": 4},
            {"product_id": "pshenitsa", "name": "Пшеница"},
        ],
        enterprises=plants(farm="R"),
        **recipe("mill", "flour", wheat=1.25),
        production=[makes("farm", "pshenitsa", 10)],
    )
    (finding,) = [f for f in audits(chain) if f.code == "product.no_recipe"]
    assert "pshenitsa (like wheat" in finding.message


def test_impossible_figures_are_never_exact():
    chain = ore([makes("mine", "ore", 100)], [flow("mine", "abroad", "ore", 667)])
    (row,) = ask(chain)
    assert (row.bound, row.share) == ("uncertain", None)
    assert "An audit doubts these figures" in row.reason
    assert any(c.startswith("Audit: mine sells 667 t") for c in ask(chain).caveats)


def test_a_quantity_that_contradicts_its_own_share_is_doubted():
    good = ore([makes("mine", "ore", 100)], [flow("mine", "abroad", "ore", 60, share=0.6)])
    bad = ore([makes("mine", "ore", 100)], [flow("mine", "abroad", "ore", 60, share=0.9)])
    assert not [f for f in audits(good) if f.code == "share.quantity"]
    assert [f.verdict for f in audits(bad) if f.code == "share.quantity"] == ["warning"]


def test_the_price_is_that_of_the_market_that_buys():
    markets = [
        {"market_id": "abroad", "name": "Abroad", "kind": "abroad"},
        {"market_id": "rich", "name": "Rich", "kind": "abroad"},
        {"market_id": "rest", "name": "Rest", "kind": "rest_of_country"},
    ]
    prices = [
        {"product_id": "ore", "market_id": m, "price": p} for m, p in (("abroad", 50.0), ("rich", 90.0))
    ]
    for market, price in (("abroad", 50), ("rich", 90)):
        chain = ore(
            [makes("mine", "ore", 100)], [flow("mine", market, "ore", 80)], prices=prices, markets=markets
        )
        (row,) = ask(chain)
        assert row.value == 80 * price
        assert market.capitalize() in row.value_note


def test_money_of_two_currencies_is_not_ranked_together():
    chain = chain_of(
        products=products(ore=0, sand=0, metal=1, glass=1),
        enterprises=plants(mine="R", pit="R"),
        **recipes(recipe("smelt", "metal", ore=2.0), recipe("melt", "glass", sand=1.0)),
        production=[makes("mine", "ore", 100), makes("pit", "sand", 100)],
        flows=[flow("mine", "abroad", "ore", 80), flow("pit", "abroad", "sand", 10)],
        prices=[
            {"product_id": "ore", "market_id": "abroad", "price": 50.0},
            {"product_id": "sand", "market_id": "abroad", "price": 9000.0, "currency": "KZT"},
        ],
    )
    assert [r.product_id for r in ask(chain)] == ["ore", "sand"]


def test_absence_is_not_declared_where_another_year_has_a_maker():
    declared = [{"region_id": "R", "what": "production", "product_id": "ore", "complete": "yes"}]
    chain = ore([makes("smelter", "metal", 10), makes("mine", "ore", 30, year=2018)], [], coverage=declared)
    (row,) = ask(chain)
    assert row.absence == "not recorded"
    assert "there is one for 2018" in row.reason
    (without,) = ask(ore([makes("smelter", "metal", 10)], [], coverage=declared))
    assert without.absence == "declared"


def test_by_products_that_arise_here_are_no_missing_inputs():
    smelt = recipe("smelt", "metal", ore=2.0)
    smelt["process_flows"].append(
        {"process_id": "smelt", "product_id": "slag", "role": "by_product", "quantity": 0.5}
    )
    brick = recipe("brick", "brick", clay=1.0)
    brick["process_flows"].append(
        {"process_id": "brick", "product_id": "slag", "role": "input", "quantity": 0.1}
    )
    chain = chain_of(
        products=products(ore=0, metal=1, slag=0, clay=0, brick=2),
        enterprises=plants(smelter="R", pit="R"),
        **recipes(smelt, brick),
        production=[makes("smelter", "metal", 10), makes("pit", "clay", 50)],
        flows=[flow("pit", "abroad", "clay", 50)],
    )
    (row,) = ask(chain, product="clay")
    assert row.routes[0].missing_inputs == ()


def test_only_plants_with_idle_capacity_on_record_are_named_as_idle():
    chain = chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(mine="R", idle="R", silent="R"),
        **recipe("smelt", "metal", ore=2.0),
        production=[
            makes("mine", "ore", 100),
            makes("idle", "metal", 10, capacity=15),
            makes("silent", "metal", 5),
        ],
        flows=[flow("mine", "abroad", "ore", 60)],
    )
    rows = {r.kind: r for r in ask(chain)}
    assert "idle capacity of IDLE could take 10 t" in rows["price_leakage"].reason
    gap = rows["capacity_gap"]
    assert "10 t would fit the idle capacity of IDLE" in gap.reason
    assert "The capacity of SILENT is not recorded and counts as full" in gap.reason
    assert "The other 50 t needs new capacity" in gap.reason
    assert any(e.column == "capacity" and e.value == 15 for e in gap.evidence)


def test_who_already_makes_it_comes_before_who_stands_near():
    chain = chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(a_mine="R", z_smelter="S"),
        **recipe("smelt", "metal", ore=2.0),
        production=[makes("a_mine", "ore", 100), makes("z_smelter", "metal", 5)],
        flows=[flow("a_mine", "abroad", "ore", 60)],
    )
    (row,) = ask(chain)
    assert [o.enterprise_id for o in row.closing_options] == ["z_smelter", "a_mine"]
    assert row.closing_options[1].reason == "A_MINE: makes ORE here, one stage away."


def test_a_level_without_regions_says_so():
    chain = ore([makes("mine", "ore", 100)], [flow("mine", "abroad", "ore", 60)])
    answer = ask(chain, level="city")
    assert len(answer) == 0
    assert "The dataset has no region of level city." in answer.caveats
    assert len(questions()["processing-depth"](chain, level="city")) == 0


def test_a_filtered_answer_has_no_caveats_about_other_products():
    chain = chain_of(
        products=products(ore=0, metal=1, gold=0),
        enterprises=plants(mine="R"),
        **recipe("smelt", "metal", ore=2.0),
        production=[makes("mine", "ore", 100), makes("mine", "gold", 1)],
        flows=[flow("mine", "abroad", "ore", 60), flow("mine", "abroad", "gold", 1)],
    )
    assert any("No recipe takes GOLD" in c for c in ask(chain).caveats)
    assert not any("No recipe takes GOLD" in c for c in ask(chain, product="ore").caveats)


def test_a_negative_threshold_is_refused():
    with pytest.raises(Exception, match="cannot be negative"):
        ask(ore([makes("mine", "ore", 100)], []), min_quantity=-5)


def test_a_surplus_that_was_bought_does_not_agree_with_the_recipe():
    def verdicts(bought):
        chain = ore(
            [makes("smelter", "metal", 10), makes("mine", "ore", 99)],
            [flow("mine", "smelter", "ore", bought)],
        )
        return {f.subject: f.verdict for f in audits(chain) if f.code == "balance.mass"}

    assert verdicts(20) == {"smelter · ore": "ok"}
    assert verdicts(90)["smelter · ore"] == "warning"


def test_who_sells_what_he_does_not_buy_makes_it_in_an_unknown_amount():
    chain = ore(
        [makes("mine", "ore", 5), makes("smelter", "metal", 10)], [flow("shop", "smelter", "ore", 12)]
    )
    assert len(ask(chain)) == 0
    assert any("nothing can be said: ORE" in c for c in ask(chain).caveats)
    assert depth(chain, "ore").conversion is None


def test_an_owner_who_is_owned_names_the_one_to_ask_for():
    chain = ore(
        [makes("mine", "ore", 5)], [], ownership=[{"owner_id": "mine", "owned_id": "shop", "share": 0.9}]
    )
    with pytest.raises(Exception, match="shop is controlled by mine; ask for mine"):
        ask(chain, boundary="owner", owner="shop")


def test_the_outside_seller_does_not_close_an_unconnected_link():
    chain = ore(
        [makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=10), makes("far", "ore", 50)],
        [flow("mine", "abroad", "ore", 80), flow("far", "smelter", "ore", 20)],
    )
    (row,) = ask(chain, kind="unconnected")
    assert "supplies it today" not in {g for o in row.closing_options for g in o.grounds}
    assert "far" not in {o.enterprise_id for o in row.closing_options}


def test_products_whose_way_out_is_not_recorded_are_named():
    answer = ask(ore([makes("mine", "ore", 100)], []), product="ore")
    assert len(answer) == 0
    assert any(
        "What leaves is not recorded (unknown, not none), so no gap can be told for ORE" in c
        for c in answer.caveats
    )


def test_sizes_that_rest_on_typical_coefficients_are_counted():
    smelt = recipe("smelt", "metal", ore=2.0)
    for line in smelt["process_flows"]:
        line["grade"] = "expert"
    chain = chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(smelter="R"),
        **smelt,
        production=[makes("smelter", "metal", 10)],
    )
    assert any(c.startswith("1 of the sizes rest on such coefficients") for c in ask(chain).caveats)
