"""Chains as strips of boxes from raw to final, grouped by their start: how the steps stand, where each breaks.

The line of an arrow tells how the step stands: solid, long dashes, dots, red dashes. A cross marks the first step
that is not on record. The paths that lack least are drawn of each start.
"""

from collections.abc import Callable, Sequence
from typing import Any

from valuechain import ValueChain
from valuechain.analyses.chains import ChainPath, Step
from valuechain.answer import Answer, figure
from visualizations.charts.base import HEADING, INNER, LEFT, RIGHT, SMALL, line, lines, mark, page, text
from visualizations.charts.signs import cross, explained, shared_out
from visualizations.charts.strips import Box, Way, arrow, strip
from visualizations.style import THEMES, Theme
from visualizations.text import plain, shorten, width

MOST_PATHS = 16
_STATUS = {
    "working": "runs here and a link feeds it",
    "present": "runs here, no link on record",
    "possible": "one of several possible routes here",
    "absent": "nobody on record here runs it",
}


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the strips, the best few of each start."""
    t = THEMES[theme]
    groups: dict[tuple[str | None, str], list[ChainPath]] = {}
    for row in answer.rows:
        groups.setdefault((row.region_id, row.start_product_id), []).append(row)
    several = len({region for region, _ in groups}) > 1
    body, y = _legend(t)
    counts = shared_out(list(groups.values()), MOST_PATHS)
    for ((region, _), rows), count in zip(groups.items(), counts, strict=True):
        if count:
            place = f" in {chain.names('regions').get(region, region)}" if several and region else ""
            parts, y = _start(chain, rows, count, place, t, y)
            body += parts
    left = [rows[0].start_product_name for rows, n in zip(groups.values(), counts, strict=True) if not n]
    notes = ["A path is an option by the recipes, no forecast; amounts of paths are never to be summed."]
    if left:
        notes.insert(0, f"+{len(left)} more starts, in the table: {', '.join(left)}.")
    return page(chain, answer, t, body, y, notes=notes)


def _legend(t: Theme) -> tuple[list[str], float]:
    def sign(status: str) -> Callable[[float, float], str]:
        return lambda x, y: "".join(arrow(Way(status, "", "", ""), x - 19, y, t, 38))

    entries = [(sign(status), f"{status}: {words}") for status, words in _STATUS.items()]
    return explained([*entries, (lambda x, y: cross(x, y, t), "first break")], 0.0, t, 38)


def _start(
    chain: ValueChain, rows: Sequence[ChainPath], count: int, place: str, t: Theme, y: float
) -> tuple[list[str], float]:
    """Draw the paths of one start."""
    name = rows[0].start_product_name
    out = [text(LEFT, y + 20, f"From {name}{place}", t, size=HEADING, bold=True, room=INNER - 240)]
    if len(rows) > count:
        words = f"+{len(rows) - count} more paths, in the table"
        more = text(RIGHT, y + 20, words, t, size=SMALL, fill=t.quiet, anchor="end", room=230)
        out += mark(f"{name} +{len(rows) - count}", words, [more], "more")
    y += 30
    for row in rows[:count]:
        drawn, y = strip(*_parts(chain, row), t, y)
        under, y = _under(chain, row, t, y + 16)
        out += mark(row.path_id, row.reason, [*drawn, *under], "path")
    return [*out, line(LEFT, y - 4, RIGHT, y - 4, t, ink="lane")], y


def _under(chain: ValueChain, row: ChainPath, t: Theme, y: float) -> tuple[list[str], float]:
    """Write what a path comes to under it: the short of it bold, the rest beside it."""
    head, told = _told(chain, row)
    head = shorten(plain(head), SMALL, INNER / 2, bold=True) + (":" if told else "")
    at = LEFT + width(head, SMALL, bold=True) + 5
    rest, end = lines(at, y, told, t, RIGHT - at, most=2)
    ink = t.missing if row.absent else t.text
    return [text(LEFT, y, head, t, size=SMALL, bold=True, fill=ink), *rest], end - 1


def _parts(chain: ValueChain, row: ChainPath) -> tuple[list[Box], list[Way]]:
    first = chain.row("products", row.start_product_id) or {}
    boxes = [Box(row.start_product_id, row.start_product_name, first.get("stage"))]
    ways, broken = [], False
    for step in row.path:
        absent = step.status == "absent"
        boxes.append(Box(step.to_product_id, step.to_product_name, step.to_stage, not absent))
        under = "declared" if step.declared else step.process_id
        ways.append(Way(step.status, step.status, under, _words(chain, step), absent and not broken))
        broken |= absent
    return boxes, ways


def _words(chain: ValueChain, step: Step) -> str:
    """Return all that is known of a step."""
    makers = ", ".join(chain.names("enterprises").get(m, m) for m in step.makers)
    parts = [
        f"{step.from_product_name} to {step.to_product_name} by {step.process_name}",
        f"{step.status}: {_STATUS[step.status]}" + (", as the data declares" if step.declared else ""),
        f"{figure(step.coefficient)} of it per unit"
        if step.coefficient is not None
        else "coefficient unknown",
        *([makers] if makers else []),
        *([f"{figure(step.quantity)} {step.unit} move".strip()] if step.quantity is not None else []),
    ]
    return " · ".join(parts)


def _told(chain: ValueChain, row: ChainPath) -> tuple[str, str]:
    """Return what a path comes to: the short of it, and the rest of the line."""
    if row.breaks_at_name is None:
        silent = sum(step.status == "present" for step in row.path)
        parts = [f"only possible at {row.possible} of {_steps(row.steps)}"] if row.possible else []
        parts += [f"no link on record at {silent} of {_steps(row.steps)}"] if silent else []
        return f"Complete here up to {row.end_product_name}", ", ".join(parts)
    size = "how much of it leaves is not recorded"
    if row.available is not None:
        size = f"{figure(row.available)} {row.unit} of it leave a year"
        if row.potential:
            size += f", enough for {figure(row.potential)} {row.end_unit} of {row.end_product_name}"
            after = row.path[[step.status for step in row.path].index("absent") :]
            others = sorted({chain.names("products").get(p, p) for step in after for p in step.beside})
            size += f", given {' and '.join(others)}" if others else ""
    return f"Breaks after {row.breaks_at_name}", f"{row.absent} of {_steps(row.steps)} absent; {size}"


def _steps(count: int) -> str:
    return f"{count} {'step' if count == 1 else 'steps'}"
