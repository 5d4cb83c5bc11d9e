"""The numbers to ask for next: which missing number would put most gaps in order.

The order is that of `missing-links`: the gaps of one place, by size in one unit, or by value in the dataset's
currency (`by`). A known size has its place. A size that is at least or at most something lies between bounds, and
one that is not known lies anywhere above nothing. Two gaps are an *undecided pair* where these ranges overlap, so
that which is the larger cannot be known. All gaps of a place are counted, the views along a chain too.

Beside the rows of `missing-links` stand gaps that it cannot tell yet: what is made here and could go further, of
which no delivery out is recorded or ruled out (`untold:outflow`), and what is made and needed here in amounts that
are not known (`untold:missing_input`). A number may bring them in; or show that there is none.

A missing number is a cell that the dataset could hold and does not: the output or capacity of a maker, the process
it runs, the amount of a recorded delivery, where a product goes (its outflow), a coefficient without a figure, a
price. Counted for each, in each place:

* gaps: those whose size or value is not known, among other things because this number is missing.
* pairs = undecided pairs that it decides alone, whatever it is (above nothing). A gap counts where nothing but
  this number is missing for it; the other gap of the pair must be known, or wait for the same number alone.
* with_others = undecided pairs with at least one of its gaps that it does not decide alone: with other numbers it
  may. These may not be summed over numbers: a pair that needs three numbers stands under each of them.

The process that a plant runs, and the row of a maker that stands on no list, may bring new needs. Such an answer
decides something alone only where these cannot bring blanks of their own: recipes with all figures, no stage inside
the plant, output and capacity known. Sizes that rest on ways through the recipes (missing middles, round trips) wait
for more than single numbers, and so do figures that an audit doubts. No number is asked for where none could tell
the size: a service whose amount no recipe gives (coefficients of services size nothing else and are never asked
for), and a missing middle that could be made only beside more of other feedstocks. The output of an in-plant stage
is asked for only where more than one number is missing for what it feeds.

Typical and computed coefficients (grade expert or inferred) that a known size rests on follow as the last rows. They
are no blanks: what rests on them is told, and no pairs, since nothing says how far they may be off.

No size, price or probability is guessed. Not asked for: who owns whom, and what enterprises without a production
row make. Source: the measure is this project's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from graph_schema import Key, Quantity, Text
from valuechain.evidence import Evidence
from valuechain.gaps.scene import Scene
from valuechain.missing_numbers import typical
from valuechain.missing_numbers.gaps import scene_and_places
from valuechain.missing_numbers.numbers import KINDS, ROLES, TYPICAL
from valuechain.missing_numbers.stakes import Stake, stakes, undecided_pairs
from valuechain.missing_numbers.typical import Typical, typical_figures
from valuechain.missing_numbers.words import ask, cell, named, reason
from valuechain.model import ValueChain
from valuechain.parameters import Level, Region, Year
from valuechain.registry import analysis

BY = ("quantity", "value")
COEFFICIENT_CELL = "table process_flows, row process_id = {}, product_id = {}, role = {}, column quantity"


@dataclass(frozen=True, slots=True)
class DataGap:
    """One missing number, or one typical figure, and what hangs on it in one place."""

    region_id: Annotated[str | None, Key("regions", "the place whose gaps hang on it")]
    what: Annotated[str, Text("what is missing", KINDS)]
    name: Annotated[str, Text("the number in words")]
    ask: Annotated[str, Text("whom to ask what, and what it would decide")]
    enterprise_id: Annotated[str | None, Key("enterprises", "whom it is a number of")]
    from_id: Annotated[str | None, Text("who delivers, where it is a delivery: enterprise or market")]
    to_id: Annotated[str | None, Text("who receives, where it is on record: enterprise or market")]
    product_id: Annotated[str | None, Key("products", "product that it is a number of")]
    process_id: Annotated[str | None, Key("processes", "process that it is a number of, where one is meant")]
    role: Annotated[str | None, Text("part that the product plays in the process", ROLES)]
    pairs: Annotated[
        int | None,
        Quantity("pairs", "undecided pairs of gaps that it decides alone; unknown of a typical figure"),
    ]
    with_others: Annotated[
        int | None,
        Quantity("pairs", "undecided pairs that it takes part in, with other numbers; not to be summed"),
    ]
    of_pairs: Annotated[int, Quantity("pairs", "undecided pairs of gaps in this place")]
    gaps: Annotated[int, Quantity("gaps", "gaps that hang on it")]
    gap_ids: Annotated[tuple[str, ...], Text("the gaps that hang on it")]
    quantity: Annotated[
        float | None,
        Quantity(
            "unit", "known size (or value) of the largest gap that hangs on it, not of the number asked for"
        ),
    ]
    unit: Annotated[str, Text("unit of the quantity")]
    best_place: Annotated[
        int | None, Quantity("place", "best place that this gap may have, 1 is the largest")
    ]
    worst_place: Annotated[int | None, Quantity("place", "worst place that this gap may have")]
    table: Annotated[str, Text("table that takes the answer")]
    column: Annotated[str, Text("column that takes it")]
    where: Annotated[str, Text("table, key and column: where to write the answer")]
    reason: Annotated[str, Text("what hangs on it, and what is known so far")]
    evidence: Annotated[tuple[Evidence, ...], Text("the typical figure")]


def _caveats(chain: ValueChain, rows: tuple[DataGap, ...], **asked: Any) -> Iterator[str]:
    missing = [row for row in rows if row.what != KINDS[TYPICAL]]
    found = scene_and_places(chain, asked["region"], asked["level"], asked["year"], asked["by"])[1]
    left = sum(undecided_pairs(found).values())
    if missing and not any(row.pairs for row in missing):
        yield "No number decides a pair of gaps alone: each pair waits for several numbers. See with_others."
    waits = sum(one.open for one in found)
    if waits:
        yield (
            f"{waits} of {len(found)} gaps wait for more than single numbers (ways through the recipes, doubted "
            "figures, possible routes, services without an amount): no number is said to settle them."
        )
    untold = sum(one.row is None for one in found)
    if untold:
        yield f"{untold} of {len(found)} gaps cannot be told by missing-links before a number is known."
    if any(row.what == KINDS[TYPICAL] for row in rows):
        yield "Typical figures are no blanks: how far they may be off is not known, so no pairs are told for them."
    if not found:
        yield "There are no gaps in this place, so no number would change their order: see missing-links."
    elif not missing and left:
        yield f"{left} pairs of gaps are undecided, but no single number is known to be missing for them."
    elif not missing:
        yield "Every gap here has a known place: no missing number would change the order."


@analysis(
    title="Numbers to ask for next",
    reads=("production", "flows", "process_flows"),
    key=("region_id", "what", "enterprise_id", "from_id", "to_id", "product_id", "process_id", "role"),
    table=("ask", "what", "pairs", "with_others", "gaps", "quantity", "unit", "reason", "where"),
    place=2,
    caveats=_caveats,
)
def data_gaps(
    chain: ValueChain,
    *,
    region: Region = None,
    level: Level = None,
    by: Annotated[str, Text("order of the gaps: by size, or by value", BY)] = "quantity",
    year: Year = None,
) -> Iterator[DataGap]:
    """Which missing number would change the ranking of the gaps most?

    What decides most pairs of gaps alone comes first, then what takes part in most, then what the largest known
    size hangs on.

    In the paper's data two gaps have a known size: primary aluminium that leaves (237,500 t) and anode butts that
    nobody takes (20,000 t). How much steel blooms KSP Steel lacks hangs on its output of rails alone, which would
    put that gap in order with both: 2 of 164 pairs.

    >>> from loaders import load
    >>> first = next(data_gaps(load("pavlodar"), year=2019))
    >>> first.what, first.product_id, first.pairs, first.of_pairs
    ('output', 'rails', 2, 164)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    scene, found = scene_and_places(chain, region, level, year, by)
    rows = [_row(scene, stake) for stake in stakes(scene, found)]
    yield from sorted(rows, key=_rank)
    pairs = undecided_pairs(found)
    typed = [_typical(scene, one, pairs) for one in typical_figures(scene, found)]
    yield from sorted(typed, key=_rank)


