"""The reference catalogue as plain tables: names, references, roles, stages, codes, balances, sources, chains."""

import csv
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "loaders" / "data" / "catalogue"

TOLERANCES = {
    "Railway engineering": 0.05, "Machinery": 0.05,
    "Ferroalloys": 0.15, "Agri-food": 0.15, "Recycling": 0.15,
}  # fmt: skip
TOLERANCE = 0.10
"""Inputs and outputs of a process agree within this part, by sector; 0.10 where none is named."""

MOST_EXCEPTIONS = 30
LEAST_SOURCED = 0.41
"""Part of the coefficients that a source states or a formula gives; 0.16 in the draft. It never goes down."""

SUN_AND_WIND = {"NE03", "NE05"}
"""Processes that take from nature what has no weight."""

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
    ["green-petroleum-coke", "calcined-petroleum-coke"],
    ["steel-scrap", "liquid-steel", "steel-billets", "seamless-pipes"],
    ["chrome-ore-concentrate", "ferrochrome-high-carbon", "stainless-steel-crude", "stainless-sheet"],
    ["sunflower-cake", "compound-feed", "live-broilers", "chicken-meat"],
    ["blister-copper", "copper-cathode", "copper-wire-rod", "copper-cable"],
]


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PRODUCTS = {row["product_id"]: row for row in read("products")}
PROCESSES = {row["process_id"]: row for row in read("processes")}
SOURCES = {row["source_id"]: row for row in read("sources")}
EXCEPTIONS = {row["process_id"]: row["reason"] for row in read("balance_exceptions")}
FLOWS: dict[str, list[dict[str, str]]] = defaultdict(list)
for _row in read("process_flows"):
    FLOWS[_row["process_id"]].append(_row)
NATURE: dict[str, list[dict[str, str]]] = defaultdict(list)
for _row in read("natural_flows"):
    NATURE[_row["process_id"]].append(_row)
CLUSTERS = [(row["cluster_id"], row["chain"].split(" -> ")) for row in read("cluster_chains")]


def of_role(process: str, *roles: str) -> list[dict[str, str]]:
    return [row for row in FLOWS[process] if row["role"] in roles]


def makes(process: str) -> set[str]:
    return {row["product_id"] for row in of_role(process, "output", "by_product")}


def takers(product: str) -> list[str]:
    return [p for p in PROCESSES if any(f["product_id"] == product for f in of_role(p, "feedstock"))]


def spelled(row: dict[str, str]) -> list[str]:
    words = [row["name"], row["name_ru"], row["name_kk"], *row["aliases"].split(";")]
    return list(dict.fromkeys(re.sub("ё", "е", w.strip().casefold()) for w in words if w.strip()))


def test_size_of_the_catalogue() -> None:
    assert len(PROCESSES) >= 341
    assert len(PRODUCTS) >= 427
    assert len({p["sector"] for p in PROCESSES.values()}) == 17


def test_ids_are_unique() -> None:
    for name, key in (("products", "product_id"), ("processes", "process_id"), ("sources", "source_id")):
        ids = [row[key] for row in read(name)]
        assert len(ids) == len(set(ids))
    keys = [(r["process_id"], r["product_id"], r["role"], r["source_id"]) for r in read("process_flows")]
    assert len(keys) == len(set(keys))


def test_a_dataset_of_the_catalogue_alone_has_no_problem(tmp_path: Path) -> None:
    from loaders import check

    for name in ("products", "processes", "process_flows", "sources"):
        (tmp_path / f"{name}.csv").write_bytes((FOLDER / f"{name}.csv").read_bytes())
    (tmp_path / "enterprises.csv").write_text("enterprise_id,name\n")
    (tmp_path / "production.csv").write_text("enterprise_id,product_id,year,output,unit\n")
    (tmp_path / "dataset.toml").write_text('title = "x"\nbase_year = 2022\ncatalogue = false\n')
    found = check(tmp_path).problems
    assert [p for p in found if p.severity == "error"] == []


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_a_process_makes_its_main_product_from_a_feedstock_or_from_nature(process: str) -> None:
    outputs = of_role(process, "output")
    assert [(row["product_id"], row["quantity"]) for row in outputs] == [
        (PROCESSES[process]["main_product_id"], "1")
    ]
    from_nature = any(row["side"] == "in" for row in NATURE[process])
    assert of_role(process, "feedstock") or from_nature or process in SUN_AND_WIND


