"""Decomposition of a cluster: what moves inside its blocks, and what crosses between them.

Counted: activities (one enterprise making one product in the year) and recorded flows between them and with
markets, folded to the blocks of one ground: the ultimate owner (management), the region (territory) or the
stage of the product (technology). The rows are the edges of the quotient graph. Each block has an internal
row for each unit it deals in, from itself to itself, also where nothing moves inside it or nothing moves at
all; other rows exist where a link is recorded. What a ground cannot place (no region of the level, no stage, no
use on record) is a block too, and whether flows among these cross anything is unknown. Products of several units
are never added up.

* quantity = known part of the recorded links, in the unit of the products that move, per year; `unknown` counts
  links of which some part has no amount. Over all rows of a unit the quantities add up to the same total on
  every ground. Where no link is recorded it is unknown, unless `coverage` declares all flows of the block.
* implied = transfers inside one plant, worked out from its output, sales and recipe; apart from the quantity.
* output = known output of the from-block's activities. It adds products made of each other, so it counts work
  done, not what is left to sell; share = quantity / output, sent share = quantity / all that the from-block
  is recorded to send in this unit, itself included. Both only where no part is unknown.

By technology a flow goes from the stage of the product to the stage of what the buyer makes of it; a flow that
could feed several products is shared between them and then counts as a link to each stage. A market is a block
of its own for each kind. A flow between two markets belongs to no activity and is left out.

Source: the paper's three grounds of decomposition (management, territorial, production-technological); the
quotient graph is the ordinary one of graph theory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, Quantity, Text
from valuechain.answer import figure
from valuechain.arrays import grouped, sums
from valuechain.decomposition import activities as act
from valuechain.decomposition.activities import GROUNDS, Activities, Moves, Partition
from valuechain.evidence import Evidence, cite, cite_flow
from valuechain.model import Codes, ValueChain
from valuechain.parameters import Year
from valuechain.places import LEVELS
from valuechain.registry import analysis
from valuechain.scope import listed

_KINDS = ("block", "not recorded", "market")


@dataclass(frozen=True, slots=True)
class BlockFlow:
    """What moves from one block to another, or inside one, in one unit."""

    from_block: Annotated[str, Text("the block that sends: id of an owner or region, or stage:, market:")]
    from_name: Annotated[str, Text("its name")]
    from_kind: Annotated[str, Text("block, what the ground cannot place, or market", _KINDS)]
    to_block: Annotated[str, Text("the block that receives; the same for what moves inside a block")]
    to_name: Annotated[str, Text("its name")]
    to_kind: Annotated[str, Text("block, what the ground cannot place, or market", _KINDS)]
    internal: Annotated[
        bool | None, Text("does it stay inside the block? unknown among what the ground cannot place")
    ]
    links: Annotated[int, Quantity("links", "recorded links of a seller, a buyer and a product")]
    unknown: Annotated[int, Text("how many of these links have no amount, or only for a part")]
    quantity: Annotated[float | None, Quantity("unit", "known part of the recorded links a year")]
    transfers: Annotated[int, Text("how many transfers inside one plant its figures imply")]
    transfers_unknown: Annotated[int, Text("how many of these transfers are of unknown size, or in part")]
    implied: Annotated[float | None, Quantity("unit", "known part of these, which is not in the quantity")]
    unit: Annotated[str, Text("unit of the amounts")]
    activities: Annotated[int, Text("how many activities the from-block has in this unit")]
    enterprises: Annotated[int, Text("how many enterprises run them")]
    output: Annotated[
        float | None, Quantity("unit", "their known output; products made of each other both count")
    ]
    output_unknown: Annotated[int, Text("how many of these activities are of unknown output")]
    share: Annotated[float | None, Quantity("share", "quantity as a part of the from-block's output")]
    sent_share: Annotated[
        float | None, Quantity("share", "quantity as a part of all that the from-block is recorded to send")
    ]
    products: Annotated[tuple[str, ...], Key("products", "what moves")]
    reason: Annotated[str, Text("the figures in one sentence")]
    evidence: Annotated[tuple[Evidence, ...], Text("the first rows it rests on, at most ten")]


def _caveats(chain: ValueChain, rows: tuple[BlockFlow, ...], **asked: Any) -> Iterator[str]:
    year = asked["year"]
    found = act.activities(chain, year)
    total = len(chain.ids("enterprises"))
    silent = total - len(np.unique(found.enterprise))
    if silent:
        have = "has" if silent == 1 else "have"
        yield f"{silent} of {total} enterprises {have} no production row for {year}: this counts as no activity."
    unknown = sum(r.unknown for r in rows)
    if unknown:
        links = sum(r.links for r in rows)
        have = "has" if unknown == 1 else "have"
        told = f"{unknown} of {act.counted(links, 'link')} {have}"
        yield f"{told} no amount or only a part: quantities are lower bounds."
    if any(r.transfers for r in rows):
        yield "Transfers inside a plant are worked out from recipe coefficients, not recorded: as good as those."
    if any("unplaced" in (r.from_block, r.to_block) for r in rows):
        yield "Some enterprises stand in no region of this level; they form a block of their own."
    if any(r.to_block == "use:unknown" for r in rows):
        yield "Of some flows no recipe says what the buyer does with them; they go to the block use:unknown."
    if not rows:
        yield f"Nothing is recorded as made or traded here in {year}."


@analysis(
    title="Decomposition",
    reads=("production", "flows"),
    key=("from_block", "to_block", "unit"),
    place=10,
    table=(
        "from_name",
        "to_name",
        "internal",
        "quantity",
        "share",
        "links",
        "unknown",
        "implied",
        "activities",
    ),
    caveats=_caveats,
)
def decompose(
    chain: ValueChain,
    *,
    by: Annotated[str, Text("ground: who controls, where, or which stage", GROUNDS)] = "management",
    level: Annotated[
        str | None,
        Text("by territory: level of the regions (default: region, else the topmost there is)", LEVELS),
    ] = None,
    region: Annotated[
        str | None,
        Key("regions", "only activities here and flows that touch them (default: the whole dataset)"),
    ] = None,
    product: Annotated[tuple[str, ...], Key("products", "only activities and flows of these products")] = (),
    year: Year = None,
) -> Iterator[BlockFlow]:
    """Into which blocks does the cluster fall, and what moves inside them and between them?

    By management, by territory or by technology. The whole dataset is divided unless a region is named, because
    what crosses the border of the home region is a part of the answer. With a region, a block at the far end of
    a flow is shown under its own name, with the activities that it has inside the region (often none).

    Blocks come first, by unit (tonnes first) and number of activities, by technology in the order of the
    stages; then what crosses, largest first, unknown amounts last.

    The bauxite that crosses a border by territory stays inside one block by management:

    >>> from loaders import load
    >>> from valuechain import questions
    >>> chain, ask = load("pavlodar"), questions()["decompose"]
    >>> [(r.from_name, r.to_name, r.links) for r in ask(chain, by="territory", product="bauxite") if r.links]
    [('Kostanay region', 'Pavlodar region', 2)]
    >>> [(r.from_name, r.internal, r.links) for r in ask(chain, by="management", product="bauxite") if r.links]
    [('ERG', True, 2)]
    >>> [(r.products, r.quantity) for r in ask(chain) if r.to_name == "abroad" and r.quantity]
    [(('alumina', 'primary-aluminium'), 1242500.0)]
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    act.goes_with_territory(level, by)
    view = _View(chain, act.partition(chain, by, level), year, region, product)
    yield from (view.row(int(i)) for i in view.order())


