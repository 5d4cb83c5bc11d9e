"""Audits: do the figures of a dataset agree with each other and with the recipes?

Each audit gives findings with a verdict, good ones too, so that a reader sees what was checked. An
audit never changes or drops a figure. Mass balance has its own module, `valuechain.mass_balance`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from graph_schema.cells.text import Names, spellings
from valuechain.answer import figure
from valuechain.arrays import of_year
from valuechain.evidence import Evidence, cite
from valuechain.model import ValueChain, best_rows
from valuechain.rounding import Range, rounding

FULL = 1.05
"""Output above this multiple of capacity is doubted."""

SLIP = (500.0, 2000.0)
"""Two figures that should be alike and differ by a factor in this range look like a unit slip of 1,000."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict of one audit on one subject, in a sentence, with the figures and products it speaks of."""

    code: str
    verdict: str
    subject: str
    message: str
    figures: tuple[Evidence, ...] = ()
    products: tuple[str, ...] = ()


DOUBTS = ("balance.capacity", "balance.mass", "balance.sold", "share.sum", "share.quantity")
"""Codes that throw doubt on the amounts of a product, so that no answer about it may be called exact."""


def audits(chain: ValueChain, year: int | None = None) -> tuple[Finding, ...]:
    """Return every finding for `year` (default: the dataset's base year), warnings first."""
    when = year if year is not None else (chain.year or (chain.years[-1] if chain.years else None))
    return chain.once(("audits", when), lambda: _audits(chain, when))


def doubts(chain: ValueChain, year: int) -> dict[str, Finding]:
    """Return for each product whose amounts an audit doubts the first such finding."""
    found = [f for f in audits(chain, year) if f.verdict == "warning" and f.code in DOUBTS]
    return {product: f for f in reversed(found) for product in f.products}


MOST_AUDITED = 200_000
"""Rows of production and flows up to which a dataset is audited; a larger one is said not to be."""


def _audits(chain: ValueChain, when: int | None) -> tuple[Finding, ...]:
    rows = sum(chain.own_table(name).num_rows for name in ("production", "flows"))
    if rows > MOST_AUDITED:
        message = f"{rows:,} rows are too many to audit: these figures were not checked against each other."
        return (Finding("audit.size", "warning", chain.dataset.id, message),)
    from valuechain.mass_balance import mass_balance

    found = [*_owned_shares(chain), *_owner_circles(chain), *_conflicts(chain), *_unknown_to_recipes(chain)]
    if when is not None:
        found += [*_capacity(chain, when), *_sold(chain, when), *mass_balance(chain, when)]
    return tuple(sorted(found, key=lambda f: (f.verdict != "warning", f.code, f.subject)))


def slip(one: float, other: float) -> str:
    """Return a hint where two figures that should be alike differ by about a thousand."""
    low, high = sorted((abs(one), abs(other)))
    if low > 0 and SLIP[0] <= high / low <= SLIP[1]:
        return " The factor is about 1,000: is a unit wrong (t for kt, or the other way)?"
    return ""


def _grouped(
    rows: list[dict[str, Any]], *keys: str
) -> Iterator[tuple[tuple[Any, ...], list[dict[str, Any]]]]:
    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[k] for k in keys)

    for value, group in groupby(sorted(rows, key=key), key):
        yield value, list(group)


def _warn(
    code: str, subject: str, message: str, rows: list[dict[str, Any]], table: str, column: str
) -> Finding:
    products = tuple(sorted({r["product_id"] for r in rows if "product_id" in r}))
    return Finding(code, "warning", subject, message, tuple(cite(table, r, column) for r in rows), products)


def _owned_shares(chain: ValueChain) -> Iterator[Finding]:
    rows = [r for r in chain.facts("ownership").to_pylist() if r["share"] is not None]
    for (owned,), group in _grouped(rows, "owned_id"):
        total = sum(r["share"] for r in group)
        if total > 1 + sum(rounding(r["share"]) for r in group):
            who = ", ".join(f"{r['owner_id']} {r['share']:g}" for r in group)
            yield _warn(
                "share.sum", owned, f"The shares of {owned} add up to {total:g}: {who}. Shares are parts of 1.",
                group, "ownership", "share",
            )  # fmt: skip


def _owner_circles(chain: ValueChain) -> Iterator[Finding]:
    rows = chain.facts("ownership").to_pylist()
    owners: dict[str, set[str]] = {}
    for row in rows:
        owners.setdefault(row["owned_id"], set()).add(row["owner_id"])
    told: set[frozenset[str]] = set()
    for start in sorted(owners):
        path = _circle(owners, start)
        if path and frozenset(path) not in told:
            told.add(frozenset(path))
            ring = [r for r in rows if r["owner_id"] in path and r["owned_id"] in path]
            words = " <- ".join([*path, path[0]])
            yield _warn("owner.circle", start, f"Owners in a circle: {words}.", ring, "ownership", "share")


def _circle(owners: dict[str, set[str]], start: str) -> list[str]:
    """Return a shortest circle of owners through `start`, or nothing."""
    seen, front = {start}, [[start]]
    while front:
        grown = []
        for path in front:
            for owner in sorted(owners.get(path[-1], ())):
                if owner == start:
                    return path
                if owner not in seen:
                    seen.add(owner)
                    grown.append([*path, owner])
        front = grown
    return []


