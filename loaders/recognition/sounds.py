"""Names by their sound: one key for the Latin, Russian and Kazakh spelling of a name.

The table follows how Kazakh companies write themselves in Latin letters (BGN/PCGN and ISO 9 mixed with
English words): `KSP Steel` is `КСП Стил`, `Kazchrome` is `Казхром`. The letters с, ш, щ and ц keep their own sound.
"""

import re
from functools import lru_cache

from loaders.recognition.stems import is_kazakh, kazakh

_LETTERS = dict(zip("абвгдезийклмнопрстуфхыэіғқңөұүһә", "abvgdeziiklmnoprstufhieigknouuha", strict=True))
_LETTERS |= {"ж": "j", "ц": "ц", "ч": "c", "ш": "ш", "щ": "щ", "ъ": "", "ь": "", "ю": "u", "я": "a", "ё": "e"}
_LATIN: tuple[tuple[str, str], ...] = (
    ("shch", "щ"),
    ("sch|sh", "ш"),
    ("zh|dzh|dj", "j"),
    ("kh|gh(?=[aou])", "h"),
    ("ch(?=[rl])", "h"),
    ("ch", "c"),
    ("t[sz]|^c(?=[eiy])", "ц"),
    ("ph", "f"),
    ("th", "t"),
    ("c(?=[eiy])", "s"),
    ("ck|q|c(?!$)(?=[aoukltr])", "k"),
    ("x", "ks"),
    ("ee|ea|ie", "i"),
    ("oo|ou", "u"),
    ("[yij]a(?=.)|[yi]a$", "a"),
    ("[yij]u", "u"),
    ("[yi]o", "e"),
    ("w", "v"),
    ("y", "i"),
    ("(?<=[^aeiou]{1})e$", ""),
)
_RULES = tuple((re.compile(pattern), to) for pattern, to in _LATIN)
_CASES = re.compile("(?<=....)(?:ого|его|ому|ему|ой|ый|ым|ых|ами|ов)$")
_ENDING = re.compile("(?<=....)[aeiou]+$")
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 17)
def sound(word: str) -> str:
    """Return the key of a word in small letters; numbers are themselves.

    >>> sound("казхром") == sound("kazchrome"), sound("стил") == sound("steel")
    (True, True)
    >>> sound("павлодарский") == sound("павлодарского"), sound("восток") == sound("vostok")
    (True, True)
    """
    if word.isdigit():
        return word
    if word.isascii():
        key = _latin(word)
    else:
        bare = kazakh(word) if is_kazakh(word) else _CASES.sub("", word)
        key = "".join(_LETTERS.get(letter, letter) for letter in bare)
    key = _DOUBLED.sub(r"\1", key)
    return _ENDING.sub("", key) or word


def _latin(word: str) -> str:
    for pattern, to in _RULES:
        word = pattern.sub(to, word)
    return word
