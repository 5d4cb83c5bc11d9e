"""Links against the three grounds: a full circle where a link is local, an empty one where not, else a "?".

Recorded links come first, then transfers inside one plant. The heading of each ground counts the yes.
"""

from collections.abc import Callable, Sequence
from typing import Any

from valuechain import ValueChain
from valuechain.analyses.local_grounds import GroundedLink
from valuechain.answer import Answer, figure
from visualizations.charts.base import (
    INNER,
    LABEL,
    LEFT,
    NOT_RECORDED,
    RIGHT,
    SMALL,
    folded,
    line,
    mark,
    page,
    text,
)
from visualizations.charts.matrix import TINY
from visualizations.charts.signs import explained, verdict
from visualizations.style import THEMES, Theme
from visualizations.text import width

_ROW = 40.0
_COLUMNS = (LEFT + 388, LEFT + 542, LEFT + 696)
_ROOM = 146.0
_GROUNDS = (
    ("same_owner", "Management", "one owner?"),
    ("same_region", "Territory", "one region?"),
    ("adjacent_step", "Technology", "next step?"),
)


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the table of signs."""
    t = THEMES[theme]
    rows, more = folded(answer.rows)
    body, y = _legend(t)
    heads, y = _heads(answer.rows, t, y)
    body += heads
    for inside, title in ((False, "Recorded links"), (True, "Inside one plant, worked out by recipe")):
        some = [row for row in rows if row.inside_plant is inside]
        if some:
            body.append(text(LEFT, y + 18, title, t, size=SMALL, bold=True, fill=t.quiet, room=INNER))
            y += 24
        for row in some:
            body += mark(
                f"{row.seller_id} {row.buyer_id} {row.product_id}", row.reason, _row(chain, row, y, t)
            )
            y += _ROW
    if more:
        words = f"+{more} more links, in the table"
        body += mark(f"+{more}", words, [text(LEFT, y + 18, words, t, size=LABEL, fill=t.quiet)], "more")
        y += 26
    return page(chain, answer, t, body, y)


def _legend(t: Theme) -> tuple[list[str], float]:
    def sign(word: str) -> Callable[[float, float], str]:
        return lambda x, y: verdict(word, x, y, t)

    words = (("yes", "local on this ground"), ("no", "not local"), ("unknown", "too little is recorded"))
    return explained([(sign(word), f"{word}: {told}") for word, told in words], -4.0, t)


def _heads(rows: Sequence[GroundedLink], t: Theme, y: float) -> tuple[list[str], float]:
    out = [text(LEFT, y + 16, f"{len(rows)} links", t, bold=True)]
    for x, (column, name, asks) in zip(_COLUMNS, _GROUNDS, strict=True):
        yes = sum(getattr(row, column) == "yes" for row in rows)
        out.append(text(x, y + 16, name, t, size=SMALL, bold=True, room=_ROOM))
        out.append(text(x, y + 31, asks, t, size=SMALL, room=_ROOM))
        out.append(text(x, y + 46, f"yes for {yes} of {len(rows)}", t, size=SMALL, fill=t.quiet, room=_ROOM))
    return [*out, line(LEFT, y + 54, RIGHT, y + 54, t)], y + 56


def _row(chain: ValueChain, row: GroundedLink, y: float, t: Theme) -> list[str]:
    room = _COLUMNS[0] - LEFT - 16
    size = _size(row)
    left = room - width(size, SMALL) - 8
    ends = f"in {row.seller_name}" if row.inside_plant else f"{row.seller_name} to {row.buyer_name}"
    out = [
        text(LEFT, y + 16, row.product_name, t, size=SMALL, bold=True, room=left),
        text(
            LEFT + room,
            y + 16,
            size,
            t,
            size=SMALL,
            fill=t.quiet if row.quantity is None else "",
            anchor="end",
        ),
        text(LEFT, y + 31, ends, t, size=SMALL, fill=t.quiet, room=room),
    ]
    for x, (column, *_), why in zip(_COLUMNS, _GROUNDS, _why(chain, row), strict=True):
        word = getattr(row, column)
        out += [
            verdict(word, x + 7, y + 18, t),
            text(x + 20, y + 16, word, t, size=SMALL, bold=True),
            text(x + 20, y + 31, why, t, size=TINY, fill=t.quiet, room=_ROOM - 24),
        ]
    return [*out, line(LEFT, y + _ROW - 1, RIGHT, y + _ROW - 1, t, ink="lane")]


def _size(row: GroundedLink) -> str:
    if row.quantity is None:
        return f"size {NOT_RECORDED}"
    return f"{'at least ' if row.unknown else ''}{figure(row.quantity)} {row.unit}".strip()


def _why(chain: ValueChain, row: GroundedLink) -> tuple[str, str, str]:
    """Return a few words under each verdict."""
    regions, products = chain.names("regions"), chain.names("products")
    if row.owner_id:
        owner = (
            "one enterprise"
            if row.inside_plant
            else chain.names("enterprises").get(row.owner_id, row.owner_id)
        )
    else:
        owner = "two owners" if row.same_owner == "no" else "an owner is not recorded"
    common = regions.get(row.common_region_id, "") if row.common_region_id else ""
    if row.same_region == "yes":
        place = "one enterprise" if row.inside_plant else common
    elif row.same_region == "no":
        place = f"share only {common}" if common else "no region in common"
    else:
        place = "a place is not recorded"
    made = ", ".join(products.get(p, p) for p in row.feeds)
    step = {"yes": f"into {made}" if made else "a feedstock", "no": "no recipe takes it"}
    return owner, place, step.get(row.adjacent_step, "recipe not recorded")
