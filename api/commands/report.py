"""`valuechain report DATASET -o DIR`: every question on one page, tables beside it."""

from pathlib import Path

import click

from api.options import dataset, lenient, load_once
from api.targets import force, refuse_occupied


@click.command("report", short_help="Every question on one page, with pictures and tables.")
@dataset
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to.",
)
@force
@lenient
def command(dataset: str, output: Path, force: bool, lenient: bool) -> None:
    """Answer every question: report.html with pictures, and one CSV table per question beside it.

    The page is one file without outside requests: it opens offline, prints, and can be sent by mail. A
    folder that holds something is not written to unless --force is given.

    \b
    valuechain report pavlodar -o out/
    """
    from rich.progress import Progress

    from api.report import write_report
    from api.terminal import console

    refuse_occupied(output, force, lost="files of the same names are replaced, others stay")
    chain, err = load_once(dataset, lenient), console(err=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("Report", total=None)
        page = write_report(chain, output, lambda done, steps: bar.update(task, completed=done, total=steps))
    click.echo(str(page))
