"""What differs between two answers to one question: rows gone, new, and changed.

Rows are matched by the key that the question declares (`Analysis.key`). The size of a row is its column
`quantity`, else its first figure. Changes below one part in a thousand million are rounding and are left out.
An unknown is no zero: a size that became known, or unknown, is neither growth nor closing.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from graph_schema import Key, Quantity, Text
from valuechain.answer import Answer, columns, figure, shown
from valuechain.evidence import Evidence
from valuechain.model import ValueChain
from valuechain.registry import question

WHATS = (
    "grown", "opened", "shrunk", "closed", "now known", "now unknown", "changed",
    "not recorded before", "not recorded after", "built",
)  # fmt: skip
"""What can happen to a row, in the order in which a reader wants to know."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of an answer that is not the same in another answer."""

    question: Annotated[str, Text("question whose answer differs")]
    row_id: Annotated[str, Text("key of the row that differs")]
    what: Annotated[str, Text("what happened to it", WHATS)]
    about: Annotated[str, Text("the row in words")]
    region_id: Annotated[str | None, Key("regions", "its place, where it has one")]
    product_id: Annotated[str | None, Key("products", "its product, where it has one")]
    measure: Annotated[str, Text("column that is compared")]
    before: Annotated[float | None, Quantity("unit", "size before; unknown or no row")]
    after: Annotated[float | None, Quantity("unit", "size after; unknown or no row")]
    difference: Annotated[float | None, Quantity("unit", "after - before")]
    unit: Annotated[str, Text("unit of the sizes")]
    also: Annotated[tuple[str, ...], Text("other cells that differ: column: before -> after")]
    reason: Annotated[str, Text("the change in one sentence")]
    evidence: Annotated[
        tuple[Evidence, ...], Text("the figures that the later row rests on, else the earlier")
    ]


def differences(chain: ValueChain, before: Answer[Any], after: Answer[Any]) -> Iterator[Change]:
    """Yield what differs between two answers to one question; `chain` names what the rows are about."""
    asked = question(after.question)
    old, new = ({_key(asked.key, row): row for row in answer} for answer in (before, after))
    names = _namer(chain)
    for key in sorted({**old, **new}):
        change = _change(after, key, old.get(key), new.get(key), names)
        if change is not None:
            yield change


def measure_of(answer: Answer[Any]) -> str:
    """Return the column that is the size of a row: `quantity`, else the first figure that people are shown."""
    meant = columns(answer.row_type)
    shown_first = (*question(answer.question).table, *meant)
    figures = [n for n in shown_first if isinstance(m := meant[n], Quantity) and m.unit != "stage"]
    return "quantity" if "quantity" in figures else figures[0]


def _key(names: tuple[str, ...], row: Any) -> tuple[str, ...]:
    return tuple("" if (value := getattr(row, name)) is None else str(value) for name in names)


def _namer(chain: ValueChain) -> Callable[[str, Any], str]:
    def name(table: str, value: Any) -> str:
        return chain.names(table).get(value, str(value))

    return name


def _change(
    answer: Answer[Any], key: tuple[str, ...], old: Any, new: Any, name: Callable[[str, Any], str]
) -> Change | None:
    measure = measure_of(answer)
    row = old if new is None else new
    before, after = (None if r is None else getattr(r, measure) for r in (old, new))
    unit, was = _unit(answer, row, measure), _unit(answer, old or row, measure)
    unit, was = unit or was, was or unit  # a row whose size is unknown may have none
    also = () if old is None or new is None else tuple(_others(answer, old, new, measure))
    what = _what(old, new, before, after, also)
    if what is None:
        return None
    difference = None if before is None or after is None or unit != was else after - before
    about = _about(answer, row, name)
    return Change(
        question=answer.question,
        row_id=":".join(key),
        what=what,
        about=about,
        region_id=getattr(row, "region_id", None),
        product_id=getattr(row, "product_id", None),
        measure=measure,
        before=before,
        after=after,
        difference=difference,
        unit=unit,
        also=also,
        reason=_sentence(f"{about}{_named(measure)}", what, before, after, was, unit, also),
        evidence=getattr(row, "evidence", ()),
    )


def _what(old: Any, new: Any, before: float | None, after: float | None, also: tuple[str, ...]) -> str | None:
    if old is None or new is None:
        return "opened" if old is None else "closed"
    if before is None or after is None:
        if (before is None) != (after is None):
            return "now known" if before is None else "now unknown"
    elif not same(before, after):
        return "grown" if after > before else "shrunk"
    return "changed" if also else None


