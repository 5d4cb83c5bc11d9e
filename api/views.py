"""Pictures of an answer in every format, alike for the command line and HTTP.

The picture takes a product, a region and a number of boxes. `region` is asked of the question too, if it
has that parameter; `product` only narrows the picture, so the gaps around it stay visible. Graph files hold
the whole dataset.
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
    return tuple(name for name, analysis in questions().items() if tells_gaps(analysis))


def view(chain: ValueChain, form: str, analysis: Analysis, given: Mapping[str, Any]) -> bytes | str:
    """Return the picture of one answer in one format; `given` holds picture options and parameters."""
    if not tells_gaps(analysis):
        raise NotFoundError("picture", analysis.name, pictured())
    options = {o.name: given.get(o.name, o.default) for o in OPTIONS}
    own = {name: value for name, value in given.items() if name not in options}
    if FORMATS[form].graph:
        extra = [name for name in given if given[name] not in (None, ())]
        if extra:
            raise ParameterError(
                extra[0], f"a .{form} file holds the whole graph of the dataset; leave it out"
            )
        return FORMATS[form].render(value_chain_graph(chain))
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


def _html(diagram: Any) -> str:
    from visualizations import network_page

    return network_page(diagram)


def _svg(diagram: Any) -> str:
    from visualizations import svg

    return svg(diagram)


def _png(diagram: Any) -> bytes:
    from visualizations import png

    return png(_svg(diagram))


def _pdf(diagram: Any) -> bytes:
    from visualizations import pdf

    return pdf(_svg(diagram))


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
