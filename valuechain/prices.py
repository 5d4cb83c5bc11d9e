"""Prices: which price row stands for a product, and what a quantity is worth.

A price on a market that the product is recorded to go to (or come from) is preferred, then one of the
year asked for, then the nearest year, the earlier of two; among these the better grade wins
(`ValueChain.facts`), then the market by id. Prices are never averaged,
and money changes currency only by a rate that the dataset gives. No price gives no value, never zero.
"""

from typing import Any

from valuechain.model import ValueChain

ABROAD = ("abroad",)
LOCAL = ("local_final", "rest_of_country")


def price(
    chain: ValueChain,
    product: str,
    year: int,
    kinds: tuple[str, ...] = ABROAD,
    markets: frozenset[str] = frozenset(),
) -> dict[str, Any] | None:
    """Return the price row of `product` on one of `markets`, else on a market of one of `kinds`, or None."""
    rows = [r for r in _by_product(chain).get(product, []) if r["market_kind"] in kinds]
    rows = [r for r in rows if r["market_id"] in markets] or rows
    return min(rows, key=lambda r: _distance(r, year), default=None)


def wedge(chain: ValueChain, product: str, year: int) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return (local price row, foreign price row) where the foreign price is higher, in one currency."""
    here, abroad = price(chain, product, year, LOCAL), price(chain, product, year)
    if not here or not abroad or here["currency"] != abroad["currency"]:
        return None
    return (here, abroad) if abroad["price"] > here["price"] else None


def worth(chain: ValueChain, quantity: float | None, row: dict[str, Any] | None) -> tuple[float | None, str]:
    """Return (value, currency) of `quantity` at a price row, in the dataset's currency where it can be."""
    if quantity is None or row is None:
        return None, ""
    value, currency = quantity * float(row["price"]), str(row["currency"] or "")
    factor = rate(chain, currency, chain.dataset.currency, row["year"])
    return (value * factor, chain.dataset.currency) if factor else (value, currency)


def rate(chain: ValueChain, currency: str, to: str, year: int | None) -> float | None:
    """Return what one unit of `currency` is worth in `to` by the dataset's own rates; None without one."""
    if currency == to:
        return 1.0
    for row in chain.facts("exchange_rates").to_pylist():
        if row["currency"] == currency and row["to_currency"] == to and row["year"] == year:
            return float(row["rate"])
    return None


def _distance(row: dict[str, Any], year: int) -> tuple[int, int, str, str]:
    own = row["year"] if row["year"] is not None else year
    return abs(own - year), own, row["market_id"], row["basis_of_price"] or ""


def _by_product(chain: ValueChain) -> dict[str, list[dict[str, Any]]]:
    def build() -> dict[str, list[dict[str, Any]]]:
        kinds = dict(
            zip(
                chain.arrow("markets")["market_id"].to_pylist(),
                chain.arrow("markets")["kind"].to_pylist(),
                strict=True,
            )
        )
        found: dict[str, list[dict[str, Any]]] = {}
        for row in chain.facts("prices").to_pylist():
            found.setdefault(row["product_id"], []).append(
                {**row, "market_kind": kinds.get(row["market_id"])}
            )
        return found

    return chain.once(("prices",), build)
