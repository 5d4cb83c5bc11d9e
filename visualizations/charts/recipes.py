"""The chart of `recipes`: of each process, how many of its figures a source states, and how many are typical."""

from typing import Any

from valuechain import ValueChain
from valuechain.answer import Answer
from visualizations.charts.bars import Part, Scale, axis, stacked
from visualizations.charts.base import LEFT, RIGHT, SMALL, Look, folded, mark, page, text
from visualizations.style import THEMES, Theme

STATED = Look("stated by a source that was read", "stage-1")
COMPUTED = Look("computed by a formula", "stage-2", "hatched")
TYPICAL = Look("typical: order of magnitude only", "quiet", "pale")
_ROW, _BARS = 38.0, LEFT + 330


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the chart."""
    t = THEMES[theme]
    shown, more = folded(answer.rows)
    scale = Scale(_BARS, RIGHT - _BARS, max((r.coefficients for r in shown), default=0) or 1)
    body, y = [], 4.0
    for row in shown:
        body += mark(row.process_id, f"{row.process_name}: {row.reason}", _row(row, y, scale, t))
        y += _ROW
    body.append(axis(scale, 0, y - 8, t))
    if more:
        body.append(text(LEFT, y + 8, f"+{more} more processes", t, size=SMALL))
        y += 22
    return page(
        chain, answer, t, body, y,
        legend=(STATED, COMPUTED, TYPICAL),
        notes=("A bar is the number of coefficients of a process. Recipes are options: nobody is said to run one.",),
    )  # fmt: skip


def _row(row: Any, y: float, scale: Scale, t: Theme) -> list[str]:
    out = [text(LEFT, y + 12, f"{row.process_id} · {row.process_name}", t, bold=True, room=318)]
    out.append(text(LEFT, y + 27, f"makes {row.product_name}", t, size=SMALL, fill=t.quiet, room=318))
    if not row.coefficients:
        return [*out, text(scale.x + 6, y + 14, "no figure is recorded", t, size=SMALL, fill=t.quiet)]
    typical = row.coefficients - row.stated - row.by_formula
    parts = [
        (row.stated, STATED, "stated"),
        (row.by_formula, COMPUTED, "computed"),
        (typical, TYPICAL, "typical"),
    ]
    return out + stacked(scale, y + 4, [Part(n, look, f"{n} {words}") for n, look, words in parts], t, 18)
