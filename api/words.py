"""Words that an answer uses and a reader may not know, and how gaps are told: size with its bound, order.

A size never stands without its bound: "at most 1,005,000 t" is another statement than "1,005,000 t". What a
kind of gap means is said by `valuechain.gaps.split` and only repeated here.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from valuechain.gaps.split import KINDS, VIEWS
from valuechain.model import ValueChain
from valuechain.places import ultimate_owners

PREFIXES = {"at_least": "at least ", "at_most": "at most ", "uncertain": "about "}
"""What stands before a size for each bound; an exact size stands alone."""

BOUNDS = {
    "at least": "part of the size is not recorded: the true size is this or more",
    "at most": "what would lessen it is not recorded in full: the true size is this or less",
    "about": "the true size may be more or less: it is near the rounding of the figures, or figures lack on both sides",
    "unknown": "a figure that would give the size is not recorded; unknown is not zero",
}
"""The words before a size and what they say; a size without a word is what the figures give."""

MEANINGS = {kind.name: kind.meaning for kind in KINDS}
"""The kinds of gap by their name, each in a sentence."""

GLOSSARY = {
    "export-implied": "computed as output minus recorded outflow (plus inflow, where some comes in)",
}

SAME_OWNER = "supplied by the same owner from outside"


def explained(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return the words of the glossary that occur in texts, with what they mean.

    >>> explained(["12,500 t, export-implied"])[0][0]
    'export-implied'
    """
    said = "\n".join(texts)
    return [(word, meaning) for word, meaning in GLOSSARY.items() if word in said]


def same_owner(chain: ValueChain, row: Any) -> bool:
    """Whether what a plant here lacks comes from outside from its own owner: no gap within the group."""
    if row.kind != "missing_input" or row.owner_id is not None:
        return False
    suppliers = [o.enterprise_id for o in row.closing_options if "supplies it today" in o.grounds]
    kin = [o.enterprise_id for o in row.closing_options if "same owner" in o.grounds]
    owners = ultimate_owners(chain)[chain.codes("enterprises", list(suppliers))]
    return bool(suppliers) and set(owners.tolist()) <= set(chain.codes("enterprises", list(kin)).tolist())


def in_reading_order(chain: ValueChain, rows: Iterable[Any]) -> list[Any]:
    """Return gaps grouped for a reader, in their rank within a group.

    First what leaves unprocessed, then what local plants lack, then what they have from their own owner
    outside, then the views along a chain; gaps of unknown size come last, in the same groups.
    """

    def group(row: Any) -> tuple[bool, ...]:
        return row.quantity is None, row.kind in VIEWS, row.kind == "missing_input", same_owner(chain, row)

    return sorted(rows, key=group)


def listed(names: Sequence[str], most: int = 2) -> str:
    """Return names in words, the first ones and how many more.

    >>> listed(["a", "b", "c"])
    'a, b and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
