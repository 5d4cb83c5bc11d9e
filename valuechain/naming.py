"""What to say of an id that does not exist: whose name it is, the nearest ids, or all of a few."""

from graph_schema import TABLES, NotFoundError
from graph_schema.cells.text import nearest, spellings
from valuechain.model import ValueChain

_SINGULAR = {"processes": "process"}

FEW = 12
"""So many ids are listed in full."""


def not_found(chain: ValueChain, table: str, text: str) -> NotFoundError:
    """Return the error for an id `text` that `table` does not have.

    Only ids name a thing, for names are neither unique nor stable; a text that is a name leads to the id.

    >>> from loaders import load
    >>> str(not_found(load("pavlodar"), "products", "ALUMINA"))
    "There is no product called 'ALUMINA'. Alumina is the name of alumina."
    """
    names, ids = _named(chain, table, text), [str(one) for one in chain.ids(table)]
    close = tuple(names) or nearest(text, ids)
    error = NotFoundError(_SINGULAR.get(table, table.removesuffix("s")), text, () if names else close)
    error.nearest = close
    hints = [f"{name} is the name of {one}." for one, name in names.items()]
    if not names and 0 < len(ids) <= FEW:
        hints.append(f"There {'is' if len(ids) == 1 else 'are'} {', '.join(ids)}.")
    error.args = (" ".join([str(error), *hints]),)
    return error


def _named(chain: ValueChain, table: str, text: str) -> dict[str, str]:
    """Return id -> name as written of the rows of which `text` is a name in some language, or an alias."""
    wanted, key = text.strip().casefold(), TABLES[table].key[0]
    found = {}
    for row in chain.arrow(table).to_pylist():
        match = next((name for name in spellings(row) if name.casefold() == wanted), None)
        if wanted and match is not None:
            found[str(row[key])] = match
    return found
