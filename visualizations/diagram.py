"""The picture as data: boxes in stage columns and arrows between them, wherever they come from.

Boxes and arrows are kept sorted, so the order in which they are given never shows. An arrow points the
way material flows (or from owner to owned). Words are cleaned on the way in; nothing here is markup.

Size is a matter of reading: `aggregated` keeps 60 boxes by default, and more than 500 are never drawn. A
figure that is not exact says so ("at least", "at most", "about"), here and in every form of the picture.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import isfinite
from typing import Literal

from graph_schema import ParameterError
from visualizations.text import amount, plain

BoxKind = Literal["product", "process", "enterprise", "market", "missing"]
BoxState = Literal["present", "absent", "unknown", "missing"]
ArrowState = Literal["observed", "implied", "missing", "ownership", "unknown"]
Bound = Literal["exact", "at_least", "at_most", "uncertain", "unknown"]

READABLE = 60
"""Boxes of a first view; beyond that, labels of a fitted picture become too small to read."""
DRAWN = 500
"""Boxes beyond which nothing is drawn."""
ON_A_PAGE = 24
"""Boxes of a picture that stands in a text, such as a report."""
MORE = "more:"
"""How the ids of `+n more` boxes begin."""

_KEPT = 200
"""Boxes that stay whatever the limit says."""
_NAMED = 100
"""Boxes that a `+n more` box names."""
_WEIGHT: dict[BoxState, int] = {"missing": 0, "present": 1, "absent": 2, "unknown": 3}


class TooManyBoxesError(ParameterError, ValueError):
    """More boxes than anybody can read, with three ways to narrow the view."""

    def __init__(self, boxes: int) -> None:
        self.boxes = boxes
        super().__init__(
            "limit",
            f"{boxes} boxes cannot be read in one picture; at most {DRAWN} are drawn. Narrow it: "
            "choose one product (its chain up and down), choose one region, or set a lower limit.",
        )


@dataclass(frozen=True, slots=True)
class Box:
    """One thing in the picture. `stage` is its column: 0 raw ... 4 final, below 0 owners.

    `gaps` are amounts of gaps that no arrow of its own carries, in words.
    """

    id: str
    label: str
    stage: float = 0
    kind: BoxKind = "product"
    subtitle: str = ""
    state: BoxState = "present"
    details: tuple[tuple[str, str], ...] = ()
    group: str = ""
    gaps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.stage != self.stage or abs(self.stage) > 99:
            raise ValueError(f"Box {self.id!r}: stage must be a number between -99 and 99.")
        _clean(self, "label", "subtitle", "group")
        pairs = tuple((plain(name), plain(value)) for name, value in self.details)
        object.__setattr__(self, "details", pairs)
        object.__setattr__(self, "gaps", tuple(plain(line) for line in self.gaps))


@dataclass(frozen=True, slots=True)
class Arrow:
    """One link between two boxes. `quantity` is None where it is unknown or not finite; 0 is a quantity.

    `bound` tells how the true quantity stands to it; `unknown` without a quantity is said in words.
    """

    source: str
    target: str
    state: ArrowState = "observed"
    label: str = ""
    quantity: float | None = None
    unit: str = ""
    bound: Bound = "exact"

    def __post_init__(self) -> None:
        _clean(self, "label", "unit")
        if self.quantity is not None and not isfinite(self.quantity):
            object.__setattr__(self, "quantity", None)

    @property
    def size(self) -> str:
        """The quantity in words, with its bound; blank where nothing is to be said of it."""
        if self.quantity is None:
            return "amount unknown" if self.bound == "unknown" else ""
        return amount(self.quantity, self.unit, self.bound)

    @property
    def words(self) -> tuple[str, ...]:
        """Lines that stand beside the arrow; a missing step always says so."""
        first = "missing" if self.state == "missing" else ""
        doubt = "unknown" if self.state == "unknown" and not self.size and not self.label else ""
        return tuple(line for line in (first, self.size, self.label, doubt) if line)

    @property
    def forms(self) -> tuple[tuple[str, ...], ...]:
        """The words, then ever shorter forms of them for where room is short; each holds the quantity.

        The last form of an arrow that has a quantity and more to say is the quantity alone.
        """
        full, size, missing = self.words, self.size, self.state == "missing"
        forms = [full]
        if missing and size and self.label:
            forms += [(f"missing: {self.label}", size), (f"{self.label}: {size}",)]
        elif len(full) > 1:
            forms += [(": ".join(full) if missing else " · ".join(full),)]
        forms += [(size,)] if size else [full[:1]] if missing else []
        return tuple(dict.fromkeys(form for form in forms if form))

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells this arrow from others."""
        return self.source, self.target, self.state, self.label


