"""Who stands near a need that nobody meets: plants of its zone, on what grounds, and the step they lack.

A neighbour is an enterprise of the zone with a plant on record that has one of these grounds: one ultimate
owner with a party of the need, a process of the same sector as one that takes (or makes) the product, the
product itself, or a product that lies further on (or further up) its recipes. If only the parties of a gap
are such, all plants of the zone are looked at. It runs no process that meets the need. The *step* named for it
is one such process: of its own sector if there is one, then one that lies on the way to what it makes (or
from it), then by id.
"""

from dataclasses import dataclass

import numpy as np

from valuechain.model import Codes, Mask, ValueChain
from valuechain.partners.matching import NONE, Candidates, Market, Need, candidates
from valuechain.places import ultimate_owners
from valuechain.recipes import closure, recipes
from valuechain.scope import is_final

TAKER = ("the same owner", "the same sector", "making it", "making what it becomes further on")
SUPPLIER = ("the same owner", "the same sector", "needing it", "making what it is made of")
"""Grounds on which a neighbour is looked at."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The neighbours of a need, in the order of ids, and which grounds each has (`TAKER`, `SUPPLIER`)."""

    enterprise: Codes
    grounds: Mask


def asked_of(m: Market, need: Need) -> tuple[Candidates, Neighbours | None]:
    """Return the candidates of a need; where there is none, the neighbours, who cannot meet it."""
    found = candidates(m, need)
    if len(found.enterprise) or (need.takers and is_final(m.chain)[need.product]):
        return found, None
    near = neighbours(m, need)
    size = len(near.enterprise)
    blank, zero, no = np.full(size, np.nan), np.zeros(size), np.zeros(size, bool)
    state = np.full(size, NONE)
    return Candidates(near.enterprise, blank, no, zero, state, zero, zero, zero, no, blank, no), near


def neighbours(m: Market, need: Need) -> Neighbours:
    """Return who of the zone stands near a need, and why."""
    chain, plants = m.chain, m.books.plants
    steps, sector, owners = _steps(chain, need), _sectors(chain), ultimate_owners(chain)
    alike = np.isin(sector, sector[steps]) & (sector >= 0)
    beyond = np.zeros(len(chain.ids("products")), bool)
    for step in steps:
        beyond |= _beyond(chain, int(step), need)
    itself = m.makers(need.product) if need.takers else need.parties
    everybody = np.setdiff1d(plants.enterprise, [need.apart_from])
    who = everybody[need.zone.inside[everybody]]
    grounds = (
        np.isin(owners[who], owners[need.parties]) & ~np.isin(who, need.parties),
        np.isin(who, plants.enterprise[plants.route_row[alike[plants.route_process]]]),
        np.isin(who, itself),
        np.isin(who, plants.enterprise[beyond[plants.product]]),
    )
    found = np.stack(grounds, axis=1)
    kept = np.asarray(found.any(axis=1))
    if need.apart_from < 0 and np.isin(who[kept], need.parties).all():
        kept[:] = True
    return Neighbours(who[kept], found[kept])


def told(m: Market, need: Need, near: Neighbours, i: int) -> str:
    """Return the grounds of neighbour `i` and the step that it lacks."""
    chain, plants = m.chain, m.books.plants
    grounds = zip(TAKER if need.takers else SUPPLIER, near.grounds[i], strict=True)
    verb = "belonging to" if need.zone.what == "management" else "standing in"
    words = [g for g, has in grounds if has] or [f"{verb} {need.zone.name}"]
    steps, sector = _steps(chain, need), _sectors(chain)
    if not len(steps):
        lacks = f"no recipe on record {'takes' if need.takers else 'makes'} it"
        return f"looked at for {', '.join(words)}; {lacks}"
    row = plants.enterprise == near.enterprise[i]
    runs = sector[plants.route_process[row[plants.route_row]]]
    made = plants.product[row]
    own = np.isin(sector[steps], runs[runs >= 0])
    ahead = [bool(_beyond(chain, int(s), need)[made].any()) for s in steps]
    step = int(steps[np.argmax(2 * own + np.array(ahead))])
    about = chain.arrow("processes").slice(step, 1).to_pylist()[0]
    end = chain.names("products")[about["main_product_id"]]
    return f"looked at for {', '.join(words)}; nearest step: {about['name']} -> {end}"


def _steps(chain: ValueChain, need: Need) -> Codes:
    """Return the processes that take the product of a need, or that make it, in the order of ids."""
    r, one = recipes(chain), np.array([need.product])
    found: Codes = np.unique(r.feedstock.process[r.takers.of(one)] if need.takers else r.makers.of(one))
    return found


def _beyond(chain: ValueChain, step: int, need: Need) -> Mask:
    """Return what is made further on of what a step makes, or what it is made of further up."""
    r = recipes(chain)
    line, made = r.feedstock, r.main[r.feedstock.process]
    start = np.zeros(r.products, bool)
    if need.takers:
        start[r.main[step]] = True
        return closure(start, line.product, made)
    start[line.product[line.process == step]] = True
    return closure(start, made, line.product)


def _sectors(chain: ValueChain) -> Codes:
    """Return the sector of each process as a code; -1 where it is not recorded."""
    names = chain.arrow("processes")["sector"].to_pylist()
    place = {name: i for i, name in enumerate(sorted({n for n in names if n}))}
    return np.array([place.get(n or "", -1) for n in names], dtype=np.int64)
