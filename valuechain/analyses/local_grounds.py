"""Local on which ground? Each link between two enterprises judged by owner, by place and by step.

Counted: recorded links of the year between enterprises (a seller, a buyer and a product), and transfers inside
one plant, implied by its output, sales and recipe; each is a row. Sales to and purchases from markets have
neither owner nor place nor step, and are left out. Amounts are in the product's unit per year, and hold what
is known.

* management: yes where both ends have one ultimate owner (majority control followed to the top); no where they
  have different ones; unknown where they differ and of an end no ownership is recorded, unless `coverage`
  declares that all of it is.
* territory: yes where both ends stand in one region of the level, no where they do not, unknown where the place
  of an end is not recorded so finely. The lowest region that holds both is named.
* technology: yes where the buyer runs a recipe step that takes the product as feedstock (energy and reagents
  are inputs and make no step), no where none of its recipes does, unknown where what it makes, or by which
  recipe, is not known.

Source: the paper's three grounds of decomposition; the verdict on each ground is this project's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, Quantity, Text
from valuechain.accounts import accounts
from valuechain.answer import figure
from valuechain.arrays import grouped
from valuechain.coverage import claims_complete
from valuechain.decomposition import activities as act
from valuechain.decomposition.activities import GROUNDS, Moves
from valuechain.evidence import Evidence, cite, cite_flow, facts_of
from valuechain.model import Codes, ValueChain
from valuechain.parameters import Year
from valuechain.places import LEVELS, region_codes, ultimate_owners
from valuechain.registry import analysis
from valuechain.scope import listed

_VERDICTS = ("yes", "no", "unknown")
YES, NO, UNKNOWN = _VERDICTS


@dataclass(frozen=True, slots=True)
class GroundedLink:
    """One link, and on which grounds it is local."""

    seller_id: Annotated[str, Key("enterprises", "who sells")]
    seller_name: Annotated[str, Text("its name")]
    buyer_id: Annotated[str, Key("enterprises", "who buys")]
    buyer_name: Annotated[str, Text("its name")]
    product_id: Annotated[str, Key("products", "what moves")]
    product_name: Annotated[str, Text("its name")]
    inside_plant: Annotated[bool, Text("is it a transfer inside one plant, implied and not recorded?")]
    same_owner: Annotated[str, Text("local by management: one ultimate owner?", _VERDICTS)]
    same_region: Annotated[str, Text("local by territory: one region of the level?", _VERDICTS)]
    adjacent_step: Annotated[str, Text("local by technology: feedstock of a step of the buyer?", _VERDICTS)]
    grounds: Annotated[tuple[str, ...], Text("the grounds on which it is local", GROUNDS)]
    owner_id: Annotated[str | None, Key("enterprises", "the owner of both ends, where it is one")]
    common_region_id: Annotated[str | None, Key("regions", "the lowest region that holds both ends")]
    feeds: Annotated[tuple[str, ...], Key("products", "what the buyer makes of it")]
    quantity: Annotated[float | None, Quantity("unit", "known amount a year")]
    unknown: Annotated[bool, Text("has some part of it no amount?")]
    unit: Annotated[str, Text("unit of the quantity")]
    reason: Annotated[str, Text("on which grounds it is local, and why")]
    evidence: Annotated[tuple[Evidence, ...], Text("the rows it rests on")]


def _caveats(chain: ValueChain, rows: tuple[GroundedLink, ...], **asked: Any) -> Iterator[str]:
    n = len(chain.ids("enterprises"))
    shown = _shown(chain, act.moves(chain, asked["year"]), asked, markets=True)
    sold = int(((shown.seller >= n) | (shown.buyer >= n)).sum())
    if sold:
        told = act.counted(
            sold, "sale to or purchase from a market is", "sales to and purchases from markets are"
        )
        yield f"{told} left out: a market has no owner, place or step."
    for ground, column in zip(GROUNDS, ("same_owner", "same_region", "adjacent_step"), strict=True):
        unknown = sum(getattr(r, column) == UNKNOWN for r in rows)
        if unknown:
            links = act.counted(len(rows), "link")
            yield f"For {unknown} of {links} it is not known whether they are local by {ground}."
    if any(r.inside_plant and r.quantity is not None for r in rows):
        yield "Transfers inside a plant are worked out from recipe coefficients, not recorded: as good as those."
    if not rows:
        yield f"No link between enterprises is recorded here in {asked['year']}: not recorded is not absent."


@analysis(
    title="Local on which ground",
    reads=("flows", "production", "ownership"),
    key=("seller_id", "buyer_id", "product_id", "inside_plant"),
    place=12,
    table=(
        "seller_name",
        "buyer_name",
        "product_name",
        "same_owner",
        "same_region",
        "adjacent_step",
        "quantity",
    ),
    caveats=_caveats,
)
def local_grounds(
    chain: ValueChain,
    *,
    region: Annotated[
        str | None,
        Key("regions", "links with an end here (default: the dataset's home region; without one, all)"),
    ] = None,
    level: Annotated[
        str | None, Text("level of the regions (default: region, else the topmost there is)", LEVELS)
    ] = None,
    product: Annotated[tuple[str, ...], Key("products", "only links of these products")] = (),
    enterprise: Annotated[str | None, Key("enterprises", "only links with this enterprise at an end")] = None,
    year: Year = None,
) -> Iterator[GroundedLink]:
    """Local on which ground is each link: one owner, one region, or the next step of the chain?

    "Local" is a choice. The same link may stay inside the holding and cross the border of the region. Recorded
    links come first, the largest on top and unknown sizes last; transfers inside one plant follow.

    >>> from loaders import load
    >>> from valuechain import questions
    >>> rows = questions()["local-grounds"](load("pavlodar"), product="bauxite")
    >>> [(r.seller_id, r.same_owner, r.same_region, r.adjacent_step) for r in rows]
    [('krasnooktyabrsky-bauxite-mine', 'yes', 'no', 'yes'), ('turgay-bauxite-mine', 'yes', 'no', 'yes')]
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    asked = {"region": region, "product": product, "enterprise": enterprise}
    view = _View(chain, _shown(chain, act.moves(chain, year), asked), level, year)
    yield from (view.row(int(i)) for i in view.order())


