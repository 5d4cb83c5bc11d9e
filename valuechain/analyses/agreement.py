"""Do two grounds of decomposition divide the cluster alike, and where do they not?

Counted: activities (one enterprise making one product in the year), each once, whatever its size. On each
ground an activity stands in one block: its ultimate owner (management), its region (territory) or the stage of
its product (technology); what a ground cannot place is a block of its own. The rows are the cells of the cross
table that hold an activity, so their activities may be summed.

* agreement = adjusted mutual information of the two partitions, the same on every row: 1 where they are the
  same, 0 or less where they are no more alike than chance would make them. Unknown where there is nothing
  to compare: both grounds put all activities in one block, or each in its own.
  AMI = (MI - E[MI]) / ((H(U) + H(V)) / 2 - E[MI]), in the hypergeometric model with the arithmetic mean.
* a cell disagrees where it is not the largest of both its row and its column (equal ones are both largest):
  the activities that would have to move for the grounds to match.

The agreement of a whole is not made of that of its parts: two datasets put together have one of their own.

Source: Vinh, Epps and Bailey (2010), JMLR 11: 2837-2854; the three grounds are the paper's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, ParameterError, Quantity, Text
from valuechain.arrays import grouped
from valuechain.decomposition import activities as act
from valuechain.decomposition.activities import GROUNDS, Activities
from valuechain.decomposition.mutual_information import adjusted
from valuechain.evidence import Evidence, cite
from valuechain.model import Codes, ValueChain
from valuechain.parameters import Year
from valuechain.places import LEVELS
from valuechain.registry import analysis
from valuechain.scope import listed


@dataclass(frozen=True, slots=True)
class Cell:
    """The activities that stand in one block on the first ground and in one on the second."""

    first_block: Annotated[str, Text("block on the first ground: id of an owner or region, or stage:")]
    first_name: Annotated[str, Text("its name")]
    second_block: Annotated[str, Text("block on the second ground")]
    second_name: Annotated[str, Text("its name")]
    activities: Annotated[int, Quantity("activities", "how many activities stand in both")]
    first_share: Annotated[float, Quantity("share", "part of the first block's activities")]
    second_share: Annotated[float, Quantity("share", "part of the second block's activities")]
    disagrees: Annotated[bool, Text("is it not the largest cell of both its row and its column?")]
    agreement: Annotated[
        float | None,
        Quantity(
            "index",
            "adjusted mutual information of the two grounds, the same on every row: 1 alike, 0 or less chance",
        ),
    ]
    enterprises: Annotated[tuple[str, ...], Key("enterprises", "whose activities they are")]
    names: Annotated[tuple[str, ...], Text("their names")]
    products: Annotated[tuple[str, ...], Key("products", "what they make")]
    reason: Annotated[str, Text("the cell in one sentence")]
    evidence: Annotated[tuple[Evidence, ...], Text("the first rows it rests on, at most ten")]


def _caveats(chain: ValueChain, rows: tuple[Cell, ...], **asked: Any) -> Iterator[str]:
    if not rows:
        yield f"Nothing is recorded as made here in {asked['year']}, so there is nothing to divide."
        return
    first, second = asked["first"], asked["second"]
    alike, total = rows[0].agreement, sum(r.activities for r in rows)
    if alike is None:
        yield f"No agreement of {first} and {second}: both make one block of all, or one of each activity."
    else:
        odd = sum(r.activities for r in rows if r.disagrees)
        yield (
            f"Agreement of {first} and {second}: {alike:.3g} (1: alike; 0 or less: no more alike than "
            f"chance); {odd} of {act.counted(total, 'activity', 'activities')} "
            f"{'stands' if odd == 1 else 'stand'} in cells where they disagree."
        )
    unplaced = sum(r.activities for r in rows if {r.first_block, r.second_block} & set(act.OPEN))
    if unplaced:
        yield (
            f"{unplaced} of {act.counted(total, 'activity', 'activities')} {'has' if unplaced == 1 else 'have'} no "
            "place or stage on record: these count as one block."
        )
    if total < _FEW:
        only = act.counted(total, "activity", "activities")
        yield f"With only {only} the agreement hangs on one or two of them."
    silent = len(chain.ids("enterprises")) - len(np.unique(act.activities(chain, asked["year"]).enterprise))
    if silent:
        yield (
            f"{act.counted(silent, 'enterprise has', 'enterprises have')} no production row for {asked['year']}: "
            "this counts as no activity."
        )


_FEW = 10


@analysis(
    title="Agreement of two grounds",
    reads=("production",),
    key=("first_block", "second_block"),
    place=11,
    table=(
        "first_name",
        "second_name",
        "activities",
        "disagrees",
        "first_share",
        "second_share",
        "agreement",
    ),
    caveats=_caveats,
)
def agreement(
    chain: ValueChain,
    *,
    first: Annotated[str, Text("one ground of decomposition", GROUNDS)] = "management",
    second: Annotated[str, Text("the other ground", GROUNDS)] = "technology",
    level: Annotated[
        str | None,
        Text("by territory: level of the regions (default: region, else the topmost there is)", LEVELS),
    ] = None,
    region: Annotated[str | None, Key("regions", "only activities here (default: the whole dataset)")] = None,
    year: Year = None,
) -> Iterator[Cell]:
    """Do two grounds divide the cluster alike, and which activities stand where they disagree?

    Decomposition is ambiguous: it depends on the ground. The cross table shows how far two grounds say the same
    (1: owners and stages, say, are one and the same division; 0 or less: no more alike than chance), and which cells
    spoil it.
    The largest cells come first.

    >>> from loaders import load
    >>> from valuechain import questions
    >>> chain, ask = load("pavlodar"), questions()["agreement"]
    >>> row = next(r for r in ask(chain) if r.first_block == "erg" and r.second_block == "stage:0")
    >>> row.activities, row.enterprises, round(row.agreement, 2)
    (2, ('krasnooktyabrsky-bauxite-mine', 'turgay-bauxite-mine'), 0.14)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    if first == second:
        raise ParameterError("second", f"is {first} too: every ground agrees with itself; choose another")
    act.goes_with_territory(level, first, second)
    found = act.activities(chain, year)
    kept = act.inside(chain, region)[found.enterprise]
    found = Activities(found.enterprise[kept], found.product[kept], found.output[kept])
    table = _Table(
        chain, year, found, tuple(act.partition(chain, ground, level) for ground in (first, second))
    )
    yield from (table.cell(int(i)) for i in np.lexsort((table.second, table.first, -table.count)))


