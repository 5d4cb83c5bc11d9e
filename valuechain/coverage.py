"""What the data claims to be complete about. Only there does a missing row mean absence."""

from valuechain.model import ValueChain


def claims_complete(chain: ValueChain, region: str | None, what: str, product: str) -> bool:
    """Return whether the data claims to hold all of `what` for `product` in `region`.

    A claim about a region holds for the places inside it; the claim about the nearest place wins, and
    one about the product wins over one about all products.
    """
    claims = chain.once(("claims", what), lambda: _claims(chain, what))
    while region is not None:
        for about in (product, None):
            if (region, about) in claims:
                return bool(claims[region, about])
        row = chain.row("regions", region)
        region = row["parent_id"] if row else None
    return False


def _claims(chain: ValueChain, what: str) -> dict[tuple[str | None, str | None], bool]:
    rows = chain.facts("coverage").to_pylist()
    return {(r["region_id"], r["product_id"]): r["complete"] == "yes" for r in rows if r["what"] == what}
