"""`valuechain import SOURCE -o DATASET`: one messy spreadsheet becomes a dataset."""

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.options import as_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from loaders.spreadsheet import Imported, Mapping

_SHOWN = 10
_LISTED = 25
_JOINED = 5


@click.command("import", short_help="A messy spreadsheet becomes a dataset.")
@click.argument("source", required=False)
@click.option("-o", "--output", "target", help="The dataset: a folder, or a file ending in .xlsx.")
@click.option(
    "--region", metavar="NAME", default="", help="Where the makers stand, around what the sheet says."
)
@click.option(
    "--year", type=click.IntRange(1800, 2200), help="Year of figures whose column and row name none."
)
@click.option("--unit", metavar="UNIT", default="", help="Unit of amounts that name none, for example t.")
@click.option("--decimal", type=click.Choice([",", "."]), help="Decimal mark, where the cells do not tell.")
@click.option(
    "--sheet", metavar="NAME", default="", help="The sheet to read (default: the one that fits best)."
)
@click.option("--header-row", type=click.IntRange(1), help="First row of the header (default: found).")
@click.option("--mapping", type=click.Path(path_type=Path), help="A file that says what the columns are.")
@click.option(
    "--write-mapping",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was guessed, to edit.",
)
@click.option("--against", metavar="DATASET", help="Keep the ids of enterprises of this dataset.")
@click.option("--replace", is_flag=True, help="Replace a dataset that is there; the old one is kept beside.")
@click.option("--dry-run", is_flag=True, help="Show everything, write no dataset.")
@click.option(
    "--example",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a messy spreadsheet to try this on.",
)
@as_json
def command(
    source: str | None, target: str | None, mapping: Path | None, write_mapping: Path | None, against: str | None,
    replace: bool, dry_run: bool, example: Path | None, as_json: bool, **said: Any,
) -> None:  # fmt: skip
    """Turn one messy spreadsheet (.xlsx or .csv; Russian, Kazakh or English) into a dataset.

    What each column is taken for is shown with the reason; --write-mapping writes it down, and --mapping
    takes it back edited. Products and makers that are not certain are listed in DATASET.review.csv: fill in
    its column `decision` (an id, yes, or none), import again with --replace, and it counts. Rows that are not
    used are in DATASET.set-aside.csv. Ends with 0 if the dataset is valid, with 5 if nothing is usable.

    \b
    valuechain import --example plants.csv
    valuechain import plants.csv -o mydata/ --region "Pavlodar region"
    valuechain import plants.xlsx -o mydata/ --year 2022 --unit t --replace
    """
    from api.light import without_pandas

    without_pandas()
    if example:
        _write_example(example)
        return
    if not source:
        raise click.UsageError("Name a spreadsheet, or try --example plants.csv.")
    if not target and not dry_run:
        raise click.UsageError("Say where the dataset goes: -o mydata/ (or --dry-run, to look only).")
    _free(target, replace, dry_run)
    made = _import(source, target or "dataset", mapping, against, said)
    written = _written(made, write_mapping, dry_run)
    if as_json:
        from api.output import json_text
        from loaders.spreadsheet.report import report

        click.echo(json_text({**report(made), "written": [str(path) for path in written]}))
    else:
        _show(made, written, dry_run)
    if made.chain is None:
        from api.errors import FAULTS
        from graph_schema import DatasetError

        click.get_current_context().exit(FAULTS[DatasetError].exit_code)


def _write_example(path: Path) -> None:
    from loaders.spreadsheet import write_example

    if path.exists():
        raise click.UsageError(f"{path} is there already; choose another name.")
    write_example(path)
    click.echo(
        f'Written to {path}. Now: valuechain import {path} -o mydata/ --region "Pavlodar region"', err=True
    )


def _free(target: str | None, replace: bool, dry_run: bool) -> None:
    """Refuse to write over what is there."""
    from api.targets import dataset_format, refuse_occupied

    if target:
        dataset_format(target, None)
        if not dry_run:
            lost = "all its tables are replaced, and the old ones kept in a copy beside it"
            refuse_occupied(Path(target), replace, lost=lost, flag="--replace")


def _import(
    source: str, target: str, mapping: Path | None, against: str | None, said: dict[str, Any]
) -> "Imported":
    from api.options import load_once
    from graph_schema.checks.findings import Findings
    from loaders.spreadsheet import Mapping, Request, import_spreadsheet, read_mapping

    findings = Findings()
    given = read_mapping(mapping, findings) if mapping else Mapping()
    _override(given, said)
    chain = load_once(against, False) if against else None
    request = Request(Path(source).expanduser(), Path(target).expanduser(), given, chain)
    with _progress() as tell:
        return import_spreadsheet(request, findings, tell)


def _override(given: "Mapping", said: dict[str, Any]) -> None:
    """Let options win over the mapping file."""
    from graph_schema import ParameterError
    from loaders.spreadsheet.columns import is_unit

    if said["unit"] and not is_unit(said["unit"]):
        raise ParameterError(
            "unit", f"{said['unit']!r} is no known unit of amounts; for example t, kt, m3, MWh, unit"
        )
    for name, value in said.items():
        if value:
            setattr(given, name, value)


