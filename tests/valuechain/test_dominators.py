"""Critical things and makers: graphs worked out by hand, a textbook oracle, and removal one by one."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from valuechain.critical.dominators import NOBODY, Ways, dominators


def ways_of(rows, things=None, label=None):
    """Return ways from (thing, maker, things taken) rows."""
    lists = [(), *sorted({tuple(taken) for _, _, taken in rows} - {()})]
    n = things or 1 + max(max([t, *taken]) for t, _, taken in rows)
    return Ways(
        thing=np.array([t for t, _, _ in rows], dtype=np.int64),
        maker=np.array([m for _, m, _ in rows], dtype=np.int64),
        takes=np.array([lists.index(tuple(taken)) for _, _, taken in rows], dtype=np.int64),
        start=np.cumsum([0, *(len(k) for k in lists)]),
        taken=np.array([f for k in lists for f in k], dtype=np.int64),
        label=np.arange(n) if label is None else np.array(label),
    )


def critical(rows, thing, **more):
    """Return (labels, makers) critical for one thing, or None where it cannot be had."""
    ways = ways_of(rows, **more)
    found = dominators(ways)
    if found.turn[thing] < 0:
        return None
    row = found.matrix(np.array([thing]))[0]
    labels, makers = row[: len(found.labels)], row[len(found.labels) :]
    return set(found.labels[labels].tolist()), set(found.makers[makers].tolist())


def test_a_chain_is_critical_all_along():
    rows = [(0, 10, ()), (1, 11, (0,)), (2, 12, (1,))]
    assert critical(rows, 2) == ({0, 1, 2}, {10, 11, 12})


def test_a_diamond_has_only_its_ends():
    # ore 0 -> 1 or 2 -> 3: either branch will do
    rows = [(0, 10, ()), (1, 11, (0,)), (2, 12, (0,)), (3, 13, (1,)), (3, 14, (2,))]
    assert critical(rows, 3) == ({0, 3}, {10})


def test_all_inputs_of_one_way_are_needed():
    rows = [(0, 10, ()), (1, 11, ()), (2, 12, (0, 1))]
    assert critical(rows, 2) == ({0, 1, 2}, {10, 11, 12})


def test_routes_of_one_maker_are_alternatives():
    # maker 12 may run 0 -> 2 or 1 -> 2: it is critical, its inputs are not; 3 is needed on both routes
    rows = [(0, 10, ()), (1, 11, ()), (3, 13, ()), (2, 12, (0, 3)), (2, 12, (1, 3))]
    assert critical(rows, 2) == ({2, 3}, {12, 13})


def test_a_source_outside_takes_the_makers_off():
    rows = [(0, 10, ()), (0, NOBODY, ()), (1, 11, (0,))]
    assert critical(rows, 1) == ({0, 1}, {11})


def test_one_maker_on_two_branches_is_critical():
    # 11 makes both alternatives: its removal loses both, though each product has another to stand in for it
    rows = [(0, 10, ()), (1, 11, (0,)), (2, 11, (0,)), (3, 13, (1,)), (3, 14, (2,))]
    assert critical(rows, 3) == ({0, 3}, {10, 11})


def test_a_loop_with_a_way_in():
    # scrap 0 -> steel 1 -> scrap 0, and ore 2 -> steel: the loop feeds itself only once ore came in
    rows = [(1, 11, (0,)), (0, 11, (1,)), (1, 12, (2,)), (2, 13, ())]
    assert critical(rows, 1) == ({1, 2}, {12, 13})
    assert critical(rows, 0) == ({0, 1, 2}, {11, 12, 13})


def test_a_loop_with_no_way_in_cannot_be_had():
    rows = [(0, 10, (1,)), (1, 11, (0,)), (2, 12, ()), (3, 13, (0,))]
    assert critical(rows, 0) is None
    assert critical(rows, 3) is None
    assert critical(rows, 2) == ({2}, {12})


def test_things_of_one_label_fall_together():
    # 0 and 1 are the same product inside two plants; 2 can be had from either, so no plant is critical
    rows = [(0, 10, ()), (1, 11, ()), (2, 10, (0,)), (2, 11, (1,))]
    assert critical(rows, 2, label=[7, 7, 8]) == ({7, 8}, set())


def test_too_many_nodes_are_refused():
    ways = ways_of([(0, 10, ()), (1, 11, (0,))])
    assert dominators(ways, most=3) is None  # 2 things and 2 candidates
    assert dominators(ways, most=4) is not None


def test_many_makers_count_as_one():
    # 1000 makers of thing 0 and 1000 of thing 1, one of thing 2: only that one is a candidate
    rows = [(t, 10 + m, (t - 1,) if t else ()) for t in (0, 1) for m in range(1000)] + [(2, 5, (1,))]
    found = dominators(ways_of(rows))
    assert found.makers.tolist() == [5]
    assert [s.bit_count() for s in found.sets] == [1, 2, 4]


THINGS, MAKERS = 7, 5
TAKEN = st.lists(st.integers(0, THINGS - 1), max_size=3, unique=True).map(lambda x: tuple(sorted(x)))
WAYS = st.lists(
    st.tuples(st.integers(0, THINGS - 1), st.integers(-1, MAKERS - 1), TAKEN), min_size=1, max_size=16
)
LABELS = st.lists(st.integers(0, THINGS - 1), min_size=THINGS, max_size=THINGS)


def had(rows, label, *, without_label=None, without_maker=None):
    """Return what can be had: a plain closure, the definition itself."""
    found = set()
    while True:
        fresh = {
            t
            for t, m, taken in rows
            if label[t] != without_label and m != without_maker and set(taken) <= found and t not in found
        }
        if not fresh:
            return found
        found |= fresh


@given(WAYS, LABELS)
def test_removal_one_by_one_gives_the_same(rows, label):
    base = had(rows, label)
    for thing in range(THINGS):
        found = critical(rows, thing, things=THINGS, label=label)
        assert (found is None) == (thing not in base)
        if found is None:
            continue
        labels = {x for x in set(label) if thing not in had(rows, label, without_label=x)}
        makers = {m for m in range(MAKERS) if thing not in had(rows, label, without_maker=m)}
        assert found == (labels, makers)


EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7)), min_size=1, max_size=20, unique=True)


@given(EDGES)
def test_with_one_input_each_they_are_the_dominators_of_a_flow_graph(edges):
    """Oracle: networkx.immediate_dominators; each way is a vertex between what it takes and what it gives."""
    rows = [(t, i, () if f < 0 else (f,)) for i, (t, f) in enumerate(edges)]
    graph = nx.DiGraph()
    graph.add_node("root")
    for thing, maker, taken in rows:
        graph.add_edge(("thing", taken[0]) if taken else "root", ("maker", maker))
        graph.add_edge(("maker", maker), ("thing", thing))
    above = nx.immediate_dominators(graph, "root")
    for thing in {t for t, _, _ in rows}:
        found = critical(rows, thing, things=8)
        if ("thing", thing) not in above:
            assert found is None
            continue
        chain, at = set(), ("thing", thing)
        while at != "root":
            chain.add(at)
            at = above[at]
        assert found == ({x for k, x in chain if k == "thing"}, {x for k, x in chain if k == "maker"})


@given(WAYS, st.randoms(use_true_random=False))
def test_order_of_ways_changes_nothing(rows, rng):
    other = rows[:]
    rng.shuffle(other)
    one, two = (dominators(ways_of(r, things=THINGS)) for r in (rows, other))
    assert one.sets == two.sets
    assert one.makers.tolist() == two.makers.tolist()