def test_every_reference_resolves() -> None:
    assert set(FLOWS) == set(PROCESSES)
    assert set(NATURE) | set(EXCEPTIONS) <= set(PROCESSES)
    assert {row["main_product_id"] for row in PROCESSES.values()} <= set(PRODUCTS)
    assert {row["product_id"] for rows in FLOWS.values() for row in rows} == set(PRODUCTS)
    for rows in (PRODUCTS.values(), PROCESSES.values(), *FLOWS.values(), *NATURE.values()):
        assert {row["source_id"] for row in rows} <= set(SOURCES)


def test_every_source_is_used_and_says_what_it_is() -> None:
    rows = [
        *PRODUCTS.values(),
        *PROCESSES.values(),
        *(r for k in (FLOWS, NATURE) for v in k.values() for r in v),
    ]
    assert set(SOURCES) == {row["source_id"] for row in rows}
    assert all(row["title"] and row["publisher"] for row in SOURCES.values())


@pytest.mark.parametrize("kind", [PRODUCTS, PROCESSES], ids=["products", "processes"])
def test_names_stand_in_three_languages(kind: dict[str, dict[str, str]]) -> None:
    for key, row in kind.items():
        assert re.search("[А-Яа-я]", row["name_ru"]), key
        assert re.search("[А-Яа-яӘәҒғҚқҢңӨөҰұҮүҺһІі]", row["name_kk"]), key
        assert re.search("[A-Za-z]", row["aliases"]), f"{key} has no synonym in Latin letters"
        assert re.search("[А-Яа-я]", row["aliases"]), f"{key} has no synonym in Cyrillic letters"


def test_no_name_or_synonym_stands_for_two_products() -> None:
    meant = defaultdict(set)
    for product, row in PRODUCTS.items():
        for word in spelled(row):
            meant[word].add(product)
    assert {word: ids for word, ids in meant.items() if len(ids) > 1} == {}


def test_grades_follow_the_sources() -> None:
    for rows in (*FLOWS.values(), *NATURE.values()):
        for row in rows:
            assert row["grade"] in (
                {"reported", "expert", "inferred"} if row["quantity"] else {"", "expert"}
            ), row
            assert row["grade"] != "inferred" or row["basis"] == "derived", row
            if row["grade"] == "reported":
                assert SOURCES[row["source_id"]]["grade"] == "reported", row
            if row["grade"] == "inferred" and row.get("role") != "output":
                assert row["note"], f"{row} names its formula"


def test_the_share_of_sourced_figures_never_goes_down() -> None:
    lines = [r for rows in FLOWS.values() for r in rows if r["role"] != "output" and r["quantity"]]
    sourced = sum(r["grade"] in ("reported", "inferred") for r in lines)
    assert sourced / len(lines) >= LEAST_SOURCED


def test_quantities_are_positive_except_for_services() -> None:
    for rows in FLOWS.values():
        for row in rows:
            if row["role"] == "enabler":
                assert PRODUCTS[row["product_id"]]["kind"] == "service"
                assert row["quantity"] == ""
            else:
                assert float(row["quantity"]) > 0, row
                assert row["unit"] == PRODUCTS[row["product_id"]]["unit"], row
    for rows in NATURE.values():
        assert all(float(row["quantity"]) > 0 and row["side"] in ("in", "out") for row in rows)


def ratio(process: str) -> float:
    """What goes in over what comes out, in tonnes, nature included."""

    def tonnes(rows: list[dict[str, str]], *, nature: str) -> float:
        mine = rows + [r for r in NATURE[process] if r["side"] == nature]
        return sum(float(r["quantity"]) for r in mine if r["unit"] == "t")

    return tonnes(of_role(process, "feedstock", "input"), nature="in") / tonnes(
        of_role(process, "output", "by_product"), nature="out"
    )


WEIGHED = [p for p in sorted(PROCESSES) if PRODUCTS[PROCESSES[p]["main_product_id"]]["unit"] == "t"]


