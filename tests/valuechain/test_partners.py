"""Partners: who could take or supply what, on ledgers worked by hand, and why the others cannot."""

import json

import pytest

from graph_schema import NotFoundError, ParameterError
from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from tests.laws.tools import tables
from valuechain import questions

ORE_METAL = recipe("smelt", "metal", ore=2.0)
AT = {"mine": (52.0, 77.0), "smelter": (52.0, 77.0), "works": (50.0, 77.0)}


def ask(chain, **parameters):
    return questions()["partners"](chain, **parameters)


def row_of(chain, who, **parameters):
    (row,) = [r for r in ask(chain, **parameters) if r.enterprise_id == who]
    return row


def two_plants(**more):
    """The mine in R sells 80 of 100 ore abroad. 1 metal takes 2 ore.

    smelter (R): 10 metal of capacity 25, takes 20 ore: idle 15 x 2 = 30. works (S, 2 degrees south): 5 metal of
    capacity 10, buys 10 ore abroad: idle 5 x 2 = 10, and 10 that could be replaced. So 30 of the outflow is
    price leakage, and 50 a capacity gap.
    """
    rows = plants(mine="R", smelter="R", works="S")
    for row in rows:
        row["latitude"], row["longitude"] = AT[row["enterprise_id"]]
    given = {
        "production": [
            makes("mine", "ore", 100, capacity=100),
            makes("smelter", "metal", 10, capacity=25),
            makes("works", "metal", 5, capacity=10),
        ],
        "flows": [
            flow("mine", "abroad", "ore", 80),
            flow("mine", "smelter", "ore", 20),
            flow("abroad", "works", "ore", 10),
        ],
        "enterprises": rows,
    }
    return chain_of(products=products(ore=0, metal=1), **ORE_METAL, **(given | more))


def with_rows(table, *rows, **drop):
    base = tables(two_plants())
    kept = [r for r in base[table] if not any(r[k] == v for k, v in drop.items())]
    return two_plants(**{table: [{k: v for k, v in r.items() if v is not None} for r in kept] + list(rows)})


def test_idle_capacity_here_takes_what_leaks():
    row = row_of(two_plants(), "smelter", gap="price_leakage:R:ore")
    assert (row.can, row.need, row.feasible, row.share, row.links_today) == ("yes", 30, 30, 1, 20)
    assert (row.distance_km, row.distance_basis, row.role, row.stage) == (0, "exact", "taker", 1)
    assert row.score == 1
    assert row.reason == (
        "SMELTER could take all 30 t of ORE with idle capacity for 30 t; it already takes 20 t from Region R."
    )


def test_a_plant_elsewhere_takes_what_is_left_by_hand():
    row = row_of(two_plants(), "works", gap="capacity_gap:R:ore")
    km = 2 * 6371.0088 * 3.141592653589793 / 180  # two degrees of a meridian: 222.39 km
    assert (row.can, row.need, row.feasible, row.share) == ("partly", 50, 20, 0.4)
    assert (row.distance_km, row.distance) == (222, "222 km")
    assert row.links_today is None, "no flow between them is recorded: unknown, not zero"
    assert [(p.name, p.value) for p in row.parts] == [
        ("share", 0.4), ("nearness", pytest.approx(1 / (1 + km / 500))), ("certainty", 1.0),
    ]  # fmt: skip
    assert row.score == pytest.approx((0.4 + 1 / (1 + km / 500) + 1) / 3)
    assert row.reason == (
        "WORKS could take 20 t of the 50 t of ORE with idle capacity for 10 t and in place of the 10 t that it "
        "buys from outside Region R; it stands in Region S, outside Region R: the product would still leave."
    )
    assert not row.inside
    cells = {(e.table, e.column, e.value) for e in row.evidence}
    assert {("production", "output", 5.0), ("production", "capacity", 10.0)} < cells
    assert {("flows", "quantity", 10.0), ("process_flows", "quantity", 2.0)} < cells


