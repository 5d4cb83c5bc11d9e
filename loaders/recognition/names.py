"""The names of products, by the words they have."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from graph_schema.cells.text import spellings
from loaders.recognition.stems import is_kazakh
from loaders.recognition.words import Word, blocking, words_of

OPTIONAL = 0.3
"""What a quality or a number weighs, of what another word does."""

_FEW = 3
_BRACKETS = re.compile(r"(?<!\S)\([^()]*\)(?!\w)")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a product: `product` is the product's place, `primary` no alias."""

    text: str
    words: frozenset[str]
    blocks: frozenset[int]
    weight: float
    product: int
    heads: tuple[str, ...]
    primary: bool
    spelled: frozenset[str]


class ProductNames:
    """All names of the products of `rows`.

    `formulas` are those that are a name by themselves. A word weighs the more the fewer products have it; one
    that no name has weighs like one of three products.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        spelled = [
            (place, text, words_of(text, name=True))
            for place, row in enumerate(rows)
            for text in _spellings(row)
        ]
        self.slight: frozenset[str] = frozenset(
            word.stem for _, _, words in spelled for word in words if word.optional
        )
        self.own: list[set[str]] = [set() for _ in rows]
        for place, _, words in spelled:
            self.own[place].update(word.stem for word in words)
        self.spellings: dict[str, str] = {word.text: word.stem for _, _, words in spelled for word in words}
        self._weights = self._weigh()
        self._unknown = log(1 + len(rows) / _FEW)
        self.names: list[Name] = []
        self.formulas: set[str] = set()
        self.having: dict[str, list[int]] = defaultdict(list)
        for place, text, words in spelled:
            if any(len(word.text) > 1 for word in words):  # a letter alone names nothing
                self._add(place, text, words, primary=text in _primary(rows[place]))

    def _weigh(self) -> dict[str, float]:
        having: dict[str, int] = defaultdict(int)
        for stems in self.own:
            for one in stems:
                having[one] += 1
        return {
            one: log(1 + len(self.own) / number) * (OPTIONAL if one in self.slight else 1.0)
            for one, number in having.items()
        }

    def _add(self, place: int, text: str, words: tuple[Word, ...], *, primary: bool) -> None:
        stems = frozenset(word.stem for word in words)
        if len(words) == 1 and words[0].kind == "formula":
            self.formulas |= stems
        for one in stems:
            self.having[one].append(len(self.names))
        weight = sum(map(self.weight, sorted(stems)))
        blocks = frozenset(blocking()[one] for one in stems if one in blocking())
        self.names.append(
            Name(
                text,
                stems,
                blocks,
                weight,
                place,
                _heads(words),
                primary,
                frozenset(word.text for word in words),
            )
        )

    def weight(self, one: str) -> float:
        """Return what a word weighs."""
        return self._weights.get(one, self._unknown)

    def with_any(self, stems: Mapping[str, Any] | set[str]) -> list[Name]:
        """Return the names that have one of these words."""
        places = {place for one in stems for place in self.having.get(one, ())}
        return [self.names[place] for place in sorted(places)]

    def with_all(self, stems: frozenset[str]) -> list[Name]:
        """Return the names that have all these words."""
        lists = [self.having.get(one, []) for one in sorted(stems)]
        return [
            self.names[place] for place in min(lists, key=len, default=[]) if stems <= self.names[place].words
        ]


def _heads(words: tuple[Word, ...]) -> tuple[str, ...]:
    """Return the stems of the words that say what a name names.

    It is the last noun in English and Kazakh, the first in Russian; with letters that Russian and Kazakh share,
    it may be either.
    """
    telling = [word for word in words if not word.harmless and not word.optional] or list(words)
    last = all(word.text.isascii() for word in words) or any(is_kazakh(word.text) for word in words)
    return (telling[-1].stem,) if last else (telling[0].stem, telling[-1].stem)


def _primary(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row.get("name"), row.get("name_ru"), row.get("name_kk")


def _spellings(row: Mapping[str, Any]) -> list[str]:
    """Return all names of a product, and each without what stands in brackets."""
    given = spellings(row)
    bare = [" ".join(_BRACKETS.sub(" ", text).split()) for text in given]
    return list(dict.fromkeys(text for text in (*given, *bare) if text.strip()))
