"""Zones: what "local" means, and the accounts rolled up to it.

A zone is a region at any level with all places inside it (territory), or an ultimate owner with all it
controls (management). A flow is local to a zone when both ends lie inside; so a plant that is only
placed at country level is no local capacity of a region. Local final use stays inside a territory; the
rest of the country lies inside a country. For an owner every market is outside.
"""

from dataclasses import dataclass, replace

import numpy as np

from graph_schema import ParameterError
from valuechain.accounts import Accounts, Ground, Trade
from valuechain.arrays import complete_sums, counts, sums
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import LEVELS, MARKETS, at_level, is_country, region_codes, ultimate_owners, within
from valuechain.recipes import recipes

WHOLE = "all"
"""Name of the one zone of a dataset without regions."""


@dataclass(frozen=True, slots=True)
class Zones:
    """Zones by id; `of_place` gives the zone of each place code of the accounts, -1 outside."""

    ground: Ground
    ids: tuple[str, ...]
    of_place: Codes
    market_inside: Mask


@dataclass(frozen=True, slots=True)
class Ledger:
    """Amounts by (zone, product), product units per year; `_unknown` and other counts are rows.

    `outflow_value` is in the dataset's currency, NaN where a part of it is not recorded. `bought_in` is
    the part of the inflow that feeds a local process, `used` the recorded local flow to one, `implied`
    the transfer inside plants, `final_use` what local final buyers take, `market_supply` what comes from
    markets inside the zone. `supply_unknown` counts what makes local supply unknown: plants without an
    output, by-products and purchases from such markets without an amount; `delivered_rows` local flows to
    an enterprise that does not sell the product on. The rest is as in `Balance`.

    A purchase by a trader of the zone is an inflow, but not `bought_in`: whom the trader serves is not known.
    """

    zone: Codes
    product: Codes
    output: Floats
    returns: Floats
    market_supply: Floats
    outflow: Floats
    outflow_value: Floats
    inflow: Floats
    bought_in: Floats
    used: Floats
    implied: Floats
    final_use: Floats
    requirement: Floats
    requirement_high: Floats
    absorb: Floats
    makers: Codes
    output_unknown: Codes
    outflow_rows: Codes
    outflow_unknown: Codes
    inflow_rows: Codes
    inflow_unknown: Codes
    bought_unknown: Codes
    used_unknown: Codes
    implied_unknown: Codes
    final_unknown: Codes
    supply_unknown: Codes
    delivered_rows: Codes
    used_rows: Codes
    users: Codes
    need_unknown: Codes
    capacity_unknown: Codes
    conditional: Codes
    silent: Codes


def territory(chain: ValueChain, region: str | None = None, level: str | None = None) -> Zones:
    """Return one region, or every region of a level; by default the dataset's home region.

    A dataset without a home region gives its regions of level `region`, else its topmost ones; a
    dataset without regions is one zone.
    """
    ids = chain.ids("regions")
    if region is not None and level is not None:
        raise ParameterError("level", "give either a region or a level, not both")
    if not len(ids):
        of_place = np.array([-1] * len(MARKETS) + [0])
        return Zones("territory", (WHOLE,), of_place, _inside(chain, (None,)))
    home = region or (None if level else chain.dataset.home_region or None)
    if home is not None:
        zone = np.where(within(chain, home), 0, -1)
        return Zones("territory", (home,), _with_markets(zone), _inside(chain, (home,)))
    levels = set(chain.arrow("regions")["level"].to_pylist())
    if level is None:
        level = next((name for name in ("region", *LEVELS) if name in levels), None)
    zone = at_level(chain, level) if level else np.arange(len(ids))
    used = np.unique(zone[zone >= 0])
    of_place = np.where(zone >= 0, np.searchsorted(used, zone), -1)
    names = tuple(str(i) for i in ids[used])
    return Zones("territory", names, _with_markets(of_place), _inside(chain, names))


def management(chain: ValueChain, owner: str | None = None) -> Zones:
    """Return one ultimate owner, or all that own more than themselves."""
    owners = ultimate_owners(chain)
    ids = chain.ids("enterprises")
    if owner is not None:
        top = owners[chain.codes("enterprises", [owner])[0]]
        if ids[top] != owner:
            raise ParameterError("owner", f"{owner} is controlled by {ids[top]}; ask for {ids[top]}")
        used = np.array([top])
    else:
        used = np.flatnonzero(np.bincount(owners, minlength=len(ids)) > 1)
    of_place = np.full(len(ids), -1)
    of_place[used] = np.arange(len(used))
    inside = np.zeros((len(used), len(MARKETS)), bool)
    return Zones("management", tuple(str(i) for i in ids[used]), _with_markets(of_place), inside)


def zone_of_enterprises(chain: ValueChain, zones: Zones) -> Codes:
    """Return the zone of each enterprise; -1 outside."""
    home = region_codes(chain) if zones.ground == "territory" else ultimate_owners(chain)
    return np.where(home >= 0, np.append(zones.of_place, -1)[home], zones.of_place[-1])


