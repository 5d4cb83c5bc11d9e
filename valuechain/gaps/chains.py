"""Chains that break off here: no final product (one row per chain), and steps missing in the middle.

`no_final_product`. A chain starts at a product that is made or certainly needed here, below stage 4, and is not
made here from another one (a loop starts at its member of lowest stage); it is one that a recipe takes, or raw or
primary. By-products belong to the chain of what they come from. The row stands where no product of stage 4 made
here is reached from the start by steps that are present; where one is reached only by steps that are possible,
not certain, the row is conditional and has no quantity. It stops at the products of highest stage, then of most
steps. Size: output here, else requirement, else inflow of the start.

`missing_middle`. For each product m that local plants need and nobody here makes: the present product p of a lower
stage than what they make of m, from which m can be reached with the fewest absent processes, then the fewest
steps, at most 8. Of several such ways the one that could make most counts. With kappa the product of the
coefficients along the way (units of p per unit of m),

    quantity = min(requirement of m, X / kappa),  X = recorded outflow of p, else what is left of p here.

Ways on which each step takes its product as the main feedstock (at least half of its feedstocks of the same unit)
come first. Where there is none, p goes in only beside more of others, which make m: the row stands, as such a path
does in `chains`, but with no quantity, for X / kappa would take 0.1 t of scrap beside 1.4 t of ore for a tonne of
steel. What p could become, with the others to hand, is told by simulating it.
"""

from collections.abc import Iterator

import numpy as np

from valuechain.answer import figure
from valuechain.evidence import Evidence
from valuechain.gaps.co_feeds import besides, part_words
from valuechain.gaps.middle import Way, Ways
from valuechain.gaps.present import Present, present
from valuechain.gaps.routes import Route, routes_along, routes_from, who_could
from valuechain.gaps.scene import Scene, Told, Worth, bound_of
from valuechain.model import Codes, Floats, Mask
from valuechain.recipes import closure, recipes
from valuechain.scope import FINAL, has_route, stages

STAGES = ("raw", "primary", "semi-finished", "component", "final")
PRIMARY = 1.0


def no_final_products(scene: Scene, view: Mask) -> Iterator[Told]:
    """Yield the chains that reach no final product here."""
    book, here = scene.book, present(scene)
    stage = stages(scene.chain)[book.product]
    node = here.made | (book.users > 0)
    on = node[here.steps.source]
    source, target, sure = here.steps.source[on], here.steps.target[on], here.steps.certain[on]
    final = (book.makers > 0) & (stage >= FINAL)
    surely, perhaps = closure(final, target[sure], source[sure]), closure(final, target, source)
    begins = (stage < FINAL) & (has_route(scene.chain)[book.product] | (stage <= PRIMARY))
    starts = chain_starts(node, source, target, stage)
    for at in starts[(begins & ~surely & view[book.product])[starts]]:
        reached = _steps_from(int(at), here)
        told = _dead_end(scene, here, stage, int(at), reached, bool(perhaps[at]))
        if told is not None:
            yield told


def chain_starts(node: Mask, source: Codes, target: Codes, stage: Floats) -> Codes:
    """Return the nodes that no other node leads to; of a loop that none leads to, its lowest by stage, then id."""
    entered = np.zeros(len(node), bool)
    entered[target] = True
    first = node & ~entered
    starts, rest = [np.flatnonzero(first)], node & ~closure(first, source, target)
    while rest.any():
        inner = rest[source] & rest[target]
        up, down = (source[inner], target[inner])
        at = int(np.flatnonzero(rest)[0])
        while True:
            before = closure(_only(at, len(node)), down, up)
            loop = before & closure(_only(at, len(node)), up, down)
            if not (before & ~loop).any():
                break
            at = int(np.flatnonzero(before & ~loop)[0])
        members = np.flatnonzero(loop)
        lowest = np.lexsort((members, np.nan_to_num(stage[members], nan=np.inf)))[0]
        starts.append(members[lowest : lowest + 1])
        rest &= ~closure(loop, up, down)
    return np.sort(np.concatenate(starts))