def test_the_room_of_a_local_plant_is_not_told_twice():
    row = row_of(two_plants(), "smelter", gap="capacity_gap:R:ore")
    assert (row.can, row.feasible) == ("no", 0)
    assert row.inside
    assert row.reason == (
        "SMELTER has idle capacity for ORE, but that much of the outflow is counted in the gaps unconnected and "
        "price_leakage of ORE; this gap is what leaves beyond it, so it could take none of it; it already takes 20 t "
        "from Region R."
    )


def test_who_could_is_sorted_by_score_then_the_others_by_distance():
    rows = ask(two_plants(), gap="price_leakage:R:ore").rows
    assert [(r.enterprise_id, r.can) for r in rows] == [("smelter", "yes"), ("works", "partly")]
    rows = ask(two_plants(), gap="capacity_gap:R:ore").rows
    assert [(r.enterprise_id, r.can) for r in rows] == [("works", "partly"), ("smelter", "no")]


def test_a_limit_of_distance():
    near = row_of(two_plants(), "works", gap="capacity_gap:R:ore", max_km=200)
    assert (near.can, near.feasible) == ("no", 20)
    assert "but at 222 km it is farther than 200 km; it stands in Region S" in near.reason
    assert row_of(two_plants(), "works", gap="capacity_gap:R:ore", max_km=223).can == "partly"
    nowhere = with_rows("enterprises", *plants(works="S"), enterprise_id="works")
    row = row_of(nowhere, "works", gap="capacity_gap:R:ore", max_km=200)
    assert (row.can, row.distance_km, row.distance_basis) == ("partly", None, "unknown")
    assert "its distance is unknown, so the limit of 200 km is not applied" in row.reason
    assert row.score == pytest.approx((0.4 + 1) / 2), "an unknown part is left out of the mean"
    assert str(row.parts[1]) == "nearness unknown (left out: no distance)"


@pytest.mark.parametrize(
    ("made", "bought", "can", "feasible", "words"),
    [
        ({"output": 5, "capacity": 5}, [], "no", 0, "WORKS is full: its output needs all 10 t of ORE"),
        ({"output": 5}, [], "unknown", None, "needs 10 t of ORE for its output; its capacity is not recorded"),
        ({"output": None}, [], "unknown", None, "its output is not recorded"),
        ({"output": 5, "capacity": 5}, [10], "partly", 10, "in place of the 10 t that it buys from outside"),
        ({"output": 5, "capacity": 5}, [None], "unknown", None, "buys from outside Region R is of unrecorded"),
        ({"output": 5, "capacity": 9}, [None], "partly", 8, "at least 8 t of the 50 t"),
        ({"output": 7, "capacity": 5}, [], "no", 0, "is full"),
    ],
)  # fmt: skip
def test_why_a_taker_can_or_cannot(made, bought, can, feasible, words):
    production = [
        makes("mine", "ore", 100), makes("smelter", "metal", 10, capacity=25), makes("works", "metal", **made),
    ]  # fmt: skip
    flows = [flow("mine", "abroad", "ore", 80), flow("mine", "smelter", "ore", 20)]
    flows += [flow("abroad", "works", "ore", q) for q in bought]
    row = row_of(two_plants(production=production, flows=flows), "works", gap="capacity_gap:R:ore")
    assert (row.can, row.feasible) == (can, feasible)
    assert words in row.reason
    assert (row.score is None) == (feasible is None), "no mark for what is unknown"


def test_a_taker_on_only_one_of_its_routes():
    two = recipes(ORE_METAL, recipe("melt", "metal", scrap=1.0))
    chain = chain_of(
        products=products(ore=0, scrap=0, metal=1),
        enterprises=plants(mine="R", works="S"),
        **two,
        production=[makes("mine", "ore", 100), makes("works", "metal", 5, capacity=10)],
        flows=[flow("mine", "abroad", "ore", 80)],
    )
    (row,) = ask(chain, gap="missing_processing:R:ore")
    assert (row.can, row.feasible, row.parts[2].value) == ("unknown", None, 0.5)
    assert "needs ORE only on one of its possible routes" in row.reason


