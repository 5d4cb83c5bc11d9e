"""How each kind of gap is closed.

What is changed, by kind of gap (p: the gap's product):

* `missing_processing`, `capacity_gap`: a maker runs a process that takes p; p is taken off the flows that leave.
* `unused_by_product`: the same, from where p arises; what leaves of it is taken first.
* `price_leakage`: the idle plants run more on p, as far as their capacity goes.
* `unconnected`: p that leaves is delivered to those who buy it in; their purchases shrink by as much.
* `missing_input`: a maker makes p and delivers it to those who lack it; their purchases shrink by as much.
* `missing_middle`: a maker runs the absent steps, on what leaves of the product before them, and delivers.
* `no_final_product`: a maker runs every step from where the chain stops to the nearest final product.
* `missing_enabler`: somebody provides the service.

What the new maker needs beside p is not bought for it: it shows as newly missing inputs. What it makes is not
sold for it either: where that goes is not known. No other row of the dataset is touched.
"""

from collections.abc import Callable, Iterator

import numpy as np

from graph_schema import ParameterError
from valuechain.answer import figure
from valuechain.closing.draft import Row
from valuechain.closing.steps import build_middle, build_to_final
from valuechain.closing.works import Works
from valuechain.gaps.co_feeds import line_of, needed_besides
from valuechain.gaps.routes import Route
from valuechain.plants import returns_of
from valuechain.recipes import recipes
from valuechain.scope import FINAL


def take_outflow(works: Works) -> None:
    """A maker takes the product, from what leaves, then (a by-product) from where it arises."""
    route = works.route()
    works.process, coefficient = works.coefficient(route)
    works.made, works.output = route.product_id, works.closing.capacity
    if works.output is None:
        works.output = works.size("capacity") / coefficient
    works.who = works.maker()
    works.draft.make(works.who, works.made, works.process, works.output)
    wanted = works.output * coefficient
    taken = wanted if works.gap.quantity is None else min(wanted, works.gap.quantity)
    parts = works.draft.lessen(works.flows(arriving=False), taken)
    for row, part in parts:
        works.draft.deliver(row["from_id"], works.who, works.gap.product_id, part, works.process)
    kept = sum(part for _, part in parts)
    if works.gap.kind == "unused_by_product":
        kept += _from_where_it_arises(works, taken - kept)
    works.kept = kept if parts or kept else None
    _outlook(works, route)
    works.notes += _deprived(works, parts)
    if works.gap.quantity is None:
        works.notes.append(
            f"How much {works.gap.product_name} leaves is not known, so nothing is taken off it."
        )
    elif wanted > works.gap.quantity * (1 + 1e-9):
        works.short = True
        more = f"{figure(wanted - works.gap.quantity)} {works.gap.unit}"
        works.notes.append(
            f"The maker needs {more} more than the gap has; what local supply does not cover is a missing input."
        )


def _outlook(works: Works, route: Route) -> None:
    """Note what else the new maker needs, and that what it makes has no outlet on record."""
    line = line_of(works.chain, route.process_id, works.gap.product_id)
    if works.output and (besides := needed_besides(works.chain, line, works.output)):
        works.notes.append(besides)
    works.notes += _other_inputs(works, route)
    asked, usual = works.closing.coefficient, route.coefficient
    if asked is not None and usual and not 0.8 < asked / usual < 1.25:
        works.notes.append(
            f"The recipe takes {figure(usual)} of {works.gap.product_name} per unit; {figure(asked)} is far from it."
        )
    if not _taken(works, route.product_id) and (route.stage or 0.0) < FINAL:
        works.notes.append(
            f"Nobody here is recorded to take {route.product_name}: unless somebody does, it leaves."
        )


