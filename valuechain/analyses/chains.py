"""Chains: the paths from raw to final products by the recipes, and where each first breaks here.

A path goes product -> process -> main product, one step for each feedstock line; energy, reagents, services
and by-products make no step. It is simple: no product comes twice. Each step stands in the place asked about as

* `working`: an enterprise here certainly runs the process, and a flow from inside the place or a transfer
  inside the plant feeds it;
* `present`: one certainly runs it, and no such link is on record;
* `possible`: the process is only one of several that an enterprise here may run;
* `absent`: nobody here is recorded to run it. `declared` says whether the data claims to hold all production
  of its main product here; else the absence is only not recorded.

Ends of a path:

* start given: final products (stage 4); the path ends at the first one met;
* end given: raw products (stage 0, and what no process makes); the path begins at the last one met;
* both given: between the two;
* neither: from each base product of the place to final products. A base product is of stage 0 or 1, made or
  certainly needed here, and cannot come from another one by processes that run here. Of a loop it is the
  product of the lowest stage, then the first by id. What only arises as a by-product is not among them.

Order: fewest absent steps, then fewest steps, then ids. `possible` steps count as no absent ones, and are
counted apart. Coefficients are units of a product per unit of the next one; yield = product of 1 / coefficient.
`available` is the recorded outflow of the product at which the path breaks (of its start where it does not
break), in its unit a year, and potential = available x yield from there to the end. Every path from one product
draws on the same outflow. Other feedstocks that a step mixes in are named (`beside`) and taken as to hand, so a
yield may exceed 1; where the product is less than half of what a step takes in of its unit, no potential is told, for
the product does not make it. Other inputs are not looked at. Potentials are options, never to be summed.

Source: paths are those of the recipe graph as a bipartite product-process graph (P-graphs, Friedler et al.
1992); statuses and order are this project's own; the search is A* (see `valuechain.paths.search`).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, ParameterError, Quantity, Text
from valuechain.accounts import accounts
from valuechain.coverage import claims_complete
from valuechain.evidence import Evidence, cite, cite_flow, facts_of
from valuechain.gaps.co_feeds import parts
from valuechain.gaps.trail import Trail
from valuechain.model import Codes, ValueChain
from valuechain.parameters import Region, Year
from valuechain.paths.caveats import caveats
from valuechain.paths.ends import Ends, Place, places
from valuechain.paths.search import ABSENT, POSSIBLE, STATUSES
from valuechain.paths.words import MAIN, reason
from valuechain.recipes import recipes
from valuechain.registry import analysis

MOST_PATHS, MOST_STEPS = 1000, 50


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a product becomes the main product of a process."""

    process_id: Annotated[str, Key("processes", "process")]
    process_name: Annotated[str, Text("its name")]
    from_product_id: Annotated[str, Key("products", "what goes in")]
    from_product_name: Annotated[str, Text("its name")]
    to_product_id: Annotated[str, Key("products", "what comes out")]
    to_product_name: Annotated[str, Text("its name")]
    to_stage: Annotated[float | None, Quantity("stage", "stage of what comes out, 0 raw to 4 final")]
    status: Annotated[str, Text("how the step stands here", STATUSES)]
    declared: Annotated[
        bool, Text("absent, and the data claims to hold all production here of what comes out")
    ]
    coefficient: Annotated[float | None, Quantity("per unit", "amount that goes in per unit that comes out")]
    grade: Annotated[str | None, Text("grade of the coefficient")]
    source_id: Annotated[str | None, Key("sources", "source of the coefficient")]
    instead: Annotated[tuple[str, ...], Key("processes", "other processes that take the same step")]
    beside: Annotated[tuple[str, ...], Key("products", "other feedstocks that the step takes in as well")]
    part: Annotated[
        float | None,
        Quantity("share", "part of the step's feedstocks of the same unit that it is, by amount"),
    ]
    makers: Annotated[tuple[str, ...], Key("enterprises", "who here runs it, or may run it where possible")]
    quantity: Annotated[float | None, Quantity("unit", "what moves on the link here, where working")]
    unit: Annotated[str, Text("unit of what goes in")]

    def __str__(self) -> str:
        sure = ", declared" if self.declared else ""
        return f"{self.from_product_name} -> {self.to_product_name} ({self.process_id}, {self.status}{sure})"