def _only(at: int, size: int) -> Mask:
    mask = np.zeros(size, bool)
    mask[at] = True
    return mask


def _steps_from(start: int, here: Present) -> dict[int, tuple[int, ...]]:
    """Return the shortest way along present steps from a start to each node that it leads to."""
    by_source = here.by_source
    ways: dict[int, tuple[int, ...]] = {start: (start,)}
    front = [start]
    while front:
        fresh = []
        for at in front:
            for step in np.sort(here.steps.target[by_source.of(np.array([at]))]):
                if int(step) not in ways:
                    ways[int(step)] = (*ways[at], int(step))
                    fresh.append(int(step))
        front = sorted(fresh)
    return ways


def _dead_end(
    scene: Scene, here: Present, stage: Floats, at: int, ways: dict[int, tuple[int, ...]], perhaps: bool
) -> Told | None:
    book, zone = scene.book, int(scene.book.zone[at])
    size = None if perhaps else _base(scene, here, at)
    if size is None and not perhaps:
        return None
    quantity, bound, basis = size or (None, "unknown", "not recorded")
    known = {a: -1.0 if np.isnan(stage[a]) else float(stage[a]) for a in ways if book.makers[a] or a == at}
    most = max((known[a], len(ways[a])) for a in known)
    ends = sorted(a for a in known if (known[a], len(ways[a])) == most)
    local, end = scene.local(zone), scene.product_id(int(book.product[ends[0]]))
    routes: dict[str, Route] = {}
    lines: list[Evidence] = []
    for one in ends:
        found, cited = routes_from(
            scene.chain, scene.product_id(int(book.product[one])), None, local, scene.year
        )
        routes = {**{r.process_id: r for r in found}, **routes}
        lines += cited
    options = tuple(routes.values())
    declared = scene.zones.ground == "territory" and scene.all_declared(zone)
    return Told(
        kind="no_final_product",
        zone=zone,
        product=int(book.product[at]),
        quantity=quantity,
        bound=bound,
        basis=basis,
        conditional=perhaps,
        absence="declared" if declared else "not recorded",
        share=None if quantity is None else 1.0,
        worth=Worth(
            None, "", "no value: it would count what the outflows along the chain are worth once more"
        ),
        reason=_stops(scene, stage, ways[ends[0]], ends[1:], perhaps, bool(options), declared),
        routes=options,
        closing_options=who_could(scene.chain, end, options, local, np.zeros(0, np.int64), upstream=False),
        evidence=tuple(dict.fromkeys([*_along(scene, zone, ways[ends[0]]), *lines])),
    )


def _base(scene: Scene, here: Present, at: int) -> tuple[float | None, str, str] | None:
    """Return size, bound and basis of what starts a chain; None where it is known to be nothing."""
    b = scene.book
    made, need, into = float(b.output[at] + b.returns[at]), float(b.requirement[at]), float(b.inflow[at])
    open_made = here.open[at]
    if made:
        return made, bound_of(made, open_made, False), "derived" if b.returns[at] else "recorded"
    if need:
        more = b.need_unknown[at] or b.requirement_high[at] > need
        return need, bound_of(need, more or open_made, open_made), "derived"
    if into:
        return into, "uncertain", "recorded"
    if open_made or b.need_unknown[at] or b.inflow_unknown[at]:
        return None, "unknown", "not recorded"
    return None


def _stops(
    scene: Scene, stage: Floats, way: tuple[int, ...], others: list[int], perhaps: bool, taken: bool, declared: bool
) -> str:  # fmt: skip
    product, place = scene.book.product, scene.place(int(scene.book.zone[way[0]]))
    names = [scene.product_name(int(product[a])) for a in way]
    path, last = " -> ".join(names), stage[way[-1]]
    word = "stage not recorded" if np.isnan(last) else f"stage {last:g}, {STAGES[min(4, max(0, int(last)))]}"
    if perhaps:
        return (
            f"Whether anything made from {names[0]} reaches a final product in {place} depends on which of several "
            f"possible routes a plant runs: {path} ({word}) is possible, not certain."
        )
    where = f"{path} ({word}) is where it stops" if len(way) > 1 else f"no local process takes it ({word})"
    also = [scene.product_name(int(product[a])) for a in others]
    if also:
        more = f" and {len(also) - 3} more" if len(also) > 3 else ""
        where += f", and so are {', '.join(also[:3])}{more}" if len(also) > 1 else f", and so is {also[0]}"
    leaves = _leaving(scene, way)
    known = "" if taken else _no_recipe(scene, way[-1])
    sure = "" if declared else " The data does not claim to hold all makers here."
    return f"Nothing made from {names[0]} reaches a final product in {place}: {where}{leaves}.{known}{sure}"


