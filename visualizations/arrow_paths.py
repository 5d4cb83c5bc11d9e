"""The way each arrow takes between boxes.

An arrow leaves a box on the right and enters the next on the left (a returning one the other way round), in
curves between columns and straight lines past them. Where its words stand is found in `arrow_words`.
"""

from collections.abc import Iterable, Mapping
from math import sqrt

from visualizations.diagram import Arrow
from visualizations.layout import Layout, Place, spread

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
Key = tuple[str, str, str, str]

_HEAD, _HALF = 9.0, 4.5
_EDGE = 9.0


def curves_of(arrows: Iterable[Arrow], layout: Layout) -> dict[Key, list[Curve]]:
    """Return the curves of every arrow, by `Arrow.key`."""
    arrows = tuple(arrows)
    ports = _ports(arrows, layout)
    return {arrow.key: _curves(arrow, layout, *ports[arrow.key]) for arrow in arrows}


def line_widths(arrows: Iterable[Arrow]) -> dict[Key, float]:
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
        step = min(spread(len(layout.places)), (place.height - 2 * _EDGE) / max(1, len(ported) - 1))
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


def drawn(curves: list[Curve]) -> tuple[str, str]:
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