def shortage():
    """smelter (R) makes 10 metal: needs 20 ore; the mine keeps 5 of capacity 8: 15 are missing.

    quarry (S): 40 of capacity 60, sells 30 abroad and 10 to the smelter. heap (S) sells 4 abroad, unlisted.
    """
    return chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(mine="R", smelter="R", quarry="S", heap="S", pit="S", shut="S"),
        **ORE_METAL,
        production=[
            makes("mine", "ore", 5, capacity=8),
            makes("smelter", "metal", 10),
            makes("quarry", "ore", 40, capacity=60),
            makes("pit", "ore", 7, capacity=7),
        ],
        flows=[
            flow("quarry", "abroad", "ore", 30),
            flow("quarry", "smelter", "ore", 10),
            flow("heap", "abroad", "ore", 4),
            flow("mine", "smelter", "ore", 5),
        ],
        ownership=[{"owner_id": "smelter", "owned_id": "quarry", "share": 1.0}],
    )


def test_suppliers_by_hand():
    found = {r.enterprise_id: r for r in ask(shortage(), gap="missing_input:R:ore")}
    told = {e: (r.can, r.need, r.feasible, r.links_today, r.same_owner) for e, r in found.items()}
    assert told == {
        "quarry": ("yes", 15, 15, 10, True),
        "mine": ("partly", 15, 3, 5, False),
        "heap": ("partly", 15, 4, None, False),
        "pit": ("no", 15, 0, None, False),
    }
    assert found["quarry"].reason == (
        "QUARRY could supply all 15 t of ORE with idle capacity for 20 t; it stands in Region S, outside Region R: "
        "the product would still come from outside; it already supplies 10 t to Region R."
    )
    assert "only by diverting some of the 4 t that it sells outside Region R" in found["heap"].reason
    assert found["pit"].reason == "PIT is full: its output of ORE equals its capacity of 7 t."
    assert (found["quarry"].owner_id, found["quarry"].owner_name) == ("smelter", "SMELTER")


def test_an_enterprise_looks_both_ways():
    answer = ask(shortage(), enterprise="smelter")
    assert {r.need_id for r in answer} == {"supply:smelter:ore"}
    need = {r.need for r in answer}
    assert need == {15}, "20 needed less the 5 bought inside the place"
    text = " ".join(answer.caveats)
    assert "Nobody other than SMELTER in the dataset takes METAL on record." in text
    assert "1 of 6 enterprises have no production row" not in text
    assert "2 of 6 enterprises have no production row for 2020" in text
    (row,) = ask(two_plants(), enterprise="mine", product="ore", region="R", max_km=100, most=1).rows[1:]
    assert (row.need_id, row.role, row.for_name, row.need) == ("take:mine:ore", "taker", "MINE", 80)


def test_who_takes_all_already_is_no_new_partner():
    flows = [flow("mine", "works", "ore", 100)]
    row = row_of(two_plants(flows=flows), "works", enterprise="mine")
    assert (row.can, row.links_today) == ("no", 100)
    assert row.reason == "WORKS already takes all of the ORE of MINE."
    inside = ask(two_plants(flows=[flow("mine", "smelter", "ore", 100)]), enterprise="mine")
    assert not inside.rows
    assert "Met inside the place by recorded flows, so not matched: take:mine:ore." in inside.caveats


def test_a_by_product_is_supply_of_unknown_size():
    smelt = recipe("smelt", "metal", ore=2.0)
    smelt["process_flows"].append(
        {"process_id": "smelt", "product_id": "slag", "role": "by_product", "quantity": 0.5}
    )
    chain = chain_of(
        products=products(ore=0, slag=0, metal=1, brick=2),
        enterprises=plants(smelter="S", kiln="R"),
        **recipes(smelt, recipe("burn", "brick", slag=1.0)),
        production=[makes("smelter", "metal", 10, capacity=20), makes("kiln", "brick", 8)],
    )
    (row,) = ask(chain, gap="missing_input:R:slag")
    assert (row.can, row.enterprise_id, row.feasible) == ("unknown", "smelter", None)
    assert "yields SLAG as a by-product" in row.reason


