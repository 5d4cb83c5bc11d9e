"""Missing enablers, unused by-products and round trips: cases small enough to check by hand."""

import pytest

from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import questions
from valuechain.gaps.split import VIEWS


def ask(chain, kind, **parameters):
    return questions()["missing-links"](chain, kind=kind, **parameters)


def line(process, product, role, quantity):
    return {"process_id": process, "product_id": product, "role": role, "quantity": quantity}


def lab(production, flows=(), amount=0.5, role="enabler", more=(), **tables):
    """Wheels are pressed of metal, with a test by a laboratory: half an hour a piece."""
    made = recipes(recipe("press", "wheel", metal=1.0), *more)
    made["process_flows"].append(line("press", "testing", role, amount))
    return chain_of(
        products=[
            *products(metal=1, wheel=4),
            {"product_id": "testing", "name": "TESTING", "kind": "service"},
        ],
        enterprises=[*plants(works="R", forge="R", lab="R", far="S", state="C")],
        **made,
        production=production,
        flows=list(flows),
        **tables,
    )


WHEELS = makes("works", "wheel", 40)


def test_a_service_without_a_provider():
    # 40 x 0.5 + 10 x 0.5 = 25 hours
    (row,) = ask(lab([WHEELS, makes("forge", "wheel", 10)]), "missing_enabler")
    assert (row.gap_id, row.quantity, row.bound) == ("missing_enabler:R:testing", 25, "exact")
    assert (row.value, row.absence, row.conditional, row.share) == (None, "not recorded", False, None)
    assert "FORGE, WORKS need TESTING to make WHEEL (50 t)" in row.reason
    assert {e.table for e in row.evidence} == {"production", "process_flows"}


@pytest.mark.parametrize(
    ("production", "amount"),
    [([makes("works", "wheel", None)], 0.5), ([WHEELS], None)],
    ids=["output", "line"],
)
def test_a_service_of_unknown_amount_is_missing_all_the_same(production, amount):
    (row,) = ask(lab(production, amount=amount), "missing_enabler")
    assert (row.quantity, row.bound, row.basis) == (None, "unknown", "not recorded")


@pytest.mark.parametrize(
    ("production", "flows"),
    [
        ([makes("lab", "testing", None)], []),
        ([makes("state", "testing", 9)], []),
        ([], [flow("far", "works", "testing", 3)]),
        ([], [flow("far", "works", "testing")]),
        ([], [flow("abroad", "works", "testing", 3)]),
        ([], [flow("lab", "works", "testing", 3)]),
    ],
    ids=["here", "in the country", "delivered", "delivered unknown", "from abroad", "sold here"],
)
def test_a_provider_here_or_around_or_a_delivery_is_enough(production, flows):
    assert not ask(lab([WHEELS, *production], flows), "missing_enabler")


def test_a_provider_elsewhere_could_close_it():
    (row,) = ask(lab([WHEELS, makes("far", "testing", 100)]), "missing_enabler")
    assert [o.enterprise_id for o in row.closing_options] == ["far"]
    assert not ask(lab([WHEELS, makes("far", "testing", 100)]), "missing_enabler", region="C")


def test_only_enablers_and_only_by_territory():
    assert not ask(lab([WHEELS], role="input"), "missing_enabler")
    assert not ask(lab([makes("works", "wheel", 0)]), "missing_enabler"), "a process that stands still"
    assert not ask(lab([makes("far", "wheel", 40)]), "missing_enabler"), "another region"
    owned = lab([WHEELS], ownership=[{"owner_id": "works", "owned_id": "forge"}])
    assert not ask(owned, "missing_enabler", boundary="owner")
    assert ask(owned, "missing_enabler")


def test_a_service_on_a_possible_route_is_conditional():
    (row,) = ask(lab([WHEELS], more=[recipe("cast", "wheel", metal=1.5)]), "missing_enabler")
    assert (row.conditional, row.quantity) == (True, None)
    assert "may need TESTING" in row.reason


