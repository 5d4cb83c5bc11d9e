"""Ids that a person can read, made from names in Cyrillic, Kazakh or Latin letters."""

import re
import unicodedata
from collections.abc import Collection

_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "з": "z", "и": "i", "й": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ы": "y", "э": "e",
    "ё": "e", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
}  # fmt: skip
_LONGEST = 48


def slug(name: str) -> str:
    """Return a name as an id: Latin letters, digits and hyphens; nothing if no letter is left.

    >>> slug("Феррохром высокоуглеродистый ФХ850"), slug("«Қазақстан алюминийі»")
    ('ferrokhrom-vysokouglerodistyi-fkh850', 'kazakstan-alyuminiii')
    """
    text = "".join(
        _LETTERS.get(letter, letter)
        for letter in unicodedata.normalize("NFC", name.replace("№", " ")).casefold()
    )
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    made = "-".join(words)
    return made if len(made) <= _LONGEST else made[:_LONGEST].rpartition("-")[0] or made[:_LONGEST]


class Ids:
    """Gives every name an id of its own; `taken` are ids that must not be used."""

    def __init__(self, taken: Collection[str] = (), fallback: str = "item") -> None:
        self._taken = set(taken)
        self._fallback = fallback

    def give(self, *names: str) -> str:
        """Return the id of the first name that is free, else the last one with a number."""
        for name in names:
            made = slug(name)
            if made and made not in self._taken:
                self._taken.add(made)
                return made
        base = next((slug(name) for name in reversed(names) if slug(name)), self._fallback)
        number = 2
        while f"{base}-{number}" in self._taken:
            number += 1
        self._taken.add(f"{base}-{number}")
        return f"{base}-{number}"
