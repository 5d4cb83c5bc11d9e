"""Why an amount of a (zone, product) is not known: the missing numbers under each part of its balance.

A flow given as a share of an output that is not known lacks that output. A maker on no list lacks a production row.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from valuechain.arrays import numbers as column
from valuechain.arrays import of_year
from valuechain.gaps.scene import Scene
from valuechain.missing_numbers.numbers import DELIVERY, OUTPUT, Held, held, numbers
from valuechain.missing_numbers.plants import PlantBlanks
from valuechain.model import Codes, Mask
from valuechain.places import market_kinds
from valuechain.recipes import expand
from valuechain.zones import zone_of_enterprises

CAUSES = (
    "output", "returns", "outflow", "bought", "final", "market", "need", "maybe", "capacity", "enabler", "arising",
)  # fmt: skip
"""The parts of a balance: what is made, what arises beside it, what leaves, what is bought in for processes, what
local final buyers take, what comes from local markets, what is needed certainly, and possibly, room to make more,
services needed, by-products as `unused_by_product` counts them."""

Pairs = tuple[Codes, Codes]


class Ends(NamedTuple):
    """The flows of unknown amount: zones and codes of both ends, and what is missing for them."""

    seller: Codes
    buyer: Codes
    seller_market: Codes
    buyer_market: Codes
    product: Codes
    missing: Codes
    feeds: Mask


class Causes:
    """Missing numbers by cause and (zone, product)."""

    def __init__(self, scene: Scene, blanks: PlantBlanks) -> None:
        self.scene, self.blanks = scene, blanks
        self.n, self.plants = len(scene.chain.ids("products")), scene.books.plants
        self.zone = np.append(zone_of_enterprises(scene.chain, scene.zones), -1)
        self._flows()
        found = {name: list(getattr(self, f"_{name}")()) for name in CAUSES}
        self._held = {name: self._gathered(pairs) for name, pairs in found.items()}

    def of(self, cause: str, keys: Codes) -> Pairs:
        """Return for each missing number of each given (zone, product) key (position in `keys`, number)."""
        found, missing = self._held[cause]
        at = np.minimum(np.searchsorted(found, keys), max(len(found) - 1, 0))
        known = np.flatnonzero(found[at] == keys) if len(found) else np.zeros(0, np.int64)
        position, lacking = missing.of(at[known])
        return known[position], lacking

    def _gathered(self, pairs: Iterable[Pairs]) -> tuple[Codes, Held]:
        parts = list(pairs)
        key, lacking = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        inside = key >= 0
        unique, at = np.unique(key[inside], return_inverse=True)
        return unique, held(at, lacking[inside], len(unique))

    def _key(self, zone: Codes, product: Codes) -> Codes:
        return np.where(zone >= 0, zone * self.n + product, -1)

    def _of_rows(self, rows: Codes, what: Held) -> Pairs:
        at, lacking = what.of(rows)
        row = rows[at]
        return self._key(self.zone[self.plants.enterprise[row]], self.plants.product[row]), lacking

    def _flows(self) -> None:
        """Find the flows whose amount is unknown, and what is missing for each."""
        scene, n = self.scene, self.n
        rows = of_year(scene.chain.facts("flows"), scene.year)
        seller, buyer = (scene.chain.codes("enterprises", rows[end]) for end in ("from_id", "to_id"))
        sold, bought = (scene.chain.codes("markets", rows[end]) for end in ("from_id", "to_id"))
        product, quantity = scene.chain.codes("products", rows["product_id"]), column(rows, "quantity")
        kept = seller * n + product, buyer * n + product
        self._sold = kept[0][(seller >= 0) & (quantity != 0)]
        self._bought_by = kept[1][buyer >= 0]
        is_share = np.isnan(quantity) & ~np.isnan(column(rows, "share")) & (seller >= 0)
        plain, shared = (np.flatnonzero(np.isnan(quantity) & mask) for mask in (~is_share, is_share))
        makers = len(scene.chain.ids("enterprises"))
        ends = [
            np.where(one >= 0, one, makers + other)[plain] for one, other in ((seller, sold), (buyer, bought))
        ]
        due, lacking = self._shared(kept[0][shared])
        missing = numbers(DELIVERY, len(plain), maker=ends[0], buyer=ends[1], product=product[plain])
        of_flow, missing = np.concatenate([plain, shared[due]]), np.concatenate([missing, lacking])
        kinds = np.append(market_kinds(scene.chain), -1)
        needs = np.unique(self.plants.enterprise[scene.books.needs.row] * n + scene.books.needs.product)
        self._open = Ends(
            self.zone[seller[of_flow]], self.zone[buyer[of_flow]], kinds[sold[of_flow]], kinds[bought[of_flow]],
            product[of_flow], missing, np.isin(kept[1][of_flow], needs),
        )  # fmt: skip

    def _shared(self, sold: Codes) -> Pairs:
        """Return what is missing for flows given as a share of what the (enterprise, product) keys `sold` make."""
        made = self.plants.enterprise * self.n + self.plants.product
        unknown = np.flatnonzero(np.isnan(self.plants.output))
        unknown = unknown[np.argsort(made[unknown], kind="stable")]
        start, end = (np.searchsorted(made[unknown], sold, side=side) for side in ("left", "right"))
        flow, row = expand(start, end - start)
        at, lacking = self.blanks.output.of(unknown[row])
        fresh = np.flatnonzero(~np.isin(sold, made))
        new = numbers(OUTPUT, len(fresh), maker=sold[fresh] // self.n, product=sold[fresh] % self.n)
        return np.append(flow[at], fresh), np.concatenate([lacking, new])

    def _inside(self, zone: Codes, market: Codes) -> Mask:
        return np.asarray((zone >= 0) & (market >= 0) & self.scene.zones.market_inside[zone, market])

    def _moved(self, zone: Codes, mask: Mask) -> Iterable[Pairs]:
        yield self._key(zone, self._open.product)[mask], self._open.missing[mask]

    def _outflow(self) -> Iterable[Pairs]:
        o = self._open
        return self._moved(o.seller, (o.buyer != o.seller) & ~self._inside(o.seller, o.buyer_market))

    def _bought(self) -> Iterable[Pairs]:
        o = self._open
        return self._moved(o.buyer, (o.buyer != o.seller) & ~self._inside(o.buyer, o.seller_market) & o.feeds)

    def _final(self) -> Iterable[Pairs]:
        return self._moved(self._open.seller, self._inside(self._open.seller, self._open.buyer_market))

    def _market(self) -> Iterable[Pairs]:
        return self._moved(self._open.buyer, self._inside(self._open.buyer, self._open.seller_market))

    def _output(self) -> Iterable[Pairs]:
        yield self._of_rows(np.arange(len(self.plants.output)), self.blanks.output)
        made = self.plants.enterprise * self.n + self.plants.product
        part = self.blanks.by_product
        back = self.plants.enterprise[part.row] * self.n + part.product
        known = np.concatenate([made, back, self._bought_by])
        fresh = np.setdiff1d(self._sold, known)
        maker, product = fresh // self.n, fresh % self.n
        yield self._key(self.zone[maker], product), numbers(OUTPUT, len(fresh), maker=maker, product=product)

    def _of_parts(self, part_name: str, chosen: Mask, route: Mask | None = None) -> Pairs:
        part = getattr(self.blanks, part_name)
        at, lacking = self.blanks.of_parts(part, chosen, route)
        return self._key(self.zone[self.plants.enterprise[part.row[at]]], part.product[at]), lacking

    def _listed(self) -> tuple[Mask, Mask]:
        """Return which by-product parts have a production row, and which rows are of such a by-product."""
        part = self.blanks.by_product
        own = self.plants.enterprise * self.n + self.plants.product
        back = self.plants.enterprise[part.row] * self.n + part.product
        return np.isin(back, own), np.isin(own, back)

    def _returns(self) -> Iterable[Pairs]:
        part = self.blanks.by_product
        yield self._of_parts("by_product", ~self._listed()[0], self.blanks.routes[part.row] > 1)

    def _arising(self) -> Iterable[Pairs]:
        recorded, listed = self._listed()
        yield self._of_parts("by_product", ~recorded)
        yield self._of_rows(np.flatnonzero(listed), self.blanks.output)

    def _need(self) -> Iterable[Pairs]:
        yield self._of_parts("feedstock", self.scene.books.needs.certain)

    def _maybe(self) -> Iterable[Pairs]:
        sure = self.scene.books.needs.certain
        yield self._of_parts("feedstock", ~sure, ~sure)

    def _capacity(self) -> Iterable[Pairs]:
        needs = self.scene.books.needs
        at, lacking = self.blanks.capacity.of(needs.row[needs.certain])
        part = np.flatnonzero(needs.certain)[at]
        yield self._key(self.zone[self.plants.enterprise[needs.row[part]]], needs.product[part]), lacking

    def _enabler(self) -> Iterable[Pairs]:
        every = self.blanks.enabler.every
        yield self._of_parts("enabler", every)
        yield self._of_parts("enabler", ~every, ~every)
