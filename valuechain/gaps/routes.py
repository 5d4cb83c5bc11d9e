"""Routes and closing options: what a product could become or be made from, and who could do it.

Routes are options on one gap and must never be summed: the same tonne can take only one of them. Where the product
of the gap is not the main feedstock of a process (see `valuechain.gaps.co_feeds`), no potential output is told.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from graph_schema import Key, Quantity, Text
from valuechain.evidence import Evidence, cite, facts_of
from valuechain.gaps.co_feeds import is_main
from valuechain.gaps.neighbours import LocalMakers
from valuechain.model import Codes, ValueChain
from valuechain.places import ultimate_owners
from valuechain.prices import price, worth
from valuechain.recipes import recipes

MOST_OPTIONS = 12
"""Closing options shown for one gap; the best ground comes first, then the number of grounds."""

GROUNDS = ("same products", "supplies it today", "same owner", "adjacent stage", "same process family")
"""Why an enterprise could close a gap, best ground first."""


@dataclass(frozen=True, slots=True)
class Route:
    """One process that could close the gap."""

    process_id: Annotated[str, Key("processes", "process")]
    process_name: Annotated[str, Text("its name")]
    product_id: Annotated[str, Key("products", "what it makes")]
    product_name: Annotated[str, Text("its name")]
    stage: Annotated[float | None, Quantity("stage", "stage of what it makes, 0 raw to 4 final")]
    coefficient: Annotated[
        float | None, Quantity("per unit", "amount of the product that it takes per unit made")
    ]
    potential_output: Annotated[
        float | None,
        Quantity(
            "product_unit", "what the whole gap would make; none where it goes in beside more of others"
        ),
    ]
    product_unit: Annotated[str, Text("unit of what it makes")]
    value: Annotated[float | None, Quantity("currency", "worth of the potential output")]
    currency: Annotated[str, Text("currency of the value")]
    missing_inputs: Annotated[tuple[str, ...], Key("products", "other inputs with no local maker on record")]
    present: Annotated[bool, Text("a local plant certainly or possibly runs it")]
    grade: Annotated[str | None, Text("grade of the coefficient")]
    source_id: Annotated[str | None, Key("sources", "source of the coefficient")]

    def __str__(self) -> str:
        return f"{self.process_name} -> {self.product_name}"


@dataclass(frozen=True, slots=True)
class ClosingOption:
    """One enterprise that could close the gap, and on what grounds."""

    enterprise_id: Annotated[str, Key("enterprises", "who")]
    name: Annotated[str, Text("its name")]
    region_id: Annotated[str | None, Key("regions", "where it stands")]
    grounds: Annotated[
        tuple[str, ...],
        Text("why it could", GROUNDS),
    ]
    reason: Annotated[str, Text("the grounds in one sentence")]

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.grounds)})"


def taking(chain: ValueChain, product: str) -> list[str]:
    """Return the processes that take `product` as feedstock, by id."""
    return [
        str(r["process_id"]) for r in facts_of(chain, "process_flows", product) if r["role"] == "feedstock"
    ]


def making(chain: ValueChain, product: str) -> list[str]:
    """Return the processes whose main product is `product`, by id."""
    r = recipes(chain)
    _, process = r.routes_to(chain.codes("products", [product]))
    return [str(p) for p in chain.ids("processes")[np.sort(process)]]


def routes_from(
    chain: ValueChain, product: str, quantity: float | None, local: LocalMakers, year: int
) -> tuple[tuple[Route, ...], list[Evidence]]:
    """Return what `quantity` of `product` could become, and the recipe rows that say so."""
    lines = [r for r in facts_of(chain, "process_flows", product) if r["role"] == "feedstock"]
    main = [is_main(chain, r["process_id"], product) for r in lines]
    routes = [
        _route(chain, r, product, quantity if sized else None, local, year)
        for r, sized in zip(lines, main, strict=True)
    ]
    order = sorted(range(len(routes)), key=lambda i: (not routes[i].present, routes[i].process_id))
    return tuple(routes[i] for i in order), [cite("process_flows", lines[i], "quantity") for i in order]


def routes_to(
    chain: ValueChain, product: str, quantity: float | None, local: LocalMakers, year: int
) -> tuple[tuple[Route, ...], list[Evidence]]:
    """Return the processes that could make `quantity` of `product` here."""
    found = []
    for process in making(chain, product):
        line = {"process_id": process, "quantity": 1.0, "source_id": None, "resolved_grade": None}
        found.append(_route(chain, line, product, quantity, local, year))
    return tuple(found), []


def routes_along(
    chain: ValueChain, lines: tuple[int, ...], quantity: float | None, local: LocalMakers, year: int
) -> tuple[Route, ...]:
    """Return the processes of a way along recipe lines, each with what `quantity` of its end asks of it."""
    feedstock, products, processes = recipes(chain).feedstock, chain.ids("products"), chain.ids("processes")
    found: list[Route] = []
    for line in reversed(lines):
        product, process = str(products[feedstock.product[line]]), processes[feedstock.process[line]]
        rows = facts_of(chain, "process_flows", product)
        (row,) = (r for r in rows if r["process_id"] == process and r["role"] == "feedstock")
        a = row["quantity"]
        quantity = quantity * a if quantity is not None and a is not None else None
        found.append(_route(chain, row, product, quantity, local, year))
    return tuple(reversed(found))


def _route(
    chain: ValueChain,
    line: dict[str, object],
    product: str,
    quantity: float | None,
    local: LocalMakers,
    year: int,
) -> Route:
    process = str(line["process_id"])
    row = chain.row("processes", process) or {}
    made = chain.row("products", row["main_product_id"]) or {}
    coefficient = line["quantity"] if isinstance(line["quantity"], float) else None
    potential = quantity / coefficient if quantity is not None and coefficient else None
    value, currency = worth(chain, potential, price(chain, made["product_id"], year))
    return Route(
        process_id=process,
        process_name=row["name"],
        product_id=made["product_id"],
        product_name=made["name"],
        stage=made["stage"],
        coefficient=coefficient,
        potential_output=potential,
        product_unit=made["unit"] or "",
        value=value,
        currency=currency,
        missing_inputs=local.missing_inputs(process, product),
        present=process in local.processes,
        grade=str(line["resolved_grade"]) if line["resolved_grade"] else None,
        source_id=str(line["source_id"]) if line["source_id"] else None,
    )


def who_could(
    chain: ValueChain,
    product: str,
    routes: tuple[Route, ...],
    local: LocalMakers,
    suppliers: Codes,
    *,
    upstream: bool,
) -> tuple[ClosingOption, ...]:
    """Return who could close a gap of `product`: upstream (make it here) or downstream (process it here).

    Parameters
    ----------
    suppliers
        Enterprises that supply the product from outside today.
    """
    made = [product] if upstream else sorted({r.product_id for r in routes})
    neighbours = local.users([product]) if upstream else local.makers([product], inside=True)
    owners = ultimate_owners(chain)
    kin = np.setdiff1d(np.unique(owners[neighbours]), neighbours)
    named = {
        "same products": np.setdiff1d(local.makers(made), suppliers),
        "supplies it today": suppliers,
        "same owner": kin,
        "adjacent stage": neighbours,
        "same process family": local.family([r.process_id for r in routes]),
    }
    found: dict[int, list[str]] = {}
    for ground in GROUNDS:
        for code in named[ground]:
            found.setdefault(int(code), []).append(ground)
    ids = chain.ids("enterprises")
    ranked = sorted(found, key=lambda c: (GROUNDS.index(found[c][0]), -len(found[c]), ids[c]))[:MOST_OPTIONS]
    words = _Words(chain, product, made, neighbours, owners, upstream)
    return tuple(words.option(code, found[code]) for code in ranked)


@dataclass(frozen=True, slots=True)
class _Words:
    """Tells why an enterprise could close a gap."""

    chain: ValueChain
    product: str
    made: list[str]
    neighbours: Codes
    owners: Codes
    upstream: bool

    def option(self, code: int, grounds: list[str]) -> ClosingOption:
        """Return one enterprise with its grounds in a sentence."""
        row = self.chain.row("enterprises", self.chain.ids("enterprises")[code]) or {}
        sentence = f"{row['name']}: {'; '.join(self._words(g, code) for g in grounds)}."
        return ClosingOption(row["enterprise_id"], row["name"], row["region_id"], tuple(grounds), sentence)

    def _words(self, ground: str, code: int) -> str:
        products, ids = self.chain.names("products"), self.chain.ids("enterprises")
        name = products[self.product]
        if ground == "same owner":
            owned = [
                self.chain.names("enterprises")[ids[n]] for n in self.neighbours if self.owners[n] == code
            ]
            return f"owns {', '.join(owned[:3])} at the neighbouring stage"
        made = products[self.made[0]] if len(self.made) == 1 else "what it could become"
        return {
            "same products": f"makes {made} already",
            "supplies it today": f"supplies {name} from outside today",
            "adjacent stage": f"{'uses' if self.upstream else 'makes'} {name} here, one stage away",
            "same process family": "runs a process of the same sector here",
        }[ground]
