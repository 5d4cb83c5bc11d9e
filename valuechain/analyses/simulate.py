"""Simulation: one gap is closed in a copy of the dataset, and every answer is asked again.

What a closing changes is told in `valuechain.closing`: a maker (new, or named) makes or takes what is missing,
flows that left now stay. The first row of a closing (`built`) says who makes what: `after` is its yearly output,
`kept` the amount of the gap's product that now stays, `value` the gross worth of the output. The other rows are
what differs between the answers before and after: gaps that closed, shrank, grew, or opened, such as inputs that
the new maker lacks. The dataset itself is not touched; the same dataset and closing give the same `closing_id`.

Not simulated: where the new output goes, prices that move, investment. Sizes are in the row's unit per year and
are not added up across rows. Several closings are alternatives, each on its own copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Annotated, Any

from graph_schema import Key, ParameterError, Quantity, Text
from valuechain.answer import Answer, figure
from valuechain.closing import Closed, Closing, close_gap
from valuechain.closing.draft import SOURCE
from valuechain.closing.works import usual
from valuechain.differences import WHATS, Change, differences
from valuechain.evidence import Evidence
from valuechain.model import ValueChain
from valuechain.parameters import Year
from valuechain.registry import analysis, question, questions

BUILT = "built"

_APART = ("simulate", "changes", "partners", "agreement", "data-gaps")
"""Questions that are not asked again: three compare answers or grounds, two list candidates and what to ask for."""

_ALL = {"chains": {"most": 1000}}
"""What to ask for where an answer shows the best few rows only: all of them, else a row could drop out unchanged."""


@dataclass(frozen=True, slots=True)
class Effect(Change):
    """One effect of closing a gap: what is built (`what` = built), or what differs in an answer."""

    closing_id: Annotated[str, Text("stable name of the closing: same dataset, same closing, same id")]
    gap_id: Annotated[str, Text("gap that is closed")]
    kept: Annotated[
        float | None,
        Quantity("kept_unit", "amount of the gap's product that now stays or is bought in no more"),
    ]
    kept_unit: Annotated[str, Text("unit of what is kept")]
    value: Annotated[float | None, Quantity("currency", "gross worth of the new output")]
    net: Annotated[float | None, Quantity("currency", "value less what the kept product is worth itself")]
    currency: Annotated[str, Text("currency of the value")]


def _caveats(_chain: ValueChain, rows: tuple[Effect, ...], **asked: Any) -> Iterator[str]:
    if not rows:
        yield "There is no gap of known size, on a route of known amounts, to close; name a gap and a capacity."
        return
    yield "Where the new output goes is not simulated, nor prices that move, nor what it costs to build."
    if not asked["gap"]:
        yield f"No gap was named, so the first that a new plant could take was: {rows[0].gap_id}."
    if any(r.what == BUILT and r.value is None and r.after is not None for r in rows):
        yield "The new output has no value: the dataset has no price of it, and none was given."
    lines = (line for row in rows for line in row.evidence if line.table == "process_flows")
    if any(line.grade in ("expert", "inferred") for line in lines):
        yield "Sizes by recipe rest on coefficients, some of them typical ones: see the evidence of each row."


@analysis(
    title="What if a gap is closed",
    reads=("production", "flows", "process_flows"),
    key=("closing_id", "question", "row_id"),
    place=8,
    table=("what", "question", "before", "after", "difference", "kept", "value"),
    caveats=_caveats,
)
def simulate(
    chain: ValueChain,
    *,
    gap: Annotated[
        tuple[str, ...], Text("id of the gap to close (default: the first that a new plant could take)")
    ] = (),
    who: Annotated[
        tuple[str, ...], Key("enterprises", "who closes it (default: a new maker in the zone)")
    ] = (),
    process: Annotated[
        tuple[str, ...],
        Key("processes", "route (default: one that runs here, else the one that lacks least)"),
    ] = (),
    capacity: Annotated[
        tuple[float, ...],
        Quantity("unit of what is made", "yearly output (default: what the whole gap makes)"),
    ] = (),
    coefficient: Annotated[
        tuple[float, ...], Quantity("per unit", "gap's product taken per unit made (default: the recipe's)")
    ] = (),
    price: Annotated[
        tuple[float, ...],
        Quantity("dataset's currency", "price per unit made (default: the dataset's price abroad)"),
    ] = (),
    of: Annotated[tuple[str, ...], Text("only the differences of these questions (default: all)")] = (),
    year: Year = None,
) -> Iterator[Effect]:
    """What changes if a gap is closed: which gaps go, shrink or open, and what is it worth?

    Give a parameter several times to compare closings side by side: each is made on its own copy of the data.
    Effects on gaps come first, then those on the other answers.

    >>> from loaders import load
    >>> wire = "missing_processing:pavlodar:primary-aluminium"
    >>> for effect in simulate(load("pavlodar"), gap=(wire,), process=("AL16",), of=("missing-links",), year=2019):
    ...     if effect.what in ("built", "closed"):
    ...         print(effect.what, effect.kept, effect.before)
    built 237500.0 None
    closed None 237500.0
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    names = tuple(of) or tuple(n for n in questions() if n not in _APART)
    for name in names:
        if question(name).name in _APART:
            raise ParameterError("of", f"{name} is not asked again by a simulation")
    gaps = gap or _first(chain, year)
    given = {"gap": gaps, "who": who, "process": process, "capacity": capacity, "coefficient": coefficient}
    for closing in _closings({**given, "price": price}) if gaps else ():
        yield from _effects(chain, close_gap(chain, closing, year), names, year)


