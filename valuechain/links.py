"""Vertical links: which enterprise feeds which, one step of a recipe up.

Counted: recorded flows of the year into an enterprise that runs a step which takes the product, shared
between its steps as in `valuechain.accounts`; and transfers inside one plant, implied by its figures.
Amounts are in units of the product that moves, per year, and hold what is known; `unknown` marks links of
which some part has no amount. Not counted: flows to a buyer of which no recipe says what it does with
them, and sales to markets. What is bought on a market has the seller -1.
"""

from dataclasses import dataclass

import numpy as np

from valuechain.accounts import Accounts, accounts
from valuechain.arrays import counts, sums
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import ultimate_owners
from valuechain.recipes import recipes


@dataclass(frozen=True, slots=True)
class Links:
    """Links by (seller, buyer, product, made): enterprise codes, product codes, amounts.

    `product` feeds the step whose main product is `made`. `captive`: both ends have one ultimate owner.
    `implied`: inside one plant, not recorded.
    """

    seller: Codes
    buyer: Codes
    product: Codes
    made: Codes
    quantity: Floats
    unknown: Mask
    captive: Mask
    implied: Mask

    def where(self, mask: Mask) -> "Links":
        """Return the links under a mask."""
        return Links(*(getattr(self, name)[mask] for name in self.__slots__))


def links(chain: ValueChain, year: int) -> Links:
    """Return the vertical links of `year`, computed once."""
    return chain.once(("links", year), lambda: _build(chain, year))


def _build(chain: ValueChain, year: int) -> Links:
    books, r, owner = accounts(chain, year, "enterprise"), recipes(chain), ultimate_owners(chain)
    n, trade = len(books.places), books.links
    steps = _Steps(np.unique(r.feedstock.product * r.products + r.main[r.feedstock.process]), r.products)
    maker = np.where(trade.seller < n, trade.seller, -1)
    step = steps.of(r.feedstock.product[trade.item], r.main[r.feedstock.process[trade.item]])
    key = ((maker + 1) * n + trade.buyer) * len(steps.key) + step
    unique = np.unique(key)
    within, amount, open_amount = _inside(books, n, steps)
    every = np.append(unique, within)
    pair = every // max(len(steps.key), 1)
    seller, buyer = pair // max(n, 1) - 1, pair % max(n, 1)
    moved = steps.key[every % max(len(steps.key), 1)] if len(every) else every
    return Links(
        seller=seller,
        buyer=buyer,
        product=moved // max(r.products, 1),
        made=moved % max(r.products, 1),
        quantity=np.append(sums(key, trade.quantity, unique), amount),
        unknown=np.append(counts(key, trade.unknown > 0, unique) > 0, open_amount),
        captive=(seller >= 0) & (owner[seller] == owner[buyer]),
        implied=np.arange(len(every)) >= len(unique),
    )


@dataclass(frozen=True, slots=True)
class _Steps:
    """Steps by sorted key (feedstock, main product): so few that a pair of enterprises and a step fit 64 bits."""

    key: Codes
    products: int

    def of(self, product: Codes, made: Codes) -> Codes:
        """Return the code of each step."""
        return np.searchsorted(self.key, product * self.products + made)


def _inside(books: Accounts, n: int, steps: _Steps) -> tuple[Codes, Floats, Mask]:
    """Return key, amount and blank of each transfer inside a plant, shared between its steps by requirement."""
    needs, plants, moved, m = books.needs, books.plants, books.implied, steps.products
    who = plants.enterprise[needs.row]
    wanted = np.flatnonzero(needs.certain & np.isin(who * m + needs.product, moved.seller * m + moved.item))
    pair = who[wanted] * m + needs.product[wanted]
    at = np.searchsorted(moved.seller * m + moved.item, pair)
    need, several = needs.low[wanted], np.bincount(at, minlength=len(moved.item))[at]
    blank = np.bincount(at, weights=np.isnan(need), minlength=len(moved.item))[at] > 0
    weight = np.where(blank, 1.0, need)
    total = np.bincount(at, weights=weight, minlength=len(moved.item))[at]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(total > 0, weight / total, 1.0 / several)
    step = steps.of(needs.product[wanted], plants.product[needs.row[wanted]])
    key = ((who[wanted] + 1) * n + who[wanted]) * len(steps.key) + step
    return key, moved.quantity[at] * part, (moved.unknown[at] > 0) | (blank & (several > 1))
