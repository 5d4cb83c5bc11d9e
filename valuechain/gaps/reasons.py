"""The reason of a gap in one sentence: what is known, what is not, and what the quantity rests on."""

from dataclasses import dataclass
from typing import Any

from valuechain.answer import figure
from valuechain.rounding import MOST_ROUNDING


@dataclass(frozen=True, slots=True)
class Case:
    """The figures of one gap, as its reason needs them. Amounts in `unit` per year."""

    kind: str
    product: str
    place: str
    unit: str
    quantity: float | None
    output: float
    output_known: bool
    outflow: float
    outflow_known: bool
    bought_in: float
    requirement: float
    requirement_high: float
    supply: float
    supply_known: bool
    makers: int
    users: tuple[str, ...]
    conditional_users: tuple[str, ...]
    suppliers: tuple[str, ...]
    same_owner: bool
    idle: tuple[str, ...]
    unknown_capacity: tuple[str, ...]
    leaked: float
    takers: tuple[str, ...]
    other_years: tuple[int, ...]
    routes: tuple[str, ...]
    absence_declared: bool
    wedge: tuple[dict[str, Any], dict[str, Any]] | None


def reason(case: Case) -> str:
    """Return the reason of a gap in one or two sentences."""
    words = {
        "unconnected": _unconnected,
        "price_leakage": _price_leakage,
        "capacity_gap": _capacity_gap,
        "missing_processing": _missing_processing,
        "missing_input": _missing_input,
    }
    return words[case.kind](case)


def _amount(value: float, unit: str) -> str:
    return f"{figure(value)} {unit}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _leaves(case: Case) -> str:
    if not case.outflow_known and not case.outflow:
        return f"{case.product} leaves {case.place}; how much is not recorded"
    part = ""
    if case.output_known and case.output:
        share = _percent(case.outflow / case.output)
        if case.outflow > case.output:
            share = "more than all"
        part = f" ({share} of its output of {_amount(case.output, case.unit)})"
    more = "" if case.outflow_known else " and an unrecorded amount more"
    return f"{_amount(case.outflow, case.unit)} of {case.product}{part} leaves {case.place}{more}"


def _named(names: tuple[str, ...], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _wedge(case: Case) -> str:
    if case.wedge is None:
        return ""
    here, abroad = case.wedge
    return (
        f" Abroad it fetches {figure(abroad['price'])} {abroad['currency']}/{case.unit}, at home "
        f"{figure(here['price'])}."
    )


def _does(names: tuple[str, ...], verb: str) -> str:
    return f"{_named(names)} {verb}" + ("" if len(names) > 1 else "s")


def _unconnected(case: Case) -> str:
    amount = _amount(case.bought_in, case.unit) if case.bought_in else "an unrecorded amount"
    return f"{_leaves(case)}, while {_does(case.users + case.conditional_users, 'buy')} {amount} of it from outside."


def _price_leakage(case: Case) -> str:
    if case.quantity is None:
        return f"{_leaves(case)}, though {_named(case.users or case.conditional_users)} could use it.{_wedge(case)}"
    room = f"idle capacity of {_named(case.idle)} could take {_amount(case.quantity, case.unit)} of it"
    return f"{_leaves(case)}; {room}.{_wedge(case)}"


def _capacity_gap(case: Case) -> str:
    need = _amount(case.requirement, case.unit) if case.requirement else "an unrecorded amount"
    local = f"the local process exists: {_does(case.users, 'need')} {need} for the output of today"
    words = f"{_leaves(case)}; {local}."
    if case.bought_in:
        words += f" {_amount(min(case.bought_in, case.outflow), case.unit)} would replace purchases (see unconnected)."
    if case.leaked:
        fits = _amount(case.leaked, case.unit)
        words += f" {fits} would fit the idle capacity of {_named(case.idle)} (see price leakage)."
    if case.unknown_capacity:
        words += f" The capacity of {_named(case.unknown_capacity)} is not recorded and counts as full."
    if case.quantity is not None and case.quantity < case.outflow:
        words += f" The other {_amount(case.quantity, case.unit)} needs new capacity."
    return words


def _missing_processing(case: Case) -> str:
    what = (
        f"{len(case.routes)} processes could take it"
        if len(case.routes) > 1
        else f"{_named(case.routes)} could take it"
    )
    sure = (
        "the data declares that none of them is here"
        if case.absence_declared
        else "none is recorded here (the data does not claim to be complete)"
    )
    if case.conditional_users:
        sure = f"{_named(case.conditional_users)} may take it on one of several possible routes, none certainly does"
    elif case.takers:
        sure = f"{_does(case.takers, 'buy')} it here, but no recipe says what for"
    return f"{_leaves(case)}; {what}, {sure}.{_wedge(case)}"


def _missing_input(case: Case) -> str:
    if not case.users:
        who = case.conditional_users
        need = f"{_does(who, 'need')} {case.product} only on one of several possible routes"
        return f"{need}; which one is run is not recorded, so the amount is unknown.{_supply(case)}"
    if case.requirement:
        span = (
            f" to {_amount(case.requirement_high, case.unit)}"
            if case.requirement_high > case.requirement * 1.001
            else ""
        )
        need = f"{_does(case.users, 'need')} {_amount(case.requirement, case.unit)}{span} of {case.product}"
    else:
        need = f"{_does(case.users, 'need')} {case.product}; how much is not recorded"
    if case.supply and case.quantity is not None and case.quantity < MOST_ROUNDING * case.requirement:
        need += " (the shortage is within the rounding of the figures)"
    maybe = f" {_named(case.conditional_users)} may need it too." if case.conditional_users else ""
    return f"{need}.{maybe}{_supply(case)}"


def _supply(case: Case) -> str:
    if case.makers and case.supply_known:
        here = f" Local supply left for it is {_amount(case.supply, case.unit)}."
    elif case.makers:
        here = " It is made here, but how much is not recorded."
    elif case.supply:
        here = f" Here only returns of {_amount(case.supply, case.unit)} arise."
    elif case.other_years:
        years = ", ".join(str(y) for y in case.other_years[:4])
        here = f" No maker in {case.place} is recorded for this year; there is one for {years}."
    elif case.absence_declared:
        here = f" The data declares that nobody makes it in {case.place}."
    else:
        here = f" No maker in {case.place} is recorded (the data does not claim to be complete)."
    if not case.suppliers:
        return here
    by = f" Supplied from outside today by {_named(case.suppliers)}"
    return (
        here
        + by
        + (", of the same owner: missing by territory, present by owner." if case.same_owner else ".")
    )
