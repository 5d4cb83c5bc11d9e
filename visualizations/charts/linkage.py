"""The chart of `linkage`: where the supply of each enterprise and each product goes, as parts of 100 %."""

from collections.abc import Sequence
from typing import Any

from valuechain import ValueChain
from valuechain.answer import Answer
from visualizations.charts.bars import Part, Scale, apart, stacked
from visualizations.charts.base import HEADING, LEFT, RIGHT, SMALL, Look, folded, mark, page, text
from visualizations.style import THEMES, Theme
from visualizations.text import amount, percent

OPEN = Look("to other owners' processors here", "stage-2")
KIN = Look("to other plants of the owner here", "stage-1", "crossed")
INSIDE = Look("inside the plant", "stage-1", "hatched")
LEAVES = Look("leaves", "missing", "pale")
REST = Look("where it goes is not recorded", "quiet", "empty")
_LOOKS = (OPEN, KIN, INSIDE, LEAVES, REST)
KNOWN_PART = ", known part"
_SHORT = {
    OPEN: "to other owners",
    KIN: "to the owner's other plants",
    INSIDE: "inside the plant",
    LEAVES: "leave",
    REST: "not recorded",
}
_SCALE = Scale(LEFT + 232, RIGHT - LEFT - 232)
_GROUPS = (("region", "Region"), ("enterprise", "Enterprises"), ("product", "Products"))
_MOST = 12
"""Bars of each group; a row takes two lines."""


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the chart."""
    t = THEMES[theme]
    regions = chain.names("regions") if len({r.region_id for r in answer}) > 1 else {}
    body, y = [], 0.0
    for subject, heading in _GROUPS:
        rows = [r for r in answer if r.subject == subject]
        if rows:
            drawn, y = _group(rows, heading, regions, y, t)
            body += drawn
    notes = [
        "Each bar is 100 % of a supply: output, or recorded sales where these are more; final products aside."
    ]
    if any(r.forward is not None and r.supply_rests_on == "part" for r in answer):
        notes.append(
            "Known part: some of it is of unknown size, or has no sale on record; the sentence tells."
        )
    if any(r.recorded_only for r in answer):
        notes.append("On record: flows are not declared complete, so 0 means none recorded.")
    return page(chain, answer, t, body, y, legend=_LOOKS, notes=notes)


def _group(rows: Sequence[Any], heading: str, regions: Any, y: float, t: Theme) -> tuple[list[str], float]:
    body = [text(LEFT, y + 18, heading, t, size=HEADING, bold=True)]
    y += 30
    known, more = folded([r for r in rows if r.forward is not None], _MOST)
    blank = [r for r in rows if r.forward is None]
    for row in known:
        body += mark(_id(row), row.reason, _bar(row, regions, y, t))
        y += 44
    if more:
        body.append(text(LEFT, y + 4, f"+{more} more", t, size=SMALL))
        y += 20
    if not blank:
        return body, y
    words = f"How much there is to supply is not recorded, or there is none ({len(blank)})"
    rest, y = apart([(_id(r), _name(r, regions), r.reason) for r in blank], y, t, words)
    return body + rest, y + 12


def _id(row: Any) -> str:
    return ":".join((row.subject, row.region_id or "", row.enterprise_id or row.product_id or ""))


def _name(row: Any, regions: Any) -> str:
    apart_by = regions and row.subject != "region"
    return f"{row.name}, {regions.get(row.region_id, row.region_id)}" if apart_by else row.name


def parts(row: Any) -> list[Part]:
    """Return the parts of a supply, largest grounds first: they add up to it, or to more if the figures do."""
    sizes = [
        row.open_sales,
        row.local_sales - row.open_sales,
        row.used_here - row.local_sales,
        row.leaves or 0.0,
    ]
    sizes.append(max(0.0, row.supply - sum(sizes)))
    whole = sum(sizes)
    return [
        Part(size, look, percent(size / whole))
        for size, look in zip(sizes, _LOOKS, strict=True)
        if size > 1e-9 * whole
    ]


def _bar(row: Any, regions: Any, y: float, t: Theme) -> list[str]:
    found = parts(row)
    scale = Scale(_SCALE.x, _SCALE.wide, sum(part.value for part in found))
    words = _SHORT if row.leaves is not None else {**_SHORT, REST: "may leave or stay, not recorded"}
    told = [f"{amount(part.value, row.unit)} {words[part.look]}" for part in found]
    if not row.open_sales:
        told.insert(0, f"0 {row.unit} {_SHORT[OPEN]}")
    place = f"{regions.get(row.region_id, row.region_id)} · " if regions and row.subject != "region" else ""
    base = "base enterprise · " if row.base else ""
    return [
        text(LEFT, y + 12, row.name, t, bold=True, room=222),
        text(
            LEFT,
            y + 28,
            f"{place}{base}{amount(row.supply, row.unit)}{KNOWN_PART if row.supply_rests_on == 'part' else ''}",
            t,
            size=SMALL,
            fill=t.quiet,
            room=222,
        ),
        *stacked(scale, y, found, t, 16),
        text(_SCALE.x, y + 29, " · ".join(told), t, size=SMALL, fill=t.quiet, room=_SCALE.wide),
    ]
