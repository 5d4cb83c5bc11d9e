"""Closing a gap: what it removes, what it opens, and that nothing else moves."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph_schema import NotFoundError, ParameterError
from loaders import load
from tests.cases import YEAR, chain_of, flow, makes, plants, products, recipe, recipes
from tests.laws.strategies import worlds
from valuechain import questions
from valuechain.accounts import accounts
from valuechain.closing import Closing, close_gap
from valuechain.recipes import recipes as recipe_arrays
from valuechain.scope import zones_of
from valuechain.zones import ledger

SPLIT = ("unconnected", "price_leakage", "capacity_gap", "missing_processing")
TOLD = (*SPLIT, "missing_input")


def mill(**tables):
    """A mine sells 100 of its 120 ore abroad; metal takes 2 ore and 0.5 coke; wire takes 1 metal."""
    given = {
        "enterprises": plants(mine="R", smelter="R", far="S"),
        "products": products(ore=0, coke=1, metal=1, wire=4),
        **recipes(recipe("smelting", "metal", ore=2.0, coke=0.5), recipe("drawing", "wire", metal=1.0)),
        "production": [makes("mine", "ore", 120)],
        "flows": [flow("mine", "abroad", "ore", 100)],
    }
    return chain_of(**{**given, **tables})


def gaps(chain, **asked):
    return {r.gap_id: r.quantity for r in questions()["missing-links"](chain, **asked) if r.kind in TOLD}


def closed(chain, gap, **asked):
    return close_gap(chain, Closing(gap, **asked), YEAR)


def test_a_new_maker_takes_what_leaves_and_lacks_its_other_feedstock():
    chain = mill()
    done = closed(chain, "missing_processing:R:ore")
    assert (done.made, done.output, done.kept) == ("metal", 50.0, 100.0)
    # 50 metal need 25 coke, which nobody here makes; the 20 t of ore that stayed before are still there.
    assert gaps(done.chain) == {"missing_input:R:coke": 25.0}
    assert gaps(chain) == {"missing_processing:R:ore": 100.0}


def test_a_smaller_maker_closes_a_part():
    done = closed(mill(), "missing_processing:R:ore", capacity=20.0)
    assert done.kept == 40.0
    assert gaps(done.chain) == {"capacity_gap:R:ore": 60.0, "missing_input:R:coke": 10.0}


def test_a_larger_maker_lacks_the_rest():
    done = closed(mill(), "missing_processing:R:ore", capacity=80.0)
    assert done.kept == 100.0
    assert gaps(done.chain) == {"missing_input:R:coke": 40.0, "missing_input:R:ore": 40.0}
    assert "60 t more than the gap has" in " ".join(done.notes)


def test_sellers_share_what_is_taken_in_proportion():
    chain = mill(
        enterprises=plants(mine="R", pit="R", smelter="R"),
        production=[makes("mine", "ore", 120), makes("pit", "ore", 40)],
        flows=[flow("mine", "abroad", "ore", 100), flow("pit", "rest", "ore", share=0.5)],
    )
    done = closed(chain, "missing_processing:R:ore", capacity=30.0)
    left = {(r["from_id"], r["to_id"]): r["quantity"] for r in done.chain.table("flows").to_dict("records")}
    assert left == {
        ("mine", "abroad"): 50.0, ("pit", "rest"): 10.0, ("mine", "new-maker"): 50.0, ("pit", "new-maker"): 10.0,
    }  # fmt: skip


def test_a_named_maker_may_be_one_that_is_here():
    done = closed(mill(), "missing_processing:R:ore", who="smelter")
    assert [r.enterprise_id for r in done.chain.table("production").itertuples()] == ["mine", "smelter"]
    with pytest.raises(ParameterError, match="far lies outside Region R: the gap would stay"):
        closed(mill(), "missing_processing:R:ore", who="far")


def test_a_maker_with_the_process_already_makes_more():
    chain = mill(
        production=[makes("mine", "ore", 120), makes("smelter", "metal", 10, process_id="smelting", capacity=10)],
        flows=[
            flow("mine", "abroad", "ore", 100), flow("mine", "smelter", "ore", 20),
            flow("smelter", "abroad", "metal", share=0.5),
        ],
    )  # fmt: skip
    done = closed(chain, "capacity_gap:R:ore", who="smelter")
    (row,) = (r for r in done.chain.own_table("production").to_pylist() if r["product_id"] == "metal")
    assert (row["output"], row["capacity"]) == (60.0, 60.0)
    # Half of the 10 t were sold; the 50 t more are not sold for it.
    assert gaps(done.chain) == {"missing_input:R:coke": 30.0, "missing_processing:R:metal": 5.0}
    assert gaps(chain) == {
        "capacity_gap:R:ore": 100.0, "missing_input:R:coke": 5.0, "missing_processing:R:metal": 5.0,
    }  # fmt: skip


def test_another_yield_is_a_process_of_the_makers_own():
    done = closed(mill(), "missing_processing:R:ore", coefficient=4.0)
    assert (done.output, done.kept) == (25.0, 100.0)
    assert gaps(done.chain) == {"missing_input:R:coke": 12.5}
    vague = mill(production=[makes("mine", "ore", 120), makes("smelter", "metal", 1)])
    (gap,) = (g for g in gaps(vague) if g.endswith("ore") and not g.startswith("missing_input"))
    with pytest.raises(ParameterError, match="SMELTER, which makes METAL by a process that is not recorded"):
        closed(vague, gap, coefficient=4.0)


def test_idle_plants_run_more():
    chain = mill(
        products=products(ore=0, metal=1, wire=4),
        **recipes(recipe("smelting", "metal", ore=2.0), recipe("drawing", "wire", metal=1.0)),
        production=[makes("mine", "ore", 120), makes("smelter", "metal", 10, capacity=30)],
        flows=[flow("mine", "abroad", "ore", 100), flow("mine", "smelter", "ore", 20)],
    )
    assert gaps(chain) == {"price_leakage:R:ore": 40.0, "capacity_gap:R:ore": 60.0}
    done = closed(chain, "price_leakage:R:ore")
    assert (done.who, done.made, done.output, done.kept) == ("smelter", "metal", 20.0, 40.0)
    assert gaps(done.chain) == {"capacity_gap:R:ore": 60.0}
    with pytest.raises(ParameterError, match="is closed without it; leave it out"):
        closed(chain, "price_leakage:R:ore", capacity=3.0)


def test_neighbours_are_connected():
    chain = mill(
        products=products(ore=0, metal=1, wire=4),
        **recipes(recipe("smelting", "metal", ore=2.0), recipe("drawing", "wire", metal=1.0)),
        production=[makes("mine", "ore", 120), makes("smelter", "metal", 30, capacity=30)],
        flows=[flow("mine", "abroad", "ore", 100), flow("abroad", "smelter", "ore", 60)],
    )
    assert gaps(chain) == {
        "unconnected:R:ore": 60.0, "capacity_gap:R:ore": 40.0, "missing_input:R:ore": 40.0,
    }  # fmt: skip
    done = closed(chain, "unconnected:R:ore")
    assert done.kept == 60.0
    assert gaps(done.chain) == {"capacity_gap:R:ore": 40.0}


def test_a_missing_input_is_made_here_and_bought_in_no_more():
    chain = mill(
        production=[makes("smelter", "metal", 30, process_id="smelting")],
        flows=[flow("abroad", "smelter", "ore", 60), flow("abroad", "smelter", "coke", 15)],
    )
    assert gaps(chain) == {"missing_input:R:ore": 60.0, "missing_input:R:coke": 15.0}
    done = closed(chain, "missing_input:R:coke", capacity=10.0)
    assert (done.output, done.kept) == (10.0, 10.0)
    assert gaps(done.chain) == {"missing_input:R:ore": 60.0, "missing_input:R:coke": 5.0}
    bought = {
        r["product_id"]: r["quantity"]
        for r in done.chain.own_table("flows").to_pylist()
        if r["from_id"] == "abroad"
    }
    assert bought == {"ore": 60.0, "coke": 5.0}


def test_by_owner_the_maker_joins_the_holding():
    chain = mill(
        enterprises=[
            *plants(mine="R", smelter="R"),
            {"enterprise_id": "top", "name": "TOP", "kind": "holding"},
        ],
        ownership=[{"owner_id": "top", "owned_id": "mine", "share": 1.0}],
    )
    done = closed(chain, "missing_processing:top:ore")
    assert gaps(done.chain, boundary="owner", owner="top") == {"missing_input:top:coke": 25.0}


def test_an_unknown_size_needs_a_capacity_and_nothing_is_invented():
    chain = mill(flows=[flow("mine", "abroad", "ore")])
    with pytest.raises(
        ParameterError, match="the size of missing_processing:R:ore is not known; say capacity"
    ):
        closed(chain, "missing_processing:R:ore")
    done = closed(chain, "missing_processing:R:ore", capacity=5.0)
    assert done.kept is None
    assert "is not known, so nothing is taken off it" in done.notes[-1]
    assert [r["quantity"] for r in done.chain.own_table("flows").to_pylist()] == [None]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"process": "smeltin"}, "Did you mean smelting"),
        ({"process": "drawing"}, "drawing is no route of this gap"),
        ({"coefficient": 0.0}, "above zero"),
        ({"capacity": -1.0}, "above zero"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(asked, words):
    with pytest.raises(ParameterError, match=words):
        closed(mill(), "missing_processing:R:ore", **asked)


def test_an_unknown_gap_names_the_nearest():
    with pytest.raises(NotFoundError, match="missing_processing:R:ore"):
        closed(mill(), "missing_procesing:R:ore")


def test_every_row_written_says_that_it_is_simulated():
    done = closed(mill(), "missing_processing:R:ore")
    rows = done.chain.own_table("flows").to_pylist() + done.chain.own_table("production").to_pylist()
    fresh = [r for r in rows if r["source_id"] == "simulation"]
    assert len(fresh) == 2
    assert all(r["grade"] == "inferred" and r["basis"] == "derived" for r in fresh)
    assert any("before: quantity 100" in (r["note"] or "") for r in rows)


def test_the_same_closing_has_the_same_id_and_another_has_not():
    chain = mill()
    before = chain.fingerprint
    ids = [closed(chain, "missing_processing:R:ore", capacity=c).id for c in (5.0, 5.0, 6.0)]
    assert ids[0] == ids[1] != ids[2]
    assert closed(mill(), "missing_processing:R:ore", capacity=5.0).id == ids[0]
    assert chain.fingerprint == before


def test_closings_side_by_side():
    rows = questions()["simulate"](
        mill(), gap="missing_processing:R:ore", capacity=(20.0, 50.0), of="missing-links"
    )
    built = [r for r in rows if r.what == "built"]
    assert [(r.after, r.kept) for r in built] == [(20.0, 40.0), (50.0, 100.0)]
    assert len({r.closing_id for r in rows}) == 2
    with pytest.raises(
        ParameterError, match="gap: is given 2 times; give it once, or 3 times like the others"
    ):
        questions()["simulate"](mill(), gap=("a", "b"), capacity=(1.0, 2.0, 3.0))


def test_a_price_gives_the_worth():
    (built, *_) = questions()["simulate"](mill(), gap="missing_processing:R:ore", price=7.0)
    assert (built.value, built.currency) == (350.0, "USD")


def test_pavlodar_by_default_the_largest_gap():
    answer = questions()["simulate"](load("pavlodar"))
    assert answer.rows[0].gap_id == "capacity_gap:pavlodar:alumina"
    assert answer.rows[0].kept == 1_005_000
    # 1,005,000 t of alumina / 1.93 t per t of metal (the recipe's coefficient)
    assert answer.rows[0].after == pytest.approx(1_005_000 / 1.93)
    assert ("closed", "capacity_gap:pavlodar:alumina") in [(r.what, r.row_id) for r in answer]


@given(world=worlds(), pick=st.integers(0, 10), part=st.sampled_from((None, 0.5, 1.0, 2.0)))
def test_closing_a_gap_removes_it_and_opens_exactly_the_unmet_inputs(world, pick, part):
    """The gap shrinks by what is taken; only the maker's other feedstock may open or grow, by what it lacks."""
    chain = world.chain()
    rows = [r for r in questions()["missing-links"](chain) if r.kind in SPLIT[2:] and r.quantity and r.routes]
    rows = [r for r in rows if any(route.coefficient for route in r.routes)]
    assume(rows)
    gap = rows[pick % len(rows)]
    route = [r for r in gap.routes if r.coefficient][pick % len([r for r in gap.routes if r.coefficient])]
    assume(not in_plant(chain, route))  # the maker would make those itself, and lack what they are made of
    capacity = None if part is None else part * gap.quantity / route.coefficient
    done = closed(chain, gap.gap_id, process=route.process_id, capacity=capacity)
    asked = {"region": gap.region_id} if gap.region_id else {}
    before, after = gaps(chain, **asked), gaps(done.chain, **asked)
    taken = min(1.0, part or 1.0) * gap.quantity
    left = sum(after.get(f"{kind}:{zone_of(gap)}:{gap.product_id}") or 0.0 for kind in SPLIT)
    there = sum(before.get(f"{kind}:{zone_of(gap)}:{gap.product_id}") or 0.0 for kind in SPLIT)
    assert left == pytest.approx(there - taken, abs=1e-6)
    short = unmet(chain, done, route, gap)
    for gap_id in {*before, *after}:
        kind, product = gap_id.split(":")[0], gap_id.rsplit(":", 1)[1]
        if kind == "missing_input" and product in short:
            assert (after.get(gap_id) or 0.0) == pytest.approx(short[product], abs=1e-6), gap_id
        elif kind == "missing_input":
            assert (after.get(gap_id) or 0.0) <= (before.get(gap_id) or 0.0) + 1e-6, gap_id
        elif product not in short and product != gap.product_id:
            assert after.get(gap_id) == before.get(gap_id), gap_id


