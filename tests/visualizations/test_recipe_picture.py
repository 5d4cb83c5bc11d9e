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
    assert into == {("alumina", ("1.93 t", "AL08"))}
    out = {a.label for a in picture.arrows if a.source == "primary-aluminium"}
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
