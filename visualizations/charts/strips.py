"""A strip of boxes joined by arrows: one path through the stages, its steps told by line, dash and word.

A strip that is longer than the page goes on under itself, one box further right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from visualizations.charts.base import LEFT, SMALL, colour, mark, text
from visualizations.charts.signs import cross
from visualizations.style import STAGES, Theme
from visualizations.text import plain, wrap

WIDE, GAP = 100.0, 48.8
"""Width of a box, and of the room for the arrow between two."""
PER_LINE = 6
_TINY = 10.0
_NAME = 14.0

DASHES = {"working": "", "present": "9 4", "possible": "2 3", "absent": "6 4"}
"""The line of each status; a missing step is red too, and says so in words."""


@dataclass(frozen=True, slots=True)
class Box:
    """A product of a path. `made` is whether the step that leads to it is not absent."""

    id: str
    name: str
    stage: float | None
    made: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """The step between two boxes: its status, a word above and one under the line, and all words."""

    status: str
    above: str
    under: str
    words: str
    breaks: bool = False


def stage_word(stage: float | None) -> str:
    """Return the name of a stage."""
    return "no stage known" if stage is None else STAGES[min(4, max(0, int(stage)))]


def strip(boxes: Sequence[Box], ways: Sequence[Way], t: Theme, y: float) -> tuple[list[str], float]:
    """Return a path drawn from `y` downwards, and the y under it; `ways[i]` leads to `boxes[i + 1]`."""
    names = [wrap(plain(box.name), SMALL, WIDE - 14, lines=3, bold=True) for box in boxes]
    high = max(len(name) for name in names) * _NAME + 26
    out: list[str] = []
    top = y
    for i, box in enumerate(boxes):
        line, column = _place(i)
        x, top = LEFT + column * (WIDE + GAP), y + line * (high + 16)
        if i:
            out += arrow(ways[i - 1], x - GAP, top + high / 2, t)
        if line and column == 1:
            words = "the path goes on"
            out.append(
                text(x - GAP - 6, top + high / 2 + 4, words, t, size=_TINY, fill=t.quiet, anchor="end")
            )
        out += _box(box, names[i], (x, top, WIDE, high), t)
    return out, top + high


def _place(i: int) -> tuple[int, int]:
    """Return the line and the column of a box; lines after the first begin one column further right."""
    if i < PER_LINE:
        return 0, i
    line, column = divmod(i - PER_LINE, PER_LINE - 1)
    return line + 1, column + 1


def _box(box: Box, name: Sequence[str], place: tuple[float, float, float, float], t: Theme) -> list[str]:
    x, y, wide, high = place
    key = "process" if box.stage is None else f"stage-{min(4, max(0, int(box.stage)))}"
    look = f'stroke="{t.borders[key]}" stroke-width="1.4"'
    look = f'fill="{t.fills[key]}" {look}' if box.made else f'fill="{t.page}" {look} stroke-dasharray="4 3"'
    out = [f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="6" {look}/>']
    for n, words in enumerate(name):
        out.append(text(x + 8, y + 16 + _NAME * n, words, t, size=SMALL, bold=True))
    stage = stage_word(box.stage)
    out.append(text(x + 8, y + high - 8, stage, t, size=_TINY, fill=t.quiet, room=wide - 14))
    state = "" if box.made else " · past a step that is not on record here"
    return mark(box.id, f"{box.name} · {stage}{state}", out, "box")


def arrow(way: Way, x: float, y: float, t: Theme, wide: float = GAP) -> list[str]:
    """Return the arrow of a step with its words, from `x` on."""
    ink = t.missing if way.status == "absent" else colour("text" if way.status == "working" else "quiet", t)
    dashes = f' stroke-dasharray="{DASHES[way.status]}"' if DASHES[way.status] else ""
    thick, tip, middle = (2.4 if way.status == "working" else 1.8), x + wide - 3, x + wide / 2
    out = [
        f'<path d="M{x + 3:.1f},{y:.1f}H{tip - 7:.1f}" fill="none" stroke="{ink}" stroke-width="{thick}"{dashes}/>',
        f'<path d="M{tip:.1f},{y:.1f}l-8,-4.5v9Z" fill="{ink}"/>',
    ]
    out += [cross(middle - 3, y, t)] if way.breaks else []
    room = wide - 2
    fill = t.missing if way.status == "absent" else t.text
    above = text(middle, y - 10, way.above, t, size=_TINY, fill=fill, anchor="middle", room=room)
    under = text(middle, y + 18, way.under, t, size=_TINY, fill=t.quiet, anchor="middle", room=room)
    return mark(way.words, way.words, [*out, above, under], f"way {way.status}") if way.words else out
