"""Links between products that an initiative wants to make: `bauxite>alumina; alumina>aluminium`.

Every product of such a list must be a row of `products`, as if it stood in a column of its own.
"""

from collections.abc import Callable, Container

import numpy as np

from graph_schema.checks.sheet import Sheet, same

TABLE, COLUMN = "initiatives", "target_links"


def products_of(cell: str | None) -> tuple[list[str], list[str]]:
    """Return the products that a cell names, and those of its parts that are no `product>product`."""
    products: list[str] = []
    odd: list[str] = []
    for part in filter(None, map(str.strip, (cell or "").split(";"))):
        ends = [end.strip() for end in part.split(">")]
        if len(ends) == 2 and all(ends):
            products += ends
        else:
            odd.append(part)
    return list(dict.fromkeys(products)), odd


def check_links(sheet: Sheet, known: Container[str] | None, hint: Callable[[str], str]) -> None:
    """Check the links of `sheet`; `known` holds the products, nothing if they could not be read."""
    for row, cell in enumerate(sheet.columns[COLUMN].to_pylist()):
        products, odd = products_of(cell)
        where = np.array([row])
        for part in odd:
            sheet.fault("link.format", where, COLUMN, same(value=part))
        for product in products:
            if known is not None and product not in known:
                words = same(value=product, tables="products", nearest=hint(product))
                sheet.fault("ref.not_found", where, COLUMN, words)
