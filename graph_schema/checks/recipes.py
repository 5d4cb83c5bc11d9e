"""What recipes say together: processes that feed on their own product or take one product twice, and loops
that make more than they take.

A part of a process's own product as an `input` is fine: seed potatoes make potatoes. A loop is only judged
where each of its processes has one feedstock or input in all, so that nothing else can have added the
amount. What is taken and given is multiplied round the loop, so units cancel out. Rows of the dataset
override reference rows; a loop of reference rows alone is not reported.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from graph_schema.checks.sheet import Sheet, same

_TAKEN = ("feedstock", "input")
_ROUNDING = 0.02
_ROUNDS = 50
_COLUMNS = ("process_id", "product_id", "role", "quantity")

Recipe = dict[str, tuple[float | None, int | None]]
"""What a process takes per unit of its main product: the amount, and the row of the dataset that says so."""


def check_recipes(flows: Sheet, processes: Sheet, reference: Mapping[str, pa.Table]) -> None:
    """Check the rows of process_flows together with the reference recipes."""
    if not flows.size:
        return
    mains = dict(_pairs(reference.get("processes"))) | dict(_pairs(processes.columns))
    recipes: dict[str, Recipe] = {}
    for table, own in ((reference.get("process_flows"), False), (flows.columns, True)):
        for row, (process, product, role, quantity) in enumerate(_rows(table)):
            if process and product and role in _TAKEN and not (own and flows.bad[row]):
                recipes.setdefault(process, {})[product] = quantity, row if own else None
                if own and product == mains.get(process) and (role == "feedstock" or (quantity or 0) >= 1):
                    mend = "remove the row, or name the main product of the process"
                    words = same(process=process, product=product, mend=mend)
                    flows.fault("recipe.self_input", np.array([row]), "product_id", words)
    _two_roles(flows, reference.get("process_flows"))
    _gains(flows, mains, recipes)


def _two_roles(flows: Sheet, reference: pa.Table | None) -> None:
    """Report a product that a process takes both as feedstock and as input: the amounts are added up."""
    taken: dict[tuple[str, str], dict[str, int | None]] = {}
    for table, own in ((reference, False), (flows.columns, True)):
        for row, (process, product, role, _) in enumerate(_rows(table)):
            if process and product and role in _TAKEN and not (own and flows.bad[row]):
                taken.setdefault((process, product), {})[role] = row if own else None
    for (process, product), roles in taken.items():
        rows = {role: row for role, row in roles.items() if row is not None}
        if len(roles) < 2 or not rows:
            continue
        role = max(rows, key=lambda name: rows[name])
        (other,) = roles.keys() - {role}
        of_catalogue = roles[other] is None
        where = "the catalogue's row" if of_catalogue else f"line {flows.raw.lines[rows[other]]}"
        mend = (
            f"write {other} here to replace the catalogue's row" if of_catalogue else "remove one of the rows"
        )
        words = same(process=process, product=product, role=role, other=other, where=where, mend=mend)
        flows.fault("recipe.two_roles", np.array([rows[role]]), "role", words)


def _pairs(columns: pa.Table | Mapping[str, pa.Array] | None) -> Iterator[tuple[str, str]]:
    if columns is not None:
        yield from zip(columns["process_id"].to_pylist(), columns["main_product_id"].to_pylist(), strict=True)


def _rows(
    columns: pa.Table | Mapping[str, pa.Array] | None,
) -> Iterator[tuple[str | None, str | None, str | None, float | None]]:
    if columns is not None:
        yield from zip(*(columns[name].to_pylist() for name in _COLUMNS), strict=True)


def _gains(flows: Sheet, mains: Mapping[str, str], recipes: Mapping[str, Recipe]) -> None:
    """Report each loop that gives more than it takes, at its first row in the dataset."""
    least: dict[tuple[str, str], tuple[float, int | None]] = {}
    for process, recipe in recipes.items():
        for product, (quantity, row) in recipe.items():
            step = mains.get(process) or "", product
            if len(recipe) == 1 and quantity and all(step) and step[0] != product:
                least[step] = min(least.get(step, (np.inf, None)), (quantity, row), key=lambda pair: pair[0])
    for loop in _loops({step: float(np.log(quantity)) for step, (quantity, _) in least.items()}):
        steps = list(zip(loop, [*loop[1:], loop[0]], strict=True))
        taken = float(np.prod([least[step][0] for step in steps]))
        rows = [row for step in steps if (row := least[step][1]) is not None]
        if taken < 1 - _ROUNDING and rows:
            words = same(path=" < ".join([*loop, loop[0]]), taken=f"{taken:.3g}")
            flows.fault("recipe.gain", np.array([min(rows)]), "quantity", words)


def _loops(lengths: Mapping[tuple[str, str], float]) -> list[list[str]]:
    """Return loops of negative length (Bellman and Ford, in a bounded number of rounds)."""
    distance = {end: 0.0 for step in lengths for end in step}
    before: dict[str, str] = {}
    for _ in range(_ROUNDS):
        shorter = False
        for (start, end), length in lengths.items():
            if distance[start] + length < distance[end] - 1e-9:
                distance[end], before[end] = distance[start] + length, start
                shorter = True
        if not shorter:
            return []
    loops: dict[frozenset[str], list[str]] = {}
    done: set[str] = set()
    for start in before:
        path: list[str] = []
        place = start
        while place in before and place not in done and place not in path:
            path.append(place)
            place = before[place]
        if place in path:
            loop = path[path.index(place) :][::-1]
            loops.setdefault(frozenset(loop), loop)
        done.update(path)
    return list(loops.values())
