"""The figures of an answer as its row class declares them: no words, no order, nothing listed by question.

A cell is a `Quantity`, a `Key`, a word of a fixed choice, a flag or a count. Ids stand in `Key` columns, in the
key columns of the question and in tuples of ids, also put together by colons. Sentences, names, sources and evidence
are left out: those are compared only where answers must be the same to the letter.
"""

import dataclasses
import re

from graph_schema import Key, Quantity
from tests.laws.strategies import CURRENCY, UNIT
from valuechain import questions
from valuechain.answer import columns

DOUBTED = "doubted"
FLOWING = {"evidence", "also", "parts"}
"""Columns of sentences, or of what stands in the other columns too."""


def kept(name):
    return name


def times(value, factor):
    return None if value is None else value * factor


def figures(answer, back=kept, size=1.0, money=1.0):
    """The figures of an answer by the key of the row.

    `back` maps ids back; sizes are multiplied by `size`, money by `money` too.
    """
    found, asked = {}, questions()[answer.question]
    for row in answer.rows:
        key = tuple(_spelled(getattr(row, name), back) for name in asked.key)
        assert key not in found, f"two rows for {key}"
        cells = dict(_cells(row, "", back, size, size * money))
        found[key] = {n: c for n, c in cells.items() if n not in asked.key}
        if "An audit doubts" in row.reason:
            found[key]["bound"] = DOUBTED
    return found


def _spelled(value, back):
    """An id, or ids put together; the id of a closing is new with every dataset."""
    if not isinstance(value, str):
        return value
    value = re.sub("closing-[0-9a-f]{12}", "closing", value)
    return re.sub("[^:, ]+", lambda word: back(word[0]), value)


def _cells(row, before, back, size, money):
    meanings = columns(type(row))
    for name, meaning in meanings.items():
        value, label = getattr(row, name), before + name
        if name in FLOWING or (isinstance(meaning, Key) and meaning.table == "sources"):
            continue
        if isinstance(meaning, Quantity):
            unit = getattr(row, meaning.unit) if meaning.unit in meanings else meaning.unit
            yield label, times(value, {UNIT: size, CURRENCY: money}.get(unit, 1.0)) if value else value
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            for number, (_, one) in enumerate(sorted((_named(v, back), i) for i, v in enumerate(value))):
                yield from _cells(value[one], f"{label} {number} ", back, size, money)
        elif isinstance(value, tuple):
            ids = isinstance(meaning, Key) or "name" not in meaning.description
            yield label, tuple(sorted(_spelled(v, back) for v in value)) if ids else len(value)
        elif isinstance(meaning, Key) or name.endswith("_id"):
            yield label, _spelled(value, back)
        elif not isinstance(value, str) or meaning.choices:
            yield label, value


def _named(row, back):
    """What tells a part of a row from its fellows."""
    return tuple(
        _spelled(getattr(row, n), back) or ""
        for n, m in columns(type(row)).items()
        if isinstance(m, Key) or getattr(m, "choices", ())
        if not isinstance(getattr(row, n), tuple)
    )


def sizes(row):
    """Amounts of goods in a row, by column."""
    meanings = columns(type(row))
    return {
        n: getattr(row, n)
        for n, m in meanings.items()
        if isinstance(m, Quantity) and (getattr(row, m.unit) if m.unit in meanings else m.unit) == UNIT
    }
