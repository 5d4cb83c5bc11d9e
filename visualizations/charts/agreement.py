"""The cross table of two grounds: how many activities stand in both blocks, and where the grounds disagree.

The longer ground stands down the side, ordered so that the largest cells form a staircase: two grounds that
agree show only the staircase. A cell where they disagree has a thin border and a struck-through equals sign.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from valuechain import ValueChain
from valuechain.analyses.agreement import Cell
from valuechain.answer import Answer, figure
from visualizations.charts.base import HEADING, INNER, LEFT, MOST_ROWS, Look, lines, page
from visualizations.charts.matrix import Head, Tile, columns_that_fit, matrix
from visualizations.charts.signs import explained, unlike
from visualizations.style import THEMES

MORE = "+"
"""The id of the block of folded blocks."""
_ALIKE = Look("largest of its row and its column: the grounds agree (thick border)", "stage-2", "pale")
_ODD = Look("they disagree", "missing", "pale")
_BAR = Look("number of activities (bar)", "text")


class _Side:
    """The blocks of one ground in their order; the smallest are folded."""

    def __init__(self, cells: Sequence[tuple[str, str, int]], names: Mapping[str, str], most: int) -> None:
        self.names, self.total = names, dict.fromkeys(names, 0)
        for block, _, count in cells:
            self.total[block] += count
        ranked = sorted(self.total, key=lambda block: (-self.total[block], block))
        kept = set(ranked if len(ranked) <= most else ranked[: most - 1])
        self.folded = [block for block in ranked if block not in kept]
        self.order = [block for block in ranked if block in kept]
        if all(block.startswith("stage:") for block in names):
            self.order.sort()

    def place(self, block: str) -> str:
        return MORE if block in self.folded else block

    def heads(self) -> list[Head]:
        found = [Head(b, self.names[b], _activities(self.total[b])) for b in self.order]
        if self.folded:
            count = sum(self.total[b] for b in self.folded)
            found.append(Head(MORE, f"+{len(self.folded)} more blocks", _activities(count)))
        return found

    def position(self, block: str) -> int:
        return self.order.index(block) if block in self.order else len(self.order)

    def told(self) -> list[str]:
        if not self.folded:
            return []
        return [
            f"Folded, as they have the fewest activities: {', '.join(self.names[b] for b in self.folded)}."
        ]


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the cross table."""
    t, rows = THEMES[theme], answer.rows
    grounds = [str(answer.parameters.get(name, name)) for name in ("first", "second")]
    names = {r.first_block: r.first_name for r in rows}, {r.second_block: r.second_name for r in rows}
    cells = [(r.first_block, r.second_block, r) for r in rows]
    if len(names[1]) > len(names[0]):
        grounds, names = grounds[::-1], names[::-1]
        cells = [(b, a, r) for a, b, r in cells]
    across = _Side([(b, a, r.activities) for a, b, r in cells], names[1], columns_that_fit([], 84.0))
    down = _Side([(a, b, r.activities) for a, b, r in cells], names[0], MOST_ROWS)
    _stairs(down, across, cells)
    tiles = _tiles(down, across, cells)
    signs, y = explained([(lambda x, y: unlike(x, y, t), "the grounds disagree here (thin border)")], 0.0, t)
    body, y = lines(LEFT, y + 14, _index(rows, grounds), t, INNER, size=HEADING, bold=True)
    axes = (f"by {grounds[0]} (each row)", f"by {grounds[1]} (each column)")
    table, y = matrix(down.heads(), across.heads(), tiles, t, y, axes=axes)
    notes = [
        "The figure in a cell counts activities: one enterprise making one product. An empty field: none."
    ]
    return page(
        chain,
        answer,
        t,
        [*signs, *body, *table],
        y + 8,
        legend=(_ALIKE, _BAR),
        notes=[*notes, *down.told(), *across.told()],
        whole=True,
    )


def _index(rows: Sequence[Cell], grounds: Sequence[str]) -> str:
    alike, total = rows[0].agreement, sum(r.activities for r in rows)
    odd = sum(r.activities for r in rows if r.disagrees)
    if alike is None:
        return f"{grounds[0]} and {grounds[1]}: agreement unknown, as one of them tells nothing apart".capitalize()
    return (
        f"Agreement {figure(round(alike, 3))} of {grounds[0]} and {grounds[1]} (1: alike; 0 or less: no more alike "
        f"than chance): {odd} of {_activities(total)} disagree"
    )


def _stairs(down: _Side, across: _Side, cells: Sequence[tuple[str, str, Cell]]) -> None:
    """Order the rows by the column of their largest cell."""
    best: dict[str, tuple[int, int]] = {}
    for a, b, row in cells:
        best[a] = min(best.get(a, (0, 0)), (-row.activities, across.position(across.place(b))))
    down.order.sort(key=lambda block: (best[block][1], -down.total[block], block))


def _tiles(down: _Side, across: _Side, cells: Sequence[tuple[str, str, Cell]]) -> list[Tile]:
    at: dict[tuple[int, int], list[Cell]] = {}
    for a, b, row in cells:
        at.setdefault((down.position(down.place(a)), across.position(across.place(b))), []).append(row)
    most = max(sum(r.activities for r in found) for found in at.values())
    return [_tile(i, j, found, most) for (i, j), found in at.items()]


def _tile(i: int, j: int, found: Sequence[Cell], most: int) -> Tile:
    count, odd = sum(r.activities for r in found), sum(r.activities for r in found if r.disagrees)
    said = [str(count)] + ([f"{odd} disagree"] if 0 < odd < count else [])
    words = (
        found[0].reason
        if len(found) == 1
        else f"{_activities(count)}, {odd} of them where the grounds disagree."
    )
    return Tile(
        row=i,
        column=j,
        words=words,
        lines=tuple(said),
        look=_ODD if odd else _ALIKE,
        strong=1,
        border="" if odd else "stage-2",
        differs=bool(odd),
        bars=((count / most, _BAR, False),),
    )


def _activities(count: int) -> str:
    return f"{count} {'activity' if count == 1 else 'activities'}"
