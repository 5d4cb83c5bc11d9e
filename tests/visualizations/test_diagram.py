"""The picture as data: sorted, checked, narrowed and folded."""

import pytest

from graph_schema import ParameterError
from visualizations import Arrow, Box, Diagram, TooManyBoxesError, aggregated, svg
from visualizations.diagram import together


def crowd(count, markets=3):
    boxes = [Box(f"p{i:04}", f"Product {i}", i % 5) for i in range(count - markets)]
    boxes += [Box(f"m{i}", f"Market {i}", 5, "market") for i in range(markets)]
    arrows = [
        Arrow(boxes[i].id, boxes[i + 1].id, quantity=float(i), unit="t")
        for i in range(count - markets - 1)
        if i % 5 < 4
    ]
    return Diagram("Crowd", boxes=tuple(boxes), arrows=tuple(arrows))


def test_order_of_rows_never_shows(aluminium):
    turned = Diagram(
        aluminium.title,
        aluminium.subtitle,
        tuple(reversed(aluminium.boxes)),
        tuple(reversed(aluminium.arrows)),
        aluminium.notes,
        aluminium.sources,
        aluminium.date,
    )
    assert turned == aluminium


@pytest.mark.parametrize(
    ("boxes", "arrows", "message"),
    [
        ((Box("a", "A"), Box("a", "B")), (), "Two boxes have the id 'a'"),
        ((Box("a", "A"),), (Arrow("a", "b"),), "ends at no box: 'b'"),
        ((Box("a", "A"), Box("b", "B")), (Arrow("a", "b"), Arrow("a", "b", quantity=2)), "Two arrows"),
    ],
)
def test_mistakes_are_named(boxes, arrows, message):
    with pytest.raises(ValueError, match=message):
        Diagram("D", boxes=boxes, arrows=arrows)


@pytest.mark.parametrize("stage", [float("nan"), float("inf"), 1e6])
def test_a_stage_is_a_small_number(stage):
    with pytest.raises(ValueError, match="stage must be a number"):
        Box("a", "A", stage)


def test_unknown_is_none_and_zero_is_a_quantity():
    assert Arrow("a", "b", quantity=float("nan")).quantity is None
    assert Arrow("a", "b", quantity=0.0, unit="t").words == ("0 t",)
    assert Arrow("a", "b").words == ()
    assert Arrow("a", "b", "unknown").words == ("unknown",)
    assert Arrow("a", "b", "missing", "capacity", 5, "t").words == ("missing", "5 t", "capacity")
    assert Arrow("a", "b", bound="unknown").words == ("amount unknown",)
    assert Arrow("a", "b", quantity=5, unit="t", bound="at_least").words == ("at least 5 t",)


def test_every_form_of_the_words_tells_the_amount():
    full = Arrow("a", "b", "missing", "capacity", 93_450, "t", "at_most")
    assert full.forms == (
        ("missing", "at most 93,450 t", "capacity"),
        ("missing: capacity", "at most 93,450 t"),
        ("capacity: at most 93,450 t",),
        ("at most 93,450 t",),
    )
    assert Arrow("a", "b", label="67 %", quantity=5, unit="t").forms == (
        ("5 t", "67 %"),
        ("5 t · 67 %",),
        ("5 t",),
    )
    assert Arrow("a", "b").forms == ()


def test_sums_keep_their_bounds():
    assert together([(1.0, "exact"), (2.0, "exact")]) == (3.0, "exact")
    assert together([(1.0, "exact"), (None, "unknown")]) == (1.0, "at_least")
    assert together([(1.0, "at_most"), (2.0, "at_least")]) == (3.0, "uncertain")
    assert together([(None, "unknown")]) == (None, "unknown")


def test_boxes_to_keep_are_never_folded():
    whole = crowd(300)
    keep = [box.id for box in whole.boxes][40:90]
    for limit in (20, 60):
        folded = aggregated(whole, limit, keep=keep)
        assert set(keep) <= {box.id for box in folded.boxes}
    assert len(aggregated(whole, 60, keep=keep).boxes) <= 60
    assert len(aggregated(whole, 20, keep=[box.id for box in whole.boxes]).boxes) <= 210


