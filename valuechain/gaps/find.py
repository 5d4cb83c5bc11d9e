"""Find a gap by its id, and the zone that it is a gap of."""

from typing import TYPE_CHECKING, Any

from graph_schema import NotFoundError
from graph_schema.cells.text import nearest
from valuechain.model import ValueChain
from valuechain.registry import question
from valuechain.zones import WHOLE

if TYPE_CHECKING:
    from valuechain.analyses.missing_links import MissingLink


_FEW = 5
"""Gaps that an error names."""


def found_gap(chain: ValueChain, gap_id: str, year: int) -> "MissingLink":
    """Return the gap called `gap_id` in `year`; `NotFoundError` with the nearest ids if there is none."""
    for asked in _ways(chain, gap_id):
        for row in question("missing-links")(chain, year=year, **asked):
            if row.gap_id == gap_id:
                found: MissingLink = row
                return found
    known = [row.gap_id for row in question("missing-links")(chain, year=year)]
    error = NotFoundError("gap", gap_id, nearest(gap_id, known))
    if not error.nearest and known:
        more = f" and {len(known) - _FEW} more" if len(known) > _FEW else ""
        error.args = (f"{error} There are {', '.join(known[:_FEW])}{more}.",)
    raise error


def _ways(chain: ValueChain, gap_id: str) -> list[dict[str, Any]]:
    """Return the parameters that the id of a gap (kind:zone:product) may have been asked with."""
    kind, *rest = gap_id.split(":")
    ways: list[dict[str, Any]] = []
    if kind not in question("missing-links").parameter("kind").choices:
        return ways
    for i in range(1, len(rest)):
        zone, product = ":".join(rest[:i]), ":".join(rest[i:])
        if chain.row("products", product) is None:
            continue
        asked = {"kind": kind, "product": product}
        if zone == WHOLE or chain.row("regions", zone) is not None:
            ways.append(asked if zone == WHOLE else {**asked, "region": zone})
        if chain.row("enterprises", zone) is not None:
            ways.append({**asked, "boundary": "owner", "owner": zone})
    return ways