def in_plant(chain, route):
    kinds = {r["product_id"]: r["kind"] for r in chain.own_table("products").to_pylist()}
    lines = chain.own_table("process_flows").to_pylist()
    return any(
        kinds[r["product_id"]] == "in-plant"
        for r in lines
        if r["process_id"] == route.process_id and r["role"] == "feedstock"
    )


def zone_of(gap):
    return gap.gap_id.split(":")[1]


def unmet(chain, done, route, gap):
    """What local supply leaves open of each feedstock of the new maker, computed from the ledger before."""
    zones = zones_of(chain, "territory", None, gap.region_id, None)
    book, r = ledger(chain, accounts(chain, YEAR), zones), recipe_arrays(chain)
    kept = book.output + book.returns + book.market_supply - book.outflow - book.final_use
    supply = dict(zip(book.product, kept, strict=True))
    need = dict(zip(book.product, book.requirement, strict=True))
    (process,) = chain.codes("processes", [route.process_id])
    made = chain.codes("products", [route.product_id])[0]
    span = slice(r.feedstock.start[process], r.feedstock.start[process + 1])
    back = slice(r.by_product.start[process], r.by_product.start[process + 1])
    returned = dict(zip(r.by_product.product[back], r.by_product.quantity[back], strict=True))
    found = {}
    for product, a in zip(r.feedstock.product[span], r.feedstock.quantity[span], strict=True):
        more = done.output * (returned.get(product, 0.0) + (product == made))
        more += done.kept if chain.ids("products")[product] == gap.product_id else 0.0
        left = max(supply.get(product, 0.0) + more, 0.0)
        lacking = need.get(product, 0.0) + a * done.output - left
        found[str(chain.ids("products")[product])] = max(lacking, 0.0)
    return found