def test_what_local_final_buyers_take_is_not_to_be_diverted():
    # smelter needs 20; the mine is full at 25 and sells 15 to local final buyers: 10 are missing
    production = [makes("mine", "ore", 25, capacity=25), makes("smelter", "metal", 10)]
    chain = two_plants(production=production, flows=[flow("mine", "homes", "ore", 15)])
    row = row_of(chain, "mine", gap="missing_input:R:ore")
    assert (row.need, row.can, row.feasible) == (10, "no", 0)


def test_a_step_inside_a_plant_is_no_fuller_than_the_plant_is_known_to_be():
    steps = recipes(recipe("melt", "liquid", scrap=1.0), recipe("cast", "billet", liquid=1.0))
    things = [
        *products(scrap=0, billet=2),
        {"product_id": "liquid", "name": "LIQUID", "stage": 1, "kind": "in-plant"},
    ]

    def told(**capacity):
        chain = chain_of(
            products=things,
            enterprises=plants(yard="R", caster="S"),
            **steps,
            production=[makes("yard", "scrap", 9), makes("caster", "billet", 5, **capacity)],
            flows=[flow("yard", "abroad", "scrap", 9)],
        )
        (row,) = ask(chain, gap="missing_processing:R:scrap")
        return row.can, row.feasible

    assert told() == ("unknown", None)
    assert told(capacity=5) == ("no", 0)
    assert told(capacity=8) == ("partly", 3)


def test_what_a_plant_uses_itself_is_not_to_give():
    production = [makes("mine", "ore", 20), makes("mine", "metal", 10), makes("works", "metal", 5)]
    answer = ask(two_plants(production=production, flows=[]), enterprise="mine", product="ore")
    assert not answer.rows
    assert "not matched: take:mine:ore, supply:mine:ore." in " ".join(answer.caveats)


def test_unconnected_asks_for_both_sides():
    chain = chain_of(
        products=products(ore=0, metal=1),
        enterprises=plants(mine="R", smelter="R", far="S"),
        **ORE_METAL,
        production=[
            makes("mine", "ore", 100),
            makes("smelter", "metal", 10, capacity=10),
            makes("far", "ore", 50),
        ],
        flows=[flow("mine", "abroad", "ore", 80), flow("far", "smelter", "ore", 20)],
    )
    rows = {(r.role, r.enterprise_id): r for r in ask(chain, gap="unconnected:R:ore")}
    assert {k: (r.can, r.feasible) for k, r in rows.items()} == {
        ("taker", "smelter"): ("yes", 20),
        ("supplier", "mine"): ("yes", 20),
        ("supplier", "far"): ("unknown", None),
    }


def test_a_gap_by_owner_has_the_owner_for_its_place():
    owned = [{"owner_id": "mine", "owned_id": "smelter", "share": 1.0}]
    gap = "price_leakage:mine:ore"
    rows = {r.enterprise_id: r for r in ask(two_plants(ownership=owned), gap=gap)}
    assert rows["smelter"].same_owner
    assert not rows["works"].same_owner
    assert (rows["smelter"].for_id, rows["smelter"].for_name) == ("mine", "MINE")


def test_most_limits_each_side_and_says_so():
    many = [makes(f"w{i}", "metal", 1, capacity=2 + i) for i in range(4)]
    full = [makes(f"z{i}", "metal", 1, capacity=1) for i in range(3)]
    rows = plants(mine="R", **{r["enterprise_id"]: "S" for r in many + full})
    chain = two_plants(
        enterprises=rows,
        production=[makes("mine", "ore", 100), *many, *full],
        flows=[flow("mine", "abroad", "ore", 80)],
    )
    answer = ask(chain, gap="missing_processing:R:ore", most=2)
    assert [r.enterprise_id for r in answer] == ["w3", "w2", "z0", "z1"]
    assert "Not shown: 2 candidates that could and 1 that could not; `most` shows more." in answer.caveats