@contextmanager
def _progress() -> "Iterator[Callable[[str, int, int], None]]":
    """Show a bar on stderr while the work goes on; nothing where that is no terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from api.terminal import console

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(err=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total or None
        )


def _written(made: "Imported", write_mapping: Path | None, dry_run: bool) -> list[Path]:
    """Write what there is to write and return the paths."""
    written = []
    if write_mapping and made.sheet and made.guesses:
        from api.output import write
        from loaders.spreadsheet.mapping import to_toml

        first = made.sheet.header_lines[0] if made.sheet.header_lines else None
        write(write_mapping, to_toml(made.sheet.title, first, made.guesses, made.settled))
        written.append(write_mapping)
    if made.chain is not None and not dry_run:
        from loaders.spreadsheet import save_import

        written += save_import(made)
    return written


def _show(made: "Imported", written: list[Path], dry_run: bool) -> None:
    from api.problems import counted, mark, show_problems
    from api.terminal import console, notes, wrapped
    from loaders.spreadsheet.report import report

    out, told = console(), report(made)
    sheet = f", sheet {told['sheet']}" if told["sheet"] else ""
    out.print(f"{made.request.source.name}{sheet}", style="bold")
    if told["columns"]:
        _columns(out, told["columns"])
    notes(out, "How it was read", told["notes"])
    if made.chain is not None:
        _recognised(out, made, told)
    if made.problems:
        show_problems(out, made.problems[:_LISTED])
        if len(made.problems) > _LISTED:
            wrapped(out, f"and {len(made.problems) - _LISTED:,} more (--json lists all).")
    out.print()
    if made.chain is None:
        mapping = any(problem.code == "import.mapping" for problem in made.problems)
        why = "The mapping does not fit" if mapping else "Nothing of the sheet is usable"
        mark(out, "error", f"{why}; no dataset was made.")
        return
    if told["next"]:
        wrapped(out, f"Next number to ask for: {told['next']}")
    found = f"{counted(told['errors'], 'mistake')} (not used), {counted(told['warnings'], 'warning')}"
    unknown = told["products"]["candidate"] + told["products"]["none"]
    found += f", {counted(unknown, 'product')} not recognised" if unknown else ""
    wrote = f"Written: {', '.join(map(str, written))}" if written else "Nothing written"
    wrote += " (--dry-run: no dataset)" if dry_run else ""
    mark(out, "warning" if made.problems or unknown else "ok", f"A valid dataset; {found}. {wrote}.")
    if not dry_run:
        out.print(f"Next: valuechain check {made.request.target}")
        out.print(f"      valuechain ask missing-links {made.request.target}")


def _columns(out: "Console", columns: list[dict[str, Any]]) -> None:
    """Print the columns with what they are taken for."""
    from api.table import Column
    from api.terminal import show_columns

    said = [
        c["means"] + (f" in {c['year']}" if c["year"] else "") + (f", {c['unit']}" if c["unit"] else "")
        for c in columns
    ]
    why = [
        c["reason"] if c["confidence"] in ("certain", "given") else f"{c['reason']} ({c['confidence']})"
        for c in columns
    ]
    cells = {
        "column": [c["header"][:40] for c in columns],
        "taken for": said,
        "why": why,
        "first cell": [c["sample"] for c in columns],
    }
    show_columns(out, [Column(name, name, tuple(values), None) for name, values in cells.items()])


def _recognised(out: "Console", made: "Imported", told: dict[str, Any]) -> None:
    """Print what became of rows, numbers, makers and products."""
    from api.problems import counted
    from api.terminal import notes

    rows, states = told["rows"], told["products"]
    aside = (
        f"{rows['set_aside']} set aside ({_reasons(told['set_aside'])})"
        if rows["set_aside"]
        else "none set aside"
    )
    skipped = ", ".join(f"{count} {why}" for why, count in told["numbers"]["skipped"].items())
    lines = [
        f"{counted(rows['read'], 'row')}: {rows['used']:,} used, {aside}",
        f"{counted(told['numbers']['read'], 'number')} read" + (f"; skipped: {skipped}" if skipped else ""),
        f"{counted(told['enterprises']['count'], 'enterprise')}, owners among them",
        f"{counted(sum(states.values()), 'product')} in the words of the sheet: {states['certain']} certain, "
        f"{states['probable']} probable (used, please look), {states['candidate'] + states['none']} not recognised "
        "(kept as the dataset's own)",
    ]
    joined = told["enterprises"]["joined"]
    lines += [f"one enterprise: {' = '.join(names)}" for names in joined[:_JOINED]]
    lines += (
        [f"and {len(joined) - _JOINED} more enterprises in several spellings"]
        if len(joined) > _JOINED
        else []
    )
    notes(out, "What was recognised", lines)
    unsure = told["to_review"]
    said = [_unsure(one) for one in unsure[:_SHOWN]]
    if len(unsure) > _SHOWN:
        said.append(f"and {len(unsure) - _SHOWN} more, all in {made.request.review_file}")
    notes(out, f"To look at (column `decision` of {made.request.review_file})", said)


def _unsure(one: dict[str, Any]) -> str:
    taken = (
        f"taken for {one['name']} ({one['id']})"
        if one["id"]
        else "not recognised"
        if one["kind"] == "product"
        else "kept apart"
    )
    near = "" if one["id"] or not one["candidates"] else f" Near: {', '.join(one['candidates'][:3])}."
    return f"{one['kind']} '{one['text']}': {one['state']}, {taken}. {one['reason'].rstrip('.')}.{near}"


def _reasons(aside: list[dict[str, Any]]) -> str:
    from collections import Counter

    counts = Counter(one["reason"] for one in aside)
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()))