@pytest.mark.parametrize("process", WEIGHED)
def test_a_process_balances_or_is_a_listed_exception(process: str) -> None:
    top = 1 + TOLERANCES.get(PROCESSES[process]["sector"], TOLERANCE) + 1e-9
    assert (1 / top <= ratio(process) <= top) != (process in EXCEPTIONS), ratio(process)


def test_exceptions_are_few_and_say_why() -> None:
    assert len(EXCEPTIONS) <= MOST_EXCEPTIONS
    assert all(len(reason) > 30 for reason in EXCEPTIONS.values())
    assert len(set(EXCEPTIONS.values())) == len(EXCEPTIONS)


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_no_feedstock_stands_above_what_is_made_of_it(process: str) -> None:
    for row in of_role(process, "feedstock"):
        for product in makes(process):
            if PRODUCTS[product]["kind"] != "by-product":
                assert int(PRODUCTS[row["product_id"]]["stage"]) <= int(PRODUCTS[product]["stage"])


def test_every_product_has_a_stage_unless_it_is_an_enabler() -> None:
    for product, row in PRODUCTS.items():
        assert row["stage"] in {"0", "1", "2", "3", "4"} or row["kind"] == "service", product


def test_every_product_is_reached() -> None:
    """From raw products and what no process makes, every product is reached; what none makes, one takes."""
    made = set().union(*map(makes, PROCESSES))
    assert set(PRODUCTS) - made <= {
        r["product_id"] for p in PROCESSES for r in FLOWS[p] if r["role"] != "output"
    }
    reached = (set(PRODUCTS) - made) | {p for p, row in PRODUCTS.items() if row["stage"] == "0"}
    fresh = True
    while fresh:
        able = [p for p in PROCESSES if {r["product_id"] for r in of_role(p, "feedstock")} <= reached]
        fresh = set().union(*map(makes, able)) - reached
        reached |= fresh
    assert reached == set(PRODUCTS)


def test_every_code_exists_in_the_harmonized_system() -> None:
    from loaders.recognition import hs

    codes = {code for row in PRODUCTS.values() for code in row["hs_code"].split()}
    assert [code for code in sorted(codes) if len(code) != 6 or not hs.known(code)] == []
    uncoded = {p for p, row in PRODUCTS.items() if not row["hs_code"] and row["kind"] != "service"}
    assert uncoded <= {"heat", "liquid-steel"}


@pytest.mark.parametrize(("process", "product"), LOOPS)
def test_loops_exist(process: str, product: str) -> None:
    rows = {row["product_id"]: row["role"] for row in FLOWS[process]}
    assert rows[product] in {"feedstock", "output"}


def test_residues_are_raw_material_again() -> None:
    residues = [p for p in PRODUCTS.values() if p["kind"] == "by-product"]
    assert len(residues) >= 28
    assert {p["stage"] for p in residues} == {"0"}


def test_five_routes_take_primary_aluminium() -> None:
    assert takers("primary-aluminium") == ["AL09", "AL10", "AL11", "AL16", "AL28"]


@pytest.mark.parametrize(
    "chain", [*CHAINS, *(c for _, c in CLUSTERS)], ids=lambda chain: f"{chain[0]} to {chain[-1]}"
)
def test_whole_chains_are_unbroken(chain: list[str]) -> None:
    for product, following in pairwise(chain):
        assert following in set().union(*map(makes, takers(product))), (product, following)


def test_each_cluster_of_the_paper_has_a_chain_from_raw_to_final() -> None:
    with (FOLDER.parent / "pavlodar" / "clusters.csv").open(encoding="utf-8", newline="") as file:
        clusters = {row["cluster_id"] for row in csv.DictReader(file)}
    assert len(clusters) == 13
    assert {cluster for cluster, _ in CLUSTERS} == clusters
    for cluster, chain in CLUSTERS:
        assert (PRODUCTS[chain[0]]["stage"], PRODUCTS[chain[-1]]["stage"]) == ("0", "4"), cluster


def test_golden_coefficients() -> None:
    quantity = {(r["process_id"], r["product_id"]): float(r["quantity"] or 0) for r in read("process_flows")}
    assert quantity["AL08", "alumina"] == 1.93
    assert quantity["AL03", "bauxite"] == 3.2
    assert quantity["FE12", "steel-scrap"] == 1.13
    assert quantity["FE31", "liquid-steel"] == 1.045
