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
    n, m, trade = len(books.places), r.products, books.links
    maker = np.where(trade.seller < n, trade.seller, -1)
    target = r.main[r.feedstock.process[trade.item]]
    key = (((maker + 1) * n + trade.buyer) * m + r.feedstock.product[trade.item]) * m + target
    unique = np.unique(key)
    within, amount, open_amount = _inside(books, n, m)
    every = np.append(unique, within)
    seller, buyer = every // m // m // n - 1, every // m // m % n
    return Links(
        seller=seller,
        buyer=buyer,
        product=every // m % m,
        made=every % m,
        quantity=np.append(sums(key, trade.quantity, unique), amount),
        unknown=np.append(counts(key, trade.unknown > 0, unique) > 0, open_amount),
        captive=(seller >= 0) & (owner[seller] == owner[buyer]),
        implied=np.arange(len(every)) >= len(unique),
    )


def _inside(books: Accounts, n: int, m: int) -> tuple[Codes, Floats, Mask]:
    """Return key, amount and blank of each transfer inside a plant, shared between its steps by requirement."""
    needs, plants, moved = books.needs, books.plants, books.implied
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
    key = (((who[wanted] + 1) * n + who[wanted]) * m + needs.product[wanted]) * m + plants.product[
        needs.row[wanted]
    ]
    return key, moved.quantity[at] * part, (moved.unknown[at] > 0) | (blank & (several > 1))
