"""What a reader of gaps must know beside the rows: blanks, typical figures, what cannot be told, and why.

Sentences speak only of the products that the question's filters leave in view.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from valuechain.accounts import Accounts, accounts
from valuechain.coverage import claims_complete
from valuechain.gaps import split
from valuechain.model import ValueChain
from valuechain.recipes import in_plant
from valuechain.scope import has_route, in_view, is_final, listed, zones_of
from valuechain.zones import WHOLE, ledger


def caveats(chain: ValueChain, rows: tuple[Any, ...], **asked: Any) -> Iterator[str]:
    """Yield the sentences that a reader of gaps must know: what is unknown, typical or left out."""
    year = asked["year"]
    enterprises = len(chain.ids("enterprises"))
    books = accounts(chain, year)
    silent = enterprises - len(np.unique(books.plants.enterprise))
    if silent:
        yield f"{silent} of {enterprises} enterprises have no production row for {year}: what they make is unknown."
    blank = int(np.isnan(books.plants.output[~books.plants.implied]).sum())
    if blank:
        yield f"{blank} of {int((~books.plants.implied).sum())} production rows of {year} have no output."
    typical = sum(route.grade in ("expert", "inferred") for row in rows for route in row.routes)
    if typical:
        how = "typical or computed coefficients (grade expert or inferred)"
        yield f"{typical} routes rest on {how}, not on reported ones."
    sized = sum(r.quantity is not None and r.kind in _BY_RECIPE and _is_typical(r) for r in rows)
    if sized:
        yield f"{sized} of the sizes rest on such coefficients too: they are as good as those."
    yield from _untold(chain, asked)
    if any(r.kind == "missing_input" for r in rows) and any(r.kind in split.SPLIT for r in rows):
        yield "missing_input rows are counted apart from the split of outflows: do not add the two."
    views = [kind for kind in split.VIEWS if any(r.kind == kind for r in rows)]
    if views:
        yield f"{', '.join(views)} rows look at the same tonnes once more: never add them to other rows."
    yield from _no_recipe(chain, asked)
    yield from _unsettled(chain, asked)
    if not rows:
        yield _why_empty(chain, books, asked)


_BY_RECIPE = ("missing_input", "price_leakage", "missing_middle", "unused_by_product", "round_trip")
"""Kinds whose size is an output or a capacity times a coefficient."""


def _is_typical(row: Any) -> bool:
    return any(e.table == "process_flows" and e.grade in ("expert", "inferred") for e in row.evidence)


def _untold(chain: ValueChain, asked: dict[str, Any]) -> Iterator[str]:
    """Name what is made here and could go further, but of which no delivery out is recorded or ruled out."""
    zones = zones_of(chain, asked["boundary"], asked["owner"], asked["region"], asked["level"])
    book = ledger(chain, accounts(chain, asked["year"], zones.ground), zones)
    further = has_route(chain) & ~is_final(chain) & in_view(chain, asked) & ~in_plant(chain)
    ids, untold = chain.ids("products"), set()
    for at in np.flatnonzero((book.makers > 0) & (book.outflow_rows == 0) & further[book.product]):
        zone = zones.ids[int(book.zone[at])]
        region = None if zones.ground == "management" or zone == WHOLE else zone
        if not claims_complete(chain, region, "flows", str(ids[book.product[at]])):
            untold.add(int(book.product[at]))
    if untold:
        names = listed(chain, np.array(sorted(untold)))
        yield f"What leaves is not recorded (unknown, not none), so no gap can be told for {names}."


def _no_recipe(chain: ValueChain, asked: dict[str, Any]) -> Iterator[str]:
    traded = np.unique(accounts(chain, asked["year"]).trade.item)
    lost = ~has_route(chain)[traded] & ~is_final(chain)[traded] & in_view(chain, asked)[traded]
    if lost.any():
        yield f"No recipe takes {listed(chain, traded[lost])}: what they could become is not known here."


def _unsettled(chain: ValueChain, asked: dict[str, Any]) -> Iterator[str]:
    zones = zones_of(chain, asked["boundary"], asked["owner"], asked["region"], asked["level"])
    book = ledger(chain, accounts(chain, asked["year"], zones.ground), zones)
    open_products = np.unique(book.product[split.unsettled(book)])
    open_products = open_products[in_view(chain, asked)[open_products]]
    if len(open_products):
        names = listed(chain, open_products)
        yield f"Made and needed here in unrecorded amounts, so nothing can be said: {names}."


def _why_empty(chain: ValueChain, books: Accounts, asked: dict[str, Any]) -> str:
    level = asked["level"]
    if level and level not in chain.arrow("regions")["level"].to_pylist():
        return f"The dataset has no region of level {level}."
    if not chain.arrow("process_flows").num_rows:
        return "No gap can be found: there are no recipes. Add process_flows or set catalogue = true in dataset.toml."
    if not len(books.plants.enterprise) and not len(books.trade.item):
        known = ", ".join(str(y) for y in chain.years) or "none"
        return f"No gap can be found: no production and no flow is dated {asked['year']}. Years with data: {known}."
    filters = [n for n in ("chain_of", "product", "stage", "kind", "min_quantity") if asked.get(n)]
    if filters:
        return f"No gap is recorded within the filter on {', '.join(filters)}; drop it to see what there is."
    return "No outflow of a product that a recipe takes, no unmet need and no chain that breaks off is recorded here."
