"""A missing number in words: whom to ask what, what it would decide, and where to write the answer."""

from typing import Any, NamedTuple

from valuechain.answer import figure
from valuechain.gaps.scene import Scene
from valuechain.missing_numbers.gaps import UNTOLD, Place
from valuechain.missing_numbers.numbers import (
    CAPACITY,
    COEFFICIENT,
    DELIVERY,
    DESTINATION,
    OUTPUT,
    PRICE,
    PROCESS,
    ROLES,
)
from valuechain.missing_numbers.stakes import Stake

_CELL = {
    OUTPUT: ("production", "output"),
    CAPACITY: ("production", "capacity"),
    PROCESS: ("production", "process_id"),
    DELIVERY: ("flows", "quantity"),
    DESTINATION: ("flows", "quantity"),
    COEFFICIENT: ("process_flows", "quantity"),
    PRICE: ("prices", "price"),
}


KNOWN_OF_THE_GAP = "The quantity is what is known of that gap, not of the number asked for."
"""What the figure of a row is, said in its reason."""


class Cell(NamedTuple):
    """The ids of a missing number, and the cell that takes it."""

    table: str
    column: str
    enterprise_id: str | None
    from_id: str | None
    to_id: str | None
    product_id: str | None
    process_id: str | None
    role: str | None

    def where(self, year: int) -> str:
        """Return table, key values and column: where the answer is written."""
        keys: dict[str, Any] = {"enterprise_id": self.enterprise_id if self.table == "production" else None}
        keys |= {"from_id": self.from_id, "to_id": self.to_id, "product_id": self.product_id}
        keys |= {"process_id": self.process_id, "role": self.role}
        if self.table != "process_flows":
            keys["year"] = year
        told = ", ".join(f"{name} = {value}" for name, value in keys.items() if value is not None)
        return f"table {self.table}, row {told}, column {self.column}"


def cell(scene: Scene, number: tuple[int, ...]) -> Cell:
    """Return the ids of a missing number."""
    kind, maker, buyer, product, process, role = number
    table, column = _CELL[kind]
    ends = kind in (DELIVERY, DESTINATION)
    makers = len(scene.chain.ids("enterprises"))
    asked = maker if maker < makers else buyer
    return Cell(
        table=table,
        column=column,
        enterprise_id=_id(scene, "enterprises", asked if asked < makers else -1),
        from_id=_end(scene, maker) if ends else None,
        to_id=_end(scene, buyer) if ends else None,
        product_id=_id(scene, "products", product),
        process_id=_id(scene, "processes", process),
        role=ROLES[role] if role >= 0 else None,
    )


def named(scene: Scene, what: str, product: str | None, process: str | None) -> str:
    """Return a number in a few words: output of a product, coefficient of it in a process."""
    of = scene.chain.names("products").get(product or "", "")
    by = scene.chain.names("processes").get(process or "", "")
    return f"{what} of {of}" + (f" in {by}" if by else "")


def _id(scene: Scene, table: str, code: int) -> str | None:
    return str(scene.chain.ids(table)[code]) if code >= 0 else None


def _end(scene: Scene, code: int) -> str | None:
    """Return the id of an enterprise or, behind them, of a market."""
    makers = len(scene.chain.ids("enterprises"))
    return _id(scene, "enterprises", code) if code < makers else _id(scene, "markets", code - makers)


def _name(scene: Scene, found: str | None) -> str:
    for table in ("enterprises", "markets"):
        if found in scene.chain.names(table):
            return str(scene.chain.names(table)[found])
    return "somebody"


def ask(scene: Scene, stake: Stake, place: str) -> str:
    """Return one sentence that a planner can send: whom to ask, what, and what it would decide."""
    said, of = _question(scene, stake.number, place), f"{stake.of_pairs:,} undecided pairs of gaps in {place}"
    if stake.pairs:
        return f"{said} It alone would decide {stake.pairs:,} of {of}."
    if stake.with_others:
        return f"{said} With other numbers it would decide up to {stake.with_others:,} of {of}."
    return f"{said} It decides no order of gaps in {place}, but a size hangs on it."


def _question(scene: Scene, number: tuple[int, ...], place: str) -> str:
    kind, names = number[0], scene.chain.names
    found = cell(scene, number)
    row = scene.product(number[3])
    product, unit, year = row["name"], row["unit"] or "unit", scene.year
    whom = f"Ask {_name(scene, found.enterprise_id)}:" if found.enterprise_id else "Find out:"
    process = names("processes").get(found.process_id or "", "")
    if kind == OUTPUT:
        by = f" by {process}" if process else ""
        return f"{whom} how much {product} did it make{by} in {year} ({unit})?"
    if kind == CAPACITY:
        return f"{whom} how much {product} could it make a year ({unit})?"
    if kind == PROCESS:
        return f"{whom} by which process does it make {product}?"
    if kind == DELIVERY:
        ends = f"from {_name(scene, found.from_id)} to {_name(scene, found.to_id)}"
        return f"{whom} how much {product} went {ends} in {year} ({unit})?"
    if kind == DESTINATION:
        return f"{whom} how much of its {product} left {place} in {year} ({unit}; 0 if none), and to whom?"
    if kind == COEFFICIENT:
        verb = "leave" if found.role == "by_product" else "take"
        return (
            f"Find a source: how much {product} does {process} {verb} per unit of its main product ({unit})?"
        )
    return f"Find a source: at what price was {product} sold abroad in {year} ({scene.chain.dataset.currency}/{unit})?"


def reason(stake: Stake) -> str:
    """Return what hangs on a missing number and what is known of it so far."""
    count, largest = len(stake.gaps), stake.largest
    untold = sum(one.gap_id.startswith(UNTOLD) for one in stake.gaps)
    hang = f"{count} gaps hang on it" if count > 1 else "1 gap hangs on it"
    if untold:
        hang += (
            " and cannot be told before" if untold == count else f", {untold} of them cannot be told before"
        )
    span = f"may stand anywhere from place {stake.best} to {stake.worst} of {stake.of_places}"
    if largest.known is None:
        sizes = "its size is not known" if count == 1 else "their sizes are not known"
        return f"{hang}: {sizes}; {largest.gap_id} {span}."
    which = largest.gap_id if count == 1 else f"the largest, {largest.gap_id},"
    return f"{hang}: {which} is {_bounded(largest)}; it {span}. {KNOWN_OF_THE_GAP}"


def _bounded(gap: Place) -> str:
    size = f"{figure(gap.known)} {gap.unit}"
    if gap.row is not None and gap.row.bound in ("at_least", "at_most"):
        return f"{gap.row.bound.replace('_', ' ')} {size}"
    if gap.row is not None and gap.row.conditional and gap.row.bound == "exact":
        return f"{size}, if it is a gap at all (not known: a plant has several possible routes)"
    return f"{size} as far as known, it may be more or less (unknown parts)"
