"""`valuechain ask QUESTION DATASET`: one analysis, as a table, JSON or a file.

The questions are subcommands made from the registry when they are asked for, options included.
"""

from pathlib import Path
from typing import Any

import click

from api.errors import GAPS_FOUND
from api.options import load_once, option_of


class Questions(click.Group):
    """A group whose commands are the questions of the registry."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the questions."""
        from valuechain import questions

        return list(questions())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
        """Return the command of one question; `NotFoundError` with the nearest names if there is none."""
        from valuechain import question

        return _command(question(cmd_name))


@click.group(
    cls=Questions,
    subcommand_metavar="QUESTION DATASET [OPTIONS]",
    short_help="One question: a table, JSON, or a file.",
)
def command() -> None:
    """Ask one question of a dataset.

    \b
    valuechain ask missing-links pavlodar
    valuechain ask missing-links mydata/ --region almaty --kind capacity_gap --kind unconnected
    valuechain ask missing-links mydata/ --output gaps.xlsx
    valuechain ask missing-links --help            the options of one question

    --output takes .json .csv .xlsx .parquet .arrow .html or .md.
    """


def _command(analysis: Any) -> click.Command:
    fixed: list[click.Parameter] = [
        click.Argument(["dataset"]),
        click.Option(["--json", "as_json"], is_flag=True, help="One JSON document, as over HTTP."),
        click.Option(
            ["-o", "--output"],
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write a file: .json .csv .xlsx .parquet .arrow .html .md.",
        ),
        click.Option(["--limit"], metavar="N", help="At most N rows, 1 to 1000."),
        click.Option(["--cursor"], metavar="TEXT", help='Go on where "next" of a JSON page points.'),
        click.Option(["--columns"], metavar="A,B", default="", help="Only these columns, in this order."),
        click.Option(["--lenient"], is_flag=True, help="Set bad rows aside and go on without them."),
        click.Option(["--fail-on-gaps"], is_flag=True, help="End with exit code 3 if there are rows."),
    ]

    def run(dataset: str, **given: Any) -> None:
        _ask(analysis, dataset, **given)

    own: list[click.Parameter] = [option_of(p) for p in analysis.parameters]
    return click.Command(
        analysis.name,
        params=fixed[:1] + own + fixed[1:],
        callback=run,
        help=_help(analysis.description),
        short_help=analysis.question,
    )


def _help(description: str) -> str:
    """Return a description for click: examples keep their lines (a mark of click's own)."""
    parts = description.split("\n\n")
    return "\n\n".join(f"\b\n{part}" if part.startswith(">>>") else part for part in parts)


def _ask(analysis: Any, dataset: str, **given: Any) -> None:
    from api.paging import page, parse_limit
    from api.table import checked

    fixed = {
        n: given.pop(n)
        for n in ("as_json", "output", "limit", "cursor", "columns", "lenient", "fail_on_gaps")
    }
    parse_limit(fixed["limit"])
    asked = {name: value for name, value in given.items() if value not in (None, ())}
    for name in asked:
        if analysis.parameter(name).is_dataset:
            asked[name] = load_once(asked[name], fixed["lenient"])
    answer = analysis(load_once(dataset, fixed["lenient"]), **asked)
    names = checked(answer, [n.strip() for n in fixed["columns"].split(",") if n.strip()])
    _give(
        page(answer, fixed["limit"], fixed["cursor"]), len(answer), names, fixed["as_json"], fixed["output"]
    )
    if fixed["fail_on_gaps"] and len(answer):
        click.get_current_context().exit(GAPS_FOUND)


def _give(found: Any, rows: int, names: list[str], as_json: bool, output: Path | None) -> None:
    if as_json:
        from api.output import json_text, narrowed

        click.echo(json_text(narrowed(found.as_dict(), names)))
    if output:
        from api.output import write_answer

        write_answer(found.answer, output, names)
        click.echo(f"{len(found.answer)} rows written to {output}", err=True)
    if not as_json and not output:
        from api.terminal import show_answer

        show_answer(found.answer, names, rows)
