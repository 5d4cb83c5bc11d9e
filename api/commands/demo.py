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
    _gaps(out, gaps)
    _heading(out, "How far is it processed here?")
    _depth(out, ask["processing-depth"](chain))
    _heading(out, "Missing here, or only from the same owner elsewhere?")
    _boundaries(out, gaps, ask["missing-links"](chain, boundary="owner"))
    _heading(out, "Why does it leave?")
    _prices(out, gaps)
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


def _gaps(out: "Console", gaps: Any) -> None:
    from api.terminal import show_rows

    known = [g for g in gaps if g.quantity is not None]
    show_rows(out, gaps, ("product_name", "kind", "quantity", "bound", "share"), prose=False)
    out.print()
    out.print(
        f"{len(known)} of {len(gaps)} gaps have a known size; an unknown is never counted as zero.",
        style="dim",
    )


def _depth(out: "Console", depth: Any) -> None:
    from api.terminal import wrapped

    known = [row for row in depth if row.conversion is not None]
    for row in known:
        wrapped(out, row.reason, indent="  ")
    wrapped(
        out,
        f"{len(depth) - len(known)} other products have no rate: their amounts are not recorded.",
        indent="  ",
        style="dim",
    )


def _boundaries(out: "Console", by_place: Any, by_owner: Any) -> None:
    """Say of each known shortage here whether it is one within the group of owners too."""
    from api.table import amount, spoken
    from api.terminal import wrapped

    among_owners = {(row.product_id, row.kind): row for row in by_owner}
    for row in by_place:
        if row.kind != "missing_input" or row.quantity is None:
            continue
        bound = "" if row.bound == "exact" else f" ({spoken(row.bound)})"
        wrapped(
            out,
            f"{row.product_name}, by territory: {amount(row.quantity, row.unit)} missing{bound}",
            indent="  ",
        )
        same = among_owners.get((row.product_id, row.kind))
        found = "no gap" if same is None else f"{amount(same.quantity, same.unit)} missing"
        wrapped(out, f"{row.product_name}, by owner: {found}", indent="  ")
        wrapped(out, row.reason, indent="    ", style="dim")


def _prices(out: "Console", gaps: Any) -> None:
    from api.terminal import wrapped

    for row in gaps:
        if any(fact.table == "prices" for fact in row.evidence) and row.kind == "price_leakage":
            wrapped(out, row.reason, indent="  ")
