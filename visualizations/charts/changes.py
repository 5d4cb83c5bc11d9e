"""The chart of `changes`: each row of the answer before and after, by what happened to it."""

from typing import Any

from valuechain import ValueChain
from valuechain.answer import Answer
from visualizations.charts.bars import apart
from visualizations.charts.base import INNER, LABEL, LEFT, lines, page
from visualizations.charts.pairs import LEGEND, headed, panel, shown, told
from visualizations.style import THEMES

_MOST = 6
"""Rows under each heading."""


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the chart."""
    t = THEMES[theme]
    compared = next((c for c in answer.caveats if c.startswith("Compared:")), "")
    body, y = lines(LEFT, 12.0, compared, t, INNER, size=LABEL)
    drawn, y = panel(chain, headed(answer.rows), LEFT, INNER, y + 2, t, _MOST)
    silent = [row for row in answer if row.what.startswith("not recorded")]
    words = f"One side records too little to tell, so nothing is known of a change ({len(silent)})"
    rest, y = apart([(row.row_id, _silent(chain, row), row.reason) for row in silent], y, t, words)
    body += drawn + rest
    notes = ["Bars of one unit have one scale; sizes are per year and are not added up."]
    return page(chain, answer, t, body, y, legend=LEGEND, notes=notes)


def _silent(chain: ValueChain, row: Any) -> str:
    name, kind = told(chain, row)
    side, size = ("after", row.after) if row.what == "not recorded before" else ("before", row.before)
    known = f", {side} {shown(size, row.unit)}" if size is not None else ""
    return f"{name} ({kind.partition(' · ')[0]}{known})"