def wire(**tables):
    """Ore leaves; wire is drawn here of rod bought in; metal and rod are made by nobody here."""
    given = {
        "enterprises": plants(mine="R", drawer="R"),
        "products": products(ore=0, metal=1, rod=2, wire=4),
        **recipes(
            recipe("smelting", "metal", ore=2.0),
            recipe("rolling", "rod", metal=1.25),
            recipe("drawing", "wire", rod=1.0),
        ),
        "production": [makes("mine", "ore", 120), makes("drawer", "wire", 30)],
        "flows": [flow("mine", "abroad", "ore", 100), flow("abroad", "drawer", "rod", 30)],
    }  # fmt: skip
    return chain_of(**{**given, **tables})


def test_a_missing_middle_is_filled_by_all_absent_steps():
    chain = wire()
    assert "missing_middle:R:rod" in {r.gap_id for r in questions()["missing-links"](chain)}
    done = closed(chain, "missing_middle:R:rod")
    # 30 t of rod take 37.5 t of metal, and those 75 t of ore; the purchase of rod is over.
    assert (done.made, done.output, done.kept) == ("rod", 30.0, 30.0)
    made = {r["product_id"]: r["output"] for r in done.chain.own_table("production").to_pylist()}
    assert made == {"ore": 120.0, "wire": 30.0, "metal": 37.5, "rod": 30.0}
    assert gaps(done.chain) == {"capacity_gap:R:ore": 25.0}
    assert not [r for r in questions()["missing-links"](done.chain) if r.kind == "missing_middle"]