def test_a_small_room_in_figures_of_machines_is_enough():
    """2 x 0.95 - 2 x 0.8 is a hair less than 0.3 to a machine: it is all of the need."""
    chain = two_plants(
        production=[makes("mine", "ore", 1), makes("works", "metal", 0.8, capacity=0.95)],
        flows=[flow("mine", "abroad", "ore", 0.3)],
    )
    assert row_of(chain, "works", gap="missing_processing:R:ore").can == "yes"


@pytest.mark.parametrize(
    ("parameters", "error", "words"),
    [
        ({"gap": "capacity_gap:R:oer"}, NotFoundError, "Did you mean capacity_gap:R:ore"),
        ({"gap": "missing_input:R:ore"}, NotFoundError, "There is no gap called 'missing_input:R:ore'"),
        ({"gap": "nonsense"}, NotFoundError, "There is no gap called 'nonsense'"),
        (
            {"gap": "capacity_gap:R:ore", "enterprise": "mine"},
            ParameterError,
            "enterprise: does not go with gap",
        ),
        ({"gap": "capacity_gap:R:ore", "region": "R"}, ParameterError, "region: does not go with gap"),
        ({"most": 0}, ParameterError, "most: is a number of candidates"),
        ({"max_km": -1}, ParameterError, "max_km: is a distance"),
        ({"enterprise": "mines"}, NotFoundError, "Did you mean mine?"),
    ],
)
def test_a_wrong_parameter_says_what_is_right(parameters, error, words):
    with pytest.raises(error) as caught:
        ask(two_plants(), **parameters)
    assert words in str(caught.value)


def test_an_answer_without_rows_says_why():
    silent = ask(
        two_plants(enterprises=[*plants(mine="R", smelter="R", works="S", new="R")]), enterprise="new"
    )
    assert not silent.rows
    assert any("What NEW makes and needs is not recorded for 2020" in c for c in silent.caveats)
    nothing = ask(two_plants(flows=[], production=[]))
    assert not nothing.rows
    assert any("No known gap of these kinds" in c for c in nothing.caveats)
    assert any("Not matched" in c for c in ask(two_plants(flows=[flow("mine", "abroad", "ore")])).caveats)


def test_public_pavlodar_is_honest_about_the_metal():
    rows = {
        r.enterprise_id: r
        for r in ask(load("pavlodar-public"), gap="capacity_gap:pavlodar:primary-aluminium")
    }
    assert set(rows) == {"kazenergokabel", "sez-pavlodar"}
    for row in rows.values():
        assert (row.can, row.feasible, row.need) == ("unknown", None, 251_750)
        assert "its output is not recorded" in row.reason
    sez = rows["sez-pavlodar"]
    assert (sez.distance_km, sez.distance_basis, sez.distance) == (0, "by region", "0 km, same town")
    assert rows["kazenergokabel"].distance_basis == "unknown", "only the region is known of it"
    far = {
        r.enterprise_id: r for r in ask(load("pavlodar-public"), enterprise="casting", product="steel-scrap")
    }
    # Pavlodar 52.3 N 77.0 E to Ekibastuz 51.7 N 75.3 E: 0.6 degrees north, 1.7 x cos 52 east: 66.7 and 116.4 km
    assert far["prommashkomplekt"].distance_km == 134
    assert far["prommashkomplekt"].distance == "134 km, by region"
    assert far["prommashkomplekt"].distance_basis == "by region"


def nobody_takes(enterprises=("mine", "smelter"), production=(), **more):
    """The mine makes all metal too; crush and mill are of its sector, the works make what metal becomes."""
    lines = recipes(recipe("smelt", "metal", ore=2.0), recipe("roll", "sheet", metal=1.0),
                    recipe("press", "panel", sheet=1.0), recipe("bake", "bread", wheat=1.0))  # fmt: skip
    sectors = {"smelt": "metals", "roll": "metals", "press": "cars", "bake": "food"}
    for row in lines["processes"]:
        row["sector"] = sectors[row["process_id"]]
    return chain_of(
        products=products(ore=0, metal=1, sheet=2, panel=3, wheat=0, bread=4),
        enterprises=plants(**dict.fromkeys(enterprises, "R")),
        **lines,
        production=[makes("smelter", "metal", 10), *production],
        flows=[flow("smelter", "abroad", "metal", 10)],
        **more,
    )


