"""Needs and who could meet them: candidates of one product with what is free, found by index.

A *need* is an amount of a product that a place or an enterprise lacks (who could supply it) or has to give
(who could take it). Candidates are all enterprises of the dataset that make, yield or sell the product, or
that certainly or possibly need it, or buy it. Free is *idle* capacity (capacity - output; for a taker times
the lowest coefficient), and what is *moved* across the border of the need's zone today: what a taker buys
from outside it, and what a supplier sells outside it. An unknown capacity counts as output: nothing idle is
on record, which is not the same as none.
"""

from dataclasses import dataclass

import numpy as np

from valuechain.accounts import Accounts, accounts
from valuechain.arrays import Groups, counts, grouped, sums
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.partners.distance import nearest
from valuechain.places import MARKETS
from valuechain.plants import returns_of
from valuechain.recipes import in_plant, recipes
from valuechain.scope import stages

STATES = (
    "known", "capacity", "output", "amount", "conditional", "by-product", "bought", "sold", "rest", "none",
)  # fmt: skip
"""What keeps idle capacity from being known, the first that applies; `rest`: it is counted under other needs;
`none`: it runs no process of the product, see `valuechain.partners.neighbours`."""
KNOWN, CAPACITY, OUTPUT, AMOUNT, CONDITIONAL, BY_PRODUCT, BOUGHT, SOLD, REST, NONE = range(len(STATES))

CAN = ("yes", "partly", "unknown", "no")
"""Whether a candidate could meet a need."""

HALF_NEAR = 500.0
"""Distance in km at which nearness is one half."""

ALL = 1 - 1e-9
"""Part that counts as all, so that rounding of the machine decides nothing."""


@dataclass(frozen=True, slots=True)
class Zone:
    """The place of a need: which enterprises and which kinds of market lie inside; `what` kind of place."""

    name: str
    inside: Mask
    markets: Mask
    what: str = "enterprise"


