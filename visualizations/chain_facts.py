"""What a picture of a chain has to say, read off the accounts: made, moved, linked.

All figures are amounts a year in the product's unit, inside the zones of an answer (or one region). A sum
with an unknown part is None, never the known part. Market names need the flow rows, which are read for
pictures of few products only; pictures of many show kinds of market, straight from the accounts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from valuechain.accounts import Accounts, accounts
from valuechain.answer import Answer
from valuechain.evidence import facts_of
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import MARKETS, region_codes, ultimate_owners
from valuechain.recipes import recipes
from valuechain.zones import Zones, ledger, management, territory
from visualizations.diagram import Bound

NAMED = 150
"""Products up to which markets are shown by name."""
ELSEWHERE = "elsewhere"
_KINDS = {"abroad": "Abroad", "rest_of_country": "Rest of the country", "local_final": "Local buyers"}


@dataclass(frozen=True, slots=True)
class Scope:
    """A chain, a year, what "local" means, and which enterprises are local (with a False at the end)."""

    chain: ValueChain
    year: int
    zones: Zones
    books: Accounts
    local: Mask


@dataclass(frozen=True, slots=True)
class Made:
    """What the zones make of one product, what enters them, and whether anybody in them sells it.

    `output` is None where nothing of it is known; `arising` is the part that other processes leave as a
    by-product. `bound` says how the true output stands to it.
    """

    makers: int
    sold: bool
    output: float | None
    bound: Bound
    arising: float | None
    arises: bool
    inflow_rows: int
    inflow: float | None

    @property
    def here(self) -> bool:
        """Whether somebody here makes or sells it, or a process here leaves it."""
        return self.makers > 0 or self.sold or self.arises


@dataclass(frozen=True, slots=True)
class Step:
    """A recipe step that a local plant takes: surely or possibly, seen in flows or not."""

    source: str
    target: str
    seen: bool
    sure: bool
    quantity: float | None
    needed: bool


@dataclass(frozen=True, slots=True)
class Sale:
    """What leaves a local product for one market."""

    product: str
    market: str
    market_name: str
    quantity: float | None
    share: float | None


def scope_of(chain: ValueChain, answer: Answer[Any], region: str | None) -> Scope:
    """Return the scope of an answer; `region` narrows it."""
    asked = answer.parameters
    if region is None and asked.get("boundary") == "owner":
        zones = management(chain, asked.get("owner"))
    else:
        zones = territory(chain, region or asked.get("region"), None if region else asked.get("level"))
    year = answer.dataset["year"]
    home = region_codes(chain) if zones.ground == "territory" else ultimate_owners(chain)
    zone = np.where(home >= 0, np.append(zones.of_place, -1)[home], zones.of_place[-1])
    return Scope(chain, year, zones, accounts(chain, year, zones.ground), np.append(zone >= 0, False))


def made(scope: Scope) -> dict[str, Made]:
    """Return what the zones make and take in, by product."""
    book = ledger(scope.chain, scope.books, scope.zones)
    codes, at = np.unique(book.product, return_inverse=True)

    def total(values: Floats | Codes) -> Floats:
        return np.bincount(at, weights=values, minlength=len(codes)).astype(float)

    derived, lost = total(book.returns), _unknown_returns(scope)[codes]
    columns = zip(
        scope.chain.ids("products")[codes],
        total(book.makers),
        total(book.outflow_rows + book.used_rows) > 0,
        total(book.output) + derived,
        total(book.output_unknown) + lost,
        derived,
        lost,
        total(book.inflow_rows),
        total(book.inflow),
        total(book.inflow_unknown),
        strict=True,
    )
    return {str(name): _made(*map(float, figures)) for name, *figures in columns}


def _made(
    makers: float, sold: float, output: float, silent: float, derived: float, lost: float,
    arrivals: float, inflow: float, open_ended: float,
) -> Made:  # fmt: skip
    arises = derived > 0 or lost > 0
    known = (makers > 0 or arises) and (not silent or output > 0)
    return Made(
        makers=int(makers),
        sold=bool(sold),
        output=output if known else None,
        bound="unknown" if not known else "at_least" if silent else "exact",
        arising=derived if derived > 0 else None,
        arises=arises,
        inflow_rows=int(arrivals),
        inflow=inflow if arrivals and not open_ended else None,
    )


def _unknown_returns(scope: Scope) -> Floats:
    """Count by product the local plants that leave it as a by-product in an unknown amount."""
    balance = scope.books.balance
    here = scope.zones.of_place[balance.place] >= 0
    count = len(scope.chain.ids("products"))
    lost = np.bincount(balance.product[here], weights=balance.returns_unknown[here], minlength=count)
    return lost.astype(float)


def _totals(keys: Codes, values: Floats) -> dict[int, float]:
    """Return the sum of values under each key; NaN where one of them is."""
    unique, at = np.unique(keys, return_inverse=True)
    found = np.bincount(at, weights=values, minlength=len(unique))
    return dict(zip(unique.tolist(), found.tolist(), strict=True))


def _known(quantity: Floats, unknown: Codes) -> Floats:
    return np.where(unknown > 0, np.nan, quantity)


def steps(scope: Scope) -> list[Step]:
    """Return every recipe step that a local plant takes or may take, by products."""
    plants, needs, ids = scope.books.plants, scope.books.needs, scope.chain.ids("products")
    here = scope.local[plants.enterprise[needs.row]]
    key = needs.product[here] * len(ids) + plants.product[needs.row[here]]
    needed = _totals(key, np.where(needs.low == needs.high, needs.low, np.nan)[here])
    sure = set(key[needs.certain[here]].tolist())
    seen, moved = _linked(scope), _moved_inside(scope)
    targets = np.bincount(np.array(list(needed), dtype=np.int64) // len(ids), minlength=len(ids))
    out = []
    for step in sorted(needed):
        source, target = divmod(step, len(ids))
        inside = moved.get(source) if targets[source] == 1 else None
        quantity = seen[step] if step in seen else inside or needed[step]
        out.append(
            Step(
                source=str(ids[source]),
                target=str(ids[target]),
                seen=step in seen,
                sure=step in sure,
                quantity=quantity if np.isfinite(quantity) and quantity > 0 else None,
                needed=step not in seen and not inside,
            )
        )
    return out


def _linked(scope: Scope) -> dict[int, float]:
    """Return the recorded flow into each local step; NaN where a part is unknown."""
    links, r = scope.books.links, recipes(scope.chain)
    here = scope.zones.of_place[links.buyer] >= 0
    line = links.item[here]
    key = r.feedstock.product[line] * len(scope.chain.ids("products")) + r.main[r.feedstock.process[line]]
    return _totals(key, _known(links.quantity, links.unknown)[here])


def _moved_inside(scope: Scope) -> dict[int, float]:
    """Return what local plants pass on to themselves, by product; NaN where a part is unknown."""
    moves = scope.books.implied
    here = scope.zones.of_place[moves.seller] >= 0
    return _totals(moves.item[here], _known(moves.quantity, moves.unknown)[here])


def sales(scope: Scope, makes: Mapping[str, Made]) -> list[Sale]:
    """Return what leaves the zones, by product and market (by kind of market in large pictures).

    A recorded nothing is no sale.
    """
    out = []
    parts = _by_name(scope, makes) if len(makes) <= NAMED else _by_kind(scope)
    for (product, market, name), amount in sorted(parts.items()):
        quantity = None if np.isnan(amount) else amount
        if quantity == 0:
            continue
        made_here = makes.get(product)
        whole = made_here.output if made_here and made_here.bound == "exact" else None
        share = quantity / whole if quantity is not None and whole else None
        out.append(Sale(product, market, name, quantity, share))
    return out


def _by_kind(scope: Scope) -> dict[tuple[str, str, str], float]:
    trade, ids = scope.books.trade, scope.chain.ids("products")
    seller, buyer = scope.zones.of_place[trade.seller], scope.zones.of_place[trade.buyer]
    market = trade.buyer - (len(scope.zones.of_place) - len(MARKETS) - 1)
    market = np.where((market >= 0) & (market < len(MARKETS)), market, len(MARKETS))
    leaves = (seller >= 0) & (seller != buyer)
    key = trade.item[leaves] * (len(MARKETS) + 1) + market[leaves]
    found: dict[tuple[str, str, str], float] = {}
    for one, amount in _totals(key, _known(trade.quantity, trade.unknown)[leaves]).items():
        item, place = divmod(one, len(MARKETS) + 1)
        kind = (*MARKETS, ELSEWHERE)[place]
        found[str(ids[item]), kind, _KINDS.get(kind, "Other places")] = amount
    return found


def _by_name(scope: Scope, products: Iterable[str]) -> dict[tuple[str, str, str], float]:
    chain, markets = scope.chain, scope.chain.names("markets")
    found: dict[tuple[str, str, str], float] = {}
    for product in products:
        rows = facts_of(chain, "flows", product, scope.year)
        sellers = chain.codes("enterprises", [row["from_id"] for row in rows])
        buyers = chain.codes("enterprises", [row["to_id"] for row in rows])
        for row, seller, buyer in zip(rows, sellers, buyers, strict=True):
            if scope.local[seller] and not scope.local[buyer]:
                market = row["to_id"] if row["to_id"] in markets else ELSEWHERE
                key = product, market, markets.get(market, "Other places")
                found[key] = found.get(key, 0.0) + _quantity(scope, row, int(seller), product)
    return found


def _quantity(scope: Scope, row: dict[str, Any], seller: int, product: str) -> float:
    """Return the quantity of a flow row, from the share of the seller's output where that is given."""
    if row["quantity"] is not None:
        return float(row["quantity"])
    if row["share"] is None:
        return float("nan")
    plants = scope.books.plants
    (code,) = scope.chain.codes("products", [product])
    output = plants.output[(plants.enterprise == seller) & (plants.product == code)].sum()
    return float(f"{row['share'] * output:.12g}")


def makers(scope: Scope, product: str) -> list[tuple[str, float | None, float | None]]:
    """Return the local makers of a product: name, output, capacity; the largest first."""
    names = scope.chain.names("enterprises")
    rows = facts_of(scope.chain, "production", product, scope.year)
    codes = scope.chain.codes("enterprises", [row["enterprise_id"] for row in rows])
    inside = [row for row, code in zip(rows, codes, strict=True) if scope.local[code]]
    found = [(names[row["enterprise_id"]], row["output"], row["capacity"]) for row in inside]
    return sorted(found, key=lambda maker: (-(maker[1] or 0.0), maker[0]))
