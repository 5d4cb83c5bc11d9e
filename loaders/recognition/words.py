"""From a text to the words that are compared.

Case, accents of writing, look-alike letters, hyphens, endings and the order of words are left out of the
comparison. Words of language are told apart by `vocabulary`: void words vanish, qualities (and numbers, and
codes that mix letters and digits) are optional, blocking words must agree.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from loaders.recognition import formulas, vocabulary
from loaders.recognition.stems import clean, is_kazakh, kazakh, one_alphabet, stem

Kind = Literal["word", "blocking", "quality", "code", "formula"]

_TOKEN = re.compile(formulas.PATTERN + r"|\b[^\W\d_]/[^\W\d_]\b|\d+(?:[.,]\d+)*(?![^\W\d_])|[^\W_]+")
_PIECE = re.compile(rf"{_TOKEN.pattern}|[,;()/\n]|\s[-–—]\s")
_PARTS = re.compile(r"\d+|\D+")
_DROPPED = re.compile(r"['’]s\b|№")
_ADJECTIVE = re.compile(
    "(?:ый|[кгхжчшщ]ий|(?:т|рх|ж|д|н|ль)ний|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|ей|ую|юю|ых|их|ыми|ими"
    "|лық|лік|дық|дік|тық|тік|ған|ген|қан|кен|лы|лі|қы|кі|ғы|гі)$"
)
_TO_OR_AT = re.compile("(?:ға|ге|қа|ке|да|де|та|те)$")
_OF_KIND = ("grade", "quality", "type")
_INITIAL = 1
_LONG = 5
_SMALL = 2


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, and what is left of the text's grammar.

    A complement stands after a preposition, or has the Kazakh case that means to or at: what a thing is made of
    or for. An aside stands after a comma, a number or within brackets. Loose is a word that looks like a proper
    name, an abbreviation, or says which grade. Torn is a part of a code. `typed` is as it stood in the text.
    """

    text: str
    stem: str
    kind: Kind
    complement: bool = False
    aside: bool = False
    loose: bool = False
    torn: bool = False
    typed: str = ""

    @property
    def optional(self) -> bool:
        """Whether a text means the same without it."""
        return self.kind in ("quality", "code", "formula")

    @property
    def slight(self) -> bool:
        """Whether it is too little for an agreement to rest on it: a part of a code, a small number."""
        return self.torn or (self.text.isdigit() and len(self.text) <= _SMALL)

    @property
    def harmless(self) -> bool:
        """Whether it says which thing it is, not what: a name may agree although it lacks this word."""
        modifier = len(self.text) >= _LONG and _ADJECTIVE.search(self.text) is not None
        return modifier or self.complement or self.aside or self.loose


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in text.split())


@lru_cache(maxsize=1)
def _language() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """Return the words without meaning as they are, and the stems of making, qualities and trade."""
    return (
        frozenset(vocabulary.VOID.split()),
        _stems(vocabulary.MAKING),
        _stems(vocabulary.QUALITY),
        _stems(vocabulary.TRADE),
    )


@lru_cache(maxsize=1)
def blocking() -> dict[str, int]:
    """Return the number of the blocking group of each stem that has one."""
    return {one: place for place, group in enumerate(vocabulary.BLOCKING) for one in _stems(group)}


def is_complement(text: str) -> bool:
    """Say whether a part of a text begins with a preposition."""
    first = _TOKEN.search(text)
    return first is not None and first[0].casefold() in _prepositions()


def is_quality(one: str) -> bool:
    """Say whether a stem is that of a declared quality."""
    return one in _language()[2]


@lru_cache(maxsize=1)
def _prepositions() -> frozenset[str]:
    return frozenset(vocabulary.BEFORE_COMPLEMENT.split())


def tokens(text: str) -> list[str]:
    """Return the words of `text` in small letters, each in one alphabet."""
    cleaned = clean(_DROPPED.sub(" ", text))
    return [_spelled(token).casefold() for token in _TOKEN.findall(cleaned)]


