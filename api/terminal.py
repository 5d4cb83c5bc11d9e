"""An answer on a terminal: a table of what fits the width, the prose of each row under it, then the notes.

Where the output is no terminal the same lines come out plain and aligned. Columns that are alike in every
row are said once, above; columns that do not fit are named below, never cut in silence.
"""

import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from api.table import Column, readable, spoken
from api.words import explained
from graph_schema import Key, Quantity
from graph_schema import Text as Words
from valuechain import question
from valuechain.answer import Answer, columns

_GAP = 2
_NARROWEST = 8
_NEVER_DROPPED = ("kind", "product_name", "quantity")


def console(*, err: bool = False) -> Console:
    """Return a console on stdout or stderr; data is never read as markup."""
    stream = sys.stderr if err else sys.stdout
    made = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    made.width = max(40, made.width)
    return made


def show_answer(answer: Answer[Any], names: Sequence[str] = (), rows_in_all: int | None = None) -> None:
    """Print an answer with its caveats, data and parameters."""
    out = console()
    out.print(Text(answer.title, "bold"))
    show_rows(out, answer, names)
    if rows_in_all is not None and rows_in_all > len(answer):
        out.print(f"{len(answer)} of {rows_in_all} rows shown; --limit changes that.")
    notes(out, "Read with care", answer.caveats)
    out.print()
    for line in about(answer):
        wrapped(out, line, style="dim")


def show_rows(
    out: Console, answer: Answer[Any], names: Sequence[str] = (), *, prose: bool = True, rest: bool = True
) -> None:
    """Print the rows of an answer as a table; with `prose` the text of each row under it."""
    if not answer.rows:
        out.print("No rows.")
        return
    grid, same, text = _sorted_out(readable(answer, names), bool(names))
    told = question(answer.question).table
    text.sort(key=lambda c: c.name not in told[:1])  # a question may put its sentence first
    grid = _fitting(grid, out.width, keep=bool(names), ranked=bool(told))
    if same and rest:
        wrapped(out, "In all rows: " + " · ".join(f"{c.heading} {c.cells[0]}" for c in same), style="dim")
    show_columns(out, grid, under=text[0] if text and prose else None)
    for word, meaning in explained(cell for c in (*grid, *(text if prose else ())) for cell in c.cells):
        wrapped(out, f"{word}: {meaning}.", style="dim")
    hidden = _hidden(answer, (*grid, *same, *(text[:1] if prose else ())))
    if hidden and rest and not names:
        wrapped(out, f"Not shown: {', '.join(hidden)} (--columns, --json, --output)", style="dim")


def show_columns(out: Console, grid: Sequence[Column], under: Column | None = None) -> None:
    """Print aligned columns with headings, and under each row its cell of the column `under`."""
    widths = _widths(grid, out.width)
    out.print()
    for line in _lines([c.heading for c in grid], grid, widths):
        out.print(Text(line, "bold"))
    out.print(Text(_line(["─" * w for w in widths], grid, widths), "dim"))
    for i in range(len(grid[0].cells)):
        for line in _lines([c.cells[i] for c in grid], grid, widths):
            out.print(Text(line, "bold" if under is not None and under.cells[i] else ""))
        if under is not None and under.cells[i]:
            wrapped(out, under.cells[i], indent="    ")


def notes(out: Console, title: str, lines: Iterable[str]) -> None:
    """Print sentences as a list under a title; nothing if there are none."""
    for i, line in enumerate(lines):
        if not i:
            out.print()
            out.print(Text(title, "bold"))
        wrapped(out, line, indent="  ", first="- ")


def wrapped(
    out: Console, text: str, *, indent: str = "", first: str = "", style: str = "", first_style: str = ""
) -> None:
    """Print a text in lines of the console's width, `first` before the first one."""
    hang = indent + " " * len(first)
    lines = textwrap.wrap(
        text, min(out.width, 110), initial_indent=hang, subsequent_indent=hang, break_on_hyphens=False
    )
    for i, line in enumerate(lines):
        lead = Text(indent + first, first_style or style) if not i and first else Text("")
        out.print(lead + Text(line[len(lead) :], style))