def _no_recipe(scene: Scene, at: int) -> str:
    """Say that no recipe works a product up, and into what it goes as an input if any."""
    name, lines = scene.product_name(int(scene.book.product[at])), recipes(scene.chain).input
    used = lines.process[lines.product == scene.book.product[at]]
    ids, names = scene.chain.ids("processes"), scene.chain.names("processes")
    run = scene.local(int(scene.book.zone[at])).processes
    into = sorted({names[ids[p]] + (" here" if ids[p] in run else "") for p in used})
    if into:
        return f" No recipe works {name} up; it is an input of {_listed(into)}."
    return f" No recipe takes {name}: what it could become is not known here."


def _leaving(scene: Scene, way: tuple[int, ...]) -> str:
    b, parts, open_parts = scene.book, [], []
    for a in way:
        name, made = scene.product_name(int(b.product[a])), b.output[a]
        if b.outflow[a] and made and not b.output_unknown[a] and not b.outflow_unknown[a]:
            parts.append(f"{100 * b.outflow[a] / made:.3g} % of {name}")
        elif b.outflow[a] or b.outflow_unknown[a]:
            open_parts.append(name)
    told = f"; {' and '.join(parts)} leave{'s' if len(parts) == 1 else ''}" if parts else ""
    if open_parts:
        told += f"; what leaves of {' and '.join(open_parts)} is not known as a share"
    return told


def _along(scene: Scene, zone: int, way: tuple[int, ...]) -> Iterator[Evidence]:
    """Yield outputs, recipe lines and what leaves, along present steps."""
    local, processes = scene.local(zone), scene.chain.ids("processes")
    mains = scene.chain.arrow("processes")["main_product_id"].to_pylist()
    makes = {str(p): str(main) for p, main in zip(processes, mains, strict=True) if str(p) in local.processes}
    ids = [scene.product_id(int(scene.book.product[a])) for a in way]
    for name, after in zip(ids, [*ids[1:], ""], strict=True):
        yield from scene.trail.made(zone, name)
        yield from scene.trail.lines(name, "feedstock", {p for p, main in makes.items() if main == after})
        yield from scene.trail.left(zone, name, arriving=name == ids[0])


def missing_middles(scene: Scene, view: Mask) -> Iterator[Told]:
    """Yield what local plants need, nobody here makes, and what is made here could become."""
    b, here = scene.book, present(scene)
    stage = stages(scene.chain)[b.product]
    needed = (
        ((b.users > 0) | (b.conditional > 0)) & ~here.made & (b.supply_unknown == 0) & (b.market_supply == 0)
    )
    step = here.steps.main & (needed & view[b.product])[here.steps.source]
    step &= stage[here.steps.target] > 0
    source, target = here.steps.source[step], here.steps.target[step]
    for zone in np.unique(b.zone[source]):
        ways = Ways(scene, here, int(zone))
        for at in np.unique(source[b.zone[source] == zone]):
            takers = target[source == at]
            way = ways.to(int(b.product[at]), float(stage[takers].max()))
            if way is not None:
                takers = takers[stage[takers] > stages(scene.chain)[way.start]]
                yield _middle(scene, int(at), way, takers)


