"""The picture of a real chain: the origin document's figures, drawn once each and in the right state."""

import pytest

from graph_schema import NotFoundError
from loaders import load
from valuechain import question
from visualizations import chain_diagram, svg
from visualizations import chain_facts as facts


@pytest.fixture(scope="module")
def pavlodar():
    return load("pavlodar")


@pytest.fixture(scope="module")
def picture(pavlodar):
    return chain_diagram(pavlodar)


def between(diagram, source, target):
    return [a for a in diagram.arrows if (a.source, a.target) == (source, target)]


def test_exports_carry_tonnes_and_share(picture):
    (alumina,) = between(picture, "alumina", "market:abroad")
    assert (alumina.state, alumina.quantity, alumina.unit, alumina.label) == (
        "observed",
        1_005_000,
        "t",
        "67 %",
    )
    (metal,) = between(picture, "primary-aluminium", "market:abroad")
    assert (metal.quantity, metal.label) == (237_500, "95 %")
    (scrap,) = between(picture, "steel-scrap", "market:china")
    assert (scrap.quantity, scrap.label) == (None, "amount unknown")


def test_a_capacity_gap_stands_beside_the_step_that_exists(picture):
    step, gap = sorted(between(picture, "alumina", "primary-aluminium"), key=lambda a: a.state)
    assert (step.state, gap.state) == ("implied", "missing")
    assert (gap.quantity, gap.label) == (1_005_000, "capacity")


def test_routes_of_a_missing_step_are_options_without_quantities(pavlodar, picture):
    row = next(r for r in question("missing-links")(pavlodar) if r.kind == "missing_processing")
    routes = {route.product_id for route in row.routes}
    assert len(routes) == 5
    for target in routes:
        (arrow,) = between(picture, row.product_id, target)
        assert (arrow.state, arrow.quantity, arrow.label) == ("missing", None, "option")
        assert (picture.box(target).kind, picture.box(target).state) == ("missing", "missing")
        assert picture.box(target).subtitle.startswith("up to ")


def test_states_follow_the_records(picture):
    assert picture.box("alumina").subtitle == "1\u00a0500\u00a0000 t"
    assert picture.box("bauxite").state == "missing"  # by territory; its mines lie elsewhere
    assert picture.box("iron-ore-concentrate").state == "absent"  # declared
    assert picture.box("pig-iron").state == "unknown"  # needed on one route only, and not declared
    assert picture.box("seamless-pipes").subtitle == "output unknown"
    assert picture.box("steel-scrap").subtitle == "sold here, maker not recorded"
    assert [a.state for a in between(picture, "pig-iron", "liquid-steel")] == ["unknown"]


def test_details_name_makers_and_reasons(picture):
    details = picture.box("alumina").details
    assert ("made by", "Aluminum of Kazakhstan JSC: 1\u00a0500\u00a0000 t") in details
    assert any(name == "capacity gap" for name, _ in details)


def test_title_notes_sources_and_date_come_from_the_answer(pavlodar, picture):
    answer = question("missing-links")(pavlodar)
    assert picture.title == "Pavlodar region: value chain"
    assert picture.notes == answer.caveats[:6]
    assert picture.sources
    assert pavlodar.fingerprint in picture.date
    assert chain_diagram(pavlodar, answer) == picture


def test_one_product_is_drawn_with_its_chain_up_and_down(pavlodar):
    part = chain_diagram(pavlodar, product="primary-aluminium")
    ids = {box.id for box in part.boxes}
    assert {"bauxite", "alumina", "primary-aluminium", "aluminium-wire-rod", "market:abroad"} <= ids
    assert not {"liquid-steel", "steel-scrap"} & ids
    assert (
        part.title == "Pavlodar region: Primary aluminium (unwrought, unalloyed)" or "luminium" in part.title
    )


def test_a_product_that_nobody_makes_is_drawn_from_its_recipes(pavlodar):
    part = chain_diagram(pavlodar, product="aluminium-foil")
    assert len(part.boxes) > 1
    assert {a.label for a in part.arrows if a.target == "aluminium-foil"} == {"possible"}
    assert part.box("aluminium-foil").state == "unknown"


def test_a_product_that_does_not_exist_gets_the_nearest_name(pavlodar):
    with pytest.raises(NotFoundError, match="alumina"):
        chain_diagram(pavlodar, product="alumnia")


def test_another_region_has_its_own_picture(pavlodar):
    kostanay = chain_diagram(pavlodar, region="kostanay")
    assert kostanay.title == "Kostanay region: value chain"
    assert kostanay.box("bauxite").state == "present"
    assert between(kostanay, "bauxite", "market:elsewhere")


def test_an_owner_is_a_place_too(pavlodar):
    answer = question("missing-links")(pavlodar, boundary="owner", owner="erg")
    picture = chain_diagram(pavlodar, answer)
    assert picture.title == "ERG: value chain"
    assert picture.box("bauxite").state == "present"


def test_the_limit_holds_on_a_larger_chain():
    chain = load("pavlodar-public")
    for limit in (20, 60):
        assert len(chain_diagram(chain, limit=limit).boxes) <= limit


def test_large_pictures_show_kinds_of_market_with_the_same_sums(pavlodar, picture, monkeypatch):
    monkeypatch.setattr(facts, "NAMED", 0)
    kinds = chain_diagram(pavlodar)
    (alumina,) = between(kinds, "alumina", "market:abroad")
    assert alumina == between(picture, "alumina", "market:abroad")[0]
    markets = {b.label for b in kinds.boxes if b.kind == "market"}
    assert "Abroad" in markets
    assert markets <= {"Abroad", "Rest of the country", "Local buyers", "Other places"}


def test_it_can_be_drawn(picture):
    assert svg(picture).count('<g class="box') == len(picture.boxes)