def _clean(thing: object, *names: str) -> None:
    for name in names:
        object.__setattr__(thing, name, plain(getattr(thing, name)))


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes and arrows with the words around them: what a reader needs to judge the picture alone."""

    title: str
    subtitle: str = ""
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    date: str = ""
    language: str = "en"
    hidden: int = field(default=0, kw_only=True)
    """Boxes that an aggregated picture folds into its `+n more` boxes."""

    def __post_init__(self) -> None:
        _clean(self, "title", "subtitle", "date", "language")
        for name in ("notes", "sources"):
            object.__setattr__(self, name, tuple(plain(line) for line in getattr(self, name)))
        object.__setattr__(self, "boxes", tuple(sorted(self.boxes, key=lambda box: box.id)))
        object.__setattr__(self, "arrows", tuple(sorted(self.arrows, key=_arrow_order)))
        self._check()

    def _check(self) -> None:
        ids = {box.id for box in self.boxes}
        if len(ids) < len(self.boxes):
            twice = next(a.id for a, b in pairwise(self.boxes) if a.id == b.id)
            raise ValueError(f"Two boxes have the id {twice!r}.")
        keys: set[tuple[str, str, str, str]] = set()
        for arrow in self.arrows:
            name = f"{arrow.source!r} -> {arrow.target!r}"
            for end in (arrow.source, arrow.target):
                if end not in ids:
                    raise ValueError(f"The arrow {name} ends at no box: {end!r}.")
            if arrow.key in keys:
                raise ValueError(f"Two arrows {name} have the same state and label; label or join them.")
            keys.add(arrow.key)

    def box(self, box_id: str) -> Box:
        """Return the box called `box_id`; `KeyError` if there is none."""
        for box in self.boxes:
            if box.id == box_id:
                return box
        raise KeyError(box_id)

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """What has to be explained: (kind of sign, name), for signs that occur and no others."""
        kinds = {box.kind for box in self.boxes if box.kind not in ("product", "missing")}
        stages = {min(4, max(0, int(box.stage))) for box in self.boxes if box.kind in ("product", "missing")}
        boxes = {box.state for box in self.boxes}
        arrows = {arrow.state for arrow in self.arrows}
        return (
            *(("stage", str(stage)) for stage in sorted(stages)),
            *(("kind", kind) for kind in ("process", "enterprise", "market") if kind in kinds),
            *(("box", state) for state in ("absent", "unknown", "missing") if state in boxes),
            *(
                ("arrow", s)
                for s in ("observed", "implied", "missing", "ownership", "unknown")
                if s in arrows
            ),
        )

    def only(self, ids: Iterable[str]) -> "Diagram":
        """Return the part with the boxes `ids` and the arrows between them."""
        kept = set(ids)
        return replace(
            self,
            boxes=tuple(box for box in self.boxes if box.id in kept),
            arrows=tuple(a for a in self.arrows if a.source in kept and a.target in kept),
        )

    def along(self, box_id: str) -> frozenset[str]:
        """Return the ids of everything upstream and downstream of a box, and its own."""
        self.box(box_id)
        found = {box_id}
        for ahead in (True, False):
            steps: dict[str, list[str]] = {}
            for arrow in self.arrows:
                start, end = (arrow.source, arrow.target) if ahead else (arrow.target, arrow.source)
                steps.setdefault(start, []).append(end)
            waiting, seen = [box_id], {box_id}
            while waiting:
                new = [end for end in steps.get(waiting.pop(), ()) if end not in seen]
                seen.update(new)
                waiting.extend(new)
            found |= seen
        return frozenset(found)


def _arrow_order(arrow: Arrow) -> tuple[str, str, str, str, float, str]:
    size = -1.0 if arrow.quantity is None else arrow.quantity
    return arrow.source, arrow.target, arrow.state, arrow.label, size, arrow.unit


def together(sizes: Iterable[tuple[float | None, Bound]]) -> tuple[float | None, Bound]:
    """Add quantities with their bounds; with an unknown one among them the sum is at least what is known."""
    sizes = tuple(sizes)
    known = [quantity for quantity, _ in sizes if quantity is not None]
    if not known:
        return None, "unknown"
    bounds: set[Bound] = {"at_least" if quantity is None else bound for quantity, bound in sizes}
    bounds -= {"exact", "unknown"}
    return sum(known), "exact" if not bounds else bounds.pop() if len(bounds) == 1 else "uncertain"


def aggregated(
    diagram: Diagram, limit: int = READABLE, *, first: Iterable[str] = (), keep: Iterable[str] = ()
) -> Diagram:
    """Return the picture with at most `limit` boxes: the rest of each column becomes `+n more`.

    Boxes named in `keep` (the first 200) are never folded, even if they are more than `limit`. Those in `first`
    stay first, in that order. Then missing boxes stay first, then present ones; among them those with most
    arrows. Arrows to folded boxes go to the `+n more` box; their quantities are added where all are known in
    one unit.

    Raises
    ------
    TooManyBoxesError
        If `limit` itself is above what is ever drawn and so are the boxes.
    """
    if limit < 1:
        raise ParameterError("limit", "must be at least 1.")
    if len(diagram.boxes) > DRAWN and limit > DRAWN:
        raise TooManyBoxesError(len(diagram.boxes))
    if len(diagram.boxes) <= limit:
        return diagram
    columns: dict[tuple[bool, float], list[Box]] = {}
    for box in diagram.boxes:
        columns.setdefault(_column(box), []).append(box)
    if len(columns) > limit:
        raise ParameterError("limit", f"must be at least {len(columns)}, the number of columns.")
    kept_ids = set(list(dict.fromkeys(keep))[:_KEPT])
    room = _rooms(columns, limit, kept_ids)
    rank = _ranks(diagram, first, kept_ids)
    kept: list[Box] = []
    folded: dict[str, str] = {}
    for key, boxes in sorted(columns.items()):
        ranked = sorted(boxes, key=lambda box: rank[box.id])
        shown = len(ranked) if len(ranked) <= room[key] else room[key] - 1
        kept += ranked[:shown]
        if rest := ranked[shown:]:
            kept.append(_more(key, rest))
            folded.update({box.id: kept[-1].id for box in rest})
    return replace(diagram, boxes=tuple(kept), arrows=_merged(diagram.arrows, folded), hidden=len(folded))


def _ranks(
    diagram: Diagram, first: Iterable[str], keep: set[str]
) -> dict[str, tuple[bool, int, int, int, str]]:
    """Return for each box by what it is told whether to fold it; the lowest stay."""
    degree: dict[str, int] = {}
    for arrow in diagram.arrows:
        for end in (arrow.source, arrow.target):
            degree[end] = degree.get(end, 0) + 1
    place = {box_id: number for number, box_id in enumerate(dict.fromkeys(first))}
    return {
        b.id: (b.id not in keep, place.get(b.id, len(place)), _WEIGHT[b.state], -degree.get(b.id, 0), b.id)
        for b in diagram.boxes
    }


def _column(box: Box) -> tuple[bool, float]:
    return (True, 0.0) if box.kind == "market" else (False, float(box.stage))


def _rooms(
    columns: Mapping[tuple[bool, float], list[Box]], limit: int, keep: set[str]
) -> dict[tuple[bool, float], int]:
    """Share `limit` among columns: first what must stay, then equal parts; small columns stay whole."""
    room = {}
    for key, boxes in columns.items():
        kept = sum(box.id in keep for box in boxes)
        room[key] = kept + (kept < len(boxes))
    left = max(0, limit - sum(room.values()))
    more = {key: len(boxes) - room[key] for key, boxes in columns.items()}
    waiting = sorted(more, key=lambda key: (more[key], key))
    for position, key in enumerate(waiting):
        part = min(more[key], left // (len(waiting) - position))
        room[key] += part
        left -= part
    return room


def _more(key: tuple[bool, float], rest: list[Box]) -> Box:
    names = sorted(box.label or box.id for box in rest)
    if len(names) > _NAMED:
        names = [*names[:_NAMED], f"and {len(names) - _NAMED} more"]
    missing = sum(box.state == "missing" for box in rest)
    return Box(
        id=f"{MORE}{'markets' if key[0] else f'{key[1]:g}'}",
        label=f"+{len(rest)} more",
        stage=key[1],
        kind="market" if key[0] else "missing" if missing == len(rest) else _kind_of(rest),
        subtitle=f"{missing} missing" if missing else "",
        state="missing" if missing == len(rest) else "present",
        details=tuple(("holds", name) for name in names),
    )


def _kind_of(boxes: list[Box]) -> BoxKind:
    """Return the kind that all boxes share; those of several kinds are shown as products."""
    kinds = {box.kind for box in boxes}
    return kinds.pop() if len(kinds) == 1 else "product"


def _merged(arrows: Iterable[Arrow], folded: dict[str, str]) -> tuple[Arrow, ...]:
    """Point arrows at the boxes that took in their ends, and join those that now run side by side."""
    bundles: dict[tuple[str, str, str], list[Arrow]] = {}
    kept: list[Arrow] = []
    for arrow in arrows:
        source, target = folded.get(arrow.source, arrow.source), folded.get(arrow.target, arrow.target)
        if (source, target) == (arrow.source, arrow.target):
            kept.append(arrow)
        elif source != target:
            bundles.setdefault((source, target, arrow.state), []).append(arrow)
    for (source, target, _), bundle in bundles.items():
        first, sizes = bundle[0], [arrow.quantity for arrow in bundle]
        known = [size for size in sizes if size is not None]
        whole = len(known) == len(sizes) and len({arrow.unit for arrow in bundle}) == 1
        if len(bundle) == 1:
            kept.append(replace(first, source=source, target=target))
        else:
            size, bound = together((arrow.quantity, arrow.bound) for arrow in bundle)
            kept.append(
                replace(
                    first,
                    source=source,
                    target=target,
                    label=f"{len(bundle)} links",
                    quantity=size if whole else None,
                    unit=first.unit if whole else "",
                    bound=bound if whole else "exact",
                )
            )
    return tuple(kept)
