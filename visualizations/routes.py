"""The way each arrow takes between boxes, and where its words stand.

An arrow leaves a box on the right and enters the next on the left (a returning one the other way round), in
curves between columns and straight lines past them. Words stand on the arrow in the gap between two columns;
they never touch a box or other words. Words that find no room are not drawn: `Route.label` is None, and
the pictures keep them in the arrow's title and its table row.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from visualizations.diagram import Arrow, Diagram
from visualizations.layout import LANE, SMALL, SMALL_LINE, Layout, Place, arranged
from visualizations.text import shorten, width

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
Rectangle = tuple[float, float, float, float]
Key = tuple[str, str, str, str]

_HEAD, _HALF = 9.0, 4.5
_PORTS, _EDGE = 11.0, 9.0
_WORDS = 164.0
_SQUARE = 60.0
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8)


@dataclass(frozen=True, slots=True)
class Label:
    """Words on an arrow: their lines, and the rectangle (left, top, width, height) they fill."""

    lines: tuple[str, ...]
    rectangle: Rectangle


@dataclass(frozen=True, slots=True)
class Route:
    """One arrow as it is drawn: a path and a head in the words of SVG, its width, its label."""

    path: str
    head: str
    width: float
    label: Label | None


@lru_cache(maxsize=8)
def placed(diagram: Diagram) -> tuple[Layout, Mapping[Key, Route]]:
    """Return places and routes of a diagram, kept for the next form of the same picture."""
    layout = arranged(diagram)
    return layout, routed(diagram, layout)


def routed(diagram: Diagram, layout: Layout) -> dict[Key, Route]:
    """Return the route of every arrow, by `Arrow.key`."""
    ports = _ports(diagram.arrows, layout)
    curves = {arrow.key: _curves(arrow, layout, *ports[arrow.key]) for arrow in diagram.arrows}
    labels = _labels(diagram.arrows, curves, layout)
    widths = _line_widths(diagram.arrows)
    return {
        arrow.key: Route(*_drawn(curves[arrow.key]), width=widths[arrow.key], label=labels.get(arrow.key))
        for arrow in diagram.arrows
    }


def _line_widths(arrows: Iterable[Arrow]) -> dict[Key, float]:
    """Draw larger quantities of one unit wider; the area of the line grows with the quantity."""
    arrows = tuple(arrows)
    largest: dict[str, float] = {}
    for arrow in arrows:
        largest[arrow.unit] = max(largest.get(arrow.unit, 0.0), arrow.quantity or 0.0)
    return {
        a.key: round(
            (2.0 if a.state == "missing" else 1.4)
            + (
                2.2 * sqrt(max(0.0, a.quantity) / largest[a.unit])
                if a.quantity and largest[a.unit] > 0
                else 0.0
            ),
            2,
        )
        for a in arrows
    }


def _sides(arrow: Arrow, places: Mapping[str, Place]) -> tuple[bool, bool]:
    """Say whether an arrow leaves on the right side, and whether it enters on the right side."""
    here, there = places[arrow.source].column, places[arrow.target].column
    return here <= there, here >= there


def _ports(arrows: Iterable[Arrow], layout: Layout) -> dict[Key, tuple[float, float]]:
    """Spread the ends of arrows along the side of their box, in the order of where they come from."""
    sides: dict[tuple[str, bool], list[tuple[float, Key, int]]] = {}
    for arrow in arrows:
        passes = layout.passes[arrow.key]
        source, target = layout.places[arrow.source], layout.places[arrow.target]
        forward = source.column <= target.column
        near = (passes[0] if forward else passes[-1]) if passes else target.middle
        far = (passes[-1] if forward else passes[0]) if passes else source.middle
        out, into = _sides(arrow, layout.places)
        sides.setdefault((arrow.source, out), []).append((near, arrow.key, 0))
        sides.setdefault((arrow.target, into), []).append((far, arrow.key, 1))
    ends: dict[Key, list[float]] = {arrow.key: [0.0, 0.0] for arrow in arrows}
    for (box_id, _), ported in sides.items():
        place = layout.places[box_id]
        step = min(_PORTS, (place.height - 2 * _EDGE) / max(1, len(ported) - 1))
        for number, (_, key, end) in enumerate(sorted(ported)):
            ends[key][end] = round(place.middle + (number - (len(ported) - 1) / 2) * step, 1)
    return {key: (both[0], both[1]) for key, both in ends.items()}


def _curves(arrow: Arrow, layout: Layout, leaves: float, enters: float) -> list[Curve]:
    """Return the curves of an arrow from its source to its target, one for each gap it crosses."""
    source, target = layout.places[arrow.source], layout.places[arrow.target]
    if source.column == target.column:
        right = source.x + source.width
        bulge = right + 30 + min(24.0, abs(enters - leaves) / 12)
        return [((right, leaves), (bulge, leaves), (bulge, enters), (right + _HEAD, enters))]
    forward = source.column < target.column
    between = (
        range(source.column + 1, target.column) if forward else range(source.column - 1, target.column, -1)
    )
    passes = layout.passes[arrow.key] if forward else tuple(reversed(layout.passes[arrow.key]))
    here = (source.x + (source.width if forward else 0), leaves)
    curves = []
    for number, y in zip(between, passes, strict=True):
        column = layout.columns[number]
        near, far = (column.x, column.x + column.width) if forward else (column.x + column.width, column.x)
        curves.append(_bent(here, (near, y)))
        here = (far, y)
    end = target.x - _HEAD if forward else target.x + target.width + _HEAD
    return [*curves, _bent(here, (end, enters))]


def _bent(start: Point, end: Point) -> Curve:
    half = (end[0] - start[0]) / 2
    return start, (start[0] + half, start[1]), (end[0] - half, end[1]), end


def _drawn(curves: list[Curve]) -> tuple[str, str]:
    """Return path and head of an arrow in the words of SVG."""
    start = curves[0][0]
    parts = [f"M{_p(start)}"]
    for before, (first, one, two, last) in zip([None, *curves], curves, strict=False):
        if before:
            parts.append(f"L{_p(first)}")
        parts.append(f"C{_p(one)} {_p(two)} {_p(last)}")
    x, y = curves[-1][3]
    back = curves[-1][2][0]
    tip = x + _HEAD if back < x else x - _HEAD
    return "".join(parts), f"M{_p((tip, y))}L{_p((x, y - _HALF))}L{_p((x, y + _HALF))}Z"


def _p(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _at(curve: Curve, t: float) -> Point:
    s = 1 - t
    weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
    return (
        sum(w * point[0] for w, point in zip(weights, curve, strict=True)),
        sum(w * point[1] for w, point in zip(weights, curve, strict=True)),
    )


def _labels(arrows: Iterable[Arrow], curves: Mapping[Key, list[Curve]], layout: Layout) -> dict[Key, Label]:
    """Find room for the words of each arrow, missing links and large quantities first."""
    taken = _Taken()
    for place in layout.places.values():
        taken.add((place.x, place.y, place.width, place.height))
    crowded = len(curves) > 200
    samples = (
        {}
        if crowded
        else {key: [_at(curve, i / 12) for curve in run for i in range(13)] for key, run in curves.items()}
    )
    found: dict[Key, Label] = {}
    for arrow in sorted(arrows, key=lambda a: (a.state != "missing", -(a.quantity or 0.0), a.key)):
        lines = tuple(shorten(line, SMALL, _WORDS) for line in arrow.words)
        if not lines:
            continue
        wide = max(
            width(line, SMALL, bold=i == 0 and arrow.state == "missing") for i, line in enumerate(lines)
        )
        size = wide + 8, SMALL_LINE * len(lines) + 1
        others = [] if crowded else [p for key, run in samples.items() if key != arrow.key for p in run]
        if best := _room(curves[arrow.key], _margins(arrow, layout), size, taken, others):
            found[arrow.key] = Label(lines, best)
            taken.add(best)
    return found


def _margins(arrow: Arrow, layout: Layout) -> list[float]:
    """Return how far words keep from the columns in each gap: between two stages, off their strips."""
    here, there = layout.places[arrow.source].column, layout.places[arrow.target].column
    if here == there:
        return [6.0]
    gaps = range(here + 1, there + 1) if here < there else range(here, there, -1)
    return [LANE + 2 if layout.columns[right].heading else 4.0 for right in gaps]


def _room(
    run: list[Curve],
    margin: list[float],
    size: tuple[float, float],
    taken: "_Taken",
    others: list[Point],
) -> Rectangle | None:
    """Return the best free rectangle of `size` on a run of curves: near its start, few lines behind it."""
    best: tuple[float, Rectangle] | None = None
    wide, high = size
    for number, curve in enumerate(run):
        low, top = sorted((curve[0][0], curve[3][0]))
        if top - low <= _HEAD:
            top = 1e9
        for t in _PLACES:
            x, y = _at(curve, t)
            left = min(max(x - wide / 2, low + margin[number]), max(low + 3, top - wide - margin[number]))
            rectangle = (round(left, 1), round(y - high / 2, 1), round(wide, 1), high)
            if taken.touches(rectangle):
                continue
            behind = sum(_inside(point, rectangle) for point in others)
            cost = 3.0 * number + 4 * abs(t - 0.5) + 1.5 * behind + abs(x - left - wide / 2) / 4
            if best is None or cost < best[0]:
                best = cost, rectangle
    return best[1] if best else None


class _Taken:
    """Rectangles that are taken, by the squares of a grid that they lie on."""

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], list[Rectangle]] = {}

    def _on(self, rectangle: Rectangle) -> Iterator[tuple[int, int]]:
        x, y, wide, high = rectangle
        for column in range(int((x - 2) // _SQUARE), int((x + wide + 2) // _SQUARE) + 1):
            for row in range(int((y - 2) // _SQUARE), int((y + high + 2) // _SQUARE) + 1):
                yield column, row

    def add(self, rectangle: Rectangle) -> None:
        """Take a rectangle."""
        for square in self._on(rectangle):
            self._squares.setdefault(square, []).append(rectangle)

    def touches(self, rectangle: Rectangle) -> bool:
        """Say whether a rectangle comes within two pixels of one that is taken."""
        return any(
            _overlap(rectangle, other, 2.0)
            for square in self._on(rectangle)
            for other in self._squares.get(square, ())
        )


def _overlap(one: Rectangle, other: Rectangle, margin: float) -> bool:
    return (
        one[0] < other[0] + other[2] + margin
        and other[0] < one[0] + one[2] + margin
        and one[1] < other[1] + other[3] + margin
        and other[1] < one[1] + one[3] + margin
    )


def _inside(point: Point, rectangle: Rectangle) -> bool:
    x, y, wide, high = rectangle
    return x <= point[0] <= x + wide and y <= point[1] <= y + high
