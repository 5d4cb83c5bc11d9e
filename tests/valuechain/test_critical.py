"""Single points of failure and concentration: ledgers worked out by hand, and removal one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from tests.laws.strategies import build, worlds
from valuechain import questions
from valuechain.critical import single_points


def ask(chain, **parameters):
    return questions()["critical"](chain, **parameters)


def enterprises(chain, **parameters):
    """Return enterprise -> end products that are lost with it."""
    return {r.enterprise_id: r.critical_for for r in ask(chain, **parameters) if r.what == "enterprise"}


def goods(chain, **parameters):
    return {r.product_id: r for r in ask(chain, **parameters) if r.what == "product"}


ORE_METAL_CAR = recipes(recipe("smelt", "metal", ore=2.0), recipe("build", "car", metal=1.0))


def cars(production, flows=(), more=(), **tables):
    return chain_of(
        products=products(ore=0, metal=1, car=4),
        enterprises=plants(mine="R", pit="R", smelter="R", other="R", works="R", far="S", **dict(more)),
        **ORE_METAL_CAR,
        production=production,
        flows=list(flows),
        **tables,
    )


CHAIN = [makes("mine", "ore", 20), makes("smelter", "metal", 10), makes("works", "car", 10)]


def test_a_chain_of_sole_makers():
    chain = cars(CHAIN)
    assert enterprises(chain) == {"mine": ("car",), "smelter": ("car",), "works": ("car",)}
    rows = goods(chain)
    assert {p: r.critical_for for p, r in rows.items()} == {"ore": ("car",), "metal": ("car",), "car": ()}
    assert all(r.sole_maker and r.alternatives == 0 and r.hhi_plants == 1 for r in rows.values())


def test_those_that_others_depend_on_come_first_and_the_rest_say_that_only_they_make_it():
    rows = ask(cars(CHAIN))
    assert [(r.what, r.enterprise_id or r.product_id, r.other_ends) for r in rows] == [
        ("enterprise", "mine", 1),
        ("enterprise", "smelter", 1),
        ("enterprise", "works", 0),
        ("product", "metal", 1),
        ("product", "ore", 1),
        ("product", "car", 0),
    ]
    mine, works = rows.rows[0], rows.rows[2]
    assert mine.reason == (
        "If MINE fails, the only end product of Region R cannot be made here: CAR (made by WORKS from what is made "
        "of its ORE, by recipe: no such delivery is recorded); it is the only maker on record of ORE; at stake: "
        "10 t a year."
    )
    assert "cannot be made here: CAR (its own); it is the only maker" in works.reason
    assert (mine.at_stake, mine.at_stake_unit, mine.ends) == (10, "t", 1)


def test_a_recorded_delivery_is_no_mere_recipe():
    rows = ask(cars(CHAIN, [flow("mine", "smelter", "ore", 20)])).rows
    assert "by recipe" not in rows[0].reason
    assert "by recipe" in rows[1].reason


def test_an_alternative_maker_takes_criticality_away():
    chain = cars([*CHAIN, makes("pit", "ore", 60)])
    assert set(enterprises(chain)) == {"smelter", "works"}
    ore = goods(chain)["ore"]
    assert (ore.critical_for, ore.makers, ore.alternatives, ore.sole_maker) == (("car",), 2, 1, False)
    assert ore.hhi_plants == pytest.approx(0.625)  # (20 / 80)^2 + (60 / 80)^2
    assert (ore.output, ore.unit) == (80, "t")


def test_two_plants_of_one_owner_hide_concentration():
    chain = cars(
        [*CHAIN, makes("pit", "ore", 60)],
        more={"owner": "C"},
        ownership=[
            {"owner_id": "owner", "owned_id": "mine", "share": 1.0},
            {"owner_id": "owner", "owned_id": "pit", "share": 1.0},
        ],
    )
    ore = goods(chain)["ore"]
    assert (ore.hhi_plants, ore.hhi_owners, ore.hidden) == (pytest.approx(0.625), 1, pytest.approx(0.375))


def test_an_unknown_output_leaves_the_index_unknown_but_for_one_owner():
    chain = cars([*CHAIN, makes("pit", "ore", None)])
    ore = goods(chain)["ore"]
    assert (ore.hhi_plants, ore.hhi_owners, ore.hidden, ore.output) == (None, None, None, None)
    owned = cars(
        [*CHAIN, makes("pit", "ore", None)],
        ownership=[{"owner_id": "mine", "owned_id": "pit", "share": 1.0}],
    )
    ore = goods(owned)["ore"]
    assert (ore.hhi_plants, ore.hhi_owners, ore.hidden) == (None, 1, None)


def test_all_feedstocks_are_needed_and_two_rows_of_one_product_count_once():
    # works makes car by both processes: coke is needed for steel only, and steel is not needed for the other
    chain = chain_of(
        products=products(ore=0, coke=0, steel=1, plastic=1, car=4),
        enterprises=plants(mine="R", oven="R", mill="R", plant="R", works="R"),
        **recipes(
            recipe("melt", "steel", ore=2.0, coke=1.0),
            recipe("a", "car", steel=1.0),
            recipe("b", "car", plastic=1.0),
        ),
        production=[
            makes("mine", "ore", 20), makes("oven", "coke", 10), makes("mill", "steel", 10),
            makes("plant", "plastic", 5), makes("works", "car", 10, process_id="a"),
            makes("works", "car", 5, process_id="b"),
        ],
    )  # fmt: skip
    assert enterprises(chain) == {"works": ("car",)}
    less = chain_of(
        products=products(ore=0, coke=0, steel=1, plastic=1, car=4),
        enterprises=plants(mine="R", oven="R", mill="R", works="R"),
        **recipes(recipe("melt", "steel", ore=2.0, coke=1.0), recipe("a", "car", steel=1.0)),
        production=[
            makes("mine", "ore", 20), makes("oven", "coke", 10), makes("mill", "steel", 10),
            makes("works", "car", 10),
        ],
    )  # fmt: skip
    assert set(enterprises(less)) == {"mine", "oven", "mill", "works"}


def test_possible_routes_are_alternatives():
    chain = chain_of(
        products=products(ore=0, scrap=0, steel=4),
        enterprises=plants(mine="R", yard="R", mill="R"),
        **recipes(recipe("blast", "steel", ore=2.0), recipe("arc", "steel", scrap=1.0)),
        production=[makes("mine", "ore", 20), makes("yard", "scrap", 10), makes("mill", "steel", 10)],
    )
    assert enterprises(chain) == {"mill": ("steel",)}
    assert goods(chain)["ore"].critical_for == ()


def test_a_purchase_from_outside_takes_the_makers_off_and_names_who_sells():
    chain = cars(CHAIN, [flow("far", "smelter", "ore", 5), flow("abroad", "smelter", "ore", 3)])
    assert set(enterprises(chain)) == {"smelter", "works"}
    ore = goods(chain)["ore"]
    assert (ore.critical_for, ore.from_outside, ore.suppliers) == (("car",), True, ("FAR", "abroad"))
    assert {e.row for e in ore.evidence} == {"mine · ore", "far · smelter · ore", "abroad · smelter · ore"}
    nothing = cars(CHAIN, [flow("far", "smelter", "ore", 0)])
    assert "mine" in enterprises(nothing), "a purchase of zero is no purchase"


def test_what_nobody_makes_here_comes_from_outside():
    chain = cars(CHAIN[1:])
    ore = goods(chain)["ore"]
    assert (ore.critical_for, ore.from_outside, ore.suppliers, ore.makers) == (("car",), True, (), 0)
    assert "no maker here is recorded, and no purchase from outside is recorded" in ore.reason
    assert any("taken as bought outside: ORE" in c for c in ask(chain).caveats)
    declared = cars(
        CHAIN[1:], coverage=[{"region_id": "R", "what": "production", "product_id": "ore", "complete": "yes"}]
    )
    assert "nobody here makes it, as declared" in goods(declared)["ore"].reason


def test_import_dependency():
    # ore: 20 made, 60 bought, 20 sold abroad: 60 of the 60 used could be bought -> 1; with 30 bought 30 / 30
    chain = cars(CHAIN, [flow("abroad", "smelter", "ore", 30), flow("mine", "abroad", "ore", 10)])
    assert goods(chain)["ore"].import_dependency == pytest.approx(30 / 40)
    unsold = cars(CHAIN, [flow("abroad", "smelter", "ore", 30)])
    assert goods(unsold)["ore"].import_dependency is None, "what leaves is not recorded"
    unmade = cars(CHAIN[1:], [flow("abroad", "smelter", "ore", 30)])
    assert goods(unmade)["ore"].import_dependency == 1
    assert goods(cars(CHAIN[1:]))["ore"].import_dependency is None


def test_without_final_products_the_end_of_the_chain_counts():
    chain = cars(CHAIN[:2])
    assert enterprises(chain) == {"mine": ("metal",), "smelter": ("metal",)}


def test_a_loop_with_a_way_in_and_one_without():
    def works(*more):
        return chain_of(
            products=products(ore=0, scrap=0, steel=2, car=4),
            enterprises=plants(mine="R", mill="R", shredder="R", works="R"),
            **recipes(
                recipe("arc", "steel", scrap=1.0), recipe("blast", "steel", ore=2.0),
                recipe("shred", "scrap", steel=1.0), recipe("build", "car", steel=1.0),
            ),
            production=[
                makes("mill", "steel", 10, process_id="arc"), makes("shredder", "scrap", 10),
                makes("works", "car", 5), *more,
            ],
        )  # fmt: skip

    closed = ask(works())
    assert [r for r in closed if r.critical_for] == []
    assert any("no way to begin without themselves: CAR" in c for c in closed.caveats)
    opened = works(makes("mine", "ore", 20), makes("mill", "steel", 10, process_id="blast"))
    # steel starts from ore; scrap, made of steel, is no way to begin
    assert set(enterprises(opened)) == {"mine", "mill", "works"}
    assert goods(opened)["scrap"].critical_for == ()


def anodes(kind="by-product", *more, **tables):
    """Anodes of coke and butts; the cell uses anodes as an input, and butts come back with the metal."""
    cell = recipe("cell", "metal", oxide=2.0)
    cell["process_flows"] += [
        {"process_id": "cell", "product_id": "anode", "role": "input", "quantity": 0.5},
        {"process_id": "cell", "product_id": "butts", "role": "by_product", "quantity": 0.1},
    ]
    things = products(coke=0, oxide=0, butts=0, anode=2, metal=4)
    return chain_of(
        products=[{**p, "kind": kind} if p["product_id"] == "butts" else p for p in things],
        enterprises=plants(oven="R", pit="R", baker="R", smelter="R", heap="R"),
        **recipes(recipe("bake", "anode", coke=1.0, butts=0.2), cell, *more),
        production=[makes("oven", "coke", 5), makes("pit", "oxide", 9), makes("baker", "anode", 4),
                    makes("smelter", "metal", 8), *tables.pop("production", ())],
        **tables,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["by-product", "good"])
def test_a_by_product_that_comes_back_from_what_is_made_is_no_need(kind):
    chain = anodes(kind)
    assert enterprises(chain)["oven"] == ("anode",)
    assert enterprises(chain)["smelter"] == ("metal",), "no metal is needed for a first anode"
    rows = goods(chain)
    assert rows["coke"].critical_for == ("anode",)
    assert rows["butts"].critical_for == ()
    assert rows["oxide"].critical_for == ("metal",)


def test_a_by_product_with_a_source_outside_the_loop_stays_a_need():
    sorted_out = recipe("sort", "butts", waste=1.0)
    chain = anodes("by-product", sorted_out)
    assert "anode" in enterprises(chain)["smelter"], (
        "butts are also sorted out of waste, so they are a feedstock"
    )
    listed = anodes("good", production=[makes("heap", "butts", 1)])
    assert goods(listed)["butts"].critical_for == ("anode",), "somebody lists it as a product of its own"


def test_the_only_feedstock_stays_a_need_though_it_comes_back():
    # paper of waste paper only: without it no paper
    print_ = recipe("print", "book", paper=1.0)
    print_["process_flows"].append(
        {"process_id": "print", "product_id": "waste", "role": "by_product", "quantity": 0.1}
    )
    chain = chain_of(
        products=[{**p, "kind": "by-product"} if p["product_id"] == "waste" else p
                  for p in products(waste=0, paper=1, book=4)],
        enterprises=plants(mill="R", press="R", heap="R"),
        **recipes(recipe("pulp", "paper", waste=1.1), print_),
        production=[makes("mill", "paper", 5), makes("press", "book", 5), makes("heap", "waste", 6)],
    )  # fmt: skip
    assert goods(chain)["waste"].critical_for == ("book",)


def test_a_loop_that_leads_to_no_end_is_told():
    chain = chain_of(
        products=products(a=1, b=1),
        enterprises=plants(x="R", y="R"),
        **recipes(recipe("t", "b", a=1.0), recipe("u", "a", b=1.0)),
        production=[makes("x", "a", 1), makes("y", "b", 1)],
        flows=[flow("abroad", "y", "a", 1)],
    )
    answer = ask(chain)
    assert [r.critical_for for r in answer] == [(), ()]
    assert any("these lead into a loop and to no end product: A, B" in c for c in answer.caveats)


def test_by_products_are_made_too():
    # slag comes with metal; the road works take it: mine and smelter are critical for roads
    chain = chain_of(
        products=products(ore=0, metal=1, slag=0, road=4),
        enterprises=plants(mine="R", smelter="R", roads="R"),
        **recipes(
            {
                name: rows + ([{"process_id": "smelt", "product_id": "slag", "role": "by_product", "quantity": 0.5}]
                              if name == "process_flows" else [])
                for name, rows in recipe("smelt", "metal", ore=2.0).items()
            },
            recipe("pave", "road", slag=1.0),
        ),
        production=[makes("mine", "ore", 20), makes("smelter", "metal", 10), makes("roads", "road", 4)],
    )  # fmt: skip
    assert enterprises(chain) == {
        "mine": ("metal", "road"), "smelter": ("metal", "road"), "roads": ("road",)
    }  # fmt: skip
    slag = goods(chain)["slag"]
    assert (slag.makers, slag.output, slag.from_outside) == (1, 5, False)
    assert "as a by-product" in slag.reason


def test_each_plant_makes_its_own_in_plant_product():
    # both mills make steel of their own liquid: the liquid of one is no stand-in for the other's
    chain = chain_of(
        products=[*products(ore=0, scrap=0, rail=4, pipe=4), {
            "product_id": "liquid", "name": "LIQUID", "stage": 1, "kind": "in-plant"}],
        enterprises=plants(mine="R", yard="R", mill="R", tube="R"),
        **recipes(
            recipe("blast", "liquid", ore=2.0), recipe("arc", "liquid", scrap=1.0),
            recipe("roll", "rail", liquid=1.0), recipe("draw", "pipe", liquid=1.0),
        ),
        production=[
            makes("mine", "ore", 20), makes("yard", "scrap", 10), makes("mill", "rail", 5),
            makes("tube", "pipe", 5), makes("mill", "liquid", 5, process_id="blast"),
            makes("tube", "liquid", 5, process_id="arc"),
        ],
    )  # fmt: skip
    assert enterprises(chain) == {"mine": ("rail",), "yard": ("pipe",), "mill": ("rail",), "tube": ("pipe",)}
    assert goods(chain)["liquid"].critical_for == ("pipe", "rail")


def test_an_idle_plant_with_capacity_stands_in_and_one_without_does_not():
    assert "mine" not in enterprises(cars([*CHAIN, makes("pit", "ore", 0, capacity=5)]))
    assert "mine" in enterprises(cars([*CHAIN, makes("pit", "ore", 0)]))


def declared(*regions, **more):
    rows = [{"region_id": r, "what": "production", "product_id": "metal", "complete": "yes"} for r in regions]
    return cars(more.pop("production", CHAIN), coverage=rows, **more)


def test_the_only_maker_is_declared_only_where_coverage_says_so():
    def sole_in(chain):
        (row,) = (r for r in ask(chain) if r.enterprise_id == "smelter")
        assert goods(chain)["metal"].sole_in == row.sole_in
        return row.sole_in

    assert sole_in(cars(CHAIN)) == ()
    assert sole_in(declared("R")) == ("R",)
    assert sole_in(declared("C")) == ("R", "C"), "a claim about the country holds for its regions"
    far = [*CHAIN, makes("far", "metal", 1)]
    assert sole_in(declared("C", production=far)) == ("R",)
    once = [*CHAIN, makes("other", "metal", 1, year=2010)]
    assert sole_in(declared("R", production=once)) == (), "another maker is on record in another year"


def ranked(chain):
    return [r.enterprise_id for r in ask(chain) if r.what == "enterprise"]


def test_the_one_on_which_most_hangs_comes_first():
    names = ("small", "big", "blank", "wide", "only", "helper", "user")
    goods_ = products(a=4, b=4, c=4, d=4, e=4, f=4, g=1, h=4)
    chain = chain_of(
        products=goods_,
        enterprises=plants(**dict.fromkeys(names, "R")),
        **recipe("use", "h", g=1.0),
        production=[
            makes("small", "a", 10), makes("big", "b", 90), makes("blank", "c", None), makes("wide", "d", None),
            makes("wide", "e", None), makes("only", "f", None), makes("helper", "g", 1), makes("user", "h", 1),
        ],
        coverage=[{"region_id": "R", "what": "production", "product_id": "f", "complete": "yes"}],
    )  # fmt: skip
    # of others; declared; 90, 10, 1 t; unknown with two ends, unknown with one
    assert ranked(chain) == ["helper", "only", "big", "small", "user", "wide", "blank"]


def test_what_is_at_stake_is_at_least_what_is_known():
    chain = chain_of(
        products=products(a=4, b=4, c=4),
        enterprises=plants(x="R", y="R"),
        production=[makes("x", "a", 10), makes("x", "b", None), makes("y", "c", None)],
    )
    found = {r.enterprise_id: r for r in ask(chain) if r.what == "enterprise"}
    assert (found["x"].at_stake, found["x"].at_stake_unknown) == (10, 1)
    assert found["x"].reason.endswith("; at stake: at least 10 t a year.")
    assert (found["y"].at_stake, found["y"].at_stake_unknown) == (None, 1), "nothing is known of it"
    assert "at stake" not in found["y"].reason


def test_levels_and_the_filter_on_products():
    chain = cars([*CHAIN, makes("far", "car", 1)])
    rows = ask(chain, level="region")
    assert {(r.region_id, r.enterprise_id) for r in rows if r.what == "enterprise"} == {
        ("R", "mine"), ("R", "smelter"), ("R", "works"), ("S", "far")
    }  # fmt: skip
    assert set(enterprises(chain, region="C")) == {"mine", "smelter"}, "there are two car makers"
    only = ask(chain, product="ore")
    assert [(r.enterprise_id, r.product_id) for r in only] == [("mine", None), (None, "ore")]


def test_a_zone_too_large_says_so_and_keeps_its_concentration(monkeypatch):
    monkeypatch.setattr(single_points, "MOST_NODES", 3)
    answer = ask(cars(CHAIN))
    assert {r.product_id for r in answer} == {"ore", "metal", "car"}
    assert not any(r.critical_for for r in answer)
    assert any("only the concentration" in c for c in answer.caveats)


def test_nothing_recorded_says_so():
    answer = ask(chain_of(products=[], enterprises=[]))
    assert len(answer) == 0
    assert any("nothing can be critical" in c for c in answer.caveats)
    assert any("no region of level city" in c for c in ask(cars(CHAIN), level="city").caveats)
    bare = chain_of(
        products=products(car=4), enterprises=plants(works="R"), production=[makes("works", "car", 1)]
    )
    assert enterprises(bare) == {"works": ("car",)}, "without recipes and flows the maker still is"


@pytest.fixture(scope="module")
def pavlodar():
    return load("pavlodar")


def test_the_only_aluminium_producer_of_the_country(pavlodar):
    """Paper: "Pavlodar region is the only aluminium producer in the country"; one company makes both stages."""
    (row,) = (r for r in ask(pavlodar) if r.enterprise_id == "aluminium-of-kazakhstan")
    assert row.critical_for == ("primary-aluminium",)
    assert row.products == ("alumina", "primary-aluminium")
    assert (row.sole_maker, row.sole_in, row.at_stake) == (True, ("pavlodar", "kz"), 250_000)
    assert row.reason == (
        "If Aluminum of Kazakhstan JSC fails, 1 of the 10 end products of Pavlodar region cannot be made here: Primary "
        "aluminium (its own); it is the only maker, as declared for Pavlodar region, of Alumina, and the only maker, "
        "as declared for Pavlodar region and Kazakhstan, of Primary aluminium; at stake: 250,000 t a year."
    )
    (first, second) = [r for r in ask(pavlodar) if r.what == "enterprise"][:2]
    assert second == row
    assert first.reason.startswith(
        "If Casting LLP fails, 3 of the 10 end products of Pavlodar region cannot be made here: Grinding balls, cast; "
        'Reinforcing bar (both its own) and Seamless pipes (made by PF LLP "KSR Steel" from its Steel billets, by '
        "recipe: no such delivery is recorded); it is"
    )
    rows = goods(pavlodar)
    assert rows["primary-aluminium"].sole_in == ("pavlodar", "kz")
    assert rows["primary-aluminium"].hhi_plants == rows["primary-aluminium"].hhi_owners == 1
    assert rows["alumina"].critical_for == rows["bauxite"].critical_for == ("primary-aluminium",)
    assert rows["bauxite"].from_outside
    assert rows["bauxite"].suppliers == ("Krasnooktyabrsky bauxite deposit", "Turgay bauxite deposit")
    assert "iron-ore-concentrate" not in {p for p, r in rows.items() if r.critical_for}


def test_national_concentration_is_one(pavlodar):
    row = goods(pavlodar, region="kz")["primary-aluminium"]
    assert (row.hhi_plants, row.sole_in) == (1, ("kz",))
    bauxite = goods(pavlodar, region="kz")["bauxite"]
    assert (bauxite.hhi_plants, bauxite.hhi_owners) == (None, 1), "two deposits of one owner"


def test_the_refinery_and_smelter_of_others_come_before_own_ends():
    rows = {r.enterprise_id: r for r in ask(load("pavlodar-public")) if r.what == "enterprise"}
    assert set(rows["aluminium-of-kazakhstan"].critical_for) >= {"aluminium-wheels", "aluminium-wire-rod"}
    assert rows["aluminium-of-kazakhstan"].other_ends == 2
    assert "prebaked-anodes" not in rows["aluminium-of-kazakhstan"].critical_for, (
        "a first anode needs no butts"
    )
    assert list(rows)[:2] == ["kazakhstan-electrolysis-plant", "aluminium-of-kazakhstan"], "declared alone"
    assert rows["railways-systems"].other_ends == 1, "it makes axles for the wheelsets of another maker too"


@settings(deadline=None, max_examples=20)
@given(st.one_of(worlds(), worlds(unknown=True)))
def test_rows_hold_together(world):
    chain = world.chain()
    answer = ask(chain)
    made = {}
    for row in answer:
        made[row.region_id, row.product_id] = row
        assert 0 <= row.other_ends <= len(row.critical_for) <= row.ends
        assert row.hhi_plants is None or 0 < row.hhi_plants <= row.hhi_owners + 1e-12 <= 1 + 1e-11
        assert row.product_id not in row.critical_for, "no product is a point of failure of itself"
    for row in answer:
        if row.what == "enterprise":
            assert row.critical_for
            assert row.products, "what nothing is lost with is not critical"
            assert row.sole_maker == (row.alternatives == 0)
            assert row.sole_maker == any(made[row.region_id, p].sole_maker for p in row.products)
    lost = {(r.region_id, e) for r in answer if r.what == "enterprise" for e in r.critical_for}
    for end in {(row.region_id, e) for row in answer for e in row.critical_for}:
        if made[end].sole_maker and not made[end].from_outside:
            assert end in lost


def renamed(rows):
    """Return rows whose ids of enterprises and products are others, in the opposite order."""

    def other(value):
        known = isinstance(value, str) and len(value) > 1 and value[0] in "ep" and value[1:].isdigit()
        return f"{value[0]}{900 - int(value[1:])}" if known else value

    return {
        t: [{k: other(v) for k, v in r.items()} for r in reversed(found)] for t, found in rows.items()
    }, other


@settings(deadline=None, max_examples=20)
@given(st.one_of(worlds(), worlds(unknown=True)))
def test_renamed_ids_and_shuffled_rows_rename_the_answer(world):
    def told(answer, name=lambda x: x):
        return {
            (r.region_id, name(r.enterprise_id), name(r.product_id)): (
                {name(p) for p in r.products}, {name(p) for p in r.critical_for}, r.other_ends, r.ends,
                r.makers, r.sole_in, r.hhi_plants, r.hhi_owners, r.from_outside, r.output, r.at_stake,
                r.import_dependency,
            )
            for r in answer
        }  # fmt: skip

    rows, name = renamed(world.rows)
    base, found = told(ask(world.chain()), name), told(ask(build(rows, world.home)))
    assert base.keys() == found.keys()
    for key, cells in base.items():
        for one, two in zip(cells, found[key], strict=True):
            assert one == (pytest.approx(two) if isinstance(two, float) else two), key