def _rank(row: DataGap) -> tuple[Any, ...]:
    ids = (row.enterprise_id, row.product_id, row.process_id, row.from_id, row.to_id, row.region_id, row.role)
    size = row.quantity or 0.0
    return (
        -(row.pairs or 0),
        -(row.with_others or 0),
        -size,
        KINDS.index(row.what),
        *(one or "" for one in ids),
    )


def _row(scene: Scene, stake: Stake) -> DataGap:
    found, largest = cell(scene, stake.number), stake.largest
    return DataGap(
        region_id=scene.region(stake.zone),
        what=KINDS[stake.number[0]],
        name=named(scene, KINDS[stake.number[0]], found.product_id, found.process_id),
        ask=ask(scene, stake, scene.place(stake.zone)),
        enterprise_id=found.enterprise_id,
        from_id=found.from_id,
        to_id=found.to_id,
        product_id=found.product_id,
        process_id=found.process_id,
        role=found.role,
        pairs=stake.pairs,
        with_others=stake.with_others,
        of_pairs=stake.of_pairs,
        gaps=len(stake.gaps),
        gap_ids=tuple(sorted(one.gap_id for one in stake.gaps)),
        quantity=largest.known,
        unit=largest.unit,
        best_place=stake.best,
        worst_place=stake.worst,
        table=found.table,
        column=found.column,
        where=found.where(scene.year),
        reason=reason(stake),
        evidence=(),
    )


def _typical(scene: Scene, one: Typical, pairs: dict[int, int]) -> DataGap:
    return DataGap(
        region_id=scene.region(one.zone),
        what=KINDS[TYPICAL],
        name=named(scene, KINDS[TYPICAL], one.product_id, one.process_id),
        ask=typical.ask(scene, one),
        enterprise_id=None,
        from_id=None,
        to_id=None,
        product_id=one.product_id,
        process_id=one.process_id,
        role=one.role,
        pairs=None,
        with_others=None,
        of_pairs=pairs[one.zone],
        gaps=len(one.gaps),
        gap_ids=tuple(sorted(gap.gap_id for gap in one.gaps)),
        quantity=one.largest.known,
        unit=one.largest.unit,
        best_place=None,
        worst_place=None,
        table="process_flows",
        column="quantity",
        where=COEFFICIENT_CELL.format(one.process_id, one.product_id, one.role),
        reason=typical.reason(one),
        evidence=(one.line,),
    )