def test_where_nobody_takes_it_the_neighbours_say_why_they_cannot():
    made = [makes("other", "metal", 1), makes("works", "panel", 3), makes("bakery", "bread", 5)]
    rows = ask(
        nobody_takes(("smelter", "other", "works", "bakery", "empty"), made),
        gap="missing_processing:R:metal",
    ).rows
    assert {(r.enterprise_id, r.can, r.feasible) for r in rows} == {
        ("smelter", "no", 0), ("other", "no", 0), ("works", "no", 0)
    }, "the bakery is near by nothing, of the empty one nothing is known"  # fmt: skip
    told = {r.enterprise_id: r.reason for r in rows}
    assert told["works"] == (
        "WORKS runs no process on record that takes METAL (looked at for making what it becomes further on; nearest "
        "step: roll -> SHEET)."
    )
    assert (
        "(looked at for the same sector, making it; nearest step: roll -> SHEET); it is one" in told["other"]
    )


def test_a_plant_of_the_same_owner_is_a_neighbour_and_without_any_all_plants_of_the_place_are():
    bread = [makes("bakery", "bread", 5)]
    owned = [{"owner_id": "smelter", "owned_id": "bakery", "share": 1.0}]
    gap = "missing_processing:R:metal"
    kin = row_of(nobody_takes(("smelter", "bakery"), bread, ownership=owned), "bakery", gap=gap)
    assert "looked at for the same owner" in kin.reason
    assert kin.same_owner
    alone = ask(nobody_takes(("smelter", "bakery"), bread), gap=gap, most=1)
    assert [r.enterprise_id for r in alone] == ["smelter"], "it stands 0 km from itself; most is 1"
    assert "Not shown: 0 candidates that could and 1 that could not" in " ".join(alone.caveats)
    far = row_of(nobody_takes(("smelter", "bakery"), bread), "bakery", gap=gap)
    assert "looked at for standing in Region R" in far.reason


def test_where_nobody_makes_it_the_neighbours_say_which_step_they_lack():
    row = row_of(
        nobody_takes(("smelter", "works"), [makes("works", "panel", 3)]),
        "smelter",
        gap="missing_input:R:sheet",
    )
    assert (row.role, row.can) == ("supplier", "no")
    assert (
        "runs no process on record that makes SHEET (looked at for the same sector, making what" in row.reason
    )


def test_a_holding_names_its_plants():
    owned = [{"owner_id": "holding", "owned_id": "smelter", "share": 1.0}]
    chain = nobody_takes(("holding", "smelter"), ownership=owned)
    told = ask(chain, enterprise="holding").caveats
    assert "HOLDING makes nothing itself on record; ask its plants: smelter." in told
    assert any("ask its plants: aksu-ferroalloys, aluminium-of-kazakhstan, eurasian-energy" in c
               for c in ask(load("pavlodar-public"), enterprise="erg").caveats)  # fmt: skip


def test_the_paper_names_who_stands_near_the_metal_and_cannot():
    rows = ask(load("pavlodar"), gap="missing_processing:pavlodar:primary-aluminium").rows
    assert rows[0].enterprise_id == "aluminium-of-kazakhstan"
    assert {r.can for r in rows} == {"no"}
    assert len(rows) == 5


def test_the_paper_shows_the_smelter_as_its_own_taker():
    chain = load("pavlodar")
    (row,) = ask(chain, gap="capacity_gap:pavlodar:alumina")
    assert (row.enterprise_id, row.can, row.same_owner, row.owner_id) == (
        "aluminium-of-kazakhstan",
        "unknown",
        True,
        "erg",
    )
    assert "needs 482,500 t of Alumina for its output; its capacity is not recorded" in row.reason
    answer = ask(chain)
    assert "Nobody in the dataset takes Primary aluminium on record." in answer.caveats
    assert "3 of 12 enterprises have no production row for 2019" in " ".join(answer.caveats)
    assert json.dumps(answer.as_dict())
