"""Processing depth: how far a product is worked up before it leaves, or is used for good.

Counted in tonnes (product units) of the product asked about:

* local conversion CR = U / S with supply S = output + inflow. Output includes by-products that arise and are
  not recorded; where the place is the whole country, what is bought from the market of the rest of the country
  is supply too, and no inflow. Use U is the recorded flows to local
  processes and the transfers inside plants beside them (only where none of these flows is of unknown
  size), else the balance S - X, else the recipes' requirement. A balanced use is *export-implied*: output
  minus recorded outflow, so it includes local final use and stock. It needs a recorded outflow of every maker that
  does not use the product itself, or a `coverage` row that declares flows complete; with neither, what leaves is
  unknown, not zero.
* retained share = the part that stays, as the product itself or as what it becomes, followed down the
  recipe chain: R(p) = CR(p) x mean R(q) over the products q made of it, weighted by requirement, plus what
  neither leaves nor is used; where no local process takes p, R(p) = 1 - X / S.
* mean depth = mean stage at which a tonne of p leaves or comes to rest, followed the same way.

An inflow of which no row is recorded is taken as none, and shown as unknown.
Only plants with one possible route count. Loops are solved, not cut. Undefined is unknown with a reason.
Source: own measures, named as such; refining depth in oil and quantified chain maps (GIZ ValueLinks)
are the nearest practice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, Quantity, Text
from valuechain.accounts import accounts
from valuechain.answer import figure
from valuechain.coverage import claims_complete
from valuechain.evidence import Evidence, cite, cite_flow, facts_of
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.parameters import Level, Region, Year
from valuechain.recipes import recipes
from valuechain.registry import analysis
from valuechain.zones import WHOLE, Ledger, ledger, territory


@dataclass(frozen=True, slots=True)
class Depth:
    """How far one product is processed in one region."""

    region_id: Annotated[str | None, Key("regions", "place")]
    product_id: Annotated[str, Key("products", "product")]
    product_name: Annotated[str, Text("its name")]
    stage: Annotated[
        float | None, Quantity("stage", "0 raw, 1 primary, 2 semi-finished, 3 component, 4 final")
    ]
    output: Annotated[float | None, Quantity("unit", "amount made a year")]
    inflow: Annotated[float | None, Quantity("unit", "amount that comes in")]
    outflow: Annotated[float | None, Quantity("unit", "amount that leaves")]
    used: Annotated[float | None, Quantity("unit", "amount used here")]
    unit: Annotated[str, Text("unit of the amounts")]
    basis: Annotated[str, Text("what the use rests on", ("recorded", "balanced", "recipe", "unknown"))]
    required: Annotated[float | None, Quantity("unit", "use that the recipes explain")]
    unexplained: Annotated[float | None, Quantity("unit", "used - required")]
    conversion: Annotated[float | None, Quantity("share", "local conversion rate, used / (output + inflow)")]
    retained: Annotated[float | None, Quantity("share", "share that stays here in any form")]
    mean_depth: Annotated[float | None, Quantity("stage", "mean stage at which it leaves or comes to rest")]
    reason: Annotated[str, Text("the figures in one sentence, or why there are none")]
    evidence: Annotated[tuple[Evidence, ...], Text("the figures it rests on")]


def _caveats(_chain: ValueChain, rows: tuple[Depth, ...], **asked: Any) -> Iterator[str]:
    unknown = sum(r.conversion is None for r in rows)
    if unknown:
        yield f"{unknown} of {len(rows)} products have no conversion rate; each row says why."
    if any(r.basis == "balanced" for r in rows):
        yield "Balanced (export-implied) use is output minus recorded outflow: it includes local final use and stock."
    if not rows:
        yield f"Nothing is recorded as made or traded in this place in {asked['year']}."


@analysis(
    title="Processing depth",
    reads=("production", "flows", "process_flows"),
    key=("region_id", "product_id"),
    place=2,
    caveats=_caveats,
)
def processing_depth(
    chain: ValueChain,
    *,
    region: Region = None,
    level: Level = None,
    product: Annotated[tuple[str, ...], Key("products", "only these products")] = (),
    year: Year = None,
) -> Iterator[Depth]:
    """How far is each product processed here before it leaves?

    Products with a rate come first, the others follow with the reason why there is none.

    In the paper 67 % of 1,500,000 t of alumina leave, and of the metal made of the rest 95 %: 33 % is converted
    here, and 0.33 x 0.05 = 1.65 % stays in any form.

    >>> from loaders import load
    >>> row = next(processing_depth(load("pavlodar"), product=("alumina",), year=2019))
    >>> round(row.conversion, 4), round(row.retained, 4)
    (0.33, 0.0165)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    zones = territory(chain, region, level)
    book = ledger(chain, accounts(chain, year), zones)
    wanted = chain.codes("products", list(product)) if product else None
    for zone, zone_id in enumerate(zones.ids):
        here = np.flatnonzero(book.zone == zone)
        rates = _rates(chain, book, here, None if zone_id == WHOLE else zone_id)
        retained, depth = _followed(chain, book, here, rates)
        told = np.argsort(np.isnan(rates.conversion), kind="stable")
        for i in told:
            at = int(here[i])
            seen = book.makers[at] or book.outflow_rows[at] or book.inflow_rows[at]
            if seen and (wanted is None or book.product[at] in wanted):
                yield _row(chain, book, at, zone_id, rates, int(i), retained[i], depth[i], year)