@pytest.mark.parametrize(
    ("places", "said"), [(["R", "C"], "declared"), (["C"], "declared"), (["R"], "not recorded")]
)
def test_that_nobody_provides_it_must_be_declared_for_the_country_too(places, said):
    claims = [
        {"region_id": p, "what": "production", "product_id": "testing", "complete": "yes"} for p in places
    ]
    (row,) = ask(lab([WHEELS], coverage=claims), "missing_enabler")
    assert row.absence == said


def slag(production, flows=(), amount=0.5, more=(), **tables):
    """Smelting leaves half a tonne of slag per tonne of metal; gravel is crushed of slag."""
    made = recipes(recipe("smelt", "metal", ore=2.0), recipe("crush", "gravel", slag=1.25), *more)
    made["process_flows"].append(line("smelt", "slag", "by_product", amount))
    return chain_of(
        products=products(ore=0, slag=0, metal=1, gravel=4),
        enterprises=plants(smelter="R", foundry="R", quarry="R", roads="R", far="S"),
        **made,
        production=production,
        flows=list(flows),
        **tables,
    )


METAL = makes("smelter", "metal", 40)


def test_a_by_product_that_nobody_takes():
    prices = [{"product_id": "slag", "market_id": "abroad", "price": 3.0}]
    (row,) = ask(slag([METAL], prices=prices), "unused_by_product")
    assert (row.gap_id, row.quantity, row.bound, row.share) == ("unused_by_product:R:slag", 20, "exact", 1.0)
    assert (row.value, row.currency, row.basis, row.absence) == (60, "USD", "derived", "not recorded")
    assert [(r.product_id, r.potential_output) for r in row.routes] == [("gravel", 16)]
    assert "20 t of SLAG arises beside METAL" in row.reason
    assert {e.row for e in row.evidence} >= {"smelt · slag · by_product", "crush · slag · feedstock"}


def test_a_by_product_on_record_is_taken_as_recorded():
    (row,) = ask(slag([METAL, makes("smelter", "slag", 7)]), "unused_by_product")
    assert (row.quantity, row.basis) == (7, "recorded")
    assert not ask(slag([makes("smelter", "slag", 7)]), "unused_by_product"), "no process here leaves it"


@pytest.mark.parametrize(
    ("production", "flows"),
    [
        ([makes("quarry", "gravel", 1)], []),
        ([makes("quarry", "gravel", None)], []),
        ([], [flow("smelter", "roads", "slag", 1)]),
        ([], [flow("smelter", "homes", "slag", 20)]),
        ([makes("smelter", "slag", 0)], []),
    ],
    ids=["a user", "a user of unknown size", "a local buyer", "all to local final buyers", "none arises"],
)
def test_a_by_product_with_a_use_here_is_none(production, flows):
    assert not ask(slag([METAL, *production], flows), "unused_by_product")


def test_what_local_final_buyers_take_is_used():
    (row,) = ask(slag([METAL], [flow("smelter", "homes", "slag", 5)]), "unused_by_product")
    assert (row.quantity, row.share) == (15, 0.75)
    (row,) = ask(slag([METAL], [flow("smelter", "homes", "slag")]), "unused_by_product")
    assert (row.quantity, row.bound) == (20, "at_most")


def test_a_by_product_of_partly_unknown_amount():
    (row,) = ask(slag([METAL, makes("foundry", "metal", None)]), "unused_by_product")
    assert (row.quantity, row.bound, row.share) == (20, "at_least", None)
    (row,) = ask(slag([METAL], amount=None), "unused_by_product")
    assert (row.quantity, row.bound, row.basis) == (None, "unknown", "not recorded")
    (row,) = ask(slag([METAL], more=[recipe("melt", "metal", ore=1.0)]), "unused_by_product")
    assert (row.quantity, row.conditional) == (None, True)
    assert "if a plant runs one of its possible routes" in row.reason


def test_a_by_product_that_leaves_is_in_the_split_too():
    chain = slag([METAL], [flow("smelter", "abroad", "slag", 20)])
    found = {r.kind: r.quantity for r in questions()["missing-links"](chain, product="slag")}
    assert found == {"missing_processing": 20, "unused_by_product": 20}
    answer = questions()["missing-links"](chain)
    assert any("unused_by_product rows look at the same tonnes once more" in c for c in answer.caveats)


