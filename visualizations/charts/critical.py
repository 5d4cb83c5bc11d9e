"""The chart of `critical`: how many end products cannot be had without a plant or product, and how few make it."""

from collections.abc import Sequence
from typing import Any

from valuechain import ValueChain
from valuechain.answer import Answer
from visualizations.charts.bars import Part, Scale, apart, axis, bar, stacked
from visualizations.charts.base import (
    HEADING,
    LEFT,
    NOT_RECORDED,
    RIGHT,
    SMALL,
    UNKNOWN,
    Look,
    folded,
    mark,
    page,
    text,
)
from visualizations.style import THEMES, Theme
from visualizations.text import amount

OTHERS = Look("ends that others make from it", "missing")
OWN = Look("ends of its own", "missing", "hatched")
INDEX = Look("concentration of output by owner, 0 to 1", "stage-3")
_BARS = (LEFT + 252, 300.0)
_INDEX = Scale(RIGHT - 150, 150)
_GROUPS = (("enterprise", "Plants that must not fail"), ("product", "Products that must not fail"))
_MOST = 13
_ROW = 44.0


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the chart."""
    t = THEMES[theme]
    regions = chain.names("regions") if len({r.region_id for r in answer}) > 1 else {}
    found = [r for r in answer if r.critical_for]
    scale = Scale(*_BARS, top=float(max((len(r.critical_for) for r in found), default=1)))
    body, y = [], 0.0
    for what, heading in _GROUPS:
        rows = [r for r in found if r.what == what]
        if rows:
            drawn, y = _group(rows, heading, regions, scale, y, t)
            body += drawn
    rest = [r for r in answer if not r.critical_for]
    drawn, y = apart([(_id(r), r.name, r.reason) for r in rest], y + 6, t,
                     f"No end product hangs on these alone; the table tells how concentrated they are ({len(rest)})",
                     dashed=False)  # fmt: skip
    notes = ["An end is a final product, or one that nothing here takes further. Concentration: Herfindahl index, "
             "1 is a single owner."]  # fmt: skip
    return page(chain, answer, t, body + drawn, y, legend=(OTHERS, OWN, INDEX, UNKNOWN), notes=notes)


def _id(row: Any) -> str:
    return ":".join((row.region_id or "", row.what, row.enterprise_id or row.product_id or ""))


def _group(
    rows: Sequence[Any], heading: str, regions: Any, scale: Scale, y: float, t: Theme
) -> tuple[list[str], float]:
    products = rows[0].what == "product"
    beside = "concentration, by owner" if products else "their output a year"
    body = [text(LEFT, y + 18, heading, t, size=HEADING, bold=True), text(scale.x, y + 18, "end products lost", t,
            size=SMALL, fill=t.quiet), text(_INDEX.x, y + 18, beside, t, size=SMALL, fill=t.quiet)]  # fmt: skip
    start = y = y + 30
    known, more = folded(rows, _MOST)
    for row in known:
        body += mark(_id(row), row.reason, _row(row, regions, scale, y, t))
        y += _ROW
    body += [axis(s, start - 3, y - 8, t) for s in ((scale, _INDEX) if products else (scale,))]
    if more:
        body.append(text(LEFT, y + 6, f"+{more} more", t, size=SMALL))
        y += 22
    return body, y + 8


def _row(row: Any, regions: Any, scale: Scale, y: float, t: Theme) -> list[str]:
    lost = len(row.critical_for)
    own = lost - row.other_ends
    parts = (Part(float(row.other_ends), OTHERS, str(row.other_ends)), Part(float(own), OWN, str(own)))
    place = f"{regions.get(row.region_id, row.region_id)} · " if regions else ""
    names = "; ".join(row.critical_for_names)
    return [
        text(LEFT, y + 12, row.name, t, bold=True, room=242),
        text(LEFT, y + 28, f"{place}{_makers(row)}", t, size=SMALL, fill=t.quiet, room=242),
        *stacked(scale, y, parts, t),
        text(scale.x + scale.length(lost) + 6, y + 11, f"{lost} of {row.ends}", t, size=SMALL),
        text(scale.x + 6, y + 28, names, t, size=SMALL, fill=t.quiet, room=_INDEX.x - scale.x - 22),
        *_beside(row, y, t),
    ]


def _beside(row: Any, y: float, t: Theme) -> list[str]:
    if row.what == "enterprise":
        told = NOT_RECORDED if row.at_stake is None else amount(row.at_stake, row.at_stake_unit)
        told = f"at least {told}" if row.at_stake is not None and row.at_stake_unknown else told
        return [text(_INDEX.x, y + 11, told, t, size=SMALL, fill=t.quiet if row.at_stake is None else t.text)]
    if not row.makers:
        return [text(_INDEX.x + 6, y + 11, "no maker on record", t, size=SMALL, fill=t.quiet)]
    index = row.hhi_owners
    return bar(_INDEX, y, index, INDEX, NOT_RECORDED if index is None else f"{index:.2g}", t)


def _makers(row: Any) -> str:
    """Say how many make it here, and whether that is declared or only on record."""
    sure = "declared" if row.sole_in else "on record"
    if row.what == "enterprise":
        return f"the only maker, {sure}" if row.sole_maker else f"one of {row.makers} makers here"
    makers = {0: "no maker on record", 1: f"one maker, {sure}"}.get(row.makers, f"{row.makers} makers here")
    return f"{makers}, also bought outside" if row.from_outside and row.makers else makers
