"""Why an enterprise could meet a need, or why it could not: one sentence with the figures, and its score."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Quantity, Text
from valuechain.answer import figure
from valuechain.partners.distance import rounded
from valuechain.partners.matching import ALL, STATES, Match


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score."""

    name: Annotated[str, Text("what it looks at", ("share", "nearness", "certainty"))]
    value: Annotated[float | None, Quantity("share", "0 to 1; unknown parts are left out of the mean")]
    reason: Annotated[str, Text("what it rests on, or why it is unknown")]

    def __str__(self) -> str:
        return f"{self.name} {'unknown' if self.value is None else format(self.value, '.2f')} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Case:
    """The figures of one candidate, as its reason needs them. Amounts in `unit` a year.

    `state` is one of `valuechain.partners.matching.STATES`; `limit` the distance asked for, `km` None where unknown.
    `apart` tells where it stands if not in the place of the need, `near` why a neighbour is told that cannot.
    """

    name: str
    product: str
    unit: str
    place: str
    partner: str
    taker: bool
    state: str
    feasible: float | None
    need: float | None
    idle: float
    moved: float
    moved_open: bool
    base: float
    run: float
    today: float | None
    today_open: bool
    all_today: bool
    own: bool
    apart: str
    near: str
    km: float | None
    limit: float | None


def parts_of(match: Match, i: int) -> tuple[Part, ...]:
    """Return the parts of the score of candidate `i`; an unknown part says that it is left out."""
    share, near, sure = (known(v) for v in match.parts[:, i])
    lacking = "the size of the need" if np.isnan(match.need.quantity) else "what is feasible"
    use = "use" if match.need.takers else "making"
    certainty = {1.0: f"{use} is on record", 0.0: "it runs no such process on record"}
    return (
        Part("share", share, "feasible / need" if share is not None else f"left out: {lacking} is unknown"),
        Part(
            "nearness",
            near,
            f"{figure(rounded(match.km[i]))} km" if near is not None else "left out: no distance",
        ),
        Part("certainty", sure, certainty.get(sure or 0.0, f"{use} on some possible routes only")),
    )


def case_of(
    match: Match, i: int, name: str, product: dict[str, Any], limit: float | None, apart: str, near: str
) -> Case:
    """Return the figures of candidate `i` of a need."""
    need, found = match.need, match.found
    return Case(
        name=name,
        product=product["name"],
        unit=product["unit"] or "",
        place=need.zone.name,
        partner=need.for_name,
        taker=need.takers,
        state=STATES[found.state[i]],
        feasible=known(match.feasible[i]),
        need=known(need.quantity),
        idle=float(found.idle[i]),
        moved=float(found.moved[i]),
        moved_open=bool(found.moved_open[i]),
        base=float(found.base[i]),
        run=float(found.run[i]),
        today=known(found.today[i]),
        today_open=bool(found.today_open[i]),
        all_today=bool(found.today[i] >= need.whole * ALL),
        own=bool(np.isin(found.enterprise[i], need.parties)),
        apart=apart,
        near=near,
        km=known(match.km[i]),
        limit=limit,
    )


def known(value: float) -> float | None:
    """Return a figure, None where it is not a number."""
    return None if np.isnan(value) else float(value)


def reason(case: Case) -> str:
    """Return the reason in one sentence."""
    far = case.limit is not None and case.km is not None and case.km > case.limit
    if case.all_today:
        words = f"already {'takes' if case.taker else 'supplies'} all of the {case.product} of {case.partner}"
    elif case.idle + case.moved > 0:
        words = _could(case)
    else:
        words = _lack(case)
    if far and case.km is not None:
        words += (
            f"{', but' if case.idle + case.moved > 0 else ';'} at {figure(rounded(case.km))} km it is farther"
        )
        words += f" than {figure(case.limit)} km"
    elif case.limit is not None and case.km is None:
        words += f"; its distance is unknown, so the limit of {figure(case.limit)} km is not applied"
    if case.own:
        words += f"; it is one of those that {'have' if case.taker else 'lack'} it"
    if case.apart and case.feasible != 0 and not case.all_today:
        words += (
            f"; it {case.apart}: the product would still {'leave' if case.taker else 'come from outside'}"
        )
    return f"{case.name} {words}{'' if case.all_today else _today(case)}."


