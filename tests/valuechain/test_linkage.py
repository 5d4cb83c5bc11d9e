"""Local linkage on datasets small enough to work out by hand, and the paper's statement on base enterprises.

The laws at the end hold for `integration` too.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema import ParameterError
from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from tests.laws.laws_same import row_order
from tests.laws.strategies import worlds
from tests.laws.tools import rebuilt, renamed, scaled, tables
from valuechain import questions

STEEL = recipes(recipe("smelt", "metal", ore=2.0), recipe("roll", "sheet", metal=1.25))


def ask(chain, **parameters):
    return questions()["linkage"](chain, **parameters)


def rows(chain, **parameters):
    return {(r.subject, r.enterprise_id or r.product_id or r.region_id): r for r in ask(chain, **parameters)}


def case(flows, **more):
    """Mine -> smelter -> mill in R: ore 100, metal 40 (needs 80 ore), sheet 16 (needs 20 metal)."""
    tables = {
        "products": products(ore=0, metal=1, sheet=2),
        "enterprises": plants(top="C", mine="R", smelter="R", mill="R", far="S"),
        **STEEL,
        "production": [makes("mine", "ore", 100), makes("smelter", "metal", 40), makes("mill", "sheet", 16)],
        "flows": flows,
    }
    return chain_of(**{**tables, **more})


OPEN = [
    flow("mine", "smelter", "ore", 60),
    flow("mine", "abroad", "ore", 40),
    flow("far", "smelter", "ore", 20),
    flow("smelter", "mill", "metal", 10),
    flow("smelter", "far", "metal", 30),
    flow("far", "mill", "metal", 10),
    flow("mill", "homes", "sheet", 16),
]


def test_a_product():
    # ore: 60 of 100 go to the smelter, which needs 80 and gets 60 of them here
    ore = rows(case(OPEN))["product", "ore"]
    assert (ore.forward, ore.open_forward, ore.rsc, ore.backward) == (0.6, 0.6, 0.6, 0.75)
    assert (ore.local_sales, ore.open_sales, ore.used_here, ore.supply, ore.leaves) == (60, 60, 60, 100, 40)
    assert (ore.sourced_here, ore.bought_here, ore.open_bought, ore.demand) == (60, 60, 60, 80)
    assert (ore.unit, ore.demand_unit, ore.basis, ore.demand_basis) == ("t", "t", "output", "requirement")
    sheet = rows(case(OPEN))["product", "sheet"]
    assert (sheet.leaves, sheet.forward) == (0, 0), "local buyers are here, but no processors"
    assert "ORE: 60 of 100 t (60 %) go to other processors of Region R on record" in ore.reason
    assert "60 of the 80 t of it that processors here need come from here on record (75 %)" in ore.reason


def test_an_enterprise():
    smelter = rows(case(OPEN))["enterprise", "smelter"]
    assert (smelter.forward, smelter.backward) == (0.25, 0.75)
    assert (smelter.supply, smelter.local_sales, smelter.leaves) == (40, 10, 30)
    assert smelter.verdict == "linked"
    assert "practically no links" not in smelter.reason
    assert "it buys 60 of the 80 t that it needs from others here" in smelter.reason


def test_the_region_is_the_sum():
    # supply 100 + 40 + 16, of it 60 + 10 go on here; demand 80 + 20, of it 60 + 10 from here
    region = rows(case(OPEN))["region", "R"]
    assert (region.supply, region.demand, region.unit) == (156, 100, "t")
    assert region.forward == pytest.approx(70 / 156)
    assert region.backward == pytest.approx(0.7)


def test_the_region_is_in_money_where_every_product_has_a_price():
    # ore at 1, metal at 10, sheet at 20: (60 + 100) / (100 + 400 + 320); (60 + 100) / (80 + 200)
    cost = {"ore": 1.0, "metal": 10.0, "sheet": 20.0}
    priced = [{"product_id": p, "market_id": "abroad", "price": v} for p, v in cost.items()]
    region = rows(case(OPEN, prices=priced))["region", "R"]
    assert (region.unit, region.supply) == ("USD", 820)
    assert region.forward == pytest.approx(160 / 820)
    assert region.backward == pytest.approx(160 / 280)
    euro = [*priced[:2], {**priced[2], "currency": "EUR"}]
    assert rows(case(OPEN, prices=euro))["region", "R"].unit == "t", "no rate for the euro"
    answer = ask(case(OPEN, prices=priced[:2]))
    assert answer.rows[0].unit == "t"
    assert any("by tonnes, not by value" in c for c in answer.caveats)
    assert not any("by tonnes, not by value" in c for c in ask(case(OPEN, prices=priced)).caveats)


def test_a_plant_that_feeds_itself_is_no_link_with_the_region():
    # one works: metal needs 80 of its 100 ore, 20 leave
    chain = case(
        [flow("smelter", "abroad", "ore", 20), flow("smelter", "abroad", "metal", 40)],
        production=[makes("smelter", "ore", 100), makes("smelter", "metal", 40)],
    )
    row = rows(chain)["enterprise", "smelter"]
    assert (row.forward, row.open_forward, row.supply, row.inside, row.leaves) == (0, 0, 140, 80, 60)
    assert row.rsc == pytest.approx(80 / 140)
    assert (row.backward, row.sourced_here, row.bought_here) == (1, 80, 0)
    assert row.verdict == "practically no links"
    assert row.reason == (
        "SMELTER sells 0 of 140 t to other processors of Region R on record; 60 t leave; its only link is inside its "
        "own works (80 t of ORE): practically no links with the region."
    )


def test_links_with_its_own_owner_are_told_apart():
    owned = [{"owner_id": "top", "owned_id": e} for e in ("mine", "smelter")]
    found = rows(case(OPEN, ownership=owned))
    mine = found["enterprise", "mine"]
    assert (mine.forward, mine.open_forward, mine.inside) == (0.6, 0, 60)
    assert (
        "60 of 100 t to other processors of Region R on record, all of it to plants of its own owner"
        in mine.reason
    )
    assert mine.reason.endswith("practically no links with the region beyond its own owner.")
    assert found["enterprise", "smelter"].verdict == "linked", "it sells metal to the mill of another owner"


def test_the_words_stand_below_the_threshold_only():
    few = [flow("mine", "smelter", "ore", 4), flow("mine", "abroad", "ore", 96)]
    assert rows(case(few))["enterprise", "mine"].verdict == "practically no links"
    assert rows(case(few), min_link=0.04)["enterprise", "mine"].verdict == "linked", "4 % is not below 4 %"
    with pytest.raises(ParameterError, match="between 0 and 1"):
        ask(case(few), min_link=2)


def test_no_sale_on_record_is_unknown_and_none_where_flows_are_declared_complete():
    silent = rows(case([]))["enterprise", "mine"]
    assert silent.leaves is None
    assert (silent.forward, silent.local_sales, silent.verdict) == (None, None, "unknown")
    assert (silent.supply, silent.supply_untold, silent.supply_left_out) == (100, 100, 1)
    assert "how much of its 100 t it sells to other processors of Region R is not known" in silent.reason
    assert "no sale or purchase is recorded, so its links are not known" in silent.reason
    whole = [{"region_id": "R", "what": "flows", "complete": "yes"}]
    told = rows(case([flow("mine", "abroad", "ore", 5)], coverage=whole))
    assert (told["enterprise", "smelter"].forward, told["enterprise", "smelter"].leaves) == (0, 0)
    assert told["enterprise", "smelter"].verdict == "practically no links"
    assert "not known" not in told["enterprise", "smelter"].reason
    mine = told["enterprise", "mine"]
    assert (mine.recorded_only, mine.verdict) == (False, "practically no links")
    assert "on record" not in mine.reason


def test_unknown_sizes_are_left_out_and_counted():
    chain = case([flow("mine", "smelter", "ore"), flow("mine", "abroad", "ore", 40), *OPEN[3:]])
    found = rows(chain)
    mine, region = found["enterprise", "mine"], found["region", "R"]
    assert (mine.forward, mine.verdict, mine.supply_left_out) == (None, "unknown", 1)
    assert "of unknown size" in mine.reason
    assert (region.supply, region.supply_left_out, region.demand_left_out) == (156, 1, 1)
    assert (region.supply_untold, region.forward) == (100, pytest.approx(10 / 56))
    assert found["product", "ore"].upstreamness is None
    unknown = found["product", "ore"]
    assert (unknown.forward, unknown.backward) == (None, None)


def test_a_link_of_unknown_size_leaves_the_verdict_open():
    # stone is known to leave; how much ore goes to the smelter here is not
    chain = case(
        [flow("mine", "smelter", "ore"), flow("mine", "abroad", "stone", 10)],
        products=products(ore=0, stone=0, metal=1, sheet=2),
        production=[makes("mine", "ore", 100), makes("mine", "stone", 10), makes("smelter", "metal", 40)],
    )
    mine = rows(chain)["enterprise", "mine"]
    assert (mine.supply, mine.supply_untold, mine.forward, mine.verdict) == (110, 100, 0, "unknown")


def test_sales_stand_in_for_an_unknown_output():
    chain = case(OPEN, production=[makes("mine", "ore", None), makes("smelter", "metal", None)])
    ore = rows(chain)["product", "ore"]
    assert (ore.supply, ore.basis, ore.forward) == (100, "recorded sales", 0.6)
    assert (ore.demand, ore.demand_basis, ore.backward) == (80, "recorded purchases", 0.75)
    assert (ore.supply_rests_on, ore.demand_rests_on) == ("part", "part"), "there may be more of both"
    assert "60 of at least 100 t (at most 60 %) go to" in ore.reason
    assert (
        "60 of the at least 80 t of it that processors here need come from here on record (at most 75 %)"
        in ore.reason
    )


def milk():
    """The milk of two farms: 40 of 90 t go to the dairy, which needs 50; a third farm and a creamery are unknown."""
    return chain_of(
        products=products(milk=0, cheese=2),
        enterprises=plants(top="C", farm="R", other="R", third="R", dairy="R", creamery="R", far="S"),
        **recipe("make", "cheese", milk=10.0),
        production=[
            makes("farm", "milk", 60), makes("other", "milk", 30), makes("third", "milk", None),
            makes("dairy", "cheese", 5), makes("creamery", "cheese", None),
        ],
        flows=[
            flow("farm", "dairy", "milk", 30), flow("other", "dairy", "milk", 10), flow("farm", "abroad", "milk", 30),
            flow("far", "dairy", "milk", 10),
        ],
        ownership=[{"owner_id": "top", "owned_id": e} for e in ("farm", "dairy")],
    )  # fmt: skip


def test_a_share_says_what_of_its_denominator_is_unknown():
    found = rows(milk())
    product, region = found["product", "milk"], found["region", "R"]
    assert (product.supply_rests_on, product.demand_rests_on) == ("part", "part")
    assert product.reason == (
        "MILK: 40 of 90 t (44.4 %, 1 maker of unknown output aside) go to other processors of Region R on record, 10 t "
        "of it to another owner's; an end has no owner on record in 10 t of what goes to another owner's; 30 t leave; "
        "40 of the 50 t of it that processors here need come from here on record (80 %, 1 processor of unknown need "
        "aside)."
    )
    # the dairy's cheese, 5 t, could go further: no sale of it is on record, and the creamery's is unknown
    assert (region.supply, region.supply_untold, region.forward) == (95, 5, pytest.approx(40 / 90))
    assert "(44.4 %, 2 outputs of unknown size aside)" in region.reason
    assert "another 5 t are made, with no sale on record" in region.reason
    assert "(80 %, 1 need of unknown size aside)" in region.reason
    whole = rows(case(OPEN))["product", "ore"]
    assert (whole.supply_rests_on, whole.demand_rests_on) == ("all", "all")


def test_a_known_need_without_a_delivery_on_record_is_a_need():
    # the smelter needs 80 t of ore, 60 of them from here; the mill 20 t of metal, from where is not told
    found = rows(case([flow("mine", "smelter", "ore", 60)]))
    metal, mill, region = found["product", "metal"], found["enterprise", "mill"], found["region", "R"]
    assert (metal.demand, metal.demand_untold, metal.backward, metal.demand_basis) == (
        20,
        20,
        None,
        "unknown",
    )
    assert metal.reason.endswith("20 t of it are needed here; from where is not recorded.")
    assert "20 t of METAL are needed; from where is not recorded" in mill.reason
    assert (region.demand, region.demand_untold, region.sourced_here) == (100, 20, 60)
    assert (region.backward, region.demand_rests_on) == (0.75, "part")
    assert (
        "60 of the 80 t that processors here need, and of which a delivery is recorded, come from here on record "
        "(75 %); another 20 t are needed; from where is not recorded."
    ) in region.reason


def test_linkage_and_missing_links_know_the_same_need():
    # nobody here makes ore; the smelter makes 40 t of metal, so it needs 80, from where is not told
    chain = case([], production=[makes("smelter", "metal", 40)])
    needs = {
        r.product_id: r.quantity for r in questions()["missing-links"](chain) if r.kind == "missing_input"
    }
    ore = rows(chain)["product", "ore"]
    assert needs["ore"] == ore.demand == 80
    assert ore.reason == (
        "ORE: no supply of it in Region R is recorded; 80 t of it are needed here; from where is not recorded."
    )


def test_an_unknown_amount_that_leaves_is_unknown():
    chain = case([flow("mine", "abroad", "ore"), flow("mine", "smelter", "ore", 60)])
    mine = rows(chain)["enterprise", "mine"]
    assert (mine.leaves, mine.forward) == (None, 0.6)
    assert "an unknown amount leaves" in mine.reason


def test_upstreamness_of_the_three_step_chain():
    # measures 7: x = (10, 15, 20), A = .5, .4: deliveries 7.5 and 8, U = (2.15, 1.5333, 1)
    chain = chain_of(
        products=products(ore=0, metal=1, sheet=2),
        enterprises=plants(mine="R", smelter="R", mill="R"),
        **recipes(recipe("smelt", "metal", ore=0.5), recipe("roll", "sheet", metal=0.4)),
        production=[makes("mine", "ore", 10), makes("smelter", "metal", 15), makes("mill", "sheet", 20)],
        flows=[
            flow("mine", "smelter", "ore", 7.5), flow("mine", "homes", "ore", 2.5),
            flow("smelter", "mill", "metal", 8), flow("smelter", "homes", "metal", 7),
            flow("mill", "homes", "sheet", 20),
        ],
    )  # fmt: skip
    found = rows(chain)
    assert found["product", "ore"].upstreamness == pytest.approx(2.15)
    assert found["product", "metal"].upstreamness == pytest.approx(1 + 8 / 15)
    assert found["product", "sheet"].upstreamness == 1
    # the region: mean by supply (10 x 2.15 + 15 x 1.5333 + 20) / 45
    assert found["region", "R"].upstreamness == pytest.approx((21.5 + 23 + 20) / 45)
    silent = rows(case([*OPEN[:3], flow("smelter", "abroad", "metal", 5)]))
    assert silent["product", "ore"].forward == 0.6
    assert silent["product", "ore"].upstreamness is None, "it becomes metal"
    assert silent["product", "metal"].forward == 0
    alone = rows(case([flow("smelter", "abroad", "metal", 5)]))["product", "metal"]
    assert (alone.forward, alone.upstreamness) == (0, None), "the mill needs metal, from whom is not recorded"
    assert silent["product", "metal"].upstreamness is None, "the mill needs metal, from whom is not recorded"


def test_final_products_and_those_never_traded_are_no_supply():
    kinds = [*products(scrap=0), {"product_id": "melt", "name": "MELT", "stage": 1.0, "kind": "in-plant"}]
    chain = chain_of(
        products=[*kinds, *products(bar=2, car=4)],
        enterprises=plants(works="R", maker="R"),
        **recipes(
            recipe("melt", "melt", scrap=1.0),
            recipe("cast", "bar", melt=1.0),
            recipe("build", "car", bar=1.0),
        ),
        production=[makes("works", "bar", 10), makes("maker", "car", 5)],
        flows=[
            flow("works", "maker", "bar", 5),
            flow("works", "abroad", "bar", 5),
            flow("maker", "abroad", "car", 5),
        ],
        coverage=[{"region_id": "R", "what": "flows", "complete": "yes"}],
    )
    found = rows(chain)
    works = found["enterprise", "works"]
    assert (works.supply, works.forward, works.inside) == (10, 0.5, 10)
    assert ("product", "melt") not in found
    assert ("product", "car") not in found
    maker = found["enterprise", "maker"]
    assert (maker.supply, maker.backward) == (None, 1)
    assert "makes nothing that could be processed further" in maker.reason


def test_units_are_never_mixed():
    power = {"product_id": "power", "name": "POWER", "stage": 1.0, "unit": "MWh"}
    chain = chain_of(
        products=[*products(coal=0, metal=2), power],
        enterprises=plants(pit="R", station="R", smelter="R"),
        **recipes(recipe("burn", "power", coal=0.5), recipe("smelt", "metal", power=14.0)),
        production=[
            makes("pit", "coal", 100), makes("station", "power", 100, unit="MWh"), makes("smelter", "metal", 1),
        ],
        flows=[
            flow("pit", "station", "coal", 50), flow("station", "smelter", "power", 14, unit="MWh"),
            flow("smelter", "abroad", "metal", 1),
        ],
    )  # fmt: skip
    found = rows(chain)
    station, region = found["enterprise", "station"], found["region", "R"]
    assert (station.supply, station.unit, station.forward) == (100, "MWh", 0.14)
    assert (station.demand, station.demand_unit, station.backward) == (50, "t", 1)
    assert (region.supply, region.unit, region.supply_left_out) == (101, "t", 1)
    assert found["product", "power"].unit == "MWh"


def test_base_enterprises_come_first():
    # ore and metal are of stage 0 and 1; the sheet mill is no base enterprise whatever it exports
    chain = case([flow("mill", "abroad", "sheet", 16), *OPEN[:2]])
    order = [(r.enterprise_id, r.base) for r in ask(chain) if r.subject == "enterprise"]
    assert order == [("mine", True), ("smelter", True), ("mill", False)]
    many = plants(**{f"m{k}": "R" for k in range(7)})
    chain = case(
        [flow("m6", "abroad", "ore", 1)],
        enterprises=many,
        production=[makes(f"m{k}", "ore", 100 - k) for k in range(7)],
    )
    base = {r.enterprise_id for r in ask(chain) if r.base}
    assert base == {"m0", "m1", "m2", "m3", "m4", "m6"}, "the five largest, and who sells abroad"


def test_named_rows_only():
    assert set(rows(case(OPEN), product="ore")) == {("product", "ore")}
    assert set(rows(case(OPEN), enterprise="mill")) == {("enterprise", "mill")}
    answer = ask(case(OPEN), enterprise="top")
    assert len(answer) == 0
    assert any("Nothing of what is named" in c for c in answer.caveats)
    assert {r.region_id for r in ask(case(OPEN), level="region")} == {"R", "S"}


def test_the_paper_on_the_base_enterprise():
    # "export-oriented and have practically no technological connections with the entities of the region"
    first, base, *_ = ask(load("pavlodar"))
    assert (first.subject, base.enterprise_id, base.base) == ("region", "aluminium-of-kazakhstan", True)
    assert base.reason == (
        "Aluminum of Kazakhstan JSC sells 0 of 1,750,000 t to other processors of Pavlodar region on record; "
        "1,242,500 t leave; its only link is inside its own works (482,500 t of Alumina): "
        "practically no links with the region."
    )
    assert base.recorded_only
    assert base.evidence
    assert first.evidence


def test_pavlodar_products():
    found = rows(load("pavlodar"))
    alumina, bauxite = found["product", "alumina"], found["product", "bauxite"]
    assert alumina.rsc == pytest.approx(482_500 / 1_500_000)
    assert alumina.upstreamness == pytest.approx(1 + 482_500 / 1_500_000)
    assert (alumina.forward, alumina.backward) == (0, 1)
    assert (bauxite.supply, bauxite.backward, bauxite.demand) == (None, 0, 4_500_000)
    assert found["product", "primary-aluminium"].upstreamness == 1


def test_public_data_has_a_link_that_stays_in_the_holding():
    found = rows(load("pavlodar-public"))
    assert found["product", "primary-aluminium"].upstreamness is None, (
        "a cable maker needs it; from whom is not told"
    )
    maker = found["enterprise", "aluminium-of-kazakhstan"]
    assert (maker.forward, maker.open_forward) == (pytest.approx(0.33), 0)
    assert "beyond its own owner" in maker.reason


@given(st.one_of(worlds(), worlds(unknown=True)))
def test_shares_lie_in_order(world):
    for row in ask(world.chain()):
        if row.forward is not None:
            assert 0 <= row.open_forward <= row.forward + 1e-9 <= row.rsc + 2e-9
            assert row.forward <= 1 + 1e-9
        assert row.rsc is None or row.rsc <= 1 + 1e-9
        assert row.backward is None or 0 <= row.backward <= 1 + 1e-9
        assert row.upstreamness is None or row.upstreamness >= 1 - 1e-9
        assert row.verdict == "unknown" or row.supply is not None or row.demand is not None


BOTH = ("integration", "linkage")
IDS = ("owner_id", "cluster_id", "region_id", "enterprise_id", "product_id")
WORDS = ("name", "reason", "papers_reason", "textbook_reason", "evidence", "base")
"""Names and sentences; the five largest bases among equals are told apart by id."""


def figures(answer, back=lambda i: i):
    """All cells but words of each row, by the ids that name it."""
    found = {}
    for row in answer.as_dict()["rows"]:
        key = (row["subject"], *(row.get(i) and back(row[i]) for i in IDS))
        found[key] = {k: v for k, v in row.items() if k not in (*IDS, *WORDS)}
    assert len(found) == len(answer)
    return found


def near(a, b):
    """Whether two answers agree, floats to one part in a thousand million."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(near, a, b))
    return a == (pytest.approx(b, rel=1e-9, abs=1e-9) if isinstance(a, float) and isinstance(b, float) else b)


