"""A matrix of tiles under headings: which block meets which, and how much.

A cell that no tile stands in is an empty field of the ground. Figures are never cut: `columns_that_fit` says how
many columns leave room for them, and the caller folds the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from visualizations.charts.base import INNER, LEFT, SMALL, Look, area, colour, mark, text
from visualizations.charts.signs import unlike
from visualizations.style import Theme
from visualizations.text import plain, width, wrap

NAMES = 176.0
"""Room for the names of the rows."""
TINY = 10.5
_STEP, _BAR, _GAP, _PAD = 13.5, 6.0, 2.0, 6.0
_WIDEST = 116.0
_MORE = 14.0
"""Length of the stripes after a bar that more of unknown size comes on top of."""
OPEN = Look("size, or a part of it, not recorded", "quiet", "hatched")


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a row or a column: its name, and a note under it."""

    id: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """What stands in one cell: lines of words (the first `strong` ones bold), and bars.

    A bar is a part of the cell's width, its look, and whether more of unknown size comes on top.
    """

    row: int
    column: int
    words: str
    lines: tuple[str, ...]
    look: Look
    strong: int = 0
    border: str = ""
    differs: bool = False
    bars: tuple[tuple[float, Look, bool], ...] = ()


def columns_that_fit(figures: Sequence[str], least: float = 68.0) -> int:
    """Return how many columns leave room for each of the figures in one line."""
    widest = max((width(f, SMALL, bold=True) for f in figures), default=0.0) + 2 * _PAD
    return max(2, int((INNER - NAMES) // max(least, widest)))


def matrix(
    rows: Sequence[Head],
    columns: Sequence[Head],
    tiles: Sequence[Tile],
    t: Theme,
    y: float,
    *,
    axes: tuple[str, str],
    numbered: int = 0,
) -> tuple[list[str], float]:
    """Return a matrix drawn from `y` downwards and the y under it; `axes` says what rows and columns are.

    The first `numbered` headings get a number: rows and columns begin with these, in the same order.
    """
    need = max(
        (width(word, SMALL, bold=True) for tile in tiles for s in tile.lines for word in s.split()), default=0
    )
    wide = min(max(_WIDEST, need + 2 * _PAD + _GAP), (INNER - NAMES) / max(1, len(columns)))
    out, y = _columns(columns, t, y, wide, axes, numbered)
    room = wide - _GAP - 2 * _PAD
    told = {(tile.row, tile.column): _lines(tile, room) for tile in tiles}
    names = [
        wrap(f"{i + 1} · " * (i < numbered) + plain(head.name), SMALL, NAMES - 14, lines=3, bold=True)
        for i, head in enumerate(rows)
    ]
    tops = [y]
    for i, head in enumerate(rows):
        need = len(names[i]) * 15.0 + (14 if head.note else 0) + 8
        mine = [_high(tile, told[i, tile.column]) for tile in tiles if tile.row == i]
        tops.append(tops[-1] + max([need, 30.0, *mine]) + _GAP)
    for i, head in enumerate(rows):
        out += mark(head.id, head.name, _row_name(names[i], head.note, tops[i], t), "row")
    for i, (top, bottom) in enumerate(pairwise(tops)):
        free = set(range(len(columns))) - {tile.column for tile in tiles if tile.row == i}
        out += [
            _ground(LEFT + NAMES + wide * c, top, wide - _GAP, bottom - top - _GAP, t) for c in sorted(free)
        ]
    for tile in tiles:
        x, top = LEFT + NAMES + wide * tile.column, tops[tile.row]
        high = tops[tile.row + 1] - top - _GAP
        drawn = _tile(tile, told[tile.row, tile.column], (x, top, wide - _GAP, high), t)
        out += mark(f"{rows[tile.row].id} {columns[tile.column].id}", tile.words, drawn, "tile")
    return out, tops[-1]


def _columns(
    columns: Sequence[Head], t: Theme, y: float, wide: float, axes: tuple[str, str], numbered: int
) -> tuple[list[str], float]:
    """Draw the headings of the columns; their last lines stand on one line."""
    names = [
        (*([str(i + 1)] if i < numbered else []), *wrap(plain(head.name), TINY, wide - 4, lines=4))
        for i, head in enumerate(columns)
    ]
    high = max(len(name) for name in names)
    y += 14
    out = [
        text(LEFT + NAMES, y, axes[1], t, size=SMALL, fill=t.quiet, room=INNER - NAMES),
        text(LEFT, y + 13.5 * high + 4, axes[0], t, size=SMALL, fill=t.quiet, room=NAMES - 14),
    ]
    for i, (head, name) in enumerate(zip(columns, names, strict=True)):
        x, top = LEFT + NAMES + wide * i, y + 4 + _STEP * (high - len(name))
        parts = [
            text(x, top + _STEP * (n + 1), words, t, size=TINY, bold=not n and i < numbered)
            for n, words in enumerate(name)
        ]
        out += mark(head.id, head.name, parts, "column")
    return out, y + 4 + _STEP * high + 8


def _row_name(name: Sequence[str], note: str, top: float, t: Theme) -> list[str]:
    out = [text(LEFT, top + 15 + 15 * n, words, t, size=SMALL, bold=True) for n, words in enumerate(name)]
    if note:
        out.append(text(LEFT, top + 14 + 15 * len(name), note, t, size=TINY, fill=t.quiet, room=NAMES - 14))
    return out


def _ground(x: float, y: float, wide: float, high: float, t: Theme) -> str:
    return (
        f'<rect class="none" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{t.lane}"/>'
    )


def _lines(tile: Tile, room: float) -> list[tuple[str, bool]]:
    """Break the lines of a tile into its room; a bold line stays bold where it is broken."""
    return [
        (part, i < tile.strong)
        for i, words in enumerate(tile.lines)
        for part in wrap(
            plain(words), SMALL if i < tile.strong else TINY, room, lines=3, bold=i < tile.strong
        )
    ]


def _high(tile: Tile, told: Sequence[tuple[str, bool]]) -> float:
    return len(told) * _STEP + 10 + len(tile.bars) * (_BAR + 2)


def _tile(
    tile: Tile, told: Sequence[tuple[str, bool]], box: tuple[float, float, float, float], t: Theme
) -> list[str]:
    """Draw the area, the words and, at its foot, the bars; words on stripes stand on a plate."""
    x, y, wide, high = box
    out = [area(x, y, wide, high, tile.look, t)]
    if tile.border:
        edge = f'x="{x + 1:.1f}" y="{y + 1:.1f}" width="{wide - 2:.1f}" height="{high - 2:.1f}"'
        out.append(f'<rect {edge} fill="none" stroke="{colour(tile.border, t)}" stroke-width="2.4"/>')
    if tile.look.texture == "hatched" and told:
        size = max(width(words, SMALL if strong else TINY, bold=strong) for words, strong in told) + 6
        plate = f'width="{size:.1f}" height="{len(told) * _STEP + 5:.1f}"'
        out.append(f'<rect x="{x + _PAD - 3:.1f}" y="{y + 3:.1f}" {plate} fill="{t.page}"/>')
    for n, (words, strong) in enumerate(told):
        at, size = y + 2 + _STEP * (n + 1), SMALL if strong else TINY
        out.append(text(x + _PAD, at, words, t, size=size, bold=strong))
    if tile.differs:
        out.append(unlike(x + wide - 13, y + 13, t))
    room = wide - 2 * _PAD
    for n, (part, look, more) in enumerate(reversed(tile.bars)):
        long, at = max(2.0, (room - _MORE) * min(1.0, part)), y + high - (n + 1) * (_BAR + 2) - 2
        out.append(area(x + _PAD, at, long, _BAR, look, t))
        if more:
            out.append(area(x + _PAD + long, at, _MORE, _BAR, OPEN, t))
    return out
