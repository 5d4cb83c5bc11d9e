"""Changes: the same question asked twice, of two years or of two datasets.

Counted: rows of the answer that are gone (`closed`), new (`opened`), larger or smaller (`grown`, `shrunk`),
whose size became known or unknown, or in which another cell differs (`changed`). Rows are matched by the key
that the question declares, such as the gap's id. A row is called opened or closed only where both sides record
the product at all; where one side has no figure of it, or a year of the same dataset has production rows of less
than half as many enterprises as the other, the row says `not recorded before` or `not recorded after`: then the
data changed, and nothing is known of the world.

Sizes are in the row's unit per year and are not added up. Source: this project's own; asked for as a diff of
inputs and outputs between scenarios in gridpath, PowerGenome and SDEverywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from graph_schema import ParameterError, Text
from valuechain.accounts import accounts
from valuechain.answer import Answer
from valuechain.differences import WHATS, Change, differences, size
from valuechain.model import ValueChain
from valuechain.naming import not_found
from valuechain.parameters import Region
from valuechain.registry import analysis, question

_BEFORE, _AFTER = "not recorded before", "not recorded after"


@dataclass(frozen=True, slots=True)
class _Sides:
    """The two chains and years that are compared."""

    old: ValueChain
    since: int
    new: ValueChain
    year: int


def _caveats(chain: ValueChain, rows: tuple[Change, ...], **asked: Any) -> Iterator[str]:
    sides = _sides(chain, asked)
    if sides is None:
        yield (
            f"The dataset has figures of one year only ({asked['year']}), so there is nothing to compare with. "
            "Name another dataset by against, or give it production and flows of another year."
        )
        return
    same = sides.old is sides.new
    yield f"Compared: {_side(sides.old, sides.since, same)} before, {_side(sides.new, sides.year, same)} after."
    if _thin(sides):
        yield f"{_too_few(sides)} Gaps of one year only are gaps of the records."
    silent = sum(change.what in (_BEFORE, _AFTER) for change in _found(sides, asked))
    if silent and asked["show"] == "told":
        yield (
            f"{silent} more rows differ only because one side records too little to tell: no change of the world. "
            "show = all lists them."
        )
    elif silent:
        yield f"{silent} of {len(rows)} rows differ because one side records too little to tell: no real change."
    elif not rows:
        yield f"The answers to {asked['of']} are the same."


@analysis(
    title="Changes between years or datasets",
    reads=("production", "flows"),
    key=("question", "row_id"),
    place=9,
    table=("what", "about", "before", "after", "difference"),
    caveats=_caveats,
)
def changes(
    chain: ValueChain,
    *,
    against: Annotated[
        ValueChain | None, Text("the dataset before (default: this one in an earlier year)")
    ] = None,
    since: Annotated[
        int | None,
        Text("year before (default: the last one with figures before the year; with against: its base year)"),
    ] = None,
    of: Annotated[str, Text("question that is asked twice")] = "missing-links",
    show: Annotated[
        str, Text("leave out what one side records too little to tell, or list it last", ("told", "all"))
    ] = "told",
    region: Region = None,
    year: Annotated[int | None, Text("year after (default: the dataset's base year)")] = None,
) -> Iterator[Change]:
    """What changed between two years or two datasets: which gaps closed, opened, grew or shrank?

    What grew or opened comes first, then what closed or shrank, then what is only not recorded on one side.

    >>> from loaders import load
    >>> later = changes(load("pavlodar-public"), against=load("pavlodar"), since=2019, year=2020)
    >>> next((c.what, c.before) for c in later if c.row_id == "missing_processing:pavlodar:primary-aluminium")
    ('closed', 237500.0)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    asked = {"against": against, "since": since, "of": of, "region": region, "year": year}
    sides = _sides(chain, asked)
    if sides is not None:
        found = _found(sides, asked)
        yield from (c for c in found if show == "all" or c.what not in (_BEFORE, _AFTER))


def _found(sides: _Sides, asked: dict[str, Any]) -> list[Change]:
    """Return what differs, what grew or opened first; computed once."""

    def compare() -> list[Change]:
        region = asked["region"] or sides.new.dataset.home_region
        before, after = (
            _answer(c, asked["of"], y, region) for c, y in ((sides.old, sides.since), (sides.new, sides.year))
        )
        found = [_honest(sides, change) for change in differences(sides.new, before, after)]
        turned = _turned(found)
        return sorted((turned.get(c.row_id, c) for c in found), key=_rank)

    key = ("changes", sides.old.fingerprint, sides.since, sides.year, asked["of"], asked["region"])
    return sides.new.once(key, compare)


