"""The chart of `simulate`: one panel for each closing, side by side; the gaps that change, the rest as a count."""

from collections.abc import Sequence
from typing import Any

from valuechain import ValueChain
from valuechain.answer import Answer
from visualizations.charts.base import HEADING, INNER, LEFT, SMALL, folded, line, lines, mark, page, text
from visualizations.charts.pairs import LEGEND, headed, panel
from visualizations.style import THEMES, Theme
from visualizations.text import amount

_MOST, _CLOSINGS, _GAP = 6, 6, 28.0
"""Rows under each heading, closings that are drawn, and pixels between two panels."""


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the chart."""
    t = THEMES[theme]
    closings: dict[str, list[Any]] = {}
    for row in answer:
        closings.setdefault(row.closing_id, []).append(row)
    shown, more = folded(list(closings.values()), _CLOSINGS)
    across = min(2, len(shown))
    wide = (INNER - _GAP * (across - 1)) / across
    body: list[str] = []
    top = y = 0.0
    for number, rows in enumerate(shown):
        if number % across == 0:
            top = y
        drawn, end = _closing(chain, rows, number + 1 if len(shown) > 1 else 0, number % across, wide, top, t)
        body += drawn
        y = max(y, end)
    if more:
        body.append(text(LEFT, y + 12, f"+{more} more closings", t, size=SMALL))
        y += 20
    notes = ["Bars of one unit have one scale within a panel; sizes are per year and are not added up."]
    if len(shown) > 1:
        notes.append("Closings are alternatives, each on its own copy of the data.")
    return page(chain, answer, t, body, y, legend=LEGEND, notes=notes)


def _closing(
    chain: ValueChain, rows: Sequence[Any], number: int, column: int, wide: float, y: float, t: Theme
) -> tuple[list[str], float]:
    """Return the panel of one closing: what is built, the gaps that change, and how many other rows do."""
    built, x = rows[0], LEFT + column * (wide + _GAP)
    out = [line(x, y + 2, x + wide, y + 2, t)]
    kind, _, where = built.gap_id.partition(":")
    product = where.split(":")[-1]
    name = chain.names("products").get(product, product)
    head = f"{number}. " * bool(number) + f"Closing the {kind.replace('_', ' ')} of {name}"
    drawn, y = lines(x, y + 24, head, t, wide, size=HEADING, bold=True, most=2)
    said, y = lines(x, y, built.reason, t, wide, most=5)
    worth = (
        "not known: no price"
        if built.value is None
        else f"{amount(built.value, built.currency)} a year, gross"
    )
    money, y = lines(x, y + 2, f"Worth of the new output: {worth}.", t, wide)
    out += mark(f"{built.closing_id}:{built.row_id}", built.reason, [*drawn, *said, *money], "mark built")
    gaps = [row for row in rows[1:] if row.question == "missing-links"]
    drawn, y = panel(chain, headed(gaps), x, wide, y + 4, t, _MOST)
    out += drawn or [text(x, y + 14, "No gap changes.", t, size=SMALL)]
    y += 0 if drawn else 24
    others = [row.question for row in rows[1:] if row.question != "missing-links"]
    if others:
        counts = ", ".join(f"{others.count(question)} of {question}" for question in sorted(set(others)))
        told, y = lines(
            x, y + 12, f"Rows of other answers that differ: {counts}.", t, wide, fill=t.quiet, most=4
        )
        out += told
    return out, y + 10