@dataclass(frozen=True, slots=True)
class ChainPath:
    """One path from a start to an end product, and how far it gets in one region."""

    path_id: Annotated[str, Text("stable name of the path: its start, processes and end")]
    region_id: Annotated[str | None, Key("regions", "place")]
    start_product_id: Annotated[str, Key("products", "where the path begins")]
    start_product_name: Annotated[str, Text("its name")]
    end_product_id: Annotated[str, Key("products", "where the path ends")]
    end_product_name: Annotated[str, Text("its name")]
    steps: Annotated[int, Quantity("steps", "number of steps")]
    absent: Annotated[int, Quantity("steps", "steps that nobody here is recorded to run")]
    possible: Annotated[int, Quantity("steps", "steps that are only one of several possible routes here")]
    path: Annotated[tuple[Step, ...], Text("the steps in order")]
    breaks_at_id: Annotated[
        str | None, Key("products", "product after which the first absent step comes; none if complete")
    ]
    breaks_at_name: Annotated[str | None, Text("its name")]
    reached_product_id: Annotated[str, Key("products", "how far the path gets without an absent step")]
    reached_product_name: Annotated[str, Text("its name")]
    reached_stage: Annotated[float | None, Quantity("stage", "its stage, 0 raw to 4 final")]
    yield_per_unit: Annotated[
        float | None, Quantity("yield_unit", "amount of the end product per unit of the start")
    ]
    yield_unit: Annotated[str, Text("unit of the yield")]
    available: Annotated[
        float | None,
        Quantity("unit", "recorded outflow of the product at the break, or of the start if nothing breaks"),
    ]
    unit: Annotated[str, Text("unit of the available amount")]
    potential: Annotated[
        float | None,
        Quantity("end_unit", "what the available amount would make of the end product: an option"),
    ]
    end_unit: Annotated[str, Text("unit of the end product")]
    reason: Annotated[str, Text("where the path breaks, in one sentence")]
    evidence: Annotated[tuple[Evidence, ...], Text("recipe lines, and the flows that leave")]


