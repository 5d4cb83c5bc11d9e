"""Accounts: the one place that touches every production row and every flow row of a year.

Counted: for each place (a region, or an ultimate owner), product and recipe step, what is made, what
the local processes need and could take, and what moves between places. Amounts are in the product's
unit per year. A sum holds what is known; beside it stands how many rows are not known. The activity of
a process comes from its main product; by-products without a row of their own are derived from it and
never added to a recorded output. An unknown capacity counts as the output (a lower bound).

Which processes a plant may run, and what is certain and what conditional in its needs, is told in
`valuechain.plants`.

An enterprise that sells a product which it neither lists as made nor buys is a maker of unknown output.

Computed by array operations over integer codes; no Python loop over rows. Cost: sorting, so
O(n log n) in production and flow rows.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from valuechain.arrays import complete_sums, counts, lookup, numbers, of_year, sums
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import MARKETS, market_kinds, region_codes, ultimate_owners
from valuechain.plants import Needs, Plants, plants_of, returns_of
from valuechain.prices import rate
from valuechain.recipes import Recipes, in_plant, recipes

Ground = Literal["territory", "management", "enterprise"]


@dataclass(frozen=True, slots=True)
class Trade:
    """Flows by (seller place, buyer place, item): sums of known amounts and counts of unknown ones.

    `quantity`, `captive` (between plants of one ultimate owner) and `value` (in the dataset's currency) are
    sums; `unknown` and `unvalued` count flows without a quantity and without a value, `consumed` flows to an
    enterprise that does not sell the product on.

    A code from `places` up is a kind of market, in the order of `MARKETS`, then one for an unknown
    place. `item` is a product, or a line of `Recipes.feedstock` for linked flows.
    """

    seller: Codes
    buyer: Codes
    item: Codes
    quantity: Floats
    unknown: Codes
    captive: Floats
    value: Floats
    unvalued: Codes
    consumed: Codes


@dataclass(frozen=True, slots=True)
class Balance:
    """Output and requirement by (place, product).

    `output` holds recorded output and `returns` the derived by-products; `requirement` and
    `requirement_high` what users certainly need for their output, `absorb` for their capacity (only of
    users whose output is known). Counts: by-products of unknown amount, plants that make, whose output is
    unknown, that certainly use, whose need is unknown, whose capacity is unknown, and that use it only on
    some of their possible routes (`conditional`).
    """

    place: Codes
    product: Codes
    output: Floats
    returns: Floats
    returns_unknown: Codes
    capacity: Floats
    requirement: Floats
    requirement_high: Floats
    absorb: Floats
    makers: Codes
    output_unknown: Codes
    users: Codes
    need_unknown: Codes
    capacity_unknown: Codes
    conditional: Codes
    silent: Codes


@dataclass(frozen=True, slots=True)
class Accounts:
    """The sparse cubes of one year on one ground. `places` are ids of regions, ultimate owners or enterprises."""

    year: int
    ground: Ground
    places: np.ndarray
    trade: Trade
    links: Trade
    internal: Trade
    implied: Trade
    balance: Balance
    plants: Plants
    needs: Needs


def accounts(chain: ValueChain, year: int, ground: Ground = "territory") -> Accounts:
    """Return the accounts of `year`, computed once per chain, year and ground."""
    return chain.once(("accounts", year, ground), lambda: _build(chain, year, ground))


def _build(chain: ValueChain, year: int, ground: Ground) -> Accounts:
    owner = ultimate_owners(chain)
    table = "regions" if ground == "territory" else "enterprises"
    places = chain.ids(table)
    homes = {"territory": region_codes(chain), "management": owner, "enterprise": np.arange(len(owner))}
    home = homes[ground]
    place_of = np.append(np.where(home >= 0, home, len(places) + len(MARKETS)), len(places) + len(MARKETS))
    r = recipes(chain)
    plants, needs = plants_of(chain, r, year)
    flows = _flows(chain, plants, owner, year)
    trade = _group(place_of, len(places), flows, flows.product, np.arange(len(flows.product)))
    line, of_flow, part = _used_lines(r, plants, flows)
    links = _group(place_of, len(places), flows, line, of_flow, part)
    implied = _implied(r, plants, needs, flows, place_of)
    return Accounts(
        year=year,
        ground=ground,
        places=places,
        trade=trade,
        links=links,
        internal=_internal(owner, flows, line, of_flow, part),
        implied=implied,
        balance=_balance(chain, r, plants, needs, flows, place_of),
        plants=plants,
        needs=needs,
    )


@dataclass(frozen=True, slots=True)
class _Flows:
    """Flow rows: ends as enterprise codes (-1: a market), markets as kinds (-1: an enterprise)."""

    seller: Codes
    buyer: Codes
    seller_market: Codes
    buyer_market: Codes
    product: Codes
    process: Codes
    quantity: Floats
    value: Floats
    captive: Mask
    consumed: Mask


def _flows(chain: ValueChain, plants: Plants, owner: Codes, year: int) -> _Flows:
    rows = of_year(chain.facts("flows"), year)
    n = len(chain.ids("products"))
    seller, buyer = (chain.codes("enterprises", rows[c]) for c in ("from_id", "to_id"))
    kinds = np.append(market_kinds(chain), -1)
    sold_to, bought_from = (kinds[chain.codes("markets", rows[c])] for c in ("to_id", "from_id"))
    product = chain.codes("products", rows["product_id"])
    made = plants.enterprise * n + plants.product
    unique = np.unique(made)
    output = complete_sums(made, plants.output, unique)
    quantity = numbers(rows, "quantity")
    derived = _twelve_digits(numbers(rows, "share") * lookup(seller * n + product, unique, output))
    both = (seller >= 0) & (buyer >= 0)
    return _Flows(
        seller=seller,
        buyer=buyer,
        seller_market=bought_from,
        buyer_market=sold_to,
        product=product,
        process=chain.codes("processes", rows["process_id"]),
        quantity=np.where(np.isnan(quantity), derived, quantity),
        value=_money(chain, rows, year),
        captive=both & (owner[seller] == owner[buyer]) if len(owner) else both,
        consumed=(buyer >= 0) & (quantity != 0) & ~np.isin(buyer * n + product, seller * n + product),
    )


def _twelve_digits(values: Floats) -> Floats:
    """Round to twelve significant digits, so that 0.67 x 1,500,000 is 1,005,000 and no hair more."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (11 - np.floor(np.log10(np.abs(values))))
        return np.where(values > 0, np.round(values * scale) / scale, values)


def _money(chain: ValueChain, rows: pa.Table, year: int) -> Floats:
    """Return values in the dataset's currency; NaN where neither it nor a rate of the year is given."""
    coded = rows["currency"].combine_chunks().dictionary_encode()
    factors = [rate(chain, c, chain.dataset.currency, year) or np.nan for c in coded.dictionary.to_pylist()]
    at = np.asarray(pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False))
    rates: Floats = np.append(np.array(factors, dtype=float), np.nan)
    return np.asarray(numbers(rows, "value") * rates[at])


