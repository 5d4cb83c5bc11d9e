"""What a cluster is made of, and how it can be divided: activities, the flows between them, and blocks.

An *activity* is one enterprise making one product in the year. It has one ultimate owner (management), one
region (territory) and one stage of its product (technology), so each ground puts it in one *block*. A flow
comes from the activity that makes the product and goes to the activity that uses it: by technology the block
of the buyer is the stage of what it makes of the product, as far as a recipe says so. A flow that could feed
several products of the buyer is shared between them, as in `valuechain.accounts`. Ends that are a kind of
market are blocks of their own. A flow of 0, and one between two markets, is not a flow between activities.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from graph_schema import ParameterError
from valuechain.accounts import accounts
from valuechain.arrays import complete_sums
from valuechain.coverage import claims_complete
from valuechain.evidence import facts
from valuechain.links import links
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import (
    LEVELS,
    MARKETS,
    at_level,
    market_kinds,
    region_codes,
    region_parents,
    ultimate_owners,
    within,
)
from valuechain.recipes import expand, recipes
from valuechain.scope import stages

GROUNDS = ("management", "territory", "technology")
STAGES = ("raw", "primary", "semi-finished", "component", "final")
ENDS = ("abroad", "rest of the country", "local final buyers", "an unknown end")
"""The kinds of market in the order of `MARKETS`, then an end that is neither enterprise nor market."""


@dataclass(frozen=True, slots=True)
class Activities:
    """Enterprise, product and output of each activity; NaN where the output is unknown."""

    enterprise: Codes
    product: Codes
    output: Floats


@dataclass(frozen=True, slots=True)
class Moves:
    """Flows between activities, one for each seller, buyer, product and product `made` of it.

    `made` is -1 where no recipe says what the buyer does with the product. A code of `seller` or `buyer` from
    the number of enterprises up is a kind of market. `quantity` holds the known part; `implied`: inside one
    plant, by its figures.
    """

    seller: Codes
    buyer: Codes
    product: Codes
    made: Codes
    quantity: Floats
    unknown: Mask
    implied: Mask

    def where(self, mask: Mask) -> "Moves":
        """Return the moves under a mask."""
        return Moves(*(getattr(self, name)[mask] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Partition:
    """The blocks of one ground: `ids` of the blocks, then of the kinds of market, and their `names`.

    `of_enterprise` holds the block of each enterprise; by technology `of_product` that of each product, and
    last of one that is not known.
    """

    ground: str
    ids: np.ndarray
    names: dict[str, str]
    enterprises: int
    of_enterprise: Codes | None = None
    of_product: Codes | None = None

    @property
    def blocks(self) -> int:
        """Number of blocks, markets left out."""
        return len(self.ids) - len(ENDS)

    def of(self, enterprise: Codes, product: Codes) -> Codes:
        """Return the block of each activity; a market, where the enterprise is one, is a block of its own."""
        market = enterprise >= self.enterprises
        if self.of_product is not None:
            inside = self.of_product[product]
        else:
            assert self.of_enterprise is not None  # noqa: S101 - one of the two is given
            inside = np.append(self.of_enterprise, -1)[np.where(market, -1, enterprise)]
        return np.where(market, self.blocks + enterprise - self.enterprises, inside)

    def name(self, block: int) -> str:
        """Return the name of a block or market."""
        return self.names[self.ids[block]]

    def kind(self, block: int) -> str:
        """Return whether a block is one of the ground (`block`), what the ground leaves open, or a market."""
        if block >= self.blocks:
            return "market" if block < self.blocks + len(MARKETS) else "not recorded"
        return "not recorded" if self.ids[block] in OPEN else "block"


OPEN = ("unplaced", "stage:unknown", "use:unknown")
"""Blocks of what a ground cannot place."""


def activities(chain: ValueChain, year: int) -> Activities:
    """Return the activities of `year`, sorted by enterprise and product."""
    plants, m = accounts(chain, year, "enterprise").plants, len(chain.ids("products"))
    key = plants.enterprise * m + plants.product
    unique = np.unique(key)
    return Activities(unique // max(m, 1), unique % max(m, 1), complete_sums(key, plants.output, unique))


def default_level(chain: ValueChain) -> str | None:
    """Return the level at which regions count where none is asked for: `region`, else the topmost there is."""
    levels = set(chain.arrow("regions")["level"].to_pylist())
    return next((name for name in ("region", *LEVELS) if name in levels), None)


def places_at(chain: ValueChain, level: str | None) -> Codes:
    """Return the region of each enterprise at `level`; -1 where it stands in none, or higher up."""
    level = level or default_level(chain)
    count = len(chain.ids("regions"))
    at = at_level(chain, level) if level else np.arange(count)
    return np.append(at, -1)[region_codes(chain)]


def partition(chain: ValueChain, ground: str, level: str | None = None) -> Partition:
    """Return the blocks of a ground; `level` is that of the regions, by territory."""
    ends = [f"market:{kind}" for kind in (*MARKETS, "unknown")]
    names, enterprises = dict(zip(ends, ENDS, strict=True)), len(chain.ids("enterprises"))
    if ground == "management":
        ids = np.append(chain.ids("enterprises"), np.array(ends, dtype=object))
        names |= chain.names("enterprises")
        return Partition(ground, ids, names, enterprises, of_enterprise=ultimate_owners(chain))
    if ground == "territory":
        where = (
            f"in no place of the level {level or default_level(chain)}" if len(chain.ids("regions")) else ""
        )
        names |= {"unplaced": where or "place not recorded", **chain.names("regions")}
        ids = np.append(chain.ids("regions"), np.array(["unplaced", *ends], dtype=object))
        at = places_at(chain, level)
        return Partition(
            ground, ids, names, enterprises, of_enterprise=np.where(at >= 0, at, len(chain.ids("regions")))
        )
    named = {f"stage:{k}": f"{name} stage" for k, name in enumerate(STAGES)}
    named |= {"stage:unknown": "stage not recorded", "use:unknown": "use not recorded"}
    ids = np.array([*named, *ends], dtype=object)
    stage = stages(chain)
    code = np.where(np.isnan(stage), len(STAGES), np.floor(np.nan_to_num(stage))).astype(np.int64)
    return Partition(ground, ids, named | names, enterprises, of_product=np.append(code, len(STAGES) + 1))


def moves(chain: ValueChain, year: int) -> Moves:
    """Return the flows of `year` between activities, and with markets, computed once."""
    return chain.once(("moves", year), lambda: _moves(chain, year))


def _moves(chain: ValueChain, year: int) -> Moves:
    books, r = accounts(chain, year, "enterprise"), recipes(chain)
    n, m = len(books.places), r.products
    trade, fed = books.trade, books.links
    size = n + len(ENDS)
    key = (trade.seller * size + trade.buyer) * m + trade.item
    at = np.searchsorted(key, (fed.seller * size + fed.buyer) * m + r.feedstock.product[fed.item])
    step = at * m + r.main[r.feedstock.process[fed.item]]
    unique, inverse = np.unique(step, return_inverse=True)
    quantity = np.bincount(inverse, weights=fed.quantity, minlength=len(unique))
    unknown = np.bincount(inverse, weights=fed.unknown > 0, minlength=len(unique)) > 0
    rest, open_rest = _rest(trade.quantity, trade.unknown, at, fed.quantity, fed.unknown)
    left = np.flatnonzero((rest > 0) | open_rest)
    of_trade = np.concatenate([unique // max(m, 1), left])
    own = links(chain, year)
    own = own.where(own.implied)
    all_moves = Moves(
        seller=np.concatenate([trade.seller[of_trade], own.seller]),
        buyer=np.concatenate([trade.buyer[of_trade], own.buyer]),
        product=np.concatenate([trade.item[of_trade], own.product]),
        made=np.concatenate([unique % max(m, 1), np.full(len(left), -1), own.made]),
        quantity=np.concatenate([quantity, rest[left], own.quantity]),
        unknown=np.concatenate([unknown, open_rest[left], own.unknown]),
        implied=np.arange(len(of_trade) + len(own.seller)) >= len(of_trade),
    )
    real = (all_moves.quantity > 0) | all_moves.unknown
    return all_moves.where(real & ((all_moves.seller < n) | (all_moves.buyer < n)))


def _rest(
    quantity: Floats, unknown: Codes, at: Codes, fed: Floats, fed_unknown: Codes
) -> tuple[Floats, Mask]:
    """Return what no recipe step takes of each flow: the known part, and whether some of it has no amount."""
    used = np.bincount(at, weights=fed, minlength=len(quantity))
    used_unknown = np.bincount(at, weights=fed_unknown, minlength=len(quantity))
    rest = quantity - used
    return np.where(rest > 1e-9 * quantity, rest, 0.0), unknown > used_unknown


def inside(chain: ValueChain, region: str | None) -> Mask:
    """Return which enterprises lie in `region` (all of them where there is none), and last that markets do not."""
    if region is None:
        return np.append(np.ones(len(chain.ids("enterprises")), bool), np.zeros(len(ENDS), bool))
    here = np.append(within(chain, region), False)[region_codes(chain)]
    return np.append(here, np.zeros(len(ENDS), bool))


def lowest_common(chain: ValueChain, first: Codes, second: Codes) -> Codes:
    """Return the lowest region that holds both of each pair of regions; -1 where there is none."""
    parents = np.append(region_parents(chain), -1)
    depth, up = np.zeros(len(parents), np.int64), parents
    for _ in range(len(parents)):
        if not (up >= 0).any():
            break
        depth, up = depth + (up >= 0), parents[up]
    a, b = (np.where((first < 0) | (second < 0), -1, one) for one in (first, second))
    for _ in range(2 * len(parents)):
        apart = a != b
        if not apart.any():
            break
        lower = depth[a] >= depth[b]
        both = depth[a] == depth[b]
        a, b = np.where(apart & lower, parents[a], a), np.where(apart & (~lower | both), parents[b], b)
    return a


def flows_declared(chain: ValueChain, found: Activities) -> Mask:
    """Return of which activities the data claims to hold every flow, so that none on record means none."""
    claims = [r for r in chain.facts("coverage").to_pylist() if r["what"] == "flows"]
    if not claims:
        return np.zeros(len(found.product), bool)
    regions, products = chain.ids("regions"), chain.ids("products")
    special = chain.codes("products", [r["product_id"] for r in claims])
    product = np.where(np.isin(found.product, special), found.product, -1)
    pair = (region_codes(chain)[found.enterprise] + 1) * (len(products) + 1) + product + 1
    unique, inverse = np.unique(pair, return_inverse=True)
    told = [
        claims_complete(
            chain,
            None if place < 0 else str(regions[place]),
            "flows",
            "" if one < 0 else str(products[one]),
        )
        for place, one in zip(
            unique // (len(products) + 1) - 1, unique % (len(products) + 1) - 1, strict=True
        )
    ]
    return np.array(told, dtype=bool)[inverse]


def rows_behind(
    chain: ValueChain, year: int, table: str, keys: Codes, most: int = 10
) -> list[dict[str, Any]]:
    """Return the fact rows under `keys`, at most so many, with the grade resolved to the source's.

    A key is that of a flow (`flow_keys`), or the product of an activity (enterprise x products + product).
    """
    found = facts(chain, table, year)
    key, order = chain.once(("rows behind", year, table), lambda: _index(chain, found.rows, table))
    keys = np.unique(keys)[:most]
    start = np.searchsorted(key, keys)
    at = expand(start, np.searchsorted(key, keys, side="right") - start)[1][:most]
    return found.pick(order[at])


def flow_keys(chain: ValueChain, seller: Codes, buyer: Codes, product: Codes) -> Codes:
    """Return one number for each (seller, buyer, product), kinds of market being ends too."""
    size, m = len(chain.ids("enterprises")) + len(ENDS), len(chain.ids("products"))
    return (seller * size + buyer) * m + product


def _index(chain: ValueChain, rows: pa.Table, table: str) -> tuple[Codes, Codes]:
    """Return the keys of fact rows in ascending order, and where each row stands."""
    product, n = chain.codes("products", rows["product_id"]), len(chain.ids("enterprises"))
    kinds = np.append(market_kinds(chain), len(MARKETS))

    def end(column: str) -> Codes:
        code = chain.codes("enterprises", rows[column])
        return np.where(code >= 0, code, n + kinds[chain.codes("markets", rows[column])])

    if table == "flows":
        key = flow_keys(chain, end("from_id"), end("to_id"), product)
    else:
        key = chain.codes("enterprises", rows["enterprise_id"]) * len(chain.ids("products")) + product
    order = np.argsort(key, kind="stable")
    return key[order], order


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its word, in the singular for one.

    >>> counted(1, "activity", "activities"), counted(2, "link")
    ('1 activity', '2 links')
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def goes_with_territory(level: str | None, *grounds: str) -> None:
    """Raise `ParameterError` for a level where no ground is territory."""
    if level is not None and "territory" not in grounds:
        raise ParameterError("level", "goes with territory: the other grounds have no regions")


def units(chain: ValueChain) -> tuple[Codes, tuple[str, ...]]:
    """Return the unit of each product as a code, and the units: tonnes first, then by name."""
    of = [u or "" for u in chain.arrow("products")["unit"].to_pylist()]
    found = tuple(sorted(set(of), key=lambda u: (u != "t", u)))
    place = {u: i for i, u in enumerate(found)}
    return np.array([place[u] for u in of], dtype=np.int64), found
