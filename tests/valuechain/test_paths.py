"""The search for paths against the list of all simple paths, its bound, and renamed ids."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders import load
from tests.cases import chain_of, makes, plants, products, recipe, recipes
from tests.laws.strategies import build, worlds
from tests.laws.tools import dice, renamed, tables
from valuechain import question
from valuechain.paths import ends as chain_ends
from valuechain.paths.ends import Ends, places
from valuechain.paths.search import MOST_EXPANDED


def ask(chain, **parameters):
    return question("chains")(chain, **parameters)


def ids(answer):
    return [row.path_id for row in answer]


def clique(size):
    """Return a chain in which all products but the start's only way out lie in one tangle of loops."""
    names = [f"k{i:02}" for i in range(size)]
    made = [recipe("out", "end", start=1.0), recipe("back", "start", **dict.fromkeys(names, 1.0))]
    made += [recipe(f"to-{n}", n, start=1.0, **{m: 1.0 for m in names if m != n}) for n in names]
    stages = products(start=0, end=4, **dict.fromkeys(names, 1))
    return chain_of(products=stages, enterprises=plants(one="R"), **recipes(*made))


def test_a_tangle_of_loops_is_cut_and_says_so():
    answer = ask(clique(12), start="start")  # 13! partial paths would take days
    (place,) = places(clique(12), None, 2020)
    ((_, found),) = Ends(clique(12), "start", None, 5, 12).searches(place)
    assert (found.cut, found.expanded) == (True, MOST_EXPANDED)
    assert ids(answer) == ["start:out:end"]
    cut = f"The search for paths from START was cut after {MOST_EXPANDED:,} partial paths"
    assert any(cut in c for c in answer.caveats)


@st.composite
def graphs(draw):
    """Draw stages of products, and processes as (main product, feedstocks, run here or not): loops welcome."""
    count = draw(st.integers(3, 6))
    stages = draw(st.lists(st.sampled_from((0, 1, 2, 4)), min_size=count, max_size=count))
    fed = st.sets(st.integers(0, count - 1), min_size=1, max_size=3)
    some = st.tuples(st.integers(0, count - 1), fed, st.booleans())
    return stages, draw(st.lists(some, min_size=4, max_size=10))


def every_path(stages, processes, start, end, max_steps):
    """Return all simple paths by depth-first search, best first: the oracle, without any of the library.

    Several processes between the same two products are one step, absent if none of them is here.
    """
    made = {main for main, _, _ in processes}
    raw = {p for p, stage in enumerate(stages) if stage == 0 or p not in made}
    final = {p for p, stage in enumerate(stages) if stage == 4}
    targets = final if end is None else {end}
    alone = start is None
    starts = ([] if end in raw else sorted(raw)) if alone else [] if start in targets else [start]
    found = []

    def go(at, passed, names, absent):
        if at in targets:
            found.append((absent, len(names), passed))
            return
        if len(names) == max_steps:
            return
        steps = {}
        for main, fed, here in processes:
            if at in fed and main not in passed and not (alone and main in raw):
                steps[main] = steps.get(main, False) or here
        for main, here in steps.items():
            go(main, (*passed, main), (*names, main), absent + (not here))

    for one in starts:
        go(one, (one,), (), 0)
    return sorted(found)


@settings(max_examples=3 * settings.default.max_examples)
@given(graphs(), st.data())
def test_the_best_paths_are_those_of_the_list_of_all(graph, data):
    stages, processes = graph
    made = [
        recipe(f"t{i}", f"p{main}", **{f"p{p}": 1.0 for p in fed})
        for i, (main, fed, _) in enumerate(processes)
    ]
    here = [makes("one", f"p{m}", 1, process_id=f"t{i}") for i, (m, _, run) in enumerate(processes) if run]
    chain = chain_of(
        products=products(**{f"p{i}": s for i, s in enumerate(stages)}), enterprises=plants(one="R"),
        **recipes(*made), production=here,
    )  # fmt: skip
    one = st.integers(0, len(stages) - 1)
    ends = st.tuples(one, st.none()), st.tuples(st.none(), one), st.tuples(one, one)
    start, end = data.draw(st.one_of(*ends).filter(lambda ends: ends[0] != ends[1]))
    most, max_steps = data.draw(st.sampled_from((1, 2, 3, 5, 20))), data.draw(st.integers(1, 6))
    wanted = every_path(stages, processes, start, end, max_steps)
    asked = {n: f"p{v}" for n, v in (("start", start), ("end", end)) if v is not None}
    answer = ask(chain, **asked, most=most, max_steps=max_steps)
    found = [
        (
            r.absent,
            r.steps,
            tuple(int(p[1:]) for p in (r.start_product_id, *(s.to_product_id for s in r.path))),
        )
        for r in answer
    ]
    assert [cost[:2] for cost in found] == [cost[:2] for cost in wanted[:most]]
    assert len(set(found)) == len(found)
    assert set(found) <= set(wanted)
    assert any("of at least" in c for c in answer.caveats) == (len(wanted) > most)


def nine(value):
    """Return a figure in nine digits: sums in another order differ by a hair."""
    return None if value is None else f"{value:.9g}"


def seen(answer, back):
    """Return the figures of each path by ids that `back` maps back.

    Where several processes take a step and stand alike, the first by id is told, with its makers and
    coefficient: those figures are left out.
    """
    found = {}
    for r in answer:
        sole = [not s.instead for s in r.path]
        steps = [
            (s.status, *((nine(s.quantity), sorted(map(back, s.makers))) if one else ()))
            for s, one in zip(r.path, sole, strict=True)
        ]
        yields = (nine(r.yield_per_unit), nine(r.potential)) if all(sole) else ()
        key = (back(r.region_id), back(r.start_product_id), *(back(s.to_product_id) for s in r.path))
        found[key] = (steps, r.absent, r.possible, nine(r.available), back(r.reached_product_id), yields)
    return found


ENTITIES = (
    ("regions", "region_id"), ("enterprises", "enterprise_id"), ("products", "product_id"),
    ("processes", "process_id"), ("markets", "market_id"),
)  # fmt: skip


@given(st.one_of(worlds(), worlds(unknown=True)))
def test_renamed_ids_rename_the_answer(world):
    chain = world.chain()
    rows, rng = tables(chain), dice(chain)
    old = [(t, r[c]) for t, c in ENTITIES for r in rows[t]]
    new = dict(zip(old, (f"x{n:03}" for n in rng.sample(range(1000), len(old))), strict=True))
    back = {fresh: name for (_, name), fresh in new.items()}
    other = build(renamed(rows, lambda t, i: new[t, i]), new.get(("regions", world.home), ""))
    found, base = (ask(c, most=1000) for c in (other, chain))
    assert seen(found, lambda i: back.get(i, i)) == seen(base, lambda i: i)


@pytest.mark.parametrize("name", ["pavlodar", "pavlodar-public"])
def test_any_product_of_the_catalogue_is_answered_within_the_bound(name):
    chain = load(name)
    (place,) = places(chain, None, chain.year)
    for product in chain.ids("products"):
        for ends in (Ends(chain, str(product), None, 5, 12), Ends(chain, None, str(product), 5, 12)):
            ((_, found),) = searched = ends.searches(place)
            assert not found.cut
            assert found.expanded < MOST_EXPANDED / 100
            assert bool(found.paths) != bool(list(ends.why_none(searched)))
            feedstock = chain_ends.recipes(chain).feedstock
            assert all(len(set(feedstock.product[list(p)])) == len(p) for p in found.paths)
    assert np.isin(place.bases(), np.flatnonzero(place.at >= 0)).all()