def about(answer: Answer[Any]) -> Iterator[str]:
    """Say on which data, with which parameters and from which sources an answer was given."""
    data = answer.dataset
    yield f"dataset {data['id']} · {data['fingerprint']} · year {data['year']}"
    given = {k: v for k, v in answer.parameters.items() if v not in (None, (), [], 0.0) and k != "year"}
    if given:
        words = (", ".join(map(str, v)) if isinstance(v, tuple | list) else str(v) for v in given.values())
        yield "parameters " + " · ".join(f"{k} = {v}" for k, v in zip(given, words, strict=True))
    if answer.sources:
        yield f"sources {', '.join(s['source_id'] for s in answer.sources)}"


def _sorted_out(found: Sequence[Column], asked: bool) -> tuple[list[Column], list[Column], list[Column]]:
    """Part columns into those of the table, those alike in all rows, and prose, the longest first."""
    text = sorted((c for c in found if c.prose), key=lambda c: -c.longest)
    rest = [c for c in found if not c.prose and (asked or not c.blank)]
    same = [] if asked else [c for c in rest if c.alike]
    return [c for c in rest if c not in same] or list(found), same, text


def _fitting(grid: list[Column], width: int, *, keep: bool, ranked: bool) -> list[Column]:
    """Drop the least telling columns until the rest fits; the last ones are narrowed instead.

    `ranked`: the question puts the most telling first.
    """
    left = list(grid)
    while not keep and len(left) > 1 and sum(map(_width, left)) + _GAP * (len(left) - 1) > width:
        least = left[-1] if ranked else min(reversed(left), key=_worth)
        if least.name in _NEVER_DROPPED:
            break
        left.remove(least)
    return left


def _worth(column: Column) -> int:
    """Return how much a column tells: what, of which kind and how much most, ids least."""
    meant = column.meaning
    if column.name in _NEVER_DROPPED:
        return 9
    if isinstance(meant, Quantity) and meant.unit != "stage":
        return 3 if meant.unit == "share" else 4
    if column.name.endswith("_name") or isinstance(meant, Key):
        return 3
    if column.name.endswith("_id"):
        return 0
    return 2 if isinstance(meant, Words) and meant.choices else 1


def _hidden(answer: Answer[Any], visible: Sequence[Column]) -> list[str]:
    meanings = columns(answer.row_type)
    seen = {c.name for c in visible}
    seen |= {m.unit for c in visible if isinstance(m := c.meaning, Quantity)}
    if "quantity" in seen:  # its bound stands before it
        seen.add("bound")
    return [
        spoken(n)
        for n in meanings
        if n not in seen and any(getattr(r, n) not in (None, "", ()) for r in answer)
    ]


def _widths(grid: Sequence[Column], width: int) -> list[int]:
    """Return the width of each column; where they do not fit, columns of words are made narrower."""
    widths = [_width(c) for c in grid]
    while sum(widths) + _GAP * (len(grid) - 1) > width:
        words = [i for i, c in enumerate(grid) if not c.right and widths[i] > _NARROWEST]
        if not words:
            break
        widths[max(words, key=lambda i: widths[i])] -= 1
    return widths


def _lines(cells: Sequence[str], grid: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    """Return the lines of one row: a cell of words goes on below where it is too long."""
    parts = [
        [cell] if c.right or cell_len(cell) <= w else textwrap.wrap(cell, w) or [""]
        for cell, c, w in zip(cells, grid, widths, strict=True)
    ]
    for i in range(max(map(len, parts))):
        yield _line([p[i] if i < len(p) else "" for p in parts], grid, widths)


def _width(column: Column) -> int:
    return max(map(cell_len, (column.heading, *column.cells)))


def _line(cells: Sequence[str], grid: Sequence[Column], widths: Sequence[int]) -> str:
    padded = (
        " " * (w - cell_len(cell)) + cell if c.right else cell + " " * (w - cell_len(cell))
        for cell, c, w in zip(cells, grid, widths, strict=True)
    )
    return (" " * _GAP).join(padded).rstrip()
