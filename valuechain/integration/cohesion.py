"""How a set of enterprises hangs together: its steps, links and tonnes, for many sets at once.

A link is *inside* a set when both ends belong to it. A set supplies what its enterprises list as made,
sell without buying it, or yield as a by-product. Sums are over products counted by weight, in tonnes.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from valuechain.accounts import accounts
from valuechain.arrays import Groups, grouped, sums
from valuechain.indices import herfindahl, vertical_integration_index
from valuechain.integration.subjects import Subjects, ownerless, tonnes
from valuechain.links import Links, links
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import ultimate_owners
from valuechain.recipes import in_plant, recipes
from valuechain.scope import FINAL, has_route, is_final, stages


@dataclass(frozen=True, slots=True)
class Concentration:
    """Herfindahl index of one product by owner and by plant, NaN where unknown, and its weight in tonnes."""

    product: int
    owners: float
    plants: float
    makers: int
    weight: float


@dataclass(frozen=True, slots=True)
class Cohesion:
    """Counts and tonnes by set, in the order of `Subjects.ids`; fields as in `Integration`.

    `captive` and `arms` are known tonnes of local links within one owner and between owners, `_links` how
    many there are and `_open` how many of them have no known tonnage; `arms_guess` tonnes and `arms_guess_links` are
    those with an end that has no owner on record. `sold_all` is the part of `arms` that the set's own plants sell of
    products that are not final, and `sold` the part of it by makers of known output, whose `output` it is set
    against; `sold_open` sales are not in it. `output_open` and `left_out` count outputs, of one product by one
    enterprise, that are left aside. `selves` are the vertical pairs of a plant with itself.
    """

    enterprises: Floats
    products: Floats
    steps_owned: Floats
    steps_possible: Floats
    steps_with_flow: Floats
    steps_realised: Floats
    steps_feasible: Floats
    captive: Floats
    captive_links: Floats
    captive_open: Floats
    arms: Floats
    arms_links: Floats
    arms_open: Floats
    arms_guess: Floats
    arms_guess_links: Floats
    sold_all: Floats
    sold: Floats
    sold_links: Floats
    sold_open: Floats
    output: Floats
    output_open: Floats
    realised: Floats
    potential: Floats
    left_out: Floats
    delivered: Floats
    required: Floats
    horizontal: Floats
    vertical: Floats
    selves: Floats
    recorded: Floats


class Sets:
    """The figures of one partition of the enterprises, from accounts by enterprise and links.

    `zone` is the region of each enterprise, -1 outside those looked at: an owner's sales to others, and
    its purchases from them, are local where both ends stand in one of them.
    """

    def __init__(self, chain: ValueChain, year: int, subjects: Subjects, zone: Codes) -> None:
        self.chain, self.subjects, self.zone = chain, subjects, zone
        self.books, self.recipes = accounts(chain, year, "enterprise"), recipes(chain)
        self.owner, self.weight, self.stage = ultimate_owners(chain), tonnes(chain), stages(chain)
        self.size, self.n = len(subjects.ids), self.recipes.products
        b, of = self.books.balance, subjects.of
        self.set_of_cell = of[b.place]
        self.made = (b.makers > 0) & (self.set_of_cell >= 0)
        yields = (b.returns > 0) | (b.returns_unknown > 0)
        stock = self.made | (yields & (self.set_of_cell >= 0))
        self.cell, self.maker = self.set_of_cell * self.n + b.product, b.place * self.n + b.product
        self.vague = self.maker[b.output_unknown > 0]
        self.supply, self.own = np.unique(self.cell[stock]), np.unique(self.cell[self.made])
        found = links(chain, year)
        self.links = found.where(found.unknown | (found.quantity > 0))
        seller = np.where(self.links.seller >= 0, of[self.links.seller], -1)
        self.set_of_link = np.where(seller == of[self.links.buyer], seller, -1)

    def figures(self) -> Cohesion:
        """Return all figures by set."""
        inside = self.set_of_link >= 0
        within, who = self.links.where(inside), self.set_of_link[inside]
        own = within.seller == within.buyer
        return Cohesion(
            enterprises=self._count(self.subjects.of),
            products=self._count(self.own // self.n),
            **self._steps(within, who),
            **self._ownership(within, who),
            **self._chain(within, who),
            **self._deliveries(within),
            horizontal=self._horizontal(),
            vertical=self._count(self._first(who, within.seller, within.buyer)),
            selves=self._count(self._first(who[own], within.seller[own])),
            recorded=self._recorded(),
        )

    def _recorded(self) -> Floats:
        """Return how many recorded trade relations have an end in each set; those inside count once."""
        trade, n = self.books.trade, len(self.books.places)
        seller, buyer = (
            np.where(end < n, np.append(self.subjects.of, -1)[np.minimum(end, n)], -1)
            for end in (trade.seller, trade.buyer)
        )
        return self._count(seller) + self._count(np.where(buyer != seller, buyer, -1))

    def _count(self, sets: Codes) -> Floats:
        return np.bincount(sets[sets >= 0], minlength=self.size).astype(float)

    def _sum(self, sets: Codes, values: Floats) -> Floats:
        return np.bincount(sets, weights=np.nan_to_num(values), minlength=self.size).astype(float)

    def _first(self, who: Codes, *keys: Codes) -> Codes:
        """Return `who` once for each different row of (who, *keys)."""
        return np.unique(np.stack([who, *keys]), axis=1)[0] if len(who) else who

    def _step(self, who: Codes, product: Codes, made: Codes) -> Codes:
        return (who * self.n + product) * self.n + made

    def _steps(self, within: Links, who: Codes) -> dict[str, Floats]:
        needs, plants, n = self.books.needs, self.books.plants, self.n
        of = self.subjects.of[plants.enterprise[needs.row]]
        step = self._step(of, needs.product, plants.product[needs.row])
        owned = (of >= 0) & np.isin(step // n, self.supply)
        sure = np.unique(step[owned & needs.certain])
        maybe = np.setdiff1d(step[owned], sure)
        flowing = np.unique(self._step(who, within.product, within.made))
        lines = self.recipes.feedstock
        pairs = np.unique(lines.product * n + self.recipes.main[lines.process])
        per_product = np.bincount(pairs // n, minlength=n).astype(float)
        return {
            "steps_owned": self._count(sure // n // n),
            "steps_possible": self._count(maybe // n // n),
            "steps_with_flow": self._count(np.intersect1d(sure, flowing) // n // n),
            "steps_realised": self._count(flowing[np.isin(flowing // n, self.supply)] // n // n),
            "steps_feasible": self._sum(self.supply // n, per_product[self.supply % n]),
        }

    def _ownership(self, within: Links, who: Codes) -> dict[str, Floats]:
        """Return links within one owner and between owners; for owners the latter cross their border."""
        links, captive = self.links, within.captive
        if self.subjects.kind == "owner":
            home = np.append(self.zone, -1)
            crossing = ~links.captive & (links.seller >= 0)
            crossing &= (home[links.seller] >= 0) & (home[links.seller] == home[links.buyer])
            across = links.where(crossing)
            ends = [np.append(self.subjects.of, -1)[end] for end in (across.seller, across.buyer)]
        else:
            across, ends = within.where(~captive), [who[~captive]]
        sides = [(across.where(end >= 0), end[end >= 0]) for end in ends]
        arms = [np.sum(both, axis=0) for both in zip(*(self._tonnes(*side) for side in sides), strict=True)]
        caught = self._tonnes(within.where(captive), who[captive])
        no_owner = ownerless(self.chain)
        lone = [no_owner[part.seller] | no_owner[part.buyer] for part, _ in sides]
        guess = [self._tonnes(part.where(m), end[m]) for (part, end), m in zip(sides, lone, strict=True)]
        return {
            "captive": caught[0], "captive_links": caught[1], "captive_open": caught[2],
            "arms": arms[0], "arms_links": arms[1], "arms_open": arms[2],
            "arms_guess": np.sum([g[0] for g in guess], axis=0),
            "arms_guess_links": np.sum([g[1] for g in guess], axis=0),
            **self._sold(*sides[0]),
        }  # fmt: skip

    def _sold(self, sales: Links, seller: Codes) -> dict[str, Floats]:
        """Return what is sold to other owners, all and by makers of known output, and that output."""
        here = self.zone >= 0 if self.subjects.kind == "owner" else np.ones(len(self.zone), bool)
        further = ~is_final(self.chain)
        traded = further & ~in_plant(self.chain)
        keys, output, left = self._outputs(here[self.books.balance.place], traded)
        every = sales.where(further[sales.product])
        measured = np.isin(seller * self.n + sales.product, keys)
        measured &= ~np.isin(sales.seller * self.n + sales.product, self.vague)
        known = replace(
            sales, quantity=np.where(measured, sales.quantity, 0.0), unknown=sales.unknown | ~measured
        )
        share = self._tonnes(known, seller)
        return {
            "sold_all": self._tonnes(every, seller[further[sales.product]])[0],
            "sold": share[0], "sold_links": share[1], "sold_open": share[2],
            "output": self._sum(keys // self.n, output), "output_open": left,
        }  # fmt: skip

    def _tonnes(self, part: Links, who: Codes) -> tuple[Floats, Floats, Floats]:
        weight = part.quantity * self.weight[part.product]
        return self._sum(who, weight), self._count(who), self._count(who[part.unknown | np.isnan(weight)])

    def _outputs(self, mask: Mask, only: Mask) -> tuple[Codes, Floats, Floats]:
        """Return (set, product) keys, the tonnes that known makers make of each, and the outputs left aside.

        `mask` is over rows of the balance, `only` over products; what `mask` leaves out is not counted aside.
        """
        b = self.books.balance
        chosen = self.made & mask & only[b.product]
        amount = np.where(b.output_unknown > 0, np.nan, b.output) * self.weight[b.product]
        known = chosen & ~np.isnan(amount)
        keys = np.unique(self.cell[known])
        left = self._count(self.set_of_cell[chosen & ~known])
        return keys, sums(self.cell[known], amount[known], keys), left

    def _chain(self, within: Links, who: Codes) -> dict[str, Floats]:
        """Return realised and potential tonnes of the products that a recipe takes.

        A maker of unknown output, or with a link inside of unknown size, is left out of both; so are all makers
        of a product of which an unknown amount is sold inside by one who does not make it.
        """
        only = has_route(self.chain) & ~is_final(self.chain)
        moved, seller = who * self.n + within.product, within.seller * self.n + within.product
        by_maker = np.isin(seller, self.maker[self.made])
        doubt = np.union1d(self.vague, seller[within.unknown & by_maker])
        aside = np.isin(self.maker, doubt) | np.isin(self.cell, moved[within.unknown & ~by_maker])
        keys, amount, unknown = self._outputs(~aside, only)
        at = np.isin(moved, keys) & ~np.isin(seller, doubt)
        known = sums(moved[at], within.quantity[at], keys) * self.weight[keys % self.n]
        left = self.made & aside & only[self.books.balance.product]
        return {
            "realised": self._sum(keys // self.n, np.minimum(known, amount)),
            "potential": self._sum(keys // self.n, amount),
            "left_out": unknown + self._count(self.set_of_cell[left]),
        }

    def _deliveries(self, within: Links) -> dict[str, Floats]:
        """Return what downstream stages need, and how much of it the set itself delivers, in tonnes."""
        needs, plants, n = self.books.needs, self.books.plants, self.n
        buyer = plants.enterprise[needs.row]
        of = self.subjects.of[buyer]
        fed = needs.certain & (of >= 0) & np.isin(of * n + needs.product, self.supply)
        downstream = np.isin(needs.row, needs.row[fed]) & needs.certain
        key = buyer * n + needs.product
        moved = within.buyer * n + within.product
        unclear = np.unique(np.append(key[downstream & np.isnan(needs.low)], moved[within.unknown]))
        use = downstream & ~np.isin(key, unclear) & ~np.isnan(self.weight[needs.product])
        keys = np.unique(key[use])
        need, at = sums(key[use], needs.low[use], keys), np.isin(moved, keys)
        got = np.minimum(sums(moved[at], within.quantity[at], keys), need)
        sets, weight = self.subjects.of[keys // n], self.weight[keys % n]
        return {"required": self._sum(sets, need * weight), "delivered": self._sum(sets, got * weight)}

    def _horizontal(self) -> Floats:
        """Return pairs of plants of one owner with a stage in common.

        By inclusion and exclusion over sets of stages, so that a pair with two common stages counts once.
        """
        b, stage = self.books.balance, self.stage
        used = self.made & ~np.isnan(stage[b.product])
        plants, at = np.unique(b.place[used], return_inverse=True)
        stands = np.zeros(len(plants), np.int64)
        np.bitwise_or.at(stands, at, 1 << stage[b.product[used]].astype(np.int64))
        sets = self.subjects.of[plants]
        groups, group = np.unique(sets * len(self.owner) + self.owner[plants], return_inverse=True)
        pairs = np.zeros(len(groups), np.int64)
        for several in range(1, 1 << (int(FINAL) + 1)):
            m = np.bincount(group[(stands & several) == several], minlength=len(groups))
            pairs += (-1) ** (several.bit_count() + 1) * (m * (m - 1) // 2)
        return self._sum(groups // max(len(self.owner), 1), pairs.astype(float))

    def products_of(self, i: int) -> Codes:
        """Return the products that set `i` makes."""
        first, last = np.searchsorted(self.own, [i * self.n, (i + 1) * self.n])
        return self.own[first:last] % self.n

    def concentrations(self, i: int) -> list[Concentration]:
        """Return the concentration of each product that set `i` makes, by its makers in the set."""
        b = self.books.balance
        rows = self._made_cells.of(np.array([i]))
        rows = rows[np.argsort(b.product[rows], kind="stable")]
        if not len(rows):
            return []
        start = np.flatnonzero(np.r_[True, np.diff(b.product[rows]) > 0])
        return [self._concentration(part) for part in np.split(rows, start[1:])]

    def _concentration(self, rows: Codes) -> Concentration:
        b = self.books.balance
        product, owner = int(b.product[rows[0]]), self.owner[b.place[rows]]
        output = np.where(b.output_unknown[rows] > 0, np.nan, b.output[rows])
        sole_owner, sole_plant = len(np.unique(owner)) == 1, len(rows) == 1
        by_owner = np.bincount(np.unique(owner, return_inverse=True)[1], weights=output).astype(float)
        return Concentration(
            product,
            1.0 if sole_owner else herfindahl(by_owner),
            1.0 if sole_plant else herfindahl(output),
            len(rows),
            float(output.sum() * self.weight[product]),
        )

    @cached_property
    def _made_cells(self) -> Groups:
        return grouped(np.where(self.made, self.set_of_cell, self.size), self.size + 1)

    def integration_index(self, i: int) -> float:
        """Return the index of vertical integration of set `i`, over its activities of known recipe.

        An activity is a product that the set makes: raw, or of a process that one of its plants may run.
        """
        products, (key, supplier, share) = self.products_of(i), self._feedstock
        first, last = np.searchsorted(key, [i * self.n, (i + 1) * self.n])
        made, supplier, share = key[first:last] % self.n, supplier[first:last], share[first:last]
        a = np.zeros((len(products), len(products)))
        inner = np.isin(supplier, products) & np.isin(made, products)
        at = (np.searchsorted(products, supplier[inner]), np.searchsorted(products, made[inner]))
        np.add.at(a, at, share[inner])
        raw = self.stage[products] == 0
        return vertical_integration_index(a, raw | np.isin(products, self._known_recipes(i)))

    def _known_recipes(self, i: int) -> Codes:
        runs = self._runs[0]
        first, last = np.searchsorted(runs, [i * self.n, (i + 1) * self.n])
        return np.unique(runs[first:last] % self.n)

    @cached_property
    def _runs(self) -> tuple[Codes, Codes]:
        """Return ((set, product) key, process) of the processes that plants of each set may run."""
        plants = self.books.plants
        of = self.subjects.of[plants.enterprise[plants.route_row]]
        key = of * self.n + plants.product[plants.route_row]
        pairs = np.unique(np.stack([key, plants.route_process])[:, of >= 0], axis=1)
        return pairs[0], pairs[1]

    @cached_property
    def _feedstock(self) -> tuple[Codes, Codes, Floats]:
        """Return ((set, made) key, feedstock, its share of the feedstock): the mean of the routes."""
        key, process = self._runs
        at, line = self.recipes.feedstock.of(process)
        _, group, routes = np.unique(key, return_inverse=True, return_counts=True)
        share = self._shares()[line] / routes[group][at]
        return key[at], self.recipes.feedstock.product[line], share

    def _shares(self) -> Floats:
        """Return the share of each feedstock line in its process: by weight, else each line alike."""
        lines = self.recipes.feedstock
        size = len(self.recipes.main)
        amount = lines.quantity * self.weight[lines.product]
        total = np.bincount(lines.process, weights=amount, minlength=size)[lines.process]
        alike = 1.0 / np.bincount(lines.process, minlength=size)[lines.process]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total > 0, amount / total, alike)
