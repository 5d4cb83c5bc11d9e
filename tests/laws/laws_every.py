"""Laws of what is not known, and of the two questions that compare answers. Read off the registry too."""

import re
from dataclasses import fields

from graph_schema import Quantity
from tests.laws.cells import sizes
from tests.laws.laws_rows import _changed, _changes
from tests.laws.strategies import YEAR, build
from tests.laws.tools import dice, known, near, rebuilt, tables, this_year, ways
from valuechain import questions
from valuechain.answer import columns
from valuechain.closing.close import Closing, close_gap

FIGURES = (("production", ("output", "capacity")), ("flows", ("quantity", "share", "value")))

PARTS = ("_guessed", "_untold", "_measured")


def unknown_is_not_zero(chain, ask):
    """Where no figure is known, no amount is told, not even zero.

    But what goes to other owners in a row that tells only what is on record, when no such sale is; and the
    amount of transfers of which there is none.
    """
    rows = tables(chain)
    for table, blanked in FIGURES:
        for row in rows[table]:
            row |= dict.fromkeys(blanked)
    other = rebuilt(chain, rows)
    for way in ways(chain, ask):
        for row in ask(other, **way):
            told = {name: amount for name, amount in sizes(row).items() if amount is not None}
            for name, says in (("arms_length_tonnes", "recorded_only"), ("implied", "transfers")):
                if told.get(name) == 0 and bool(getattr(row, says)) == (says == "recorded_only"):
                    told.pop(name)
            assert not told, (told, row.reason)


def blank_is_told(chain, ask):
    """One figure of a known dataset is blanked: what changes for it says so beside it.

    In a bound, a count, a basis or a flag, else in its sentence. But for the columns that are declared to be the
    known part, `PARTS`, and what linkage calls demand: at least what every possible route needs. Partners, changes
    and simulations tell amounts of other answers, whose bounds stand there.
    """
    rows = tables(chain)
    there = [(r, table) for table in ("production", "flows") for r in this_year(rows, table)]
    there = [(r, FIGURES[table == "flows"][1]) for r, table in there if r.get("output") or r.get("quantity")]
    if not there or not known(rows):
        return
    row, blanked = dice(chain).choice(there)
    row |= dict.fromkeys(blanked)
    other, key = rebuilt(chain, rows), ask.key
    for way in ways(chain, ask):
        base = {tuple(getattr(r, k) for k in key): r for r in ask(chain, **way)}
        for found in ask(other, **way):
            full = base.get(tuple(getattr(found, k) for k in key))
            if full is not None and not _warned(full, found):
                for name, amount in sizes(found).items():
                    was = sizes(full)[name]
                    if "known part" in columns(type(found))[name].description or name.endswith(
                        (*PARTS, "demand")
                    ):
                        continue
                    assert amount is None or was is None or near(amount, was), (
                        name,
                        was,
                        amount,
                        found.reason,
                    )


def _warned(full, found):
    """Whether the row found says that it is no exact figure, or counts, bases or flags what the full one does not."""
    meanings, amounts = columns(type(found)), sizes(found)
    told = [
        f.name
        for f in fields(found)
        if f.name not in amounts
        and (
            getattr(meanings[f.name], "choices", ())
            or any(word in f.name for word in ("unknown", "left_out", "recorded"))
            or (not isinstance(meanings[f.name], Quantity) and isinstance(getattr(found, f.name), bool | int))
        )
    ]
    if hasattr(found, "bound"):
        hedged = found.bound != "exact"
    else:
        hedged = re.search("unknown|not known|not recorded|at least|at most", found.reason) is not None
    return hedged or any(getattr(full, name) != getattr(found, name) for name in told)


def empty_says_why(chain, ask):
    """An answer without rows has at least one caveat; a dataset without a table does not crash."""
    rows = tables(chain)
    poorer = [rebuilt(chain, {**rows, table: []}) for table in ("flows", "process_flows", "ownership")]
    bare = {**rows, "production": [], "flows": [], "process_flows": []}
    for one in (chain, *poorer, rebuilt(chain, bare), build({})):
        answer = ask(one, year=YEAR)
        assert answer.rows or answer.caveats, "neither a row nor a word"


