"""`valuechain export DATASET -o TARGET`: the same dataset in another format."""

import click

from api.options import dataset, lenient, load_once


@click.command("export", short_help="The same dataset as CSV, Excel or Parquet.")
@dataset
@click.option("-o", "--output", "target", required=True, help="A folder, or a file ending in .xlsx.")
@click.option(
    "--to",
    "form",
    type=click.Choice(["csv", "xlsx", "parquet"]),
    help="Format (default: by the target's name).",
)
@lenient
def command(dataset: str, target: str, form: str | None, lenient: bool) -> None:
    """Write a dataset's own rows as a CSV folder, an .xlsx workbook or a Parquet folder.

    \b
    valuechain export mydata.xlsx -o mydata/
    valuechain export mydata/ -o mydata.xlsx
    valuechain export mydata/ -o fast/ --to parquet
    """
    from loaders import save

    chain = load_once(dataset, lenient)
    save(chain, target, format=form)  # type: ignore[arg-type]  # click.Choice holds the same words
    click.echo(f"{chain!r} written to {target}", err=True)