def _other_inputs(works: Works, route: Route) -> Iterator[str]:
    """Say how much of its other inputs (no feedstock: energy, reagents) the maker needs that nobody here makes."""
    products = {row["product_id"]: row for row in works.chain.arrow("products").to_pylist()}
    needed = []
    for line in works.chain.facts("process_flows").to_pylist():
        mine = line["process_id"] == route.process_id and line["role"] == "input"
        if mine and line["product_id"] in route.missing_inputs:
            row, a = products[line["product_id"]], line["quantity"]
            much = f" ({figure(a * works.output)} {row['unit']})" if a and works.output else ""
            needed.append(f"{row['name']}{much}")
    if needed:
        yield f"Other inputs that nobody here is recorded to make: {', '.join(needed)}."


def _deprived(works: Works, parts: list[tuple[Row, float]]) -> Iterator[str]:
    """Say which enterprises get less: what goes to a plant outside the zone leaves too."""
    names, less = works.chain.names("enterprises"), dict[str, float]()
    for row, part in parts:
        if row["to_id"] in names:
            less[row["to_id"]] = less.get(row["to_id"], 0.0) + part
    for who, part in less.items():
        yield f"{names[who]}, outside the place, gets {figure(part)} {works.gap.unit} less of it."


def _taken(works: Works, product: str) -> bool:
    """Whether a plant here needs the product, as feedstock or as another input of a process that it may run."""
    r = recipes(works.chain)
    (code,) = works.chain.codes("products", [product])
    using = works.chain.ids("processes")[r.input.process[r.input.product == code]]
    return bool(len(works.local.users([product])) or works.local.processes & set(using))


def _from_where_it_arises(works: Works, taken: float) -> float:
    """Deliver a by-product from its makers, in proportion to what arises at each."""
    arising = _arising(works)
    total = sum(arising.values())
    for seller, amount in arising.items():
        if taken > 0 and total:
            part = amount * taken / total
            works.draft.deliver(seller, works.who, works.gap.product_id, part, works.process)
    return taken if taken > 0 and total else 0.0


def _arising(works: Works) -> dict[str, float]:
    """Return how much of the product arises at each enterprise of the zone, where that is known."""
    plants, ids = works.books.plants, works.chain.ids("enterprises")
    (code,) = works.chain.codes("products", [works.gap.product_id])
    row, product, back = returns_of(recipes(works.chain), plants)
    who = np.append(plants.enterprise[row[product == code]], plants.enterprise[plants.product == code])
    much = np.append(back[product == code], plants.output[plants.product == code])
    here = works.trail.inside(0, who) & (much > 0)
    found: dict[str, float] = {}
    for e, amount in zip(who[here], much[here], strict=True):
        found[str(ids[e])] = found.get(str(ids[e]), 0.0) + float(amount)
    return found


def fill_idle(works: Works) -> None:
    """Idle plants run more, each by as much of the gap as its idle capacity has of the whole."""
    needs, plants, ids = works.books.needs, works.books.plants, works.chain.ids("enterprises")
    (code,) = works.chain.codes("products", [works.gap.product_id])
    room = needs.absorb - needs.low
    at = np.flatnonzero((needs.product == code) & needs.certain & (room > 0))
    at = at[works.trail.inside(0, plants.enterprise[needs.row[at]])]
    if works.closing.who is not None:
        at = at[ids[plants.enterprise[needs.row[at]]] == works.closing.who]
    if not len(at):
        raise ParameterError("who", f"{works.closing.who or 'nobody here'} has no idle capacity on record")
    works.no_plant_asked()
    taken = min(works.size("gap"), float(room[at].sum()))
    flows = works.draft.lessen(works.flows(arriving=False), taken)
    total = sum(part for _, part in flows)
    extra: dict[tuple[str, str], float] = {}
    for i in at:
        row, part = needs.row[i], float(room[i]) * total / float(room[at].sum())
        who, product = str(ids[plants.enterprise[row]]), str(works.chain.ids("products")[plants.product[row]])
        idle = float(plants.capacity[row] - plants.output[row])
        extra[who, product] = extra.get((who, product), 0.0) + idle * part / float(room[i])
        for flow, share in flows:
            works.draft.deliver(flow["from_id"], who, works.gap.product_id, share * part / total, None)
    for (who, product), more in extra.items():
        works.draft.run_more(who, product, more)
        works.who, works.made, works.output = who, product, more if len(extra) == 1 else None
    works.kept = total


