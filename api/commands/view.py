"""`valuechain view DATASET -o FILE`: the answer to a question as a picture."""

from pathlib import Path

import click

from api.options import dataset, lenient, load_once


@click.command("view", short_help="Draw the chain with its missing links.")
@dataset
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write: .html .svg .pdf .png .graphml .gexf.",
)
@click.option(
    "--question", default="missing-links", metavar="NAME", help="Whose answer is marked (missing-links)."
)
@click.option("--product", metavar="PRODUCT", help="Draw only the chain of this product.")
@click.option("--region", metavar="REGION", help="Draw only this region.")
@click.option("--limit", metavar="N", help="Fold the picture to about N boxes, 5 to 500 (60).")
@lenient
def command(dataset: str, output: Path, question: str, lenient: bool, **given: str | None) -> None:
    """Draw the chain from raw material to final product, with what is missing marked.

    .html is a page to walk through that needs no internet; .svg .pdf .png are pictures for a report;
    .graphml and .gexf are for Gephi, yEd and the like, and hold the whole graph.

    \b
    valuechain view mydata/ -o chain.html
    valuechain view mydata/ --product alumina -o alumina.pdf
    """
    from api.output import write
    from api.views import FORMATS, OPTIONS, view
    from graph_schema import ParameterError
    from valuechain import question as find

    form = output.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        formats = ", ".join(f".{name}" for name in FORMATS)
        raise ParameterError("output", f"no picture has the suffix {output.suffix!r}; there are {formats}")
    asked = {o.name: o.parse(given[o.name]) for o in OPTIONS if given[o.name] is not None}
    write(output, view(load_once(dataset, lenient), form, find(question), asked))
    click.echo(f"Picture written to {output}", err=True)
