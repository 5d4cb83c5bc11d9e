"""The words around the picture of a chain: title, notes, sources and date, as far as they concern what is shown.

Sources are those of the gaps in the picture. A caveat stands under it only if it speaks of something that
is drawn; beyond three lines, the table of the same answer has the rest.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valuechain.answer import Answer
    from valuechain.model import ValueChain
    from visualizations.chain_facts import Scope

NOTES, SOURCES = 3, 6
"""Lines of notes, and titles of sources, under a picture."""


def words_of(
    chain: "ValueChain", answer: "Answer[Any]", scope: "Scope", rows: "Sequence[Any]", product: str | None
) -> dict[str, Any]:
    """Return title, subtitle, notes, sources and date of the picture that shows the gaps `rows`."""
    zones = scope.zones
    table = "regions" if zones.ground == "territory" else "enterprises"
    names = [chain.names(table).get(zone, "") for zone in zones.ids]
    place = names[0] if len(names) == 1 else ""
    about = chain.names("products")[product] if product else ""
    title = f"{place or chain.dataset.title or chain.dataset.id}: {about or 'value chain'}"
    return {
        "title": title,
        "subtitle": "Products by stage. Red dashes mark what is missing here: a step that nobody on record takes, "
        "capacity, an input. Amounts a year, with the share of local output.",
        "notes": _notes(chain, answer, rows),
        "sources": _sources(answer, rows),
        "date": f"Year {scope.year} · dataset {chain.dataset.id} · version {chain.fingerprint}",
    }


def _notes(chain: "ValueChain", answer: "Answer[Any]", rows: "Sequence[Any]") -> tuple[str, ...]:
    """Return the caveats that concern what is shown, those that name a product of it first."""
    shown = {row.product_name for row in rows}
    others = set(chain.names("products").values()) - shown
    ranked = []
    for caveat in answer.caveats:
        if not _concerns(caveat, rows):
            continue
        names = {name for name in shown if _names(caveat, name)}
        if names or not any(_names(caveat, name) for name in others):
            ranked.append((not names, caveat))
    found = [caveat for _, caveat in sorted(ranked, key=lambda pair: pair[0])]
    if len(found) <= NOTES:
        return tuple(found)
    return (*found[: NOTES - 1], f"More notes: {len(found) - NOTES + 1}, see the table.")


def _names(caveat: str, name: str) -> bool:
    return name in caveat and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", caveat) is not None


def _concerns(caveat: str, rows: "Sequence[Any]") -> bool:
    """Say whether the kinds of gap and the routes that a caveat speaks of are shown."""
    if " rows are counted apart" in caveat or " rows look at the same tonnes" in caveat:
        return False  # about adding up the rows of a table
    if " routes rest on " in caveat:
        return any(route.grade in ("expert", "inferred") for row in rows for route in row.routes)
    return True


def _sources(answer: "Answer[Any]", rows: "Sequence[Any]") -> tuple[str, ...]:
    from valuechain.answer import plain

    wanted = {found for row in rows for found in _source_ids(plain(row))}
    titles = list(dict.fromkeys(str(s["title"]) for s in answer.sources if s["source_id"] in wanted))
    more = [f"and {len(titles) - SOURCES} more"] if len(titles) > SOURCES else []
    return (*titles[:SOURCES], *more)


def _source_ids(value: Any) -> Iterator[str]:
    """Yield what is called `source_id` anywhere inside plain values."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name == "source_id" and part:
                yield part
            else:
                yield from _source_ids(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _source_ids(part)
