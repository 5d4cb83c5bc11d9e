"""The bundled datasets as plain tables: what the paper states, and the public facts beside it."""

import csv
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from graph_schema import TABLES

DATA = Path(__file__).parents[2] / "loaders" / "data"
DATASETS = ["pavlodar", "pavlodar-public"]
Rows = list[dict[str, str]]

IDS = {
    "regions": "region_id",
    "enterprises": "enterprise_id",
    "products": "product_id",
    "processes": "process_id",
    "markets": "market_id",
    "clusters": "cluster_id",
    "sources": "source_id",
}


def read(dataset: str, table: str) -> Rows:
    path = DATA / dataset / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def only(rows: Rows, **cells: str) -> dict[str, str]:
    found = [row for row in rows if all(row[column] == value for column, value in cells.items())]
    assert len(found) == 1, (cells, len(found))
    return found[0]


def ids(dataset: str, table: str) -> set[str]:
    return {row[IDS[table]] for place in (dataset, "catalogue") for row in read(place, table)}


@pytest.fixture(params=DATASETS)
def dataset(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# Both datasets


def test_columns_are_declared_and_keys_are_unique(dataset: str) -> None:
    for name, table in TABLES.items():
        rows = read(dataset, name)
        if rows:
            assert set(rows[0]) <= {column.name for column in table}
            keys = Counter(tuple(row[column] for column in table.key) for row in rows)
            assert max(keys.values()) == 1, (name, keys.most_common(1))


def test_every_reference_resolves(dataset: str) -> None:
    for name, table in TABLES.items():
        for column in table:
            targets = set().union(*(ids(dataset, t) for t in column.refers if t in IDS))
            for row in read(dataset, name):
                value = row.get(column.name, "")
                assert not column.refers or not value or value in targets, (name, column.name, value)


def test_required_cells_are_filled_and_choices_are_kept(dataset: str) -> None:
    for name, table in TABLES.items():
        for column in table:
            for row in read(dataset, name):
                value = row.get(column.name, "")
                assert value or not column.required, (name, column.name)
                assert not value or not column.choices or value in column.choices, (name, value)


def test_every_row_has_a_source_and_every_fact_a_grade(dataset: str) -> None:
    for name, table in TABLES.items():
        for row in read(dataset, name):
            assert row["source_id"], (name, row)
            assert "grade" not in table or row["grade"], (name, row)


def test_what_is_inferred_or_derived_says_how(dataset: str) -> None:
    for name in TABLES:
        for row in read(dataset, name):
            if row.get("grade") == "inferred" and name != "sources":
                assert row["note"], (name, row)
            if row.get("basis") in {"derived", "balanced"}:
                assert row["note"], (name, row)


def test_files_are_utf_8_with_plain_line_ends(dataset: str) -> None:
    for path in sorted((DATA / dataset).iterdir()):
        raw = path.read_bytes()
        assert raw.decode("utf-8").endswith("\n")
        assert b"\r" not in raw
        assert not raw.startswith(b"\xef\xbb\xbf")


def test_settings(dataset: str) -> None:
    settings = tomllib.loads((DATA / dataset / "dataset.toml").read_text(encoding="utf-8"))
    assert settings["home_region"] == "pavlodar"
    assert settings["currency"] == "USD"
    assert settings["catalogue"] is True
    assert settings["base_year"] == {"pavlodar": 2019, "pavlodar-public": 2020}[dataset]


def test_clusters_of_table_2(dataset: str) -> None:
    tiers = Counter(row["tier"] for row in read(dataset, "clusters"))
    assert tiers == {"priority": 3, "adjacent": 6, "potential": 4}
    horizons = {row["tier"]: row["horizon"] for row in read(dataset, "clusters")}
    assert horizons["priority"] == "2030"


def test_every_line_of_the_swot_table(dataset: str) -> None:
    rows = [row for row in read(dataset, "assessments") if row["source_id"] == "paper"]
    quadrants = Counter(row["quadrant"] for row in rows)
    assert quadrants == {"strength": 3, "weakness": 4, "opportunity": 2, "threat": 4}
    assert {row["subject_id"] for row in rows} == {"metallurgy"}


def test_scrap_prices_of_the_paper(dataset: str) -> None:
    prices = {
        row["market_id"]: (row["price"], row["currency"], row["unit"])
        for row in read(dataset, "prices")
        if row["product_id"] == "steel-scrap"
    }
    assert prices == {"china": ("500", "USD", "t"), "kazakhstan": ("300", "USD", "t")}
    kinds = {row["market_id"]: row["kind"] for row in read(dataset, "markets")}
    assert (kinds["china"], kinds["kazakhstan"]) == ("abroad", "rest_of_country")


def test_export_shares_of_the_paper(dataset: str) -> None:
    flows = [row for row in read(dataset, "flows") if row["source_id"] == "paper" and row["share"]]
    assert {row["product_id"]: row["share"] for row in flows} == {
        "alumina": "0.67",
        "primary-aluminium": "0.95",
    }
    assert {(row["to_id"], row["quantity"], row["basis"]) for row in flows} == {("abroad", "", "derived")}


def test_indicators_of_the_paper(dataset: str) -> None:
    rows = [row for row in read(dataset, "indicators") if row["source_id"] == "paper"]
    share = only(rows, metric="share of the region's industrial output")
    assert (share["subject_id"], share["value"], share["unit"]) == ("metallurgy", "27.6", "%")
    assert only(rows, metric="iron ore deposits")["value"] == "0"
    assert only(rows, metric="final products of ferroalloys")["value"] == ""


# The paper and nothing else


def test_the_paper_is_the_only_source() -> None:
    assert [row["source_id"] for row in read("pavlodar", "sources")] == ["paper"]


def test_the_two_outputs_that_the_paper_states_are_the_only_ones() -> None:
    rows = read("pavlodar", "production")
    known = {(r["enterprise_id"], r["product_id"], r["output"], r["unit"]) for r in rows if r["output"]}
    assert known == {
        ("aluminium-of-kazakhstan", "alumina", "1.5", "Mt"),
        ("aluminium-of-kazakhstan", "primary-aluminium", "250", "kt"),
    }
    assert {(r["process_id"], r["year"], r.get("capacity", "")) for r in rows} == {("", "", "")}
    assert len(rows) == 15


def test_no_flow_of_the_paper_has_a_quantity() -> None:
    rows = read("pavlodar", "flows")
    assert len(rows) == 6
    assert {(row["quantity"], row.get("value", ""), row["year"]) for row in rows} == {("", "", "")}


def test_owners_of_the_paper() -> None:
    owners = {(row["owner_id"], row["owned_id"]) for row in read("pavlodar", "ownership")}
    assert owners == {
        ("erg", "aluminium-of-kazakhstan"),
        ("aluminium-of-kazakhstan", "turgay-bauxite-mine"),
        ("aluminium-of-kazakhstan", "krasnooktyabrsky-bauxite-mine"),
        ("kazchrome", "aksu-ferroalloys"),
    }
    homes = {row["enterprise_id"]: row["region_id"] for row in read("pavlodar", "enterprises")}
    assert homes["turgay-bauxite-mine"] == homes["krasnooktyabrsky-bauxite-mine"] == "kostanay"
    assert homes["aluminium-of-kazakhstan"] == "pavlodar"


def test_absence_is_claimed_only_where_the_paper_claims_it() -> None:
    rows = read("pavlodar", "coverage")
    claimed = {(row["region_id"], row["what"], row["product_id"]) for row in rows}
    assert claimed == {
        ("pavlodar", "production", "iron-ore-run-of-mine"),
        ("pavlodar", "production", "iron-ore-concentrate"),
        ("pavlodar", "production", "alumina"),
        ("pavlodar", "production", "primary-aluminium"),
        ("kz", "production", "primary-aluminium"),
    }
    assert {row["complete"] for row in rows} == {"yes"}


def test_every_fact_with_a_figure_says_that_its_year_is_not_stated() -> None:
    for table, column in (
        ("production", "output"),
        ("flows", "share"),
        ("prices", "price"),
        ("indicators", "value"),
    ):
        for row in read("pavlodar", table):
            assert not row[column] or "Year not stated in the paper" in row["note"], row


def test_seven_strategic_directions() -> None:
    rows = read("pavlodar", "initiatives")
    assert len(rows) == 7
    assert {row["cluster_id"] for row in rows} == {"metallurgy"}


def test_members_of_the_metallurgical_cluster() -> None:
    members = {row["member_id"] for row in read("pavlodar", "cluster_members")}
    makers = {row["enterprise_id"] for row in read("pavlodar", "production")}
    assert makers <= members


def test_contradictions_are_kept_as_data_notes() -> None:
    notes = [row for row in read("pavlodar", "indicators") if row["metric"].startswith("data note: ")]
    assert len(notes) == 12
    assert all(row["note"] and not row["value"] for row in notes)


# The paper and later public facts


def test_the_rows_of_the_paper_are_all_there() -> None:
    for table in set(TABLES) - {"regions", "enterprises", "sources"}:
        key = TABLES[table].key
        moved = "primary-aluminium" if table in {"production", "flows"} else None
        here, there = (
            {tuple(r[c] for c in key) for r in read(name, table) if r.get("product_id") != moved}
            for name in DATASETS
        )
        assert here <= there, table


def test_the_metal_is_counted_once() -> None:
    rows = [r for r in read("pavlodar-public", "production") if r["product_id"] == "primary-aluminium"]
    assert {row["enterprise_id"] for row in rows} == {"kazakhstan-electrolysis-plant"}
    assert {row["process_id"] for row in rows} == {""}
    base = {row["source_id"]: row["output"] for row in rows if row["year"] in {"", "2020"}}
    assert base == {"paper": "250", "aluminium-insider-2020": "265"}
    assert only(rows, year="2017")["output"] == "254"


def test_conflicting_figures_stand_side_by_side() -> None:
    rows = [r for r in read("pavlodar-public", "production") if r["product_id"] == "alumina" and r["output"]]
    assert {(row["year"], row["output"]) for row in rows} == {
        ("", "1.5"),
        ("2018", "1.5"),
        ("2019", "1.4"),
        ("2021", "1.315"),
        ("2022", "1.338"),
    }


def test_plans_of_2020() -> None:
    rows = read("pavlodar-public", "production")
    plan = {
        (r["enterprise_id"], r["product_id"]): r["output"] for r in rows if r["source_id"] == "akimat-2020"
    }
    balls = "grinding-balls-rolled-or-forged"
    assert plan["casting", "liquid-steel"] == "132.2"
    assert plan["casting", balls] == "123.4"
    assert plan["ksp-steel", "steel-billets"] == "220"
    assert plan["ksp-steel", "seamless-pipes"] == "180"
    assert plan["ksp-steel", balls] == "36"
    assert plan["neftekhim", "polypropylene"] == "47.8"


def test_metal_and_alumina_have_a_price_in_each_year() -> None:
    rows = read("pavlodar-public", "prices")
    for product in ("alumina", "primary-aluminium"):
        years = {row["year"] for row in rows if row["product_id"] == product and row["currency"] == "USD"}
        assert years == {"2018", "2019", "2020"}
    assert only(rows, product_id="alumina", year="2019")["price"] == "472"
    assert only(rows, product_id="primary-aluminium", year="2020")["price"] == "1704.1"


def test_every_page_is_used_and_named() -> None:
    sources = {row["source_id"]: row for row in read("pavlodar-public", "sources")}
    used = {
        row["source_id"] for table in TABLES for row in read("pavlodar-public", table) if table != "sources"
    }
    assert used == set(sources)
    assert all(row["title"] and row["publisher"] and row["grade"] for row in sources.values())


def test_a_figure_that_is_not_from_a_page_is_inferred() -> None:
    for table in TABLES:
        for row in read("pavlodar-public", table):
            if row["source_id"] == "this-dataset" and table != "sources":
                assert row["grade"] == "inferred", row
