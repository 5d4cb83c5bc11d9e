"""Where boxes stand: stage columns from left to right, in an order that keeps links short and straight.

The same picture always gets the same places, whatever the order of its rows. Owners come first, then
stages 0 to 4, then markets; a stage whose products feed each other is split into up to three columns. A link
that jumps over columns keeps a free row in each of them, so it never runs behind a box.

Order: eight barycentre sweeps, the one with fewest crossings wins. Height: each box moves toward its
neighbours as far as the boxes above and below allow. Pixels, origin at the top left, y down.
"""

import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from visualizations.diagram import DRAWN, MORE, Arrow, Box, Diagram, TooManyBoxesError
from visualizations.style import MARKETS, OWNERS, PROCESSES, STAGES
from visualizations.text import width, wrap, wrapped_parts

BOX_WIDTH = 160.0
LANE = 9.0
"""How far the strip of a stage reaches beyond its boxes."""
LABEL, SMALL = 13.0, 11.0
"""Sizes of the words in a box: its label, everything else."""
LINE, SMALL_LINE = 17.0, 15.0
INSET, TIP = 13.0, 12.0
_EMPTY_WIDTH, _GAP, _WIDEST_GAP, _STUBS = 84.0, 58.0, 230.0, 52.0
_SWEEPS = 8
_FEW = 32
"""Boxes up to which arrows keep so far apart that a line of words fits between them."""
_STATE_WORDS = {"missing": "missing", "unknown": "not recorded", "absent": "not made here"}
_BETWEEN_BOXES, _BETWEEN_LINES = 18.0, 9.0
_UNIT = re.compile(r"(\d) (\S)")
"""Where a figure and its unit must not be torn apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands, and the lines of words that fit into it: label, subtitle, amounts of gaps."""

    column: int
    x: float
    y: float
    width: float
    height: float
    label: tuple[str, ...]
    subtitle: tuple[str, ...]
    gaps: tuple[str, ...] = ()

    @property
    def middle(self) -> float:
        """Height of the middle of the box."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its left edge and width; `heading` is blank where the one before it goes on."""

    x: float
    width: float
    heading: str
    boxes: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of all boxes by id, rows in which long arrows pass columns, and the size of it all."""

    places: Mapping[str, Place]
    columns: tuple[Column, ...]
    passes: Mapping[tuple[str, str, str, str], tuple[float, ...]]
    width: float
    height: float


@dataclass(slots=True)
class _Item:
    """Something that takes up height in a column: a box, or the row kept for a passing arrow."""

    column: int
    height: float
    name: tuple[str, ...]
    y: float = 0.0


def arranged(diagram: Diagram) -> Layout:
    """Return the places of a diagram; `TooManyBoxesError` if it has more boxes than are ever drawn."""
    if len(diagram.boxes) > DRAWN:
        raise TooManyBoxesError(len(diagram.boxes))
    column_of, headings = _columns(diagram)
    words = {box.id: _words(box) for box in diagram.boxes}
    ends = _ends(diagram.arrows, column_of)
    items: dict[tuple[str, ...], _Item] = {}
    for box in sorted(diagram.boxes, key=lambda b: (b.group, b.id)):
        high = _height(words[box.id], ends.get(box.id, 0), spread(len(diagram.boxes)))
        items[(box.id,)] = _Item(column_of[box.id], high, (box.id,))
    row = 14.0 if len(diagram.boxes) <= _FEW else 5.0
    links, passing = _links(diagram.arrows, column_of, items, row)
    columns: list[list[_Item]] = [[] for _ in headings]
    for item in items.values():
        columns[item.column].append(item)
    columns = _ordered(columns, links)
    _settle(columns, links)
    edges = _edges(diagram.arrows, column_of, headings)
    places = {
        box.id: Place(
            column=(item := items[(box.id,)]).column,
            x=edges[item.column].x,
            y=round(item.y - item.height / 2, 1),
            width=BOX_WIDTH,
            height=item.height,
            label=words[box.id][0],
            subtitle=words[box.id][1],
            gaps=words[box.id][2],
        )
        for box in diagram.boxes
    }
    passes = {key: tuple(round(items[name].y, 1) for name in names) for key, names in passing.items()}
    bottoms = [item.y + item.height / 2 for item in items.values()]
    right = edges[-1].x + edges[-1].width if edges else 0.0
    return Layout(places, edges, passes, right, round(max(bottoms, default=0.0), 1))


def widened(layout: Layout, extra: Mapping[int, float]) -> Layout:
    """Return a layout with more room to the right of some columns; nothing else moves."""
    shifts = [sum(more for after, more in extra.items() if after < n) for n in range(len(layout.columns))]
    columns = tuple(
        replace(column, x=round(column.x + shift, 1))
        for column, shift in zip(layout.columns, shifts, strict=True)
    )
    places = {
        box: replace(place, x=round(place.x + shifts[place.column], 1))
        for box, place in layout.places.items()
    }
    right = columns[-1].x + columns[-1].width if columns else 0.0
    return replace(layout, places=places, columns=columns, width=right)


_Words = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _words(box: Box) -> _Words:
    room = BOX_WIDTH - 2 * INSET - (TIP if box.kind == "market" else 0)
    state = _STATE_WORDS.get(box.state, "")
    parts = [state] if state and state not in box.subtitle else []
    parts += [part for part in _UNIT.sub("\\1\u00a0\\2", box.subtitle).split(" · ") if part]
    gaps = [
        line for words in box.gaps for line in wrap(_UNIT.sub("\\1\u00a0\\2", words), SMALL, room, lines=3)
    ]
    return (
        wrap(box.label or box.id, LABEL, room, lines=3, bold=True),
        tuple(line.replace("\u00a0", " ") for line in wrapped_parts(parts, SMALL, room)),
        tuple(line.replace("\u00a0", " ") for line in gaps),
    )


def spread(boxes: int) -> float:
    """Return how far the arrows on one side of a box stand apart: a line of words in small pictures."""
    return SMALL_LINE + 3 if boxes <= _FEW else 11.0


def _height(words: _Words, ends: int, step: float) -> float:
    """Return the height that words need, or more where many arrows end on one side."""
    label, subtitle, gaps = map(len, words)
    return max(14 + LINE * label + SMALL_LINE * (subtitle + gaps), min(140.0, 18 + (step - 3) * (ends - 1)))


def _ends(arrows: Iterable[Arrow], column_of: Mapping[str, int]) -> dict[str, int]:
    """Count the arrows on the busier side of each box."""
    sides: dict[tuple[str, bool], int] = {}
    for arrow in arrows:
        here, there = column_of[arrow.source], column_of[arrow.target]
        for side in ((arrow.source, here <= there), (arrow.target, here >= there)):
            sides[side] = sides.get(side, 0) + 1
    return {box: max(sides.get((box, True), 0), sides.get((box, False), 0)) for box, _ in sides}


def _columns(diagram: Diagram) -> tuple[dict[str, int], list[str]]:
    """Give each box a column number, and each column a heading."""
    step = _steps_within_stages(diagram)
    ranks = {box.id: _rank(box, step[box.id]) for box in diagram.boxes}
    present = set(ranks.values())
    if any(box.kind in ("product", "missing") for box in diagram.boxes):
        stages = {rank[1] for rank in present if rank[0] == 1}
        present |= {(1, float(stage), 0) for stage in range(5) if stage not in stages}
    order = sorted(present)
    processes = {ranks[b.id] for b in diagram.boxes if b.kind == "process"} - {
        ranks[b.id] for b in diagram.boxes if b.kind != "process"
    }
    headings: list[str] = []
    for position, rank in enumerate(order):
        goes_on = position > 0 and order[position - 1][:2] == rank[:2]
        headings.append("" if goes_on else PROCESSES if rank in processes else _heading(rank))
    return {box_id: order.index(rank) for box_id, rank in ranks.items()}, headings


def _rank(box: Box, step: int) -> tuple[int, float, int]:
    if box.kind == "market":
        return (2, 0.0, 0)
    return (0 if box.stage < 0 else 1, float(box.stage), step)


def _heading(rank: tuple[int, float, int]) -> str:
    part, stage, _ = rank
    if part != 1:
        return MARKETS if part else OWNERS
    return STAGES[int(stage)] if stage.is_integer() and stage < len(STAGES) else ""


def _steps_within_stages(diagram: Diagram) -> dict[str, int]:
    """Number boxes that feed each other inside one stage 0, 1, 2; those in a loop stay together."""
    stage = {box.id: (box.kind == "market", box.stage) for box in diagram.boxes}
    step = dict.fromkeys(stage, 0)
    inside = [
        arrow
        for arrow in diagram.arrows
        if stage[arrow.source] == stage[arrow.target] and arrow.source != arrow.target
        if arrow.state != "ownership" and not stage[arrow.source][0]
        if len(stage) > _FEW or not any(end.startswith(MORE) for end in (arrow.source, arrow.target))
    ]
    for _ in range(2):
        before = dict(step)
        for arrow in inside:
            step[arrow.target] = max(step[arrow.target], min(2, before[arrow.source] + 1))
    numbers: dict[tuple[bool, float], list[int]] = {}
    for box_id, number in step.items():
        numbers.setdefault(stage[box_id], []).append(number)
    return {box_id: sorted(set(numbers[stage[box_id]])).index(number) for box_id, number in step.items()}


_Links = dict[tuple[str, ...], list[tuple[tuple[str, ...], float]]]


def _links(
    arrows: Iterable[Arrow], column_of: Mapping[str, int], items: dict[tuple[str, ...], _Item], row: float
) -> tuple[_Links, dict[tuple[str, str, str, str], list[tuple[str, ...]]]]:
    """Split arrows into steps from column to column; add to `items` a row where one passes a column."""
    links: _Links = {}
    passing: dict[tuple[str, str, str, str], list[tuple[str, ...]]] = {}
    for arrow in arrows:
        ends = sorted((arrow.source, arrow.target), key=lambda end: column_of[end])
        first, last = column_of[ends[0]], column_of[ends[1]]
        names: list[tuple[str, ...]] = [
            (arrow.source, arrow.target, arrow.state, arrow.label, str(c)) for c in range(first + 1, last)
        ]
        items.update({name: _Item(first + 1 + i, row, name) for i, name in enumerate(names)})
        passing[arrow.key] = names
        chain = [(ends[0],), *names, (ends[1],)]
        for left, right in pairwise(chain):
            if first != last:
                weight = 1.0 + 2.0 * ((len(left) > 1) + (len(right) > 1))
                links.setdefault(left, []).append((right, weight))
                links.setdefault(right, []).append((left, weight))
    return links, passing


def _ordered(columns: list[list[_Item]], links: _Links) -> list[list[_Item]]:
    """Order each column by the mean place of its neighbours, sweeping right and left; keep the best."""
    best, fewest = columns, _crossings(columns, links)
    for sweep in range(_SWEEPS):
        columns = list(columns)
        ahead = sweep % 2 == 0
        numbers = range(1, len(columns)) if ahead else range(len(columns) - 2, -1, -1)
        place = {item.name: (i + 0.5) / len(column) for column in columns for i, item in enumerate(column)}
        where = {item.name: item.column for column in columns for item in column}
        for number in numbers:
            centre: dict[tuple[str, ...], float] = {}
            for item in columns[number]:
                beside = [place[n] for n, _ in links.get(item.name, ()) if (where[n] < number) == ahead]
                centre[item.name] = sum(beside) / len(beside) if beside else place[item.name]
            columns[number] = sorted(columns[number], key=lambda item: centre[item.name])
            for i, item in enumerate(columns[number]):
                place[item.name] = (i + 0.5) / len(columns[number])
        crossings = _crossings(columns, links)
        if crossings < fewest:
            best, fewest = columns, crossings
    return best


def _crossings(columns: list[list[_Item]], links: _Links) -> int:
    """Count how many steps between neighbouring columns cross each other."""
    total = 0
    for left, right in pairwise(columns):
        row = {item.name: i for i, item in enumerate(right)}
        seen: list[int] = []
        for item in left:
            ends = sorted(row[name] for name, _ in links.get(item.name, ()) if name in row)
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _settle(columns: list[list[_Item]], links: _Links) -> None:
    """Give every item its height: near its neighbours, in its order, clear of the next."""
    items = {item.name: item for column in columns for item in column}
    for column in columns:
        y = 0.0
        for above, item in zip([None, *column], column, strict=False):
            y += _apart(above, item) if above else item.height / 2
            item.y = y
    tallest = max((column[-1].y for column in columns if column), default=0.0)
    for column in columns:
        for item in column:
            item.y += (tallest - column[-1].y) / 2
    for sweep in range(24):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wishes = []
            for item in column:
                beside = links.get(item.name, [])
                weight = sum(w for _, w in beside)
                wish = sum(items[name].y * w for name, w in beside) / weight if weight else item.y
                wishes.append((wish, weight or 0.2))
            _place(column, wishes)
    top = min((item.y - item.height / 2 for item in items.values()), default=0.0)
    for item in items.values():
        item.y -= top


def _apart(above: _Item, below: _Item) -> float:
    boxes = (len(above.name) == 1) + (len(below.name) == 1)
    gap = _BETWEEN_BOXES if boxes == 2 else _BETWEEN_LINES if boxes else _BETWEEN_LINES - 2
    return (above.height + below.height) / 2 + gap


def _place(column: list[_Item], wishes: list[tuple[float, float]]) -> None:
    """Move items as near to their wishes as order and distance allow (weighted isotonic regression)."""
    shift, shifts = 0.0, []
    for above, item in zip([None, *column], column, strict=False):
        shift += _apart(above, item) if above else 0.0
        shifts.append(shift)
    blocks: list[tuple[float, float, int]] = []
    for (wish, weight), offset in zip(wishes, shifts, strict=True):
        mean, total, count = wish - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            m, t, c = blocks.pop()
            mean, total, count = (m * t + mean * total) / (t + total), t + total, c + count
        blocks.append((mean, total, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    for item, mean, offset in zip(column, means, shifts, strict=True):
        item.y = mean + offset


def _edges(arrows: Iterable[Arrow], column_of: Mapping[str, int], headings: list[str]) -> tuple[Column, ...]:
    """Set the columns side by side, with room between them for the words on the arrows."""
    counts = [list(column_of.values()).count(number) for number in range(len(headings))]
    gaps = [_GAP if a and b else 2 * LANE + 8 for a, b in zip(counts, [*counts[1:], 0], strict=False)]
    for arrow in arrows:
        first = min(column_of[arrow.source], column_of[arrow.target])
        words = max((width(line, SMALL) for line in arrow.words), default=0.0)
        gaps[first] = min(_WIDEST_GAP, max(gaps[first], words + _STUBS if words else _GAP))
    x, columns = 0.0, []
    for number, heading in enumerate(headings):
        wide = BOX_WIDTH if counts[number] else max(_EMPTY_WIDTH, width(heading, LABEL, bold=True) + 16)
        columns.append(Column(round(x, 1), round(wide, 1), heading, counts[number]))
        x += wide + gaps[number]
    return tuple(columns)
