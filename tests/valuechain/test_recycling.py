"""Recycling loops in recipes: a plain search over raw rows, and the same answer as without those lines."""

from hypothesis import HealthCheck, assume, given, settings

from loaders import load
from tests.laws.strategies import YEAR, build, worlds
from valuechain.accounts import accounts
from valuechain.critical.recycling import recycled
from valuechain.critical.single_points import places
from valuechain.recipes import recipes


def found(chain):
    """Return (process, product) of the lines that only close a loop."""
    mask = recycled(chain, accounts(chain, chain.dataset.base_year, "enterprise"))
    line = recipes(chain).feedstock
    return {
        (str(chain.ids("processes")[p]), str(chain.ids("products")[i]))
        for p, i in zip(line.process[mask], line.product[mask], strict=True)
    }


def searched(rows):
    """Return the same by the definition, line by line."""
    main = {r["process_id"]: r["main_product_id"] for r in rows["processes"]}
    kind = {r["product_id"]: r["kind"] for r in rows["products"]}
    listed = {r["product_id"] for r in rows["production"] if r["year"] == YEAR}
    lines = {
        role: {(r["process_id"], r["product_id"]) for r in rows["process_flows"] if r["role"] == role}
        for role in ("feedstock", "by_product", "input")
    }

    def only_by_product(product):
        return kind[product] == "by-product" or product not in {*main.values(), *listed}

    def made_of(product, seen):
        seen.add(product)
        for process, taken in lines["feedstock"]:
            if taken == product and main[process] not in seen:
                made_of(main[process], seen)
        return seen

    def loops(process, product):
        below = made_of(main[process], set())
        back = {p for p, given in lines["by_product"] if given == product}
        takes = {p for p, taken in lines["input"] if taken in below}
        sources = back | {p for p, given in main.items() if given == product}
        inside = all(main[p] in below or p in takes for p in sources)
        return bool(back) and only_by_product(product) and inside

    loose = {line for line in lines["feedstock"] if loops(*line)}
    begin = {process for process, _ in lines["feedstock"] - loose}
    return {(process, product) for process, product in loose if process in begin}


@settings(deadline=None)
@given(worlds())
def test_lines_of_a_loop_by_search(world):
    assert found(world.chain()) == searched(world.rows)


@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(worlds())
def test_what_is_critical_is_what_it_is_without_these_lines(world):
    """Every plant's process is stated: which routes an unstated one may run rests on all lines of the recipes."""
    first = {r["main_product_id"]: r["process_id"] for r in reversed(world.rows["processes"])}
    made = [{**r, "process_id": first.get(r["product_id"])} for r in world.rows["production"]]
    rows = {
        **world.rows,
        "production": list({(r["enterprise_id"], r["product_id"], r["year"]): r for r in made}.values()),
    }
    lines = searched(rows)
    assume(lines)
    assume(not any(r["kind"] == "in-plant" for r in rows["products"]))
    kept = [
        r
        for r in rows["process_flows"]
        if r["role"] != "feedstock" or (r["process_id"], r["product_id"]) not in lines
    ]
    whole, less = (build({**rows, "process_flows": f}, world.home) for f in (rows["process_flows"], kept))
    for one, other in zip(*(places(c, YEAR, None, None)[0] for c in (whole, less)), strict=True):
        assert critical(one) == critical(other)


def critical(place):
    """Return product -> what is critical for it, of the products made in a place."""
    things = sorted({*place.local.product.tolist()})
    names = [f"p{i}" for i in place.found.labels] + [f"e{i}" for i in place.found.makers]
    at = [place.local.shared.tolist().index(t) for t in things]
    rows = place.found.matrix(at) if at else []
    return {
        t: None if place.found.turn[i] < 0 else {n for n, has in zip(names, row, strict=True) if has}
        for t, i, row in zip(things, at, rows, strict=True)
    }


def test_the_loops_of_the_catalogue():
    """A first anode needs no butts, glass no cullet; steel from scrap needs scrap, recycled paper waste paper."""
    assert found(load("pavlodar")) == {("AL06", "anode-butts"), ("CM14", "glass-cullet")}