def _middle(scene: Scene, at: int, way: Way, takers: Codes) -> Told:
    b, zone, product = scene.book, int(scene.book.zone[at]), scene.product(int(scene.book.product[at]))
    need, sure = float(b.requirement[at]), b.users[at] > 0
    could = way.amount if sure and need else None
    quantity = min(need, could) if could else None
    more = b.need_unknown[at] or b.requirement_high[at] > need * (1 + 1e-12)
    local, start = scene.local(zone), scene.product_id(way.start)
    routes = routes_along(scene.chain, way.lines, quantity, local, scene.year)
    absent = tuple(r for r in routes if not r.present)
    declared = scene.declared(zone, [r.product_id for r in absent])
    worth = scene.at_price(product, quantity)
    evidence = [
        *scene.trail.made(zone, start),
        *scene.trail.left(zone, start),
        *way.cited(scene),
        *scene.trail.uses(local, product["product_id"]),
    ]
    return Told(
        kind="missing_middle",
        zone=zone,
        product=int(b.product[at]),
        quantity=quantity,
        bound=bound_of(quantity, more or way.low, way.high),
        basis="not recorded" if quantity is None else "derived",
        conditional=not sure,
        absence="declared" if declared else "not recorded",
        share=quantity / need if quantity is not None and not b.need_unknown[at] else None,
        worth=worth,
        reason=_between(scene, at, way, takers, absent, declared),
        routes=absent,
        closing_options=who_could(
            scene.chain, product["product_id"], absent, local, np.zeros(0, np.int64), upstream=True
        ),
        evidence=tuple(dict.fromkeys(evidence)),
    )


def _between(
    scene: Scene, at: int, way: Way, takers: Codes, absent: tuple[Route, ...], declared: bool
) -> str:  # fmt: skip
    b, zone = scene.book, int(scene.book.zone[at])
    first, local = scene.product_name(way.start), scene.local(zone)
    makes = [scene.product_name(int(b.product[t])) for t in takers]
    lacking = {r.product_id for r in absent}
    path = [first]
    path += [
        scene.product_name(code) + (" (absent)" if scene.product_id(code) in lacking else "")
        for code in way.mains(scene)
    ]
    several = len(absent) > 1
    words = (
        f"{first} and {_listed(makes)} are made here, but the step{'s' if several else ''} between "
        f"{'are' if several else 'is'} not{'' if declared else ' recorded'}: {' -> '.join([*path, makes[0]])}."
    )
    lack, unit = scene.product(int(b.product[at])), scene.product(way.start)["unit"] or ""
    certain, maybe = (scene.named(found) for found in local.needs([lack["product_id"]]))
    users = _listed(list(certain or maybe))
    if not certain:
        return f"{words} {users} may need {lack['name']}, on one of several possible routes."
    need = (
        f"{figure(float(b.requirement[at]))} {lack['unit']}" if b.requirement[at] else "an unrecorded amount"
    )
    free = f"how much {first} is free for that is not recorded"
    if (line := way.beside(scene)) is not None:
        free = _only_beside(scene, way, line)
    elif way.free is not None:
        free = f"the {figure(way.free)} {unit} of {first} that {'leave' if way.leaves else 'are left here'}"
        could = (
            "could make an unrecorded amount"
            if way.amount is None
            else f"could make {figure(way.amount)} {lack['unit']}"
        )
        more = besides(scene.chain, way.lines)
        free += f" {could} of it" + (f", {more}" if more else "")
    return f"{words} {users} need{'' if len(certain) > 1 else 's'} {need} of {lack['name']}; {free}."


def _only_beside(scene: Scene, way: Way, line: int) -> str:
    """Say where a way takes its product only beside more of others, so that no size is told."""
    r, first = recipes(scene.chain), scene.product(way.start)
    into = scene.product_name(int(r.main[r.feedstock.process[line]]))
    taken = scene.product_name(int(r.feedstock.product[line]))
    known = "" if way.free is None else f" the {figure(way.free)} {first['unit'] or ''} of"
    could = f"what{known} {first['name']} could make of it is not told"
    part = f"{part_words(scene.chain, line)} of what goes into {into}, {besides(scene.chain, [line])}"
    return f"{taken} is {part}, so {could}"


def _listed(names: list[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
