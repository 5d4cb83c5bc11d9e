"""Needs, and who could meet them: a bar of what is feasible for each candidate against the line of the need.

The bar ends where the need is met. What is not known is a dashed outline and no bar. Those that cannot stand
last, with the reason and no bar. Each need is matched alone, so the bars of two needs are not to be added.
"""

from collections.abc import Callable, Sequence
from typing import Any

from valuechain import ValueChain
from valuechain.analyses.partners import Partner
from valuechain.answer import Answer, figure
from visualizations.charts.bars import Scale, bar, threshold
from visualizations.charts.base import (
    HEADING,
    INNER,
    LEFT,
    MOST_ROWS,
    NOT_RECORDED,
    RIGHT,
    SMALL,
    THRESHOLD,
    UNKNOWN,
    Look,
    line,
    mark,
    page,
    text,
)
from visualizations.charts.matrix import TINY
from visualizations.charts.signs import explained, shared_out, verdict
from visualizations.style import THEMES, Theme
from visualizations.text import plain, shorten

_ROW = 42.0
_NAME, _BAR_AT, _BAR_WIDE = LEFT + 84, LEFT + 344, 370.0
_FEASIBLE = Look("feasible a year", "stage-2")
_NEED = Look("the need", THRESHOLD.colour, THRESHOLD.texture)
_CAN = {"yes": "can, all of it", "partly": "can, a part", "unknown": "too little is recorded", "no": "cannot"}


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the needs, each with its candidates."""
    t, y = THEMES[theme], 0.0
    needs: dict[tuple[str, str], list[Partner]] = {}
    for row in answer.rows:
        needs.setdefault((row.need_id, row.role), []).append(row)
    body, y = _legend(t)
    groups = list(needs.values())
    counts = shared_out(groups, MOST_ROWS)
    for rows, count in zip(groups, counts, strict=True):
        if count:
            parts, y = _need(rows, count, t, y)
            body += parts
    unseen = [rows for rows, count in zip(groups, counts, strict=True) if not count]
    if unseen:
        words = f"+{len(unseen)} more needs, in the table"
        body += mark(f"+{len(unseen)}", words, [text(LEFT, y + 14, words, t, fill=t.quiet)], "more")
        y += 24
    notes = [
        "Each need is matched alone: do not add feasible amounts. Distance is the great circle, "
        "by region where it lies between the points of towns or regions."
    ]
    return page(chain, answer, t, body, y, legend=(_FEASIBLE, _NEED, UNKNOWN), notes=notes)


def _legend(t: Theme) -> tuple[list[str], float]:
    def sign(word: str) -> Callable[[float, float], str]:
        return lambda x, y: verdict(word, x, y, t)

    return explained([(sign(word), f"{word}: {told}") for word, told in _CAN.items()], 0.0, t)


def _need(rows: Sequence[Partner], count: int, t: Theme, y: float) -> tuple[list[str], float]:
    """Draw one need: its heading, its candidates, the rest as a number."""
    first = rows[0]
    amount = (
        f"size {NOT_RECORDED}"
        if first.need is None
        else f"{figure(first.need)} {first.unit}".strip() + " a year"
    )
    who = "who could take it" if first.role == "taker" else "who could supply it"
    name = shorten(plain(first.product_name), HEADING, INNER * 0.45, bold=True)
    heading = f"{name}, {amount}: {who} ({first.for_name})"
    out = [text(LEFT, y + 22, heading, t, size=HEADING, bold=True, room=INNER)]
    top = y + 30.0
    y = top + (10 if first.need else 0)
    known = [row.feasible for row in rows if row.feasible]
    scale = Scale(_BAR_AT, _BAR_WIDE, first.need or max(known, default=1.0))
    if first.need:
        words = f"the need, {figure(first.need)} {first.unit}".strip()
        at = scale.x + scale.length(first.need)
        out.append(text(at, top + 8, words, t, size=TINY, fill=t.quiet, anchor="middle"))
    for row in rows[:count]:
        out += mark(f"{row.need_id} {row.enterprise_id}", row.reason, _row(row, scale, y, t))
        y += _ROW
    if len(rows) > count:
        words = f"+{len(rows) - count} more candidates, in the table"
        out += mark(
            f"+{len(rows) - count}", words, [text(LEFT + 20, y + 12, words, t, size=SMALL, fill=t.quiet)]
        )
        y += 20
    return [*out, line(LEFT, y + 4, RIGHT, y + 4, t, ink="lane")], y + 8


def _row(row: Partner, scale: Scale, y: float, t: Theme) -> list[str]:
    """Draw one candidate: sign, word, name, bar, distance, and the reason in a line."""
    why = row.reason.removeprefix(row.enterprise_name).strip()
    km = "distance unknown" if row.distance_km is None else f"{figure(row.distance_km)} km"
    basis = row.distance_basis if row.distance_km else "same town"
    out = [
        verdict(row.can, LEFT + 7, y + 12, t),
        text(LEFT + 20, y + 16, row.can, t, size=SMALL, bold=True),
        text(_NAME, y + 16, row.enterprise_name, t, size=SMALL, bold=True, room=_BAR_AT - _NAME - 10),
        text(RIGHT, y + 16, km, t, size=SMALL, anchor="end", fill=t.quiet if row.distance_km is None else ""),
        text(_NAME, y + 32, why, t, size=TINY, fill=t.quiet, room=RIGHT - _NAME - 80),
    ]
    if row.distance_km is not None and row.distance_basis != "exact":
        out.append(text(RIGHT, y + 32, basis, t, size=TINY, anchor="end", fill=t.quiet, room=76))
    if row.can == "no":
        return out
    words = NOT_RECORDED if row.feasible is None else f"{figure(row.feasible)} {row.unit}".strip()
    if row.feasible is not None and row.share is not None:
        words += f", {100 * row.share:.3g} %"
    out += bar(scale, y + 5, row.feasible, _FEASIBLE, words, t)
    return [*out, *(threshold(scale, row.need, y + 2, y + 22, t) if row.need else [])]