def _spelled(piece: str) -> str:
    """Return a piece of a text in one alphabet."""
    return formulas.one_spelling(piece) if formulas.is_formula(piece) else one_alphabet(piece)


def words_of(text: str, *, name: bool = False) -> tuple[Word, ...]:
    """Return the words of `text` that can matter; in a `name`, words of making are words.

    >>> [word.stem for word in words_of("Производство катанки из алюминия, ГОСТ 13843-78") if not word.optional]
    ['катанк', 'алюмин']
    """
    cleaned = clean(_DROPPED.sub(" ", text))
    pieces = _PIECE.findall(cleaned)
    made = not name and any(stem(_spelled(piece).casefold()) in _language()[1] for piece in pieces)
    return tuple(_Grammar(pieces, made=made, loud=cleaned.isupper(), name=name).words())


class _Grammar:
    """Walks along the pieces of a text."""

    def __init__(self, raw: list[str], *, made: bool, loud: bool, name: bool) -> None:
        self._raw, self._made, self._loud, self._name = raw, made, loud, name
        self._kazakh = any(is_kazakh(_spelled(piece).casefold()) for piece in raw)
        self._found: list[Word] = []
        self._complement = self._aside = self._brackets = False

    def words(self) -> list[Word]:
        """Return the words that can matter."""
        void, making, _, trade = _language()
        for piece in self._raw:
            token = _spelled(piece).casefold()
            if not any(map(str.isalnum, piece)):
                self._mark(piece)
            elif token in void:
                self._complement |= token in _prepositions() and self._begun
            elif self._made and (stem(token) in making or stem(token) in trade):
                self._complement = False
                self._found.append(Word(token, stem(token), "quality", typed=piece))
            else:
                self._add(piece, token)
        return self._found

    @property
    def _begun(self) -> bool:
        return any(not word.optional for word in self._found)

    def _mark(self, mark: str) -> None:
        self._brackets = mark.strip() == "(" or (self._brackets and mark.strip() != ")")
        self._complement = False
        self._aside = self._begun and mark.strip() != ")"

    def _add(self, piece: str, token: str) -> None:
        one = stem(token)
        kind = "formula" if formulas.is_formula(piece) else _kind(token, one)
        case = self._kazakh and len(token) > _LONG and _TO_OR_AT.search(token) is not None
        loose = (
            not self._loud
            and bool(self._found)
            and ((piece.isupper() and len(piece) <= _LONG) or piece.istitle())
        )
        word = Word(token, one, kind, self._complement or case, self._aside, loose, typed=piece)
        if token in _OF_KIND:
            self._of_kind()
        self._found.append(word)
        if kind in ("code", "formula"):
            self._aside |= self._begun
            if not (token.isdigit() or self._name or kind == "formula"):
                self._found += (
                    Word(part, stem(part), "code", self._complement, self._aside, torn=True, typed=part)
                    for part in _PARTS.findall(token)
                    if part != token and (part.isdigit() or len(part) > _INITIAL)
                )

    def _of_kind(self) -> None:
        """Mark the two words before as saying which grade."""
        for place in range(max(1, len(self._found) - 2), len(self._found)):
            self._found[place] = replace(self._found[place], loose=True)


@lru_cache(maxsize=1 << 17)
def _kind(token: str, one: str) -> Kind:
    if len(token) == _INITIAL or any(letter.isdigit() for letter in token):
        return "code"
    if one in _language()[2]:
        return "quality"
    return "blocking" if one in blocking() else "word"


def normal_form(text: str) -> str:
    """Return what two spellings of one text share: its words without endings, sorted."""
    return " ".join(sorted({stem(token) for token in tokens(text)}))


def kazakh_forms(token: str) -> tuple[str, ...]:
    """Return further stems of a word that may be Kazakh although it has Russian letters only."""
    if token.isascii() or is_kazakh(token):
        return ()
    bare = kazakh(token)
    return (bare, stem(bare))