def _conflicts(chain: ValueChain) -> Iterator[Finding]:
    for table in ("production", "flows", "ownership", "prices", "indicators"):
        for rows in best_rows(chain, table)[1]:
            column = next(c for c in _FIGURES[table] if len({r[c] for r in rows if r[c] is not None}) > 1)
            told = ", ".join(
                f"{figure(r[column])} ({r['source_id'] or 'no source'})"
                for r in rows
                if r[column] is not None
            )
            subject = cite(table, rows[0], column).row
            yield _warn(
                "fact.conflict", f"{table}: {subject}",
                f"Sources disagree on {column} of {subject}: {told}. The first is used: better grade, then newer.",
                rows, table, column,
            )  # fmt: skip


_FIGURES = {
    "production": ("output", "capacity"),
    "flows": ("quantity", "share", "value"),
    "ownership": ("share",),
    "prices": ("price",),
    "indicators": ("value",),
}


def _capacity(chain: ValueChain, year: int) -> Iterator[Finding]:
    for row in of_year(chain.facts("production"), year).to_pylist():
        output, capacity = row["output"], row["capacity"]
        if output is None or capacity is None or output <= capacity * FULL + rounding(output):
            continue
        subject = f"{row['enterprise_id']} · {row['product_id']}"
        message = (
            f"{row['enterprise_id']} makes {figure(output)} {row['unit']} of {row['product_id']}, more than its "
            f"capacity of {figure(capacity)}.{slip(output, capacity)}"
        )
        figures = (cite("production", row, "output"), cite("production", row, "capacity"))
        yield Finding("balance.capacity", "warning", subject, message, figures, (row["product_id"],))


def _sold(chain: ValueChain, year: int) -> Iterator[Finding]:
    """Compare what an enterprise sells of a product with what it makes and buys of it."""
    flows = of_year(chain.facts("flows"), year).to_pylist()
    made = of_year(chain.facts("production"), year).to_pylist()
    output = {k: [r["output"] for r in g] for k, g in _grouped(made, "enterprise_id", "product_id")}
    bought = {k: [r["quantity"] for r in g] for k, g in _grouped(flows, "to_id", "product_id")}
    for key, group in _grouped([f for f in flows if f["from_id"] != f["to_id"]], "from_id", "product_id"):
        subject = " · ".join(key)
        shares = [r["share"] for r in group if r["share"] is not None]
        if sum(shares) > 1 + sum(rounding(s) for s in shares):
            message = f"The shares of {key[1]} that {key[0]} sells add up to {sum(shares):g}. Shares are parts of 1."
            yield _warn("share.sum", subject, message, group, "flows", "share")
        yield from _share_against_quantity(key, group, output.get(key, []))
        had = output.get(key, []) + bought.get(key, [])
        sold = [r["quantity"] for r in group if r["quantity"] is not None]
        if key not in output or None in had:
            continue
        total, most = sum(sold), sum(had) + sum(rounding(v) for v in had) + sum(rounding(s) for s in sold)
        if total > most:
            message = (
                f"{key[0]} sells {figure(total)} {group[0]['unit']} of {key[1]} but makes and buys only "
                f"{figure(sum(had))}.{slip(total, sum(had))}"
            )
            yield _warn("balance.sold", subject, message, group, "flows", "quantity")


def _share_against_quantity(
    key: tuple[Any, ...], group: list[dict[str, Any]], output: list[float | None]
) -> Iterator[Finding]:
    """Compare a quantity with the share of output that the same row states."""
    if not output or None in output:
        return
    made = sum(x for x in output if x is not None)
    for row in group:
        if row["quantity"] is None or row["share"] is None:
            continue
        implied = Range.of(row["share"]) * Range.of(made)
        stated = Range.of(row["quantity"])
        if stated.low > implied.high or stated.high < implied.low:
            message = (
                f"{key[0]} sells {figure(row['quantity'])} {row['unit']} of {key[1]} to {row['to_id']}, but the row "
                f"also says {row['share']:g} of its output, {figure(implied.value)}. The quantity is used."
            )
            yield _warn("share.quantity", " · ".join(key), message, [row], "flows", "quantity")


_SPELLED = 4
"""Letters of a name that a lost product may be like: an abbreviation is like anything."""

_MOST_LOST = 12
"""Lost products that are named."""


def _unknown_to_recipes(chain: ValueChain) -> Iterator[Finding]:
    """Name the dataset's own products that no recipe makes or takes: nothing can be said of their links."""
    in_recipes = set(chain.arrow("process_flows")["product_id"].to_pylist())
    used = {p for t in ("production", "flows") for p in chain.own_table(t)["product_id"].to_pylist()}
    lost = sorted(used - in_recipes)
    if not in_recipes or not lost:
        return
    names: dict[str, str] = {}
    for row in chain.arrow("products").to_pylist():
        if row["product_id"] in in_recipes:
            spelled = (row["product_id"], *spellings(row))
            names |= {text.casefold(): row["product_id"] for text in spelled if len(text) >= _SPELLED}
    words, known = [], Names(names)
    for product in lost[:_MOST_LOST]:
        spelled = (product, *spellings(chain.row("products", product) or {}))
        close = {names[n]: None for text in spelled for n in known.nearest(text.casefold(), 2)}
        words.append(product + (f" (like {' or '.join(list(close)[:2])}?)" if close else ""))
    more = " ..." if len(lost) > _MOST_LOST else ""
    message = (
        f"No recipe makes or takes {', '.join(words)}{more}: their chains end here. "
        "Use the catalogue's id where it is the same product, or add process_flows."
    )
    yield Finding("product.no_recipe", "warning", ", ".join(lost[:5]), message, (), tuple(lost))
