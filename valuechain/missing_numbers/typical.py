"""Typical and computed coefficients that known sizes rest on: a figure exists, but no source states it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from valuechain.answer import figure
from valuechain.coefficients import COMPUTED
from valuechain.evidence import Evidence
from valuechain.gaps.scene import Scene
from valuechain.missing_numbers.gaps import Place
from valuechain.missing_numbers.words import KNOWN_OF_THE_GAP

_ROLE = {
    "missing_input": "feedstock",
    "price_leakage": "feedstock",
    "missing_middle": "feedstock",
    "unused_by_product": "by_product",
}
"""Kinds whose size is an amount times a coefficient, and the role of its line."""


class Typical(NamedTuple):
    """One typical coefficient in one zone, and the gaps whose known sizes rest on it."""

    zone: int
    process_id: str
    product_id: str
    role: str
    line: Evidence
    gaps: tuple[Place, ...]

    @property
    def largest(self) -> Place:
        """The largest of the gaps."""
        return min(self.gaps, key=lambda one: (-(one.known or 0.0), one.gap_id))


def typical_figures(scene: Scene, found: Sequence[Place]) -> Iterator[Typical]:
    """Yield the coefficients of grade expert or inferred that known sizes rest on."""
    rest: dict[tuple[int, str, str, str], tuple[Evidence, list[Place]]] = {}
    for one in found:
        link = one.row
        if link is None or one.known is None:
            continue
        role, ways = _ROLE.get(link.kind), link.kind == "missing_middle"
        for line in link.evidence if role else ():
            if line.table != "process_flows" or line.grade not in ("expert", *COMPUTED):
                continue
            process, product, of = line.row.split(" · ")
            run = product == link.product_id and process in scene.local(one.zone).processes
            if of == role and line.value is not None and (run or ways):
                rest.setdefault((one.zone, process, product, of), (line, []))[1].append(one)
    for key, (line, gaps) in sorted(rest.items()):
        yield Typical(*key, line, tuple(gaps))


def ask(scene: Scene, one: Typical) -> str:
    """Return what to find out about a typical figure."""
    names = scene.chain.names
    process, product = names("processes")[one.process_id], names("products")[one.product_id]
    value = f"{one.line.value:,g} {one.line.unit}".strip()
    verb = "leaves" if one.role == "by_product" else "takes"
    how = "computed" if one.line.grade in COMPUTED else "typical"
    return (
        f"Find a source: is it {value} of {product} that {process} {verb} per unit of its main product? The figure "
        f"is {how} (grade {one.line.grade}), and {_count(len(one.gaps))} on it."
    )


def reason(one: Typical) -> str:
    """Return what rests on a typical figure."""
    size = "" if one.largest.known is None else f"{figure(one.largest.known)} {one.largest.unit}"
    return (
        f"{_count(len(one.gaps))} on it, the largest, {one.largest.gap_id}, with {size} as far as known. How far "
        f"the figure may be off is not known, so no pairs are told. {KNOWN_OF_THE_GAP}"
    )


def _count(gaps: int) -> str:
    return f"{gaps} known sizes rest" if gaps > 1 else "1 known size rests"
