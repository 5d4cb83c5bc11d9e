"""Pairs of bars, before and after, under a heading for each thing that can happen to a gap.

Used by the charts of `changes` and `simulate`. Bars of one unit have one scale within a panel. No row on a side is
not an unknown: "none" is written where a row opened or closed, "of unknown size" where a size is not known.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from valuechain import ValueChain
from visualizations.charts.bars import Scale, bar
from visualizations.charts.base import HEADING, SMALL, UNKNOWN, Look, lines, mark, text
from visualizations.style import Theme
from visualizations.text import amount, percent, width

BEFORE = Look("before", "quiet", "hatched")
AFTER = Look("after", "stage-2")
LEGEND = (BEFORE, AFTER, UNKNOWN)
HEADINGS: Mapping[str, str] = {
    "opened": "Opened: not there before",
    "closed": "Closed: there no more",
    "grown": "Grown",
    "shrunk": "Shrunk",
    "now known": "Size now known",
    "now unknown": "Size now unknown",
    "changed": "Same size, other figures differ",
}
_LABELS, _NARROW = 252.0, 560.0
"""Room for the words beside the bars; panels below the second width have their words above the bars."""


def headed(rows: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """Return the rows by what happened to them, in the order of the headings."""
    found = [(what, [row for row in rows if row.what == what]) for what in HEADINGS]
    return [(what, told) for what, told in found if told]


def panel(
    chain: ValueChain,
    groups: Sequence[tuple[str, Sequence[Any]]],
    x: float,
    wide: float,
    y: float,
    t: Theme,
    most: int,
) -> tuple[list[str], float]:
    """Return the groups one under the other, `most` rows of each at most, and the y under them."""
    rows = [row for _, told in groups for row in told]
    tops: dict[str, float] = {}
    for row in rows:
        tops[row.unit] = max(tops.get(row.unit, 0.0), row.before or 0.0, row.after or 0.0)
    out: list[str] = []
    for what, told in groups:
        out.append(text(x, y + 16, f"{HEADINGS[what]} ({len(told)})", t, size=HEADING, bold=True, room=wide))
        y += 28
        shown = told if len(told) <= most + 1 else told[:most]
        for row in shown:
            out += mark(row.row_id, row.reason, _pair(chain, row, x, wide, y, tops[row.unit], t))
            y += 64 if wide < _NARROW else 46
        if len(shown) < len(told):
            out.append(text(x, y + 6, f"+{len(told) - len(shown)} more", t, size=SMALL))
            y += 22
        y += 8
    return out, y


def _pair(chain: ValueChain, row: Any, x: float, wide: float, y: float, top: float, t: Theme) -> list[str]:
    name, kind = told(chain, row)
    if wide < _NARROW:
        scale, bold = Scale(x, wide, top), min(wide - 60, width(name, SMALL, bold=True))
        out = [
            text(x, y + 11, name, t, size=SMALL, bold=True, room=bold + 0.5),
            text(x + bold + 8, y + 11, kind, t, size=SMALL, fill=t.quiet, room=wide - bold - 8),
        ]
        y += 18
    else:
        scale = Scale(x + _LABELS, wide - _LABELS, top)
        out = [
            text(x, y + 12, name, t, bold=True, room=_LABELS - 10),
            text(x, y + 28, kind, t, size=SMALL, fill=t.quiet, room=_LABELS - 10),
        ]
    if row.what == "changed":
        differs = row.reason.partition(": ")[2] or row.reason
        return [*out, *lines(scale.x, y + 11, differs, t, scale.wide, most=2)[0]]
    sides = ((row.before, BEFORE, row.what == "opened"), (row.after, AFTER, row.what == "closed"))
    for number, (value, look, none) in enumerate(sides):
        at = y + 18 * number
        if none:
            out.append(text(scale.x + 6, at + 11, f"{look.words}: none", t, size=SMALL, fill=t.quiet))
            continue
        size = "of unknown size" if value is None else shown(value, row.unit)
        out += bar(scale, at, value, look, f"{look.words}: {size}", t)
    return out


def shown(value: float, unit: str) -> str:
    """Return a size in words; a share in per cent."""
    return percent(value) if unit == "share" else amount(value, unit)


def told(chain: ValueChain, row: Any) -> tuple[str, str]:
    """Return what a row is about, and what kind of row it is."""
    product = chain.names("products").get(row.product_id, row.product_id) if row.product_id else ""
    kind = (
        row.row_id.split(":", 1)[0] if row.question == "missing-links" else f"{row.question}, {row.measure}"
    )
    region = chain.names("regions").get(row.region_id, row.region_id) if row.region_id else ""
    if not product:
        product = row.reason.split(":", 1)[0] if row.question == "missing-links" else row.row_id.strip(":")
    return product, " · ".join(w for w in (kind.replace("_", " ").replace("-", " "), region) if w)
