"""`valuechain template TARGET`: empty tables to fill in."""

import click


@click.command("template", short_help="Empty tables with a guide to each column.")
@click.argument("target")
def command(target: str) -> None:
    """Write empty tables with a guide to each column: a folder of CSV files, or one .xlsx workbook.

    Only enterprises, products and production are needed to begin; the reference catalogue of processes
    supplies the recipes.

    \b
    valuechain template mydata/
    valuechain template mydata.xlsx
    """
    from loaders.template import write_template

    write_template(target)
    click.echo(f"Written to {target}. Fill it in, then: valuechain check {target}", err=True)