def same_is_no_change(chain, ask):
    """A dataset against itself, and a year against itself: no change, of any question."""
    for of in _comparable():
        assert not ask(chain, against=rebuilt(chain, tables(chain)), of=of, show="all").rows, of
    assert not ask(chain, since=YEAR, year=YEAR, show="all").rows


MIRROR = {
    "opened": "closed", "grown": "shrunk", "now known": "now unknown", "changed": "changed",
    "not recorded before": "not recorded after",
}  # fmt: skip
MIRROR |= {after: before for before, after in MIRROR.items()}


def changes_mirror(chain, ask):
    """Seen from the other side what opened has closed and what grew has shrunk, by as much; of any question."""
    other = _changed(chain, _changes(chain))
    for of in dice(chain).sample(_comparable(), 3):
        there = {r.row_id: r for r in ask(other, against=chain, of=of, show="all")}
        back = {r.row_id: r for r in ask(chain, against=other, of=of, show="all")}
        assert set(there) == set(back), of
        for row_id, row in there.items():
            turned = back[row_id]
            assert turned.what == MIRROR[row.what], (row_id, row.what, turned.what)
            assert (turned.before, turned.after) == (row.after, row.before), row_id
            assert turned.difference is None or turned.difference == -row.difference, row_id


def _comparable():
    return [name for name, asked in questions().items() if name not in ("changes", "simulate")]


def changes_are_differences(chain, ask):
    """What is said of a row before and after is what the question answers; what is not named is the same."""
    other, home = _changed(chain, _changes(chain)), chain.dataset.home_region
    for of in dice(chain).sample(_comparable(), 3):
        asked = {"region": home} if home and "region" in [p.name for p in questions()[of].parameters] else {}
        _agree(ask(other, against=chain, of=of, show="all").rows, questions()[of], chain, other, asked)


def simulation_is_data(chain, ask):
    """The effects of a closing are the differences of asking the changed dataset; the base is untouched.

    The same closing of the same dataset has the same id, and asking twice gives the same answer. Chains are
    compared as a whole, not the best few.
    """
    rows, answer = tables(chain), ask(chain)
    again = ask(rebuilt(chain, rows))
    assert tables(chain) == rows
    assert ask(chain).as_dict() == answer.as_dict() == again.as_dict()
    if not answer.rows:
        return
    done = close_gap(chain, Closing(answer.rows[0].gap_id), YEAR)
    assert {r.closing_id for r in answer} == {done.id}
    told, region = {r.question for r in answer} - {ask.name}, done.gap.region_id
    for name in sorted({*dice(chain).sample(sorted(told), min(3, len(told))), "missing-links"}):
        asked = questions()[name]
        takes, way = [p.name for p in asked.parameters], {}
        if "region" in takes and region != chain.dataset.home_region:
            way["region"] = region
        if name == "chains":
            way["most"] = 1000
        _agree([r for r in answer if r.question == name], asked, chain, done.chain, way)


def _agree(told, asked, before, after, way):
    old, new = (
        {
            ":".join("" if (v := getattr(r, k)) is None else str(v) for k in asked.key): r
            for r in asked(c, **way)
        }
        for c in (before, after)
    )
    said = {r.row_id: r for r in told}
    for row_id, change in said.items():
        for row, size in ((old.get(row_id), change.before), (new.get(row_id), change.after)):
            assert size == (None if row is None else getattr(row, change.measure)), (asked.name, row_id)
    for row_id in {*old, *new} - set(said):
        assert {row_id} <= set(old) & set(new), (asked.name, row_id, "is gone or new and not told")
        was, now = sizes(old[row_id]), sizes(new[row_id])
        assert all(near(now[name], was[name]) for name in now), (asked.name, row_id, was, now)


EVERY = {law.__name__: law for law in (unknown_is_not_zero, blank_is_told, empty_says_why)}
COMPARE = {
    same_is_no_change.__name__: same_is_no_change,
    changes_mirror.__name__: changes_mirror,
    changes_are_differences.__name__: changes_are_differences,
    simulation_is_data.__name__: simulation_is_data,
}
OF = dict.fromkeys(COMPARE, "changes") | {"simulation_is_data": "simulate"}
