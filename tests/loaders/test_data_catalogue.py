"""The reference catalogue as plain tables: references, roles, stages and mass balances."""

import csv
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "loaders" / "data" / "catalogue"

FROM_NATURE = {"AL01", "FE01", "FA01", "FA03", "EN01", "EL01", "CM01", "CM02", "AG01", "AG14", "CH23"}
"""Mines, quarries, fields and the air: nobody supplies what they take."""

LOOPS = [
    ("RE02", "steel-scrap"),
    ("FE12", "liquid-steel"),
    ("AL06", "anode-butts"),
    ("AL10", "aluminium-scrap"),
    ("CM14", "glass-cullet"),
]
"""Steps that bring scrap and residues back."""

CHAINS = [
    ["bauxite", "alumina", "primary-aluminium", "aluminium-extrusion-billet", "aluminium-profiles"],
    ["primary-aluminium", "aluminium-wire-rod", "aluminium-wire", "aluminium-power-cable"],
    ["primary-aluminium", "aluminium-foundry-alloy", "aluminium-wheels"],
    ["primary-aluminium", "aluminium-rolling-slab", "aluminium-sheet-and-plate", "aluminium-cans"],
    ["green-petroleum-coke", "calcined-petroleum-coke", "prebaked-anodes"],
    ["steel-scrap", "liquid-steel", "steel-billets", "seamless-pipes"],
    ["chrome-ore-concentrate", "ferrochrome-high-carbon", "stainless-steel-crude", "stainless-sheet"],
    ["alloy-steel-billets", "railway-wheels", "wheelsets", "freight-bogies", "open-freight-wagons"],
    ["vacuum-gas-oil", "propylene", "polypropylene", "polypropylene-sacks-and-big-bags"],
    ["wheat", "wheat-flour", "pasta"],
    ["sunflower-cake", "compound-feed", "live-broilers", "chicken-meat"],
    [
        "copper-ore",
        "copper-concentrate",
        "blister-copper",
        "copper-cathode",
        "copper-wire-rod",
        "copper-cable",
    ],
    ["steam-coal", "electricity"],
]


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PRODUCTS = {row["product_id"]: row for row in read("products")}
PROCESSES = {row["process_id"]: row for row in read("processes")}
SOURCES = {row["source_id"]: row for row in read("sources")}
FLOWS: dict[str, list[dict[str, str]]] = defaultdict(list)
for _row in read("process_flows"):
    FLOWS[_row["process_id"]].append(_row)


def of_role(process: str, role: str) -> list[dict[str, str]]:
    return [row for row in FLOWS[process] if row["role"] == role]


def makes(process: str) -> set[str]:
    return {row["product_id"] for row in FLOWS[process] if row["role"] in {"output", "by_product"}}


def takers(product: str) -> list[str]:
    return [p for p in PROCESSES if any(f["product_id"] == product for f in of_role(p, "feedstock"))]


def test_size_of_the_catalogue() -> None:
    assert (len(PROCESSES), len(PRODUCTS), len({p["sector"] for p in PROCESSES.values()})) == (305, 378, 12)


def test_ids_are_unique() -> None:
    for name, key in (("products", "product_id"), ("processes", "process_id"), ("sources", "source_id")):
        ids = [row[key] for row in read(name)]
        assert len(ids) == len(set(ids))
    keys = [(r["process_id"], r["product_id"], r["role"], r["source_id"]) for r in read("process_flows")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_a_process_makes_its_main_product_from_a_feedstock(process: str) -> None:
    outputs = of_role(process, "output")
    assert [(row["product_id"], row["quantity"]) for row in outputs] == [
        (PROCESSES[process]["main_product_id"], "1")
    ]
    assert bool(of_role(process, "feedstock")) == (process not in FROM_NATURE)


def test_every_reference_resolves() -> None:
    assert set(FLOWS) == set(PROCESSES)
    assert {row["main_product_id"] for row in PROCESSES.values()} <= set(PRODUCTS)
    assert {row["product_id"] for rows in FLOWS.values() for row in rows} == set(PRODUCTS)
    for rows in (PRODUCTS.values(), PROCESSES.values(), *FLOWS.values()):
        assert {row["source_id"] for row in rows} <= set(SOURCES)


def test_grades_follow_the_sources() -> None:
    for rows in FLOWS.values():
        for row in rows:
            assert row["grade"] in {"reported", "expert"}
            if row["grade"] == "reported":
                assert SOURCES[row["source_id"]]["grade"] == "reported", row


def test_quantities_are_positive_except_for_services() -> None:
    for rows in FLOWS.values():
        for row in rows:
            if row["role"] == "enabler":
                assert PRODUCTS[row["product_id"]]["kind"] == "service"
                assert row["quantity"] == ""
            else:
                assert float(row["quantity"]) > 0, row
                assert row["unit"] == PRODUCTS[row["product_id"]]["unit"], row


@pytest.mark.parametrize("process", sorted(set(PROCESSES) - FROM_NATURE))
def test_mass_balance_is_plausible_or_explained(process: str) -> None:
    if PRODUCTS[PROCESSES[process]["main_product_id"]]["unit"] != "t":
        return
    tonnes = [row for row in FLOWS[process] if row["unit"] == "t"]
    put_in = sum(float(r["quantity"]) for r in tonnes if r["role"] in {"feedstock", "input"})
    taken_out = sum(float(r["quantity"]) for r in tonnes if r["role"] in {"output", "by_product"})
    plausible = 0.97 <= put_in / taken_out <= 1.6 + 1e-9
    assert plausible != ("Mass balance" in PROCESSES[process]["note"])


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_no_feedstock_stands_above_what_is_made_of_it(process: str) -> None:
    for row in of_role(process, "feedstock"):
        for product in makes(process):
            if PRODUCTS[product]["kind"] != "by-product":
                assert int(PRODUCTS[row["product_id"]]["stage"]) <= int(PRODUCTS[product]["stage"])


@pytest.mark.parametrize(("process", "product"), LOOPS)
def test_loops_exist(process: str, product: str) -> None:
    rows = {row["product_id"]: row["role"] for row in FLOWS[process]}
    assert rows[product] in {"feedstock", "output"}


def test_residues_are_raw_material_again() -> None:
    residues = [p for p in PRODUCTS.values() if p["kind"] == "by-product"]
    assert len(residues) == 28
    assert {p["stage"] for p in residues} == {"0"}


def test_five_routes_take_primary_aluminium() -> None:
    assert takers("primary-aluminium") == ["AL09", "AL10", "AL11", "AL16", "AL28"]


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: f"{chain[0]} to {chain[-1]}")
def test_whole_chains_are_unbroken(chain: list[str]) -> None:
    for product, following in pairwise(chain):
        assert following in set().union(*map(makes, takers(product))), (product, following)


def test_golden_coefficients() -> None:
    quantity = {(r["process_id"], r["product_id"]): float(r["quantity"] or 0) for r in read("process_flows")}
    assert quantity["AL08", "alumina"] == 1.93
    assert quantity["AL03", "bauxite"] == 3.2
    assert quantity["FE12", "steel-scrap"] == 1.13
    assert quantity["FE31", "liquid-steel"] == 1.045


def test_the_papers_chains_have_russian_names() -> None:
    sectors = {"Aluminium", "Ferrous metallurgy", "Ferroalloys", "Railway engineering"}
    chosen = [p for p in PROCESSES.values() if p["sector"] in sectors]
    assert len(chosen) == 112
    assert all(p["name_ru"] for p in chosen)
    assert all(PRODUCTS[f["product_id"]]["name_ru"] for p in chosen for f in FLOWS[p["process_id"]])
