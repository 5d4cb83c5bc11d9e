"""Places are data: same picture, same places, and nothing lies on anything."""

import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from visualizations import Arrow, Box, Diagram, svg
from visualizations.arrow_words import placed
from visualizations.layout import arranged

LABELS = st.sampled_from(
    [
        "Ұн",
        "Глинозём металлургический",
        "Сверхпрочные алюминиевые сплавы для авиастроения и ракетной техники",
        "Құрылыс материалдарының өндірісі және темірбетон бұйымдары",
        "x" * 70,
        "",
    ]
)
KINDS = st.sampled_from(["product", "product", "product", "process", "enterprise", "market", "missing"])
STATES = st.sampled_from(["present", "absent", "unknown", "missing"])
ARROWS = st.sampled_from(["observed", "implied", "missing", "ownership", "unknown"])
QUANTITIES = st.one_of(st.none(), st.floats(0, 1e9))


@st.composite
def diagrams(draw, most=26):
    boxes = [
        Box(
            f"b{i}",
            draw(LABELS),
            draw(st.sampled_from([-1, 0, 0.5, 1, 2, 3, 4])),
            draw(KINDS),
            "",
            draw(STATES),
        )
        for i in range(draw(st.integers(1, most)))
    ]
    ends = st.tuples(*[st.integers(0, len(boxes) - 1)] * 2)
    arrows = [
        Arrow(boxes[a].id, boxes[b].id, draw(ARROWS), "67 %" * draw(st.integers(0, 1)), draw(QUANTITIES), "т")
        for a, b in draw(st.lists(ends, max_size=40, unique=True))
    ]
    return Diagram("D", boxes=tuple(boxes), arrows=tuple(arrows))


def apart(one, other):
    (x, y, w, h), (u, v, a, b) = one, other
    return x + w <= u or u + a <= x or y + h <= v or v + b <= y


@given(diagrams())
def test_no_two_boxes_overlap_and_no_words_touch_boxes_or_other_words(diagram):
    layout, routes = placed(diagram)
    rectangles = [(p.x, p.y, p.width, p.height) for p in layout.places.values()]
    rectangles += [r.label.rectangle for r in routes.values() if r.label]
    assert all(apart(one, other) for one, other in combinations(rectangles, 2))


@given(diagrams())
def test_every_amount_is_told_on_its_arrow_or_under_the_picture(diagram):
    routes = placed(diagram)[1]
    for arrow in diagram.arrows:
        route = routes[arrow.key]
        assert bool(route.label or route.number) == bool(arrow.words)
        if route.label and not route.number and arrow.size:
            assert any(arrow.size in line for line in route.label.lines)
    numbers = [route.number for route in routes.values() if route.number]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_gaps_between_columns_grow_for_words_and_nothing_else_moves():
    boxes = (*(Box(f"a{i}", "A", 0) for i in range(3)), *(Box(f"b{i}", "B", 1) for i in range(3)))
    arrows = tuple(
        Arrow(f"a{i}", f"b{j}", "missing", "past idle capacity", 93_450, "t", "at_most")
        for i in range(3)
        for j in range(3)
    )
    diagram = Diagram("D", boxes=boxes, arrows=arrows)
    before, (after, routes) = arranged(diagram), placed(diagram)
    assert not [route for route in routes.values() if route.number]
    assert after.width > before.width
    assert {b: p.y for b, p in after.places.items()} == {b: p.y for b, p in before.places.items()}


@given(diagrams())
def test_columns_stand_in_order_and_inside_the_picture(diagram):
    layout = arranged(diagram)
    places = [layout.places[box.id] for box in diagram.boxes]
    assert all(p.x >= 0 and p.x + p.width <= layout.width + 0.1 for p in places)
    assert all(p.y >= -0.1 and p.y + p.height <= layout.height + 0.1 for p in places)
    for one, other in combinations(diagram.boxes, 2):
        here, there = layout.places[one.id].column, layout.places[other.id].column
        if one.kind != "market" and (other.kind == "market" or one.stage < other.stage):
            assert here < there
        if one.kind == other.kind == "market":
            assert here == there


@given(diagrams())
def test_an_arrow_never_runs_behind_a_box_on_its_way(diagram):
    layout = arranged(diagram)
    for arrow in diagram.arrows:
        first = min(layout.places[arrow.source].column, layout.places[arrow.target].column)
        for step, y in enumerate(layout.passes[arrow.key]):
            inside = [p for p in layout.places.values() if p.column == first + 1 + step]
            assert all(not p.y - 1 < y < p.y + p.height + 1 for p in inside)


@given(diagrams(), st.randoms(use_true_random=False))
def test_same_picture_same_bytes_whatever_the_order_of_rows(diagram, chance):
    boxes, arrows = list(diagram.boxes), list(diagram.arrows)
    chance.shuffle(boxes)
    chance.shuffle(arrows)
    assert svg(Diagram("D", boxes=tuple(boxes), arrows=tuple(arrows))) == svg(diagram)


@given(diagrams(), st.sets(st.integers(0, 25)))
@settings(max_examples=30)
def test_a_filter_moves_nothing(diagram, numbers):
    part = diagram.only(f"b{i}" for i in numbers)
    whole_lines, part_lines = svg(diagram).splitlines(), svg(part, within=diagram).splitlines()
    drawn = [line for line in part_lines if line.startswith(("<path d=", '<g class="box', '<g class="arrow'))]
    legend = part_lines.index('<g class="legend">')
    assert all(line in whole_lines for line in drawn if part_lines.index(line) < legend)
    assert sum(line.startswith('<g class="box') for line in part_lines) == len(part.boxes)


def test_products_of_one_stage_that_feed_each_other_stand_side_by_side():
    boxes = tuple(Box(name, name, 1) for name in "abcd")
    chain = tuple(Arrow(one, other) for one, other in ("ab", "bc", "cd"))
    places = arranged(Diagram("D", boxes=boxes, arrows=chain)).places
    assert places["a"].x < places["b"].x < places["c"].x == places["d"].x  # three columns at most
    loop = (*chain[:1], Arrow("b", "a"))
    places = arranged(Diagram("D", boxes=boxes[:2], arrows=loop)).places
    assert places["a"].x == places["b"].x


def test_stages_without_a_box_keep_their_heading():
    layout = arranged(Diagram("D", boxes=(Box("a", "A", 1),)))
    assert [c.heading for c in layout.columns] == ["Raw", "Primary", "Semi-finished", "Component", "Final"]
    assert [c.boxes for c in layout.columns] == [0, 1, 0, 0, 0]


def test_links_are_drawn_straight_where_they_can_be():
    boxes = tuple(Box(f"{row}{stage}", "A", stage) for row in "abc" for stage in range(5))
    arrows = tuple(Arrow(f"{row}{stage}", f"{row}{stage + 1}") for row in "abc" for stage in range(4))
    places = arranged(Diagram("D", boxes=boxes, arrows=arrows)).places
    assert all(abs(places[a.source].middle - places[a.target].middle) < 1 for a in arrows)


def test_five_hundred_boxes_are_drawn_in_time():
    import time

    chance = random.Random(7)
    boxes = tuple(Box(f"b{i}", "Глинозём", i % 5) for i in range(500))
    arrows = {(f"b{i}", f"b{chance.randrange(500)}") for i in range(500)}
    diagram = Diagram("D", boxes=boxes, arrows=tuple(Arrow(*ends, quantity=1.0) for ends in arrows))
    start = time.perf_counter()
    svg(diagram)
    assert time.perf_counter() - start < 15
