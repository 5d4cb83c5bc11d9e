"""Missing vertical links: what leaves unprocessed, what local processes lack, and where chains break off.

Each outflow is split once into `unconnected`, `price_leakage`, `capacity_gap` and `missing_processing`
(see `valuechain.gaps.split`); those rows add up to the known outflow and may be summed per product.
`missing_input` rows are a separate count and must not be added to them. Routes and closing options are
alternatives on one row. No potential output is told on a route where the product is less than half of the
feedstocks of its unit (scrap beside ore): what goes in beside more of others does not make it.

The other five kinds are views: they look at the same tonnes once more, along a chain. They are never added to
the split, to `missing_input` or to each other:

* `no_final_product` (one row per chain): nothing made from the first product of a chain reaches a final product
  here. The size is the tonnes of that product, all of which stop.
* `missing_middle` (one row per product m that lacks): local plants need m, nobody here makes it, and what it
  could be made from is made here, one or more absent steps before. The same m may stand under `missing_input`.
* `missing_enabler`: a service that a local process needs has no provider here or around. By territory only:
  that an owner hires a service from others is normal.
* `unused_by_product`: a by-product that a recipe takes arises here, and nobody here takes it. If it leaves, it
  stands in the split too.
* `round_trip`: a product leaves, and goods made from it come in.

The formulas stand in `valuechain.gaps.chains`, `valuechain.gaps.overlays` and `valuechain.gaps.round_trips`.

Source: the taxonomy is this project's own; upstream gaps follow the use of "gap" in regional purchase
analysis, the feasibility of routes ITC's "Made by Africa" (2022).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, ParameterError, Quantity, Text
from valuechain.accounts import accounts
from valuechain.audits import Finding, doubts
from valuechain.evidence import Evidence
from valuechain.gaps import split
from valuechain.gaps.caveats import caveats
from valuechain.gaps.chains import missing_middles, no_final_products
from valuechain.gaps.overlays import missing_enablers, unused_by_products
from valuechain.gaps.round_trips import round_trips
from valuechain.gaps.routes import ClosingOption, Route
from valuechain.gaps.scene import Scene, Told
from valuechain.gaps.split import BOUNDS, NAMES, VIEWS, Gaps, outflow_split, shortages
from valuechain.gaps.telling import Telling
from valuechain.model import Codes, Mask, ValueChain
from valuechain.parameters import Level, Region, Year
from valuechain.prices import wedge
from valuechain.registry import analysis
from valuechain.scope import has_route, in_view, is_final, zones_of
from valuechain.zones import Ledger, ledger

_VIEWS = {
    "missing_middle": missing_middles,
    "no_final_product": no_final_products,
    "missing_enabler": missing_enablers,
    "unused_by_product": unused_by_products,
    "round_trip": round_trips,
}


@dataclass(frozen=True, slots=True)
class MissingLink:
    """One missing vertical link of one product in one zone."""

    gap_id: Annotated[str, Text("stable name of the gap: kind, zone and product")]
    kind: Annotated[str, Text("kind of gap", NAMES)]
    region_id: Annotated[str | None, Key("regions", "the zone, where it is a region")]
    owner_id: Annotated[str | None, Key("enterprises", "the zone, where it is an ultimate owner")]
    product_id: Annotated[str, Key("products", "what leaves or lacks")]
    product_name: Annotated[str, Text("its name")]
    stage: Annotated[
        float | None, Quantity("stage", "0 raw, 1 primary, 2 semi-finished, 3 component, 4 final")
    ]
    quantity: Annotated[float | None, Quantity("unit", "size of the gap a year")]
    unit: Annotated[str, Text("unit of the quantity")]
    bound: Annotated[str, Text("how the true size stands to the quantity", BOUNDS)]
    basis: Annotated[str, Text("how the quantity came about", ("recorded", "derived", "not recorded"))]
    conditional: Annotated[bool, Text("it is a gap only if a plant runs one of several possible routes")]
    absence: Annotated[
        str, Text("is the absence of local makers declared?", ("declared", "not recorded", "present"))
    ]
    value: Annotated[
        float | None,
        Quantity("currency", "gross worth of the quantity: as recorded, else at the price abroad; no profit"),
    ]
    currency: Annotated[str, Text("currency of the value")]
    value_note: Annotated[str, Text("what the value rests on, or why there is none")]
    share: Annotated[
        float | None,
        Quantity(
            "share", "part of the local output; of what arises, of the need or of the chain's first product"
        ),
    ]
    reason: Annotated[str, Text("why it is a gap")]
    routes: Annotated[
        tuple[Route, ...], Text("what it could become, or how it could be made: options, not to be summed")
    ]
    closing_options: Annotated[tuple[ClosingOption, ...], Text("who could close it")]
    evidence: Annotated[tuple[Evidence, ...], Text("the figures it rests on")]


@analysis(
    title="Missing vertical links",
    reads=("production", "flows", "processes", "process_flows"),
    key=("gap_id",),
    place=1,
    caveats=caveats,
)
def missing_links(
    chain: ValueChain,
    *,
    region: Region = None,
    level: Level = None,
    boundary: Annotated[str, Text("what local means", ("territory", "owner"))] = "territory",
    owner: Annotated[
        str | None, Key("enterprises", "with boundary owner: this owner only (default: all holdings)")
    ] = None,
    product: Annotated[tuple[str, ...], Key("products", "only gaps of these products")] = (),
    chain_of: Annotated[
        str | None, Key("products", "only products made from this one, or needed for it")
    ] = None,
    stage: Annotated[
        tuple[float, ...], Quantity("stage", "only products of these stages, 0 raw to 4 final")
    ] = (),
    kind: Annotated[tuple[str, ...], Text("only these kinds of gap", NAMES)] = (),
    min_quantity: Annotated[float, Quantity("product unit", "leave out known gaps below this size")] = 0.0,
    year: Year = None,
) -> Iterator[MissingLink]:
    """Which vertical links are missing, how large is each gap, and who could close it?

    Known gaps come first, doubtful ones and gaps of unknown size follow. In each of the three, what leaves and
    what lacks stands before the views along a chain, and the most valuable, then the largest, come first.

    >>> from loaders import load
    >>> chain, kinds = load("pavlodar"), ("capacity_gap", "no_final_product")
    >>> for link in missing_links(chain, kind=kinds, product=("alumina", "bauxite"), year=2019):
    ...     print(link.gap_id, link.quantity)
    capacity_gap:pavlodar:alumina 1005000.0
    no_final_product:pavlodar:bauxite 4500000.0
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    if min_quantity < 0:
        raise ParameterError("min_quantity", "is a size; it cannot be negative")
    zones = zones_of(chain, boundary, owner, region, level)
    books = accounts(chain, year, zones.ground)
    book = ledger(chain, books, zones)
    view = in_view(chain, {"product": product, "chain_of": chain_of, "stage": stage})
    scene = Scene(chain, zones, books, book, year)
    found = split.joined(
        outflow_split(
            book, has_route=has_route(chain), final=is_final(chain), wedge=_wedges(chain, book, year)
        ),
        shortages(book),
    )
    telling = Telling(scene)
    told = [telling.gap(found, int(i)) for i in _wanted(book, found, kind, min_quantity, view)]
    for name, look in _VIEWS.items():
        if not kind or name in kind:
            told += [one for one in look(scene, view) if one.quantity is None or one.quantity >= min_quantity]
    doubted = doubts(chain, year)
    links = (_row(scene, one, doubted.get(scene.product_id(one.product))) for one in told)
    yield from sorted(links, key=lambda link: _rank(link, chain.dataset.currency))


