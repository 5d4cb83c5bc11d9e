"""What a picture of a chain has to say, read off the accounts: made, moved, linked.

All figures are amounts a year in the product's unit, inside the zones of an answer (or one region). A sum
with an unknown part is None, never the known part. Market names need the flow rows, which are read for
pictures of few products only; pictures of many show kinds of market, straight from the accounts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from valuechain.accounts import Accounts, accounts
from valuechain.answer import Answer
from valuechain.evidence import facts_of
from valuechain.model import Mask, ValueChain
from valuechain.places import MARKETS, region_codes, ultimate_owners
from valuechain.recipes import recipes
from valuechain.zones import Zones, ledger, management, territory

NAMED = 150
"""Products up to which markets are shown by name."""
ELSEWHERE = "elsewhere"
_KINDS = {"abroad": "Abroad", "rest_of_country": "Rest of the country", "local_final": "Local buyers"}


@dataclass(frozen=True, slots=True)
class Scope:
    """A chain, a year, and what "local" means."""

    chain: ValueChain
    year: int
    zones: Zones
    books: Accounts

    def local(self) -> Mask:
        """Return which enterprises belong to the zones."""
        territorial = self.zones.ground == "territory"
        home = region_codes(self.chain) if territorial else ultimate_owners(self.chain)
        zone = np.append(self.zones.of_place, -1)[home]
        return np.asarray(np.where(home >= 0, zone, self.zones.of_place[-1]) >= 0)


@dataclass(frozen=True, slots=True)
class Made:
    """What the zones make of one product, what enters them, and whether anybody in them sells it."""

    makers: int
    sold: bool
    output: float | None
    inflow_rows: int
    inflow: float | None


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
    return Scope(chain, year, zones, accounts(chain, year, zones.ground))


def made(scope: Scope) -> dict[str, Made]:
    """Return what the zones make and take in, by product."""
    book = ledger(scope.chain, scope.books, scope.zones)
    ids = scope.chain.ids("products")
    found: dict[str, Made] = {}
    for code in np.unique(book.product):
        at = book.product == code
        output = book.output[at].sum() + book.returns[at].sum()
        makers = int(book.makers[at].sum()) or int(book.returns[at].sum() > 0)
        rows = int(book.inflow_rows[at].sum())
        found[str(ids[code])] = Made(
            makers=makers,
            sold=bool(book.outflow_rows[at].sum() + book.used_rows[at].sum()),
            output=None if book.output_unknown[at].any() or not makers else float(output),
            inflow_rows=rows,
            inflow=None if book.inflow_unknown[at].any() or not rows else float(book.inflow[at].sum()),
        )
    return found


def steps(scope: Scope) -> list[Step]:
    """Return every recipe step that a local plant takes or may take, by products."""
    plants, needs = scope.books.plants, scope.books.needs
    ids, local = scope.chain.ids("products"), scope.local()
    seen = _linked(scope)
    moved = _moved_inside(scope)
    found: dict[tuple[int, int], list[tuple[float, bool]]] = {}
    for row, source, low, high, sure in zip(
        needs.row, needs.product, needs.low, needs.high, needs.certain, strict=True
    ):
        if local[plants.enterprise[row]]:
            need = float(low) if low == high else np.nan
            found.setdefault((int(source), int(plants.product[row])), []).append((need, bool(sure)))
    targets: dict[int, set[int]] = {}
    for source, target in found:
        targets.setdefault(source, set()).add(target)
    out = []
    for (source, target), parts in sorted(found.items()):
        flow = seen.get((source, target))
        need = sum(part for part, _ in parts)
        alone = len(targets[source]) == 1
        inside = moved.get(source) if alone else None
        quantity = flow if flow is not None else inside if inside else need
        known = quantity is not None and np.isfinite(quantity) and quantity > 0
        out.append(
            Step(
                source=str(ids[source]),
                target=str(ids[target]),
                seen=flow is not None,
                sure=any(sure for _, sure in parts),
                quantity=float(quantity) if known else None,
                needed=flow is None and not inside,
            )
        )
    return out


def _linked(scope: Scope) -> dict[tuple[int, int], float]:
    """Return the recorded flow into each local step; NaN where a part is unknown."""
    links, r = scope.books.links, recipes(scope.chain)
    found: dict[tuple[int, int], float] = {}
    inside = np.flatnonzero(scope.zones.of_place[links.buyer] >= 0)
    for i in inside:
        line = links.item[i]
        key = int(r.feedstock.product[line]), int(r.main[r.feedstock.process[line]])
        part = np.nan if links.unknown[i] else float(links.quantity[i])
        found[key] = found.get(key, 0.0) + part
    return found


def _moved_inside(scope: Scope) -> dict[int, float]:
    """Return what local plants pass on to themselves, by product; NaN where a part is unknown."""
    moves = scope.books.implied
    found: dict[int, float] = {}
    for i in np.flatnonzero(scope.zones.of_place[moves.seller] >= 0):
        part = np.nan if moves.unknown[i] else float(moves.quantity[i])
        found[int(moves.item[i])] = found.get(int(moves.item[i]), 0.0) + part
    return found


def sales(scope: Scope, makes: Mapping[str, Made]) -> list[Sale]:
    """Return what leaves the zones, by product and market (by kind of market in large pictures)."""
    parts: dict[tuple[str, str, str], list[float]] = {}
    for key, part in _by_name(scope, makes) if len(makes) <= NAMED else _by_kind(scope):
        parts.setdefault(key, []).append(part)
    out = []
    for (product, market, name), amounts in sorted(parts.items()):
        quantity = None if np.isnan(amounts).any() else float(sum(amounts))
        whole = makes[product].output if product in makes else None
        share = quantity / whole if quantity is not None and whole else None
        out.append(Sale(product, market, name, quantity, share))
    return out


def _by_kind(scope: Scope) -> Iterator[tuple[tuple[str, str, str], float]]:
    trade, ids = scope.books.trade, scope.chain.ids("products")
    seller, buyer = scope.zones.of_place[trade.seller], scope.zones.of_place[trade.buyer]
    first = len(scope.zones.of_place) - len(MARKETS) - 1
    for i in np.flatnonzero((seller >= 0) & (seller != buyer)):
        market = int(trade.buyer[i]) - first
        kind = MARKETS[market] if 0 <= market < len(MARKETS) else ELSEWHERE
        name = _KINDS.get(kind, "Other places")
        yield (str(ids[trade.item[i]]), kind, name), np.nan if trade.unknown[i] else float(trade.quantity[i])


def _by_name(scope: Scope, products: Iterable[str]) -> Iterator[tuple[tuple[str, str, str], float]]:
    chain, local = scope.chain, np.append(scope.local(), False)
    markets = chain.names("markets")
    for product in products:
        rows = facts_of(chain, "flows", product, scope.year)
        sellers = chain.codes("enterprises", [row["from_id"] for row in rows])
        buyers = chain.codes("enterprises", [row["to_id"] for row in rows])
        for row, seller, buyer in zip(rows, sellers, buyers, strict=True):
            if local[seller] and not local[buyer]:
                market = row["to_id"] if row["to_id"] in markets else ELSEWHERE
                key = product, market, markets.get(market, "Other places")
                yield key, _quantity(scope, row, int(seller), product)


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
    local, names = np.append(scope.local(), False), scope.chain.names("enterprises")
    rows = facts_of(scope.chain, "production", product, scope.year)
    codes = scope.chain.codes("enterprises", [row["enterprise_id"] for row in rows])
    inside = [row for row, code in zip(rows, codes, strict=True) if local[code]]
    found = [(names[row["enterprise_id"]], row["output"], row["capacity"]) for row in inside]
    return sorted(found, key=lambda maker: (-(maker[1] or 0.0), maker[0]))