def test_a_by_product_without_a_known_use_is_none():
    chain = chain_of(
        products=products(ore=0, mud=0, metal=1),
        enterprises=plants(smelter="R"),
        processes=recipe("smelt", "metal", ore=2.0)["processes"],
        process_flows=[
            *recipe("smelt", "metal", ore=2.0)["process_flows"],
            line("smelt", "mud", "by_product", 1.0),
        ],
        production=[METAL],
    )
    assert not ask(chain, "unused_by_product")


def test_by_products_of_one_owner():
    chain = slag(
        [METAL, makes("quarry", "gravel", 1)], ownership=[{"owner_id": "smelter", "owned_id": "foundry"}]
    )
    assert not ask(chain, "unused_by_product")
    (row,) = ask(chain, "unused_by_product", boundary="owner")
    assert (row.owner_id, row.quantity) == ("smelter", 20)


def trip(flows, steps=(), stages=(), production=(), **tables):
    """Metal is rolled to sheet (1.25 a tonne), sheet pressed to doors (2 a tonne)."""
    made = recipes(recipe("roll", "sheet", metal=1.25), recipe("press", "door", sheet=2.0), *steps)
    return chain_of(
        products=products(metal=1, sheet=2, door=4, **dict(stages)),
        enterprises=plants(smelter="R", shop="R", press="R", far="S"),
        **made,
        production=[makes("smelter", "metal", 100), *production],
        flows=flows,
        **tables,
    )


OUT = flow("smelter", "abroad", "metal", 80)


def sizes(chain, **parameters):
    return {r.product_id: (r.quantity, r.bound) for r in ask(chain, "round_trip", **parameters)}


def test_a_round_trip():
    # 4 sheet x 1.25 + 10 doors x 2 x 1.25 = 5 + 25 = 30 of the 80 that leave
    prices = [{"product_id": "metal", "market_id": "abroad", "price": 10.0}]
    back = [flow("abroad", "press", "sheet", 4), flow("far", "shop", "door", 10)]
    (row,) = ask(trip([OUT, *back], prices=prices), "round_trip")
    assert (row.gap_id, row.quantity, row.bound, row.share) == ("round_trip:R:metal", 30, "exact", 0.3)
    assert (row.value, row.basis, row.conditional) == (300, "derived", False)
    assert (
        "80 t of METAL leaves Region R, while goods made from it come in: DOOR (10 t), SHEET (4 t)"
        in row.reason
    )
    assert "takes 30 t of METAL" in row.reason
    assert {e.row for e in row.evidence if e.table == "flows"} == {
        "smelter · abroad · metal", "abroad · press · sheet", "far · shop · door",
    }  # fmt: skip


def test_a_round_trip_is_at_most_what_leaves():
    assert sizes(trip([OUT, flow("far", "shop", "door", 1000)])) == {"metal": (80, "exact")}


def test_what_is_not_recorded_of_a_round_trip():
    door, blank = flow("far", "shop", "door", 10), flow("far", "press", "sheet")
    assert sizes(trip([OUT, door, blank])) == {"metal": (25, "at_least")}
    assert sizes(trip([OUT, blank])) == {"metal": (None, "unknown")}
    assert sizes(trip([flow("smelter", "abroad", "metal"), door])) == {"metal": (None, "unknown")}
    assert sizes(trip([OUT, flow("smelter", "rest", "metal"), door])) == {"metal": (25, "at_least")}
    open_step = trip(
        [OUT, flow("far", "shop", "lid", 1)], steps=[recipe("cut", "lid", metal=None)], stages={"lid": 3}
    )
    assert sizes(open_step) == {"metal": (None, "unknown")}


