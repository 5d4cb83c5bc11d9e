"""Local supply and local demand by enterprise and product: what goes to local processors, what comes from them.

Local is a zone: both ends of a link stand in it. Amounts are in the product's unit; NaN where unknown.
"""

from dataclasses import dataclass

import numpy as np

from valuechain.accounts import Accounts, accounts
from valuechain.arrays import complete_sums, counts, lookup, sums
from valuechain.indices import upstreamness
from valuechain.integration.subjects import flows_complete, ownerless
from valuechain.links import Links, links
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import MARKETS
from valuechain.recipes import in_plant
from valuechain.scope import is_final
from valuechain.zones import Zones, zone_of_enterprises

BASES = ("output", "recorded sales", "unknown")
PARTS = ("all", "part", "none")
NEEDS = ("requirement", "recorded purchases", "unknown")


@dataclass(frozen=True, slots=True)
class Supply:
    """What each enterprise has of a product that can go further, and where it goes.

    `amount` is the output, or the recorded sales where these are more or the output is unknown. `sold`
    goes to other local enterprises that process it, `open` of it to other owners, `inside` moves inside the
    plant. By-products count where their sale is recorded. `left` leaves the zone. `blank`: some local use has no
    amount, or no sale is on record though the data does not claim to hold all. `sales` counts what is recorded
    as sold, `abroad` what of it is sold abroad. `guess` is the part of `open` of which an end has no owner on record,
    `least` says that recorded sales stand in for the unknown output of a maker.
    """

    enterprise: Codes
    product: Codes
    amount: Floats
    basis: Codes
    sold: Floats
    open: Floats
    inside: Floats
    links: Codes
    blank: Mask
    open_blank: Mask
    left: Floats
    left_blank: Mask
    sales: Codes
    abroad: Codes
    guess: Floats
    least: Mask


