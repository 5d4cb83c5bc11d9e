"""`valuechain check DATASET`: every problem at once, the rows counted, the audits."""

from typing import TYPE_CHECKING

import click

from api.options import as_json, dataset, lenient

if TYPE_CHECKING:
    from loaders import CheckReport
    from valuechain.audits import Finding


@click.command("check", short_help="Every mistake of a dataset, with a hint; audits.")
@dataset
@as_json
@lenient
def command(dataset: str, as_json: bool, lenient: bool) -> None:
    """Check a dataset: every mistake with file, row, column, value and a hint.

    Rows are counted (read = loaded + set aside), and audits compare the figures with each other and with
    the recipes; the summary says how many warn. Ends with 5 if the dataset cannot be loaded; warnings end
    with 0.

    \b
    valuechain check mydata/
    valuechain check mydata.xlsx --json > problems.json
    """
    from api.errors import FAULTS
    from api.light import without_pandas
    from graph_schema import DatasetError
    from loaders import check
    from valuechain.audits import audits

    without_pandas()
    report = check(dataset, lenient=lenient)
    findings = audits(report.chain) if report.chain else ()
    if as_json:
        from api.listing import checked
        from api.output import json_text

        click.echo(json_text(checked(report, findings)))
    else:
        _show(report, findings)
    if report.chain is None:
        click.get_current_context().exit(FAULTS[DatasetError].exit_code)


def _show(report: "CheckReport", findings: "tuple[Finding, ...]") -> None:
    from api.problems import WAY_ON, audits_said, counted, mark, show_audits, show_counts, show_problems
    from api.terminal import console

    out = console()
    out.print(report.dataset.title or report.dataset.id, style="bold")
    show_problems(out, report.problems)
    show_counts(out, report.counts, loaded=report.chain is not None)
    out.print()
    show_audits(out, findings)
    read, aside = (sum(getattr(c, n) for c in report.counts) for n in ("read", "set_aside"))
    errors = sum(p.severity == "error" for p in report.problems)
    warnings = len(report.problems) - errors
    found = f"{counted(errors, 'error')}, {counted(warnings, 'warning')} in {counted(read, 'row')}"
    if report.chain is None:
        mark(out, "error", f"{found}. {counted(aside, 'row')} in error; nothing loaded. {WAY_ON}")
    else:
        if aside:
            found += f", {counted(aside, 'row')} set aside (with those that refer to bad rows)"
        doubt = report.problems or any(f.verdict != "ok" for f in findings)
        mark(out, "warning" if doubt else "ok", f"Loaded: {found}; {audits_said(findings)}.")
        out.print(f"dataset {report.dataset.id} · {report.chain.fingerprint}", style="dim")