def _rank(link: MissingLink, currency: str) -> tuple[Any, ...]:
    """Known before doubtful before unknown; the views last in each; then by value and size."""
    value = link.value if link.currency == currency and link.value else 0.0
    doubtful, order = link.bound == "uncertain", NAMES.index(link.kind)
    size = link.quantity or 0.0
    seen_twice = link.kind in VIEWS
    return link.quantity is None, doubtful, seen_twice, -value, -size, link.conditional, order, link.gap_id


def _wedges(chain: ValueChain, book: Ledger, year: int) -> Mask:
    found = np.zeros(len(chain.ids("products")), bool)
    ids = chain.ids("products")
    for code in np.unique(book.product[book.outflow_unknown > 0]):
        found[code] = wedge(chain, str(ids[code]), year) is not None
    return found


def _wanted(book: Ledger, found: Gaps, kind: tuple[str, ...], min_quantity: float, view: Mask) -> Codes:
    keep = np.isnan(found.quantity) | (found.quantity >= min_quantity)
    keep &= view[book.product[found.at]]
    if kind:
        keep &= np.isin(found.kind, [NAMES.index(k) for k in kind])
    return np.flatnonzero(keep)


def _row(scene: Scene, found: Told, doubt: Finding | None) -> MissingLink:
    """Return a gap as a row; what an audit doubts is never called exact."""
    product, zone = scene.product(found.product), scene.zones.ids[found.zone]
    doubted = f" An audit doubts these figures: {doubt.message}" if doubt else ""
    return MissingLink(
        gap_id=f"{found.kind}:{zone}:{product['product_id']}",
        kind=found.kind,
        region_id=scene.region(found.zone),
        owner_id=scene.owner(found.zone),
        product_id=product["product_id"],
        product_name=product["name"],
        stage=product["stage"],
        quantity=found.quantity,
        unit=product["unit"] or "",
        bound="uncertain" if doubt and found.quantity is not None else found.bound,
        basis=found.basis,
        conditional=found.conditional,
        absence=found.absence,
        value=found.worth.value,
        currency=found.worth.currency,
        value_note=found.worth.note,
        share=found.share,
        reason=found.reason + doubted,
        routes=found.routes,
        closing_options=found.closing_options,
        evidence=found.evidence,
    )