def _group(
    place_of: Codes, places: int, flows: _Flows, item: Codes, of_flow: Codes, part: Floats | None = None
) -> Trade:
    """Sum flows by (seller place, buyer place, item)."""
    seller = np.where(flows.seller_market >= 0, places + flows.seller_market, place_of[flows.seller])
    buyer = np.where(flows.buyer_market >= 0, places + flows.buyer_market, place_of[flows.buyer])
    return _summed(seller[of_flow], buyer[of_flow], item, flows, of_flow, part)


def _internal(owner: Codes, flows: _Flows, line: Codes, of_flow: Codes, part: Floats) -> Trade:
    """Sum the linked flows between plants of one ultimate owner by (owner, step)."""
    own = flows.captive[of_flow]
    at = of_flow[own]
    who = owner[flows.seller[at]] if len(owner) else at
    return _summed(who, who, line[own], flows, at, part[own])


def _summed(
    seller: Codes, buyer: Codes, item: Codes, flows: _Flows, of_flow: Codes, part: Floats | None
) -> Trade:
    share = np.ones(len(of_flow)) if part is None else part
    n = int(item.max(initial=0)) + 1
    m = int(max(seller.max(initial=0), buyer.max(initial=0))) + 1
    key = (seller * m + buyer) * n + item
    unique = np.unique(key)
    quantity = flows.quantity[of_flow] * share
    return Trade(
        seller=unique // n // m,
        buyer=unique // n % m,
        item=unique % n,
        quantity=sums(key, quantity, unique),
        unknown=counts(key, np.isnan(quantity), unique),
        captive=sums(key, np.where(flows.captive[of_flow], quantity, 0.0), unique),
        value=sums(key, flows.value[of_flow] * share, unique),
        unvalued=counts(key, np.isnan(flows.value[of_flow]), unique),
        consumed=counts(key, flows.consumed[of_flow], unique),
    )