def test_a_chain_is_carried_to_the_nearest_final_product():
    chain = wire(production=[makes("mine", "ore", 120)], flows=[flow("mine", "abroad", "ore", 100)])
    assert "no_final_product:R:ore" in {r.gap_id for r in questions()["missing-links"](chain)}
    done = closed(chain, "no_final_product:R:ore")
    # 100 t of ore / 2 / 1.25 = 40 t of rod, and as much wire
    assert (done.made, done.output) == ("wire", 40.0)
    assert not list(questions()["missing-links"](done.chain))
    part = closed(chain, "no_final_product:R:ore", capacity=10.0)
    assert gaps(part.chain) == {"capacity_gap:R:ore": 75.0}


def test_what_no_recipe_carries_further_cannot_be_closed():
    with pytest.raises(ParameterError, match="no recipes lead from Ferroalloys"):
        close_gap(load("pavlodar"), Closing("no_final_product:pavlodar:ferroalloys"), 2019)


def test_a_by_product_is_taken_where_it_arises():
    chain = mill(
        products=products(ore=0, metal=1, slag=0, brick=4),
        **recipes(
            recipe("smelting", "metal", ore=2.0), recipe("pressing", "brick", slag=4.0),
            {"processes": [], "process_flows": [
                {"process_id": "smelting", "product_id": "slag", "role": "by_product", "quantity": 0.5}
            ]},
        ),
        production=[makes("smelter", "metal", 40)], flows=[],
    )  # fmt: skip
    done = closed(chain, "unused_by_product:R:slag")
    # 40 t of metal leave 20 t of slag, enough for 5 t of brick
    assert (done.made, done.output, done.kept) == ("brick", 5.0, 20.0)
    (row,) = done.chain.own_table("flows").to_pylist()
    assert (row["from_id"], row["to_id"], row["quantity"]) == ("smelter", "new-maker", 20.0)
    assert not [r for r in questions()["missing-links"](done.chain) if r.kind == "unused_by_product"]


