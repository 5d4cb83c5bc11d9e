"""A word as it is compared: one alphabet, no ending.

English endings are cut by the Snowball stemmer. Of Russian only the endings of nouns and adjectives are cut, for
Snowball also takes those of verbs, and `бутан`, `бутил` and `бутилен` become one. For Kazakh the suffixes of
number, possession and case are a declared list, cut from the end while three letters remain; that is coarse,
but the same on both sides. Kazakh words are told by the nine letters that Russian does not have.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Protocol

from graph_schema.cells.text import visible
from loaders.recognition.vocabulary import SPELLINGS

_LATIN = "ABCEHIJKMOPSTXYaceijkmopstxyhə"
_CYRILLIC = "АВСЕНІЈКМОРЅТХУасеіјкморѕтхуһә"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_ALIKE_LATIN, _ALIKE_CYRILLIC = frozenset(_LATIN), frozenset(_CYRILLIC)
_KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_KAZAKH_SUFFIX_LIST = """
лар лер дар дер тар тер сы сі ы і ның нің дың дің тың тің ға ге қа ке на не ны ні ды ді ты ті нда нде да де та те
нан нен дан ден тан тен мен бен пен дағы дегі лы лі
"""
_KAZAKH_SUFFIXES = frozenset(_KAZAKH_SUFFIX_LIST.split())
_KAZAKH_PLURAL = re.compile("(?<=...)(?:лар|лер|дар|дер|тар|тер)$")
_VOWEL = re.compile("[аеиоуыэюя]")
_REFLEXIVE = re.compile("(?:ся|сь)$")
_ADJECTIVAL = re.compile(
    "(?:(?<=[ая])(?:ем|нн|вш|ющ|щ)|ивш|ывш|ующ)?"
    "(?:ее|ие|ые|ое|ими|ыми|ей|ий|ый|ой|ем|им|ым|ом|его|ого|ему|ому|их|ых|ую|юю|ая|яя|ою|ею)$"
)
_NOUN = re.compile(
    "(?:иями|ями|ами|иям|ием|иях|ией|ев|ов|ие|еи|ии|ей|ой|ий|ям|ем|ам|ом|ах|ях|ию|ью|ия|а|е|и|й|о|у|ы|ю|я|ь)$"
)
_NO_NOUN = re.compile(
    "(?:(?:сер|бел)(?:ы[йехм]|ыми|ая|ое|ого|ому|ую)|(?:сыр|лит)(?:ой|ы[ехм]|ыми|ая|ое|ого|ому|ую))$"
)
"""Adjectives that without their ending would be nouns: `серый` and `сера`, `сырой` and `сыр`, `литой` and `литий`."""
_DOUBLE_N = re.compile("нн$")
_VOICED = str.maketrans("ғгб", "қкп")
_FLEETING = re.compile("(?<=[бвгджзклмнпрстфхцчшщ])[ое](?=[клнц]$)")
_SHORTEST = 3


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  # the name is the library's


@lru_cache(maxsize=1)
def _snowball() -> _Stemmer:
    import snowballstemmer

    stemmer: _Stemmer = snowballstemmer.stemmer("english")
    return stemmer


def clean(text: str) -> str:
    """Return `text` in compatibility form C without invisible characters; ё is е."""
    if text.isascii():
        return text
    return visible(unicodedata.normalize("NFKC", text)).replace("ё", "е").replace("Ё", "Е")


def one_alphabet(word: str) -> str:
    """Return `word` with Latin and Cyrillic letters brought to one alphabet, if it mixes them.

    A letter that has no look-alike decides; else the alphabet that has most letters.

    >>> one_alphabet("кoкс") == "кокс", one_alphabet("Сoke") == "Coke"
    (True, True)
    """
    if word.isascii():
        return word
    latin = [letter for letter in word if letter.isalpha() and letter < "ɑ"]
    cyrillic = [letter for letter in word if "Ѐ" <= letter <= "ԯ"]
    if not latin or not cyrillic:
        return word
    own_latin = sum(letter not in _ALIKE_LATIN for letter in latin)
    own_cyrillic = sum(letter not in _ALIKE_CYRILLIC for letter in cyrillic)
    if own_latin and own_cyrillic:
        return word
    if own_latin or (not own_cyrillic and len(latin) > len(cyrillic)):
        return word.translate(_TO_LATIN)
    return word.translate(_TO_CYRILLIC)


def other_alphabet(word: str) -> str:
    """Return a word whose letters all have look-alikes in the other alphabet; nothing for any other."""
    letters = [letter for letter in word if not letter.isdigit()]
    if all(letter in _ALIKE_LATIN for letter in letters):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN) if all(letter in _ALIKE_CYRILLIC for letter in letters) else ""


def is_kazakh(word: str) -> bool:
    """Say whether a word in small letters has a letter that only Kazakh has."""
    return _KAZAKH_LETTERS.search(word) is not None


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """Return a word in small letters without its ending.

    >>> stem("алюминиевых") == stem("алюминиевая"), stem("sheets") == stem("sheet")
    (True, True)
    >>> stem("құбырлары") == stem("құбыр"), stem("порошка") == stem("порошок")
    (True, True)
    """
    if word.isascii():
        return _english(word)
    if is_kazakh(word):
        bare = kazakh(word)
        return bare if is_kazakh(bare) else _russian(bare)
    if not "а" <= word[0] <= "ԯ":
        return word
    return _russian(word)


def _russian(word: str) -> str:
    if _NO_NOUN.match(word):
        return f"{word[:3]}ый"
    before, cut = "", word
    while cut != before:  # an adjective made of a noun has two endings
        before, cut = cut, _KAZAKH_PLURAL.sub("", _bare(cut))  # Kazakh words may have Russian letters
        if cut.endswith("ь"):  # `литьё` is not `литий`
            break
    if len(cut) < _SHORTEST:
        return word
    return _FLEETING.sub("", cut) if len(cut) > _SHORTEST else cut


def _bare(word: str) -> str:
    """Return a word without its last ending, which begins after its first vowel."""
    vowel = _VOWEL.search(word)
    if not vowel:
        return word
    begin, rest = word[: vowel.end()], _REFLEXIVE.sub("", word[vowel.end() :])
    return begin + _DOUBLE_N.sub("н", _NOUN.sub("", _ADJECTIVAL.sub("", rest, count=1), count=1))


def kazakh(word: str) -> str:
    """Return a Kazakh word without suffixes; a voiced last letter is hardened."""
    size = 4
    while size:
        if len(word) - size >= _SHORTEST and word[-size:] in _KAZAKH_SUFFIXES:
            word, size = word[:-size], 4
        else:
            size -= 1
    return word[:-1] + word[-1].translate(_VOICED) if len(word) > _SHORTEST else word


def _english(word: str) -> str:
    word = SPELLINGS.get(word, word).replace("sulf", "sulph")
    if len(word) <= _SHORTEST or not word.isalpha():
        return word
    return _snowball().stemWord(word)
