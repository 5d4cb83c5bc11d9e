"""The chart of `data-gaps`: what each number would put in order, alone and with others, with its question beside it."""

from collections.abc import Sequence
from typing import Any

from valuechain import ValueChain, question
from valuechain.answer import Answer
from visualizations.charts.bars import Part, Scale, apart, axis, stacked
from visualizations.charts.base import HEADING, LEFT, SMALL, Look, folded, lines, mark, page, text
from visualizations.style import THEMES, Theme

ALONE = Look("pairs of gaps that it decides alone", "stage-3")
OTHERS = Look("pairs that it takes part in, with other numbers", "stage-3", "hatched")
_TYPICAL = "typical figure"
_BARS = Scale(LEFT + 520, 270)
_WORDS = 492.0
_MOST = 16
_ROW = 52.0


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the chart."""
    t = THEMES[theme]
    missing = [r for r in answer if r.what != _TYPICAL]
    regions = chain.names("regions") if len({r.region_id for r in answer}) > 1 else {}
    body, y = _bars(missing, regions, t)
    names, ways = chain.names("products"), chain.names("processes")
    typical = [
        (_id(r), f"{names[r.product_id]} in {ways[r.process_id]}", f"{r.ask} {r.reason}")
        for r in answer
        if r.what == _TYPICAL
    ]
    drawn, y = apart(
        typical, y + 6, t, f"Typical figures that known sizes rest on ({len(typical)})", dashed=False
    )
    notes = ["A pair of gaps is undecided while what is known does not say which of the two is the larger. Hatched "
             "parts overlap between bars: do not add them."]  # fmt: skip
    return page(chain, answer, t, body + drawn, y, legend=(ALONE, OTHERS), notes=notes)


def _id(row: Any) -> str:
    return ":".join(getattr(row, name) or "" for name in question("data-gaps").key)


def _bars(rows: Sequence[Any], regions: Any, t: Theme) -> tuple[list[str], float]:
    if not rows:
        return [text(LEFT, 18, "No number is known to be missing.", t, bold=True)], 30.0
    shown, more = folded(rows, _MOST)
    top = float(max(r.pairs + r.with_others for r in shown) or 1)
    scale = Scale(_BARS.x, _BARS.wide, top)
    body = [text(LEFT, 18, "What to ask", t, size=HEADING, bold=True),
            text(scale.x, 18, "undecided pairs of gaps", t, size=SMALL, fill=t.quiet)]  # fmt: skip
    y = 30.0
    for row in shown:
        body += mark(_id(row), f"{row.ask} {row.reason}", _row(row, regions, scale, y, t))
        y += _ROW
    body.append(axis(scale, 27, y - 8, t))
    if more:
        body.append(text(LEFT, y + 6, f"+{more} more", t, size=SMALL))
        y += 22
    return body, y


def _row(row: Any, regions: Any, scale: Scale, y: float, t: Theme) -> list[str]:
    place = f"{regions.get(row.region_id, row.region_id)} · " if regions else ""
    said, below = lines(LEFT, y + 10, row.ask.split("? ")[0] + "?", t, _WORDS, most=2)
    hang = f"{row.gaps} gap{'s' if row.gaps > 1 else ''} hang{'' if row.gaps > 1 else 's'} on it"
    alone, others = float(row.pairs), float(row.with_others)
    all_told = f"{row.pairs} alone, {row.with_others} with others, of {row.of_pairs}"
    return [
        *said,
        text(LEFT, below, f"{place}{row.what} · {hang}", t, size=SMALL - 0.5, fill=t.quiet, room=_WORDS),
        *stacked(scale, y, (Part(alone, ALONE), Part(others, OTHERS)), t),
        text(scale.x + 4, y + 28, all_told, t, size=SMALL, fill=t.quiet, room=scale.wide + 40),
    ]