def _first(chain: ValueChain, year: int) -> tuple[str, ...]:
    """Return the id of the first gap, in the order of the answer, that a maker can close."""
    for row in question("missing-links")(chain, year=year):
        plant = row.kind in ("missing_processing", "capacity_gap")
        if plant and row.quantity and row.routes and usual(row.routes).coefficient:
            return (row.gap_id,)
    return ()


def _closings(given: dict[str, tuple[Any, ...]]) -> list[Closing]:
    """Return the closings that repeated parameters ask for: each given once, or as often as the others."""
    count = max(len(values) for values in given.values())
    for name, values in given.items():
        if len(values) not in (0, 1, count):
            raise ParameterError(
                name, f"is given {len(values)} times; give it once, or {count} times like the others"
            )
    rows = [{n: v[i if len(v) > 1 else 0] for n, v in given.items() if v} for i in range(count)]
    return [Closing(**row) for row in rows]


def _effects(chain: ValueChain, done: Closed, names: tuple[str, ...], year: int) -> Iterator[Effect]:
    yield _built(chain, done)
    for name in sorted(names, key=lambda n: (n != "missing-links", n)):
        asked: dict[str, Any] = {"year": year}
        if name == "missing-links" and done.gap.owner_id:
            asked |= {"boundary": "owner", "owner": done.gap.owner_id}
        elif done.gap.region_id != chain.dataset.home_region and any(
            p.name == "region" for p in question(name).parameters
        ):
            asked["region"] = done.gap.region_id
        asked |= _ALL.get(name, {})
        found = differences(done.chain, _asked(chain, name, asked), question(name)(done.chain, **asked))
        for change in sorted(
            found, key=lambda c: (WHATS.index(c.what), -abs(c.difference or c.after or 0), c.row_id)
        ):
            yield _effect(done, change)


def _asked(chain: ValueChain, name: str, asked: dict[str, Any]) -> Answer[Any]:
    """Return the answer before any closing, given once however many closings stand side by side."""
    return chain.once(("asked", name, *sorted(asked.items())), lambda: question(name)(chain, **asked))


def _effect(done: Closed, change: Change) -> Effect:
    own = {"evidence": _own(change.evidence)}
    cells = {f.name: getattr(change, f.name) for f in fields(change)} | own
    return Effect(
        **cells,
        closing_id=done.id,
        gap_id=done.gap.gap_id,
        kept=None,
        kept_unit="",
        value=None,
        net=None,
        currency="",
    )


def _built(chain: ValueChain, done: Closed) -> Effect:
    names, products = done.chain.names("enterprises"), done.chain.names("products")
    unit = str((chain.row("products", done.made) or {}).get("unit") or "") if done.made else ""
    who = ", ".join(names.get(w, w) for w in done.who.split(", "))
    words = []
    if done.made:
        already = chain.row("enterprises", done.who) is not None
        much = f"{figure(done.output)} {unit} {'more ' * already}of " if done.output is not None else ""
        by = f" by {done.chain.names('processes')[done.process]}" if done.process else ""
        words.append(f"makes {much}{products[done.made]} a year{by}")
    if done.kept is not None:
        verb = "are bought in no more" if done.gap.kind == "missing_input" else "stay"
        words.append(f"{figure(done.kept)} {done.gap.unit} of {done.gap.product_name} {verb}")
    return Effect(
        closing_id=done.id, gap_id=done.gap.gap_id, what=BUILT, question="simulate", row_id=done.who,
        region_id=done.gap.region_id, product_id=done.made, measure="output", before=None, after=done.output,
        difference=None, unit=unit, about=done.gap.product_name, also=(), kept=done.kept,
        kept_unit=done.gap.unit, value=done.value,
        net=done.net, currency=done.currency, reason=" ".join([f"{who} {'; '.join(words)}.", *done.notes]),
        evidence=_own(done.gap.evidence),
    )  # fmt: skip


def _own(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return the lines that the dataset itself holds, without those that the simulation wrote."""
    return tuple(line for line in evidence if line.source_id != SOURCE and "simulation" not in line.note)
