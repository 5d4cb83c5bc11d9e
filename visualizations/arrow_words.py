"""Where the words of each arrow stand: on it, or just above or below it, clear of boxes and other words.

Every amount is told. Words try many places along the arrow, in its gaps between columns and where it passes
a column; then shorter forms of themselves; then the gaps between columns are widened. Words that still find
no room become a number in a small circle on the arrow, explained under the picture.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from visualizations.arrow_paths import Curve, Key, Point, curves_of, drawn, line_widths
from visualizations.diagram import Arrow, Diagram
from visualizations.layout import LANE, SMALL, SMALL_LINE, Layout, arranged, widened
from visualizations.text import shorten, width

Rectangle = tuple[float, float, float, float]

CIRCLE = 16.0
"""Height of the circle around a number."""
_WORDS = 164.0
_SQUARE, _SAMPLE = 60.0, 8.0
_HIDES, _SHORTER, _LOSES = 1.2, 3.0, 12.0
"""Cost of hiding a piece of another arrow, of each step to a shorter form of the words, of losing words."""
_STEPS = tuple(0.5 + 0.035 * step * side for step in range(13) for side in (1, -1))
_CROWD = 200
"""Arrows beyond which words do not look at the lines behind them and gaps are not widened."""
_WIDENINGS, _WIDER, _WIDEST = 4, 70.0, 420.0


@dataclass(frozen=True, slots=True)
class Label:
    """Words on an arrow: their lines, and the rectangle (left, top, width, height) they fill."""

    lines: tuple[str, ...]
    rectangle: Rectangle


@dataclass(frozen=True, slots=True)
class Route:
    """One arrow as it is drawn: a path and a head in the words of SVG, its width, its label.

    `number` is not 0 where the words stand under the picture; the label is then that number, or None if
    not even that finds room.
    """

    path: str
    head: str
    width: float
    label: Label | None
    number: int = 0


@lru_cache(maxsize=8)
def placed(diagram: Diagram) -> tuple[Layout, Mapping[Key, Route]]:
    """Return places and routes of a diagram, kept for the next form of the same picture."""
    layout = first = arranged(diagram)
    extra: dict[int, float] = {}
    best = layout, routed(diagram, layout)
    for _ in range(_WIDENINGS if len(diagram.arrows) <= _CROWD else 0):
        lost, bare = _unsaid(diagram, best[1])
        if not lost and not bare:
            break
        for gap in sorted({_gap(arrow, layout) for arrow in (*lost, *bare)}):
            extra[gap] = min(_WIDEST, extra.get(gap, 0.0) + _WIDER)
        layout = widened(first, extra)
        found = layout, routed(diagram, layout)
        if tuple(map(len, _unsaid(diagram, found[1]))) < (len(lost), len(bare)):
            best = found
    return best


def _unsaid(diagram: Diagram, routes: Mapping[Key, Route]) -> tuple[list[Arrow], list[Arrow]]:
    """Return the arrows whose words found no room, and the gaps that show their amount without its kind."""
    lost = [arrow for arrow in diagram.arrows if routes[arrow.key].number]
    gaps = [a for a in diagram.arrows if a.state == "missing" and a.size and a.label]
    bare = [a for a in gaps if (label := routes[a.key].label) and label.lines == (a.size,)]
    return lost, bare


def _gap(arrow: Arrow, layout: Layout) -> int:
    """Return the column that stands before the first gap of an arrow."""
    here, there = layout.places[arrow.source].column, layout.places[arrow.target].column
    return min(here, there)


def routed(diagram: Diagram, layout: Layout) -> dict[Key, Route]:
    """Return the route of every arrow, by `Arrow.key`."""
    curves = curves_of(diagram.arrows, layout)
    labels = _labels(diagram.arrows, curves, layout)
    widths = line_widths(diagram.arrows)
    routes = {
        arrow.key: Route(*drawn(curves[arrow.key]), width=widths[arrow.key], label=labels.get(arrow.key))
        for arrow in diagram.arrows
    }
    lost = [arrow.key for arrow in diagram.arrows if arrow.words and arrow.key not in labels]
    room = _Room(layout, {} if len(curves) > _CROWD else curves)
    for label in labels.values():
        room.take(label.rectangle)
    for number, key in enumerate(lost, 1):
        size = max(CIRCLE, width(str(number), SMALL) + 8), CIRCLE
        spot = room.find(key, _stretches(key, curves[key], layout), size)
        routes[key] = replace(
            routes[key], number=number, label=Label((str(number),), spot[1]) if spot else None
        )
        if spot:
            room.take(spot[1])
    return routes


def _labels(arrows: Iterable[Arrow], curves: Mapping[Key, list[Curve]], layout: Layout) -> dict[Key, Label]:
    """Find room for the words of each arrow: amounts of gaps first, then other amounts, the largest first."""
    room = _Room(layout, {} if len(curves) > _CROWD else curves)
    found: dict[Key, Label] = {}
    for arrow in sorted(arrows, key=_urgency):
        stretches = _stretches(arrow.key, curves[arrow.key], layout)
        best: tuple[float, Rectangle, tuple[str, ...]] | None = None
        for number, lines in enumerate(_fitting(arrow)):
            spot = room.find(arrow.key, stretches, _size(lines, bold=arrow.state == "missing"))
            silent = bool(arrow.label) and not any(arrow.label in line for line in lines)
            cost = _SHORTER * number + _LOSES * silent
            if spot and (best is None or spot[0] + cost < best[0]):
                best = spot[0] + cost, spot[1], lines
        if best:
            found[arrow.key] = Label(best[2], best[1])
            room.take(best[1])
    return found


def _fitting(arrow: Arrow) -> Iterator[tuple[str, ...]]:
    """Yield the forms of an arrow's words; a long line is cut short, but never one that tells the amount."""
    for form in arrow.forms:
        long = [line for line in form if arrow.size in line and width(line, SMALL, bold=True) > _WORDS]
        if not arrow.size or not long or form == (arrow.size,):
            told = {line for line in form if arrow.size and arrow.size in line}
            yield tuple(line if line in told else shorten(line, SMALL, _WORDS) for line in form)