def _used_lines(r: Recipes, plants: Plants, flows: _Flows) -> tuple[Codes, Codes, Floats]:
    """Return (feedstock line, flow, part) for each recipe step that a flow may feed.

    A flow that could feed several steps of the buyer is shared by requirement, equally where a
    requirement is unknown, unless `process_id` says which.
    """
    n = r.products
    at, line = r.feedstock.of(plants.route_process)
    row = plants.route_row[at]
    key = plants.enterprise[row] * n + r.feedstock.product[line]
    order = np.argsort(key, kind="stable")
    key, line, row = key[order], line[order], row[order]
    wanted = np.where(flows.buyer >= 0, flows.buyer * n + flows.product, -1)
    start, end = np.searchsorted(key, wanted), np.searchsorted(key, wanted, side="right")
    of_flow = np.repeat(np.arange(len(wanted)), end - start)
    offset = np.arange(len(of_flow)) - np.repeat(np.cumsum(end - start) - (end - start), end - start)
    user = start[of_flow] + offset
    stated = flows.process[of_flow]
    fits = (stated < 0) | (r.feedstock.process[line[user]] == stated)
    of_flow, user = of_flow[fits], user[fits]
    need = r.feedstock.quantity[line[user]] * plants.output[row[user]]
    unknown = np.bincount(of_flow, weights=np.isnan(need), minlength=len(wanted)) > 0
    need = np.where(unknown[of_flow], 1.0, need)
    total = np.bincount(of_flow, weights=need, minlength=len(wanted))
    equal = np.bincount(of_flow, minlength=len(wanted))
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(total[of_flow] > 0, need / total[of_flow], 1.0 / equal[of_flow])
    return line[user], of_flow, part


def _implied(r: Recipes, plants: Plants, needs: Needs, flows: _Flows, place_of: Codes) -> Trade:
    """Return transfers inside one plant: own output not sold meets own need not bought.

    The item is the product. They are implied, not recorded, and always captive.
    """
    n = r.products
    made, need = plants.enterprise * n + plants.product, plants.enterprise[needs.row] * n + needs.product
    both = np.intersect1d(made, need[needs.certain])
    sold, bought = flows.seller * n + flows.product, flows.buyer * n + flows.product

    def known(keys: Codes, values: Floats) -> Floats:
        chosen = np.isin(keys, both)
        return complete_sums(keys[chosen], values[chosen], both)

    kept = known(made, plants.output) - known(sold, flows.quantity)
    short = known(need[needs.certain], needs.low[needs.certain]) - known(bought, flows.quantity)
    moved = np.maximum(np.minimum(kept, short), 0.0)
    place = place_of[both // n]
    known_part, none = np.nan_to_num(moved), np.zeros(len(both))
    open_part, every = np.isnan(moved).astype(np.int64), np.ones(len(both), np.int64)
    return Trade(place, place, both % n, known_part, open_part, known_part, none, every, every)


def _unlisted(made: Codes, flows: _Flows, place_of: Codes, n: int) -> Codes:
    """Return (place, product) keys of makers on no list: they sell what they neither make, yield nor buy.

    `made` are the (enterprise, product) keys of what is listed as made or derived as a by-product.
    """
    sold = (flows.seller * n + flows.product)[(flows.seller >= 0) & (flows.quantity != 0)]
    known = np.union1d(made, flows.buyer * n + flows.product)
    sellers = np.setdiff1d(sold, known)
    return np.asarray(place_of[sellers // n] * n + sellers % n)


def _balance(
    chain: ValueChain, r: Recipes, plants: Plants, needs: Needs, flows: _Flows, place_of: Codes
) -> Balance:
    n = len(chain.ids("products"))
    here = place_of[plants.enterprise]
    made = here * n + plants.product
    need = here[needs.row] * n + needs.product
    back_row, back_product, back = returns_of(r, plants)
    returned = here[back_row] * n + back_product
    who, what = plants.enterprise, np.append(plants.product, back_product)
    unlisted = _unlisted(np.append(who, who[back_row]) * n + what, flows, place_of, n)
    unique = np.unique(np.concatenate([made, unlisted, need, returned]))
    more = counts(unlisted, np.ones(len(unlisted), bool), unique)
    sure = needs.certain
    return Balance(
        place=unique // n,
        product=unique % n,
        output=sums(made, plants.output, unique),
        returns=sums(returned, back, unique),
        returns_unknown=counts(returned, np.isnan(back), unique),
        capacity=sums(made, plants.capacity, unique),
        requirement=sums(need[sure], needs.low[sure], unique),
        requirement_high=sums(need[sure], needs.high[sure], unique),
        absorb=sums(need[sure], needs.absorb[sure], unique),
        makers=counts(made, np.ones(len(made), bool), unique) + more,
        output_unknown=counts(made, np.isnan(plants.output), unique) + more,
        users=counts(need, sure, unique),
        need_unknown=counts(need, sure & np.isnan(needs.low), unique),
        capacity_unknown=counts(need, sure & ~plants.capacity_known[needs.row], unique),
        conditional=counts(need, ~sure, unique),
        silent=counts(made, _silent(chain, plants, needs, flows, n), unique),
    )


def _silent(chain: ValueChain, plants: Plants, needs: Needs, flows: _Flows, n: int) -> Mask:
    """Return which rows of plants make something of which neither a sale nor an own use is on record."""
    sold, used = flows.seller * n + flows.product, plants.enterprise[needs.row] * n + needs.product
    told = np.isin(plants.enterprise * n + plants.product, np.append(sold[flows.seller >= 0], used))
    return np.asarray(~told & ~in_plant(chain)[plants.product] & (plants.output != 0))