def _sides(chain: ValueChain, asked: dict[str, Any]) -> _Sides | None:
    year, old, since = asked["year"], asked["against"] or chain, asked["since"]
    if since is None:
        earlier = [y for y in old.years if y < year]
        since = (old.year if asked["against"] else None) or (earlier[-1] if earlier else None)
    return None if since is None else _Sides(old, since, chain, year)


def _side(chain: ValueChain, year: int, same: bool) -> str:
    return str(year) if same else f"{chain.dataset.title or chain.dataset.id} ({chain.dataset.id}, {year})"


def _answer(chain: ValueChain, of: str, year: int, region: str) -> Answer[Any]:
    asked = question(of)
    if "against" in (p.name for p in asked.parameters):
        raise ParameterError("of", f"{of} compares already")
    given: dict[str, Any] = {"year": year}
    if region and any(p.name == "region" for p in asked.parameters):
        if chain.row("regions", region) is None:
            raise not_found(chain, "regions", region)
        given["region"] = region
    return asked(chain, **given)


def _honest(sides: _Sides, change: Change) -> Change:
    """Say `not recorded` of a row that one side lacks because it has no figure of the product."""
    if change.what not in ("opened", "closed") or change.product_id is None:
        return change
    if thin := _thin(sides):
        return replace(change, what=thin, reason=f"{change.reason} {_too_few(sides)}")
    chain, year = (sides.old, sides.since) if change.what == "opened" else (sides.new, sides.year)
    kind = change.row_id.split(":", 1)[0] if change.question == "missing-links" else ""
    if _told(chain, year, change.product_id, kind):
        return change
    word, side = (_BEFORE, "before") if change.what == "opened" else (_AFTER, "after")
    amount = size(change.after if word == _BEFORE else change.before, change.unit)
    about = change.about[:1].upper() + change.about[1:]
    words = f"{about}: {amount}; {side}, nothing that could tell is recorded."
    return replace(change, what=word, reason=words)


def _thin(sides: _Sides) -> str:
    """Return the word for the year of one dataset that has less than half the makers of the other; else nothing."""
    if sides.old is not sides.new:
        return ""
    old, new = _makers(sides)
    return _BEFORE if old < new * _HALF else _AFTER if new < old * _HALF else ""


_HALF = 0.5


def _makers(sides: _Sides) -> tuple[int, int]:
    """Return how many enterprises have a production row in each year."""
    old, new = (
        len(np.unique(accounts(c, y).plants.enterprise))
        for c, y in ((sides.old, sides.since), (sides.new, sides.year))
    )
    return old, new


def _too_few(sides: _Sides) -> str:
    old, new = _makers(sides)
    return f"{old} enterprises have a production row for {sides.since}, {new} for {sides.year}: no change can be told."


def _told(chain: ValueChain, year: int, product: str, kind: str) -> bool:
    """Whether a dataset records of a product in a year what a gap of this kind would be seen by."""
    books = accounts(chain, year)
    (code,) = chain.codes("products", [product])
    sold = books.trade.item[books.trade.seller < len(books.places)]
    used = books.balance.product[books.balance.users + books.balance.conditional > 0]
    seen = {"missing_input": used} | dict.fromkeys(("", *_BY_USE), books.balance.product)
    return bool(np.any(seen.get(kind, sold) == code)) if code >= 0 else False


_BY_USE = ("missing_middle", "no_final_product", "missing_enabler", "unused_by_product")
"""Kinds that production rows tell, without a flow."""


def _turned(found: list[Change]) -> dict[str, Change]:
    """Return by id the gaps that are gone while the product has another kind of gap now."""
    opened = {
        c.row_id.split(":", 1)[1]: c for c in found if c.what == "opened" and c.question == "missing-links"
    }
    turned = {}
    for change in found:
        other = opened.get(change.row_id.split(":", 1)[-1])
        if change.what == "closed" and other is not None:
            kind = other.row_id.split(":", 1)[0].replace("_", " ")
            words = f"{change.reason} It is now a {kind}, {size(other.after, other.unit)}."
            turned[change.row_id] = replace(change, reason=words)
    return turned


def _rank(change: Change) -> tuple[Any, ...]:
    much = change.difference if change.difference is not None else change.after or change.before or 0.0
    return WHATS.index(change.what), -abs(much), change.row_id
