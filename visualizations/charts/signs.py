"""Signs that stand beside their word, and the line that explains them.

The answer to a question of yes and no is a circle: full for yes, half full for partly, empty for no, dashed
with a question mark for unknown. So it reads without colour.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from visualizations.charts.base import LEFT, RIGHT, SMALL, colour, text
from visualizations.style import Theme
from visualizations.text import width

VERDICTS = ("yes", "partly", "no", "unknown")
RADIUS = 6.0

T = TypeVar("T")
Draw = Callable[[float, float], str]


def verdict(word: str, x: float, y: float, t: Theme, *, ink: str = "stage-1") -> str:
    """Return the sign of a word of `VERDICTS` around a point."""
    r, stroke = RADIUS, colour(ink, t)
    ring = f"M{x - r:.1f},{y:.1f}a{r:g},{r:g} 0 1 0 {2 * r:g},0a{r:g},{r:g} 0 1 0 {-2 * r:g},0Z"
    if word == "unknown":
        dashed = f'fill="none" stroke="{t.quiet}" stroke-width="1.2" stroke-dasharray="3 2"'
        return f'<path d="{ring}" {dashed}/>' + text(
            x, y + 3.8, "?", t, size=10.5, bold=True, anchor="middle"
        )
    drawn = f'<path d="{ring}" fill="{stroke if word == "yes" else t.page}" stroke="{stroke}" stroke-width="1.6"/>'
    if word == "partly":
        drawn += f'<path d="M{x:.1f},{y - r:.1f}a{r:g},{r:g} 0 0 0 0,{2 * r:g}Z" fill="{stroke}"/>'
    return drawn


def unlike(x: float, y: float, t: Theme) -> str:
    """Return the sign of two things that differ: an equals sign struck through."""
    bars = f"M{x - 5:.1f},{y - 2.2:.1f}h10M{x - 5:.1f},{y + 2.2:.1f}h10M{x + 3:.1f},{y - 6:.1f}l-6,12"
    return f'<path d="{bars}" fill="none" stroke="{t.missing}" stroke-width="1.5"/>'


def cross(x: float, y: float, t: Theme) -> str:
    """Return the sign of a break: a cross on a full circle."""
    ring = f"M{x - 7:.1f},{y:.1f}a7,7 0 1 0 14,0a7,7 0 1 0 -14,0Z"
    legs = f"M{x - 3:.1f},{y - 3:.1f}l6,6M{x + 3:.1f},{y - 3:.1f}l-6,6"
    return (
        f'<path d="{ring}" fill="{t.missing}"/>'
        f'<path d="{legs}" fill="none" stroke="{t.page}" stroke-width="1.8"/>'
    )


def explained(
    entries: Iterable[tuple[Draw, str]], y: float, t: Theme, wide: float = 2 * RADIUS + 2
) -> tuple[list[str], float]:
    """Return a legend of signs that are drawn around a point, each `wide` pixels, and the y under it."""
    out, x, y = ['<g class="legend">'], LEFT, y + 8
    for draw, words in entries:
        room = wide + 8 + width(words, SMALL)
        if x > LEFT and x + room > RIGHT:
            x, y = LEFT, y + 20
        out += [
            draw(x + wide / 2, y),
            text(x + wide + 8, y + 4, words, t, size=SMALL, room=RIGHT - x - wide - 8),
        ]
        x += room + 20
    return [*out, "</g>"], y + 18


def shared_out(groups: Sequence[Sequence[T]], most: int) -> list[int]:
    """Return how many of each group are drawn: as many of each as fit, at least one, none when room ends."""
    sizes = [len(group) for group in groups]
    for each in range(max(sizes, default=1), 0, -1):
        if sum(min(each, size) for size in sizes) <= most:
            return [min(each, size) for size in sizes]
    return [1 if i < most else 0 for i in range(len(sizes))]
