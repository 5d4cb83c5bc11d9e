"""The kinds of gap; the split of outflows and the shortage of inputs, on a ledger.

Each outflow of a (zone, product) is split once, in this order:
`unconnected` = min(outflow, what local processes buy in); `price_leakage` = min(rest, idle capacity x
coefficient); the remainder is `capacity_gap` where a local process exists, else `missing_processing`.
The pieces add up to the known outflow and may be summed. A final product that leaves, and a product
that no recipe takes, is no gap. Where somebody here buys a product and no recipe says what for,
`missing_processing` is at most what stands there.

`missing_input` = requirement - local supply, where local supply = output + returns + purchases from markets
inside the zone - outflow - local final use. It is not part of the split and must not be added to it.

A shortage below 5 % of the requirement, where there is local supply, is within the rounding of ordinary
figures: it is shown, and its bound is `uncertain`. An unknown capacity counts as the output, so idle
capacity is a lower bound: `price_leakage` is then at least, `capacity_gap` at most what stands there.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from valuechain.model import Codes, Floats, Mask
from valuechain.rounding import MOST_ROUNDING
from valuechain.zones import Ledger


class Kind(NamedTuple):
    """A kind of gap: its code, its name in code, JSON and on the page, and what it says."""

    code: str
    name: str
    meaning: str


KINDS = (
    Kind("G3", "unconnected", "the product leaves while a local process buys it from outside"),
    Kind("G9", "price_leakage", "the product leaves past idle local capacity"),
    Kind("G2", "capacity_gap", "the product leaves; local processes exist and are full"),
    Kind("G1", "missing_processing", "the product leaves; no local process takes it"),
    Kind("G4", "missing_input", "a local process needs the product beyond local supply"),
    Kind(
        "G5", "missing_middle", "what comes before and after is made here, but the steps between are absent"
    ),
    Kind("G6", "no_final_product", "nothing made from the product reaches a final product here"),
    Kind("G7", "missing_enabler", "a service that a local process needs has no provider on record"),
    Kind("G8", "unused_by_product", "a by-product with a known use has no user here"),
    Kind("G10", "round_trip", "the product leaves, and goods made from it come in"),
)
NAMES = tuple(kind.name for kind in KINDS)
UNCONNECTED, PRICE_LEAKAGE, CAPACITY_GAP, MISSING_PROCESSING, MISSING_INPUT = range(5)
SPLIT = NAMES[:MISSING_INPUT]
"""Kinds that split an outflow: they add up to it."""
VIEWS = NAMES[MISSING_INPUT + 1 :]
"""Kinds that look at the same tonnes once more, along a chain: never added to the split or to a shortage."""

BOUNDS = ("exact", "at_least", "at_most", "uncertain", "unknown")
EXACT, AT_LEAST, AT_MOST, UNCERTAIN, UNKNOWN = range(len(BOUNDS))


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps as arrays: position in the ledger, kind, quantity (NaN: unknown), bound, conditional."""

    at: Codes
    kind: Codes
    quantity: Floats
    bound: Codes
    conditional: Mask


def outflow_split(book: Ledger, *, has_route: Mask, final: Mask, wedge: Mask) -> Gaps:
    """Split each outflow once.

    Parameters
    ----------
    book
        Amounts by (zone, product).
    has_route, final, wedge
        For each product: some recipe takes it as feedstock; it is a final product; its price abroad is
        higher than at home.
    """
    chance = has_route[book.product] & ~final[book.product]
    local, maybe = book.users > 0, book.conditional > 0
    idle = np.maximum(book.absorb - book.requirement, 0.0)
    outflow = np.where(chance, book.outflow, 0.0)
    connected = _at_most(book.bought_in, outflow)
    leaked = _at_most(idle, outflow - connected)
    rest = outflow - connected - leaked
    out_open, in_open = book.outflow_unknown > 0, book.bought_unknown > 0
    idle_open = (book.capacity_unknown > 0) | (book.need_unknown > 0)
    taken = book.delivered_rows > 0
    pieces = (
        _piece(UNCONNECTED, connected, _bound(out_open | in_open, False)),
        _piece(PRICE_LEAKAGE, leaked, _bound(out_open | idle_open, in_open)),
        _piece(CAPACITY_GAP, np.where(local, rest, 0.0), _bound(out_open, in_open | idle_open)),
        _piece(MISSING_PROCESSING, np.where(local, 0.0, rest), _bound(out_open, in_open | taken), maybe),
    )
    leaves = (book.outflow > 0) | out_open
    silent = chance & out_open & (book.outflow == 0)
    leaks = silent & wedge[book.product] & (local | maybe)
    nothing_known = (
        _unknown(UNCONNECTED, chance & in_open & (book.bought_in == 0) & leaves),
        _unknown(PRICE_LEAKAGE, leaks, maybe & ~local),
        _unknown(CAPACITY_GAP, silent & ~leaks & local),
        _unknown(MISSING_PROCESSING, silent & ~leaks & ~local, maybe),
    )
    return joined(*pieces, *nothing_known)