def same(before: Any, after: Any) -> bool:
    """Whether two cells agree, figures to one part in a thousand million."""
    if isinstance(before, float) and isinstance(after, float):
        return math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-9)
    return bool(before == after)


def _others(answer: Answer[Any], old: Any, new: Any, measure: str) -> Iterator[str]:
    """Yield the other figures, and words of a fixed choice, that differ."""
    for name, meaning in columns(answer.row_type).items():
        told = isinstance(meaning, Quantity) or (isinstance(meaning, Text) and meaning.choices)
        before, after = getattr(old, name), getattr(new, name)
        simple = not isinstance(before, tuple) and not isinstance(after, tuple)
        if told and simple and name != measure and not same(before, after):
            unit = _unit(answer, new, name)
            yield f"{name.replace('_', ' ')}: {_told(before, unit)} -> {_told(after, unit)}"


def _told(value: Any, unit: str) -> str:
    """Return a cell as a person reads it: a share in per cent, an index without a unit."""
    if isinstance(value, float):
        named = "" if unit == "index" else unit
        return f"{100 * value:.3g} %" if unit == "share" else f"{figure(value)} {named}".rstrip()
    return shown(value).replace("_", " ")


def _unit(answer: Answer[Any], row: Any, name: str) -> str:
    unit = answer.units.get(name, "")
    in_a_column = isinstance(columns(answer.row_type).get(unit), Text)
    return str(getattr(row, unit) or "") if in_a_column else unit


def _about(answer: Answer[Any], row: Any, name: Callable[[str, Any], str]) -> str:
    """Return a row in words: its kind if it has one, and the names of what it is about."""
    kind = getattr(row, "kind", None)
    if kind:
        named = (name("products", row.product_id), *_places(row, name))
        return f"{str(kind).replace('_', ' ')} of {', '.join(named)}"
    asked, meant = question(answer.question), columns(answer.row_type)
    parts = [row.name] if "name" in meant else []
    for column in asked.key:
        value, meaning = getattr(row, column), meant[column]
        word = f"{column.rpartition('_')[0]}_name"
        if isinstance(meaning, Key) and value is not None:
            parts.append(name(meaning.table, value))
        elif word in meant:
            parts.append(getattr(row, word))
    if len(parts) < _PLAIN:
        parts += [str(getattr(row, n)) for n in asked.table if n.endswith("_name") and getattr(row, n)][
            :_PLAIN
        ]
    words = ", ".join(dict.fromkeys(parts)) or ", ".join(_key(asked.key, row))
    return f"{answer.title.lower()}: {words}"


_PLAIN = 2
"""So many names tell what a row is about."""


def _places(row: Any, name: Callable[[str, Any], str]) -> Iterator[str]:
    for table, value in (("regions", row.region_id), ("enterprises", row.owner_id)):
        if value is not None:
            yield name(table, value)


def size(value: float | None, unit: str) -> str:
    """Return a size in words."""
    return "of unknown size" if value is None else _told(value, unit)


def _named(measure: str) -> str:
    """Return a measure as words after what a row is about; an amount needs none."""
    return "" if measure in ("quantity", "output") else f", {measure.replace('_', ' ')}"


def _sentence(
    about: str,
    what: str,
    before: float | None,
    after: float | None,
    was: str,
    unit: str,
    also: tuple[str, ...],
) -> str:
    head = about[:1].upper() + about[1:]
    if what == "opened":
        return f"{head}: new, {size(after, unit)}."
    if what == "closed":
        return f"{head}: gone; it was {size(before, was)}."
    if what == "changed":
        return f"{head}: {'; '.join(also)}."
    part = _by_how_much(before, after, unit) if unit == was else ""
    return f"{head}: {size(before, was)} before, {size(after, unit)} after{part}."


def _by_how_much(before: float | None, after: float | None, unit: str) -> str:
    """Return a change in brackets: shares in points, the rest in per cent, or as so many times as much."""
    if before is None or after is None:
        return ""
    if unit == "share":
        return f" ({100 * (after - before):+.3g} points)"
    if before <= 0:
        return ""
    times = after / before
    return f" ({times:,.0f} times as much)" if times >= _MANY else f" ({100 * (times - 1):+.3g} %)"


_MANY = 10
"""From so many times on, per cent are no longer read."""
