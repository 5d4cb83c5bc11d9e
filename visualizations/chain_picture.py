"""From a chain and its missing links to a picture: products in stage columns, steps, markets.

Shown is what matters: products made or traded here, what local plants take in, and for each gap the
products it names and the routes one step on. A recipe step is observed where flows feed it, implied
where a plant's recipe says so, unknown where a plant may run several recipes. Routes are options: their
quantities are never summed, and a missing arrow carries the gap's quantity only if it is the only route.

"Missing" means that no maker is on record here. Only where the data declares to be complete is that absence.

The amount of every gap is told: on its arrow where it has one, else in its product's box.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graph_schema import NotFoundError
from graph_schema.cells.text import nearest
from visualizations.chain_words import words_of
from visualizations.diagram import (
    READABLE,
    Arrow,
    ArrowState,
    Bound,
    Box,
    BoxState,
    Diagram,
    aggregated,
    together,
)
from visualizations.text import amount, percent

if TYPE_CHECKING:
    from valuechain.answer import Answer
    from valuechain.model import ValueChain
    from visualizations.chain_facts import Made, Sale, Scope, Step

_PIECES = {
    "unconnected": "not connected",
    "price_leakage": "past idle capacity",
    "capacity_gap": "capacity",
    "missing_input": "short",
    "missing_middle": "steps between missing",
    "no_final_product": "no final product here",
    "missing_enabler": "no provider on record",
    "unused_by_product": "no user here",
    "round_trip": "comes back worked up",
}
"""Words on the missing arrow of a gap whose step exists here; a view along a chain stands in the box only."""
_NO_STEP = "no step here"
_MOST = 6
"""Lines of one kind in the details of a box."""


def chain_diagram(
    chain: "ValueChain",
    answer: "Answer[Any] | None" = None,
    *,
    product: str | None = None,
    region: str | None = None,
    limit: int = READABLE,
) -> Diagram:
    """Return the picture of a chain with its missing links.

    Parameters
    ----------
    chain
        The dataset.
    answer
        An answer of `missing-links`; by default the question is asked here.
    product
        Show only what this product is made from and what is made from it.
    region
        Show this region instead of the answer's.
    limit
        Boxes at most; the rest of each column becomes a `+n more` box. Products with a gap of known size, and
        the ends of the arrows that carry it, are never folded. A picture inside a text takes `ON_A_PAGE`.

    Examples
    --------
    >>> from loaders import load
    >>> picture = chain_diagram(load("pavlodar"), product="alumina")
    >>> [arrow.words for arrow in picture.arrows if arrow.source == "alumina" and arrow.target == "market:abroad"]
    [('1,005,000 t', '67 %')]
    """
    from valuechain.registry import question
    from visualizations.chain_facts import made, sales, scope_of, steps

    if answer is None:
        answer = question("missing-links")(chain, region=region)
    if product is not None and chain.row("products", product) is None:
        raise NotFoundError("product", product, nearest(product, tuple(map(str, chain.ids("products")))))
    scope = scope_of(chain, answer, region)
    rows = [row for row in answer.rows if region is None or getattr(row, "region_id", None) in (None, region)]
    sketch = _Sketch(scope, made(scope), rows)
    sketch.draw_steps(steps(scope))
    sketch.draw_sales(sales(scope, sketch.makes))
    for row in rows:
        sketch.draw_gap(row)
    if product is not None:
        sketch.draw_recipes(product)
    whole = Diagram("", boxes=tuple(sketch.boxes()), arrows=tuple(sketch.arrows.values()))
    part = whole if product is None else whole.only(whole.along(product))
    first = [product or "", *sketch.important()]
    shown = aggregated(part, limit, first=first, keep=sketch.kept(part))
    ids = {box.id for box in shown.boxes}
    about = [row for row in rows if row.product_id in ids and _drawn(row)]
    return sketch.detailed(replace(shown, **words_of(chain, answer, scope, about, product)))


def _drawn(row: Any) -> bool:
    """Say whether a row is drawn as a gap: not where a need of unknown size only has no maker on record."""
    known = row.quantity is not None or row.absence == "declared"
    return row.kind != "missing_input" or (known and not row.conditional)


_Sizes = list[tuple[float | None, Bound]]


class _Sketch:
    """Products and arrows as they are found; the last, most telling state of an arrow stays."""

    def __init__(self, scope: "Scope", makes: Mapping[str, "Made"], rows: Iterable[Any]) -> None:
        self.scope, self.chain, self.makes, self.rows = scope, scope.chain, makes, tuple(rows)
        self.arrows: dict[tuple[str, str, str, str], Arrow] = {}
        self.markets: dict[str, str] = {}
        self.missing: dict[str, list[str]] = {}
        self.gaps: dict[tuple[str, str], _Sizes] = {}
        self.sizes: dict[tuple[str, str, str, str], _Sizes] = {}
        self.shown = {
            p for p, m in makes.items() if m.makers or m.sold or m.inflow_rows or m.arising is not None
        } | {r.product_id for r in self.rows}
        self._products = {row["product_id"]: row for row in self.chain.arrow("products").to_pylist()}

    def draw_steps(self, found: Iterable["Step"]) -> None:
        """Draw the recipe steps of local plants; a mere possibility only between products that are shown."""
        for step in found:
            if step.source == step.target or not (step.sure or step.seen or step.source in self.shown):
                continue
            self.shown |= {step.source, step.target}
            state: ArrowState = "observed" if step.seen else "implied" if step.sure else "unknown"
            label = "needed" if step.needed and step.quantity is not None else ""
            unit = self._unit(step.source)
            self._add(Arrow(step.source, step.target, state, label, step.quantity, unit))

    def draw_sales(self, found: Iterable["Sale"]) -> None:
        """Draw what leaves for each market, with its share of the output."""
        for sale in found:
            market = f"market:{sale.market}"
            self.markets[market] = sale.market_name
            self.shown.add(sale.product)
            label = "" if sale.share is None else percent(sale.share)
            bound: Bound = "unknown" if sale.quantity is None else "exact"
            unit = self._unit(sale.product)
            self._add(Arrow(sale.product, market, "observed", label, sale.quantity, unit, bound))

    def draw_gap(self, row: Any) -> None:
        """Draw one row of `missing-links`."""
        if row.kind == "missing_input":
            self._draw_shortage(row)
            return
        from valuechain.gaps.split import VIEWS

        if row.kind in VIEWS:
            self.gaps.setdefault((row.product_id, _PIECES[row.kind]), []).append((row.quantity, row.bound))
            return
        routes = [r for r in row.routes if r.product_id != row.product_id]
        taken = row.kind != "missing_processing"
        chosen = [r for r in routes if r.present] if taken else routes
        targets = sorted({r.product_id for r in chosen})
        for route in chosen:
            if not self._here(route.product_id):
                words = self.missing.setdefault(route.product_id, [])
                if route.potential_output is not None:
                    words.append(f"up to {amount(route.potential_output, route.product_unit)}")
        self.shown.update(targets)
        label = _PIECES.get(row.kind, "" if len(targets) == 1 else "option")
        self._draw_size(row, [(row.product_id, target) for target in targets], label)

    def _draw_size(self, row: Any, ends: list[tuple[str, str]], label: str) -> None:
        """Draw the missing arrows of a gap; its amount stands on the only one, else in the product's box."""
        for source, target in ends:
            self._add(Arrow(source, target, "missing", label))
        if len(ends) != 1:
            if row.product_id in self.missing:
                return  # its box says how much
            about = row.product_id, _PIECES.get(row.kind, _NO_STEP)
            self.gaps.setdefault(about, []).append((row.quantity, row.bound))
            return
        key = (*ends[0], "missing", label)
        sizes = self.sizes.setdefault(key, [])
        sizes.append((row.quantity, row.bound))
        size, bound = together(sizes)
        self.arrows[key] = replace(self.arrows[key], quantity=size, unit=row.unit, bound=bound)

    def _draw_shortage(self, row: Any) -> None:
        """Draw an input that local plants lack: its box, its users, and what here could make it.

        Red where the amount is known or the absence declared; else its supply is only not recorded.
        """
        if not _drawn(row):
            return
        if not self._here(row.product_id):
            size = [] if row.quantity is None else [amount(row.quantity, row.unit, row.bound)]
            self.missing.setdefault(row.product_id, []).extend(size)
        steps = [a for a in self.arrows.values() if a.source == row.product_id and a.target in self.shown]
        for step in [a for a in steps if a.state in ("implied", "unknown")]:
            self.arrows.pop(step.key)
        ends = {(a.source, a.target) for a in steps if a.state != "observed"}
        self._draw_size(row, sorted(ends), _PIECES[row.kind])
        for route in (r for r in row.routes if not r.present):
            for feedstock in self._feedstocks(route.process_id):
                if self._here(feedstock) and feedstock != row.product_id:
                    self.shown.add(feedstock)
                    self._add(Arrow(feedstock, row.product_id, "missing", "option"))

    def draw_recipes(self, product: str) -> None:
        """Add what the recipes say of one product, a step up and a step down."""
        from valuechain.gaps.routes import making, taking

        linked = {(a.source, a.target) for a in self.arrows.values()}
        ups = [(f, product) for process in making(self.chain, product) for f in self._feedstocks(process)]
        mains = (self.chain.row("processes", process) or {} for process in taking(self.chain, product))
        downs = [(product, row["main_product_id"]) for row in mains]
        self.shown.add(product)
        for source, target in sorted(set(ups + downs) - linked):
            if source != target:
                self.shown |= {source, target}
                self._add(Arrow(source, target, "implied", "possible"))

    def important(self) -> Iterator[str]:
        """Yield products as the rows of the answer stand: each gap, then its routes."""
        routes: dict[str, list[str]] = {}
        for arrow in self.arrows.values():
            if arrow.state == "missing":
                routes.setdefault(arrow.source, []).append(arrow.target)
        for row in self.rows:
            yield row.product_id
            yield from routes.get(row.product_id, ())

    def kept(self, part: Diagram) -> list[str]:
        """Return the boxes not to be folded: of gaps of known size and the ends of their arrows, largest first."""
        ends: dict[str, list[str]] = {}
        for arrow in part.arrows:
            if arrow.state == "missing" and arrow.quantity is not None:
                ends.setdefault(arrow.source, []).append(arrow.target)
        shown = {box.id for box in part.boxes}
        known = [row.product_id for row in self.rows if row.quantity is not None and row.product_id in shown]
        return [box for product in known for box in (product, *ends.get(product, ()))]

    def boxes(self) -> list[Box]:
        """Return all boxes: products that are shown, and the markets they go to."""
        stages = self._stages()
        products = [self._placed(product, stages[product]) for product in sorted(self.shown)]
        markets = [Box(key, name, 5, "market") for key, name in sorted(self.markets.items())]
        return products + markets

    def _placed(self, product: str, stage: float | None) -> Box:
        """Return the box of a product; one whose stage nobody knows stands in the first column and says so."""
        if stage is not None:
            return self._box(product, stage)
        box = self._box(product, 0.0)
        why = "service" if self._products[product]["kind"] == "service" else "stage unknown"
        return replace(box, subtitle=" · ".join(filter(None, (box.subtitle, why))))

    def _box(self, product: str, stage: float) -> Box:
        made = self.makes.get(product)
        name = self._products[product]["name"]
        gaps = tuple(
            f"{words}: {self._size(product, sizes)}"
            for (about, words), sizes in sorted(self.gaps.items())
            if about == product
        )
        if made and made.here:
            return Box(product, name, stage, subtitle=self._output(made, product), gaps=gaps)
        if product in self.missing:
            words = sorted(set(self.missing[product]), key=lambda w: (len(w), w))[-1:]
            return Box(product, name, stage, "missing", words[0] if words else "", "missing", gaps=gaps)
        bought = "bought in" if made and made.inflow_rows else ""
        if made and made.inflow is not None:
            bought = f"bought in: {amount(made.inflow, self._unit(product))}"
        return Box(product, name, stage, "product", bought, self._absence(product), gaps=gaps)

    def _size(self, product: str, sizes: "_Sizes") -> str:
        quantity, bound = together(sizes)
        return "amount unknown" if quantity is None else amount(quantity, self._unit(product), bound)

    def _output(self, made: "Made", product: str) -> str:
        """Say how much of a product is made here, or arises here as a by-product."""
        if made.output is not None:
            size = amount(made.output, self._unit(product), made.bound)
            return size if made.makers else f"arises here: {size}"
        if made.makers:
            return "output unknown"
        return "arises here, amount unknown" if made.arises else "sold here; maker not recorded"

    def detailed(self, diagram: Diagram) -> Diagram:
        """Return a picture with the details of its products: who makes them, and what the gaps say."""
        boxes = (
            replace(box, details=tuple(self._details(box.id))) if box.id in self.shown else box
            for box in diagram.boxes
        )
        return replace(diagram, boxes=tuple(boxes))

    def _details(self, product: str) -> Iterable[tuple[str, str]]:
        from visualizations.chain_facts import makers

        unit = self._unit(product)
        if (made := self.makes.get(product)) and made.makers:
            found = makers(self.scope, product)
            for name, output, capacity in found[:_MOST]:
                room = f", capacity {amount(capacity, unit)}" if capacity is not None else ""
                yield "made by", f"{name}: {amount(output, unit)}{room}"
            if len(found) > _MOST:
                yield "made by", f"and {len(found) - _MOST} more"
        for row in self.rows:
            if row.product_id == product:
                yield row.kind.replace("_", " "), row.reason
                if names := [option.name for option in row.closing_options[:_MOST]]:
                    yield "could close it", ", ".join(names)
        if code := self._products[product].get("hs_code"):
            yield "HS 2022", code

    def _absence(self, product: str) -> BoxState:
        from valuechain.coverage import claims_complete

        places = self.scope.zones.ids if self.scope.zones.ground == "territory" else ()
        declared = bool(places) and all(claims_complete(self.chain, p, "production", product) for p in places)
        return "absent" if declared else "unknown"

    def _stages(self) -> dict[str, float | None]:
        """Return stages; a product without one stands one after the highest it is made from, if that is known."""
        stages = {p: self._products[p]["stage"] for p in self.shown}
        for _ in range(len(self.shown)):
            lost = [p for p, stage in stages.items() if stage is None]
            for product in lost:
                before = [stages[a.source] for a in self.arrows.values() if a.target == product]
                if before and None not in before:
                    stages[product] = min(4.0, max(before) + 1)
            if not lost or all(stages[p] is None for p in lost):
                break
        return {product: None if stage is None else float(stage) for product, stage in stages.items()}

    def _feedstocks(self, process: str) -> list[str]:
        from valuechain.recipes import recipes

        feedstock = recipes(self.chain).feedstock
        _, lines = feedstock.of(self.chain.codes("processes", [process]))
        return sorted(map(str, self.chain.ids("products")[feedstock.product[lines]]))

    def _here(self, product: str) -> bool:
        """Say whether somebody here makes or sells a product, or a process here leaves it."""
        return product in self.makes and self.makes[product].here

    def _unit(self, product: str) -> str:
        return str(self._products[product]["unit"] or "")

    def _add(self, arrow: Arrow) -> None:
        self.arrows[arrow.key] = arrow