@pytest.mark.parametrize("name", BOTH)
@given(world=st.one_of(worlds(), worlds(unknown=True)))
def test_order_of_rows_changes_nothing(name, world):
    row_order(world.chain(), questions()[name])


@pytest.mark.parametrize("name", BOTH)
@given(world=st.one_of(worlds(), worlds(unknown=True)))
def test_renamed_ids_rename_the_answer(name, world):
    # reversed in order, so that no tie may be broken by the place of an id
    chain, ask_it = world.chain(), questions()[name]
    other = rebuilt(chain, renamed(tables(chain), lambda _, i: f"x{1000 - sum(map(ord, i)):04}-{i}"))
    home = chain.dataset.home_region
    new = {"region": f"x{1000 - sum(map(ord, home)):04}-{home}"} if home else {"level": "country"}
    old = {"region": home} if home else {"level": "country"}
    assert near(figures(ask_it(other, **new), lambda i: i[6:]), figures(ask_it(chain, **old)))


@pytest.mark.parametrize("name", BOTH)
@given(world=st.one_of(worlds(), worlds(unknown=True)))
def test_four_times_the_amounts_are_the_same_shares(name, world):
    chain, ask_it = world.chain(), questions()[name]
    found, more = figures(ask_it(chain)), figures(ask_it(rebuilt(chain, scaled(tables(chain), 4.0))))
    tonnes = {n for n, unit in ask_it(chain).units.items() if unit in ("t", "unit", "demand_unit")}
    times = {
        key: {k: 4 * v if k in tonnes and v is not None else v for k, v in row.items()}
        for key, row in found.items()
    }
    assert near(more, times)
