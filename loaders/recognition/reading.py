"""The words of a text, looked up among the words that names have.

A word that no name has is tried in the other alphabet, as Kazakh, as two words written together, and joined
with its neighbour: these are the same word. Then by its root (adjective for noun) and as a typing error, for
which the whole words must be close and not only what is left without endings: these are near words, and what
rests on one is never certain.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from loaders.recognition.stems import is_kazakh, other_alphabet, stem
from loaders.recognition.words import Word, kazakh_forms, words_of

SAME, ROOT, TYPO = 1.0, 0.95, 0.9
"""How much a word counts that is the same, shares the root, or is a typing error away."""

TYPO_LETTERS = 5
"""Shorter words are never taken for a typing error: too many real words are one letter away."""

TYPO_ALIKE = 84
"""Per cent of letters that must agree: one error in six letters, two in thirteen."""

WHOLE_ALIKE = 80
"""The same of two whole words, of which endings may differ as well."""

SHORT = 2
"""Words of so few letters have too many meanings: alone they are used only as a whole name."""

_PART = 4
_DERIVED = re.compile("(?:иевск|овск|евск|ическ|янн|енн|иев|ев|ов|ск|н)$")
_SHORTEST_ROOT = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A text's words, and for each the words of names that it stands for, with how much it counts."""

    words: tuple[Word, ...]
    meanings: tuple[dict[str, float], ...]

    @property
    def pairs(self) -> Iterator[tuple[Word, dict[str, float]]]:
        """Each word with its meanings."""
        return zip(self.words, self.meanings, strict=True)

    @property
    def present(self) -> dict[str, float]:
        """Each word of names that the text has, with how much it counts."""
        found: dict[str, float] = {}
        for meanings in self.meanings:
            for one, counts in meanings.items():
                found[one] = max(counts, found.get(one, 0.0))
        return found

    @property
    def said(self) -> str:
        """The words that say what it is, as they were typed."""
        telling = [word.typed for word in self.words if not word.optional]
        return " ".join(telling or [word.typed for word in self.words if not word.torn])

    @property
    def short(self) -> bool:
        """Whether all words that say what it is have one or two letters."""
        return all(len(word.text) <= SHORT for word in self.words if not word.optional)

    @property
    def kazakh(self) -> bool:
        """Whether some word has letters that only Kazakh has."""
        return any(is_kazakh(word.text) for word in self.words)


class Dictionary:
    """The words of all names with their stems, and how to find a word among them."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        self._stems = frozenset(spellings.values())
        self._whole: dict[str, list[str]] = defaultdict(list)
        for word, one in sorted(spellings.items()):
            self._whole[one].append(word)
        self._long = sorted(one for one in self._stems if len(one) >= TYPO_LETTERS - 1 and one.isalpha())
        self._roots: dict[str, list[str]] = defaultdict(list)
        for one in sorted(self._stems):
            self._roots[_root(one)].append(one)
        self._looked_up: dict[str, dict[str, float]] = {}

    def read(self, text: str) -> Reading:
        """Return the words of `text` with their meanings."""
        words = self._joined(words_of(text))
        split = [part for word in words for part in self._split(word)]
        return Reading(tuple(split), tuple(self._meanings(word) for word in split))

    def _known(self, word: Word) -> bool:
        return word.stem in self._stems

    def _joined(self, words: tuple[Word, ...]) -> list[Word]:
        found: list[Word] = []
        for word in words:
            before = found[-1] if found else None
            if (
                before
                and word.kind == before.kind == "word"
                and not (self._known(before) and self._known(word))
            ):
                both = before.text + word.text
                if stem(both) in self._stems:
                    found[-1] = replace(before, text=both, stem=stem(both))
                    continue
            found.append(word)
        return found

    def _split(self, word: Word) -> list[Word]:
        """Return the two words that were written together, or the word as it is."""
        if word.kind != "word" or self._known(word) or len(word.text) < 2 * _PART:
            return [word]
        for place in range(_PART, len(word.text) - _PART + 1):
            left, right = word.text[:place], word.text[place:]
            stems = stem(left), stem(right)
            if min(map(len, stems)) >= _PART and self._stems.issuperset(stems):
                return [replace(word, text=part, stem=stem(part)) for part in (left, right)]
        return [word]

    def _meanings(self, word: Word) -> dict[str, float]:
        if word.text not in self._looked_up:
            self._looked_up[word.text] = self._look_up(word)
        return self._looked_up[word.text]

    def _look_up(self, word: Word) -> dict[str, float]:
        if self._known(word):
            same = [word.stem]
        else:
            swapped = other_alphabet(word.text)
            forms = [stem(swapped)] if swapped else []
            same = [one for one in (*forms, *kazakh_forms(word.text)) if one in self._stems][:1]
        found = dict.fromkeys(same, SAME)
        if word.kind == "code":
            return found
        for one in self._roots.get(_root(word.stem), ()):
            found.setdefault(one, ROOT)
        if not found and word.kind == "word" and len(word.text) >= TYPO_LETTERS:
            found.update(dict.fromkeys(self._typos(word), TYPO))
        return found

    def _typos(self, word: Word) -> list[str]:
        from rapidfuzz import fuzz, process

        near = process.extract(word.stem, self._long, scorer=fuzz.ratio, limit=3, score_cutoff=TYPO_ALIKE)
        return [
            one
            for one, alike, _ in near
            if alike == near[0][1]
            and _slip(word.stem, one)
            and max(fuzz.ratio(word.text, whole) for whole in self._whole[one]) >= WHOLE_ALIKE
        ]


def _slip(typed: str, meant: str) -> bool:
    """Say whether two stems begin and end alike, so that they differ by a slip and not by another ending."""
    return typed[0] == meant[0] and (typed[-1] == meant[-1] or len(typed) == len(meant))


def _root(one: str) -> str:
    cut = _DERIVED.sub("", one)
    return cut.rstrip("и") if len(cut) >= _SHORTEST_ROOT else one