@dataclass(frozen=True, slots=True)
class Demand:
    """What each enterprise needs of a product to process it, and where it comes from.

    `amount` is the requirement, or the recorded purchases where these are more or the need is unknown.
    `bought` comes from other local enterprises, `open` of it from other owners, `inside` from the plant
    itself; `blank`, `guess` and `least` as in `Supply`. `deliveries` counts what arrives,
    `purchases` of it from others.
    """

    enterprise: Codes
    product: Codes
    amount: Floats
    basis: Codes
    bought: Floats
    open: Floats
    inside: Floats
    links: Codes
    blank: Mask
    open_blank: Mask
    purchases: Codes
    deliveries: Codes
    guess: Floats
    least: Mask


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a subject, its supply or its demand: the part that shares rest on, and what is aside.

    `amount`, None where there is none, is what is known of size and of which it is told where it goes to or comes
    from; `linked` and `open` of it are local. `all_` sums hold what is left out of the shares too. Aside are `unknown`
    amounts without a size, `unweighed` ones that are not counted in the unit of the rest, and `untold` ones:
    of known size, `untold_amount` in sum, but without a record of where they go or come from, or (`partly`) with a
    local link of unknown size. `least` of the amounts that count are but lower bounds.
    """

    amount: float | None
    linked: float
    open: float
    within: float
    all_amount: float | None
    all_linked: float
    all_open: float
    all_within: float
    guess: float
    unit: str
    basis: str
    unknown: int
    unweighed: int
    untold: int
    untold_amount: float
    partly: bool
    least: int

    @property
    def out(self) -> int:
        """Return how many amounts are left out of the shares."""
        return self.unknown + self.unweighed + self.untold

    @property
    def rests_on(self) -> str:
        """Return which part of the amounts the shares rest on."""
        return PARTS[2] if self.amount is None else PARTS[1] if self.out or self.least else PARTS[0]


@dataclass(frozen=True, slots=True)
class Shares:
    """Sums over the supplies and needs of one subject.

    `moved` moves inside plants, what is left out of the shares and what is never traded (of kind in-plant) with
    it, which counts nowhere else. `links` are all links with other local enterprises, `traded` the recorded sales
    and purchases; `blank` says that a link with another owner has no amount.
    """

    supply: Side
    demand: Side
    moved: float
    left: float
    left_blank: bool
    links: int
    blank: bool
    traded: int
    upstreamness: float | None


class LocalShares:
    """Supply and demand of all enterprises of some zones, and the upstreamness of products in each zone."""

    def __init__(self, chain: ValueChain, year: int, zones: Zones) -> None:
        self.chain, self.zones = chain, zones
        self.books: Accounts = accounts(chain, year, "enterprise")
        self.n, self.size = len(chain.ids("products")), len(self.books.places)
        self.zone = zone_of_enterprises(chain, zones)
        self.tradable = ~in_plant(chain)
        self.unit = np.array(
            [unit or "t" for unit in chain.arrow("products")["unit"].to_pylist()], dtype=object
        )
        found = links(chain, year)
        found = found.where(found.unknown | (found.quantity > 0))
        zone = np.append(self.zone, -1)
        self.arriving = found.where(zone[found.buyer] >= 0)
        self.local = found.where((zone[found.seller] >= 0) & (zone[found.seller] == zone[found.buyer]))
        no_owner = ownerless(chain)
        self.guess = ~self.local.captive & (no_owner[self.local.seller] | no_owner[self.local.buyer])
        self.supply, self.demand = self._supply(), self._demand()

    def _supply(self) -> Supply:
        b, trade, n = self.books.balance, self.books.trade, self.n
        may = ~is_final(self.chain)
        made = (b.makers > 0) | (b.returns > 0) | (b.returns_unknown > 0)
        made &= (self.zone[b.place] >= 0) & may[b.product]
        sells = (trade.seller < self.size) & (trade.seller != trade.buyer) & may[trade.item]
        sells &= np.append(self.zone, -1)[np.minimum(trade.seller, self.size)] >= 0
        sold_key, made_key = (trade.seller * n + trade.item)[sells], (b.place * n + b.product)[made]
        keys = np.union1d(sold_key, made_key[b.makers[made] > 0])
        blank_out = (b.output_unknown > 0) | (b.returns_unknown > 0)
        output = lookup(keys, made_key, np.where(blank_out, np.nan, b.output + b.returns)[made])
        sales = complete_sums(sold_key, np.where(trade.unknown > 0, np.nan, trade.quantity)[sells], keys)
        rows = counts(sold_key, np.ones(len(sold_key), bool), keys)
        recorded = np.where(rows > 0, sales, np.nan)
        moved = self.local.seller * n + self.local.product
        at = np.isin(moved, keys)
        part, key = self.local.where(at), moved[at]
        other = part.seller != part.buyer
        inside = sums(key, np.where(other, 0.0, part.quantity), keys)
        told = (rows > 0) | self._declared(keys)
        away = self._leaves(trade.seller[sells], trade.buyer[sells])
        abroad = trade.buyer[sells] == self.size + MARKETS.index("abroad")
        return Supply(
            enterprise=keys // n,
            product=keys % n,
            amount=np.where(np.isnan(output), recorded + inside, np.fmax(output, recorded)),
            basis=np.select([~np.isnan(output), ~np.isnan(recorded)], [0, 1], default=2),
            sold=sums(key, np.where(other, part.quantity, 0.0), keys),
            open=sums(key, np.where(part.captive, 0.0, part.quantity), keys),
            inside=inside,
            links=counts(key, other, keys),
            blank=(counts(key, part.unknown, keys) > 0) | ~told,
            open_blank=counts(key, ~part.captive & part.unknown, keys) > 0,
            left=sums(sold_key, np.where(away, trade.quantity[sells], 0.0), keys),
            left_blank=counts(sold_key, away & (trade.unknown[sells] > 0), keys) > 0,
            sales=rows,
            abroad=counts(sold_key, abroad, keys),
            guess=sums(key, np.where(self.guess[at], part.quantity, 0.0), keys),
            least=np.isnan(output) & np.isin(keys, made_key),
        )

    def _declared(self, keys: Codes) -> Mask:
        """Return for which (enterprise, product) keys the data declares that it holds all flows."""
        zone, product = self.zone[keys // self.n], keys % self.n
        pairs, at = np.unique(zone * self.n + product, return_inverse=True)
        ids = self.zones.ids
        found = [flows_complete(self.chain, (ids[k // self.n],), np.array([k % self.n])) for k in pairs]
        return np.array(found, dtype=bool)[at] if len(pairs) else np.zeros(0, bool)

    def _leaves(self, seller: Codes, buyer: Codes) -> Mask:
        """Return which sales leave the zone of the seller."""
        zone, market = self.zone[seller], buyer - self.size
        stays = np.append(self.zone, -1)[np.minimum(buyer, self.size)] == zone
        at = (market >= 0) & (market < len(MARKETS))
        stays[at] = self.zones.market_inside[zone[at], market[at]]
        return np.asarray(~stays)

    def _demand(self) -> Demand:
        needs, plants, n = self.books.needs, self.books.plants, self.n
        who = plants.enterprise[needs.row]
        sure = needs.certain & (self.zone[who] >= 0)
        need_key = (who * n + needs.product)[sure]
        got = self.arriving.buyer * n + self.arriving.product
        keys = np.union1d(need_key, got)
        need = complete_sums(need_key, needs.low[sure], keys)
        need[counts(need_key, np.ones(len(need_key), bool), keys) == 0] = np.nan
        blank_any = counts(got, self.arriving.unknown, keys) > 0
        rows = counts(got, np.ones(len(got), bool), keys)
        bought = np.where((rows > 0) & ~blank_any, sums(got, self.arriving.quantity, keys), np.nan)
        here = self.local.buyer * n + self.local.product
        other = self.local.seller != self.local.buyer
        return Demand(
            enterprise=keys // n,
            product=keys % n,
            amount=np.fmax(need, bought),
            basis=np.select([~np.isnan(need), ~np.isnan(bought)], [0, 1], default=2),
            bought=sums(here, np.where(other, self.local.quantity, 0.0), keys),
            open=sums(here, np.where(self.local.captive, 0.0, self.local.quantity), keys),
            inside=sums(here, np.where(other, 0.0, self.local.quantity), keys),
            links=counts(here, other, keys),
            blank=(counts(here, self.local.unknown, keys) > 0) | ~((rows > 0) | self._declared(keys)),
            open_blank=counts(here, ~self.local.captive & self.local.unknown, keys) > 0,
            deliveries=rows,
            guess=sums(here, np.where(self.guess, self.local.quantity, 0.0), keys),
            least=np.isnan(need),
            purchases=counts(got, (self.arriving.seller != self.arriving.buyer), keys),
        )

    def upstreamness(self, zone: int) -> Floats:
        """Return the upstreamness of each product in `zone`; NaN where its use or supply is unknown.

        The use of a product is unknown too where an enterprise certainly needs it and no delivery of it to
        that enterprise is on record.
        """
        s, d, n = self.supply, self.demand, self.n
        here: Links = self.local.where(self.zone[self.local.buyer] == zone)
        mine = self.zone[s.enterprise] == zone
        chained = np.unique(np.concatenate([here.product, here.made]))
        total = np.bincount(s.product[mine], weights=s.amount[mine], minlength=n)
        place = np.searchsorted(chained, here.product), np.searchsorted(chained, here.made)
        share = np.zeros((len(chained), len(chained)))
        with np.errstate(invalid="ignore", divide="ignore"):
            np.add.at(share, place, np.where(here.unknown, np.nan, here.quantity) / total[here.product])
        silent = (self.zone[d.enterprise] == zone) & (d.deliveries == 0)
        doubtful = np.isin(np.arange(n), d.product[silent])
        share[doubtful[chained]] = np.nan
        share[np.isinf(share)] = np.nan
        found = np.where(doubtful, np.nan, 1.0)
        found[chained] = upstreamness(share)
        return found

    def shares(self, mine: Codes, needs: Codes, weight: Floats, unit: str, upstream: Floats) -> Shares:
        """Sum the supplies `mine` and the demands `needs`, each product times its `weight`.

        Where nothing of a side has a weight and all of it is counted in one other unit, that unit is taken.
        """
        s, d = self.supply, self.demand
        moved = np.nansum(s.inside[mine] * weight[s.product[mine]])
        mine, needs = mine[self.tradable[s.product[mine]]], needs[self.tradable[d.product[needs]]]
        w, unit_s = self._weights(s.product[mine], weight, unit)
        v, unit_d = self._weights(d.product[needs], weight, unit)
        supply = _side(s, mine, w, unit_s, s.sold, BASES, s.sales > 0)
        demand = _side(d, needs, v, unit_d, d.bought, NEEDS, d.deliveries > 0)
        amount = np.where(s.blank[mine], np.nan, s.amount[mine] * w)
        known = ~np.isnan(amount)
        steps = (upstream[s.product[mine]] * amount)[known].sum() / supply.amount if supply.amount else np.nan
        leaving = np.where(np.isnan(w), 0.0, w)
        return Shares(
            supply=supply,
            demand=demand,
            moved=float(moved),
            left=float((s.left[mine] * leaving).sum()),
            left_blank=bool(s.left_blank[mine].any() or (s.left[mine][leaving == 0] > 0).any()),
            links=int(s.links[mine].sum() + d.links[needs].sum()),
            blank=bool(s.open_blank[mine].any() or d.open_blank[needs].any()),
            traded=int(s.sales[mine].sum() + d.purchases[needs].sum()),
            upstreamness=None if np.isnan(steps) else float(steps),
        )

    def _weights(self, products: Codes, weight: Floats, unit: str) -> tuple[Floats, str]:
        found = weight[products]
        units = set(self.unit[products])
        if np.isnan(found).all() and len(units) == 1:
            return np.ones(len(products)), str(units.pop())
        return found, unit


def _side(
    side: Supply | Demand,
    at: Codes,
    w: Floats,
    unit: str,
    linked: Floats,
    words: tuple[str, ...],
    record: Mask,
) -> Side:
    """Sum the rows `at` of one side times their weights `w`, those that shares rest on and all."""
    amount = side.amount[at]
    unknown, unweighed = np.isnan(amount), ~np.isnan(amount) & np.isnan(w)
    sized = ~unknown & ~unweighed
    counted, untold = sized & ~side.blank[at], sized & side.blank[at]
    parts = (linked[at], side.open[at], side.inside[at])
    told = [float((part * w)[counted].sum()) for part in parts]
    every = [float(np.nansum(part * w)) for part in (*parts, side.guess[at])]
    return Side(
        amount=float((amount * w)[counted].sum()) if counted.any() else None,
        linked=told[0],
        open=told[1],
        within=told[2],
        all_amount=float((amount * w)[sized].sum()) if sized.any() else None,
        all_linked=every[0],
        all_open=every[1],
        all_within=every[2],
        guess=every[3],
        unit=unit,
        basis=_basis(side.basis[at][counted], words),
        unknown=int(unknown.sum()),
        unweighed=int(unweighed.sum()),
        untold=int(untold.sum()),
        untold_amount=float((amount * w)[untold].sum()),
        partly=bool(record[at][untold].any()),
        least=int(side.least[at][counted].sum()),
    )


def _basis(codes: Codes, words: tuple[str, ...]) -> str:
    found = np.unique(codes)
    return words[-1] if not len(found) else words[int(found[0])] if len(found) == 1 else "mixed"
