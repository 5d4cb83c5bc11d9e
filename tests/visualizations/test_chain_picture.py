"""The picture of a real chain: the origin document's figures, drawn once each and in the right state."""

import pytest

from graph_schema import NotFoundError
from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import question
from visualizations import ON_A_PAGE, Box, Diagram, chain_diagram, svg
from visualizations import chain_facts as facts
from visualizations.arrow_words import placed
from visualizations.text import amount


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
    assert (scrap.quantity, scrap.words) == (None, ("amount unknown",))


def test_a_capacity_gap_stands_beside_the_step_that_exists(picture):
    step, gap = sorted(between(picture, "alumina", "primary-aluminium"), key=lambda a: a.state)
    assert (step.state, gap.state) == ("implied", "missing")
    assert (gap.quantity, gap.bound, gap.label) == (1_005_000, "at_most", "capacity")


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
    assert picture.box("alumina").subtitle == "1,500,000 t"
    assert picture.box("bauxite").state == "missing"  # by territory; its mines lie elsewhere
    assert picture.box("iron-ore-concentrate").state == "absent"  # declared
    assert picture.box("pig-iron").state == "unknown"  # needed on one route only, and not declared
    assert picture.box("seamless-pipes").subtitle == "output unknown"
    assert picture.box("bauxite").subtitle == "at least 4,500,000 t"
    assert picture.box("anode-butts").subtitle == "arises here: 20,000 t"
    assert [a.state for a in between(picture, "pig-iron", "liquid-steel")] == ["unknown"]


def test_details_name_makers_and_reasons(picture):
    details = picture.box("alumina").details
    assert ("made by", "Aluminum of Kazakhstan JSC: 1,500,000 t") in details
    assert any(name == "capacity gap" for name, _ in details)


def test_title_notes_sources_and_date_come_from_the_answer(pavlodar, picture):
    answer = question("missing-links")(pavlodar)
    assert picture.title == "Pavlodar region: value chain"
    assert 0 < len(picture.notes) <= 3
    assert set(picture.notes[:-1]) <= set(answer.caveats)
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


def told(picture):
    """Return all that boxes and missing arrows say."""
    lines = [line for box in picture.boxes for line in (box.subtitle, *box.gaps)]
    return " | ".join([*lines, *(arrow.size for arrow in picture.arrows if arrow.state == "missing")])


@pytest.mark.parametrize("name", ["pavlodar", "pavlodar-public"])
@pytest.mark.parametrize("limit", [ON_A_PAGE, 60])
def test_the_amount_of_every_gap_is_told_whatever_the_limit(name, limit):
    chain = load(name)
    answer = question("missing-links")(chain)
    picture = chain_diagram(chain, answer, limit=limit)
    words = told(picture)
    for row in answer.rows:
        if row.quantity is not None:
            assert row.product_id in {box.id for box in picture.boxes}
            assert amount(row.quantity, row.unit, row.bound) in words


NAMES = {
    "wheat": "Пшеница мягкая",
    "seed": "Күнбағыс тұқымы",
    "flour": "Ұн",
    "oil": "Масло подсолнечное нерафинированное",
    "cake": "Жмых подсолнечный",
    "bran": "Кебек (бидай)",
    "feed": "Құрама жем",
    "bread": "Хлеб и хлебобулочные изделия",
}


@pytest.fixture(scope="module")
def grain():
    """A grain region with Russian and Kazakh names, idle capacity and by-products."""
    goods = products(wheat=0, seed=0, flour=1, oil=1, cake=1, bran=1, feed=2, bread=4)
    made = recipes(
        recipe("milling", "flour", "food", wheat=1.33),
        recipe("baking", "bread", "food", flour=0.7),
        recipe("pressing", "oil", "food", seed=2.4),
        recipe("mixing", "feed", "food", cake=0.3, bran=0.4),
    )
    for process, product, quantity in (("milling", "bran", 0.28), ("pressing", "cake", 1.1)):
        line = {"process_id": process, "product_id": product, "role": "by_product", "quantity": quantity}
        made["process_flows"].append(line)
    output = {"wheat": ("farm", 900), "seed": ("farm", 250), "flour": ("mill", 200), "bread": ("bakery", 41)}
    output |= {"oil": ("press", 60), "feed": ("feeder", 30)}
    capacity = {"flour": 270_250.0, "bread": 60_000.0, "oil": 99_000.0}
    moved = [
        ("farm", "abroad", "wheat", 505),
        ("farm", "mill", "wheat", 266),
        ("farm", "rest", "seed", 106),
        ("farm", "press", "seed", 144),
        ("mill", "abroad", "flour", 120),
        ("mill", "bakery", "flour", 28.7),
        ("press", "abroad", "oil", 44),
        ("press", "abroad", "cake", 50),
        ("mill", "rest", "bran", 12),
        ("bakery", "homes", "bread", 41),
    ]
    return chain_of(
        products=[{**row, "name": NAMES[row["product_id"]]} for row in goods],
        enterprises=plants(farm="R", mill="R", bakery="R", press="R", feeder="R"),
        production=[makes(e, p, 1000.0 * x, capacity=capacity.get(p)) for p, (e, x) in output.items()],
        flows=[flow(seller, buyer, p, 1000.0 * x) for seller, buyer, p, x in moved],
        **made,
    )


def test_eleven_boxes_tell_every_amount_beside_its_arrow(grain):
    picture = chain_diagram(grain)
    assert len(picture.boxes) == 11
    assert picture.box("bran").subtitle == "arises here: 56,000 t"
    routes = placed(picture)[1]
    assert not [route for route in routes.values() if route.number]
    for arrow in picture.arrows:
        if arrow.size:
            assert any(arrow.size in line for line in routes[arrow.key].label.lines)
    (export,) = between(picture, "wheat", "market:abroad")
    assert export.words == ("505,000 t", "56.1 %")
    words = told(picture)
    for row in question("missing-links")(grain).rows:
        assert amount(row.quantity, row.unit, row.bound) in words


def test_no_words_are_cut(picture, grain):
    for drawn in (picture, chain_diagram(grain)):
        places = placed(drawn)[0].places.values()
        assert not [p for p in places if any("…" in line for line in (*p.label, *p.subtitle, *p.gaps))]


def test_our_own_words_on_a_box_fit():
    box = Box("a", "A", subtitle="sold here; maker not recorded")
    (place,) = placed(Diagram("D", boxes=(box,)))[0].places.values()
    assert " ".join(place.subtitle) == "sold here; maker not recorded"


def test_sources_are_those_of_the_gaps_shown(pavlodar):
    scrap = chain_diagram(pavlodar, product="steel-scrap")
    assert scrap.sources
    assert not [title for title in scrap.sources if "luminium" in title]