@analysis(
    title="Chains from raw to final products",
    reads=("production", "flows", "processes", "process_flows"),
    key=("region_id", "path_id"),
    place=3,
    table=(
        "start_product_name",
        "end_product_name",
        "absent",
        "steps",
        "possible",
        "breaks_at_name",
        "available",
        "potential",
    ),
    caveats=caveats,
)
def chains(
    chain: ValueChain,
    *,
    start: Annotated[
        str | None, Key("products", "paths from this product (default: the base products)")
    ] = None,
    end: Annotated[str | None, Key("products", "paths to this product (default: any final one)")] = None,
    region: Region = None,
    most: Annotated[int, Quantity("paths", f"paths shown of each start or end, 1 to {MOST_PATHS}")] = 5,
    max_steps: Annotated[int, Quantity("steps", f"longest path, 1 to {MOST_STEPS}")] = 12,
    year: Year = None,
) -> Iterator[ChainPath]:
    """How far does each chain get here from raw to final product, and which step does it lack first?

    The paths that lack the fewest steps come first, then the shortest. An option on a path is no forecast.

    Aluminium in the paper ends as metal. Two absent steps, an alloy (0.94 t of metal per t) and its casting
    (1.08 t of alloy per t), would take it to wheels: 237,500 t of metal leave, enough for
    237,500 / 0.94 / 1.08 t of them.

    >>> from loaders import load
    >>> from valuechain import question
    >>> row = next(iter(question("chains")(load("pavlodar"), start="primary-aluminium")))
    >>> row.path_id, row.absent, row.available, round(row.potential)
    ('primary-aluminium:AL09:AL20:aluminium-wheels', 2, 237500.0, 233944)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    for name, value, most_of_it in (("most", most, MOST_PATHS), ("max_steps", max_steps, MOST_STEPS)):
        if not 1 <= value <= most_of_it:
            raise ParameterError(name, f"{value} is not between 1 and {most_of_it}")
    if start is not None and start == end:
        raise ParameterError("end", f"{end} is the start too; a path leads to another product")
    ends = Ends(chain, start, end, most, max_steps)
    for place in places(chain, region, year):
        found = [path for _, one in ends.searches(place) for path in one.paths]
        told = _Rows(place)
        yield from (told.row(path) for path in sorted(found, key=told.rank))


class _Rows:
    """Tells the rows of one place; each step and each outflow is looked up once."""

    def __init__(self, place: Place) -> None:
        chain = place.chain
        self.chain, self.place, self.recipes = chain, place, recipes(chain)
        self._trail = Trail(chain, place.zones, accounts(chain, place.year))
        self._products = chain.arrow("products").select(["product_id", "name", "stage", "unit"]).to_pylist()
        self._steps: dict[int, tuple[Step, Evidence]] = {}
        self._parts = parts(chain)
        self._leaving: dict[int, tuple[float | None, tuple[Evidence, ...]]] = {}

    def rank(self, path: tuple[int, ...]) -> tuple[Any, ...]:
        """Return what paths are ordered by: absent steps, steps, ids."""
        lines, line = list(path), self.recipes.feedstock
        absent = int((self.place.standing.status[lines] == ABSENT).sum())
        return absent, len(path), int(line.product[path[0]]), line.process[lines].tolist()

    def row(self, path: tuple[int, ...]) -> ChainPath:
        """Return one path as a row."""
        told = [self._step(line) for line in path]
        steps = tuple(step for step, _ in told)
        lacks = [i for i, s in enumerate(steps) if s.status == STATUSES[ABSENT]]
        broken = lacks[0] if lacks else None
        feedstock = self.recipes.feedstock
        codes = [
            int(feedstock.product[path[0]]),
            *(int(self.recipes.main[feedstock.process[n]]) for n in path),
        ]
        first, last = self._products[codes[0]], self._products[codes[-1]]
        reached = self._products[codes[len(path) if broken is None else broken]]
        source = self._products[codes[broken or 0]]
        available, leaving = self._outflow(codes[broken or 0])
        onward = _yield(steps[broken or 0 :])
        main = all((s.part or 0.0) >= MAIN for s in steps[broken or 0 :])
        potential = (
            None if available is None or onward is None or not main else _twelve_digits(available * onward)
        )
        path_id = ":".join([first["product_id"], *(s.process_id for s in steps), last["product_id"]])
        row = ChainPath(
            path_id=path_id,
            region_id=self.place.region,
            start_product_id=first["product_id"],
            start_product_name=first["name"],
            end_product_id=last["product_id"],
            end_product_name=last["name"],
            steps=len(steps),
            absent=len(lacks),
            possible=sum(s.status == STATUSES[POSSIBLE] for s in steps),
            path=steps,
            breaks_at_id=None if broken is None else reached["product_id"],
            breaks_at_name=None if broken is None else reached["name"],
            reached_product_id=reached["product_id"],
            reached_product_name=reached["name"],
            reached_stage=reached["stage"],
            yield_per_unit=_yield(steps),
            yield_unit=f"{last['unit'] or 'unit'}/{first['unit'] or 'unit'}",
            available=available,
            unit=source["unit"] or "",
            potential=potential,
            end_unit=last["unit"] or "",
            reason="",
            evidence=(*(line for _, line in told), *leaving),
        )
        return replace(row, reason=reason(row, broken, self._origin(codes[0]), self.chain.names("products")))

    def _step(self, line: int) -> tuple[Step, Evidence]:
        """Return one recipe step with its recipe line, made once."""
        if line not in self._steps:
            self._steps[line] = self._made_step(line)
        return self._steps[line]

    def _made_step(self, line: int) -> tuple[Step, Evidence]:
        r, chain = self.recipes, self.chain
        process = int(r.feedstock.process[line])
        process_id = str(chain.ids("processes")[process])
        source, target = (self._products[int(c)] for c in (r.feedstock.product[line], r.main[process]))
        rows = facts_of(chain, "process_flows", source["product_id"])
        (row,) = (f for f in rows if f["process_id"] == process_id and f["role"] == "feedstock")
        status, moved = int(self.place.standing.status[line]), self.place.standing.quantity[line]
        step = Step(
            process_id=process_id,
            process_name=chain.names("processes")[process_id],
            from_product_id=source["product_id"],
            from_product_name=source["name"],
            to_product_id=target["product_id"],
            to_product_name=target["name"],
            to_stage=target["stage"],
            status=STATUSES[status],
            declared=status == ABSENT and self._declared(target["product_id"]),
            coefficient=row["quantity"],
            grade=row["resolved_grade"],
            source_id=row["source_id"],
            instead=tuple(str(p) for p in chain.ids("processes")[self._instead(line)]),
            beside=tuple(str(p) for p in chain.ids("products")[self._beside(line)]),
            part=None if math.isnan(self._parts[line]) else float(self._parts[line]),
            makers=tuple(str(chain.ids("enterprises")[e]) for e in self.place.standing.makers(process)),
            quantity=None if math.isnan(moved) else float(moved),
            unit=source["unit"] or "",
        )
        return step, cite("process_flows", row, "quantity")

    def _instead(self, line: int) -> Codes:
        """Return the other processes between the same two products."""
        taken, main = self.recipes.feedstock, self.recipes.main
        same = (taken.product == taken.product[line]) & (main[taken.process] == main[taken.process[line]])
        return np.setdiff1d(taken.process[same], [taken.process[line]])

    def _beside(self, line: int) -> Codes:
        """Return the other feedstocks of a step."""
        taken = self.recipes.feedstock
        first, last = taken.start[taken.process[line] :][:2]
        return np.setdiff1d(taken.product[first:last], [taken.product[line]])

    def _declared(self, product: str) -> bool:
        """Return whether the data declares to hold all makers here, and knows of none in another year."""
        if not claims_complete(self.chain, self.place.region, "production", product):
            return False
        rows = [r for r in facts_of(self.chain, "production", product) if r["year"] != self.place.year]
        return not self.place.inside[
            self.chain.codes("enterprises", [r["enterprise_id"] for r in rows])
        ].any()

    def _outflow(self, product: int) -> tuple[float | None, tuple[Evidence, ...]]:
        """Return what leaves of a product, None where it is not recorded, and the flows that say so."""
        if product not in self._leaving:
            name, unit, at = (
                self._products[product]["product_id"],
                self._products[product]["unit"],
                self.place.at[product],
            )
            rows = self._trail.flows(self.place.zone, name, arriving=False)
            amount: float | None = None
            if at >= 0 and self.place.book.outflow_rows[at]:
                amount = None if self.place.book.outflow_unknown[at] else float(self.place.book.outflow[at])
            elif claims_complete(self.chain, self.place.region, "flows", name):
                amount = 0.0
            self._leaving[product] = amount, tuple(cite_flow(row, unit or "") for row in rows)
        return self._leaving[product]

    def _origin(self, product: int) -> str:
        """Say where the start comes from, if it is not known to arise here."""
        book, at, name = self.place.book, self.place.at[product], self._products[product]["name"]
        if at >= 0 and (book.makers[at] or book.returns[at] or book.supply_unknown[at]):
            return ""
        if at >= 0 and book.inflow_rows[at]:
            return f"; {name} itself is brought in"
        declared = self._declared(self._products[product]["product_id"])
        return (
            f"; the data declares that nobody here makes {name}"
            if declared
            else f"; no maker of {name} is recorded here"
        )


def _yield(steps: tuple[Step, ...]) -> float | None:
    """Return units of the last product per unit of the first; None if a coefficient is unknown."""
    found = 1.0
    for step in steps:
        if not step.coefficient:
            return None
        found /= step.coefficient
    return _twelve_digits(found)


def _twelve_digits(value: float) -> float:
    return float(f"{value:.12g}")
