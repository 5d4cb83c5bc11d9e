"""NetworkX graphs as GraphML and GEXF, for Gephi, yEd, Cytoscape and the like.

Those formats know text, whole numbers, numbers and yes/no only. On a copy, an unknown (None, NaN) is left
out, a list is joined with `|`, a tuple that names a node becomes `product:alumina`, and anything else its
text. Reading a file back gives the same nodes, edges and values. Same graph, same bytes: no date is written.
"""

import re
from collections.abc import Mapping
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from visualizations.text import plain

if TYPE_CHECKING:
    import networkx as nx


def graphml(graph: "nx.Graph") -> str:
    """Return `graph` as GraphML; the graph itself stays as it was."""
    import networkx as nx

    out = BytesIO()
    nx.write_graphml_xml(cleaned(graph), out)
    return out.getvalue().decode("utf-8")


def gexf(graph: "nx.Graph") -> str:
    """Return `graph` as GEXF 1.2; the graph itself stays as it was. `label` is a node's name, else its id."""
    import networkx as nx

    copy = cleaned(graph)
    for name, data in copy.nodes(data=True):
        data["label"] = data.get("label") or data.get("name") or name
    for *_, data in copy.edges(data=True):
        if "id" in data:
            data["own_id"] = data.pop("id")
    out = BytesIO()
    nx.write_gexf(copy, out)
    return re.sub(r' lastmodifieddate="[^"]*"', "", out.getvalue().decode("utf-8"), count=1)


def cleaned(graph: "nx.Graph") -> "nx.Graph":
    """Return a copy of `graph` with text ids and with values that graph files can hold, sorted by id."""
    names: dict[Any, str] = {}
    for node in graph:
        name = names[node] = node_name(node)
        if len(names) != len(set(names.values())):
            raise ValueError(f"Two nodes would both be called {name!r} in a file.")
    copy: nx.Graph = graph.__class__()
    copy.graph.update(_values(graph.graph))
    for node in sorted(graph, key=names.__getitem__):
        copy.add_node(names[node], **_values(graph.nodes[node]))
    edges = [(names[u], names[v], _values(data)) for u, v, data in graph.edges(data=True)]
    for u, v, data in sorted(edges, key=lambda edge: (edge[0], edge[1], sorted(map(str, edge[2].items())))):
        copy.add_edge(u, v, **data)
    return copy


def node_name(node: object) -> str:
    """Return the id of a node as text: `("product", "alumina")` is `product:alumina`."""
    return plain(":".join(map(str, node))) if isinstance(node, tuple) else plain(node)


def _values(data: Mapping[Any, Any]) -> dict[str, Any]:
    kept = {plain(name): _value(value) for name, value in data.items()}
    return {name: value for name, value in sorted(kept.items()) if value is not None}


def _value(value: Any) -> str | int | float | bool | None:
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, int):
        return value if abs(value) < 2**63 else float(value)
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple) or hasattr(value, "tolist"):
        parts = value.tolist() if hasattr(value, "tolist") else value
        return "|".join(plain(part) for part in parts if part is not None)
    return plain(value)
