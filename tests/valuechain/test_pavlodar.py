"""Golden numbers: the paper's figures through the whole library (measures 7, DESIGN 5)."""

import pytest

from loaders import load
from tests.cases import COUNTED
from valuechain import questions
from valuechain.audits import audits
from valuechain.gaps.split import SPLIT


@pytest.fixture(scope="module")
def pavlodar():
    return load("pavlodar")


@pytest.fixture(scope="module")
def public():
    return load("pavlodar-public")


@pytest.fixture(scope="module")
def gaps(pavlodar):
    return {(r.kind, r.product_id): r for r in questions()["missing-links"](pavlodar)}


def test_alumina_is_a_capacity_gap(gaps):
    row = gaps["capacity_gap", "alumina"]
    assert row.quantity == 1_005_000
    assert row.unit == "t"
    assert row.share == pytest.approx(0.67)
    assert (row.value, row.currency) == (None, "")
    assert "no price abroad for Alumina" in row.value_note


def test_aluminium_has_no_local_process_and_five_routes(gaps):
    row = gaps["missing_processing", "primary-aluminium"]
    assert row.quantity == 237_500
    assert len(row.routes) == 5
    assert ("capacity_gap", "primary-aluminium") not in gaps


def test_bauxite_is_missing_by_territory_and_present_by_owner(pavlodar, gaps):
    row = gaps["missing_input", "bauxite"]
    assert "of the same owner: missing by territory, present by owner" in row.reason
    assert "Turgay" in row.reason
    by_owner = questions()["missing-links"](pavlodar, boundary="owner", owner="erg", kind=COUNTED)
    assert not [r for r in by_owner if r.product_id == "bauxite"]
    assert {r.product_id for r in by_owner} == {"alumina", "primary-aluminium"}


def test_scrap_leaks_by_price_and_its_tonnage_is_unknown(gaps):
    row = gaps["price_leakage", "steel-scrap"]
    assert row.quantity is None
    assert row.bound == "unknown"
    prices = {e.value for e in row.evidence if e.table == "prices"}
    assert prices == {300, 500}
    assert "500 USD/t, at home 300" in row.reason


def test_steel_lacks_ore_on_a_condition(gaps):
    row = gaps["missing_input", "iron-ore-concentrate"]
    assert (row.conditional, row.quantity, row.absence) == (True, None, "declared")
    assert gaps["missing_input", "steel-scrap"].quantity is None


def test_depth(pavlodar):
    rows = {r.product_id: r for r in questions()["processing-depth"](pavlodar)}
    alumina, metal = rows["alumina"], rows["primary-aluminium"]
    assert alumina.conversion == pytest.approx(0.33)
    assert alumina.basis == "balanced"
    assert "export-implied" in alumina.reason
    assert alumina.retained == pytest.approx(0.0165)
    assert alumina.used == 495_000
    assert alumina.unexplained == pytest.approx(12_500), "alumina that the recipe does not explain"
    assert metal.used == 12_500, "metal that is kept: the same figure by accident"
    assert rows["seamless-pipes"].conversion is None


def test_mass_balance_is_green_at_1_98(pavlodar):
    (finding,) = [f for f in audits(pavlodar) if f.code == "balance.mass"]
    assert finding.verdict == "ok"
    assert "1.98 per unit of Primary aluminium" in finding.message
    assert "1.93" in finding.message


def test_with_50_percent_the_audit_warns_and_names_the_three_figures(pavlodar):
    changed = pavlodar.with_rows(
        "flows",
        from_id="aluminium-of-kazakhstan",
        to_id="abroad",
        product_id="alumina",
        share=0.5,
        source_id="paper",
        grade="reported",
    )
    (finding,) = [f for f in audits(changed) if f.code == "balance.mass"]
    assert finding.verdict == "warning"
    assert "3 per unit of Primary aluminium" in finding.message
    doubted = {(e.table, e.column) for e in finding.figures if e.table != "process_flows"}
    assert doubted == {("production", "output"), ("flows", "share")}
    assert len([e for e in finding.figures if e.table != "process_flows"]) == 3


def test_every_source_resolves(pavlodar, public):
    for chain in (pavlodar, public):
        for name, question in questions().items():
            answer = question(chain).as_dict()
            known = {s["source_id"] for s in answer["sources"]}
            assert known or not answer["rows"], name
            assert set(_source_ids(answer["rows"])) <= known


def _source_ids(value):
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "source_id" and part:
                yield part
            else:
                yield from _source_ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from _source_ids(part)


@pytest.mark.parametrize("product", ["alumina", "primary-aluminium"])
def test_public_prices_give_a_value_with_the_price_row_as_evidence(public, product):
    rows = questions()["missing-links"](public, product=product, kind=SPLIT)
    assert rows
    for row in rows:
        (price,) = [e for e in row.evidence if e.table == "prices"]
        assert row.value == pytest.approx(row.quantity * price.value)
        assert row.currency == "USD"
        assert price.source_id
        assert price.year


def test_prices_of_another_year_are_shown_as_such(public):
    (row,) = questions()["missing-links"](public, product="alumina", kind="capacity_gap")
    assert "2020" in row.value_note