def test_a_service_is_provided():
    enabler = {"process_id": "smelting", "product_id": "dies", "role": "enabler", "unit": "h"}
    chain = mill(
        products=[*products(ore=0, metal=4), {"product_id": "dies", "name": "DIES", "kind": "service", "unit": "h"}],
        **recipes(recipe("smelting", "metal", ore=2.0), {"processes": [], "process_flows": [enabler]}),
        production=[makes("smelter", "metal", 40)], flows=[],
    )  # fmt: skip
    done = closed(chain, "missing_enabler:R:dies")
    assert done.made == "dies"
    assert not [r for r in questions()["missing-links"](done.chain) if r.kind == "missing_enabler"]


def test_a_round_trip_names_the_gap_to_close_instead():
    chain = wire(
        flows=[
            flow("mine", "abroad", "ore", 100),
            flow("abroad", "homes", "wire", 5),
            flow("abroad", "drawer", "rod", 30),
        ]
    )
    with pytest.raises(
        ParameterError, match=r"a round_trip is not closed by one maker\. Close missing_processing:R:ore"
    ):
        closed(chain, "round_trip:R:ore")


def test_a_plant_with_two_idle_lines_of_one_product_fills_both():
    chain = mill(
        products=products(ore=0, metal=1),
        **recipes(recipe("old", "metal", ore=2.0), recipe("new", "metal", ore=2.0)),
        production=[
            makes("mine", "ore", 120), makes("smelter", "metal", 10, process_id="old", capacity=20),
            makes("smelter", "metal", 5, process_id="new", capacity=20),
        ],
        flows=[flow("mine", "abroad", "ore", 90), flow("mine", "smelter", "ore", 30)],
    )  # fmt: skip
    # idle 10 + 15 t of metal take 50 t of ore
    done = closed(chain, "price_leakage:R:ore")
    assert (done.kept, done.output) == (50.0, 25.0)
    made = {r["process_id"]: r["output"] for r in done.chain.own_table("production").to_pylist()}
    assert made == {None: 120.0, "old": 20.0, "new": 20.0}


def test_who_gets_less_is_named():
    chain = mill(flows=[flow("mine", "far", "ore", 60), flow("mine", "far", "ore", 40, flow_id="2")])
    done = closed(chain, "missing_processing:R:ore", capacity=25.0)
    assert "FAR, outside the place, gets 50 t less of it." in done.notes


def test_no_net_worth_where_the_maker_lacks_a_part():
    price = [{"product_id": p, "market_id": "abroad", "price": v} for p, v in (("ore", 1.0), ("metal", 10.0))]
    full = mill(prices=[{**row, "year": YEAR, "currency": "USD", "unit": "t"} for row in price])
    # 50 t of metal at 10 less 100 t of ore at 1
    assert closed(full, "missing_processing:R:ore").net == 400.0
    assert closed(full, "missing_processing:R:ore", capacity=80.0).net is None