class _Table:
    """The cross table of two partitions of the activities."""

    def __init__(
        self, chain: ValueChain, year: int, found: Activities, parts: tuple[act.Partition, ...]
    ) -> None:
        self.chain, self.year, self.found, self.parts = chain, year, found, parts
        a, b = (part.of(found.enterprise, found.product) for part in parts)
        width = len(parts[1].ids)
        cell, at, self.count = np.unique(a * width + b, return_inverse=True, return_counts=True)
        self.first, self.second, self.members = cell // width, cell % width, grouped(at, len(cell))
        self.agreement = adjusted(a, b)
        self.of_first, most_first = _line(self.first, self.count)
        self.of_second, most_second = _line(self.second, self.count)
        self.disagrees = (self.count < most_first) | (self.count < most_second)

    def cell(self, i: int) -> Cell:
        """Return cell `i` as a row."""
        at = self.members.of(np.array([i]))
        who, what = np.unique(self.found.enterprise[at]), np.unique(self.found.product[at])
        first, second = (
            part.name(int(block))
            for part, block in zip(self.parts, (self.first[i], self.second[i]), strict=True)
        )
        enterprises, names = self.chain.ids("enterprises")[who], self.chain.names("enterprises")
        count, whole, other = int(self.count[i]), int(self.of_first[i]), int(self.of_second[i])
        share = f"{100 * count / whole:.3g} % of the first and {100 * count / other:.3g} % of the second"
        odd = "; the grounds disagree here" if self.disagrees[i] else ""
        common = f"{act.counted(count, 'activity', 'activities')} in common"
        return Cell(
            first_block=str(self.parts[0].ids[self.first[i]]),
            first_name=first,
            second_block=str(self.parts[1].ids[self.second[i]]),
            second_name=second,
            activities=count,
            first_share=count / whole,
            second_share=count / other,
            disagrees=bool(self.disagrees[i]),
            agreement=None if np.isnan(self.agreement) else self.agreement,
            enterprises=tuple(str(e) for e in enterprises),
            names=tuple(names[e] for e in enterprises),
            products=tuple(str(p) for p in self.chain.ids("products")[what]),
            reason=f"{first} and {second} have {common}, {share} ({listed(self.chain, what, 3)}){odd}.",
            evidence=tuple(self._evidence(at)),
        )

    def _evidence(self, at: Codes) -> Iterator[Evidence]:
        keys = self.found.enterprise[at] * len(self.chain.ids("products")) + self.found.product[at]
        unit = {p["product_id"]: p["unit"] or "" for p in self._products(at)}
        for row in act.rows_behind(self.chain, self.year, "production", keys):
            yield cite("production", row, "output", unit[row["product_id"]])

    def _products(self, at: Codes) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            self.chain.arrow("products")
            .take(np.unique(self.found.product[at]))
            .select(["product_id", "unit"])
        ).to_pylist()
        return found


def _line(block: Codes, count: Codes) -> tuple[Codes, Codes]:
    """Return for each cell the sum and the largest of the cells of its block."""
    unique, at = np.unique(block, return_inverse=True)
    total, most = np.zeros(len(unique), np.int64), np.zeros(len(unique), np.int64)
    np.add.at(total, at, count)
    np.maximum.at(most, at, count)
    return total[at], most[at]
