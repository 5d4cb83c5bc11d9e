"""Needs: which gaps, or which sales and purchases of one enterprise, look for a partner, and where."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from graph_schema import ParameterError
from valuechain.analyses.missing_links import MissingLink, missing_links
from valuechain.gaps.find import found_gap
from valuechain.model import ValueChain
from valuechain.partners.matching import Need, Zone, market, needs_of
from valuechain.zones import WHOLE, Zones, management, territory, zone_of_enterprises

TAKEN = ("missing_processing", "capacity_gap", "price_leakage", "unconnected")
"""Kinds of gap that look for who could take the product."""
SUPPLIED = ("missing_input", "unconnected")
"""Kinds of gap that look for who could supply it."""

MOST_GAPS = 10
_KINDS = tuple(dict.fromkeys((*TAKEN, *SUPPLIED)))


def needs(chain: ValueChain, asked: dict[str, Any]) -> tuple[list[Need], str]:
    """Return the needs that a question speaks of, and what it leaves out."""
    year, view = asked["year"], asked["product"]
    if asked["enterprise"] is not None:
        (who,) = chain.codes("enterprises", [asked["enterprise"]])
        ids = chain.ids("products")
        found = needs_of(market(chain, year), int(who), _home(chain, int(who), asked["region"]))
        return [n for n in found if not view or ids[n.product] in view], ""
    if asked["gap"] is not None:
        link = _named(chain, asked["gap"], year)
        return ([] if view and link.product_id not in view else list(_of_gap(chain, link, year))), ""
    links = list(missing_links(chain, region=asked["region"], kind=_KINDS, product=view, year=year))
    sized = [link for link in links if link.quantity is not None]
    few = sized[:MOST_GAPS]
    words = [f"{len(sized) - MOST_GAPS} smaller gap{'s' * (len(sized) > MOST_GAPS + 1)}"] * (
        len(sized) > MOST_GAPS
    )
    words += [f"{len(links) - len(sized)} gap{'s' * (len(links) > len(sized) + 1)} of unknown size"] * (
        len(links) > len(sized)
    )
    left = f"Not matched: {' and '.join(words)}; give `gap` or `product` to match one." if words else ""
    return [need for link in few for need in _of_gap(chain, link, year)], left


def _named(chain: ValueChain, gap: str, year: int) -> MissingLink:
    """Return the gap with an id; `ParameterError` if it is of a kind that asks for no partner."""
    link = found_gap(chain, gap, year)
    if link.kind not in _KINDS:
        raise ParameterError(
            "gap", f"a {link.kind} asks for no partner; kinds that do are {', '.join(_KINDS)}"
        )
    return link


def _of_gap(chain: ValueChain, link: MissingLink, year: int) -> Iterator[Need]:
    m = market(chain, year)
    zones = management(chain, link.owner_id) if link.owner_id else territory(chain, link.region_id)
    zone = _zone(chain, zones, 0)
    (product,) = (int(c) for c in chain.codes("products", [link.product_id]))
    for takers in (True, False):
        if link.kind not in (TAKEN if takers else SUPPLIED):
            continue
        who = m.makers(product) if takers else m.users(product, certain=not link.conditional)
        yield Need(
            id=link.gap_id,
            takers=takers,
            for_id=zones.ids[0],
            for_name=zone.name,
            zone=zone,
            product=product,
            quantity=np.nan if link.quantity is None else link.quantity,
            parties=who[zone.inside[who]],
            rest=link.kind == "capacity_gap",
        )


def _home(chain: ValueChain, who: int, region: str | None) -> Zone:
    """Return the place that an enterprise looks at: as asked, the home region it stands in, or its own region."""
    row = chain.arrow("enterprises").slice(who, 1).to_pylist()[0]
    for place in dict.fromkeys((region, row["region_id"])):
        zones = territory(chain, place)
        at = zone_of_enterprises(chain, zones)[who]
        if at >= 0 or region:
            return _zone(chain, zones, max(int(at), 0))
    alone = np.arange(len(chain.ids("enterprises"))) == who
    return Zone(row["name"], alone, np.zeros(3, bool))


def _zone(chain: ValueChain, zones: Zones, at: int) -> Zone:
    name = zones.ids[at]
    table = "regions" if zones.ground == "territory" else "enterprises"
    called = "the area of the dataset" if name == WHOLE else chain.names(table)[name]
    return Zone(called, zone_of_enterprises(chain, zones) == at, zones.market_inside[at], zones.ground)