def _shown(chain: ValueChain, moves: Moves, asked: dict[str, Any], *, markets: bool = False) -> Moves:
    """Return the moves in view; those with a market only if they are asked for."""
    n = len(chain.ids("enterprises"))
    here = act.inside(chain, asked["region"] or chain.dataset.home_region or None)
    keep = (here[moves.seller] | here[moves.buyer]) & (markets | ((moves.seller < n) & (moves.buyer < n)))
    if asked["product"]:
        keep &= np.isin(moves.product, chain.codes("products", list(asked["product"])))
    if asked["enterprise"]:
        (one,) = chain.codes("enterprises", [asked["enterprise"]])
        keep &= (moves.seller == one) | (moves.buyer == one)
    return moves.where(keep)


class _View:
    """The links in view, one for each seller, buyer and product, with the verdict on each ground."""

    def __init__(self, chain: ValueChain, moves: Moves, level: str | None, year: int) -> None:
        self.chain, self.year, self.moves = chain, year, moves
        key = act.flow_keys(chain, moves.seller, moves.buyer, moves.product) * 2 + moves.implied
        unique, first, at = np.unique(key, return_index=True, return_inverse=True)
        self.key, self.parts = unique // 2, grouped(at, len(unique))
        self.seller, self.buyer, self.product = (
            ends[first] for ends in (moves.seller, moves.buyer, moves.product)
        )
        self.implied = moves.implied[first]
        self.quantity = np.bincount(at, weights=moves.quantity, minlength=len(unique))
        self.unknown = np.bincount(at, weights=moves.unknown, minlength=len(unique)) > 0
        self._manage()
        self._place(level)
        self._step()

    def _manage(self) -> None:
        self.owner = ultimate_owners(self.chain)
        rows = self.chain.facts("ownership")
        named = np.concatenate([self.chain.codes("enterprises", rows[c]) for c in ("owner_id", "owned_id")])
        self.owner_known = np.isin(np.arange(len(self.owner)), named)
        place = region_codes(self.chain)
        ends = np.union1d(self.seller, self.buyer)
        for region in np.unique(place[ends[~self.owner_known[ends]]]):
            name = str(self.chain.ids("regions")[region]) if region >= 0 else None
            if claims_complete(self.chain, name, "ownership", ""):
                self.owner_known |= place == region
        same = self.owner[self.seller] == self.owner[self.buyer]
        told = self.owner_known[self.seller] & self.owner_known[self.buyer]
        self.same_owner = np.select([same, told], [YES, NO], UNKNOWN)

    def _place(self, level: str | None) -> None:
        own, self.level = region_codes(self.chain), level or act.default_level(self.chain)
        self.at = act.places_at(self.chain, level)
        a, b = own[self.seller], own[self.buyer]
        self.common = act.lowest_common(self.chain, a, b)
        at_a, at_b = self.at[self.seller], self.at[self.buyer]
        apart = (a >= 0) & (b >= 0) & (self.common != a) & (self.common != b)
        apart |= (at_a >= 0) & (at_b >= 0)
        same = ((at_a == at_b) & (at_a >= 0)) | self.implied
        self.same_region = np.select([same, apart], [YES, NO], UNKNOWN)

    def _step(self) -> None:
        books, m = accounts(self.chain, self.year, "enterprise"), len(self.chain.ids("products"))
        plants, needs = books.plants, books.needs
        self.plants = plants
        rows = len(plants.enterprise)
        open_row = np.bincount(plants.route_row, minlength=rows) == 0
        told = np.setdiff1d(plants.enterprise, plants.enterprise[open_row])
        takes = np.isin(self.buyer * m + self.product, plants.enterprise[needs.row] * m + needs.product)
        self.adjacent = np.select([takes, np.isin(self.buyer, told)], [YES, NO], UNKNOWN)

    def order(self) -> Codes:
        """Return the links in the order of the answer."""
        known = np.where(self.unknown & (self.quantity == 0), -1.0, self.quantity)
        return np.lexsort((self.product, self.buyer, self.seller, -known, self.implied))

    def row(self, i: int) -> GroundedLink:
        """Return link `i` as a row."""
        seller, buyer, product = int(self.seller[i]), int(self.buyer[i]), int(self.product[i])
        ids, names = self.chain.ids("enterprises"), self.chain.names("enterprises")
        thing = self.chain.row("products", str(self.chain.ids("products")[product])) or {}
        verdicts = tuple(str(v[i]) for v in (self.same_owner, self.same_region, self.adjacent))
        made = self.moves.made[self.parts.of(np.array([i]))]
        made = np.unique(made[made >= 0])
        quantity = None if self.unknown[i] and self.quantity[i] == 0 else float(self.quantity[i])
        evidence = tuple(self._evidence(i, thing["unit"] or "", made))
        return GroundedLink(
            seller_id=str(ids[seller]),
            seller_name=names[ids[seller]],
            buyer_id=str(ids[buyer]),
            buyer_name=names[ids[buyer]],
            product_id=thing["product_id"],
            product_name=thing["name"],
            inside_plant=bool(self.implied[i]),
            same_owner=verdicts[0],
            same_region=verdicts[1],
            adjacent_step=verdicts[2],
            grounds=tuple(g for g, v in zip(GROUNDS, verdicts, strict=True) if v == YES),
            owner_id=str(ids[self.owner[seller]]) if verdicts[0] == YES else None,
            common_region_id=self._region(int(self.common[i])),
            feeds=tuple(str(p) for p in self.chain.ids("products")[made]),
            quantity=quantity,
            unknown=bool(self.unknown[i]),
            unit=thing["unit"] or "",
            reason=self._reason(
                i, thing, verdicts, made, self._size(i, quantity, thing["unit"] or "", evidence)
            ),
            evidence=evidence,
        )

    def _region(self, code: int) -> str | None:
        return str(self.chain.ids("regions")[code]) if code >= 0 else None

    def _reason(
        self, i: int, thing: dict[str, Any], verdicts: tuple[str, ...], made: Codes, size: str
    ) -> str:
        names, ids = self.chain.names("enterprises"), self.chain.ids("enterprises")
        seller, buyer = (names[ids[end]] for end in (self.seller[i], self.buyer[i]))
        why = (
            self._why_owner(i, verdicts[0]),
            self._why_place(i, verdicts[1]),
            self._why_step(verdicts[2], made),
        )
        words = {YES: "local", NO: "not local", UNKNOWN: "not known to be local"}
        told = []
        for verdict, word in words.items():
            parts = [f"by {g} ({w})" for g, v, w in zip(GROUNDS, verdicts, why, strict=True) if v == verdict]
            told += [f"{word} {' and '.join(parts)}"] if parts else []
        way = f"inside {seller}" if self.implied[i] else f"from {seller} to {buyer}"
        return f"{thing['name']} {way}, {size}: {', '.join(told)}."

    def _why_owner(self, i: int, verdict: str) -> str:
        names, ids = self.chain.names("enterprises"), self.chain.ids("enterprises")
        a, b = (int(self.owner[end[i]]) for end in (self.seller, self.buyer))
        if verdict == YES:
            return "one enterprise" if self.implied[i] else f"one owner, {names[ids[a]]}"
        if verdict == NO:
            return f"{names[ids[a]]} and {names[ids[b]]}"
        silent = [names[ids[end[i]]] for end in (self.seller, self.buyer) if not self.owner_known[end[i]]]
        return f"no owner recorded of {' and '.join(silent)}"

    def _why_place(self, i: int, verdict: str) -> str:
        names, ids = self.chain.names("regions"), self.chain.ids("regions")
        own = region_codes(self.chain)
        ends = [int(end[i]) for end in (self.seller, self.buyer)]
        places = [int(self.at[e]) if self.at[e] >= 0 else int(own[e]) for e in ends]
        if verdict == NO:
            return " to ".join(names[ids[p]] for p in places)
        if verdict == YES:
            return (
                f"both in {names[ids[places[0]]]}"
                if places[0] >= 0 and not self.implied[i]
                else "one enterprise"
            )
        who, called = self.chain.ids("enterprises"), self.chain.names("enterprises")
        silent = " and ".join(called[who[e]] for e in ends if self.at[e] < 0)
        return (
            f"no place of the level {self.level} recorded of {silent}" if self.level else "no place recorded"
        )

    def _why_step(self, verdict: str, made: Codes) -> str:
        if verdict == YES:
            return f"feeds {listed(self.chain, made, 3)}" if len(made) else "a feedstock of the buyer"
        return (
            "no recipe of the buyer takes it"
            if verdict == NO
            else "not recorded by which recipe the buyer works"
        )

    def _size(self, i: int, quantity: float | None, unit: str, evidence: tuple[Evidence, ...]) -> str:
        if quantity is None:
            return "of unknown size"
        typical = any(e.table == "process_flows" and e.grade in ("expert", "inferred") for e in evidence)
        by_recipe = f" by {'a typical' if typical else 'its'} recipe" if self.implied[i] else ""
        return f"{'at least ' if self.unknown[i] else ''}{figure(quantity)} {unit}{by_recipe}"

    def _evidence(self, i: int, unit: str, made: Codes) -> Iterator[Evidence]:
        """Yield the flows or outputs, the ownership that joins the ends, and the recipe lines of the step."""
        if self.implied[i]:
            m = len(self.chain.ids("products"))
            keys = self.seller[i] * m + np.append(made, self.product[i])
            for row in act.rows_behind(self.chain, self.year, "production", keys):
                yield cite("production", {**row, "unit": self._unit(row["product_id"])}, "output")
        else:
            for row in act.rows_behind(self.chain, self.year, "flows", self.key[i : i + 1]):
                yield cite_flow(row, unit)
            for row in self._owned(int(self.seller[i])) + self._owned(int(self.buyer[i])):
                yield cite("ownership", row, "share", "share")
        run = self._run(int(self.buyer[i]), made)
        for row in facts_of(self.chain, "process_flows", str(self.chain.ids("products")[self.product[i]])):
            if row["process_id"] in run and row["role"] == "feedstock":
                yield cite("process_flows", row, "quantity")

    def _unit(self, product: str) -> str:
        row = self.chain.row("products", product)
        return (row or {}).get("unit") or ""

    def _owned(self, enterprise: int) -> list[dict[str, Any]]:
        """Return the ownership rows by which an enterprise hangs on its ultimate owner."""
        found: list[dict[str, Any]] = []
        front, seen = [enterprise], {enterprise}
        while front:
            for row, owner in self._owners_of(front.pop()):
                if self.owner[owner] == self.owner[enterprise]:
                    found.append(row)
                    if owner not in seen:
                        seen.add(owner)
                        front.append(owner)
        return found

    def _owners_of(self, enterprise: int) -> list[tuple[dict[str, Any], int]]:
        rows = self.chain.facts("ownership")
        owner, by_owned = self.chain.once(
            ("owners of",),
            lambda: (
                self.chain.codes("enterprises", rows["owner_id"]),
                grouped(self.chain.codes("enterprises", rows["owned_id"]), len(self.owner)),
            ),
        )
        at = by_owned.of(np.array([enterprise]))
        return list(zip(rows.take(at).to_pylist(), (int(o) for o in owner[at]), strict=True))

    def _run(self, buyer: int, made: Codes) -> set[str]:
        """Return the processes by which the buyer may make one of `made`."""
        plants = self.plants
        rows = self.chain.once(
            ("plants by enterprise", self.year), lambda: grouped(plants.enterprise, len(self.owner))
        ).of(np.array([buyer]))
        rows = rows[np.isin(plants.product[rows], made)]
        return {str(self.chain.ids("processes")[p]) for row in rows for p in plants.processes(int(row))}
