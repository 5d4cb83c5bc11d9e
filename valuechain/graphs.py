"""The chain as NetworkX graphs, for those who want to go on from there.

Edges point the way material flows. The graphs are views of the tables: rows that agree in both ends
stay apart in multigraphs, and nothing is summed. All three are frozen.
"""

from typing import TYPE_CHECKING, Any

from valuechain.model import ValueChain

if TYPE_CHECKING:
    import networkx as nx


def recipe_graph(chain: ValueChain) -> "nx.DiGraph":
    """Return products and processes: product -> process -> product (bipartite; loops are normal).

    Nodes are `("product", id)` and `("process", id)`; edges carry `role` and `quantity` (product unit
    per unit of main output).
    """
    return chain.once(("recipe graph",), lambda: _recipes(chain))


def enterprise_graph(chain: ValueChain) -> "nx.MultiDiGraph":
    """Return enterprises and markets with an edge per flow row (`kind="supplies"`) and per owner row.

    Nodes are `("enterprise", id)` and `("market", id)`.
    """
    return chain.once(("enterprise graph",), lambda: _enterprises(chain))


def value_chain_graph(chain: ValueChain) -> "nx.MultiDiGraph":
    """Return everything: both graphs above, regions, clusters, and who makes what."""
    return chain.once(("value chain graph",), lambda: _everything(chain))


def _nodes(graph: Any, chain: ValueChain, table: str, kind: str) -> None:
    key = f"{kind}_id"
    for row in chain.arrow(table).to_pylist():
        label = {k: v for k, v in row.items() if v is not None and k not in (key, "kind")}
        graph.add_node((kind, row[key]), kind=kind, subtype=row.get("kind") or "", **label)


def _figures(row: dict[str, Any], *left_out: str) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None and k not in left_out}


def _recipes(chain: ValueChain) -> "nx.DiGraph":
    import networkx as nx

    graph = nx.DiGraph()
    _nodes(graph, chain, "products", "product")
    _nodes(graph, chain, "processes", "process")
    _recipe_edges(graph, chain)
    return nx.freeze(graph)


def _recipe_edges(graph: Any, chain: ValueChain) -> None:
    main = dict(
        zip(
            chain.arrow("processes")["process_id"].to_pylist(),
            chain.arrow("processes")["main_product_id"].to_pylist(),
            strict=True,
        )
    )
    for process, product in main.items():
        graph.add_edge(("process", process), ("product", product), role="output", quantity=1.0)
    for row in chain.facts("process_flows").to_pylist():
        product, process = ("product", row["product_id"]), ("process", row["process_id"])
        ends = (process, product) if row["role"] in ("output", "by_product") else (product, process)
        if row["role"] != "output":
            graph.add_edge(*ends, **_figures(row, "process_id", "product_id"))


def _enterprises(chain: ValueChain) -> "nx.MultiDiGraph":
    import networkx as nx

    graph = nx.MultiDiGraph()
    _nodes(graph, chain, "enterprises", "enterprise")
    _nodes(graph, chain, "markets", "market")
    markets = set(chain.ids("markets"))

    def node(name: str) -> tuple[str, str]:
        return ("market" if name in markets else "enterprise", name)

    for row in chain.facts("flows").to_pylist():
        ends = node(row["from_id"]), node(row["to_id"])
        graph.add_edge(*ends, kind="supplies", **_figures(row, "from_id", "to_id"))
    for row in chain.facts("ownership").to_pylist():
        ends = node(row["owner_id"]), node(row["owned_id"])
        graph.add_edge(*ends, kind="owns", **_figures(row, "owner_id", "owned_id"))
    return nx.freeze(graph)


def _everything(chain: ValueChain) -> "nx.MultiDiGraph":
    import networkx as nx

    graph = nx.MultiDiGraph(enterprise_graph(chain))
    for source, target, data in recipe_graph(chain).edges(data=True):
        graph.add_edge(source, target, kind="recipe", **data)
    graph.add_nodes_from(recipe_graph(chain).nodes(data=True))
    _nodes(graph, chain, "regions", "region")
    _nodes(graph, chain, "clusters", "cluster")
    for row in chain.facts("production").to_pylist():
        ends = ("enterprise", row["enterprise_id"]), ("product", row["product_id"])
        graph.add_edge(*ends, kind="produces", **_figures(row, "enterprise_id", "product_id"))
    places = [("enterprises", "enterprise", "region_id"), ("regions", "region", "parent_id")]
    for table, kind, inside in places:
        for row in chain.arrow(table).to_pylist():
            if row[inside] is not None:
                graph.add_edge((kind, row[f"{kind}_id"]), ("region", row[inside]), kind="located_in")
    for row in chain.facts("cluster_members").to_pylist():
        member = next((k for t, k in _MEMBERS if (k, row["member_id"]) in graph), ("enterprise"))
        graph.add_edge((member, row["member_id"]), ("cluster", row["cluster_id"]), kind="member_of")
    return nx.freeze(graph)


_MEMBERS = (
    ("enterprises", "enterprise"),
    ("products", "product"),
    ("processes", "process"),
    ("clusters", "cluster"),
)
