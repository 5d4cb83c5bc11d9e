"""A maker runs several steps of a chain: those missing in the middle, or all that lead to a final product."""

import numpy as np

from graph_schema import ParameterError
from valuechain.answer import figure
from valuechain.closing.works import Works
from valuechain.gaps.co_feeds import needed_besides
from valuechain.paths.search import ABSENT, MOST_EXPANDED, Search, one_of_each, standing
from valuechain.recipes import recipes
from valuechain.scope import is_final
from valuechain.zones import zone_of_enterprises

_MAX_STEPS = 12


def build_middle(works: Works) -> float:
    """Run the absent steps of a `missing_middle`, in the size of the gap; return how much of its product is made."""
    works.no_plant_asked("process", "coefficient")
    r, at = recipes(works.chain), -1
    lines: list[int] = []
    for route in works.gap.routes:
        (t,) = works.chain.codes("processes", [route.process_id])
        span = range(int(r.feedstock.start[t]), int(r.feedstock.start[t + 1]))
        took = [n for n in span if at in (-1, r.feedstock.product[n])]
        took = [n for n in took if r.feedstock.quantity[n] == route.coefficient]
        if not took:
            raise ParameterError(
                "gap", "some steps of the way run here already; close what they lack one by one"
            )
        lines.append(took[0])
        at = int(r.main[t])
    output = works.closing.capacity if works.closing.capacity is not None else works.size("capacity")
    return _run(works, lines, output)


def build_to_final(works: Works) -> None:
    """Run every step from where a chain stops to the final product that lacks the fewest."""
    works.no_plant_asked("coefficient")
    r = recipes(works.chain)
    inside = zone_of_enterprises(works.chain, works.zones) == 0
    status = standing(works.chain, works.year, inside).status
    (start,) = works.chain.codes("products", [works.gap.product_id])
    first: tuple[int, ...] = ()
    if works.closing.process is not None:
        first = (_line(works, works.route().process_id),)
        start = int(r.main[r.feedstock.process[first[0]]])
    final = is_final(works.chain)
    search = Search(
        r, one_of_each(r, status), status == ABSENT, final, np.zeros(r.products, bool), _MAX_STEPS
    )
    found = search.best(np.array([start]), 1, MOST_EXPANDED).paths
    if not found and not (first and final[start]):
        raise ParameterError(
            "gap", f"no recipes lead from {works.gap.product_name} to a final product; add process_flows"
        )
    path = [*first, *(found[0] if found else ())]
    absent = [i for i, n in enumerate(path) if first or status[n] == ABSENT]
    _run(works, path[absent[0] :], works.closing.capacity)


def _line(works: Works, process: str) -> int:
    """Return the feedstock line by which a process takes what is made here."""
    r, products = recipes(works.chain), works.chain.ids("products")
    (t,) = works.chain.codes("processes", [process])
    span = range(int(r.feedstock.start[t]), int(r.feedstock.start[t + 1]))
    return next((n for n in span if products[r.feedstock.product[n]] in works.local.products), span[0])


def _run(works: Works, lines: list[int], output: float | None) -> float:
    """Let one maker run the steps in a row; what the first takes is taken off what leaves. Return its last output."""
    r, products = recipes(works.chain), works.chain.ids("products")
    factors = r.feedstock.quantity[lines]
    source = str(products[r.feedstock.product[lines[0]]])
    if not (factors > 0).all():
        raise ParameterError("gap", "a step of the way has no coefficient; enter the missing amounts first")
    flows = works.trail.flows(0, source, arriving=False)
    leaving = sum(works.draft.amount(row) or 0.0 for row in flows)
    if output is None:
        if not leaving:
            name = works.chain.names("products")[source]
            raise ParameterError("capacity", f"how much {name} leaves is not known; say capacity")
        output = leaving / float(np.prod(factors))
    wanted = output * float(np.prod(factors))
    works.who = works.maker()
    amount, besides = wanted, []
    for line, factor in zip(lines, factors, strict=True):
        amount /= float(factor)
        process = r.feedstock.process[line]
        works.made, works.process = str(products[r.main[process]]), str(works.chain.ids("processes")[process])
        works.draft.make(works.who, works.made, works.process, amount)
        besides.append(needed_besides(works.chain, line, amount))
    taken = works.draft.lessen(flows, min(wanted, leaving)) if leaving else []
    first = str(works.chain.ids("processes")[r.feedstock.process[lines[0]]])
    for row, part in taken:
        works.draft.deliver(row["from_id"], works.who, source, part, first)
    name, unit = works.chain.names("products")[source], works.draft.unit(source)
    works.output = output
    steps = "1 step" if len(lines) == 1 else f"{len(lines)} steps"
    from_sales = sum(part for _, part in taken)
    works.notes.append(
        f"It runs {steps} from {name}: {figure(wanted)} {unit}, {figure(from_sales)} of them off what leaves."
    )
    works.notes += filter(None, besides)
    return output
