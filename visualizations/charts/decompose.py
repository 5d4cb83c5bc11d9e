"""Decomposition as a matrix of blocks for each unit: who sends down the side, who receives across the top.

The diagonal is what stays inside a block. A cell tells the recorded amount with a solid bar of its size, the
amount that only the recipe tells with a pale one, and stripes where links have no amount. An empty field means
that no link is on record. Blocks that move least are folded into one, which holds what moves inside or between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from valuechain import ValueChain
from valuechain.analyses.decompose import BlockFlow
from valuechain.answer import Answer, figure
from visualizations.charts.base import (
    HEADING,
    INNER,
    LABEL,
    LEFT,
    NOT_RECORDED,
    UNKNOWN,
    Look,
    lines,
    mark,
    page,
    text,
)
from visualizations.charts.matrix import OPEN, Head, Tile, columns_that_fit, matrix
from visualizations.style import THEMES, Theme

MOST_BLOCKS, MOST_UNITS = 12, 2
MORE = "+"
"""The id of the block of folded blocks."""
_GROUNDS = {
    "management": "management (who controls)",
    "territory": "territory (where)",
    "technology": "technology (which stage)",
}
_INSIDE = Look("stays inside a block (thick border)", "stage-2", "pale")
_CROSSES = Look("crosses to another block", "stage-0", "pale")
_MARKET = Look("to or from a market", "market", "pale")
_EITHER = Look("inside or between, among blocks that are not told apart", "process", "pale")
_BAR = Look("recorded amount (bar)", "text")
_IMPLIED = Look("inside a plant, worked out by recipe (bar)", "quiet", "pale")

_LOOKS = (_INSIDE, _CROSSES, _MARKET, _EITHER, _BAR, _IMPLIED, OPEN, UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Cell:
    """The rows that one cell stands for."""

    rows: tuple[BlockFlow, ...]

    def total(self, name: str) -> int:
        return sum(getattr(row, name) for row in self.rows)

    def known(self, name: str) -> float | None:
        """Return the known part of an amount; None where nothing of it is known."""
        count = {"quantity": "links", "implied": "transfers"}[name]
        found = [v for row in self.rows if getattr(row, count) and (v := getattr(row, name)) is not None]
        return fsum(found) if found else None

    @property
    def declared(self) -> bool:
        """Whether nothing moves, and the data says so."""
        return not self.total("links") and all(row.quantity == 0 for row in self.rows)

    @property
    def silent(self) -> bool:
        """Whether no link and no transfer is on record."""
        return not self.total("links") + self.total("transfers")

    @property
    def open(self) -> bool:
        """Whether something moves, and nothing of its size is known."""
        return (
            not self.silent
            and self.known("quantity") is None
            and (self.total("links") > 0 or self.known("implied") is None)
        )

    def figures(self, unit: str) -> dict[str, str]:
        """Return the amounts as words, by the name of their column."""
        shown: dict[str, str] = {}
        for name in ("quantity", "implied"):
            if (value := self.known(name)) is not None:
                shown[name] = f"{figure(value)} {unit}".strip()
        return shown

    def lines(self, unit: str) -> tuple[tuple[str, ...], int]:
        """Return what the cell says, and how many of its first lines are bold."""
        links, unknown, shown = self.total("links"), self.total("unknown"), self.figures(unit)
        out: list[str] = []
        if "quantity" in shown:
            out += [*(["at least"] if unknown else []), shown["quantity"]]
        strong = len(out)
        if links:
            which = (
                "" if not unknown else f", size {'' if unknown == links else f'of {unknown} '}{NOT_RECORDED}"
            )
            out.append(f"{links} {'link' if links == 1 else 'links'}{which}")
        elif self.declared:
            out, strong = [f"0 {unit}".strip(), "declared"], 1
        if self.total("transfers"):
            least = " at least" if self.total("transfers_unknown") else ""
            size = (
                [f"by recipe{least}", shown["implied"]]
                if "implied" in shown
                else [f"by recipe, size {NOT_RECORDED}"]
            )
            out += size
        return (tuple(out), strong) if out else ((f"flow {NOT_RECORDED}",), 0)


class _Blocks:
    """The blocks of one unit: which are drawn, and which are folded."""

    def __init__(self, rows: Sequence[BlockFlow]) -> None:
        self.rows, self.unit = rows, rows[0].unit
        self.names = {r.from_block: r.from_name for r in rows} | {r.to_block: r.to_name for r in rows}
        self.kinds = {r.from_block: r.from_kind for r in rows} | {r.to_block: r.to_kind for r in rows}
        self.own = {r.from_block: r for r in rows if r.from_block == r.to_block}
        self.blocks = [b for b in dict.fromkeys([*self.own, *self.names]) if self.kinds[b] != "market"]
        self.sources = sorted({r.from_block for r in rows if r.from_kind == "market"})
        self.targets = sorted({r.to_block for r in rows if r.to_kind == "market"})
        self.kept = set(self.blocks)
        self._fold()

    def _fold(self) -> None:
        """Fold the blocks that move least until every figure has room."""
        ranked = sorted(self.blocks, key=self._weight)
        most = min(len(ranked), MOST_BLOCKS)
        while most >= 1:
            self.kept = set(ranked[: most if most == len(ranked) else most - 1])
            figures = [f for cell in self.cells().values() for f in cell.figures(self.unit).values()]
            if len(self.columns) <= columns_that_fit(figures):
                return
            most -= 1

    def _weight(self, block: str) -> tuple[bool, bool, float, int, str]:
        mine = [r for r in self.rows if block in (r.from_block, r.to_block)]
        amount = sum((r.quantity or 0.0) + (r.implied or 0.0) for r in mine)
        activities = self.own[block].activities if block in self.own else 0
        return not any(r.links for r in mine), not any(r.transfers for r in mine), -amount, -activities, block

    @property
    def folded(self) -> list[str]:
        return [b for b in self.blocks if b not in self.kept]

    @property
    def drawn(self) -> list[str]:
        return [b for b in self.blocks if b in self.kept] + ([MORE] if self.folded else [])

    @property
    def columns(self) -> list[str]:
        return [*self.drawn, *self.targets]

    def place(self, block: str) -> str:
        return block if block in self.kept or self.kinds[block] == "market" else MORE

    def cells(self) -> dict[tuple[str, str], _Cell]:
        found: dict[tuple[str, str], list[BlockFlow]] = {}
        for row in self.rows:
            found.setdefault((self.place(row.from_block), self.place(row.to_block)), []).append(row)
        return {ends: _Cell(tuple(rows)) for ends, rows in found.items()}

    def head(self, block: str) -> Head:
        if block == MORE:
            return Head(MORE, f"+{len(self.folded)} more blocks", "folded; named below")
        row = self.own.get(block)
        note = self.kinds[block] if self.kinds[block] != "block" else "no activity on record"
        if row is not None:
            note = f"{row.activities} {'activity' if row.activities == 1 else 'activities'}"
        return Head(block, self.names[block], note)


def draw(chain: ValueChain, answer: Answer[Any], theme: str) -> str:
    """Return the matrices of the units, tonnes first."""
    t, body, notes, y = THEMES[theme], list[str](), list[str](), 0.0
    used: set[Look] = set()
    of_unit: dict[str, list[BlockFlow]] = {}
    for row in answer.rows:
        of_unit.setdefault(row.unit, []).append(row)
    units = sorted(of_unit, key=lambda unit: unit != "t")
    ground = _GROUNDS.get(str(answer.parameters.get("by")), "one ground")
    for unit in units[:MOST_UNITS]:
        heading = f"By {ground}, in {unit or 'no unit'} a year"
        body.append(text(LEFT, y + 16, heading, t, size=HEADING, bold=True, room=INNER))
        blocks = _Blocks(of_unit[unit])
        tiles = _tiles(blocks)
        used |= {tile.look for tile in tiles} | {look for tile in tiles for _, look, _ in tile.bars}
        used |= {_INSIDE for tile in tiles if tile.border}
        used |= {OPEN for tile in tiles for *_, more in tile.bars if more}
        parts, y = _matrix(blocks, tiles, t, y + 22)
        body += parts
        y += 18
        if blocks.folded:
            names = ", ".join(sorted(blocks.names[b] for b in blocks.folded))
            notes.append(f"Folded in {unit}, as they move least on record: {names}.")
    if units[MOST_UNITS:]:
        more = ", ".join(unit or "no unit" for unit in units[MOST_UNITS:])
        notes.append(f"The table tells {len(units) - MOST_UNITS} more units: {more}.")
    legend = [look for look in _LOOKS if look in used]
    notes.insert(
        0,
        "An empty field: no link is on record. Bars compare the amounts of one unit; sums of folded blocks have none.",
    )
    return page(chain, answer, t, body, y, legend=legend, notes=notes, whole=True)


def _tiles(blocks: _Blocks) -> list[Tile]:
    """Return the tiles of one unit; none where nothing at all moves."""
    cells = blocks.cells()
    if all(_unrecorded(cell) for cell in cells.values()):
        return []
    rows, columns = [*blocks.drawn, *blocks.sources], blocks.columns
    single = [cell for cell in cells.values() if len(cell.rows) == 1]
    most = max((v for c in single for n in ("quantity", "implied") if (v := c.known(n))), default=1.0)
    return [
        _tile(cell, rows.index(source), columns.index(target), blocks, most)
        for (source, target), cell in cells.items()
    ]


def _matrix(blocks: _Blocks, tiles: Sequence[Tile], t: Theme, y: float) -> tuple[list[str], float]:
    """Draw one unit; where nothing at all moves, that is said in words."""
    if not tiles:
        names = ", ".join(sorted(blocks.names[b] for b in blocks.blocks))
        words = f"No flow is recorded inside or between these: {names}."
        parts, y = lines(LEFT, y + 14, words, t, INNER, size=LABEL, fill=t.quiet)
        return mark(blocks.unit, words, parts, "silent"), y
    rows, columns = (
        [blocks.head(b) for b in some] for some in ([*blocks.drawn, *blocks.sources], blocks.columns)
    )
    axes = ("from (each row)", "to (each column)")
    return matrix(rows, columns, tiles, t, y, axes=axes, numbered=len(blocks.drawn))


def _tile(cell: _Cell, row: int, column: int, blocks: _Blocks, most: float) -> Tile:
    said, strong = cell.lines(blocks.unit)
    first = cell.rows[0]
    bars = []
    for name, count, look in (("quantity", "unknown", _BAR), ("implied", "transfers_unknown", _IMPLIED)):
        if len(cell.rows) == 1 and (value := cell.known(name)):  # a sum of folded blocks would dwarf all
            bars.append((value / most, look, cell.total(count) > 0))
    inside = bool(first.internal) and blocks.place(first.from_block) != MORE
    return Tile(
        row=row,
        column=column,
        words=_words(cell.rows),
        lines=said,
        look=_look(cell, blocks),
        strong=strong,
        border="stage-2" if inside and not _unrecorded(cell) else "",
        bars=tuple(bars),
    )


def _unrecorded(cell: _Cell) -> bool:
    return cell.silent and not cell.declared


def _look(cell: _Cell, blocks: _Blocks) -> Look:
    first = cell.rows[0]
    if _unrecorded(cell) or cell.open:
        return UNKNOWN if cell.silent else OPEN
    source, target = blocks.place(first.from_block), blocks.place(first.to_block)
    if "market" in (first.from_kind, first.to_kind):
        return _MARKET
    if source != target:
        return _CROSSES
    return _INSIDE if source != MORE and first.internal else _EITHER


def _words(rows: Iterable[BlockFlow], most: int = 4) -> str:
    told = [row.reason for row in rows]
    return " ".join(told[:most]) + (f" And {len(told) - most} more." if len(told) > most else "")
