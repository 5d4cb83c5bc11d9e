"""A sample of the mutated datasets, every mutation and control once, and tests of the judge itself.

`python -m tests.mutations` runs a thousand. MUTATION_SEED=7 throws another sample.
"""

import os
from dataclasses import replace

import pytest

from loaders import check
from tests.mutations.expect import OPERATORS
from tests.mutations.runner import CONTROLS, GROUPS, MUTATIONS, plan, run, sample
from valuechain.model import ValueChain

SEED = int(os.environ.get("MUTATION_SEED", "0"))
SAMPLE = sample(SEED)


@pytest.mark.parametrize("group", GROUPS)
def test_a_mutated_copy_gets_the_right_verdict(group):
    assert group in SAMPLE, "no dataset has a place for it"
    assert run(SAMPLE[group]) == [], str(SAMPLE[group])


@pytest.mark.parametrize("number", range(8))
def test_two_independent_mistakes_are_both_reported(number):
    copies = plan(2, SEED * 100 + number, pairs=2)
    pair = next(copy for copy in copies if len(copy.names) == 2)
    assert run(pair) == [], str(pair)


def test_the_catalogue_is_covered():
    lines = {name.removeprefix("control ")[:1] for name in OPERATORS}
    assert lines >= set("ABCDEFGHIJK")
    assert len({OPERATORS[name].group for name in MUTATIONS}) >= 60
    assert len(CONTROLS) >= 20


def test_a_copy_is_the_same_every_time():
    assert plan(30, 5) == plan(30, 5)
    assert plan(30, 5) != plan(30, 6)


# The judge must be able to say no. These stand-ins for a loader are bad ones; a judge that lets them pass is none.
# Each gets the same twenty mutations or controls.


def right(names, stand_in, count=20):
    copies = plan(count, 1, names[:: len(names) // count], pairs=0)
    return sum(not run(copy, stand_in) for copy in copies)


ERRORS = tuple(
    name for name in MUTATIONS if name[:3] in ("A05", "C05", "E04", "F01", "F03", "F08", "H01", "H05", "I02")
)


def silent(path, *, lenient=False):
    """Set bad rows aside and say nothing, as many loaders do."""
    return replace(check(path, lenient=True), problems=())


def elsewhere(path, *, lenient=False):
    """Report every mistake one line too far down."""
    report = check(path, lenient=lenient)
    moved = tuple(replace(p, line=None if p.line is None else p.line + 1) for p in report.problems)
    return replace(report, problems=moved)


def one_word(path, *, lenient=False):
    """Say the same of every mistake."""
    report = check(path, lenient=lenient)
    return replace(report, problems=tuple(replace(p, code="data.invalid") for p in report.problems))


def first_only(path, *, lenient=False):
    """Stop at the first mistake."""
    report = check(path, lenient=lenient)
    return replace(report, problems=report.problems[:1])


def loses_a_row(path, *, lenient=False):
    """Drop the last row of production and count as if it had never been there."""
    report = check(path, lenient=lenient)
    if report.chain is None:
        return report
    tables = {count.table: report.chain.own_table(count.table) for count in report.counts}
    tables["production"] = tables["production"].slice(0, tables["production"].num_rows - 1)
    counts = tuple(
        replace(c, read=c.read - 1, loaded=c.loaded - 1) if c.table == "production" else c
        for c in report.counts
    )
    return replace(report, chain=ValueChain(report.dataset, tables), counts=counts)


def crashes(path, *, lenient=False):
    raise KeyError("enterprise_id")


@pytest.mark.parametrize("stand_in", [silent, elsewhere, one_word, crashes])
def test_the_judge_finds_a_bad_loader_out(stand_in):
    assert right(ERRORS, check) == 20
    assert right(ERRORS, stand_in) == 0


def test_the_judge_sees_lost_rows():
    assert right(CONTROLS, loses_a_row) == 0


def test_the_judge_sees_that_only_the_first_mistake_is_told():
    pairs = [copy for copy in plan(12, 2, ERRORS, pairs=2) if len(copy.names) == 2]
    assert sum(not run(copy, first_only) for copy in pairs) <= len(pairs) // 2


def test_the_command_counts_and_fails_where_one_is_wrong(capsys, monkeypatch):
    from tests.mutations import __main__ as command

    arguments = ["--count", "4", "--only", "H01 dangling", "--workers", "1", "--show-failures"]
    assert command.main(arguments) == 0
    assert "4 of 4 right, 0 of 0 controls accepted" in capsys.readouterr().out
    monkeypatch.setattr(command, "_judged", lambda copies, workers: [["wrong"] for _ in copies])
    assert command.main(arguments) == 1
    assert "0 of 4 right" in capsys.readouterr().out
