"""What a good loader must say of a mutated dataset, and the list of all mutations.

The expectation is written from the catalogue of bad inputs (its lines are the names of the operators: A05,
F06, ...), never by looking at what the loader does.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.mutations.draft import Draft, Spot

Verdict = Literal["error", "warning", "told", "same", "either"]
"""`told`: refused or loaded, but not in silence. `either`: refused with one of the codes, or loaded as `base`."""

Same = Literal["exact", "rows", "answers"]
"""How a harmless variation is compared: by fingerprint, by the rows of every table, by the missing links."""


@dataclass(frozen=True)
class Expect:
    """The right verdict and the place where it must be given; what is None may be anything.

    `codes` are the acceptable ones; `also` may turn up elsewhere as a consequence; `audit` says that the audits
    may be the ones to warn. `base` is the dataset that a harmless variation must equal, if not the sound one.
    `renamed` maps ids of the variation to those of the base. `look` says in words what is wrong with a report.
    """

    verdict: Verdict
    codes: tuple[str, ...] = ()
    file: str | None = None
    line: int | tuple[int, ...] | None = None
    column: str | tuple[str, ...] | None = None
    value: str = ""
    hint: str = ""
    also: tuple[str, ...] = ()
    audit: bool = False
    same: Same = "exact"
    base: Draft | None = None
    renamed: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, int], ...] = ()
    look: Callable[[object], str] | None = None


Result = Expect | Sequence[Expect]
Act = Callable[[Draft], Result]


@dataclass(frozen=True)
class Operator:
    """One way to mutate a dataset. `cell`: it concerns a few rows, so that two of them can stand together."""

    name: str
    act: Act
    cell: bool = False
    control: bool = False
    group: str = ""
    """Variants of one mutation share it."""


OPERATORS: dict[str, Operator] = {}


def operator(
    name: str, *, cell: bool = False, control: bool = False, group: str = ""
) -> Callable[[Act], Act]:
    """Register a mutation under the catalogue's line and a word."""

    def register(act: Act) -> Act:
        if name in OPERATORS:
            raise ValueError(f"two mutations are called {name}")
        OPERATORS[name] = Operator(name, act, cell, control, group or name)
        return act

    return register


_LINE = re.compile("[A-Z][0-9]{2} ")  # a word that names its own line of the catalogue


def family(name: str, variants: dict[str, object], *, cell: bool = False, control: bool = False) -> Callable:
    """Register one mutation per variant: `act(draft, variant)`, each under its word."""

    def register(act: Callable) -> Callable:
        for word, variant in variants.items():
            full = ("control " * control + word) if _LINE.match(word) else f"{name} {word}"
            operator(full, cell=cell, control=control, group=f"{name} {act.__name__}")(
                lambda d, v=variant: act(d, v)
            )
        return act

    return register


def file_of(draft: Draft, table: str) -> str:
    """The name of the file, or the sheet, that holds a table."""
    return f"{draft.name}.xlsx/{table}" if draft.form == "xlsx" else f"{table}.{draft.form}"


def at(draft: Draft, spot: Spot, verdict: Verdict, *codes: str, **more) -> Expect:
    """An expectation at one cell."""
    found = {"file": file_of(draft, spot.table), "line": draft.line(spot), "column": spot.column} | more
    lines = found["line"]
    if draft.form == "parquet" and lines is not None:  # rows are counted from 1, there is no header line
        found["line"] = lines - 1 if isinstance(lines, int) else tuple(line - 1 for line in lines)
    return Expect(verdict, codes, **found)
