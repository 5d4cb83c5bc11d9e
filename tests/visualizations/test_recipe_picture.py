"""The picture of what a product is made from and into."""

import xml.etree.ElementTree as ET

import pytest

from graph_schema import NotFoundError
from loaders.catalogue import reference_chain
from visualizations import svg
from visualizations.recipe_picture import recipe_diagram

CATALOGUE = reference_chain()


def test_every_maker_and_taker_is_drawn_with_its_amount():
    picture = recipe_diagram(CATALOGUE, "primary-aluminium")
    into = {(a.source, a.words) for a in picture.arrows if a.target == "primary-aluminium"}
    assert into == {("alumina", ("1.93 t · AL08",))}
    out = {a.label.rpartition(" ")[2] for a in picture.arrows if a.source == "primary-aluminium"}
    assert {"AL09", "AL10", "AL11", "AL16", "AL28"} <= out


@pytest.mark.parametrize("product", ["bauxite", "electricity", "seamless-pipes", "wheat", "steel-scrap"])
def test_the_drawing_is_well_formed_and_folded(product):
    picture = recipe_diagram(CATALOGUE, product, limit=40)
    assert len(picture.boxes) <= 60
    assert picture.box(product).label == CATALOGUE.names("products")[product]
    root = ET.fromstring(svg(picture))
    assert root.tag.endswith("svg")
    assert "http" not in svg(picture).replace("http://www.w3.org", "")


def test_an_unknown_product_is_told_with_the_nearest():
    with pytest.raises(NotFoundError, match="primary-aluminium"):
        recipe_diagram(CATALOGUE, "primary-aluminum")


def test_what_no_recipe_knows_is_a_box_alone_that_says_so():
    picture = recipe_diagram(CATALOGUE.with_rows("products", product_id="x", name="Х", stage=1), "x")
    assert [box.id for box in picture.boxes] == ["x"]
    assert picture.notes == ("No recipe makes or takes Х.",)


def test_what_comes_beside_is_drawn_and_typical_amounts_are_marked():
    crude = recipe_diagram(CATALOGUE, "crude-oil", limit=100)
    assert {"diesel-fuel", "fuel-oil", "jet-fuel"} <= {
        a.target for a in crude.arrows if a.label.startswith("beside")
    }
    diesel = recipe_diagram(CATALOGUE, "diesel-fuel", limit=100)
    assert ("crude-oil", "diesel-fuel") in {(a.source, a.target) for a in diesel.arrows}
    labels = {a.label for a in recipe_diagram(CATALOGUE, "alumina").arrows if a.source == "bauxite"}
    assert labels == {"3 t · AL02", "3.2 t · AL03"}
    assert any(a.label.startswith("~") for a in crude.arrows)


def test_what_a_maker_takes_is_led_back_to_raw_products():
    wagon = recipe_diagram(CATALOGUE, "open-freight-wagons", limit=500)
    made = set(CATALOGUE.arrow("processes")["main_product_id"].to_pylist())
    led = {a.target for a in wagon.arrows}
    assert {a.source for a in wagon.arrows if a.target == "open-freight-wagons"} & made <= led


def test_amounts_are_never_added_up():
    folded = recipe_diagram(CATALOGUE, "steel-scrap", limit=12)
    assert folded.hidden > 0
    assert all(a.quantity is None for a in folded.arrows)
