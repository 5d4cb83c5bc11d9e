"""Where an enterprise belongs: by territory (its region and the regions around it) or by management
(its ultimate owner).

The ultimate owner is found by following majority control to the top: a share above one half, or the
only owner named where the share is unknown. A circle of owners ends at its first member by id. An
enterprise without an owner is its own ultimate owner.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema import ParameterError
from valuechain.model import Codes, Mask, ValueChain

LEVELS = ("country", "region", "district", "city")
MARKETS = ("abroad", "rest_of_country", "local_final")


def region_parents(chain: ValueChain) -> Codes:
    """Return the code of the region around each region; -1 at the top."""
    return chain.once(("parents",), lambda: chain.codes("regions", chain.arrow("regions")["parent_id"]))


def within(chain: ValueChain, region: str) -> Mask:
    """Return which regions are `region` or lie inside it."""
    parents = region_parents(chain)
    inside = chain.ids("regions") == region
    for _ in range(len(parents)):
        grown = inside | ((parents >= 0) & inside[parents])
        if (grown == inside).all():
            break
        inside = grown
    return np.asarray(inside, dtype=bool)


def at_level(chain: ValueChain, level: str) -> Codes:
    """Return for each region the code of the region of `level` that holds it, itself included; -1 if none."""
    levels = np.array(chain.arrow("regions")["level"].to_pylist(), dtype=object)
    if level not in LEVELS:
        raise ParameterError("level", f"{level!r} is not one of {', '.join(LEVELS)}")
    parents, at = region_parents(chain), np.arange(len(levels))
    found = np.where(levels == level, at, -1)
    for _ in range(len(levels)):
        at = np.where(at >= 0, parents[at], -1) if len(at) else at
        if not (at >= 0).any():
            break
        found = np.where((found < 0) & (at >= 0) & (levels[at] == level), at, found)
    return found


def is_country(chain: ValueChain, region: str) -> bool:
    """Return whether `region` is a whole country, so that the rest of the country lies inside it."""
    row = chain.row("regions", region)
    return bool(row and (row["level"] == "country" or (row["level"] is None and row["parent_id"] is None)))


def ultimate_owners(chain: ValueChain) -> Codes:
    """Return for each enterprise the code of its ultimate owner."""
    return chain.once(("owners",), lambda: _follow(_controllers(chain)))


def _controllers(chain: ValueChain) -> Codes:
    rows = chain.facts("ownership")
    controller = np.arange(len(chain.ids("enterprises")))
    owner, owned = chain.codes("enterprises", rows["owner_id"]), chain.codes("enterprises", rows["owned_id"])
    share = rows["share"].to_numpy(zero_copy_only=False).astype(float)
    owners_of = np.bincount(owned, minlength=len(controller)) if len(owned) else controller
    majority = (share > 0.5) | (np.isnan(share) & (owners_of[owned] == 1 if len(owned) else False))
    controller[owned[majority]] = owner[majority]
    return controller


def _follow(controller: Codes) -> Codes:
    """Pointer jumping: each round doubles the length of the path followed."""
    top = controller
    for _ in range(max(1, int(np.ceil(np.log2(len(controller) + 1))))):
        top = top[top] if len(top) else top
    circle = controller[top] != top if len(top) else np.zeros(0, bool)
    for start in np.unique(top[circle]):
        ring = [int(start)]
        while (step := int(controller[ring[-1]])) != ring[0]:
            ring.append(step)
        top = np.where(np.isin(top, ring), min(ring), top)
    return top


def region_codes(chain: ValueChain) -> Codes:
    """Return for each enterprise the code of its region; -1 where it is unknown."""
    return chain.once(("homes",), lambda: chain.codes("regions", chain.arrow("enterprises")["region_id"]))


def market_kinds(chain: ValueChain) -> Codes:
    """Return for each market the position of its kind in `MARKETS`."""
    kinds = chain.arrow("markets")["kind"]
    return np.asarray(pc.index_in(kinds, value_set=pa.array(MARKETS)).to_numpy(), dtype=np.int64)