def ledger(chain: ValueChain, books: Accounts, zones: Zones) -> Ledger:
    """Roll the accounts up to zones."""
    b = books.balance
    products = len(chain.ids("products"))
    links = replace(books.links, item=recipes(chain).feedstock.product[books.links.item])
    here = zones.of_place[b.place]
    at, keys = here >= 0, here * products + b.product
    out, into, moved = _sides(books.trade, zones, products)
    final, local_market = _inner_markets(books.trade, zones, products)
    _, bought, used = _sides(links, zones, products)
    implied = zones.of_place[books.implied.seller]
    implied_key = implied * products + books.implied.item
    unique = np.unique(
        np.concatenate([keys[at], out.key, into.key, bought.key, used.key, final.key, local_market.key])
    )

    def amount(values: Floats) -> Floats:
        return sums(keys[at], values[at], unique)

    def rows(values: Codes) -> Codes:
        return sums(keys[at], values[at].astype(float), unique).astype(np.int64)

    return Ledger(
        zone=unique // products,
        product=unique % products,
        output=amount(b.output),
        returns=amount(b.returns),
        market_supply=sums(local_market.key, local_market.quantity, unique),
        outflow=sums(out.key, out.quantity, unique),
        outflow_value=complete_sums(out.key, out.value, unique),
        inflow=sums(into.key, into.quantity, unique),
        bought_in=sums(bought.key, bought.quantity, unique),
        used=sums(used.key, used.quantity, unique),
        implied=sums(implied_key[implied >= 0], books.implied.quantity[implied >= 0], unique),
        final_use=sums(final.key, final.quantity, unique),
        requirement=amount(b.requirement),
        requirement_high=amount(b.requirement_high),
        absorb=amount(b.absorb),
        makers=rows(b.makers),
        output_unknown=rows(b.output_unknown),
        outflow_rows=counts(out.key, np.ones(len(out.key), bool), unique),
        outflow_unknown=counts(out.key, out.unknown, unique),
        inflow_rows=counts(into.key, np.ones(len(into.key), bool), unique),
        inflow_unknown=counts(into.key, into.unknown, unique),
        bought_unknown=counts(bought.key, bought.unknown, unique),
        used_unknown=counts(used.key, used.unknown, unique),
        implied_unknown=counts(implied_key[implied >= 0], books.implied.unknown[implied >= 0] > 0, unique),
        final_unknown=counts(final.key, final.unknown, unique),
        supply_unknown=rows(b.output_unknown)
        + rows(b.returns_unknown)
        + counts(local_market.key, local_market.unknown, unique),
        delivered_rows=counts(moved.key, moved.consumed, unique),
        used_rows=counts(used.key, np.ones(len(used.key), bool), unique),
        users=rows(b.users),
        need_unknown=rows(b.need_unknown),
        capacity_unknown=rows(b.capacity_unknown),
        conditional=rows(b.conditional),
        silent=rows(b.silent),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    key: Codes
    quantity: Floats
    unknown: Mask
    value: Floats
    consumed: Mask


def _side(trade: Trade, key: Codes, mask: Mask) -> _Side:
    value = np.where(trade.unvalued > 0, np.nan, trade.value)
    unknown, consumed = trade.unknown > 0, trade.consumed > 0
    return _Side(key, trade.quantity[mask], unknown[mask], value[mask], consumed[mask])


def _sides(trade: Trade, zones: Zones, products: int) -> tuple[_Side, _Side, _Side]:
    """Return what leaves each zone, what enters it, and what moves inside it."""
    seller, buyer = zones.of_place[trade.seller], zones.of_place[trade.buyer]
    places = len(zones.of_place) - len(MARKETS) - 1
    to_market, from_market = trade.buyer - places, trade.seller - places
    stays = (seller >= 0) & ((seller == buyer) | _market_inside(zones, seller, to_market))
    arrives = (buyer >= 0) & (seller != buyer) & ~_market_inside(zones, buyer, from_market)

    def side(mask: Mask, zone: Codes) -> _Side:
        key = zone[mask] * products + trade.item[mask]
        return _side(trade, key, mask)

    return side((seller >= 0) & ~stays, seller), side(arrives, buyer), side(stays, seller)


def _inner_markets(trade: Trade, zones: Zones, products: int) -> tuple[_Side, _Side]:
    """Return what each zone sells to, and buys from, markets that lie inside it."""
    places = len(zones.of_place) - len(MARKETS) - 1

    def side(place: Codes, other: Codes) -> _Side:
        zone = zones.of_place[place]
        inside = _market_inside(zones, zone, other - places)
        key = zone[inside] * products + trade.item[inside]
        return _side(trade, key, inside)

    return side(trade.seller, trade.buyer), side(trade.buyer, trade.seller)


def _market_inside(zones: Zones, zone: Codes, market: Codes) -> Mask:
    inside = (zone >= 0) & (market >= 0) & (market < len(MARKETS))
    result = np.zeros(len(zone), bool)
    result[inside] = zones.market_inside[zone[inside], market[inside]]
    return result


def _with_markets(of_place: Codes) -> Codes:
    return np.concatenate([of_place, np.full(len(MARKETS) + 1, -1)])


def _inside(chain: ValueChain, regions: tuple[str | None, ...]) -> Mask:
    inside = [[False, r is None or is_country(chain, r), True] for r in regions]
    return np.array(inside, dtype=bool).reshape(-1, len(MARKETS))
