"""What rows say together: owners' shares, capacities, self-references, regions inside themselves.

These checks look at one table at a time. Circular majority ownership is left to the model, where control
is followed to the top.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow.compute as pc

from graph_schema.checks.sheet import Sheet, bad_rows, same

_ROUNDING = 0.005
_SLACK = 1.05


def check_sense(sheets: Mapping[str, Sheet]) -> None:
    """Run every check of this module."""
    checks: Mapping[str, tuple[Callable[[Sheet], None], ...]] = {
        "ownership": (_shares, _own_owner),
        "production": (_capacity,),
        "flows": (_self_delivery,),
        "initiatives": (_order,),
        "regions": (_nesting,),
    }
    for name, functions in checks.items():
        if sheets[name].size:
            for check in functions:
                check(sheets[name])


def _shares(sheet: Sheet) -> None:
    """The shares that one source gives of one company may not exceed 1, rounding aside."""
    owned, source = sheet.columns["owned_id"].to_pylist(), sheet.columns["source_id"].to_pylist()
    share = sheet.columns["share"].to_pylist()
    groups: dict[tuple[str, str], list[int]] = {}
    for row, part in enumerate(share):
        if part is not None and owned[row] and not sheet.bad[row]:
            groups.setdefault((owned[row], source[row]), []).append(row)
    for (company, _), rows in groups.items():
        total = sum(share[row] for row in rows)
        if total > 1 + _ROUNDING and len(rows) > 1:
            lines = ", ".join(str(sheet.raw.lines[row]) for row in rows)
            words = {"owned": company, "total": f"{total:.4g}", "lines": lines}
            sheet.fault("share.sum", np.array(rows[:1]), "share", same(**words), whole=rows)


def _own_owner(sheet: Sheet) -> None:
    same = pc.equal(sheet.columns["owner_id"], sheet.columns["owned_id"])
    sheet.fault("owner.self", bad_rows(same), "owned_id")


def _self_delivery(sheet: Sheet) -> None:
    same = pc.equal(sheet.columns["from_id"], sheet.columns["to_id"])
    sheet.fault("flow.self", bad_rows(same), "to_id")


def _capacity(sheet: Sheet) -> None:
    output, capacity = sheet.columns["output"], sheet.columns["capacity"]
    rows = bad_rows(pc.greater(output, pc.multiply(capacity, _SLACK)))

    def words(row: int) -> dict[str, object]:
        return {"output": f"{output[row].as_py():g}", "capacity": f"{capacity[row].as_py():g}"}

    sheet.fault("capacity.exceeded", rows, "output", words)


def _order(sheet: Sheet) -> None:
    start, end = sheet.columns["start"].to_pylist(), sheet.columns["end"].to_pylist()
    pairs = enumerate(zip(start, end, strict=True))
    rows = [row for row, (a, b) in pairs if a and b and b < a[: len(b)]]
    sheet.fault("date.order", np.array(rows, dtype=np.int64), "end", lambda row: {"start": start[row]})


def _nesting(sheet: Sheet) -> None:
    ids, parents = sheet.columns["region_id"].to_pylist(), sheet.columns["parent_id"].to_pylist()
    around = dict(zip(ids, parents, strict=True))
    done: set[str] = set()
    for row, region in enumerate(ids):
        path: list[str] = []
        place = region
        while place and place not in done and place not in path:
            path.append(place)
            place = around.get(place)
        if place and place in path:
            cycle = path[path.index(place) :]
            words = {"value": place, "path": " > ".join([*cycle, place])}
            rows = [other for other, name in enumerate(ids) if name in cycle]
            sheet.fault("region.cycle", np.array([row]), "parent_id", same(**words), whole=rows)
        done.update(path)
