"""`valuechain view DATASET -o FILE`: the answer to a question as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.options import dataset, lenient, load_once

if TYPE_CHECKING:
    from valuechain.registry import Analysis


@click.command("view", short_help="Draw the chain with its missing links, or another answer.")
@dataset
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write: .html .svg .pdf .png .graphml .gexf.",
)
@click.option(
    "--question", default="missing-links", metavar="NAME", help="Whose answer is drawn (missing-links)."
)
@click.option("--product", metavar="PRODUCT", help="Draw only the chain of this product, or its rows.")
@click.option("--region", metavar="REGION", help="Draw only this region.")
@click.option("--limit", metavar="N", help="Fold the picture of the chain to about N boxes, 5 to 500 (60).")
@click.option(
    "-p",
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the question, as `valuechain ask` takes it; may be repeated.",
)
@lenient
def command(
    dataset: str, output: Path, question: str, lenient: bool, parameters: tuple[str, ...], **given: str | None
) -> None:
    """Draw the chain from raw material to final product, with what is missing marked, or another answer.

    Of missing-links, .html is a page to walk through that needs no internet; of another question it is a page
    with the chart of its answer. .svg .pdf .png are pictures for a report; .graphml and .gexf are for Gephi, yEd
    and the like, and hold the whole graph.

    \b
    valuechain view mydata/ -o chain.html
    valuechain view mydata/ --product alumina -o alumina.pdf
    valuechain view mydata/ --question integration -o integration.svg
    valuechain view mydata/ --question changes -p against=olddata/ -o changes.png
    """
    from api.output import write
    from api.views import FORMATS, view
    from graph_schema import ParameterError
    from valuechain import question as find

    form = output.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        formats = ", ".join(f".{name}" for name in FORMATS)
        raise ParameterError("output", f"no picture has the suffix {output.suffix!r}; there are {formats}")
    analysis = find(question)
    said = {name: [value] for name, value in given.items() if value is not None}
    for pair in parameters:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ParameterError("parameter", f"{pair!r} is not NAME=VALUE")
        said.setdefault(name.strip().replace("-", "_"), []).append(value)
    asked = {name: _value(analysis, name, values, lenient) for name, values in said.items()}
    write(output, view(load_once(dataset, lenient), form, analysis, asked))
    click.echo(f"Picture written to {output}", err=True)


def _value(analysis: "Analysis", name: str, values: list[str], lenient: bool) -> Any:
    """Return what was said of one parameter, of the picture or of the question, in its type."""
    from api.views import OPTIONS, options
    from graph_schema import ParameterError

    known = {p.name: p for p in (*OPTIONS, *options(analysis))}
    parameter = known.get(name) or analysis.parameter(name)
    if len(values) > 1 and not parameter.many:
        raise ParameterError(name, "it is given more than once; this parameter takes one value")
    found = [load_once(value, lenient) for value in values] if parameter.is_dataset else values
    return parameter.parse(found if parameter.many else found[0])
