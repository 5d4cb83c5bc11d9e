"""Pictures of an answer in every format, alike for the command line and HTTP.

The answer to a question about gaps is drawn as the chain: the picture takes a product, a region and a number of
boxes. `region` is asked of the question too, if it has that parameter; `product` only narrows the picture, so the
gaps around it stay visible. Graph files hold the whole dataset. The answer to any other question is a chart of its
rows, and takes the parameters of the question.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graph_schema import Key, NotFoundError, ParameterError, Quantity
from valuechain import ValueChain, questions, value_chain_graph
from valuechain.answer import columns
from valuechain.naming import not_found
from valuechain.registry import Analysis, Parameter

OPTIONS = (
    Parameter("product", str, False, None, Key("products", "draw only the chain of this product")),
    Parameter("region", str, False, None, Key("regions", "draw only this region")),
    Parameter(
        "limit", int, False, 60, Quantity("boxes", "fold the picture to about this many boxes, 5 to 500")
    ),
)

_GAP = {
    *("gap_id", "kind", "region_id", "owner_id", "product_id", "product_name", "quantity", "unit", "bound"),
    *("basis", "share", "value", "currency", "value_note", "reason", "routes", "closing_options", "evidence"),
}


@dataclass(frozen=True, slots=True)
class Format:
    """One picture format: its media type, and how it is made."""

    media_type: str
    render: Callable[[Any], bytes | str]
    graph: bool = False
    """Whether it is made from the graph of the dataset, not from a picture of it."""


def tells_gaps(analysis: Analysis) -> bool:
    """Whether the rows of a question are gaps with all that a picture or a report tells of one."""
    return columns(analysis.row_type).keys() >= _GAP


def pictured() -> tuple[str, ...]:
    """Return the names of the questions whose answer can be drawn."""
    return tuple(name for name, analysis in questions().items() if _drawn(analysis))


def options(analysis: Analysis) -> tuple[Parameter, ...]:
    """Return what the picture of an answer takes: the question's parameters, for the chain also its own."""
    if not tells_gaps(analysis):
        return analysis.parameters
    return (*(p for p in analysis.parameters if p.name not in {o.name for o in OPTIONS}), *OPTIONS)


def view(chain: ValueChain, form: str, analysis: Analysis, given: Mapping[str, Any]) -> bytes | str:
    """Return the picture of one answer in one format; `given` holds picture options and parameters."""
    if not _drawn(analysis):
        raise NotFoundError("picture", analysis.name, pictured())
    given = {name: value for name, value in given.items() if value not in (None, ())}
    if FORMATS[form].graph:
        for name in given:
            raise ParameterError(name, f"a .{form} file holds the whole graph of the dataset; leave it out")
        return FORMATS[form].render(value_chain_graph(chain))
    return (_diagram if tells_gaps(analysis) else _chart)(chain, form, analysis, given)


def _drawn(analysis: Analysis) -> bool:
    from visualizations.charts import charted

    return tells_gaps(analysis) or charted(analysis.name)


def _diagram(chain: ValueChain, form: str, analysis: Analysis, given: Mapping[str, Any]) -> bytes | str:
    """Return the picture of the chain with its gaps."""
    options = {o.name: given.get(o.name, o.default) for o in OPTIONS}
    own = {name: value for name, value in given.items() if name not in options}
    if not 5 <= options["limit"] <= 500:
        raise ParameterError("limit", f"{options['limit']} is not between 5 and 500")
    for option in OPTIONS[:2]:
        wanted, table = options[option.name], option.meaning.table if isinstance(option.meaning, Key) else ""
        if wanted is not None and chain.row(table, wanted) is None:
            raise not_found(chain, table, wanted)
    if options["region"] and any(p.name == "region" for p in analysis.parameters):
        own["region"] = options["region"]
    from visualizations import chain_diagram

    return FORMATS[form].render(chain_diagram(chain, analysis(chain, **own), **options))


def _chart(chain: ValueChain, form: str, analysis: Analysis, given: Mapping[str, Any]) -> bytes | str:
    """Return the chart of an answer; one with nothing to draw says so."""
    if "limit" in given and all(p.name != "limit" for p in analysis.parameters):
        raise ParameterError("limit", f"the picture of {analysis.name} has no boxes to fold; leave it out")
    from visualizations.charts import chart, empty_chart

    answer = analysis(chain, **given)
    theme = "sheet" if form == "html" else "light"
    picture = chart(chain, answer, theme) or empty_chart(chain, answer, theme)
    if form == "html":
        from api.pages import picture_page

        return picture_page(answer, picture)
    return _printed(form, picture)


def _printed(form: str, picture: str) -> bytes | str:
    """Return an SVG in a printed form."""
    from visualizations import pdf, png

    return picture if form == "svg" else (pdf if form == "pdf" else png)(picture)


def _html(diagram: Any) -> str:
    from visualizations import network_page

    return network_page(diagram)


def _svg(diagram: Any) -> str:
    from visualizations import svg

    return svg(diagram)


def _png(diagram: Any) -> bytes | str:
    return _printed("png", _svg(diagram))


def _pdf(diagram: Any) -> bytes | str:
    return _printed("pdf", _svg(diagram))


def _graphml(graph: Any) -> str:
    from visualizations import graphml

    return graphml(graph)


def _gexf(graph: Any) -> str:
    from visualizations import gexf

    return gexf(graph)


FORMATS = {
    "html": Format("text/html", _html),
    "svg": Format("image/svg+xml", _svg),
    "pdf": Format("application/pdf", _pdf),
    "png": Format("image/png", _png),
    "graphml": Format("application/graphml+xml", _graphml, graph=True),
    "gexf": Format("application/gexf+xml", _gexf, graph=True),
}
