"""`valuechain report DATASET -o DIR`: every question on one page, tables beside it."""

from pathlib import Path

import click

from api.options import dataset, lenient


@click.command("report")
@dataset
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write to."
)
@lenient
def command(dataset: str, output: Path, lenient: bool) -> None:
    """Answer every question: report.html with pictures, and one CSV table per question beside it.

    The page is one file without outside requests: it opens offline, prints, and can be sent by mail.

    \b
    valuechain report pavlodar -o out/
    """
    from api.report import write_report
    from loaders import load

    chain = load(dataset, lenient=lenient)
    with click.progressbar(
        length=1, label="Report", file=click.get_text_stream("stderr"), show_eta=False
    ) as bar:

        def progress(done: int, steps: int) -> None:
            bar.length = steps
            bar.update(done - bar.pos)

        page = write_report(chain, output, progress)
    click.echo(str(page))
