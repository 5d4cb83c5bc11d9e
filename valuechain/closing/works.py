"""What is known around the gap that is to be closed: its zone, who could make it, by which route, how much."""

from typing import TYPE_CHECKING

import numpy as np

from graph_schema import ParameterError
from graph_schema.cells.text import nearest
from valuechain.accounts import accounts
from valuechain.closing.draft import Draft, Row
from valuechain.evidence import facts_of
from valuechain.gaps.neighbours import LocalMakers
from valuechain.gaps.routes import Route
from valuechain.gaps.trail import Trail
from valuechain.model import ValueChain
from valuechain.naming import not_found
from valuechain.scope import zones_of

if TYPE_CHECKING:
    from valuechain.analyses.missing_links import MissingLink
    from valuechain.closing.close import Closing

NEW = "new-maker"
"""Id of the maker that a closing adds where nobody is named."""


class Works:
    """One gap, the plants and flows around it, the rows written to close it, and what came of it."""

    def __init__(self, chain: ValueChain, closing: "Closing", gap: "MissingLink", year: int) -> None:
        self.chain, self.closing, self.gap, self.year = chain, closing, gap, year
        boundary = "owner" if gap.owner_id else "territory"
        self.zones = zones_of(chain, boundary, gap.owner_id, gap.region_id, None)
        self.books = accounts(chain, year, self.zones.ground)
        self.local = LocalMakers(chain, self.books, self.zones, 0)
        self.trail = Trail(chain, self.zones, self.books)
        self.draft = Draft(chain, self.books.plants, year)
        self.notes: list[str] = []
        self.who, self.made, self.process = "", None, None  # type: str, str | None, str | None
        self.output: float | None = None
        self.kept: float | None = None
        self.short = False

    def maker(self) -> str:
        """Return who closes the gap: the enterprise named, else a new one in the zone."""
        if self.closing.who is not None:
            (code,) = self.chain.codes("enterprises", [self.closing.who])
            if code < 0:
                raise not_found(self.chain, "enterprises", self.closing.who)
            if not self.trail.inside(0, np.array([code]))[0]:
                raise ParameterError(
                    "who", f"{self.closing.who} lies outside {self._place()}: the gap would stay"
                )
            return self.closing.who
        who = NEW
        while self.chain.row("enterprises", who) is not None:
            who += "-2"
        place = self.gap.region_id
        self.draft.add(
            "enterprises", enterprise_id=who, name="New maker (simulation)", kind="plant", region_id=place
        )
        if self.gap.owner_id:
            self.draft.add("ownership", owner_id=self.gap.owner_id, owned_id=who, share=1.0)
        return who

    def _place(self) -> str:
        table, name = (
            ("enterprises", self.gap.owner_id) if self.gap.owner_id else ("regions", self.gap.region_id)
        )
        return self.chain.names(table).get(name or "", "the area of the dataset")

    def route(self) -> Route:
        """Return the route that the maker runs: the one named, else one present here, else the least in want."""
        known = {r.process_id: r for r in self.gap.routes}
        if self.closing.process is not None:
            if self.closing.process not in known:
                close = nearest(self.closing.process, known)
                hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(known) or 'none'}."
                raise ParameterError("process", f"{self.closing.process} is no route of this gap. {hint}")
            return known[self.closing.process]
        if not known:
            raise ParameterError(
                "process", f"no recipe takes {self.gap.product_name}; add process_flows that do"
            )
        return usual(self.gap.routes)

    def coefficient(self, route: Route) -> tuple[str, float]:
        """Return (process, coefficient) that the maker runs: the recipe's own, or a copy with another yield."""
        asked = self.closing.coefficient
        if asked is None:
            if not route.coefficient:
                name = self.gap.product_name
                raise ParameterError(
                    "coefficient", f"{route.process_name} gives no amount of {name}; say how much"
                )
            return route.process_id, route.coefficient
        if asked == route.coefficient:
            return route.process_id, asked
        return self._copied(route, asked), asked

    def _copied(self, route: Route, coefficient: float) -> str:
        """Write a process of the maker's own, like the route but for the coefficient of the gap's product."""
        rows = facts_of(self.chain, "production", route.product_id, self.year)
        vague = [row["enterprise_id"] for row in rows if row["process_id"] is None]
        if vague:
            raise ParameterError(
                "coefficient",
                f"another yield is a process of its own, and {self.chain.names('enterprises')[vague[0]]}, which makes "
                f"{route.product_name} by a process that is not recorded, could be taken to run it too: record its "
                "process_id in production first, or leave the yield out",
            )
        own = f"{route.process_id}-simulation"
        row = self.chain.row("processes", route.process_id) or {}
        self.draft.add(
            "processes", process_id=own, name=f"{row['name']} (simulation)", sector=row["sector"],
            main_product_id=route.product_id,
        )  # fmt: skip
        lines = self.chain.facts("process_flows").to_pylist()
        for line in lines:
            if line["process_id"] == route.process_id:
                changed = line["role"] == "feedstock" and line["product_id"] == self.gap.product_id
                quantity = coefficient if changed else line["quantity"]
                self.draft.add(
                    "process_flows", process_id=own, product_id=line["product_id"], role=line["role"],
                    quantity=quantity, unit=line["unit"],
                )  # fmt: skip
        return own

    def flows(self, *, arriving: bool) -> list[Row]:
        """Return the flow rows of the product that leave the zone, and with `arriving` those that enter."""
        return self.trail.flows(0, self.gap.product_id, arriving=arriving)

    def size(self, parameter: str) -> float:
        """Return the size of the gap; `ParameterError` naming `parameter` where it is not known."""
        if self.gap.quantity is None:
            say = "say capacity" if parameter == "capacity" else "enter the missing amounts first"
            raise ParameterError(parameter, f"the size of {self.gap.gap_id} is not known; {say}")
        return self.gap.quantity

    def no_plant_asked(self, *names: str) -> None:
        """Refuse the parameters that describe a plant which this kind of gap does not need."""
        for name in names or ("process", "capacity", "coefficient"):
            if getattr(self.closing, name) is not None:
                raise ParameterError(
                    name, f"a gap of kind {self.gap.kind} is closed without it; leave it out"
                )


def usual(routes: tuple[Route, ...]) -> Route:
    """Return the route that a maker runs unless told: one present here, else the least in want.

    Routes with a potential output come first: the others take the product only beside more of other feedstocks.
    """
    return min(
        routes,
        key=lambda r: (
            r.potential_output is None, not r.present, len(r.missing_inputs), -(r.stage or 0.0), r.process_id
        ),
    )  # fmt: skip