def _amount(case: Case, value: float) -> str:
    return f"{figure(value)} {case.unit}".strip()


def _could(case: Case) -> str:
    short = case.need is None or (case.feasible or 0.0) < case.need * ALL
    least = "at least " if short and (case.state not in _TOLD or case.moved_open) else ""
    of = f" of the {_amount(case, case.need)}" if case.need is not None and short else ""
    size = f"{least}{'' if short else 'all '}{_amount(case, case.feasible or 0.0)}{of} of {case.product}"
    crossing = f"the {_amount(case, case.moved)} that it {'buys from' if case.taker else 'sells'} outside {case.place}"
    means = [f"with idle capacity for {_amount(case, case.idle)}"] if case.idle else []
    if case.idle < (case.feasible or 0.0) * ALL:
        only = "" if means or case.taker else "only "
        means.append(f"{only}{'in place of' if case.taker else 'by diverting some of'} {crossing}")
    unsized = "; how much is wanted is not recorded" if case.need is None else ""
    return f"could {'take' if case.taker else 'supply'} {size} {' and '.join(means)}{unsized}{_open(case)}"


def _open(case: Case) -> str:
    """Return what may come on top of a known amount."""
    if case.state == "capacity":
        return "; its capacity is not recorded and counts as its output"
    return "" if case.state in _TOLD else "; what more it could is not recorded"


def _lack(case: Case) -> str:
    words = _TAKER[case.state] if case.taker else _SUPPLIER[case.state]
    told = words.format(
        p=case.product,
        run=_amount(case, case.run),
        base=_amount(case, case.base),
        place=case.place,
        near=case.near,
    )
    if not case.moved_open:
        return told
    if case.taker:
        return f"{told}; what it buys from outside {case.place} is of unrecorded amount"
    return f"{told}; what it sells outside {case.place} is of unrecorded amount, and could only be diverted"


def _today(case: Case) -> str:
    if case.today is None and not case.today_open:
        return ""
    size = _amount(case, case.today) if case.today is not None else "an unrecorded amount"
    more = " and more" if case.today is not None and case.today_open else ""
    verb, way = ("takes", "from") if case.taker else ("supplies", "to")
    return f"; it already {verb} {size}{more} {way} {case.partner}"


_TOLD = ("known", "rest")
_TAKER = {
    "known": "is full: its output needs all {base} of {p} that its capacity could take",
    "capacity": "needs {run} of {p} for its output; its capacity is not recorded and counts as its output, so "
    "nothing to spare is on record",
    "output": "needs {p}, but its output is not recorded, so what it could take is unknown",
    "amount": "takes {p}, but how much is not recorded, nor which of its possible routes it runs",
    "conditional": "needs {p} only on one of its possible routes, and which one it runs is not recorded",
    "bought": "buys {p}, but no recipe on record says what for, so what more it could take is unknown",
    "rest": "has idle capacity for {p}, but that much of the outflow is counted in the gaps unconnected and "
    "price_leakage of {p}; this gap is what leaves beyond it, so it could take none of it",
    "none": "runs no process on record that takes {p} ({near})",
}
_SUPPLIER = {
    "known": "is full: its output of {p} equals its capacity of {base}",
    "capacity": "makes {run} of {p}; its capacity is not recorded and counts as its output, so nothing to spare "
    "is on record",
    "output": "makes {p}, but its output is not recorded, so what it could supply is unknown",
    "by-product": "yields {p} as a by-product of its main output and cannot raise it at will; how much of it is "
    "free is not recorded",
    "none": "runs no process on record that makes {p} ({near})",
    "sold": "sells {p} but is not recorded as making it, so what it could supply is unknown",
}
