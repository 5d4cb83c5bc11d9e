"""`valuechain simulate GAP_ID DATASET`: close one gap in a copy of the data and tell what changes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.options import as_json, dataset, lenient, load_once

if TYPE_CHECKING:
    from rich.console import Console

_COUNTED = ("closed", "opened", "grown")
_HEADINGS = {
    "closed": "Closed", "shrunk": "Smaller", "opened": "Newly open", "grown": "Larger",
    "now known": "Now known", "now unknown": "Now unknown", "changed": "Changed",
}  # fmt: skip


@click.command("simulate", short_help="Close a gap: what changes, what it opens.")
@click.argument("gaps", metavar="GAP_ID...", nargs=-1, required=True)
@dataset
@click.option(
    "--who", metavar="ENTERPRISE", multiple=True, help="Who closes it (default: a new maker there)."
)
@click.option(
    "--process",
    metavar="PROCESS",
    multiple=True,
    help="Route (default: one that runs there, else the one that lacks least).",
)
@click.option(
    "--capacity", metavar="N", multiple=True, help="Yearly output (default: what the whole gap makes)."
)
@click.option(
    "--coefficient",
    metavar="N",
    multiple=True,
    help="Gap's product taken per unit made (default: the recipe's).",
)
@click.option(
    "--yield",
    "yields",
    metavar="N",
    multiple=True,
    help="Units made per unit of the gap's product: 1 / coefficient.",
)
@click.option(
    "--price", metavar="N", multiple=True, help="Price per unit made (default: the dataset's price abroad)."
)
@click.option(
    "--of", metavar="QUESTION", multiple=True, help="Only the differences of this question (default: all)."
)
@click.option("--year", metavar="YEAR", help="Year of the figures (default: the base year).")
@as_json
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a file: .json .csv .xlsx .parquet .arrow .html .md.",
)
@lenient
def command(
    gaps: tuple[str, ...],
    dataset: str,
    lenient: bool,
    as_json: bool,
    output: Path | None,
    yields: tuple[str, ...],
    **given: Any,
) -> None:
    """Close a gap in a copy of the data and ask every question again. The dataset stays as it is.

    GAP_ID is a `gap_id` of missing-links: kind:zone:product. Give several, or an option several times, to see
    closings side by side, each on its own copy.

    \b
    valuechain simulate capacity_gap:pavlodar:alumina pavlodar
    valuechain simulate capacity_gap:pavlodar:alumina pavlodar --capacity 100000 --capacity 500000
    valuechain simulate missing_processing:pavlodar:primary-aluminium pavlodar --process AL16 --price 2500
    """
    from graph_schema import ParameterError
    from valuechain import question

    asked = {"gap": gaps} | {name: value for name, value in given.items() if value not in (None, ())}
    if yields:
        if "coefficient" in asked:
            raise ParameterError("yield", "is 1 / coefficient; give one of the two")
        parameter = question("simulate").parameter("coefficient")
        asked["coefficient"] = tuple(_inverse(parameter.parse(value)[0]) for value in yields)
    answer = question("simulate")(load_once(dataset, lenient), **asked)
    if as_json:
        from api.output import json_text

        click.echo(json_text(answer.as_dict()))
    if output:
        from api.output import write_answer

        write_answer(answer, output, [])
        click.echo(f"{len(answer)} rows written to {output}", err=True)
    if not as_json and not output:
        _show(answer)


def _inverse(value: float) -> float:
    from graph_schema import ParameterError

    if not value > 0:
        raise ParameterError("yield", f"{value:g} is no amount; it must be above zero")
    return 1.0 / value


def _show(answer: Any) -> None:
    from api.terminal import about, console, notes, wrapped

    out = console()
    closings: dict[str, list[Any]] = {}
    for row in answer:
        closings.setdefault(row.closing_id, []).append(row)
    if len(closings) > 1:
        _side_by_side(out, list(closings.values()))
    for i, rows in enumerate(closings.values(), start=1):
        _closing(out, rows, f"{i}. " if len(closings) > 1 else "")
    notes(out, "Read with care", answer.caveats)
    out.print()
    for line in about(answer):
        wrapped(out, line, style="dim")


def _side_by_side(out: "Console", closings: list[list[Any]]) -> None:
    from api.table import Column
    from api.terminal import show_columns
    from graph_schema import Quantity

    def column(heading: str, cells: list[str], *, right: bool = True) -> Column:
        return Column(heading, heading, tuple(cells), Quantity("", "") if right else None)

    built = [rows[0] for rows in closings]
    counted = [column(f"gaps {what}", [str(_gaps(rows, what)) for rows in closings]) for what in _COUNTED]
    show_columns(out, [
        column("closing", [f"{i + 1}." for i in range(len(built))], right=False),
        column("output", [_size(row.after, row.unit) for row in built]),
        column("stays", [_size(row.kept, row.kept_unit) for row in built]),
        column("gap left", [_left(rows) for rows in closings]),
        column("worth", [_size(row.value, row.currency) for row in built]),
        *counted,
    ])  # fmt: skip


def _left(rows: list[Any]) -> str:
    """Return what is left of the gap that was closed."""
    built = rows[0]
    gap = next((r for r in rows if r.question == "missing-links" and r.row_id == built.gap_id), None)
    if gap is None:
        return "unknown"
    return "none" if gap.what == "closed" else _size(gap.after, gap.unit)


def _worth(out: "Console", built: Any) -> None:
    from api.terminal import wrapped

    words = f"The new output is worth {_size(built.value, built.currency)} a year, gross"
    if built.net is not None:
        words += f"; less what is kept for it, {_size(built.net, built.currency)}"
    wrapped(out, f"{words}.", indent="  ")


def _gaps(rows: list[Any], what: str) -> int:
    return sum(r.what == what and r.question == "missing-links" for r in rows)


def _size(value: float | None, unit: str) -> str:
    from valuechain.answer import figure

    return f"{figure(value)} {unit}".rstrip() if value is not None else "unknown"


def _closing(out: "Console", rows: list[Any], number: str) -> None:
    """Print one closing: what is built, what happens to the gaps, and how many other answers differ."""
    from api.terminal import wrapped

    built = rows[0]
    out.print()
    wrapped(out, f"{number}{built.gap_id} ({built.closing_id})", style="bold")
    wrapped(out, built.reason, indent="  ")
    if built.value is not None:
        _worth(out, built)
    gaps = [row for row in rows if row.question == "missing-links"]
    for what, heading in _HEADINGS.items():
        _listed(out, heading, [row for row in gaps if row.what == what])
    others = [row for row in rows[1:] if row.question != "missing-links"]
    if not gaps:
        _listed(out, "Other answers", others)
    elif others:
        names = list(dict.fromkeys(row.question for row in others))
        counts = ", ".join(f"{sum(row.question == name for row in others)} of {name}" for name in names)
        wrapped(
            out, f"Other rows that differ: {counts} (--of {names[0]} shows them).", indent="  ", style="dim"
        )


def _listed(out: "Console", heading: str, rows: list[Any]) -> None:
    from api.terminal import wrapped

    if rows:
        out.print(f"  {heading}")
    for row in rows:
        wrapped(out, row.reason, indent="    ", first="- ")
