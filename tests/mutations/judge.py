"""The judge: was a mutated dataset given the right verdict, at the right place, with nothing lost in silence?

It is asked with the `check` function that it judges, so that a bad one can be judged too. It answers with a
list of complaints; an empty list means right.
"""

import math
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from graph_schema import TABLES
from loaders import check as real_check
from tests.mutations.draft import Draft
from tests.mutations.expect import Expect
from tests.mutations.sources import sound
from valuechain import questions
from valuechain.audits import audits

SECONDS = 30
"""Longer than this is never right; a good loader needs a tenth of a second."""

_MOST_PER_CODE = 1_001

_CUTS = ("csv.quote", "cell.huge")
"""After these the rest of a file is not read, and the file is refused in lenient mode too."""

Check = Callable[..., object]


class TooSlow(Exception):  # noqa: N818 - says what it is
    """The time is up."""


@contextmanager
def limited(seconds: int = SECONDS) -> Iterator[None]:
    """Interrupt what takes too long, also if it waits for a pipe."""

    def stop(*_):
        raise TooSlow(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def judge(
    draft: Draft, expects: Sequence[Expect], source: str, folder: Path, check: Check = real_check
) -> list[str]:
    """Return what is wrong with the verdict of `check` on the mutated dataset."""
    path = draft.write(folder)
    start = time.perf_counter()
    try:
        with limited():
            report = check(path)
            easy = check(path, lenient=True)
    except Exception as error:
        return [f"raised {type(error).__name__}: {str(error)[:200]}"]
    complaints = []
    if time.perf_counter() - start > SECONDS:
        complaints.append("took too long")
    wrong = _verdict(report, expects)
    complaints += [wrong] if wrong else []
    complaints += _bounded(report, folder)
    if report.chain is None:
        complaints += _refused(report, expects)
    else:
        complaints += _loaded(report, expects, source)
    complaints += _conserved(report, draft, expects, "strict")
    complaints += _conserved(easy, draft, expects, "lenient")
    complaints += _lenient(report, easy)
    for expect in expects:
        complaints += [expect.look(report)] if expect.look and expect.look(report) else []
    return complaints


def _verdict(report, expects: Sequence[Expect]) -> str:
    """Refused or loaded, as it should be?"""
    wanted = [expect.verdict for expect in expects]
    refused = report.chain is None
    if refused != bool(report.errors):
        return f"{len(report.errors)} errors, but {'not ' if refused else ''}loaded"
    if "error" in wanted:
        return "" if refused else f"accepted in silence; {_told(report.problems)}"
    if "either" in wanted or "told" in wanted:
        return ""
    return f"refused; {_told(report.problems)}" if refused else ""


def _refused(report, expects: Sequence[Expect]) -> list[str]:
    """Each mistake must be reported, and no error that is no consequence of one of them."""
    alone = all(expect.verdict == "either" for expect in expects)
    said = {
        "error": report.errors,
        "told": report.problems,
        "warning": report.warnings,
        "either": report.errors,
    }
    complaints = [
        f"no {'/'.join(expect.codes)} at {_place(expect)}; {_told(report.problems)}"
        for expect in expects
        if expect.verdict in said
        and not expect.audit
        and (expect.verdict != "either" or alone)
        and not any(_fits(p, expect) for p in said[expect.verdict])
    ]
    files = {expect.file for expect in expects}
    also = {code for expect in expects for code in expect.also}
    if None not in files:
        odd = [p for p in report.errors if p.file and p.file not in files and p.code not in also]
        complaints += [f"an error that has nothing to do with it: {odd[0]}"] if odd else []
    return complaints


def _loaded(report, expects: Sequence[Expect], source: str) -> list[str]:
    complaints = []
    for expect in expects:
        if expect.verdict in ("warning", "told") and not any(_fits(p, expect) for p in report.warnings):
            told = _audited(report.chain) if expect.audit else []
            if not any(code in expect.codes and expect.value in text for code, text in told):
                place = _place(expect)
                complaints.append(
                    f"no {'/'.join(expect.codes)} at {place}; {_told(report.problems)}; audits {told}"
                )
        if expect.verdict in ("same", "either"):
            complaints += _same(report, expect, source)
    return complaints


def _audited(chain) -> list[tuple[str, str]]:
    return [(f.code, f"{f.subject} {f.message}") for f in audits(chain) if f.verdict == "warning"]


def _fits(problem, expect: Expect) -> bool:
    lines = (expect.line,) if isinstance(expect.line, int) else expect.line
    columns = (expect.column,) if isinstance(expect.column, str) else expect.column
    return (
        problem.code in expect.codes
        and (expect.file is None or problem.file == expect.file)
        and (lines is None or problem.line in lines)
        and (columns is None or problem.column in columns)
        and expect.value in problem.value + problem.message
        and expect.hint in problem.message + problem.hint
    )


def _place(expect: Expect) -> str:
    return f"{expect.file}:{expect.line} [{expect.column}] {expect.value!r} {expect.hint!r}"


def _told(problems) -> str:
    return f"{len(problems)} problems" + "".join(f" | {str(p)[:150]}" for p in problems[:4])


def _bounded(report, folder: Path) -> list[str]:
    """What is said must be safe to show: bounded, on one line, without the paths of this machine."""
    complaints = []
    counts: dict[str, int] = {}
    for problem in report.problems:
        counts[problem.code] = counts.get(problem.code, 0) + 1
        odd = [c for c in problem.value + problem.message if ord(c) < 32 or 0x7F <= ord(c) < 0xA0]
        if odd:
            complaints.append(f"{problem.code} shows the control character {odd[0]!r}")
        if len(problem.value) > 120 or len(str(problem)) > 2_000:
            complaints.append(f"{problem.code} is too long: {len(str(problem))}")
        if str(folder) in str(problem):
            complaints.append(f"{problem.code} shows a path of this machine")
    return complaints + [f"{n} times {code}" for code, n in counts.items() if n > _MOST_PER_CODE]


def _conserved(report, draft: Draft, expects: Sequence[Expect], mode: str) -> list[str]:
    """Rows read = loaded + set aside, and every row of the files was read or its file refused."""
    complaints = []
    read = {count.table: count for count in report.counts}
    for count in report.counts:
        if count.read != count.loaded + count.set_aside:
            complaints.append(
                f"{mode}: {count.table}: {count.read} is not {count.loaded} + {count.set_aside}"
            )
        if report.chain is not None and report.chain.own_table(count.table).num_rows != count.loaded:
            complaints.append(
                f"{mode}: {count.table} holds other rows than the {count.loaded} counted as loaded"
            )
    whole = [p for p in report.problems if p.line in (None, 1) or p.code in _CUTS]
    told = {p.file.rpartition("/")[2].partition(".")[0].casefold() for p in whole}
    known = dict(pair for expect in expects for pair in expect.rows)
    for table, grid in draft.tables.items():
        rows = known.get(table, len(grid.rows))
        given = f"{table}.csv" not in draft.raw or table in known
        if (
            given
            and not draft.after
            and table not in told
            and rows != (read[table].read if table in read else 0)
        ):
            complaints.append(f"{mode}: {rows} rows of {table}, {read.get(table)}")
    return complaints


def _lenient(report, easy) -> list[str]:
    """Lenient mode says the same, and sets aside at least one row where the strict one refuses."""
    if easy.chain is None:
        return [] if report.chain is None else ["refused in lenient mode only"]
    aside = sum(count.set_aside for count in easy.counts)
    if report.chain is None and not aside:
        return ["refused, but lenient mode sets no row aside"]
    if report.chain is not None and aside:
        return [f"loaded, but lenient mode sets {aside} rows aside"]
    if report.chain is not None and report.chain.fingerprint != easy.chain.fingerprint:
        return ["lenient mode loads something else"]
    return []


def _same(report, expect: Expect, source: str) -> list[str]:
    """Does a harmless variation say what the sound dataset says?"""
    base = loaded(source) if expect.base is None else _load(expect.base)
    chain = report.chain
    if expect.same == "exact":
        return [] if chain.fingerprint == base.fingerprint else [_difference(base, chain)]
    if expect.same == "rows":
        return [] if _rows_equal(base, chain) else [_difference(base, chain)]
    mine, theirs = _answers(chain, dict(expect.renamed)), _answers(base, {})
    return [] if _close(mine, theirs) else [f"other answers: {mine[:2]} instead of {theirs[:2]}"]


def _rows_equal(base, chain) -> bool:
    return all(base.own_table(name).equals(chain.own_table(name)) for name in TABLES)


def _difference(base, chain) -> str:
    for name in TABLES:
        mine, theirs = chain.own_table(name).to_pylist(), base.own_table(name).to_pylist()
        if mine != theirs:
            pair = next(
                ((m, t) for m, t in zip(mine, theirs, strict=False) if m != t), (len(mine), len(theirs))
            )
            return f"other rows in {name}: {pair[0]} instead of {pair[1]}"
    return f"another fingerprint: {chain.dataset} instead of {base.dataset}"


@lru_cache(maxsize=8)
def loaded(source: str):
    """The chain of a sound dataset."""
    return _load(sound(source))


def _load(draft: Draft):
    with TemporaryDirectory() as folder:
        report = real_check(draft.write(Path(folder)))
    if report.chain is None:
        raise AssertionError(f"the base of a comparison is not sound: {_told(report.problems)}")
    return report.chain


def _answers(chain, renamed: dict[str, str]) -> list[tuple]:
    rows = []
    for row in questions()["missing-links"](chain).rows:
        gap = ":".join(renamed.get(part, part) for part in str(row.gap_id).split(":"))
        region, product = (renamed.get(name, name) for name in (row.region_id, row.product_id))
        rows.append((gap, region, row.kind, product, row.unit, row.bound, row.basis, row.quantity, row.value))
    return sorted(rows, key=lambda row: row[:4])


def _close(mine: list[tuple], theirs: list[tuple]) -> bool:
    def equal(one, other) -> bool:
        if isinstance(one, float) and isinstance(other, float):
            return math.isclose(one, other, rel_tol=1e-9)
        return one == other

    return len(mine) == len(theirs) and all(
        all(map(equal, one, other)) for one, other in zip(mine, theirs, strict=True)
    )
