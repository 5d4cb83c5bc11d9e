"""The rows of the split and of shortages, told: routes, reason, value and evidence of each."""

import math

import numpy as np

from valuechain.gaps import split
from valuechain.gaps.co_feeds import potential_words
from valuechain.gaps.reasons import Case, reason
from valuechain.gaps.routes import Route, routes_from, routes_to, who_could
from valuechain.gaps.scene import Scene, Told, Worth
from valuechain.gaps.split import BOUNDS, NAMES, Gaps
from valuechain.gaps.trail import Row
from valuechain.model import Codes
from valuechain.places import ultimate_owners
from valuechain.prices import price, wedge


class Telling:
    """Tells the gaps of a ledger."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.chain, self.book = scene, scene.chain, scene.book
        self._supply = split.local_supply(scene.book)

    def gap(self, found: Gaps, i: int) -> Told:
        """Return gap `i`, told."""
        scene, at, kind = self.scene, int(found.at[i]), NAMES[found.kind[i]]
        zone = int(self.book.zone[at])
        product = scene.product(int(self.book.product[at]))
        name = product["product_id"]
        quantity = None if math.isnan(found.quantity[i]) else float(found.quantity[i])
        upstream, local = kind == "missing_input", scene.local(zone)
        find = routes_to if upstream else routes_from
        routes, recipe_rows = find(self.chain, name, quantity, local, scene.year)
        flows = scene.trail.flows(zone, name, arriving=upstream or kind == "unconnected")
        case, suppliers = self._case(at, kind, zone, product, quantity, routes, flows)
        value = self._worth(at, kind, product, quantity, case, flows)
        untold = "" if upstream or quantity is None else potential_words(self.chain, name, routes)
        return Told(
            kind=kind,
            zone=zone,
            product=int(self.book.product[at]),
            quantity=quantity,
            bound=BOUNDS[found.bound[i]],
            basis=self._basis(kind, quantity, flows),
            conditional=bool(found.conditional[i]),
            absence=self._absence(kind, case),
            share=None if self.book.silent[at] and not upstream else self._share(quantity, case),
            worth=value,
            reason=reason(case) + untold,
            routes=routes,
            closing_options=who_could(
                self.chain, name, routes, local, suppliers[: None if upstream else 0], upstream=upstream
            ),
            evidence=tuple(
                scene.trail.evidence(
                    zone, local, product, flows, [] if upstream else recipe_rows, list(value.prices)
                )
            ),
        )

    def _share(self, quantity: float | None, case: Case) -> float | None:
        if quantity is None or not case.output_known or not 0 < quantity <= case.output:
            return None
        return quantity / case.output

    def _case(
        self, at: int, kind: str, zone: int, product: Row, quantity: float | None,
        routes: tuple[Route, ...], flows: list[Row],
    ) -> tuple[Case, Codes]:  # fmt: skip
        b, name, scene = self.book, product["product_id"], self.scene
        local = scene.local(zone)
        certain, maybe = local.needs([name])
        into = [r["from_id"] for r in flows if r["arrives"]]
        suppliers = self.chain.codes("enterprises", sorted(set(into)))
        suppliers = suppliers[suppliers >= 0]
        owners = ultimate_owners(self.chain)
        users = local.users([name])
        same = len(suppliers) > 0 and np.isin(owners[suppliers], owners[users]).all()
        supply_known = not b.output_unknown[at] and not b.outflow_unknown[at]
        markets, enterprises = self.chain.names("markets"), self.chain.names("enterprises")
        wanted = [name] if kind == "missing_input" else [r.product_id for r in routes]
        case = Case(
            kind=kind,
            product=product["name"],
            place=scene.place(zone),
            unit=product["unit"] or "",
            quantity=quantity,
            output=float(b.output[at]),
            output_known=bool(b.makers[at]) and not b.output_unknown[at],
            outflow=float(b.outflow[at]),
            outflow_known=not b.outflow_unknown[at],
            bought_in=float(b.bought_in[at]),
            requirement=float(b.requirement[at]),
            requirement_high=float(b.requirement_high[at]),
            supply=float(self._supply[at]),
            supply_known=bool(supply_known),
            makers=int(b.makers[at]),
            users=scene.named(certain),
            conditional_users=scene.named(maybe),
            suppliers=tuple(enterprises.get(s) or markets.get(s) or s for s in sorted(set(into))),
            same_owner=bool(same) and scene.zones.ground == "territory",
            idle=scene.named(local.idle(name)),
            unknown_capacity=scene.named(local.unknown_capacity(name)),
            leaked=float(
                min(max(b.absorb[at] - b.requirement[at], 0.0), max(b.outflow[at] - b.bought_in[at], 0.0))
            ),
            takers=scene.named(np.setdiff1d(scene.trail.takers(zone, name), np.union1d(certain, maybe))),
            other_years=scene.other_years(zone, name),
            routes=tuple(r.process_name for r in routes),
            absence_declared=scene.declared(zone, wanted),
            wedge=wedge(self.chain, name, scene.year),
        )
        return case, suppliers

    def _absence(self, kind: str, case: Case) -> str:
        present = case.makers if kind == "missing_input" else kind != "missing_processing"
        return "present" if present else "declared" if case.absence_declared else "not recorded"

    def _basis(self, kind: str, quantity: float | None, flows: list[Row]) -> str:
        if quantity is None:
            return "not recorded"
        derived = any(r["quantity"] is None or r["basis"] in ("derived", "balanced") for r in flows)
        return (
            "derived" if kind in ("missing_input", "capacity_gap", "price_leakage") or derived else "recorded"
        )

    def _worth(
        self, at: int, kind: str, product: Row, quantity: float | None, case: Case, flows: list[Row]
    ) -> Worth:
        """Return the recorded value, else the worth at a price; with it the price rows that were seen."""
        markets = frozenset(r["from_id" if r["arrives"] else "to_id"] for r in flows)
        row = price(self.chain, product["product_id"], self.scene.year, markets=markets)
        seen = tuple(case.wedge or ()) or ((row,) if row else ())
        paid, outflow = float(self.book.outflow_value[at]), float(self.book.outflow[at])
        recorded = outflow and not math.isnan(paid) and not self.book.outflow_unknown[at]
        if quantity is not None and kind != "missing_input" and recorded:
            value = paid * quantity / outflow
            return Worth(value, self.chain.dataset.currency, "from the recorded value of the flows", seen)
        found = self.scene.at_price(product, quantity, row)
        if quantity is not None and row and row not in seen:
            seen = (*seen, row)
        return Worth(found.value, found.currency, found.note, seen)
