"""`valuechain catalogue [WHAT]`: browse the reference catalogue of processes."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.options import as_json

if TYPE_CHECKING:
    from rich.console import Console

    from valuechain.answer import Answer
    from valuechain.model import ValueChain

_PICTURES = (".svg", ".pdf", ".png", ".html")
_MOST = 10
"""Chains shown of one kind."""


@click.command("catalogue", short_help="Browse the reference processes: made from, made into.")
@click.argument("what", required=False)
@click.option("--sector", metavar="SECTOR", help="Only the processes of this sector.")
@click.option("--clusters", is_flag=True, help="Complete chains for the thirteen clusters of the paper.")
@as_json
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a file: a picture (.svg .pdf .png .html) or the rows (.json .csv .xlsx ...).",
)
def command(what: str | None, sector: str | None, clusters: bool, as_json: bool, output: Path | None) -> None:
    """Browse the reference catalogue that a dataset may build on: how a product is made, what can be made of it.

    WHAT is a product in English, Russian or Kazakh, its id, an HS code, or the id of a process. Without it: the
    sectors, and how many of their figures a named source states.

    \b
    valuechain catalogue                            the sectors and the share of sourced figures
    valuechain catalogue alumina                    ways to make it, what takes it, chains to final products
    valuechain catalogue "первичный алюминий"       the same in any of the three languages
    valuechain catalogue 7601                       the products under an HS code
    valuechain catalogue AL08                       one process, with every coefficient and its source
    valuechain catalogue bauxite -o chains.svg      the chains from a raw material as a picture
    valuechain catalogue --sector Aluminium --json  an answer whose rows are processes
    """
    from api.light import without_pandas

    without_pandas()
    from loaders.catalogue import reference_chain

    chain = reference_chain()
    if clusters:
        if what or sector or as_json or output:
            raise click.UsageError(
                "--clusters only lists chains; ask for a product of one with --json or -o."
            )
        _show_clusters(chain)
        return
    if what is None:
        _all(chain, sector, as_json, output)
        return
    if sector:
        raise click.UsageError("Give a product or process, or a sector, not both.")
    process = _process(chain, what)
    product = None if process else _product(chain, what, one=as_json or output is not None)
    if process:
        product = str((chain.row("processes", process) or {})["main_product_id"])
    if product is None:
        return
    if output and output.suffix.lower() in _PICTURES:
        _draw(chain, product, output)
        return
    answer = _asked(chain, product=product)
    if process:
        answer = _narrowed(answer, lambda row: row.process_id == process)
    if as_json or output:
        _give(answer, as_json, output)
    elif process:
        _show_process(chain, answer.rows[0])
    else:
        _show_product(chain, product, answer)


def _asked(chain: "ValueChain", **given: Any) -> "Answer[Any]":
    from valuechain import question

    return question("recipes")(chain, **given)


def _narrowed(answer: "Answer[Any]", keep: Callable[[Any], bool]) -> "Answer[Any]":
    from dataclasses import replace

    return replace(answer, rows=tuple(row for row in answer.rows if keep(row)))


def _process(chain: "ValueChain", what: str) -> str | None:
    """Return the process whose id is `what`, in any case; None if there is none."""
    wanted = what.strip().casefold()
    return next((str(one) for one in chain.ids("processes") if one.casefold() == wanted), None)


def _product(chain: "ValueChain", what: str, *, one: bool) -> str | None:
    """Return the product that `what` means; if it may mean several, show them and return None.

    With `one` several are an error: a program or a picture takes one product.
    """
    from graph_schema import NotFoundError
    from graph_schema.cells.text import nearest

    ids = {str(one).casefold(): str(one) for one in chain.ids("products")}
    if (known := ids.get(what.strip().casefold())) is not None:
        return known
    from loaders.recognition import ProductIndex, hs

    if code := hs.normal(re.sub(r"^\s*(hs|тн вэд)\s*", "", what, flags=re.IGNORECASE)):
        return _coded(chain, code, one=one)
    if re.fullmatch(r"[A-Za-z]{2}\d{1,3}", what.strip()):
        raise NotFoundError("process", what, nearest(what.upper(), tuple(map(str, chain.ids("processes")))))
    match = ProductIndex(chain.arrow("products").to_pylist()).match(what)
    if match.state in ("certain", "probable") and match.id:
        if match.state == "probable":
            click.echo(f"Taken for {match.name}: {match.reason}", err=True)
        return str(match.id)
    if one or not match.candidates:
        raise NotFoundError(
            "product or process of the catalogue", what, tuple(c.id for c in match.candidates)
        )
    click.echo(f"{what}: no one product. {match.reason}")
    for candidate in match.candidates:
        click.echo(f"  {candidate.id:36} {candidate.name}")
    return None


def _coded(chain: "ValueChain", code: str, *, one: bool) -> str | None:
    """Return the only product under an HS code; if there are several, show them all and return None."""
    from graph_schema import NotFoundError
    from loaders.recognition import hs

    found = [
        (row["product_id"], row["name"])
        for row in chain.arrow("products").to_pylist()
        if any(mine.startswith(code) for mine in hs.codes(row["hs_code"]))
    ]
    if len(found) == 1:
        return str(found[0][0])
    if one or not found:
        raise NotFoundError("one product of the catalogue under HS", code, tuple(p for p, _ in found[:_MOST]))
    for place, words in hs.path(code):
        click.echo(f"HS {place}: {words}")
    click.echo(f"{len(found)} products of the catalogue stand under it: a code cannot tell stages apart.")
    for product, name in found:
        click.echo(f"  {product:36} {name}")
    return None


def _all(chain: "ValueChain", sector: str | None, as_json: bool, output: Path | None) -> None:
    """Show the sectors, or give the rows of one or of all."""
    from graph_schema import NotFoundError
    from graph_schema.cells.text import nearest

    answer = _asked(chain, which="all")
    sectors = sorted({r.sector for r in answer.rows})
    if sector is not None:
        known = {s.casefold(): s for s in sectors}
        if sector.strip().casefold() not in known:
            raise NotFoundError("sector", sector, nearest(sector, sectors) or tuple(sectors))
        sector = known[sector.strip().casefold()]
    if output and output.suffix.lower() in _PICTURES:
        raise click.UsageError(
            "A picture shows the chains of one product: name it, as in `valuechain catalogue bauxite`."
        )
    if as_json or output:
        _give(_narrowed(answer, lambda row: sector in (None, row.sector)), as_json, output)
    elif sector:
        from api.terminal import show_answer

        show_answer(_narrowed(answer, lambda row: row.sector == sector))
    else:
        _show_sectors(chain, answer.rows, sectors)


def _give(answer: "Answer[Any]", as_json: bool, output: Path | None) -> None:
    if as_json:
        from api.output import json_text

        click.echo(json_text(answer.as_dict()))
    if output:
        from api.output import write_answer

        write_answer(answer, output)
        click.echo(f"{len(answer)} processes written to {output}", err=True)


def _draw(chain: "ValueChain", product: str, output: Path) -> None:
    from api.output import write
    from api.views import FORMATS
    from visualizations.recipe_picture import recipe_diagram

    write(output, FORMATS[output.suffix.lower().removeprefix(".")].render(recipe_diagram(chain, product)))
    click.echo(f"Picture written to {output}", err=True)


def _show_sectors(chain: "ValueChain", rows: Any, sectors: list[str]) -> None:
    from rich.text import Text

    from api.terminal import console, notes

    out = console()
    out.print(Text(f"{len(rows)} processes, {len(chain.ids('products'))} products", "bold"))
    out.print(
        f"{'sector':32} {'processes':>9} {'figures':>8} {'stated':>7} {'by formula':>10} {'sourced':>8}"
    )
    for sector in (*sectors, None):
        mine = [r for r in rows if sector in (None, r.sector)]
        figures, stated, computed = (
            sum(getattr(r, n) for r in mine) for n in ("coefficients", "stated", "by_formula")
        )
        share = f"{(stated + computed) / figures:.0%}" if figures else "-"
        line = f"{sector or 'all':32} {len(mine):9} {figures:8} {stated:7} {computed:10} {share:>8}"
        out.print(Text(line, "" if sector else "bold"))
    notes(out, "Read with care", (
        "stated: read in the named source. by formula: computed from molar masses or a stated composition. The others "
        "are typical values: the order of magnitude is safe, the second digit is not.",
        "A dataset builds on the catalogue unless dataset.toml says `catalogue = false`; a row of its own with the "
        "same process, product and role wins over the catalogue's.",
        "valuechain catalogue PRODUCT, --sector SECTOR or PROCESS shows more; --json and -o FILE give it to programs.",
    ))  # fmt: skip


def _show_clusters(chain: "ValueChain") -> None:
    from rich.text import Text

    from api.terminal import console, wrapped
    from loaders import load
    from loaders.catalogue import cluster_chains

    out, names, clusters = console(), chain.names("products"), load("pavlodar").names("clusters")
    before = ""
    for cluster, products in cluster_chains():
        if cluster != before:
            out.print(Text(clusters[cluster], "bold"))
        before = cluster
        wrapped(out, " -> ".join(names[p] for p in products), indent="  ")


def _show_process(chain: "ValueChain", recipe: Any) -> None:
    from rich.text import Text

    from api.terminal import console, wrapped
    from loaders.catalogue import natural_flows

    out = console()
    row = chain.row("processes", recipe.process_id) or {}
    out.print(Text(f"{recipe.process_id} · {recipe.process_name}", "bold"))
    _also(out, row)
    out.print(f"makes 1 {recipe.unit} of {recipe.product_name} ({recipe.product_id}) · {recipe.sector}")
    _lines(out, recipe)
    for one in natural_flows(recipe.process_id):
        verb = "from nature" if one["side"] == "in" else "to nature"
        grade = f"{one['grade']}, {one['source_id']}"
        out.print(
            f"  {verb:11} {float(one['quantity']):,.6g} {one['unit']} {one['material']} ({grade})",
            style="dim",
        )
    if row.get("note"):
        wrapped(out, row["note"], indent="  ", style="dim")
    _sources(out, chain, [recipe])


def _show_product(chain: "ValueChain", product: str, answer: "Answer[Any]") -> None:
    from rich.text import Text

    from api.terminal import console, notes

    out = console()
    row = chain.row("products", product) or {}
    code = f" · HS {row['hs_code']}" if row["hs_code"] else ""
    stage = _STAGES.get(row["stage"], "stage not decided")
    out.print(Text(f"{row['name']} ({product})", "bold"))
    _also(out, row)
    out.print(f"{stage} · {row['kind'] or 'good'} · counted in {row['unit'] or 't'}{code}")
    makes = [r for r in answer.rows if r.product_id == product]
    gives = [r for r in answer.rows if any(line.product_id == product for line in r.by_products)]
    takes = [r for r in answer.rows if r not in makes and r not in gives]
    for title, found in (("Made by", makes), ("Given beside something else by", gives), ("Taken by", takes)):
        if not found and found is gives:
            continue
        out.print()
        out.print(Text(f"{title} {len(found)} process{'' if len(found) == 1 else 'es'}", "bold"))
        for recipe in found:
            out.print(f"  {recipe.process_id} {recipe.process_name} -> {recipe.product_name}")
            _lines(out, recipe, indent="      ")
    _show_ways(out, chain, product)
    _sources(out, chain, answer.rows)
    notes(out, "Read with care", (*answer.caveats, _GRADES))
    out.print()
    out.print(f"As a picture: valuechain catalogue {product} -o {product}.svg", style="dim")


_STAGES = {
    0: "stage 0, raw",
    1: "stage 1, primary",
    2: "stage 2, semi-finished",
    3: "stage 3, component",
    4: "stage 4, final",
}
_GRADES = (
    "reported: stated by the source named. inferred: computed from molar masses or a composition. expert: typical, "
    "not read in a source. Amounts are per unit of what the process makes."
)
_ROLES = (
    ("feedstock", "takes"),
    ("inputs", "consumes"),
    ("by_products", "gives also"),
    ("enablers", "needs"),
)


def _also(out: "Console", row: dict[str, Any]) -> None:
    from api.terminal import wrapped
    from graph_schema.cells.text import spellings

    _, *said = spellings(row)
    if said:
        wrapped(out, "also " + " · ".join(said), style="dim")


def _lines(out: "Console", recipe: Any, indent: str = "  ") -> None:
    for role, verb in _ROLES:
        for line in getattr(recipe, role):
            out.print(f"{indent}{verb:10} {line!s}")


def _show_ways(out: "Console", chain: "ValueChain", product: str) -> None:
    from rich.text import Text

    from api.terminal import wrapped
    from valuechain.paths.shortest import from_raw, to_final
    from valuechain.recipes import recipes

    r, ids, names = recipes(chain), chain.ids("products"), chain.names("products")

    def told(way: tuple[int, ...]) -> str:
        codes = [int(r.feedstock.product[way[0]]), *(int(r.main[r.feedstock.process[line]]) for line in way)]
        return " -> ".join(names[str(ids[code])] for code in codes)

    for title, ways in (
        ("Chains from raw products", from_raw(chain, product)),
        ("Chains to final products", to_final(chain, product)),
    ):
        if ways:
            out.print()
            out.print(Text(f"{title} ({len(ways)}; one shortest way each)", "bold"))
            for way in ways[:_MOST]:
                wrapped(out, told(way), indent="  ")
            if len(ways) > _MOST:
                out.print(f"  ... and {len(ways) - _MOST} more: -o FILE.svg draws them", style="dim")


def _sources(out: "Console", chain: "ValueChain", rows: Any) -> None:
    from api.terminal import notes

    wanted = sorted({line.source_id for r in rows for line in r.lines if line.source_id})
    notes(out, "Sources", [_source(row) for one in wanted if (row := chain.row("sources", one))])


def _source(row: dict[str, Any]) -> str:
    by = ", ".join(str(part) for part in (row["publisher"], row["year"]) if part)
    note = f" {row['note']}." if row["note"] else ""
    return f"{row['source_id']}: {row['title']}{f' ({by})' if by else ''}.{note}"
