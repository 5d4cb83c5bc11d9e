"""Graph files read back equal, whatever the attributes were."""

from io import BytesIO

import networkx as nx
import numpy as np
import pytest

from visualizations import gexf, graphml
from visualizations.graph_files import cleaned

NASTY = '"><script>alert(1)</script>\x00'


@pytest.fixture
def graph():
    made = nx.MultiDiGraph(name="chain", empty=None)
    made.add_node(("product", "alumina"), name="Глинозём ә<&", stage=1.0, hs=["2818", "2620"], note=None)
    made.add_node(("enterprise", "x"), share=np.float64(0.67), n=np.int64(3), gone=float("nan"), yes=True)
    made.add_node(("market", "m"), pair=("a", None, 2), tags={"b", "a"}, words=NASTY, array=np.array([1, 2]))
    made.add_edge(("enterprise", "x"), ("product", "alumina"), kind="produces", quantity=1.5e6)
    made.add_edge(("enterprise", "x"), ("market", "m"), kind="supplies", quantity=1.0, id=7)
    made.add_edge(("enterprise", "x"), ("market", "m"), kind="supplies", quantity=2.0, year=2019)
    return nx.freeze(made)


def edges(graph):
    rows = [(u, v, {k: x for k, x in d.items() if k != "id"}) for u, v, d in graph.edges(data=True)]
    return sorted(rows, key=repr)


def test_graphml_reads_back_equal(graph):
    back = nx.parse_graphml(graphml(graph))
    expected = cleaned(graph)
    assert dict(back.nodes(data=True)) == dict(expected.nodes(data=True))
    assert edges(back) == edges(expected)
    assert back.is_directed()


def test_gexf_reads_back_equal(graph):
    back = nx.read_gexf(BytesIO(gexf(graph).encode()))
    expected = cleaned(graph)
    nodes = {name: {k: v for k, v in data.items() if k != "label"} for name, data in back.nodes(data=True)}
    assert nodes == dict(expected.nodes(data=True))
    assert back.nodes["product:alumina"]["label"] == "Глинозём ә<&"
    assert sorted(d["quantity"] for *_, d in back.edges(data=True)) == [1.0, 2.0, 1.5e6]


def test_unknown_is_left_out_and_lists_are_joined(graph):
    copy = cleaned(graph)
    assert "note" not in copy.nodes["product:alumina"]
    assert copy.nodes["product:alumina"]["hs"] == "2818|2620"
    assert copy.nodes["enterprise:x"] == {"n": 3, "share": 0.67, "yes": True}
    assert copy.nodes["market:m"]["pair"] == "a|2"
    assert copy.nodes["market:m"]["tags"] == "a|b"
    assert copy.nodes["market:m"]["array"] == "1|2"


def test_the_graph_itself_stays_as_it_was(graph):
    before = [repr(sorted(graph.nodes(data=True), key=repr)), repr(edges(graph))]
    graphml(graph)
    gexf(graph)
    assert [repr(sorted(graph.nodes(data=True), key=repr)), repr(edges(graph))] == before


def test_same_graph_same_bytes_in_any_order(graph):
    turned = nx.MultiDiGraph(name="chain")
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    turned.add_edges_from(reversed([(u, v, dict(d)) for u, v, d in graph.edges(data=True)]))
    assert graphml(turned) == graphml(graph)
    assert gexf(turned) == gexf(graph)


def test_words_from_the_data_stay_words(graph):
    assert "<script" not in graphml(graph) + gexf(graph)


def test_two_nodes_of_one_name_are_refused():
    with pytest.raises(ValueError, match="would both be called 'a:b'"):
        graphml(nx.DiGraph([(("a", "b"), "a:b")]))


@pytest.mark.parametrize("view", ["recipe_graph", "enterprise_graph", "value_chain_graph"])
def test_the_graphs_of_a_real_chain_can_be_written_and_read(view):
    import valuechain
    from loaders import load

    whole = getattr(valuechain, view)(load("pavlodar"))
    for back in (nx.parse_graphml(graphml(whole)), nx.read_gexf(BytesIO(gexf(whole).encode()))):
        assert back.number_of_nodes() == whole.number_of_nodes()
        assert back.number_of_edges() == whole.number_of_edges()
        assert {":".join(node) for node in whole} == set(back)