@dataclass(frozen=True, slots=True)
class _Rates:
    """Use and conversion of the rows of one zone; NaN where unknown."""

    used: Floats
    basis: Codes
    conversion: Floats
    kept: Floats
    told: Mask


_BASES = ("recorded", "balanced", "recipe", "unknown")


def _rates(chain: ValueChain, book: Ledger, here: Codes, region: str | None) -> _Rates:
    supply = book.output[here] + book.inflow[here] + book.returns[here] + book.market_supply[here]
    open_supply = (book.supply_unknown[here] > 0) | (book.inflow_unknown[here] > 0) | (supply <= 0)
    told_out = _outflow_told(chain, book, here, region)
    open_out = (book.outflow_unknown[here] > 0) | ~told_out
    told = book.used[here] + book.bought_in[here]
    open_use = book.used_unknown[here] + book.bought_unknown[here] + book.implied_unknown[here]
    whole = open_use == 0
    recorded = np.where((told > 0) & whole, told + book.implied[here], 0.0)
    balance = np.where(open_supply | open_out, np.nan, np.maximum(supply - book.outflow[here], 0.0))
    need = np.where(book.need_unknown[here] > 0, np.nan, book.requirement[here])
    basis = np.select(
        [recorded > 0, ~np.isnan(balance), (book.users[here] > 0) & ~np.isnan(need)], [0, 1, 2], default=3
    )
    used = np.select([basis == 0, basis == 1, basis == 2], [recorded, balance, need], default=np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        conversion = np.where(open_supply, np.nan, np.minimum(used / supply, 1.0))
        kept = np.where(open_supply | open_out, np.nan, np.maximum(supply - book.outflow[here], 0.0) / supply)
    return _Rates(used, basis, conversion, kept, told_out)


def _outflow_told(chain: ValueChain, book: Ledger, here: Codes, region: str | None) -> Mask:
    """Return where an outflow of every maker is recorded, or the data declares that it holds all flows."""
    ids = chain.ids("products")
    declared = [claims_complete(chain, region, "flows", str(ids[c])) for c in book.product[here]]
    recorded = (book.outflow_rows[here] > 0) & (book.silent[here] == 0)
    return np.asarray(recorded | np.array(declared, dtype=bool))


def _followed(chain: ValueChain, book: Ledger, here: Codes, rates: _Rates) -> tuple[Floats, Floats]:
    """Follow each product down the local recipes: (retained share, mean depth). Solves x = b + W x."""
    stages = chain.arrow("products")["stage"].to_numpy(zero_copy_only=False).astype(float)
    stage = stages[book.product[here]]
    weights = _weights(chain, book, here)
    local = weights.sum(axis=1) > 0
    open_need = book.need_unknown[here] > 0
    unclear = open_need | (~local & ((book.users[here] > 0) | (book.conditional[here] > 0)))
    passed = np.where(unclear, np.nan, np.where(local, rates.conversion, 0.0))
    rest = np.maximum(rates.kept - rates.conversion, 0.0)
    stays = np.where(local, rest, np.where(unclear, np.nan, rates.kept))
    rests = np.where(local, (1 - rates.conversion) * stage, np.where(unclear, np.nan, stage))
    return _solve(weights, passed, stays), _solve(weights, passed, rests)


def _weights(chain: ValueChain, book: Ledger, here: Codes) -> Floats:
    """Return, for each row of the zone, the part of its local use that goes into each other row."""
    r, code = recipes(chain), book.product[here]
    at = np.full(len(chain.ids("products")), -1)
    at[code] = np.arange(len(here))
    line_from, line_to = at[r.feedstock.product], at[r.main[r.feedstock.process]]
    known = (line_from >= 0) & (line_to >= 0)
    source, target = line_from[known], line_to[known]
    runs = (book.users[here][source] > 0) & (book.makers[here][target] > 0)
    need = np.nan_to_num(r.feedstock.quantity[known]) * book.output[here][target] * runs
    weights = np.zeros((len(here), len(here)))
    np.maximum.at(weights, (source, target), need)
    total = weights.sum(axis=1, keepdims=True)
    parts: Floats = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return parts


def _solve(weights: Floats, passed: Floats, own: Floats) -> Floats:
    """Solve x = own + passed x W x; rows that rest on an unknown are unknown."""
    blank = np.isnan(own) | np.isnan(passed)
    while True:
        rests = blank | ((weights > 0) & blank).any(axis=1) & (np.nan_to_num(passed) > 0)
        if (rests == blank).all():
            break
        blank = rests
    known = ~blank
    matrix = np.eye(known.sum()) - passed[known][:, None] * weights[np.ix_(known, known)]
    result = np.full(len(own), np.nan)
    if known.any():
        try:
            result[known] = np.linalg.solve(matrix, own[known])
        except np.linalg.LinAlgError:  # a loop that nothing leaves: any share would solve it
            result[known] = np.nan
    return result


def _row(
    chain: ValueChain,
    book: Ledger,
    at: int,
    zone: str,
    rates: _Rates,
    i: int,
    retained: float,
    depth: float,
    year: int,
) -> Depth:
    product = chain.row("products", str(chain.ids("products")[book.product[at]])) or {}
    need_known = book.users[at] > 0 and not book.need_unknown[at]
    required = float(book.requirement[at]) if need_known else None
    used = _known(rates.used[i])
    basis = _BASES[rates.basis[i]]
    evidence = [
        cite("production", r, "output", product["unit"])
        for r in facts_of(chain, "production", product["product_id"], year)
    ]
    evidence += [cite_flow(r, product["unit"]) for r in facts_of(chain, "flows", product["product_id"], year)]
    return Depth(
        region_id=None if zone == WHOLE else zone,
        product_id=product["product_id"],
        product_name=product["name"],
        stage=product["stage"],
        output=float(book.output[at]) if book.makers[at] and not book.output_unknown[at] else None,
        inflow=_amount(book.inflow[at], book.inflow_rows[at], book.inflow_unknown[at]),
        outflow=_amount(book.outflow[at], int(rates.told[i]), book.outflow_unknown[at]),
        used=used,
        unit=product["unit"] or "",
        basis=basis,
        required=required,
        unexplained=used - required
        if used is not None and required is not None and basis != "recipe"
        else None,
        conversion=_known(rates.conversion[i]),
        retained=_known(retained),
        mean_depth=_known(depth),
        reason=_reason(product, book, at, used, basis, _known(rates.conversion[i]), _known(retained)),
        evidence=tuple(evidence),
    )


def _reason(
    product: dict[str, Any],
    book: Ledger,
    at: int,
    used: float | None,
    basis: str,
    conversion: float | None,
    retained: float | None,
) -> str:
    name, unit = product["name"], product["unit"] or ""
    if conversion is None:
        lacking = [
            word
            for word, missing in (
                ("its output is not recorded", _no_output(book, at)),
                ("what comes in is not recorded", book.inflow_unknown[at]),
                ("what leaves is not recorded", book.outflow_unknown[at] or not book.outflow_rows[at]),
                ("what some of its makers sell is not recorded", book.outflow_rows[at] and book.silent[at]),
            )
            if missing
        ]
        return f"No rate for {name}: {', '.join(lacking) or 'its local use is not recorded'}."
    how = {"recorded": "recorded", "balanced": "export-implied", "recipe": "by recipe"}[basis]
    verb = "converted" if book.users[at] else "kept"
    least = "At least " if basis == "recipe" else ""
    sentence = f"{least}{100 * conversion:.3g} % of {name} is {verb} here ({f'{figure(used)} {unit}'.rstrip()}, {how})"
    return sentence + (f"; {100 * retained:.3g} % stays in any form." if retained is not None else ".")


def _no_output(book: Ledger, at: int) -> bool:
    return bool(book.output_unknown[at] or not (book.makers[at] or book.inflow[at]))


def _amount(value: float, rows: int, unknown: int) -> float | None:
    """Return a flow, or None where it is not recorded or some of it is of unknown size."""
    return float(value) if rows and not unknown else None


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