def _size(lines: tuple[str, ...], *, bold: bool) -> tuple[float, float]:
    wide = max(width(line, SMALL, bold=bold and i == 0) for i, line in enumerate(lines))
    return wide + 8, SMALL_LINE * len(lines) + 1


def _urgency(arrow: Arrow) -> tuple[bool, bool, float, Key]:
    silent = arrow.quantity is None
    return silent or arrow.state != "missing", silent, -(arrow.quantity or 0.0), arrow.key


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of an arrow with the room for words on it: from `left` to `right`, at a cost."""

    curve: Curve
    left: float
    right: float
    cost: float


def _stretches(key: Key, run: list[Curve], layout: Layout) -> list[_Stretch]:
    """Return the parts of an arrow: its curves in the gaps between columns, its lines past columns."""
    here, there = layout.places[key[0]].column, layout.places[key[1]].column
    columns = layout.columns
    if here == there:
        right = columns[here + 1].x - LANE - 2 if here + 1 < len(columns) else layout.width + 200
        return [_Stretch(run[0], run[0][0][0] + 6, max(right, run[0][0][0] + 60), 0.0)]
    found = []
    step = 1 if here < there else -1
    for number, curve in enumerate(run):
        left = min(here + step * number, here + step * (number + 1))
        margin = LANE + 2 if columns[left + 1].heading else 4.0
        start, end = columns[left].x + columns[left].width, columns[left + 1].x
        found.append(_Stretch(curve, start + margin, end - margin, 3.0 * number))
        if number + 1 < len(run):
            passed = columns[here + step * (number + 1)]
            line = curve[3], curve[3], run[number + 1][0], run[number + 1][0]
            edge = LANE - 2
            found.append(_Stretch(line, passed.x - edge, passed.x + passed.width + edge, 3.0 * number + 4))
    return found


def at(curve: Curve, t: float) -> Point:
    """Return the point of a curve at `t`, 0 to 1."""
    s = 1 - t
    weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
    return (
        sum(w * point[0] for w, point in zip(weights, curve, strict=True)),
        sum(w * point[1] for w, point in zip(weights, curve, strict=True)),
    )


class _Room:
    """What is taken (rectangles) and what is better left visible (points of arrows), on a grid."""

    def __init__(self, layout: Layout, curves: Mapping[Key, list[Curve]]) -> None:
        self._squares: dict[tuple[int, int], list[Rectangle]] = {}
        self._points: dict[tuple[int, int], list[tuple[Point, Key]]] = {}
        self._top, self._bottom = 1 - LANE, max(64.0, layout.height) + LANE - 1
        for place in layout.places.values():
            self.take((place.x, place.y, place.width, place.height))
        for column in layout.columns:
            if not column.boxes:
                self.take((column.x, 6.0, column.width, 18.0))
        for key, run in curves.items():
            for curve in _whole(run):
                steps = max(
                    4, int((abs(curve[3][0] - curve[0][0]) + abs(curve[3][1] - curve[0][1])) / _SAMPLE)
                )
                for i in range(steps + 1):
                    point = at(curve, i / steps)
                    self._points.setdefault(_square(point), []).append((point, key))

    def take(self, rectangle: Rectangle) -> None:
        """Take a rectangle."""
        for square in _squares(rectangle):
            self._squares.setdefault(square, []).append(rectangle)

    def find(
        self, key: Key, stretches: list[_Stretch], size: tuple[float, float]
    ) -> tuple[float, Rectangle] | None:
        """Return the best free rectangle of `size` along an arrow: near its start, few lines behind it."""
        best: tuple[float, Rectangle] | None = None
        for cost, rectangle, aside in sorted(set(self._candidates(stretches, size))):
            if best and cost >= best[0]:
                break
            if self._touches(rectangle):
                continue
            behind = self._behind(key, rectangle)
            if aside and behind:
                continue  # beside its own arrow and on another one: it would seem to be the other's
            total = cost + _HIDES * behind
            if best is None or total < best[0]:
                best = total, rectangle
        return best

    def _candidates(
        self, stretches: list[_Stretch], size: tuple[float, float]
    ) -> Iterator[tuple[float, Rectangle, bool]]:
        wide, high = size
        for stretch in stretches:
            if stretch.right - stretch.left < wide:
                continue
            for t in _STEPS:
                x, y = at(stretch.curve, t)
                left = min(max(x - wide / 2, stretch.left), stretch.right - wide)
                off = abs(x - left - wide / 2)
                if off > wide / 2 + 4:
                    continue
                for shift in (0.0, -high / 2 - 4, high / 2 + 4):
                    top = y - high / 2 + shift
                    if self._top <= top and top + high <= self._bottom:
                        cost = stretch.cost + 4 * abs(t - 0.5) + off / 4 + (3.0 if shift else 0.0)
                        spot = round(left, 1), round(top, 1), round(wide, 1), high
                        yield round(cost, 3), spot, bool(shift)

    def _touches(self, rectangle: Rectangle) -> bool:
        """Say whether a rectangle comes within two pixels of one that is taken."""
        return any(
            _overlap(rectangle, other, 2.0)
            for square in _squares(rectangle)
            for other in self._squares.get(square, ())
        )

    def _behind(self, key: Key, rectangle: Rectangle) -> int:
        """Count the points of other arrows behind a rectangle."""
        return sum(
            other != key and _inside(point, rectangle)
            for square in _squares(rectangle)
            for point, other in self._points.get(square, ())
        )


def _whole(run: list[Curve]) -> Iterator[Curve]:
    """Yield the curves of an arrow and the straight lines between them."""
    for number, curve in enumerate(run):
        yield curve
        if number + 1 < len(run):
            yield curve[3], curve[3], run[number + 1][0], run[number + 1][0]


def _square(point: Point) -> tuple[int, int]:
    return int(point[0] // _SQUARE), int(point[1] // _SQUARE)


def _squares(rectangle: Rectangle) -> Iterator[tuple[int, int]]:
    x, y, wide, high = rectangle
    for column in range(int((x - 2) // _SQUARE), int((x + wide + 2) // _SQUARE) + 1):
        for row in range(int((y - 2) // _SQUARE), int((y + high + 2) // _SQUARE) + 1):
            yield column, row


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