class _View:
    """Activities summed by (block, unit), and moves by (block, block, unit)."""

    def __init__(
        self, chain: ValueChain, part: Partition, year: int, region: str | None, product: tuple[str, ...]
    ) -> None:
        self.chain, self.part, self.year = chain, part, year
        self._unit_of, self.units = act.units(chain)
        here, found, moves = act.inside(chain, region), act.activities(chain, year), act.moves(chain, year)
        wanted = np.isin(np.arange(len(self._unit_of)), chain.codes("products", list(product)))
        wanted = wanted if product else ~wanted
        kept = here[found.enterprise] & wanted[found.product]
        self._members(Activities(found.enterprise[kept], found.product[kept], found.output[kept]))
        self._edges(moves.where((here[moves.seller] | here[moves.buyer]) & wanted[moves.product]))

    def _members(self, found: Activities) -> None:
        """Sum the activities by (block, unit)."""
        key = self.part.of(found.enterprise, found.product) * len(self.units) + self._unit_of[found.product]
        self.member, at = np.unique(key, return_inverse=True)
        size = len(self.member)
        self.found, self.activity = found, grouped(at, size)
        self.activities = np.bincount(at, minlength=size)
        self.enterprises = _distinct(at, found.enterprise, size)
        self.output = sums(key, found.output, self.member)
        self.output_unknown = np.bincount(at, weights=np.isnan(found.output), minlength=size).astype(int)
        declared = act.flows_declared(self.chain, found)
        self.declared = np.bincount(at, weights=~declared, minlength=size) == 0

    def _edges(self, moves: Moves) -> None:
        """Sum the moves by (from, to, unit); each (block, unit) with an activity has an edge to itself."""
        kinds, several = len(self.part.ids), max(len(self.units), 1)
        source, target = (
            self.part.of(end, what)
            for end, what in ((moves.seller, moves.product), (moves.buyer, moves.made))
        )
        unit = self._unit_of[moves.product]
        block, deals = self.member // several, self.member % several
        key = (source * kinds + target) * several + unit
        self.edge = edge = np.union1d(key, (block * kinds + block) * several + deals)
        self.source, self.target, self.unit = (
            edge // several // kinds,
            edge // several % kinds,
            edge % several,
        )
        at, size = np.searchsorted(edge, key), len(edge)
        link = act.flow_keys(self.chain, moves.seller, moves.buyer, moves.product)
        told = ~moves.implied
        self.links = _distinct(at[told], link[told], size)
        blank = told & moves.unknown
        self.unknown = _distinct(at[blank], link[blank], size)
        self.transfers = _distinct(at[~told], link[~told], size)
        blank = ~told & moves.unknown
        self.transfers_unknown = _distinct(at[blank], link[blank], size)
        self.quantity = np.bincount(at, weights=np.where(told, moves.quantity, 0.0), minlength=size)
        self.implied = np.bincount(at, weights=np.where(told, 0.0, moves.quantity), minlength=size)
        self.moved, self.move, self.link = moves, grouped(at, size), link
        sender = self.source * several + self.unit
        every, of = np.unique(sender, return_inverse=True)
        self.sent = np.bincount(of, weights=self.quantity, minlength=len(every))[of]
        self.sent_unknown = np.bincount(of, weights=self.unknown, minlength=len(every))[of] > 0
        self.of_member = _position(sender, self.member)

    def order(self) -> Codes:
        """Return the edges in the order of the answer."""
        internal, size = self.source == self.target, np.append(self.activities, 0)[self.of_member]
        by_size = np.where(internal & (self.part.of_product is None), -size, 0)
        none_known = ~internal & (self.quantity == 0)
        amount = np.where(internal, 0.0, -self.quantity)
        return np.lexsort((self.target, self.source, amount, by_size, none_known, self.unit, ~internal))

    def row(self, i: int) -> BlockFlow:
        """Return edge `i` as a row."""
        source, target, at = int(self.source[i]), int(self.target[i]), int(self.of_member[i])
        internal, links, unknown = source == target, int(self.links[i]), int(self.unknown[i])
        moves = self.move.of(np.array([i]))
        products = np.unique(self.moved.product[moves])
        whole = at >= 0 and self.output_unknown[at] == 0 and self.output[at] > 0
        quantity = self._known(self.quantity[i], unknown, links)
        if not links and at >= 0 and self.declared[at]:
            quantity = 0.0
        exact = quantity is not None and not unknown
        row = BlockFlow(
            from_block=str(self.part.ids[source]),
            from_name=self.part.name(source),
            from_kind=self.part.kind(source),
            to_block=str(self.part.ids[target]),
            to_name=self.part.name(target),
            to_kind=self.part.kind(target),
            internal=None if internal and self.part.kind(source) == "not recorded" else internal,
            links=links,
            unknown=unknown,
            quantity=quantity,
            transfers=int(self.transfers[i]),
            transfers_unknown=int(self.transfers_unknown[i]),
            implied=self._known(self.implied[i], int(self.transfers_unknown[i]), 1),
            unit=self.units[self.unit[i]],
            activities=int(self.activities[at]) if at >= 0 else 0,
            enterprises=int(self.enterprises[at]) if at >= 0 else 0,
            output=self._known(self.output[at], int(self.output_unknown[at]), 1) if at >= 0 else None,
            output_unknown=int(self.output_unknown[at]) if at >= 0 else 0,
            share=float(self.quantity[i] / self.output[at]) if exact and whole else None,
            sent_share=float(self.quantity[i] / self.sent[i])
            if exact and not self.sent_unknown[i] and self.sent[i] > 0
            else None,
            products=tuple(str(p) for p in self.chain.ids("products")[products]),
            reason="",
            evidence=tuple(self._evidence(i, at if internal else -1, moves)),
        )
        return replace(row, reason=_reason(row, listed(self.chain, products, 3)))

    def _known(self, value: float, unknown: int, rows: int) -> float | None:
        """Return a sum; None where nothing is recorded, or nothing of what is recorded has an amount."""
        return None if not rows or (unknown and value == 0) else float(value)

    def _evidence(self, i: int, at: int, moves: Codes) -> Iterator[Evidence]:
        """Yield the output of the block's activities, for an internal row, and the flows."""
        products = self.chain.ids("products")
        unit = self.units[self.unit[i]]
        if at >= 0:
            mine = self.activity.of(np.array([at]))
            keys = self.found.enterprise[mine] * len(products) + self.found.product[mine]
            for row in act.rows_behind(self.chain, self.year, "production", keys):
                yield cite("production", row, "output", unit)
        told = moves[np.flatnonzero(~self.moved.implied[moves])]
        for row in act.rows_behind(self.chain, self.year, "flows", self.link[told]):
            yield cite_flow(row, unit)


