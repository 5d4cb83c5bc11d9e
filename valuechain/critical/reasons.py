"""Why an enterprise or a product is critical, or how concentrated it is: one sentence each."""

from collections.abc import Iterator, Sequence

import numpy as np

from valuechain.answer import figure
from valuechain.coverage import claims_complete
from valuechain.critical.single_points import Makers, Place
from valuechain.model import Codes, ValueChain

_MARKETS = ("abroad", "the rest of the country", "local sellers", "an unknown place")
_MOST_GROUPS = 3
"""Groups of ends of others that a sentence names."""
Sole = dict[int, tuple[str, ...]]


def why_enterprise(
    place: Place, maker: int, ends: Codes, others: Codes, made: Codes, sole: Sole, at_stake: str
) -> str:
    """Return why ends cannot be had without an enterprise; `sole` holds what it alone makes, and where declared."""
    names = place.chain.names("regions")
    plain = [p for p, regions in sole.items() if not regions]
    alone = [f"the only maker on record of {_products(place, plain)}"] if plain else []
    for regions in sorted({r for r in sole.values() if r}, key=len):
        where = " and ".join(names[r] for r in regions)
        told = _products(place, [p for p, r in sole.items() if r == regions])
        alone.append(f"the only maker, as declared for {where}, of {told}")
    why = f"it is {', and '.join(alone)}" if alone else "what others make here cannot be made without it"
    size = f"; at stake: {at_stake} a year" if at_stake else ""
    lost = list(_lost(place, maker, ends, others, made))
    told = " and ".join([", ".join(lost[:-1]), lost[-1]] if len(lost) > 1 else lost)
    return (
        f"If {name_of(place.chain, 'enterprises', maker)} fails, {_ends(place, len(ends))} cannot be "
        f"made here: {told}; {why}{size}."
    )


def _lost(place: Place, maker: int, ends: Codes, others: Codes, made: Codes) -> Iterator[str]:
    """Yield the ends that are lost: its own, then those of others by who makes them from what of it."""
    own = np.setdiff1d(ends, others)
    if len(own):
        yield f"{_products(place, own)} ({'' if len(own) == 1 else 'both ' if len(own) == 2 else 'all '}its own)"
    groups: dict[str, list[int]] = {}
    for end in others:
        groups.setdefault(_by_others(place, maker, int(end), made), []).append(int(end))
    told = list(groups.items())
    yield from (f"{_products(place, found)} ({how})" for how, found in told[:_MOST_GROUPS])
    if len(told) > _MOST_GROUPS:
        yield f"{sum(len(found) for _, found in told[_MOST_GROUPS:])} more that others make"


def _by_others(place: Place, maker: int, end: int, made: Codes) -> str:
    """Return who makes an end from what an enterprise makes, and whether such a delivery is recorded."""
    who, needed = place.makers(end).enterprise, place.leading(end, made)
    direct = place.takes(end, tuple(needed.tolist()))
    whose = (
        f"{'from' if direct else 'from what is made of'} its {_products(place, needed)}"
        if len(needed)
        else ("from what it makes")
    )
    told = (
        f"made by {_few([name_of(place.chain, 'enterprises', int(m)) for m in who if m != maker], 2)} {whose}"
    )
    if place.delivers(maker, needed if len(needed) else made):
        return told
    return f"{told}, by recipe: no such delivery is recorded"


def why_product(
    place: Place, product: int, ends: Codes, makers: Makers, sole: tuple[str, ...], output: str, at_stake: str
) -> str:
    """Return how a product comes to a place, and what depends on it."""
    name = name_of(place.chain, "products", product)
    if len(ends):
        name = f"Every way to {_part(place, ends)} runs through {name}"
    made, bought = _made(place, product, makers, sole, output), _few(supplier_names(place, product))
    if bought:
        made += f"{', and ' if made else ''}bought outside ({bought})"
    size = f"; at stake: {at_stake} a year" if at_stake else ""
    return f"{name}: {made or _from_nobody(place, product)}{size}."


def _made(place: Place, product: int, makers: Makers, sole: tuple[str, ...], output: str) -> str:
    count = len(makers.enterprise)
    if not count:
        return ""
    size = f" ({output} a year)" if output else ""
    if count == 1:
        who, names = (
            name_of(place.chain, "enterprises", int(makers.enterprise[0])),
            place.chain.names("regions"),
        )
        known = f"as declared for {' and '.join(names[r] for r in sole)}" if sole else "as far as recorded"
        back = "" if product in place.listed else ", as a by-product"
        return f"made here by {who} alone{back}, {known}{size}"
    told = [
        f"{value:.3g} by {word}"
        for word, value in (("enterprise", makers.plants), ("owner", makers.owners))
        if not np.isnan(value)
    ]
    index = f"Herfindahl index {', '.join(told)}" if told else "an output is not recorded, so no index"
    return f"made here by {count} enterprises{size}; {index}"


def _from_nobody(place: Place, product: int) -> str:
    known = claims_complete(
        place.chain, place.region, "production", str(place.chain.ids("products")[product])
    )
    nobody = "nobody here makes it, as declared" if known else "no maker here is recorded"
    return f"{nobody}, and no purchase from outside is recorded, so where it comes from is unknown"


def supplier_names(place: Place, product: int) -> tuple[str, ...]:
    """Return who outside a product is bought from: enterprises by name, markets by kind."""
    enterprises = len(place.chain.ids("enterprises"))
    return tuple(
        name_of(place.chain, "enterprises", int(s)) if s < enterprises else _MARKETS[int(s) - enterprises]
        for s in place.suppliers(product)
    )


def name_of(chain: ValueChain, table: str, code: int) -> str:
    """Return the name of an enterprise or a product by its code."""
    return str(chain.names(table)[chain.ids(table)[code]])


def amount(value: float | None, unit: str) -> str:
    """Return an amount with its unit; nothing where it is unknown."""
    return "" if value is None else f"{figure(value)} {unit}".strip()


def at_least(value: float | None, unit: str, unknown: int) -> str:
    """Return an amount as the lower bound that it is where some of it is unknown."""
    told = amount(value, unit)
    return f"at least {told}" if told and unknown else told


def _part(place: Place, ends: Codes) -> str:
    return f"{_ends(place, len(ends))} ({_products(place, ends)})"


def _ends(place: Place, lost: int) -> str:
    count = len(place.judged)
    of = f"{lost} of the {count} end products" if count > 1 else "the only end product"
    return f"{of} of {place.name}"


def _products(place: Place, products: Codes | Sequence[int]) -> str:
    return _few([name_of(place.chain, "products", int(p)) for p in products])


def _few(names: Sequence[str], most: int = 4) -> str:
    """Return names parted by semicolons, for a name may hold a comma."""
    return "; ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
