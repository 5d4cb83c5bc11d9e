"""Whole datasets, small and balanced by construction: what is sold is made, what is made was fed.

A plan is drawn from the sinks back, so output = sold + kept for own use, and purchases = recipe x output
less what is left unsupplied on purpose. Amounts are quarters times 1, 1.5 and 2: exact in binary, so that
sums in any order agree to the bit. Ownership is a forest; recycling loops have a gain below one.
"""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from graph_schema import TABLES, Dataset
from graph_schema.arrow import arrow_schema
from valuechain import ValueChain

Rows = dict[str, list[dict[str, Any]]]

YEAR = 2020
UNIT, CURRENCY = "t", "USD"
REGIONS = (
    ("kz", None, "country"), ("r1", "kz", "region"), ("r2", "kz", "region"),
    ("d1", "r1", "district"), ("c1", "d1", "city"),
)  # fmt: skip
PLACES = ("r1", "r2", "r1", "d1", "c1", "kz", None)
HOMES = ("", "kz", "r1", "r2", "d1")
MARKETS = (("m-abroad", "abroad"), ("m-rest", "rest_of_country"), ("m-local", "local_final"))
COEFFICIENTS = (1.0, 1.5, 2.0)
ALPHABETS = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯабвгғқңөұүһі ABCabc«»\"'№-.<>&;=+@😀й́ "


@dataclass(frozen=True)
class World:
    """Rows by table and the home region: what a chain is built of, and what a failing test shows."""

    home: str
    rows: Rows = field(hash=False)

    def chain(self) -> ValueChain:
        """Build the chain afresh, so that nothing computed for another is seen."""
        return build(self.rows, self.home)


def build(rows: Rows, home: str = "") -> ValueChain:
    """Return a chain of plain rows, without the reference catalogue and without checks."""
    dataset = Dataset(id="laws", base_year=YEAR, currency="USD", home_region=home, catalogue=False)
    tables = {
        name: pa.Table.from_pylist(
            [{c.name: row.get(c.name) for c in TABLES[name]} for row in given],
            schema=arrow_schema(TABLES[name]),
        )
        for name, given in rows.items()
        if given
    }
    return ValueChain(dataset, tables)


def names() -> st.SearchStrategy[str]:
    """Names as they come: Kazakh, Russian, Latin, quotes, legal forms, markup, emoji, combining marks."""
    word = st.text(ALPHABETS, min_size=1, max_size=20).filter(str.strip)
    form = st.sampled_from(("{}", "ТОО «{}»", "ЖШС «{}»", "АО {}", "{} LLP", "<b>{}</b>"))
    return st.builds(lambda f, w: f.format(w), form, word)


