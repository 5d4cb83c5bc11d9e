"""The chart of `processing-depth`: of each product, the share converted here and the share that stays."""

from typing import Any

from valuechain import ValueChain
from valuechain.answer import Answer
from visualizations.charts.bars import Scale, apart, axis, bar
from visualizations.charts.base import LEFT, RIGHT, SMALL, UNKNOWN, Look, folded, mark, page, text
from visualizations.style import THEMES, Theme
from visualizations.text import amount, percent

CONVERTED = Look("converted by processes here, of output and what comes in", "stage-2")
RETAINED = Look("stays here in any form, followed down the chain", "stage-1", "hatched")
_SCALE = Scale(LEFT + 232, 300)
_ROW = 50.0
_UNKNOWN = "unknown: a figure is not recorded"


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the chart."""
    t = THEMES[theme]
    known, more = folded([r for r in answer if r.conversion is not None or r.retained is not None])
    blank = [r for r in answer if r.conversion is None and r.retained is None]
    regions = chain.names("regions") if len({r.region_id for r in answer}) > 1 else {}
    body, y = [], 4.0
    for row in known:
        body += mark(_id(row), f"{row.product_name}: {row.reason}", _bars(row, y, regions, t))
        y += _ROW
    body.append(axis(_SCALE, 0, y - 8, t) if known else "")
    if more:
        body.append(text(LEFT, y + 8, f"+{more} more products", t, size=SMALL))
        y += 22
    rest, y = apart(
        [(_id(r), _name(r, regions), r.reason) for r in blank], y + 6, t,
        f"Neither share can be computed: figures are not recorded ({len(blank)})",
    )  # fmt: skip
    return page(
        chain, answer, t, body + rest, y,
        legend=(CONVERTED, RETAINED, UNKNOWN),
        notes=("Scale: 0 to 100 %. Export-implied: output less recorded outflow, local final use and stock included.",),
    )  # fmt: skip


def _id(row: Any) -> str:
    return f"{row.region_id or ''}:{row.product_id}"


def _name(row: Any, regions: Any) -> str:
    return f"{row.product_name}, {regions.get(row.region_id, row.region_id)}" if regions else row.product_name


def _bars(row: Any, y: float, regions: Any, t: Theme) -> list[str]:
    out = [text(LEFT, y + 12, row.product_name, t, bold=True, room=222)]
    place = f"{regions.get(row.region_id, row.region_id)} · " if regions else ""
    made = f"{place}output {amount(row.output, row.unit)}".replace("unknown", "not recorded")
    out.append(text(LEFT, y + 28, made, t, size=SMALL, fill=t.quiet, room=222))
    for share, look, at in ((row.conversion, CONVERTED, 0), (row.retained, RETAINED, 18)):
        out += bar(_SCALE, y + at, share, look, _UNKNOWN if share is None else percent(share), t)
    x, room = _SCALE.x + _SCALE.wide + 16, RIGHT - _SCALE.x - _SCALE.wide - 16
    used = f"{amount(row.used, row.unit)} used here" if row.used is not None else "use here not recorded"
    basis = {"balanced": "export-implied", "recipe": "by recipe", "recorded": "recorded"}.get(row.basis, "")
    out.append(text(x, y + 11, f"{used}{', ' * bool(basis)}{basis}", t, size=SMALL, room=room))
    leaves = (
        f"{amount(row.outflow, row.unit)} leaves"
        if row.outflow is not None
        else "what leaves is not recorded"
    )
    return [*out, text(x, y + 29, leaves, t, size=SMALL, fill=t.quiet, room=room)]
