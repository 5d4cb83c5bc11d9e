"""What a reader of partners must know beside the rows: who is not on record, what is left out, and why."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from valuechain.evidence import Evidence
from valuechain.model import ValueChain
from valuechain.partners.matching import Match, Need, candidates, market, match
from valuechain.partners.needs import needs
from valuechain.partners.neighbours import asked_of
from valuechain.places import ultimate_owners
from valuechain.scope import is_final, listed

_MOST_SENTENCES = 5


def caveats(chain: ValueChain, rows: tuple[Any, ...], **asked: Any) -> Iterator[str]:
    """Yield the sentences that a reader of partners must know."""
    year = asked["year"]
    m = market(chain, year)
    wanted, beyond = needs(chain, asked)
    nobody = [n for n in wanted if not len(candidates(m, n).enterprise)]
    final = is_final(chain)
    yield from _nobody(chain, [n for n in nobody if not (n.takers and final[n.product])])
    ends = [n.product for n in nobody if n.takers and final[n.product]]
    if ends:
        yield f"Final products, which no plant takes: {listed(chain, np.array(ends))}."
    enterprises = len(chain.ids("enterprises"))
    silent = enterprises - len(np.unique(m.books.plants.enterprise))
    if silent:
        yield (
            f"{silent} of {enterprises} enterprises have no production row for {year}: what they could take or "
            "supply is unknown."
        )
    if beyond:
        yield beyond
    met = [n.id for n in wanted if n.quantity == 0]
    if met:
        yield f"Met inside the place by recorded flows, so not matched: {_few(met)}."
    if rows:
        yield from _of_rows(
            rows,
            [
                match(m, n, asked_of(m, n)[0], asked["most"], asked["max_km"])
                for n in wanted
                if n.quantity != 0
            ],
        )
    elif not wanted:
        yield _why_empty(chain, asked)


def _nobody(chain: ValueChain, needs: list[Need]) -> Iterator[str]:
    """Say of which needs nobody is a candidate."""
    for need in needs[:_MOST_SENTENCES]:
        what = chain.names("products")[str(chain.ids("products")[need.product])]
        others = f" other than {need.for_name}" if need.apart_from >= 0 else ""
        yield f"Nobody{others} in the dataset {'takes' if need.takers else 'supplies'} {what} on record."
    more = [n.id for n in needs[_MOST_SENTENCES:]]
    if more:
        yield f"Nor is anybody on record for {len(more)} more needs: {_few(more)}."


def _few(names: list[str], most: int = _MOST_SENTENCES) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _of_rows(rows: tuple[Any, ...], matches: list[Match]) -> Iterator[str]:
    could, could_not = (sum(one.more[i] for one in matches) for i in (0, 1))
    if could or could_not:
        yield f"Not shown: {could} candidates that could and {could_not} that could not; `most` shows more."
    yield "Each need is matched alone: idle capacity may stand under several, so do not add feasible amounts."
    rough = sum(r.distance_basis == "by region" for r in rows)
    lost = sum(r.distance_basis == "unknown" for r in rows)
    if rough:
        yield f"{rough} of {len(rows)} distances are between the points of towns or regions, not of plants."
    if lost:
        yield f"{lost} of {len(rows)} distances are unknown: give latitude and longitude of the enterprises."
    typical = sum(r.feasible is not None and _typical(r.evidence) for r in rows)
    if typical:
        amounts = "1 feasible amount rests" if typical == 1 else f"{typical} feasible amounts rest"
        yield f"{amounts} on typical or computed coefficients (grade expert or inferred)."


def _why_empty(chain: ValueChain, asked: dict[str, Any]) -> str:
    if asked["enterprise"] is not None:
        name = chain.names("enterprises")[asked["enterprise"]]
        owned = _plants_of(chain, asked["enterprise"], asked["year"])
        if owned:
            return f"{name} makes nothing itself on record; ask its plants: {_few(owned, 10)}."
        only = " within the filter on product" if asked["product"] else ""
        return f"What {name} makes and needs is not recorded for {asked['year']}{only}, so no partner can be told."
    return "No known gap of these kinds is recorded here, so there is no need to match; see missing-links for why."


def _plants_of(chain: ValueChain, owner: str, year: int) -> list[str]:
    """Return the enterprises that one controls and that make something, if it makes nothing itself; by id."""
    owners, (who,) = ultimate_owners(chain), chain.codes("enterprises", [owner])
    makers = np.unique(market(chain, year).books.plants.enterprise)
    if who in makers:
        return []
    direct = chain.arrow("ownership")
    held = [r["owned_id"] for r in direct.to_pylist() if r["owner_id"] == owner]
    found = set(chain.ids("enterprises")[makers[owners[makers] == who]]) | (
        set(held) & set(chain.ids("enterprises")[makers])
    )
    return sorted(str(e) for e in found)


def _typical(evidence: tuple[Evidence, ...]) -> bool:
    return any(e.table == "process_flows" and e.grade in ("expert", "inferred") for e in evidence)
