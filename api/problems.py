"""What is wrong with a dataset, on a terminal: every problem by file and row, the row counts, the audits."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from api.table import Column
from api.terminal import console, show_columns, wrapped
from graph_schema import Problem, Quantity, RowCount
from valuechain.audits import Finding

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}

WAY_ON = "Mend the rows, or add --lenient to set bad rows aside."


def tell_problems(problems: Sequence[Problem]) -> None:
    """Print a refused dataset's problems on stderr, and the way on."""
    out = console(err=True)
    show_problems(out, problems)
    out.print()
    errors = sum(p.severity == "error" for p in problems)
    wrapped(out, f"{counted(errors, 'error')}: not loaded. {WAY_ON}")


def show_problems(out: Console, problems: Iterable[Problem]) -> None:
    """Print every problem: by file, then place, message and hint."""
    for file, found in groupby(sorted(problems), key=lambda p: p.file):
        out.print()
        out.print(Text(file, "bold"))
        for problem in found:
            mark(out, problem.severity, _place(problem), style="bold")
            wrapped(out, _said(problem), indent="    ")
            if problem.hint:
                wrapped(out, problem.hint, indent="    ", first="hint: ", style="cyan")


def show_counts(out: Console, counts: Sequence[RowCount], *, loaded: bool) -> None:
    """Print rows read, loaded and set aside for each table: read = loaded + set aside.

    Of a dataset that was refused nothing is loaded and nothing set aside: some rows are in error.
    """
    if not counts:
        return
    tables = Column("table", "table", tuple(c.table for c in counts), None)
    names = {"read": "read", "set_aside": "in error"}
    if loaded:
        names = {"read": "read", "loaded": "loaded", "set_aside": "set aside"}
    figures = (
        Column(name, words, tuple(f"{getattr(c, name):,}" for c in counts), Quantity("rows", words))
        for name, words in names.items()
    )
    show_columns(out, [tables, *figures])


def show_audits(out: Console, findings: Iterable[Finding]) -> None:
    """Print the verdict of every audit, good ones too; under a warning the figures it doubts."""
    for finding in findings:
        mark(out, finding.verdict, finding.message)
        if finding.verdict != "ok":
            for figure in finding.figures:
                wrapped(out, str(figure), indent="    ", style="dim")
            hint = getattr(finding, "hint", "")
            if hint:
                wrapped(out, hint, indent="    ", first="hint: ", style="cyan")


def mark(out: Console, verdict: str, text: str, style: str = "") -> None:
    """Print a sentence with the sign and the colour of its verdict."""
    sign, colour = _MARKS[verdict]
    wrapped(out, text, first=f"{sign} ", style=style, first_style=colour)


def counted(number: int, thing: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "error"), counted(2, "error")
    ('1 error', '2 errors')
    """
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def audits_said(findings: Iterable[Finding]) -> str:
    """Return how many audits there are and how many of them warn, in words."""
    verdicts = [finding.verdict for finding in findings]
    if not verdicts:
        return "the figures allow no audit"
    warn = sum(verdict != "ok" for verdict in verdicts)
    if not warn:
        return f"{counted(len(verdicts), 'audit')}, none warns"
    return f"{counted(warn, 'audit')} {'warns' if warn == 1 else 'warn'} (of {len(verdicts):,})"


def _place(problem: Problem) -> str:
    parts = (
        f"line {problem.line}" if problem.line is not None else "",
        problem.column,
        problem.severity,
        problem.code,
    )
    return " · ".join(p for p in parts if p)


def _said(problem: Problem) -> str:
    found = f" (found: {problem.value})" if problem.value and problem.value not in problem.message else ""
    return problem.message + found
