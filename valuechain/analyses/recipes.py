"""Recipes: what each process takes in and gives per unit of its main product, and how good the figures are.

A row is a process. Its lines are those of `process_flows`: `feedstock` becomes the product, `inputs` are what
else is consumed (energy, reagents, packaging), `by_products` come with it, `enablers` are services it needs.
Coefficients are units of that product per unit of the main product; the main product itself, always 1, is no
line. Where two sources disagree on a line, the better grade, then the newer source, is shown.

`stated` counts the coefficients with a figure that somebody measured or stated (grade observed or reported),
`by_formula` those computed, as from molar masses (inferred), the rest of `coefficients` is typical (expert, or no
grade). A coefficient without a figure is unknown, and counted in none of them.

Without a product only processes that somebody is recorded to run in the year, certainly or possibly, are shown:
the recipes on which the needs in the other answers rest.

Source: the dataset's own rows, and the reference catalogue where it applies; an own row wins over the catalogue's
of the same process, product and role.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from graph_schema import Key, Quantity, Text
from valuechain.coefficients import COMPUTED, STATED, run_here
from valuechain.evidence import Evidence, cite
from valuechain.model import ValueChain, grades
from valuechain.parameters import Year
from valuechain.registry import analysis

WHICH = ("recorded", "all")


@dataclass(frozen=True, slots=True)
class Line:
    """One coefficient of a recipe."""

    product_id: Annotated[str, Key("products", "product")]
    product_name: Annotated[str, Text("its name")]
    quantity: Annotated[
        float | None, Quantity("per unit", "amount per unit of the main product; unknown where blank")
    ]
    unit: Annotated[str, Text("unit of the amount")]
    grade: Annotated[str | None, Text("grade of the coefficient")]
    source_id: Annotated[str | None, Key("sources", "its source")]
    note: Annotated[str, Text("what its author says of it")]

    @property
    def amount(self) -> str:
        """The amount and the product in words."""
        if self.quantity is None:
            return f"{self.product_name} (amount unknown)"
        small = 0 < self.quantity < 1e-4  # never 1e-05
        figure = f"{self.quantity:.10f}".rstrip("0") if small else f"{self.quantity:,.6g}"
        return f"{figure} {self.unit} {self.product_name}"

    def __str__(self) -> str:
        return f"{self.amount} ({self.grade or 'no grade'}, {self.source_id or 'no source'})"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One process: what it takes, what it gives, and how many of its figures somebody stated."""

    process_id: Annotated[str, Key("processes", "process")]
    process_name: Annotated[str, Text("its name")]
    sector: Annotated[str, Text("its sector")]
    product_id: Annotated[str, Key("products", "its main product")]
    product_name: Annotated[str, Text("its name")]
    stage: Annotated[float | None, Quantity("stage", "stage of the main product, 0 raw to 4 final")]
    unit: Annotated[str, Text("unit of the main product")]
    feedstock: Annotated[tuple[Line, ...], Text("what becomes the product, per unit of it")]
    inputs: Annotated[tuple[Line, ...], Text("what else is consumed")]
    by_products: Annotated[tuple[Line, ...], Text("what comes with it")]
    enablers: Annotated[tuple[Line, ...], Text("services that it needs")]
    coefficients: Annotated[int, Quantity("coefficients", "coefficients with a figure")]
    stated: Annotated[int, Quantity("coefficients", "of them measured or stated by somebody")]
    by_formula: Annotated[int, Quantity("coefficients", "of them computed by a formula")]
    reason: Annotated[str, Text("the recipe in one sentence")]
    evidence: Annotated[tuple[Evidence, ...], Text("the lines of the recipe")]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines of the recipe."""
        return (*self.feedstock, *self.inputs, *self.by_products, *self.enablers)


def _caveats(chain: ValueChain, rows: tuple[Recipe, ...], **asked: Any) -> Iterator[str]:
    if not rows:
        if asked["product"]:
            yield f"No recipe makes or takes {chain.names('products')[asked['product']]}."
        elif asked["which"] == "recorded":
            yield (
                f"Nobody is recorded to run a process in {asked['year']}; "
                f"{len(chain.ids('processes'))} recipes are known: which = all shows them."
            )
        else:
            yield "The dataset has no recipes, and does not build on the reference catalogue."
        return
    total = sum(r.coefficients for r in rows)
    stated, computed = sum(r.stated for r in rows), sum(r.by_formula for r in rows)
    yield (
        f"Of {total} coefficients {stated} are stated by a source that was read, {computed} computed by a formula, "
        f"{total - stated - computed} typical: the order of magnitude is safe, the second digit is not."
    )
    shown = {r.process_id for r in rows}
    mine = [
        f"{process} {product} {_figure(old)} -> {_figure(new)}"
        for (process, product, _), (old, new) in _replaced(chain).items()
        if process in shown
    ]
    if mine:
        more = f" and {len(mine) - _NAMED} more" if len(mine) > _NAMED else ""
        yield f"The dataset's own rows replace the catalogue's: {', '.join(mine[:_NAMED])}{more}."
    blank = sum(one.quantity is None for r in rows for one in r.lines)
    if blank:
        yield f"{blank} lines have no figure: unknown, not none."


_NAMED = 8


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.6g}"


@analysis(
    title="Recipes and how good their figures are",
    reads=("processes", "process_flows"),
    key=("process_id",),
    place=13,
    table=(
        "process_id",
        "process_name",
        "product_name",
        "feedstock",
        "inputs",
        "by_products",
        "coefficients",
        "stated",
    ),
    caveats=_caveats,
)
def recipes(
    chain: ValueChain,
    *,
    product: Annotated[str | None, Key("products", "only recipes that make or take this product")] = None,
    which: Annotated[
        str, Text("without a product: recipes that somebody is recorded to run, or all", WHICH)
    ] = "recorded",
    year: Year = None,
) -> Iterator[Recipe]:
    """How is each product made, what is made of it, and how good are the figures?

    One row per process, with every coefficient, its grade and its source. With a product: first the ways to make it,
    then what takes it. Recipes are options: nothing here says that anybody runs one.

    >>> from loaders import load
    >>> from valuechain import questions
    >>> answer = questions()["recipes"](load("pavlodar"), product="primary-aluminium")
    >>> smelter = answer.rows[0]
    >>> smelter.process_id, str(smelter.feedstock[0])
    ('AL08', '1.93 t Alumina (reported, MACRO)')
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    lines = _lines(chain)
    main = dict(
        zip(
            *(chain.arrow("processes")[c].to_pylist() for c in ("process_id", "main_product_id")), strict=True
        )
    )
    if product is None:
        chosen = (
            sorted(main)
            if which == "all"
            else [str(p) for p in chain.ids("processes")[run_here(chain, year)]]
        )
    else:
        makes = sorted(p for p, made in main.items() if made == product)
        takes = sorted(p for p in lines if any(r["product_id"] == product for r in lines[p]))
        chosen = list(dict.fromkeys((*makes, *takes)))
    for process in chosen:
        yield _recipe(chain, process, lines.get(process, []))


