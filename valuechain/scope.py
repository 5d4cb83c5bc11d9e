"""What a question looks at: the zones asked for, the products in view, and which of them can go further."""

from typing import Any

import numpy as np

from graph_schema import ParameterError
from valuechain.arrays import numbers
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.recipes import reachable, recipes
from valuechain.zones import Zones, management, territory

FINAL = 4.0
"""Stage of a final product: its leaving is a sale, not a gap."""


def has_route(chain: ValueChain) -> Mask:
    """Return which products some recipe takes as feedstock."""
    has = np.zeros(len(chain.ids("products")), bool)
    has[recipes(chain).feedstock.product] = True
    return has


def is_final(chain: ValueChain) -> Mask:
    """Return which products are final."""
    return np.asarray(stages(chain) >= FINAL)


def stages(chain: ValueChain) -> Floats:
    """Return the stage of each product; NaN where it is unknown."""
    return chain.once(("stages",), lambda: numbers(chain.arrow("products"), "stage"))


def listed(chain: ValueChain, products: Codes, most: int = 5) -> str:
    """Return the names of products, at most `most` of them."""
    names = [str(chain.names("products")[chain.ids("products")[c]]) for c in products]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def in_view(chain: ValueChain, asked: dict[str, Any]) -> Mask:
    """Return which products the filters of a question leave in view."""
    view = np.ones(len(chain.ids("products")), bool)
    if asked["product"]:
        view = np.isin(np.arange(len(view)), chain.codes("products", list(asked["product"])))
    if asked["chain_of"]:
        view &= reachable(chain, asked["chain_of"])
    if asked["stage"]:
        view &= np.isin(stages(chain), asked["stage"])
    return view


def zones_of(
    chain: ValueChain, boundary: str, owner: str | None, region: str | None, level: str | None
) -> Zones:
    """Return the zones of a question; `ParameterError` where its parameters exclude each other."""
    if boundary != "owner" and owner is not None:
        raise ParameterError("owner", "goes with boundary = owner")
    if boundary == "owner" and (region or level):
        raise ParameterError("region" if region else "level", "goes with boundary = territory")
    return management(chain, owner) if boundary == "owner" else territory(chain, region, level)
