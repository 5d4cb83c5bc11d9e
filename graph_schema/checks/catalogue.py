"""Own rows that replace rows of the reference catalogue, and what stays of the catalogue beside them.

A catalogue's coefficient rests on the units of both its products, on the main product of its process and on
the figure itself. An own row may replace any of them; the lines that it leaves in place then mean something
else, without a word. The catalogue's rows of role `output` say only what the main product is; they are not
counted.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa

from graph_schema.cells.units import UnitError, factor
from graph_schema.checks.sheet import Sheet, same

_NAMED = 5
_KEY = ("process_id", "product_id", "role")

Line = dict[str, object]


def counted_units(catalogue: Mapping[str, pa.Table], default: str) -> dict[str, str]:
    """Return the unit of each product that the catalogue's recipes count."""
    products = catalogue.get("products")
    if products is None:
        return {}
    places = (("process_flows", "product_id"), ("processes", "main_product_id"))
    used = {i for table, name in places if table in catalogue for i in catalogue[table][name].to_pylist()}
    pairs = zip(products["product_id"].to_pylist(), products["unit"].to_pylist(), strict=True)
    return {product: unit or default for product, unit in pairs if product in used}


def same_unit(unit: str, other: str) -> bool:
    """Say whether one of `unit` is one of `other`."""
    try:
        return factor(unit, other) == 1
    except UnitError:
        return False


def unit_words(product: str, unit: str, to: str, blank: bool) -> dict[str, object]:
    """Word a unit that differs from the catalogue's."""
    says = f"and a blank means {unit}" if blank else f"not in {unit}"
    try:
        factor(unit, to)
        other = f"; amounts in {unit} may stand in production and flows, with {unit} in their own column unit"
    except UnitError:
        other = ""
    return {"product": product, "to": to, "says": says, "other": other}


def check_overrides(flows: Sheet, processes: Sheet, catalogue: Mapping[str, pa.Table]) -> None:
    """Check the own rows of processes and process_flows against the catalogue's rows beside them."""
    if "process_flows" not in catalogue or not (flows.size or processes.size):
        return
    lines: dict[tuple[object, ...], Line] = {
        tuple(line[name] for name in _KEY): line for line in catalogue["process_flows"].to_pylist()
    }
    own: dict[tuple[object, ...], list[int]] = {}
    for row, key in enumerate(zip(*(flows.columns[name].to_pylist() for name in _KEY), strict=True)):
        if not flows.bad[row]:
            own.setdefault(key, []).append(row)
    _blanks(flows, own, lines)
    if processes.size and "processes" in catalogue:
        stay = [line for key, line in lines.items() if key not in own and line["role"] != "output"]
        _mains(processes, catalogue["processes"], stay)


def _blanks(
    flows: Sheet, own: Mapping[tuple[object, ...], list[int]], lines: Mapping[tuple[object, ...], Line]
) -> None:
    """Report own rows without a quantity in place of a catalogue row that has one."""
    quantity = flows.columns["quantity"]
    for key, rows in own.items():
        line = lines.get(key)
        if line and line["quantity"] is not None and not any(quantity[row].is_valid for row in rows):
            words = same(figure=_figure(line))
            flows.fault("recipe.blank_hides", np.array(rows, dtype=np.int64), "quantity", words)


def _mains(processes: Sheet, theirs: pa.Table, stay: Iterable[Line]) -> None:
    """Report own main products of catalogue processes whose lines stay."""
    made = dict(zip(theirs["process_id"].to_pylist(), theirs["main_product_id"].to_pylist(), strict=True))
    left: dict[object, list[Line]] = {}
    for line in stay:
        left.setdefault(line["process_id"], []).append(line)
    ids, mains = (processes.columns[name].to_pylist() for name in ("process_id", "main_product_id"))
    for row, (process, main) in enumerate(zip(ids, mains, strict=True)):
        lines = left.get(process, [])
        if processes.bad[row] or not lines or made.get(process) in (None, main):
            continue
        where, mend = np.array([row]), "use a process id of your own"
        words = {"process": process, "product": main, "theirs": made[process], "lines": _named(lines)}
        processes.fault("recipe.other_main", where, "main_product_id", same(**words))
        for line in lines:
            if line["product_id"] == main and line["role"] in ("feedstock", "input"):
                whence = f": the catalogue's row {main} ({line['role']} {_figure(line)}) stays"
                more = {"process": process, "product": main, "whence": whence, "mend": mend}
                processes.fault("recipe.self_input", where, "main_product_id", same(**more))


def _figure(line: Line) -> str:
    quantity = line["quantity"]
    return f"{quantity:g} {line['unit'] or ''}".strip() if quantity is not None else "of unknown quantity"


def _named(lines: list[Line]) -> str:
    named = [f"{line['product_id']} ({line['role']} {_figure(line)})" for line in lines[:_NAMED]]
    more = f" and {len(lines) - _NAMED} more" if len(lines) > _NAMED else ""
    return ", ".join(named) + more
