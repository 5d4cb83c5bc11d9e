"""Whom a question is about: the enterprises of an ultimate owner, of a cluster or of a region.

Enterprises belong to a cluster as its members list them, or through a cluster that is a member of it. A
listed owner does not bring in what it owns. Members that are products or processes are left aside: they
say what the cluster is about, not who belongs to it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph_schema import TABLES
from graph_schema.cells.units import UnitError, factor
from valuechain.coverage import claims_complete
from valuechain.evidence import Evidence, cite, cite_flow, facts
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import region_codes, ultimate_owners
from valuechain.zones import WHOLE, management, territory, zone_of_enterprises


@dataclass(frozen=True, slots=True)
class Subjects:
    """Sets of enterprises without overlap: `of` gives the set of each enterprise, -1 none."""

    kind: str
    ids: npt.NDArray[np.object_]
    of: Codes

    def name(self, chain: ValueChain, i: int) -> str:
        """Return the name of set `i`."""
        if self.ids[i] == WHOLE and self.kind == "region" and not len(chain.ids("regions")):
            return "the area of the dataset"
        table = {"owner": "enterprises", "cluster": "clusters", "region": "regions"}[self.kind]
        return chain.names(table)[self.ids[i]]


def by_owner(chain: ValueChain, owner: str | None = None) -> Subjects:
    """Return every ultimate owner with all that it controls, or one of them."""
    top = ultimate_owners(chain)
    if owner is not None:
        zones = management(chain, owner)
        return Subjects("owner", np.array(zones.ids, dtype=object), zone_of_enterprises(chain, zones))
    used, of = np.unique(top, return_inverse=True)
    return Subjects("owner", chain.ids("enterprises")[used], of.astype(np.int64))


def by_cluster(chain: ValueChain, cluster: str | None = None) -> list[Subjects]:
    """Return each cluster that has enterprises; clusters may overlap, so each stands for itself."""
    rows = chain.facts("cluster_members")
    head = chain.codes("clusters", rows["cluster_id"])
    plant = chain.codes("enterprises", rows["member_id"])
    part = chain.codes("clusters", rows["member_id"])
    ids = chain.ids("clusters")
    found = []
    for code in range(len(ids)) if cluster is None else chain.codes("clusters", [cluster]):
        inside = np.arange(len(ids)) == code
        while (part[inside[head] & (part >= 0)].size) and not inside[part[inside[head] & (part >= 0)]].all():
            inside[part[inside[head] & (part >= 0)]] = True
        of = np.full(len(chain.ids("enterprises")), -1)
        of[plant[inside[head] & (plant >= 0)]] = 0
        if (of >= 0).any():
            found.append(Subjects("cluster", ids[[code]], of))
    return found


def by_region(chain: ValueChain, region: str | None = None, level: str | None = None) -> Subjects:
    """Return one region, or every region of a level; by default the home region."""
    zones = territory(chain, region, level)
    return Subjects("region", np.array(zones.ids, dtype=object), zone_of_enterprises(chain, zones))


def ownerless(chain: ValueChain) -> Mask:
    """Return which enterprises count as owners of their own for want of a record.

    No row of `ownership` names them, as owned or as owner, and the data does not claim to hold all owners where
    they stand.
    """

    def build() -> Mask:
        rows = chain.facts("ownership")
        named = np.append(*(chain.codes("enterprises", rows[end]) for end in ("owner_id", "owned_id")))
        ids, home = chain.ids("regions"), region_codes(chain)
        told = [claims_complete(chain, str(region), "ownership", "") for region in ids]
        found = ~np.array([*told, False], dtype=bool)[home]
        found[named[named >= 0]] = False
        return np.asarray(found)

    return chain.once(("ownerless",), build)


def owner_caveat(chain: ValueChain) -> list[str]:
    """Return a sentence on the enterprises without an owner on record, if there are any."""
    found = ownerless(chain)
    count, every = int(found.sum()), len(found)
    if not count:
        return []
    have, owners = ("has", "an owner") if count == 1 else ("have", "owners")
    count_as = f"{count} of {every} enterprises {have} no owner on record and count{'s' * (count == 1)}"
    return [
        f"{count_as} as {owners} of {'its' if count == 1 else 'their'} own; figures of what goes to another owner, "
        "or stays within one, rest on that."
    ]


def tonnes(chain: ValueChain) -> Floats:
    """Return what one unit of each product weighs in tonnes; NaN where it is not counted by weight."""

    def build() -> Floats:
        coded = chain.arrow("products")["unit"].combine_chunks().dictionary_encode()
        factors = np.array([_tonnes(unit) for unit in coded.dictionary.to_pylist()] + [1.0])
        at = np.asarray(coded.indices.fill_null(len(factors) - 1).to_numpy(zero_copy_only=False))
        return np.asarray(factors[at], dtype=float)

    return chain.once(("tonnes",), build)


def _tonnes(unit: str) -> float:
    try:
        return factor(unit, "t")
    except UnitError:
        return float("nan")


def flows_complete(chain: ValueChain, regions: tuple[str | None, ...], products: Codes) -> bool:
    """Return whether the data claims to hold all flows of each of `products` in each of `regions`."""
    declared = chain.once(
        ("flows declared",), lambda: any(r["what"] == "flows" for r in chain.facts("coverage").to_pylist())
    )
    names = chain.ids("products")[products]
    return bool(declared and len(names) and regions) and all(
        claims_complete(chain, region, "flows", str(name)) for region in regions for name in names
    )


def cited(
    chain: ValueChain, year: int, members: Codes, products: Codes, table: str, most: int
) -> tuple[Evidence, ...]:
    """Return at most `most` rows of `table` about `products` that name one of the enterprises `members`."""
    found = facts(chain, table, year)
    ends = chain.once(("cited", table, year), lambda: _ends(chain, table, found.rows))
    at = found.by_product.of(products)
    named = np.any([np.isin(end[at], members) for end in ends], axis=0) if len(at) else np.zeros(0, bool)
    units = chain.once(("units",), lambda: _units(chain))
    shown = found.pick(np.sort(at[named])[:most])
    if table == "flows":
        return tuple(cite_flow(row, units[row["product_id"]]) for row in shown)
    return tuple(cite(table, row, "output", units[row["product_id"]]) for row in shown)


def _units(chain: ValueChain) -> dict[str, str]:
    given = chain.arrow("products")["unit"].to_pylist()
    return {p: unit or "" for p, unit in zip(chain.ids("products"), given, strict=True)}


def _ends(chain: ValueChain, table: str, rows: pa.Table) -> list[Codes]:
    """Return the enterprises that fact rows name, column by column."""
    columns = [c.name for c in TABLES[table] if "enterprises" in c.refers]
    return [chain.codes("enterprises", rows[c]) for c in columns]