def test_the_shortest_way_counts_and_several_are_uncertain():
    # doors of sheet: 2 x 1.25 = 2.5; doors of metal at once, two ways: 3 and 1.5, the smaller counts
    steps = [recipe("cast", "door", metal=3.0), recipe("forge", "door", metal=1.5)]
    assert sizes(trip([OUT, flow("far", "shop", "door", 10)], steps)) == {"metal": (15, "uncertain")}


def test_a_loop_is_no_trip_of_a_product_to_itself():
    steps = [recipe("melt", "metal", sheet=1.0)]
    back = flow("abroad", "shop", "metal", 5)
    assert sizes(trip([OUT, back], steps)) == {}
    # sheet is made again from what it becomes, so more than one way leads on
    assert sizes(trip([OUT, back, flow("far", "press", "sheet", 4)], steps)) == {"metal": (5, "exact")}


def test_an_earlier_stage_does_not_come_back():
    # sheet leaves; metal, which a loop makes of sheet too, comes in
    steps = [recipe("melt", "metal", sheet=1.0)]
    out = flow("press", "abroad", "sheet", 5)
    assert sizes(trip([out, flow("far", "shop", "metal", 9)], steps)) == {}


def test_final_products_and_what_stays_are_no_trip():
    door_of_door = recipe("paint", "gate", door=1.0)
    out, back = flow("shop", "abroad", "door", 5), flow("far", "shop", "gate", 5)
    assert sizes(trip([out, back], [door_of_door], {"gate": 4})) == {}
    assert sizes(trip([flow("smelter", "press", "metal", 80), flow("far", "shop", "door", 10)])) == {}
    assert sizes(trip([OUT, flow("far", "shop", "door", 0)])) == {}


def test_markets_inside_buy_from_outside():
    into = flow("abroad", "rest", "door", 10)
    assert sizes(trip([OUT, into])) == {}, "the rest of the country is outside the region"
    assert sizes(trip([OUT, into]), region="C") == {"metal": (25, "exact")}
    assert sizes(trip([OUT, flow("abroad", "homes", "door", 10)])) == {"metal": (25, "uncertain")}
    assert sizes(trip([OUT, flow("rest", "homes", "door", 10)]), region="C") == {}, "from within the country"


def test_a_round_trip_of_an_owner():
    owned = [{"owner_id": "smelter", "owned_id": "press"}]
    chain = trip([OUT, flow("shop", "press", "sheet", 4)], ownership=owned)
    assert sizes(chain) == {}
    assert sizes(chain, boundary="owner") == {"metal": (5, "exact")}


def test_the_maker_here_of_what_comes_back_is_told():
    (row,) = ask(
        trip([OUT, flow("far", "shop", "door", 10)], production=[makes("press", "door", 1)]), "round_trip"
    )
    assert row.absence == "present"
    claims = [{"region_id": "R", "what": "production", "product_id": "door", "complete": "yes"}]
    (row,) = ask(trip([OUT, flow("far", "shop", "door", 10)], coverage=claims), "round_trip")
    assert row.absence == "declared"


def test_views_come_after_what_is_counted_and_can_be_chosen():
    chain = trip([OUT, flow("far", "shop", "door", 10)])
    answer = questions()["missing-links"](chain)
    known = [r.kind in VIEWS for r in answer if r.quantity is not None and r.bound != "uncertain"]
    assert known == sorted(known)
    assert set(known) == {True, False}
    assert {r.kind for r in questions()["missing-links"](chain, kind=("round_trip", "round_trip"))} == {
        "round_trip"
    }
    assert not ask(chain, "round_trip", min_quantity=26)
    assert not ask(chain, "round_trip", product="door")


def test_nothing_gives_no_row_and_a_reason():
    for kind in VIEWS:
        answer = ask(chain_of(products=[], enterprises=[]), kind)
        assert not answer.rows
        assert answer.caveats


def test_public_data_has_no_trip_of_goods_that_no_recipe_knows():
    public = load("pavlodar-public")
    assert not ask(public, "round_trip", region="kz")
    assert {r.product_id for r in ask(public, "missing_enabler")} == {
        "grain-storage",
        "rolling-stock-certification",
        "tool-and-die-making",
    }
