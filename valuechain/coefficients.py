"""The coefficients that answers rest on: feedstock lines of the recipes that plants run, and how good they are.

A plant runs the process that its production row names, else any that makes its product and is not ruled out
(see `valuechain.plants`). Grades: stated (observed, reported) by somebody, computed by a formula (inferred),
typical (expert, or no grade). Routes that nobody runs yet are graded row by row in the answers that show them.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from valuechain.accounts import accounts
from valuechain.arrays import of_year
from valuechain.model import Codes, ValueChain, grades

STATED, COMPUTED = ("observed", "reported"), ("inferred",)
_NAMED = 6


def run_here(chain: ValueChain, year: int) -> Codes:
    """Return the processes that somebody is recorded to run in a year, certainly or possibly."""
    named = chain.codes("processes", of_year(chain.facts("production"), year)["process_id"])
    return np.unique(np.concatenate([accounts(chain, year).plants.route_process, named[named >= 0]]))


def coefficients_told(chain: ValueChain, year: int) -> Iterator[str]:
    """Yield the sentence on the coefficients behind what plants need: how many of which grade."""
    yield from chain.once(("coefficients told", year), lambda: tuple(_told(chain, year)))


def _told(chain: ValueChain, year: int) -> Iterator[str]:
    rows = chain.facts("process_flows").filter(pc.field("role") == "feedstock")
    mine = np.isin(chain.codes("processes", rows["process_id"]), run_here(chain, year))
    rows = rows.filter(pa.array(mine & ~np.asarray(pc.is_null(rows["quantity"]))))
    if not rows.num_rows:
        return
    grade = pc.fill_null(grades(chain, rows), "")
    stated, computed = (np.asarray(pc.is_in(grade, value_set=pa.array(g))) for g in (STATED, COMPUTED))
    typical = rows.filter(pa.array(~stated & ~computed))
    names = [
        f"{r['process_id']} {r['product_id']}"
        for r in typical.select(["process_id", "product_id"]).to_pylist()
    ]
    listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    parts = [
        (int(stated.sum()), "stated by a source"),
        (int(computed.sum()), "computed"),
        (len(names), "typical"),
    ]
    told = ", ".join(f"{n} {words}" for n, words in parts if n)
    yield (
        f"What plants need rests on {rows.num_rows} coefficient{'s' * (rows.num_rows != 1)} of recipes: {told}"
        f"{f' ({listed})' if names else ''}. The question recipes tells each with its source."
    )