@dataclass(frozen=True, slots=True)
class Need:
    """Who needs a taker or a supplier of how much of a product (NaN: unknown).

    `parties` are the enterprises that sell or lack it. `whole`: whoever moves as much with them today does
    all that is wanted. `rest`: it is what local processes leave open, so their room does not count again.
    """

    id: str
    takers: bool
    for_id: str
    for_name: str
    zone: Zone
    product: int
    quantity: float
    parties: Codes
    whole: float = np.nan
    rest: bool = False
    apart_from: int = -1


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who could meet a need, by enterprise code, in units of the product a year.

    `idle` and `moved` hold what is known, `moved_open` marks amounts that are not recorded. `state` is a
    position in `STATES`. `base` is what capacity takes or gives in all, `run` what output does; `today` what
    is recorded to move to or from the parties.
    """

    enterprise: Codes
    stage: Floats
    certain: Mask
    idle: Floats
    state: Codes
    base: Floats
    run: Floats
    moved: Floats
    moved_open: Mask
    today: Floats
    today_open: Mask


@dataclass(frozen=True, slots=True)
class Match:
    """The candidates of one need as arrays; `order` are those shown, best first."""

    need: Need
    found: Candidates
    km: Floats
    basis: Codes
    feasible: Floats
    can: Codes
    parts: Floats
    score: Floats
    order: Codes
    more: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Market:
    """The enterprise accounts of a year, found by product: plants, by-products, needs and trade."""

    chain: ValueChain
    books: Accounts
    plants: Groups
    needs: Groups
    trade: Groups
    returned: Groups
    return_row: Codes
    return_product: Codes
    returns: Floats
    capacity_known: Mask

    def makers(self, product: int) -> Codes:
        """Return the enterprises that make a product, yield it, or sell it."""
        who = self.books.plants.enterprise
        made, back = self.plants.of(_one(product)), self.return_row[self.returned.of(_one(product))]
        seller = self.books.trade.seller[self.trade.of(_one(product))]
        seller = seller[seller < len(self.books.places)]
        found: Codes = np.unique(np.concatenate([who[made], who[back], seller]))
        return found

    def users(self, product: int, *, certain: bool = False) -> Codes:
        """Return the enterprises that need a product, certainly or at all."""
        rows, needs = self.needs.of(_one(product)), self.books.needs
        rows = rows[needs.certain[rows]] if certain else rows
        found: Codes = np.unique(self.books.plants.enterprise[needs.row[rows]])
        return found

    def rows(self, need: Need, who: int) -> tuple[set[str], list[str]]:
        """Return the processes by which an enterprise takes or yields the product, and the products it makes so."""
        plants, one = self.books.plants, _one(need.product)
        if need.takers:
            row = self.books.needs.row[self.needs.of(one)]
        else:
            row = np.append(self.plants.of(one), self.return_row[self.returned.of(one)])
        row = np.unique(row[plants.enterprise[row] == who])
        runs = {str(p) for r in row for p in self.chain.ids("processes")[plants.processes(int(r))]}
        made = np.unique(plants.product[row[~plants.implied[row]]])
        return runs, [str(p) for p in self.chain.ids("products")[made]]


def market(chain: ValueChain, year: int) -> Market:
    """Return the enterprise accounts of a year by product, computed once."""
    return chain.once(("market", year), lambda: _market(chain, year))


def _market(chain: ValueChain, year: int) -> Market:
    books, size = accounts(chain, year, "enterprise"), len(chain.ids("products"))
    plants = books.plants
    row, product, quantity = returns_of(recipes(chain), plants)
    blank = np.bincount(
        plants.enterprise[~plants.implied & ~plants.capacity_known], minlength=len(books.places)
    )
    derived = (plants.capacity > plants.output) | (blank[plants.enterprise] == 0)
    return Market(
        chain=chain,
        books=books,
        plants=grouped(plants.product, size),
        needs=grouped(books.needs.product, size),
        trade=grouped(books.trade.item, size),
        returned=grouped(product, size),
        return_row=row,
        return_product=product,
        returns=quantity,
        capacity_known=np.where(plants.implied, derived, plants.capacity_known),
    )


def match(m: Market, need: Need, found: Candidates, most: int, max_km: float | None) -> Match:
    """Weigh the candidates of a need and choose those to show: at most so many that could, and that could not."""
    km, basis = nearest(m.chain, found.enterprise, need.parties)
    room, done = found.idle + found.moved, found.today >= need.whole * ALL
    some = (room > 0) & ~done
    enough = some & (room >= need.quantity * ALL)
    unclear = ~some & ~done & (found.moved_open | ~np.isin(found.state, (KNOWN, REST, NONE)))
    far = km > (np.inf if max_km is None else max_km)
    can = np.select([far, enough, some, unclear], [3, 0, 1, 2], 3)
    feasible = np.where(unclear, np.nan, np.where(some, np.fmin(room, need.quantity), 0.0))
    share, near = feasible / need.quantity, 1 / (1 + km / HALF_NEAR)
    parts = np.array([share, near, np.select([found.state == NONE, found.certain], [0.0, 1.0], 0.5)])
    known = ~np.isnan(parts)
    mean = np.where(known, parts, 0.0).sum(axis=0) / known.sum(axis=0)
    score = np.where(np.isnan(feasible), np.nan, mean)
    away = np.where(np.isnan(km), np.inf, km)
    good, bad = np.flatnonzero(can <= 1), np.flatnonzero(can > 1)
    good = good[np.lexsort((away[good], -np.round(score[good], 12)))]
    bad = bad[np.argsort(away[bad], kind="stable")]
    more = (max(len(good) - most, 0), max(len(bad) - most, 0))
    return Match(
        need, found, km, basis, feasible, can, parts, score, np.append(good[:most], bad[:most]), more
    )


def candidates(m: Market, need: Need) -> Candidates:
    """Return who could meet a need, in the order of ids."""
    found = _takers(m, need) if need.takers else _suppliers(m, need)
    keep = found.enterprise != need.apart_from
    return Candidates(*(getattr(found, name)[keep] for name in Candidates.__slots__))


def _takers(m: Market, need: Need) -> Candidates:
    needs, plants = m.books.needs, m.books.plants
    at = m.needs.of(_one(need.product))
    row, sure = needs.row[at], needs.certain[at]
    who, silent, low, full = (
        plants.enterprise[row],
        np.isnan(plants.output[row]),
        needs.low[at],
        needs.absorb[at],
    )
    unique = np.unique(np.append(who, _buyers(m, need.product)))
    certain, listed = counts(who, sure, unique) > 0, np.isin(unique, who)
    state = np.select(
        [
            counts(who, sure & ~np.isnan(low) & ~m.capacity_known[row], unique) > 0,
            counts(who, sure & silent, unique) > 0,
            counts(who, sure & np.isnan(low) & ~silent, unique) > 0,
            counts(who, ~sure, unique) > 0,
            ~listed,
        ],
        [CAPACITY, OUTPUT, AMOUNT, CONDITIONAL, BOUGHT],
        KNOWN,
    )
    stage = np.full(len(unique), np.nan)
    np.fmax.at(stage, np.searchsorted(unique, who), stages(m.chain)[plants.product[row]])
    idle = sums(who, np.maximum(full - low, 0.0), unique)
    moved, moved_open, today, today_open = _moves(m, need, unique)
    if need.rest:
        spent = need.zone.inside[unique] & certain & ((idle > 0) | (moved > 0))
        state = np.where(spent & (state == KNOWN), REST, state)
        idle, moved = np.where(spent, 0.0, idle), np.where(spent, 0.0, moved)
    base, run = sums(who, full, unique), sums(who, low, unique)
    return Candidates(
        unique, stage, certain | ~listed, idle, state, base, run, moved, moved_open, today, today_open
    )


def _suppliers(m: Market, need: Need) -> Candidates:
    plants, product = m.books.plants, _one(need.product)
    row, back = m.plants.of(product), m.returned.of(product)
    who, output, capacity = plants.enterprise[row], plants.output[row], plants.capacity[row]
    by, amount = plants.enterprise[m.return_row[back]], m.returns[back]
    seller, _, _ = _trade(m, need.product)
    sells = seller[seller < len(m.books.places)]
    unique = np.unique(np.concatenate([who, by, sells]))
    silent = np.isnan(output)
    state = np.select(
        [
            counts(who, ~silent & ~m.capacity_known[row], unique) > 0,
            counts(who, silent, unique) > 0,
            np.isin(unique, by),
            ~np.isin(unique, who),
        ],
        [CAPACITY, OUTPUT, BY_PRODUCT, SOLD],
        KNOWN,
    )
    maybe = np.isin(unique, by[np.isnan(amount)]) & ~np.isin(unique, who)
    return Candidates(
        unique,
        np.full(len(unique), stages(m.chain)[need.product]),
        ~maybe,
        sums(who, np.maximum(capacity - output, 0.0), unique),
        state,
        sums(who, capacity, unique),
        sums(who, output, unique) + sums(by, amount, unique),
        *_moves(m, need, unique),
    )


def needs_of(m: Market, who: int, zone: Zone) -> list[Need]:
    """Return what an enterprise has to give and what it lacks; products that never leave a plant left out."""
    plants, needs, trade = m.books.plants, m.books.needs, m.books.trade
    mine = plants.enterprise == who
    back, sold = m.return_product[mine[m.return_row]], trade.item[trade.seller == who]
    bought = trade.item[(trade.buyer == who) & (trade.consumed > 0)]
    made = np.unique(np.concatenate([plants.product[mine], back, sold]))
    wanted = np.union1d(needs.product[mine[needs.row]], bought)
    inner = in_plant(m.chain)
    given = [_given(m, who, zone, int(p)) for p in made[~inner[made]]]
    return given + [_lacked(m, who, zone, int(p)) for p in wanted[~inner[wanted]]]


def _given(m: Market, who: int, zone: Zone, product: int) -> Need:
    """Return what an enterprise sells outside the zone; nothing if all it makes is recorded as taken inside."""
    plants, trade = m.books.plants, m.books.trade
    row, back = m.plants.of(_one(product)), m.returned.of(_one(product))
    made = np.append(
        plants.output[row[plants.enterprise[row] == who]],
        m.returns[back[plants.enterprise[m.return_row[back]] == who]],
    )
    whole = float(made.sum()) if len(made) else np.nan
    seller, flow = across(m, zone, product, selling=True)
    out = float(trade.quantity[flow[seller == who]].sum())
    every, _, flow = _trade(m, product)
    kept = float(trade.quantity[flow[every == who]].sum()) - out + _within(m, who, product)
    quantity = 0.0 if not out and kept >= whole * ALL else out or np.nan
    return _own_need(m, who, zone, product, True, quantity, whole)


def _lacked(m: Market, who: int, zone: Zone, product: int) -> Need:
    """Return what an enterprise certainly needs beyond its purchases inside the zone; else what it buys outside."""
    needs, trade = m.books.needs, m.books.trade
    at = m.needs.of(_one(product))
    at = at[(m.books.plants.enterprise[needs.row[at]] == who) & needs.certain[at]]
    whole = float(needs.low[at].sum()) if len(at) else np.nan
    buyer, flow = across(m, zone, product, selling=False)
    bought = float(trade.quantity[flow[buyer == who]].sum())
    _, every, flow = _trade(m, product)
    local = float(trade.quantity[flow[every == who]].sum()) - bought + _within(m, who, product)
    quantity = max(whole - local, 0.0) if not np.isnan(whole) else bought or np.nan
    return _own_need(m, who, zone, product, False, quantity, whole)


def _within(m: Market, who: int, product: int) -> float:
    """Return the transfer of a product inside one enterprise that its figures imply."""
    moved = m.books.implied
    return float(moved.quantity[(moved.seller == who) & (moved.item == product)].sum())


def _own_need(
    m: Market, who: int, zone: Zone, product: int, takers: bool, quantity: float, whole: float
) -> Need:
    name, what = str(m.chain.ids("enterprises")[who]), str(m.chain.ids("products")[product])
    return Need(
        id=f"{'take' if takers else 'supply'}:{name}:{what}",
        takers=takers,
        for_id=name,
        for_name=m.chain.names("enterprises")[name],
        zone=zone,
        product=product,
        quantity=quantity,
        parties=_one(who),
        whole=whole,
        apart_from=who,
    )


def _buyers(m: Market, product: int) -> Codes:
    """Return the enterprises that buy a product and do not sell it on."""
    _, buyer, flow = _trade(m, product)
    found: Codes = np.unique(buyer[(buyer < len(m.books.places)) & (m.books.trade.consumed[flow] > 0)])
    return found


def across(m: Market, zone: Zone, product: int, *, selling: bool) -> tuple[Codes, Codes]:
    """Return (enterprise, row of trade) of what enterprises sell outside a zone, or buy from outside it."""
    seller, buyer, flow = _trade(m, product)
    who, other = (seller, buyer) if selling else (buyer, seller)
    named = len(m.books.places)
    firm = who < named
    who, other, flow = who[firm], other[firm], flow[firm]
    markets = np.append(zone.markets, False)
    kind = np.clip(other - named, 0, len(MARKETS))
    local = np.where(other < named, np.append(zone.inside, False)[np.minimum(other, named)], False)
    local |= (other >= named) & markets[kind] & zone.inside[who]
    return who[~local], flow[~local]


def _moves(m: Market, need: Need, unique: Codes) -> tuple[Floats, Mask, Floats, Mask]:
    """Return what crosses the border of the zone, whether some of it is unrecorded; the same with the parties."""
    trade = m.books.trade
    who, flow = across(m, need.zone, need.product, selling=not need.takers)
    mine = np.isin(who, unique)
    who, flow = who[mine], flow[mine]
    seller, buyer, every = _trade(m, need.product)
    one, other = (buyer, seller) if need.takers else (seller, buyer)
    known = np.isin(one, unique) & np.isin(other, need.parties)
    one, every = one[known], every[known]
    today = sums(one, trade.quantity[every], unique)
    return (
        sums(who, trade.quantity[flow], unique),
        counts(who, trade.unknown[flow] > 0, unique) > 0,
        np.where(today > 0, today, np.nan),
        counts(one, trade.unknown[every] > 0, unique) > 0,
    )


def _trade(m: Market, product: int) -> tuple[Codes, Codes, Codes]:
    """Return seller, buyer and row of the trade in a product."""
    flow = m.trade.of(_one(product))
    return m.books.trade.seller[flow], m.books.trade.buyer[flow], flow


def _one(product: int) -> Codes:
    return np.array([product], dtype=np.int64)
