"""What a product is made from and what can be made of it, by the recipes alone, as a picture.

Drawn are the shortest ways from raw products and to final ones, and every process that makes or takes the
product itself. An arrow is one feedstock line: its amount per unit of what it becomes, and the process. Nothing
here says that anybody runs a process; energy, reagents and services are not drawn.
"""

from typing import TYPE_CHECKING

from graph_schema import NotFoundError
from graph_schema.cells.text import nearest
from visualizations.diagram import READABLE, Arrow, Box, Diagram, aggregated

if TYPE_CHECKING:
    from valuechain.model import ValueChain

_STATED = ("observed", "reported")


def recipe_diagram(chain: "ValueChain", product: str, *, limit: int = READABLE) -> Diagram:
    """Return the picture of the ways to make `product` and of what can be made of it.

    Examples
    --------
    >>> from loaders.catalogue import reference_chain
    >>> picture = recipe_diagram(reference_chain(), "primary-aluminium")
    >>> [arrow.words for arrow in picture.arrows if arrow.target == "primary-aluminium"]
    [('1.93 t', 'AL08')]
    """
    from valuechain.paths.shortest import from_raw, to_final
    from valuechain.recipes import recipes

    (code,) = chain.codes("products", [product]).tolist()
    if code < 0:
        raise NotFoundError("product", product, nearest(product, tuple(map(str, chain.ids("products")))))
    r = recipes(chain)
    lines = {line for way in (*from_raw(chain, product), *to_final(chain, product)) for line in way}
    lines |= set(r.takers.of(chain.codes("products", [product])).tolist())
    _, makers = r.routes_to(chain.codes("products", [product]))
    lines |= set(r.feedstock.of(makers)[1].tolist())
    arrows, ids = [], {product}
    for line in sorted(lines):
        arrow = _arrow(chain, line)
        if arrow.source != arrow.target:
            arrows.append(arrow)
            ids |= {arrow.source, arrow.target}
    boxes = [_box(chain, one, here=one == product) for one in sorted(ids)]
    whole = Diagram(
        f"{chain.names('products')[product]}: made from, made into",
        subtitle="Products by stage. An arrow is what a process takes in per unit of what it makes.",
        boxes=tuple(boxes),
        arrows=tuple(arrows),
        notes=_notes(chain, product, lines),
        sources=(chain.dataset.title or chain.dataset.id,),
        date=f"{chain.dataset.id} · version {chain.fingerprint}",
    )
    near = [end for a in arrows if product in (a.source, a.target) for end in (a.source, a.target)]
    return aggregated(whole, limit, first=[product, *near], keep=[product, *near])


def _arrow(chain: "ValueChain", line: int) -> Arrow:
    from valuechain.recipes import recipes

    r, products = recipes(chain), chain.ids("products")
    process, quantity = int(r.feedstock.process[line]), float(r.feedstock.quantity[line])
    source, target = str(products[r.feedstock.product[line]]), str(products[r.main[process]])
    unit = (chain.row("products", source) or {})["unit"] or ""
    known = quantity == quantity  # not a number: no figure
    return Arrow(
        source, target, "implied", label=str(chain.ids("processes")[process]),
        quantity=quantity if known else None, unit=unit, bound="exact" if known else "unknown",
    )  # fmt: skip


def _box(chain: "ValueChain", product: str, *, here: bool) -> Box:
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
        group="asked" if here else "",
    )


def _notes(chain: "ValueChain", product: str, lines: set[int]) -> tuple[str, ...]:
    from valuechain.evidence import facts
    from valuechain.recipes import recipes

    r, ids = recipes(chain), chain.ids("processes")
    shown = {
        (str(ids[r.feedstock.process[n]]), str(chain.ids("products")[r.feedstock.product[n]])) for n in lines
    }
    rows = (
        facts(chain, "process_flows")
        .rows.select(["process_id", "product_id", "role", "resolved_grade"])
        .to_pylist()
    )
    found = [
        row["resolved_grade"] in _STATED
        for row in rows
        if row["role"] == "feedstock" and (row["process_id"], row["product_id"]) in shown
    ]
    if not found:
        return (f"No recipe makes or takes {chain.names('products')[product]}.",)
    return (
        f"{sum(found)} of {len(found)} amounts are stated by a source that was read; "
        "the others are typical or computed.",
        "One shortest way is drawn to each raw and each final product; there may be others.",
    )
