"""Routes and closing options: what a product could become or be made from, and who could do it.

Routes are options on one gap and must never be summed: the same tonne can take only one of them.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from graph_schema import Key, Quantity, Text
from valuechain.evidence import Evidence, cite, facts_of
from valuechain.model import Codes, ValueChain
from valuechain.neighbours import LocalMakers
from valuechain.places import ultimate_owners
from valuechain.prices import price, worth
from valuechain.recipes import recipes

MOST_OPTIONS = 12
"""Closing options shown for one gap; those with the most grounds come first."""


@dataclass(frozen=True, slots=True)
class Route:
    """One process that could close the gap."""

    process_id: Annotated[str, Key("processes", "process")]
    process_name: Annotated[str, Text("its name")]
    product_id: Annotated[str, Key("products", "what it makes")]
    product_name: Annotated[str, Text("its name")]
    stage: Annotated[float | None, Quantity("stage", "stage of what it makes, 0 raw to 4 final")]
    coefficient: Annotated[float | None, Quantity("per unit", "amount of the gap's product per unit made")]
    potential_output: Annotated[float | None, Quantity("product_unit", "what the whole gap would make")]
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
        Text(
            "why it could",
            ("supplies it today", "same products", "same process family", "adjacent stage", "same owner"),
        ),
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
    routes = [_route(chain, r, product, quantity, local, year) for r in lines]
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
    holders = np.unique(owners[neighbours])
    kin = np.setdiff1d(holders, neighbours)
    grounds = (
        ("supplies it today", suppliers),
        ("same products", np.setdiff1d(local.makers(made), suppliers)),
        ("same process family", local.family([r.process_id for r in routes])),
        ("adjacent stage", neighbours),
        ("same owner", kin),
    )
    found: dict[int, list[str]] = {}
    for ground, codes in grounds:
        for code in codes:
            found.setdefault(int(code), []).append(ground)
    ids = chain.ids("enterprises")
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), ids[item[0]]))[:MOST_OPTIONS]
    rows = chain.arrow("enterprises")
    return tuple(
        _option(rows.slice(code, 1).to_pylist()[0], why, chain, made, product) for code, why in ranked
    )


def _option(
    row: dict[str, str], grounds: list[str], chain: ValueChain, made: list[str], product: str
) -> ClosingOption:
    names = chain.names("products")
    words = {
        "supplies it today": f"supplies {names[product]} from outside today",
        "same products": f"already makes {names[made[0]] if len(made) == 1 else 'a product of the missing step'}",
        "same process family": "runs a process of the same sector here",
        "adjacent stage": f"stands next to the missing step: makes or uses {names[product]} here",
        "same owner": "owns the neighbouring stage",
    }
    sentence = f"{row['name']} " + " and ".join(words[g] for g in grounds)
    return ClosingOption(row["enterprise_id"], row["name"], row["region_id"], tuple(grounds), sentence + ".")
