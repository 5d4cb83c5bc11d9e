"""Where a product is the main feedstock of a step, and where it only goes in beside more of others.

Its part is by amount, among the feedstocks of the step that have its unit: 0.125 t of scrap beside 1.37 t of ore
are 8.4 %. Alone of its unit it is all of them. Below `MAIN`, or where an amount is not recorded, the product does
not make what the step makes: what it could make there (amount / coefficient) is not told, as in `chains`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from valuechain.answer import figure
from valuechain.model import Floats, Mask, ValueChain
from valuechain.paths.words import MAIN
from valuechain.recipes import recipes

if TYPE_CHECKING:
    from valuechain.gaps.routes import Route


def parts(chain: ValueChain) -> Floats:
    """Return what part of its step's feedstocks each feedstock line is, NaN where not known. Computed once."""

    def build() -> Floats:
        lines = recipes(chain).feedstock
        units = np.array([unit or "" for unit in chain.arrow("products")["unit"].to_pylist()], dtype=str)
        unit = np.unique(units, return_inverse=True)[1].reshape(-1)
        _, step = np.unique(lines.process * (len(units) + 1) + unit[lines.product], return_inverse=True)
        total, alone = np.bincount(step, weights=lines.quantity)[step], np.bincount(step)[step] == 1
        part = np.divide(lines.quantity, total, out=np.full(len(total), np.nan), where=total > 0)
        return np.where(alone, 1.0, part)

    return chain.once(("parts of feedstocks",), build)


def main_lines(chain: ValueChain) -> Mask:
    """Return which feedstock lines take their product as the main feedstock, but for rounding of the machine."""
    main: Mask = chain.once(("main feedstocks",), lambda: parts(chain) >= MAIN * (1 - 1e-9))
    return main


def line_of(chain: ValueChain, process: str, product: str) -> int:
    """Return the feedstock line by which a process takes a product."""
    (t,), (p,) = chain.codes("processes", [process]), chain.codes("products", [product])
    lines = recipes(chain).feedstock
    return int(lines.start[t] + np.flatnonzero(lines.product[lines.start[t] : lines.start[t + 1]] == p)[0])


def is_main(chain: ValueChain, process: str, product: str) -> bool:
    """Return whether a product is the main feedstock of a process that takes it."""
    return bool(main_lines(chain)[line_of(chain, process, product)])


def part_words(chain: ValueChain, line: int) -> str:
    """Return a part in words: only 8.4 %."""
    part = parts(chain)[line]
    return "an unrecorded part" if np.isnan(part) else f"only {100 * part:.2g} %"


def besides(chain: ValueChain, lines: Sequence[int]) -> str:
    """Say what else the steps of a way take in as feedstock, the largest of each step first; nothing if nothing."""
    names = dict.fromkeys(name for line in lines for name, _, _ in _others(chain, line))
    return f"with {_listed(list(names))} besides" if names else ""


def potential_words(chain: ValueChain, product: str, routes: Sequence["Route"]) -> str:
    """Say on which routes a product is no main feedstock, so that no potential output is told; else nothing."""
    minor = [r for r in routes if r.coefficient and not is_main(chain, r.process_id, product)]
    if not minor:
        return ""
    lines = [line_of(chain, r.process_id, product) for r in minor]
    told = [
        f"{r.process_name} ({part_words(chain, line)}, {besides(chain, [line])})"
        for r, line in zip(minor, lines, strict=True)
    ]
    name = chain.names("products")[product]
    return f" {name} is not the main feedstock of {_listed(told)}: what it could make there is not told."


def needed_besides(chain: ValueChain, line: int, output: float) -> str:
    """Say how much of others a maker of `output` needs where the product of the line is no main feedstock."""
    if main_lines(chain)[line]:
        return ""
    lines, products, processes = recipes(chain).feedstock, chain.ids("products"), chain.ids("processes")
    needed = [
        f"{name} ({'amount not recorded' if np.isnan(a) else f'{figure(a * output)} {unit}'})"
        for name, unit, a in _others(chain, line)
    ]
    name = chain.names("products")[products[lines.product[line]]]
    process = chain.names("processes")[processes[lines.process[line]]]
    return (
        f"{name} is {part_words(chain, line)} of what {process} takes in: besides it needs {_listed(needed)}, from "
        "elsewhere; none is bought for it."
    )


def _others(chain: ValueChain, line: int) -> list[tuple[str, str, float]]:
    """Return name, unit and coefficient of the other feedstocks of a step, the largest first."""
    lines, rows = recipes(chain).feedstock, chain.arrow("products").select(["product_id", "name", "unit"])
    first, last = lines.start[lines.process[line] :][:2]
    found = [
        (n, rows.slice(int(lines.product[n]), 1).to_pylist()[0]) for n in range(first, last) if n != line
    ]
    found.sort(key=lambda one: (-np.nan_to_num(lines.quantity[one[0]]), one[1]["product_id"]))
    return [(row["name"], row["unit"] or "", float(lines.quantity[n])) for n, row in found]


def _listed(names: Sequence[str], most: int = 3) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