def _lines(chain: ValueChain) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of each process as dictionaries, sorted, the grade resolved to the source's."""

    def read() -> dict[str, list[dict[str, Any]]]:
        rows = chain.facts("process_flows")
        found: dict[str, list[dict[str, Any]]] = {}
        for row in rows.append_column("resolved_grade", grades(chain, rows)).to_pylist():
            found.setdefault(row["process_id"], []).append(row)
        return found

    return chain.once(("recipe lines",), read)


def _replaced(chain: ValueChain) -> dict[tuple[str, str, str], tuple[float | None, float | None]]:
    """Return the coefficients of the catalogue that own rows replace: (process, product, role) -> (before, now)."""

    def read() -> dict[tuple[str, str, str], tuple[float | None, float | None]]:
        keys = ("process_id", "product_id", "role")
        now, before = (
            {tuple(row[k] for k in keys): row["quantity"] for row in rows.to_pylist()}
            for rows in (chain.own_table("process_flows"), chain.reference_table("process_flows"))
        )
        return {key: (before[key], now[key]) for key in sorted(now.keys() & before.keys())}

    return chain.once(("replaced lines",), read)


def _recipe(chain: ValueChain, process: str, rows: list[dict[str, Any]]) -> Recipe:
    names, row = chain.names("products"), chain.row("processes", process) or {}
    made = chain.row("products", row["main_product_id"]) or {}
    by_role: dict[str, list[Line]] = {}
    for r in rows:
        line = Line(
            r["product_id"], names[r["product_id"]], r["quantity"], r["unit"] or "", r["resolved_grade"],
            r["source_id"], r["note"] or "",
        )  # fmt: skip
        by_role.setdefault(r["role"], []).append(line)
    parts = {role: tuple(by_role.get(role, ())) for role in ("feedstock", "input", "by_product", "enabler")}
    figures = [line for part in parts.values() for line in part if line.quantity is not None]
    stated = sum(line.grade in STATED for line in figures)
    computed = sum(line.grade in COMPUTED for line in figures)
    shown = [r for r in rows if r["role"] != "output"]
    return Recipe(
        process_id=process,
        process_name=row["name"],
        sector=row["sector"] or "",
        product_id=made["product_id"],
        product_name=made["name"],
        stage=made["stage"],
        unit=made["unit"] or "",
        feedstock=parts["feedstock"],
        inputs=parts["input"],
        by_products=parts["by_product"],
        enablers=parts["enabler"],
        coefficients=len(figures),
        stated=stated,
        by_formula=computed,
        reason=_reason(
            row, made, parts, len(figures), stated, computed, process in {p for p, *_ in _replaced(chain)}
        ),
        evidence=tuple(cite("process_flows", r, "quantity") for r in shown),
    )


def _reason(
    row: dict[str, Any],
    made: dict[str, Any],
    parts: dict[str, tuple[Line, ...]],
    figures: int,
    stated: int,
    computed: int,
    replaced: bool,
) -> str:
    per = f"1 {made['unit'] or 'unit'} of {made['name']}"
    words = {
        "feedstock": f"For {per} it takes",
        "input": "consumes",
        "by_product": "gives also",
        "enabler": "needs",
    }
    said = [
        f"{words[role]} {', '.join(line.amount for line in part)}" for role, part in parts.items() if part
    ]
    how = f"{stated} of {figures} coefficients stated" if figures else "no coefficient has a figure"
    how += f", {computed} computed" if computed else ""
    typical = figures - stated - computed
    how += f", {typical} typical" if typical else ""
    before = "The catalogue says of its own figures: " if replaced else ""
    note = f" {before}{row['note']}" if row.get("note") else ""
    return f"{'; '.join(said) or f'Nothing is recorded that goes into {per}'} ({how}).{note}"
