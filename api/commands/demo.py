"""`valuechain demo`: the bundled Pavlodar dataset, from check to the next step.

Every figure comes from an analysis; none is typed in here.
"""

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

DATASET = "pavlodar"
NEXT = (
    ("valuechain report pavlodar -o out/", "every question on one page, with pictures"),
    ("valuechain questions", "what else can be asked"),
    ("valuechain serve pavlodar", "the same in a browser, and as an HTTP API"),
    ("valuechain template mydata/", "empty tables for your own region"),
)


@click.command("demo", short_help="See it work on a bundled dataset.")
def command() -> None:
    """Show a bundled dataset from check to answer: the Pavlodar region, as a paper states it."""
    from api.light import without_pandas
    from api.terminal import console
    from loaders import check
    from valuechain import questions

    without_pandas()
    report, out, ask = check(DATASET), console(), questions()
    chain: Any = report.chain
    gaps = ask["missing-links"](chain)
    out.print(report.dataset.title, style="bold")
    out.print(f"dataset {DATASET} · {gaps.dataset['fingerprint']} · year {gaps.dataset['year']}", style="dim")
    _check(out, report)
    _heading(out, "What is missing?")
    _gaps(out, chain, gaps)
    _heading(out, "How far is it processed here?")
    _depth(out, ask["processing-depth"](chain))
    _heading(out, "Missing here, or only from the same owner elsewhere?")
    _boundaries(out, gaps, ask["missing-links"](chain, boundary="owner"))
    _heading(out, "Why does it leave?")
    _prices(out, gaps)
    _heading(out, "Is the development horizontal only?")
    _verdicts(out, ask["integration"](chain))
    _heading(out, "What if the largest gap is closed?")
    _closing(out, ask["simulate"](chain, of=("missing-links",)))
    _heading(out, "Where to look next")
    for line, words in NEXT:
        out.print(f"  {line:<37}{words}")


def _heading(out: "Console", words: str) -> None:
    out.print()
    out.print(words, style="bold")


def _check(out: "Console", report: Any) -> None:
    from api.problems import counted, mark, show_audits
    from valuechain.audits import audits

    _heading(out, "Is the data sound?")
    read, loaded = (sum(getattr(c, n) for c in report.counts) for n in ("read", "loaded"))
    said = f"{counted(read, 'row')} in {counted(len(report.counts), 'table')} read, {loaded} loaded"
    verdict = "warning" if report.problems else "ok"
    mark(out, verdict, f"{said}, {counted(len(report.problems), 'problem')}.")
    show_audits(out, audits(report.chain))


def _gaps(out: "Console", chain: Any, gaps: Any) -> None:
    from dataclasses import replace

    from api.table import Column, readable
    from api.terminal import show_columns
    from api.words import in_reading_order

    told = replace(gaps, rows=tuple(in_reading_order(chain, gaps)))
    known = [g for g in told if g.quantity is not None]
    closers = Column("closed", "", tuple(_closers(chain, g) for g in told), None)
    show_columns(out, readable(told, ("product_name", "kind", "quantity", "share")), under=closers)
    out.print()
    out.print(
        f"{len(known)} of {len(gaps)} gaps have a known size; an unknown is never counted as zero.",
        style="dim",
    )


def _closers(chain: Any, gap: Any) -> str:
    """Say in a line who could close a gap of known size, and how."""
    from api.words import SAME_OWNER, listed, same_owner

    if gap.quantity is None:
        verb = "arises" if gap.kind == "unused_by_product" else "needed"
        return f"conditional: {verb} only on some of the possible routes" if gap.conditional else ""
    who = listed([o.name for o in gap.closing_options]) or "nobody in the data has grounds to"
    how = listed([str(route) for route in gap.routes])
    mark = f"{SAME_OWNER}; " if same_owner(chain, gap) else ""
    return f"{mark}who could close it: {who}" + (f"; how: {how}" if how else "")


def _depth(out: "Console", depth: Any) -> None:
    from api.terminal import wrapped
    from api.words import explained

    known = [row for row in depth if row.conversion is not None]
    for row in known:
        wrapped(out, row.reason, indent="  ")
    for word, meaning in explained(row.reason for row in known):
        wrapped(out, f"{word}: {meaning}.", indent="  ", style="dim")
    wrapped(
        out,
        f"{len(depth) - len(known)} other products have no rate: their amounts are not recorded.",
        indent="  ",
        style="dim",
    )


def _boundaries(out: "Console", by_place: Any, by_owner: Any) -> None:
    """Say of each known shortage here whether it is one within the group of owners too."""
    from api.table import sized
    from api.terminal import wrapped

    among_owners = {(row.product_id, row.kind): row for row in by_owner}
    for row in by_place:
        if row.kind != "missing_input" or row.quantity is None:
            continue
        here = sized(row.quantity, row.unit, row.bound)
        wrapped(out, f"{row.product_name}, by territory: {here} missing", indent="  ")
        same = among_owners.get((row.product_id, row.kind))
        found = "no gap" if same is None else f"{sized(same.quantity, same.unit, same.bound)} missing"
        wrapped(out, f"{row.product_name}, by owner: {found}", indent="  ")
        wrapped(out, row.reason, indent="    ", style="dim")


def _prices(out: "Console", gaps: Any) -> None:
    from api.terminal import wrapped

    for row in gaps:
        if any(fact.table == "prices" for fact in row.evidence) and row.kind == "price_leakage":
            wrapped(out, row.reason, indent="  ")


def _verdicts(out: "Console", found: Any) -> None:
    """Say of the owners, clusters and the region what the figures decide."""
    from api.terminal import wrapped

    told = [row for row in found if "unknown" not in (row.papers, row.textbook)]
    for row in told:
        wrapped(out, row.reason, indent="  ")
    if len(found) > len(told):
        words = f"{len(found) - len(told)} others are left open: too little of their flows is recorded."
        wrapped(out, words, indent="  ", style="dim")


def _closing(out: "Console", effects: Any) -> None:
    from api.terminal import wrapped

    for i, row in enumerate(effects):
        wrapped(out, row.reason, indent="  " if not i else "    ", first="" if not i else "- ")
