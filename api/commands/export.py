"""`valuechain export DATASET -o TARGET`: the same dataset in another format."""

from pathlib import Path

import click

from api.options import dataset, lenient, load_once
from api.targets import dataset_format, force, refuse_occupied


@click.command("export", short_help="The same dataset as CSV, Excel or Parquet.")
@dataset
@click.option("-o", "--output", "target", required=True, help="A folder, or a file ending in .xlsx.")
@click.option(
    "--to",
    "form",
    type=click.Choice(["csv", "xlsx", "parquet"]),
    help="Format (default: by the target's name).",
)
@force
@lenient
def command(dataset: str, target: str, form: str | None, force: bool, lenient: bool) -> None:
    """Write a dataset's own rows as a CSV folder, an .xlsx workbook or a Parquet folder.

    \b
    valuechain export mydata.xlsx -o mydata/
    valuechain export mydata/ -o mydata.xlsx
    valuechain export mydata/ -o fast/ --to parquet

    What is there already is not written over unless --force is given.
    """
    from loaders import save

    made = dataset_format(target, form)
    refuse_occupied(Path(target), force, lost="all its tables are replaced, other files stay")
    chain = load_once(dataset, lenient)
    save(chain, target, format=made)  # type: ignore[arg-type]  # the same words
    click.echo(f"{chain!r} written to {target}", err=True)
