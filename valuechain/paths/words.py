"""A path in one sentence: what is here, what is the first missing step, and what could come of it."""

from typing import Any

from valuechain.answer import figure
from valuechain.paths.search import ABSENT, POSSIBLE, PRESENT, STATUSES

MAIN = 0.5
"""Part of the feedstocks of a step from which on a product is its main one: below, no potential is told."""


def reason(row: Any, broken: int | None, origin: str, names: dict[str, str]) -> str:
    """Return in one sentence what is here, what is the first missing step, and what is left after it."""
    here = row.path[:broken]
    passed = " -> ".join([row.start_product_name, *(s.to_product_name for s in here)])
    sure = not any(s.status == STATUSES[POSSIBLE] for s in here)
    verb = "is here" if sure else "may be here"
    words = f"{passed} {verb}{'' if row.absent else ' in full'}{_doubt(here)}"
    if broken is not None:
        step, after = row.path[broken], row.path[broken + 1 :]
        first = (
            "; the first missing step is"
            if here
            else f"Of the chain from {passed} the first step is missing:"
        )
        known = "declared absent" if step.declared else "not recorded here"
        words = f"{words if here else ''}{first} {step.to_product_name} by {step.process_name}, {known}"
        words += _onward(after, row.end_product_name)
    return f"{words}{origin}{_leaving(row, broken, names)}."


def _doubt(steps: tuple[Any, ...]) -> str:
    """Say how many steps are only possible, and at how many no link is on record."""
    maybe, unlinked = (sum(s.status == STATUSES[n] for s in steps) for n in (POSSIBLE, PRESENT))
    of = f"of {len(steps)} step{'s' * (len(steps) > 1)}"
    told = [f"only one of several possible routes at {maybe} {of}"] if maybe else []
    told += [f"no link on record at {unlinked} {of}"] if unlinked else []
    return f" ({', '.join(told)})" if told else ""


def _onward(steps: tuple[Any, ...], end: str) -> str:
    """Say how many steps are left after the first missing one."""
    if not steps:
        return ""
    absent = sum(s.status == STATUSES[ABSENT] for s in steps)
    if len(steps) == 1:
        return f"; 1 more step to {end}, {'absent too' if absent else 'not absent'}"
    return f"; {len(steps)} more steps to {end}, {'all' if absent == len(steps) else absent or 'none'} of them absent"


def _leaving(row: Any, broken: int | None, names: dict[str, str]) -> str:
    """Say what leaves at the break, what it could make, and what else that takes."""
    name = row.breaks_at_name or row.start_product_name
    if row.available is None:
        return "" if broken is None else f"; how much {name} leaves is not recorded"
    words = f"; {figure(row.available)} {row.unit} of {name} leave here"
    small = [s for s in row.path[broken or 0 :] if s.part is not None and s.part < MAIN]
    if small:
        part, step = f"{100 * (small[0].part or 0.0):.2g} %", small[0]
        return f"{words}; {step.from_product_name} is only {part} of what goes into {step.to_product_name}"
    if not row.potential:
        return words
    others = sorted({p for s in row.path[broken or 0 :] for p in s.beside})
    given = f", given {' and '.join(names[p] for p in others)}" if others else ""
    return f"{words}, enough for {figure(row.potential)} {row.end_unit} of {row.end_product_name}{given}"
