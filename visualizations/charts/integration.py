"""The chart of `integration`: for each subject the two figures behind each verdict, and the verdict in words."""

from collections.abc import Mapping
from typing import Any

from valuechain import ValueChain
from valuechain.answer import Answer, figure
from visualizations.charts.bars import Scale, apart, bar, threshold
from visualizations.charts.base import (
    HEADING,
    LEFT,
    NOT_RECORDED,
    RIGHT,
    SMALL,
    THRESHOLD,
    UNKNOWN,
    Look,
    area,
    folded,
    line,
    mark,
    page,
    text,
)
from visualizations.style import THEMES, Theme
from visualizations.text import percent

PAPERS = Look("figures of the paper's sense", "stage-3")
TEXTBOOK = Look("figures of the textbook's sense", "stage-1", "hatched")
_SCALE = Scale(LEFT + 160, 170)
_VERDICT = LEFT + 660
_MOST = 5
"""Owners that are drawn, and places and clusters; each takes four bars."""
_WORDS = {"yes": "yes, horizontal", "no": "no, not horizontal", "unknown": "left open"}
_SIGNS = {"yes": Look("", "text"), "no": Look("", "text", "pale"), "unknown": UNKNOWN}


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the chart."""
    t = THEMES[theme]
    blank = [row for row in answer if row.papers == row.textbook == "unknown"]
    told = [row for row in answer if not row.papers == row.textbook == "unknown"]
    owners, more = folded([row for row in told if row.subject == "owner"], _MOST)
    places, others = folded([row for row in told if row.subject != "owner"], _MOST)
    known, more = [*owners, *places], more + others
    body, y = [], 0.0
    for row in known:
        body += mark(_id(row), row.reason, _subject(row, answer.parameters, y, t))
        y += 152
    if more:
        body.append(text(LEFT, y + 4, f"+{more} more, as the table tells", t, size=SMALL))
        y += 20
    words = f"Both verdicts are left open: too little is recorded ({len(blank)})"
    rest, y = apart([(_id(r), r.name, r.reason) for r in blank], y, t, words)
    notes = ("Horizontal in the paper's sense: owned stages and no open chain. In the textbook's: plants of one owner "
             "side by side at one stage, and little that goes a step further.",)  # fmt: skip
    return page(chain, answer, t, body + rest, y, legend=(PAPERS, TEXTBOOK, UNKNOWN, THRESHOLD), notes=notes)


def _id(row: Any) -> str:
    return f"{row.subject}:{row.owner_id or row.cluster_id or row.region_id or ''}"


def _figures(row: Any, asked: Mapping[str, Any]) -> list[tuple[str, float | None, str, float, str, Look]]:
    """Return the four bars: name, share, amounts in words, threshold, what makes it horizontal, look."""
    vertical, side, captive = (asked[n] for n in ("min_vertical", "min_horizontal", "min_captive"))
    links = f"{row.captive_links} of {row.local_links} links" if row.local_links else "no link on record"
    sold = _of(row.arms_length_measured, row.output_tonnes)
    name, share, done = (
        "goes one step further",
        row.vlc_tonnes,
        _of(row.realised_tonnes, row.potential_tonnes),
    )
    if share is None:
        name, share, done = (
            "steps realised",
            row.vlc_count,
            f"{row.steps_realised} of {row.steps_feasible} steps",
        )
    pairs = row.horizontal_links + row.vertical_links
    return [
        ("captive, within one owner", row.captive_share, links, captive, "above", PAPERS),
        ("open to other owners", row.arms_length_share, sold, vertical, "below", PAPERS),
        (name, share if row.steps_feasible else None, done, vertical, "below", TEXTBOOK),
        ("side by side, one owner", row.horizontal_share, f"{row.horizontal_links} of {pairs} pairs", side,
         "above", TEXTBOOK),
    ]  # fmt: skip


def _of(part: float | None, whole: float | None) -> str:
    return "" if part is None or whole is None else f"{figure(part)} of {figure(whole)} t"


def _subject(row: Any, asked: Mapping[str, Any], y: float, t: Theme) -> list[str]:
    out = [
        line(LEFT, y + 2, RIGHT, y + 2, t),
        text(LEFT, y + 24, row.name, t, size=HEADING, bold=True, room=RIGHT - LEFT - 110),
        text(RIGHT, y + 24, _kind(row), t, size=SMALL, fill=t.quiet, anchor="end"),
    ]
    y += 44
    for number, (name, share, words, limit, side, look) in enumerate(_figures(row, asked)):
        at = y + 24 * number + 8 * (number > 1)
        out.append(text(LEFT, at + 11, name, t, size=SMALL, room=152))
        out += bar(_SCALE, at, share, look, "", t)
        out += threshold(_SCALE, limit, at - 3, at + 17, t)
        told = " · ".join(w for w in (NOT_RECORDED if share is None else percent(share), words) if w)
        x = _SCALE.x + _SCALE.wide + 10
        out.append(text(x, at + 11, told, t, size=SMALL, room=208))
        out.append(text(x + 210, at + 11, f"{side} {percent(limit)}?", t, size=SMALL, fill=t.quiet))
    for number, (said, verdict) in enumerate(
        (("The paper's sense", row.papers), ("Textbook sense", row.textbook))
    ):
        at = y + 11 + 56 * number
        out.append(text(_VERDICT, at, said, t, size=SMALL, fill=t.quiet))
        out.append(area(_VERDICT, at + 8, 12, 12, _SIGNS[verdict], t))
        out.append(text(_VERDICT + 20, at + 19, _WORDS[verdict], t, bold=True, room=RIGHT - _VERDICT - 20))
    return out


def _kind(row: Any) -> str:
    record = ", on record" if row.recorded_only else ""
    return f"{row.subject}{record}"
