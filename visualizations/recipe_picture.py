"""What a product is made from and what can be made of it, by the recipes alone, as a picture.

Drawn are the shortest ways from raw products and to final ones, every process that makes or takes the product
itself with the way to each of its feedstocks, and what comes beside. An arrow is one feedstock line: its amount per
unit of what it becomes, and the process; `~` marks an amount that no source states. Nothing here says that anybody
runs a process; energy, reagents and services are not drawn.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graph_schema import NotFoundError
from graph_schema.cells.text import nearest
from visualizations.diagram import READABLE, Arrow, Box, Diagram, aggregated

if TYPE_CHECKING:
    from valuechain.model import ValueChain

_SMALL = 0.001


def recipe_diagram(chain: "ValueChain", product: str, *, limit: int = READABLE) -> Diagram:
    """Return the picture of the ways to make `product` and of what can be made of it.

    Examples
    --------
    >>> from loaders.catalogue import reference_chain
    >>> picture = recipe_diagram(reference_chain(), "primary-aluminium")
    >>> [arrow.words for arrow in picture.arrows if arrow.target == "primary-aluminium"]
    [('1.93 t · AL08',)]
    """
    if chain.row("products", product) is None:
        raise NotFoundError("product", product, nearest(product, tuple(map(str, chain.ids("products")))))
    lines = _lines(chain, product)
    arrows = {a.key: a for a in (*_steps(chain, lines), *_beside(chain, product)) if a.source != a.target}
    ids = {product, *(end for a in arrows.values() for end in (a.source, a.target))}
    whole = Diagram(
        f"{chain.names('products')[product]}: made from, made into",
        subtitle="Products by stage. An arrow is what a process takes in per unit of what it makes; ~ is typical or "
        "computed.",
        boxes=tuple(_box(chain, one) for one in sorted(ids)),
        arrows=tuple(arrows.values()),
        notes=_notes(chain, product, lines),
        sources=(chain.dataset.title or chain.dataset.id,),
        date=f"{chain.dataset.id} · version {chain.fingerprint}",
    )
    near = [end for a in whole.arrows if product in (a.source, a.target) for end in (a.source, a.target)]
    return aggregated(whole, limit, first=[product, *near], keep=[product, *near])


def _lines(chain: "ValueChain", product: str) -> set[int]:
    """Return the feedstock lines to draw."""
    from valuechain.paths.shortest import from_raw, to_final
    from valuechain.recipes import recipes

    r, code, ids = recipes(chain), chain.codes("products", [product]), chain.ids("products")
    ways = [*from_raw(chain, product), *to_final(chain, product)]
    lines = {line for way in ways for line in way} | set(r.takers.of(code).tolist())
    made = r.feedstock.of(r.routes_to(code)[1])[1].tolist()
    for line in made:
        lines.add(line)
        lines.update(*from_raw(chain, str(ids[r.feedstock.product[line]]))[:1])
    return lines


def _steps(chain: "ValueChain", lines: set[int]) -> Iterator[Arrow]:
    from valuechain.coefficients import STATED
    from valuechain.recipes import recipes

    r, products, processes = recipes(chain), chain.ids("products"), chain.ids("processes")
    for line in sorted(lines):
        process = int(r.feedstock.process[line])
        ends = str(products[r.feedstock.product[line]]), str(products[r.main[process]])
        told = _amount(chain, float(r.feedstock.quantity[line]), *ends)
        stated = _grades(chain).get((str(processes[process]), ends[0], "feedstock")) in STATED
        yield Arrow(*ends, "implied", label=f"{'' if stated else '~'}{told} · {processes[process]}")


def _beside(chain: "ValueChain", product: str) -> Iterator[Arrow]:
    """Yield what comes beside: of the processes that take the product, and of those that give it."""
    from valuechain.recipes import recipes

    r, products, processes = recipes(chain), chain.ids("products"), chain.ids("processes")
    (code,) = chain.codes("products", [product]).tolist()
    takers = set(r.feedstock.process[r.takers.of(chain.codes("products", [product]))].tolist())
    for line, process in enumerate(r.by_product.process.tolist()):
        given = int(r.by_product.product[line])
        if process not in takers and given != code:
            continue
        _, fed = r.feedstock.of(chain.codes("processes", [str(processes[process])]))
        for source in (
            {code} if process in takers else {int(r.feedstock.product[n]) for n in fed.tolist()[:1]}
        ):
            label = f"beside · {processes[process]}"
            yield Arrow(str(products[source]), str(products[given]), "implied", label=label)


def _amount(chain: "ValueChain", quantity: float, source: str, target: str) -> str:
    """Return an amount with its unit, and per what it is where that is no tonne."""
    if quantity != quantity:  # not a number: no figure
        return "?"
    unit, per = ((chain.row("products", one) or {})["unit"] or "" for one in (source, target))
    if unit == "t" and quantity < _SMALL:
        quantity, unit = quantity * 1000, "kg"
    return f"{quantity:,.3g} {unit}" + (f" per {per}" if per != "t" else "")


def _grades(chain: "ValueChain") -> dict[tuple[str, str, str], str]:
    from valuechain.evidence import facts

    def read() -> dict[tuple[str, str, str], str]:
        names = ["process_id", "product_id", "role", "resolved_grade"]
        rows = facts(chain, "process_flows").rows.select(names).to_pylist()
        return {(r["process_id"], r["product_id"], r["role"]): r["resolved_grade"] or "" for r in rows}

    return chain.once(("grades of lines",), read)


def _box(chain: "ValueChain", product: str) -> Box:
    row = chain.row("products", product) or {}
    names = [
        ("Russian", row["name_ru"]),
        ("Kazakh", row["name_kk"]),
        ("also", row["aliases"]),
        ("HS 2022", row["hs_code"]),
    ]
    return Box(
        product,
        row["name"],
        0 if row["stage"] is None else row["stage"],
        subtitle=f"HS {row['hs_code']}" if row["hs_code"] else row["kind"] or "",
        details=tuple((name, str(value)) for name, value in names if value),
    )


def _notes(chain: "ValueChain", product: str, lines: set[int]) -> tuple[str, ...]:
    from valuechain.coefficients import STATED
    from valuechain.recipes import recipes

    r, processes, products = recipes(chain), chain.ids("processes"), chain.ids("products")
    keys = {
        (str(processes[r.feedstock.process[n]]), str(products[r.feedstock.product[n]]), "feedstock")
        for n in lines
    }
    if not keys:
        return (f"No recipe makes or takes {chain.names('products')[product]}.",)
    stated = sum(_grades(chain).get(key) in STATED for key in keys)
    return (
        f"{stated} of {len(keys)} amounts are stated by a source that was read; those with ~ are typical or computed.",
        "One shortest way is drawn to each raw and each final product; there may be others. Energy, reagents and "
        "services are not drawn.",
    )
