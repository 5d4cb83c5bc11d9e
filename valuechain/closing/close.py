"""Close one gap: a changed copy of the dataset in which somebody makes, takes or delivers what is missing."""

import hashlib
from dataclasses import astuple, dataclass

from graph_schema import ParameterError
from valuechain.analyses.missing_links import MissingLink
from valuechain.closing.kinds import KINDS
from valuechain.closing.works import Works
from valuechain.gaps.find import found_gap
from valuechain.model import ValueChain
from valuechain.prices import price, worth
from valuechain.registry import question


@dataclass(frozen=True, slots=True)
class Closing:
    """What is asked for: which gap, who closes it, by which process, how much.

    `capacity` is what the maker makes a year, in units of what it makes; `coefficient` how much of the gap's
    product it takes per unit; `price` what a unit of it fetches, in the dataset's currency.
    """

    gap: str
    who: str | None = None
    process: str | None = None
    capacity: float | None = None
    coefficient: float | None = None
    price: float | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The changed dataset, and what was changed.

    Sizes a year; `kept` in the unit of the gap's product. `value` is the worth of the output, `net` what is left
    of it after the worth of what is kept: not known where the dataset has no price of that, or in another currency.
    """

    id: str
    closing: Closing
    gap: MissingLink
    chain: ValueChain
    who: str
    made: str | None
    process: str | None
    output: float | None
    kept: float | None
    value: float | None
    net: float | None
    currency: str
    notes: tuple[str, ...]


def close_gap(chain: ValueChain, closing: Closing, year: int) -> Closed:
    """Return a changed copy of `chain` in which the gap is closed as asked; `chain` stays as it is.

    Raises
    ------
    NotFoundError
        There is no such gap.
    ParameterError
        The closing does not fit the gap; the message says what would.

    >>> from loaders import load
    >>> wire = Closing("missing_processing:pavlodar:primary-aluminium", process="AL16")
    >>> done = close_gap(load("pavlodar"), wire, 2019)
    >>> done.made, done.kept
    ('aluminium-wire-rod', 237500.0)
    """
    for name in ("capacity", "coefficient", "price"):
        if (value := getattr(closing, name)) is not None and not value > 0:
            raise ParameterError(name, f"{value:g} is no amount; it must be above zero")
    gap = found_gap(chain, closing.gap, year)
    if gap.kind not in KINDS:
        raise ParameterError("gap", _why_not(chain, gap, year))
    works = Works(chain, closing, gap, year)
    KINDS[gap.kind](works)
    value, currency = _value(works)
    text = repr((chain.fingerprint, year, astuple(closing)))
    return Closed(
        id=f"closing-{hashlib.sha256(text.encode()).hexdigest()[:12]}",
        closing=closing,
        gap=gap,
        chain=works.draft.written(),
        who=works.who,
        made=works.made,
        process=works.process,
        output=works.output,
        kept=works.kept,
        value=value,
        net=_net(works, value, currency),
        currency=currency,
        notes=tuple(works.notes),
    )


def _why_not(chain: ValueChain, gap: MissingLink, year: int) -> str:
    """Say what to close instead of a gap that only looks at others."""
    rows = question("missing-links")(chain, product=gap.product_id, year=year, **_zone(gap))
    others = [row.gap_id for row in rows if row.kind in KINDS and row.quantity]
    instead = f" Close {' or '.join(others[:3])} instead." if others else ""
    return f"a {gap.kind} is not closed by one maker.{instead}"


def _zone(gap: MissingLink) -> dict[str, str]:
    if gap.owner_id:
        return {"boundary": "owner", "owner": gap.owner_id}
    return {"region": gap.region_id} if gap.region_id else {}


def _net(works: Works, value: float | None, currency: str) -> float | None:
    kept, gap = works.kept, works.gap
    if (
        works.short
        or value is None
        or kept is None
        or not gap.quantity
        or gap.value is None
        or gap.currency != currency
    ):
        return None
    return value - gap.value * kept / gap.quantity


def _value(works: Works) -> tuple[float | None, str]:
    if works.output is None or works.made is None:
        return None, ""
    if works.closing.price is not None:
        return works.output * works.closing.price, works.chain.dataset.currency
    return worth(works.chain, works.output, price(works.chain, works.made, works.year))
