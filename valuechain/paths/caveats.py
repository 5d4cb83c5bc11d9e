"""What a reader of chains must know beside the rows: what is cut, typical, unknown or left out, and why."""

from collections.abc import Iterator
from typing import Any

from valuechain.audits import doubts
from valuechain.model import ValueChain
from valuechain.paths.ends import Ends, places
from valuechain.paths.search import ABSENT, STATUSES
from valuechain.recipes import recipes

_TYPICAL = ("expert", "inferred")


def caveats(chain: ValueChain, rows: tuple[Any, ...], **asked: Any) -> Iterator[str]:
    """Yield the sentences that a reader of chains must know."""
    if not len(recipes(chain).feedstock.product):
        yield "There is no path: there are no recipes. Add process_flows or set catalogue = true in dataset.toml."
        return
    ends = Ends(chain, *(asked[name] for name in ("start", "end", "most", "max_steps")))
    for place in places(chain, asked["region"], asked["year"]):
        found = ends.searches(place)
        where = f"{place.region}: " if len(place.zones.ids) > 1 else ""
        for sentence in (*ends.limits(found), *ends.why_none(found), *place.silent()):
            yield where + sentence
    yield from _of_rows(rows)
    doubted = doubts(chain, asked["year"])
    told = {row.breaks_at_id or row.start_product_id for row in rows if row.potential is not None}
    yield from sorted({f"Audit: {doubted[p].message}" for p in told & set(doubted)})


def _of_rows(rows: tuple[Any, ...]) -> Iterator[str]:
    steps = {(row.region_id, s.process_id, s.from_product_id): s for row in rows for s in row.path}
    absent = [s for s in steps.values() if s.status == STATUSES[ABSENT]]
    if absent:
        yield (
            f"Absent means that nobody here is recorded to run the step: of {len(absent)} absent steps on these "
            f"paths the data declares {sum(s.declared for s in absent)} to be absent."
        )
    typical = sum(any(s.grade in _TYPICAL for s in row.path) for row in rows)
    if typical:
        yield f"{typical} of {len(rows)} paths rest on typical or computed coefficients (grade expert or inferred)."
    mixed = sum(any(s.beside for s in row.path) for row in rows)
    if mixed:
        yield (
            f"{mixed} of {len(rows)} paths pass a step that takes in other feedstocks too: their yield counts those "
            "as to hand, so it may exceed 1. The steps in --json name them (beside)."
        )
    sized = sum(row.potential is not None for row in rows)
    if sized:
        yield (
            "Potentials are options: paths draw on the same outflow, and whether the other inputs of a step "
            "are to hand is not looked at. Do not add them."
        )
    if sized < len(rows):
        yield (
            f"{len(rows) - sized} of {len(rows)} paths have no potential: what leaves at the break, or a "
            "coefficient, is not recorded."
        )
