"""Bars that several charts share: single, stacked to a whole, before and after; thresholds; the unknown apart.

A bar of an unknown size is no bar of zero: it is a dashed outline over the whole scale, with the words in it.
A known zero is a thin line at the foot of the scale.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from visualizations.charts.base import (
    LEFT,
    RIGHT,
    SMALL,
    UNKNOWN,
    Look,
    area,
    colour,
    line,
    mark,
    on,
    text,
)
from visualizations.style import Theme
from visualizations.text import width

BAR = 14.0
_ZERO = 1.6
"""Width of what stands for a known zero."""
_NAMES = 30
"""Names of unknown rows that are written out."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values lie: `x` is zero, `wide` pixels further is `top`."""

    x: float
    wide: float
    top: float = 1.0

    def length(self, value: float) -> float:
        """Return how long a value is; what is beyond the scale ends with it."""
        return self.wide * min(1.0, max(0.0, value / self.top)) if self.top > 0 else 0.0


class Part(NamedTuple):
    """One part of a stacked bar: its size, its look, and the words that stand on it if they fit."""

    value: float
    look: Look
    words: str = ""


def bar(
    scale: Scale, y: float, value: float | None, look: Look, words: str, t: Theme, high: float = BAR
) -> list[str]:
    """Return a bar with words at its end, or in it where they would leave the scale."""
    base = y + high / 2 + SMALL * 0.36
    if value is None:
        told = text(scale.x + 6, base, words, t, size=SMALL, fill=t.quiet, room=scale.wide - 12)
        return [area(scale.x, y, scale.wide, high, UNKNOWN, t), told]
    long = max(_ZERO, scale.length(value))
    track = (
        f'<rect x="{scale.x:.1f}" y="{y:.1f}" width="{scale.wide:.1f}" height="{high:.1f}" fill="{t.lane}"/>'
    )
    out = [track, area(scale.x, y, long, high, look if scale.length(value) > _ZERO else _solid(look), t)]
    need = width(words, SMALL) + 12
    if not words:
        return out
    if long + need <= scale.wide or long < need:
        return [*out, _over(scale.x + long + 6, base, words, t)]
    if look.texture != "solid":  # words on stripes are hard to read
        out.append(f'<rect x="{scale.x + long - need + 3:.1f}" y="{y + 1:.1f}" width="{need - 6:.1f}" '
                   f'height="{high - 2:.1f}" fill="{t.page}"/>')  # fmt: skip
    return [*out, text(scale.x + long - 6, base, words, t, size=SMALL, fill=on(look, t), anchor="end")]


def _over(x: float, y: float, words: str, t: Theme) -> str:
    """Return words on a ground of their own, so that a threshold does not run through them."""
    size = f'width="{width(words, SMALL) + 4:.1f}" height="{SMALL + 1:.1f}"'
    ground = f'<rect x="{x - 2:.1f}" y="{y - SMALL + 1:.1f}" {size} fill="{t.lane}"/>'
    return f"{ground}{text(x, y, words, t, size=SMALL)}"


def _solid(look: Look) -> Look:
    return Look(look.words, look.colour)


def stacked(scale: Scale, y: float, parts: Iterable[Part], t: Theme, high: float = BAR) -> list[str]:
    """Return parts side by side; the words of a part stand on it where there is room."""
    out, x = [], scale.x
    for value, look, words in parts:
        long = scale.length(value)
        if long <= 0:
            continue
        out.append(area(x, y, long, high, look, t))
        room = width(words, SMALL) + 8
        if words and room <= long:
            if look.texture in ("hatched", "crossed"):
                out.append(f'<rect x="{x + (long - room) / 2 + 1:.1f}" y="{y + 1.2:.1f}" width="{room - 2:.1f}" '
                           f'height="{high - 2.4:.1f}" fill="{t.page}"/>')  # fmt: skip
            base = y + high / 2 + SMALL * 0.36
            out.append(text(x + long / 2, base, words, t, size=SMALL, fill=on(look, t), anchor="middle"))
        x += long
    return out


def threshold(scale: Scale, value: float, top: float, bottom: float, t: Theme, words: str = "") -> list[str]:
    """Return a dashed line at a value, from `top` to `bottom`, with words above it."""
    x = scale.x + scale.length(value)
    told = text(x, top - 3, words, t, size=SMALL - 1, fill=t.quiet, anchor="middle") if words else ""
    return [line(x, top, x, bottom, t, ink="text", dashes="4 3"), told]


def axis(scale: Scale, top: float, bottom: float, t: Theme) -> str:
    """Return the line that bars begin at."""
    return line(scale.x, top, scale.x, bottom, t)


def apart(
    rows: Sequence[tuple[str, str, str]],
    y: float,
    t: Theme,
    words: str,
    *,
    left: float = LEFT,
    right: float = RIGHT,
    dashed: bool = True,
) -> tuple[list[str], float]:
    """Return the rows (id, name, full words) of which nothing is known, in one dashed box; and where it ends.

    `words` say what is not recorded of them. Each name is the mark of its row. A dashed outline is for what is
    unknown.
    """
    if not rows:
        return [], y
    out, x, base = [text(left + 10, y + 18, words, t, size=SMALL, bold=True)], left + 10, y + 36.0
    for number, (name, shown, full) in enumerate(rows[:_NAMES]):
        end = number == min(len(rows), _NAMES) - 1
        said = shown if end else f"{shown} ·"
        long = min(width(said, SMALL), right - left - 20)
        if x + long > right - 10 and x > left + 10:
            x, base = left + 10, base + 16
        out += mark(name, full, [text(x, base, said, t, size=SMALL, fill=t.quiet, room=long + 0.5)])
        x += long + 6
    if len(rows) > _NAMES:
        base += 16
        out.append(text(left + 10, base, f"+{len(rows) - _NAMES} more", t, size=SMALL, fill=t.quiet))
    high, dashes = base - y + 10, ' stroke-dasharray="4 3"' if dashed else ""
    outline = (
        f'<rect x="{left:.1f}" y="{y:.1f}" width="{right - left:.1f}" height="{high:.1f}" rx="6" fill="none" '
    )
    return [f'{outline}stroke="{colour("quiet", t)}" stroke-width="1.2"{dashes}/>', *out], y + high