def shortages(book: Ledger) -> Gaps:
    """Return what local processes need beyond local supply.

    A need on only some of a plant's possible routes is conditional and has no quantity; nor has a need
    of a plant whose output is unknown. Where local supply is partly unknown, the shortage is at most
    what the known part leaves open. Where the product is made here and nothing is bought outside, an
    unknown need or supply is no sign of a gap and gives no row: see `unsettled`.
    """
    supply, short, supply_open, need_open = _supply(book)
    sure, only_maybe = book.users > 0, (book.users == 0) & (book.conditional > 0)
    real = sure & (short > 1e-9 * np.maximum(book.requirement, 1.0))
    told = ~unsettled(book)
    bound = _bound(
        need_open
        | (book.requirement_high > book.requirement)
        | (book.outflow_unknown + book.final_unknown > 0),
        supply_open,
    )
    within_rounding = (supply > 0) & (short < MOST_ROUNDING * book.requirement)
    known = _piece(
        MISSING_INPUT, np.where(real & told, short, 0.0), np.where(within_rounding, UNCERTAIN, bound)
    )
    open_need = sure & told & ~real & need_open
    return joined(known, _unknown(MISSING_INPUT, open_need), _unknown(MISSING_INPUT, only_maybe, only_maybe))


def unsettled(book: Ledger) -> Mask:
    """Return where a product is needed and made here, but what is unknown could be all or nothing."""
    _, short, _, need_open = _supply(book)
    leaves, silent = (book.outflow > 0) | (book.outflow_unknown > 0), book.output_unknown > 0
    arrives = (book.inflow > 0) | (book.inflow_unknown > 0)
    home_made = (book.users > 0) & (book.makers > 0) & ~arrives
    return np.asarray(home_made & np.where(silent, ~leaves, need_open & (short <= 0)))


def local_supply(book: Ledger) -> Floats:
    """Return what is known to be left here for local processes, at least nothing."""
    kept = book.output + book.returns + book.market_supply - book.outflow - book.final_use
    return np.asarray(np.maximum(kept, 0.0))


def _supply(book: Ledger) -> tuple[Floats, Floats, Mask, Mask]:
    """Return known local supply, the shortage it leaves, and where supply and need are partly unknown."""
    supply = local_supply(book)
    supply_open = (book.supply_unknown > 0) | (book.outflow_unknown > 0)
    return supply, book.requirement - supply, supply_open, book.need_unknown > 0


def _at_most(part: Floats, whole: Floats) -> Floats:
    """Return `part`, at most the whole; all of it where they differ only by rounding of the machine."""
    taken: Floats = np.where(part >= whole * (1 - 1e-12), whole, part)
    return taken


def _bound(low: Mask, high: Mask | bool) -> Codes:
    """Return the bound of figures of which some part is missing (`low`) or may be too much (`high`)."""
    return np.select(
        [low & high, low, np.broadcast_to(high, low.shape)], [UNCERTAIN, AT_LEAST, AT_MOST], EXACT
    )


def _piece(kind: int, quantity: Floats, bound: Codes, conditional: Mask | None = None) -> Gaps:
    at = np.flatnonzero(quantity > 0)
    maybe = np.zeros(len(at), bool) if conditional is None else conditional[at]
    return Gaps(at, np.full(len(at), kind), quantity[at], bound[at], maybe)


def _unknown(kind: int, mask: Mask, conditional: Mask | None = None) -> Gaps:
    at = np.flatnonzero(mask)
    maybe = np.zeros(len(at), bool) if conditional is None else conditional[at]
    return Gaps(at, np.full(len(at), kind), np.full(len(at), np.nan), np.full(len(at), UNKNOWN), maybe)


def joined(*parts: Gaps) -> Gaps:
    """Return the gaps of all parts in one."""
    return Gaps(
        *(
            np.concatenate([getattr(p, f) for p in parts])
            for f in ("at", "kind", "quantity", "bound", "conditional")
        )
    )