def test_legend_explains_what_occurs_and_nothing_else(aluminium):
    assert ("arrow", "missing") in aluminium.legend
    assert ("kind", "market") in aluminium.legend
    assert ("stage", "4") not in aluminium.legend
    assert Diagram("Empty").legend == ()


def test_a_part_keeps_the_arrows_inside_it(aluminium):
    part = aluminium.only(["alumina", "metal"])
    assert [box.id for box in part.boxes] == ["alumina", "metal"]
    assert [arrow.key[:2] for arrow in part.arrows] == [("alumina", "metal")]


def test_along_is_upstream_and_downstream_not_sideways(aluminium):
    assert aluminium.along("smelting") == {
        "bauxite",
        "smelting",
        "alumina",
        "metal",
        "wire",
        "scrap",
        "abroad",
    }
    assert "erg" in aluminium.along("alumina")
    with pytest.raises(KeyError):
        aluminium.along("gold")


@pytest.mark.parametrize("limit", [6, 20, 60])
def test_aggregation_keeps_the_limit_and_every_column(limit):
    whole = crowd(300)
    folded = aggregated(whole, limit)
    assert len(folded.boxes) <= limit
    columns = [{box.kind if box.kind == "market" else box.stage for box in d.boxes} for d in (folded, whole)]
    assert columns[0] == columns[1]
    more = [box for box in folded.boxes if box.id.startswith("more:")]
    assert sum(len(box.details) for box in more) == folded.hidden == 300 - (len(folded.boxes) - len(more))


def test_aggregation_changes_nothing_that_is_small(aluminium):
    assert aggregated(aluminium) is aluminium


def test_missing_boxes_are_folded_last():
    boxes = [Box(f"b{i}", "B", 0) for i in range(30)] + [Box("z", "Z", 0, "missing", state="missing")]
    folded = aggregated(Diagram("D", boxes=tuple(boxes)), 5)
    assert "z" in {box.id for box in folded.boxes}


def test_boxes_named_first_stay_and_a_mixed_rest_is_not_called_missing():
    boxes = [Box(f"b{i}", "B", 0) for i in range(30)] + [
        Box(f"z{i}", "Z", 0, "missing", state="missing") for i in "01"
    ]
    folded = aggregated(Diagram("D", boxes=tuple(boxes)), 3, first=["b7", "b9"])
    assert [box.id for box in folded.boxes] == ["b7", "b9", "more:0"]
    more = folded.box("more:0")
    assert (more.kind, more.state, more.subtitle) == ("product", "present", "2 missing")


def test_bundles_add_what_is_known_in_one_unit_and_nothing_else():
    boxes = (Box("a", "A", 0), *(Box(f"b{i}", "B", 1) for i in range(9)))
    arrows = tuple(Arrow("a", f"b{i}", quantity=2.0, unit="t") for i in range(9))
    (bundle,) = [
        a for a in aggregated(Diagram("D", boxes=boxes, arrows=arrows), 4).arrows if "more" in a.target
    ]
    assert (bundle.quantity, bundle.unit, bundle.label) == (14.0, "t", "7 links")
    gappy = (*arrows[:8], Arrow("a", "b8", unit="t"))
    (bundle,) = [
        a for a in aggregated(Diagram("D", boxes=boxes, arrows=gappy), 4).arrows if "more" in a.target
    ]
    assert bundle.quantity is None


def test_too_many_boxes_names_three_ways_to_narrow():
    with pytest.raises(TooManyBoxesError, match=r"one product .* one region, or set a lower limit") as caught:
        svg(crowd(501))
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, ParameterError)
    with pytest.raises(TooManyBoxesError):
        aggregated(crowd(800), 700)
    assert len(aggregated(crowd(800), 500).boxes) <= 500


@pytest.mark.parametrize("limit", [0, -1, 3])
def test_a_limit_below_the_columns_is_refused(limit):
    with pytest.raises(ParameterError, match="limit: must be at least"):
        aggregated(crowd(100), limit)
