"""Mass balance against the recipes: is what stays what the local processes need?

For an enterprise, and for a region, and one product: kept = output + purchases - sales, set against the
need of the processes it runs for their output. Tolerance is the rounding of the figures, carried through
as an interval (`valuechain.rounding`), and 3 % on the coefficient. Less kept than needed is a warning, and
so is more kept than needed where purchases or sales of the product are recorded; where none are, an
unrecorded sale is the likelier cause and nothing is said. Where any of the figures is unknown nothing is said.

The check takes one step of one product at a time; transfers between the members of a group cancel out.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from valuechain.accounts import Accounts, accounts
from valuechain.answer import figure
from valuechain.arrays import grouped
from valuechain.audits import Finding, slip
from valuechain.evidence import Evidence, cite, cite_flow, facts_of
from valuechain.gaps.routes import taking
from valuechain.model import Codes, ValueChain
from valuechain.places import region_codes
from valuechain.rounding import ONE, ZERO, Range

RECIPE_TOLERANCE = 0.03


@dataclass(frozen=True, slots=True)
class _Case:
    """One product in one group of enterprises: rows that say what is kept, and needs that use it."""

    group: str
    members: frozenset[str]
    product: str
    needs: Codes


@dataclass(frozen=True, slots=True)
class _Handled:
    """What is recorded of one product at one enterprise: what it makes, and its deliveries by their place."""

    made: list[dict[str, Any]]
    moved: dict[int, dict[str, Any]]


def mass_balance(chain: ValueChain, year: int) -> Iterator[Finding]:
    """Yield a finding for each (enterprise or region, product) whose figures allow a comparison."""
    books = accounts(chain, year)
    enterprises, regions = chain.ids("enterprises"), chain.ids("regions")
    home = region_codes(chain)
    seen: set[tuple[frozenset[str], str]] = set()
    for case in (
        *_cases(chain, books, np.arange(len(enterprises)), enterprises),
        *_cases(chain, books, home, regions),
    ):
        handlers = frozenset(case.members & _handled(chain, case.product, year).keys())
        if (handlers, case.product) in seen:
            continue
        seen.add((handlers, case.product))
        finding = _compared(chain, books, case, year)
        if finding is not None:
            yield finding


def _handled(chain: ValueChain, product: str, year: int) -> dict[str, _Handled]:
    """Return who makes, buys or sells the product, with the rows that say so: read once for all cases."""

    def read() -> dict[str, _Handled]:
        found: dict[str, _Handled] = defaultdict(lambda: _Handled([], {}))
        for row in facts_of(chain, "production", product, year):
            found[row["enterprise_id"]].made.append(row)
        for place, row in enumerate(facts_of(chain, "flows", product, year)):
            for end in (row["from_id"], row["to_id"]):
                found[end].moved[place] = row
        return dict(found)

    return chain.once(("handled", product, year), read)


def _cases(chain: ValueChain, books: Accounts, group_of: Codes, names: Any) -> Iterator[_Case]:
    """Yield a case for each (group, product) that is certainly needed in a known amount."""
    needs, plants = books.needs, books.plants
    n, ids = len(chain.ids("products")), chain.ids("enterprises")
    group = group_of[plants.enterprise[needs.row]]
    sure = np.flatnonzero(needs.certain & (group >= 0))
    key = group[sure] * n + needs.product[sure]
    order = np.argsort(key, kind="stable")
    unique, start = np.unique(key[order], return_index=True)
    of_group = grouped(group_of, len(names))
    for k, rows in zip(unique, np.split(sure[order], start[1:]) if len(unique) else [], strict=True):
        if not np.isnan(needs.low[rows]).any():
            members = frozenset(str(e) for e in ids[of_group.of(np.array([k // n]))])
            yield _Case(str(names[k // n]), members, str(chain.ids("products")[k % n]), rows)


def _compared(chain: ValueChain, books: Accounts, case: _Case, year: int) -> Finding | None:
    handled = _handled(chain, case.product, year)
    mine = [handled[one] for one in sorted(case.members & handled.keys())]
    made = [row for one in mine for row in one.made]
    touching = {place: row for one in mine for place, row in one.moved.items()}
    moved = [
        row
        for _, row in sorted(touching.items(), key=lambda pair: pair[0])
        if (row["from_id"] in case.members) != (row["to_id"] in case.members)
    ]
    kept = _kept(made, moved, case.members)
    needs, plants = books.needs, books.plants
    outputs = plants.output[needs.row[case.needs]]
    if kept is None or not outputs.sum() > 0:
        return None
    low, high = needs.low[case.needs].sum(), needs.high[case.needs].sum()
    users = sorted({str(chain.ids("products")[p]) for p in plants.product[needs.row[case.needs]]})
    made_of_it = sum((Range.of(float(x)) for x in outputs), ZERO)
    per_unit = kept / made_of_it
    recipe = (low / made_of_it.value, high / made_of_it.value)
    too_much = per_unit.low > recipe[1] * (1 + RECIPE_TOLERANCE)
    if too_much and not moved:
        return None
    agree = per_unit.high >= recipe[0] * (1 - RECIPE_TOLERANCE) and not too_much
    figures = _figures(chain, books, case, made, moved, year)
    return _told(chain, case, kept, per_unit, recipe, users, figures, agree=agree)


def _kept(made: list[dict[str, Any]], moved: list[dict[str, Any]], members: frozenset[str]) -> Range | None:
    """Return output + purchases - sales with its rounding; None where a figure is unknown or none is given."""
    if (not made and not moved) or any(r["output"] is None for r in made):
        return None
    kept = ZERO
    for row in made:
        shares = [r["share"] for r in moved if r["from_id"] == row["enterprise_id"] and r["quantity"] is None]
        if None in shares:
            return None
        stays = ONE
        for share in shares:
            stays = stays - Range.of(share)
        kept = kept + Range.of(row["output"]) * stays
    makers = {r["enterprise_id"] for r in made}
    for row in moved:
        if row["quantity"] is None and (row["from_id"] not in makers or row["share"] is None):
            return None
        if row["quantity"] is not None:
            amount = Range.of(row["quantity"])
            kept = kept - amount if row["from_id"] in members else kept + amount
    return kept


def _told(
    chain: ValueChain,
    case: _Case,
    kept: Range,
    per_unit: Range,
    recipe: tuple[float, float],
    users: list[str],
    figures: tuple[Evidence, ...],
    *,
    agree: bool,
) -> Finding:
    names = chain.names("products")
    unit = (chain.row("products", case.product) or {})["unit"]
    where = chain.names("enterprises").get(case.group) or chain.names("regions")[case.group]
    span = f"{recipe[0]:.3g}" + (f" to {recipe[1]:.3g}" if recipe[1] > recipe[0] * 1.001 else "")
    sentence = (
        f"{where} keeps {figure(kept.value)} {unit} of {names[case.product]}: {per_unit.value:.3g} per unit of "
        f"{', '.join(names[u] for u in users)} ({per_unit.low:.3g} to {per_unit.high:.3g} with the rounding of the "
        f"figures); the recipe says {span}, give or take 3 %"
    )
    subject = f"{case.group} · {case.product}"
    if agree:
        return Finding("balance.mass", "ok", subject, f"{sentence}: they agree.", figures, (case.product,))
    doubt = "; ".join(
        f"{e.column} of {e.row} ({figure(e.value)} {e.unit})" for e in figures if e.table != "process_flows"
    )
    hint = slip(per_unit.value, recipe[0])
    return Finding(
        "balance.mass",
        "warning",
        subject,
        f"{sentence}: they disagree. Doubt {doubt}.{hint}",
        figures,
        (case.product,),
    )


def _figures(
    chain: ValueChain,
    books: Accounts,
    case: _Case,
    made: list[dict[str, Any]],
    moved: list[dict[str, Any]],
    year: int,
) -> tuple[Evidence, ...]:
    needs, plants = books.needs, books.plants
    rows = needs.row[case.needs]
    run = {str(p) for i in rows for p in chain.ids("processes")[plants.processes(int(i))]}
    ends = {
        (str(chain.ids("enterprises")[plants.enterprise[i]]), str(chain.ids("products")[plants.product[i]]))
        for i in rows
    }
    found = [cite("production", r, "output") for r in made]
    found += [cite_flow(r, "") for r in moved]
    for who, product in sorted(ends):
        makers = _handled(chain, product, year)
        found += [cite("production", r, "output") for r in makers[who].made] if who in makers else []
    recipe_rows = [r for r in facts_of(chain, "process_flows", case.product) if r["role"] == "feedstock"]
    wanted = run & set(taking(chain, case.product))
    found += [cite("process_flows", r, "quantity") for r in recipe_rows if r["process_id"] in wanted]
    return tuple(found)