def connect(works: Works) -> None:
    """What leaves goes to those who buy it in instead."""
    works.no_plant_asked()
    taken = works.size("gap")
    users = set(works.chain.ids("enterprises")[works.local.users([works.gap.product_id])])
    if works.closing.who is not None:
        users &= {works.closing.who}
    bought = [r for r in works.flows(arriving=True) if r["arrives"] and r["to_id"] in users]
    there = sum(works.draft.amount(r) or 0.0 for r in bought)
    if not there:
        raise ParameterError("who", f"{works.closing.who or 'nobody here'} buys none of it from outside")
    taken = min(taken, there)
    sold = works.draft.lessen([r for r in works.flows(arriving=False) if not r["arrives"]], taken)
    for row, part in works.draft.lessen(bought, taken):
        for seller, share in sold:
            amount = part * share / taken
            works.draft.deliver(
                seller["from_id"], row["to_id"], works.gap.product_id, amount, row["process_id"]
            )
    works.who = ", ".join(sorted({r["to_id"] for r in bought}))
    works.kept = taken


def make_here(works: Works) -> None:
    """A maker makes the product and delivers it to those who lack it."""
    if works.closing.coefficient is not None:
        raise ParameterError("coefficient", "a missing input is made, not taken: say capacity instead")
    route = works.route() if works.gap.routes or works.closing.process else None
    works.process, works.made = route.process_id if route else None, works.gap.product_id
    works.output = works.size("capacity") if works.closing.capacity is None else works.closing.capacity
    works.who = works.maker()
    works.draft.make(works.who, works.made, works.process, works.output)
    _hand_over(works, works.output)


def fill_middle(works: Works) -> None:
    """A maker runs the absent steps and delivers to those who lack the product."""
    _hand_over(works, build_middle(works))


def _hand_over(works: Works, output: float) -> None:
    """Deliver to those who lack the product, by need; what they buy from outside shrinks by as much."""
    users = _lacking(works)
    total = sum(users.values())
    delivered = output if works.gap.quantity is None else min(output, works.gap.quantity)
    for user, need in users.items():
        if user != works.who:
            works.draft.deliver(works.who, user, works.gap.product_id, delivered * need / total, None)
    bought = [r for r in works.flows(arriving=True) if r["arrives"] and r["to_id"] in users]
    parts = works.draft.lessen(bought, delivered)
    if parts:
        works.kept = sum(part for _, part in parts)
    else:
        why = (
            "How much is bought in today is not known" if bought else "No purchase from outside is on record"
        )
        works.notes.append(f"{why}, so nothing is taken off it.")


def _lacking(works: Works) -> dict[str, float]:
    """Return how much each enterprise of the zone needs of the product, where that is known."""
    needs, plants = works.books.needs, works.books.plants
    (code,) = works.chain.codes("products", [works.gap.product_id])
    at = np.flatnonzero((needs.product == code) & needs.certain & (needs.low > 0))
    at = at[works.trail.inside(0, plants.enterprise[needs.row[at]])]
    found: dict[str, float] = {}
    for i in at:
        who = str(works.chain.ids("enterprises")[plants.enterprise[needs.row[i]]])
        found[who] = found.get(who, 0.0) + float(needs.low[i])
    return found


def provide(works: Works) -> None:
    """Somebody provides a service that was absent."""
    works.who, works.made = works.maker(), works.gap.product_id
    works.output = works.gap.quantity if works.closing.capacity is None else works.closing.capacity
    works.draft.make(works.who, works.made, works.closing.process, works.output)


KINDS: dict[str, Callable[[Works], None]] = {
    "missing_processing": take_outflow,
    "capacity_gap": take_outflow,
    "unused_by_product": take_outflow,
    "price_leakage": fill_idle,
    "unconnected": connect,
    "missing_input": make_here,
    "missing_middle": fill_middle,
    "no_final_product": build_to_final,
    "missing_enabler": provide,
}
"""How each kind of gap is closed."""