def _position(keys: Codes, unique: Codes) -> Codes:
    """Return where each key stands among the sorted `unique`; -1 where it does not."""
    if not len(unique):
        return np.full(len(keys), -1)
    at = np.minimum(np.searchsorted(unique, keys), len(unique) - 1)
    return np.where(unique[at] == keys, at, -1)


def _distinct(at: Codes, what: Codes, size: int) -> Codes:
    """Return how many different `what` stand at each position."""
    order = np.lexsort((what, at))
    at, what = at[order], what[order]
    fresh = np.ones(len(at), bool)
    fresh[1:] = (at[1:] != at[:-1]) | (what[1:] != what[:-1])
    return np.bincount(at[fresh], minlength=size)


def _reason(row: BlockFlow, products: str) -> str:
    amount = _amount(row, products)
    if row.from_block != row.to_block:
        part = f", {100 * row.share:.3g} % of the output of {row.from_name}" if row.share is not None else ""
        return f"From {row.from_name} to {row.to_name}: {amount}{part}."
    every = "all" if row.output_unknown == row.activities else f"{row.output_unknown} of them"
    of_them = f", {every} of unknown output" if row.output_unknown else ""
    output = f", with a known output of {figure(row.output)} {row.unit}" if row.output is not None else ""
    sent = (
        f", {100 * row.sent_share:.3g} % of what it sends" if row.sent_share is not None and row.links else ""
    )
    runs = f"{row.from_name}, in {row.unit or 'no unit'}: {act.counted(row.activities, 'activity', 'activities')}"
    where = "inside it" if row.internal else "among these, which may be apart,"
    return f"{runs}{of_them}{output}; {where} {amount}{sent}."


def _amount(row: BlockFlow, products: str) -> str:
    """Return the links and transfers of a row in words."""
    if not row.links + row.transfers:
        return "nothing moves, as declared" if row.quantity == 0 else "no flow is recorded"
    parts = []
    if row.links:
        size = _size(row.quantity, row.unknown, row.unit)
        parts.append(f"{act.counted(row.links, 'link')}, {size}")
    if row.transfers:
        size = _size(row.implied, row.transfers_unknown, row.unit)
        parts.append(f"{act.counted(row.transfers, 'transfer')} within a plant, by recipe {size}")
    return f"{' and '.join(parts)} ({products})"


def _size(known: float | None, unknown: int, unit: str) -> str:
    if known is None:
        return "of unknown size"
    return f"{figure(known)} {unit}" + (
        f" known, {unknown} of them without an amount or in part" if unknown else ""
    )
