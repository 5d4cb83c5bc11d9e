"""Makes mutated copies by number, judges them, and counts.

Copy number n with a seed is always the same: its operator, its dataset and its place are thrown from both.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutations.draft import Draft, NotHere
from tests.mutations.expect import OPERATORS, Expect
from tests.mutations.judge import Check, judge, real_check
from tests.mutations.operators import (
    books,
    controls,
    controls_books,
    dates,
    dialect,
    encodings,
    files,
    headers,
    ids,
    numbers,
    parquets,
    references,
    sense,
    units,
)
from tests.mutations.sources import SOUND, sound

MODULES = (
    books,
    controls,
    controls_books,
    dates,
    dialect,
    encodings,
    files,
    headers,
    ids,
    numbers,
    parquets,
    references,
    sense,
    units,
)

MUTATIONS = tuple(name for name, operator in OPERATORS.items() if not operator.control)
CONTROLS = tuple(name for name, operator in OPERATORS.items() if operator.control)
PAIRABLE = tuple(name for name, operator in OPERATORS.items() if operator.cell)

GROUPS: dict[str, tuple[str, ...]] = {}
"""Every mutation and every control, its variants together."""
for _name, _operator in OPERATORS.items():
    GROUPS[_operator.group] = (*GROUPS.get(_operator.group, ()), _name)

_TRIES = 8


@dataclass(frozen=True)
class Copy:
    """One mutated copy: what to do to which dataset, with which dice."""

    names: tuple[str, ...]
    source: str
    seed: str

    def __str__(self) -> str:
        return f"{' + '.join(self.names)} on {self.source} (seed {self.seed})"


def make(copy: Copy) -> tuple[Draft, list[Expect]]:
    """Mutate. `NotHere` if the dataset has no place for it."""
    draft, expects = _one(copy, 0)
    for number in range(1, len(copy.names)):
        other, more = _one(copy, number)
        expects = [_beside(draft, other, e) for e in expects] + [_beside(other, draft, e) for e in more]
        _merge(draft, other)
    return draft, expects


def _one(copy: Copy, number: int) -> tuple[Draft, list[Expect]]:
    draft = sound(copy.source, random.Random(f"{copy.seed}.{number}"))
    found = OPERATORS[copy.names[number]].act(draft)
    return draft, [found] if isinstance(found, Expect) else list(found)


def _merge(draft: Draft, other: Draft) -> None:
    """Put a second mutation into the same dataset; they are independent if they touch different tables."""
    before = sound(draft.name)
    mine, theirs = (_touched(before, changed) for changed in (draft, other))
    if mine & theirs or draft.form != other.form or draft.after or other.after:
        raise NotHere("the two mutations touch the same table")
    draft.tables |= {name: other.tables[name] for name in theirs}
    draft.raw |= other.raw


def _beside(draft: Draft, other: Draft, expect: Expect) -> Expect:
    """Put a second mutation into what a harmless variation is compared with, too."""
    if expect.verdict not in ("same", "either"):
        return expect
    base = (expect.base or sound(draft.name)).copy()
    before = sound(draft.name)
    base.tables |= {name: other.tables[name] for name in _touched(before, other) if name in other.tables}
    return replace(expect, base=base)


def _touched(before: Draft, draft: Draft) -> set[str]:
    changed = {name for name, grid in draft.tables.items() if grid != before.tables.get(name)}
    return changed | {name.partition(".")[0] for name in draft.raw}


def find(names: tuple[str, ...], start: int, seed: str) -> Copy | None:
    """The first dataset, beginning with number `start`, that has a place for the mutation."""
    for again in range(_TRIES):
        for step in range(len(SOUND)):
            copy = Copy(names, SOUND[(start + step) % len(SOUND)], f"{seed}.{again}")
            try:
                make(copy)
            except NotHere:
                continue
            return copy
    return None


def plan(count: int, seed: int, names: Sequence[str] = MUTATIONS, pairs: int = 10) -> list[Copy]:
    """`count` copies: every operator in turn on the datasets in turn; each `pairs`-th copy has two mutations."""
    copies: list[Copy] = []
    rng = random.Random(f"plan {seed}")
    number = 0
    while len(copies) < count:
        chosen: tuple[str, ...] = (names[number % len(names)],)
        start = number // len(names) + number
        if pairs and len(copies) % pairs == pairs - 1:
            chosen = tuple(rng.sample(PAIRABLE, 2))
        else:
            number += 1
        copy = find(chosen, start, f"{seed}.{len(copies)}")
        if copy:
            copies.append(copy)
        elif len(chosen) == 1:
            raise AssertionError(f"no dataset has a place for {chosen[0]}")
    return copies


def sample(seed: int) -> dict[str, Copy]:
    """One copy of every mutation and control: variant and dataset are thrown."""
    rng = random.Random(f"sample {seed}")
    chosen = {group: rng.choice(names) for group, names in GROUPS.items()}
    found = {
        group: find((name,), number, f"s{seed}") for number, (group, name) in enumerate(chosen.items(), seed)
    }
    return {group: copy for group, copy in found.items() if copy}


def run(copy: Copy, check: Check = real_check) -> list[str]:
    """Judge one copy; an empty list means that the verdict was right."""
    draft, expects = make(copy)
    with TemporaryDirectory(prefix="mutation-") as folder:
        below = Path(folder) / "data"
        below.mkdir()
        try:
            return judge(draft, expects, copy.source, below, check)
        except Exception as error:  # what loads must also answer
            return [f"loaded, then raised {type(error).__name__}: {str(error)[:200]}"]