class _Plan:
    """A dataset in the making."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.rows: Rows = {name: [] for name in TABLES}
        self.jobs: list[tuple[str, int, str | None, str | None, bool]] = []
        self.recipes: dict[int, list[str]] = {}
        self.lines: dict[str, list[dict[str, Any]]] = {}
        self.due: dict[tuple[str, int], float] = {}
        self.keys: dict[tuple[Any, ...], int] = {}

    def pick(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def often(self, one_in: int) -> bool:
        """Return whether something that happens once in so many times happens here."""
        return bool(self.draw(st.integers(1, one_in)) == one_in)

    def add(self, table: str, **row: Any) -> dict[str, Any]:
        self.rows[table].append(row)
        return row

    def flow(self, seller: str, buyer: str, product: int, quantity: float, **more: Any) -> None:
        """Add a flow; one that agrees with another in all else gets a `flow_id`."""
        if not quantity and not more.get("share"):
            return
        key = (seller, buyer, product, more.get("process_id"))
        self.keys[key] = self.keys.get(key, 0) + 1
        number = None if self.keys[key] == 1 else str(self.keys[key])
        given = {"quantity": quantity, **more}
        self.add(
            "flows", from_id=seller, to_id=buyer, product_id=f"p{product}", year=YEAR, unit="t",
            flow_id=number, **given,
        )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn, max_enterprises: int = 8, max_products: int = 6, unknown: bool = False) -> World:
    """Draw a balanced dataset; with `unknown`, some of its figures are then left blank."""
    plan = _Plan(draw)
    count = draw(st.integers(2, max_products))
    placed = not plan.often(8)
    _frame(plan, placed)
    _products(plan, count)
    _processes(plan, count)
    _enterprises(plan, count, draw(st.integers(1, max_enterprises)), placed)
    for product in range(count - 1, -1, -1):
        for job in [j for j in plan.jobs if j[1] == product]:
            _run(plan, job)
    if plan.often(4):
        _other_year(plan)
    if unknown:
        _forget(plan)
    return World(plan.pick(*HOMES) if placed else "", plan.rows)


def _frame(plan: _Plan, placed: bool) -> None:
    for region, parent, level in REGIONS if placed else ():
        plan.add("regions", region_id=region, name=region, parent_id=parent, level=level)
    for market, kind in MARKETS:
        plan.add("markets", market_id=market, name=market, kind=kind)
    if placed and plan.often(4):
        plan.add("coverage", region_id=plan.pick("kz", "r1"), what="production", complete="yes")


def _products(plan: _Plan, count: int) -> None:
    stages = [0, *sorted(plan.draw(st.lists(st.integers(0, 4), min_size=count - 1, max_size=count - 1)))]
    name = plan.draw(names())
    for k in range(count):
        kind = "in-plant" if 0 < k < count - 1 and plan.often(8) else plan.pick("good", "good", "by-product")
        plan.add(
            "products", product_id=f"p{k}", name=f"{name} {k}", stage=float(stages[k]), kind=kind, unit="t"
        )
        for market in ("m-abroad", "m-local"):
            if plan.often(3):
                plan.add(
                    "prices", product_id=f"p{k}", market_id=market, year=YEAR, unit="t", currency="USD",
                    price=plan.draw(st.integers(1, 8)) * 16.0,
                )  # fmt: skip


def _in_plant(plan: _Plan, product: int) -> bool:
    return bool(plan.rows["products"][product]["kind"] == "in-plant")


def _processes(plan: _Plan, count: int) -> None:
    for k in range(count):
        plan.recipes[k] = []
        for letter in "ab"[: plan.pick(1, 1, 2) if k else plan.pick(0, 1)]:
            process = f"t{k}{letter}"
            plan.recipes[k].append(process)
            plan.add(
                "processes", process_id=process, name=process, main_product_id=f"p{k}",
                sector=plan.pick("metal", "chemistry", None),
            )  # fmt: skip
            _lines(plan, process, k, count)


def _lines(plan: _Plan, process: str, k: int, count: int) -> None:
    def line(product: int, role: str, quantity: float) -> dict[str, Any]:
        return plan.add(
            "process_flows", process_id=process, product_id=f"p{product}", role=role, quantity=quantity,
            unit="t",
        )  # fmt: skip

    fed = plan.draw(st.lists(st.integers(0, k - 1), min_size=1, max_size=2, unique=True)) if k else []
    plan.lines[process] = [line(j, "feedstock", plan.pick(*COEFFICIENTS)) for j in sorted(fed)]
    if k and plan.often(3):
        plan.lines[process].append(line(plan.draw(st.integers(0, k - 1)), "by_product", 0.25))
    if plan.often(4):
        line(plan.draw(st.integers(0, count - 1)), plan.pick("input", "enabler"), 1.0)


def _enterprises(plan: _Plan, count: int, number: int, placed: bool) -> None:
    for i in range(number):
        who = f"e{i}"
        place = plan.pick(*PLACES) if placed else None
        plan.add("enterprises", enterprise_id=who, name=f"ТОО {who}", kind="plant", region_id=place)
        if i and plan.often(2):
            share = plan.pick(1.0, 0.75, None, 0.25)
            plan.add("ownership", owner_id=f"e{plan.draw(st.integers(0, i - 1))}", owned_id=who, share=share)
        seen = set()
        for product in plan.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=2)):
            run = plan.pick(*plan.recipes[product]) if plan.recipes[product] else None
            stated = run if plan.often(2) else None
            if not _in_plant(plan, product) and (product, stated) not in seen:
                plan.jobs.append((who, product, stated, run, True))
                seen.add((product, stated))


def _run(plan: _Plan, job: tuple[str, int, str | None, str | None, bool]) -> None:
    """Sell, add up the output, and buy what the output needs."""
    who, product, stated, process, written = job
    output = plan.due.pop((who, product), 0.0)
    if written:
        output = _sell(plan, who, product, output)
        output += plan.draw(st.integers(1, 8)) if plan.often(4) else 0.0  # kept in stock
        capacity = plan.pick(None, output, output * 1.5, output + 4.0)
        plan.add(
            "production", enterprise_id=who, product_id=f"p{product}", process_id=stated, year=YEAR,
            output=output, capacity=capacity, unit="t",
        )  # fmt: skip
    for line in plan.lines.get(process or "", []):
        amount, other = line["quantity"] * output, int(line["product_id"][1:])
        if line["role"] == "by_product":
            _by_product(plan, who, other, process, amount)
        elif _in_plant(plan, other):
            plan.due[who, other] = plan.due.get((who, other), 0.0) + amount
            makes = plan.pick(*plan.recipes[other]) if plan.recipes[other] else None
            if (who, other, None, makes, False) not in plan.jobs:
                plan.jobs.append((who, other, None, makes, False))
        else:
            _buy(plan, who, other, process, amount)


def _sell(plan: _Plan, who: str, product: int, output: float) -> float:
    for market, _ in MARKETS:
        if plan.often(2):
            sold = plan.draw(st.integers(0, 64)) / 4
            plan.flow(who, market, product, sold)
            output += sold
    if plan.often(6) and sum(j[:2] == (who, product) for j in plan.jobs) == 1:
        plan.flow(who, "m-abroad", product, None, share=0.5)
        output *= 2
    return output


def _buy(plan: _Plan, who: str, product: int, process: str | None, amount: float) -> None:
    """Buy half and half from makers, markets or nobody; own output needs no flow."""
    makers = [j[0] for j in plan.jobs if j[1] == product and j[4]]
    for part in (amount,) if plan.often(2) else (amount / 2, amount / 2):
        seller = plan.pick("m-abroad", "m-rest", "nobody", *makers)
        if seller in makers:
            plan.due[seller, product] = plan.due.get((seller, product), 0.0) + part
        if seller not in (who, "nobody"):
            plan.flow(seller, who, product, part, process_id=process if plan.often(4) else None)


def _by_product(plan: _Plan, who: str, product: int, process: str | None, amount: float) -> None:
    if _in_plant(plan, product):
        return
    own = any(j[:2] == (who, product) for j in plan.jobs)
    if plan.often(3) and not own:
        key = (who, f"p{product}", process)
        written = [(r["enterprise_id"], r["product_id"], r["process_id"]) for r in plan.rows["production"]]
        if key not in written:
            plan.add(
                "production", enterprise_id=who, product_id=f"p{product}", process_id=process, year=YEAR,
                output=amount, capacity=None, unit="t",
            )  # fmt: skip
    if plan.often(2):
        plan.flow(who, plan.pick("m-abroad", "m-rest"), product, amount / 2)


def _other_year(plan: _Plan) -> None:
    """Write the whole plan a second time for the year before, with other amounts."""
    for table, columns in (("production", ("output", "capacity")), ("flows", ("quantity",))):
        plan.rows[table] += [
            {**row, "year": YEAR - 1, **{c: None if row[c] is None else 4 * row[c] for c in columns}}
            for row in plan.rows[table]
        ]


def _forget(plan: _Plan) -> None:
    for table, columns in (
        ("production", ("output", "capacity")), ("flows", ("quantity",)), ("process_flows", ("quantity",)),
    ):  # fmt: skip
        for row in plan.rows[table]:
            for column in columns:
                if plan.often(6):
                    row[column] = None
