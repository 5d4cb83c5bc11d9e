"""Names as people type them: normal form, invisible characters, look-alikes, nearest names.

Text is kept in Unicode normal form C with plain line feeds. Two names look alike when their skeletons
agree: compatibility forms folded (NFKC), Cyrillic, Kazakh and Greek letters replaced by the Latin letters
of the same shape, case folded. Latin `l` and digit `1` are not taken for look-alikes.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_CYRILLIC = "АВЕЅКМНОРСТУХІЈҺҮЁЇаеѕкорсухіјһүёїәөԛԝ"
_LATIN_OF_CYRILLIC = "ABESKMHOPCTYXIJHYËÏaeskopcyxijhyëïəɵqw"
_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαινρυχκϲ"
_LATIN_OF_GREEK = "ABEZHIKMNOPTYXoaivpuxkc"
_SHAPES = str.maketrans(_CYRILLIC + _GREEK, _LATIN_OF_CYRILLIC + _LATIN_OF_GREEK)

CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
"""Control characters and non-characters, as the inside of a character class; tab and newline are text."""

INVISIBLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
)
"""Characters that take no space or turn the direction of writing, as the inside of a character class."""

FORMULA = "=+-@\t\r＝＋－＠"
"""How a text begins that a spreadsheet takes for a formula."""

_CONTROL = re.compile(f"[{CONTROL}\ud800-\udfff]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_ESCAPED = re.compile(f"[{CONTROL}{INVISIBLE}\ud800-\udfff\t\r\n\xa0\u202f]")
_SHOWN = 120
_ALIKE = 65  # per cent of letters that agree
_ALIKE_SHORT = 50
_SHORT = 3


def nfc(text: str) -> str:
    """Return `text` in normal form C with line feeds only."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def escaped(text: str) -> str:
    """Return `text` on one line, with everything that cannot be seen written as `\\u200B`."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04X}", text)


def shown(value: object) -> str:
    """Return `value` as a person may safely read it: escaped, at most 120 characters."""
    text = escaped(("" if value is None else str(value))[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def control(text: str) -> str:
    """Return the first control character of `text`, or nothing."""
    match = _CONTROL.search(text)
    return match[0] if match else ""


def invisible(text: str) -> str:
    """Return the first invisible character of `text`, or nothing."""
    match = _INVISIBLE.search(text)
    return match[0] if match else ""


def visible(text: str) -> str:
    """Return `text` without invisible characters and outer space."""
    return _INVISIBLE.sub("", text).strip()


def code_point(character: str) -> str:
    """Name one character: `U+0441 CYRILLIC SMALL LETTER ES`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}"


def difference(text: str, other: str) -> str:
    """Say in which character `text` differs from its look-alike `other`."""
    for mine, theirs in zip(text, other, strict=False):
        if mine != theirs:
            return f"{code_point(mine)} instead of {code_point(theirs)}"
    return f"{len(text)} characters instead of {len(other)}"


def skeleton(text: str) -> str:
    """Return what `text` looks like; equal skeletons mean names that a reader cannot tell apart."""
    if text.isascii():
        return text.casefold()
    folded = unicodedata.normalize("NFKC", visible(text)).translate(_SHAPES)
    return folded.casefold()


def scripts(word: str) -> tuple[str, ...]:
    """Return the scripts of the letters of `word`, of those that get mixed up."""
    found = {unicodedata.name(c, "").partition(" ")[0] for c in word if not c.isascii() and c.isalpha()}
    if any(c.isascii() and c.isalpha() for c in word):
        found.add("LATIN")
    return tuple(sorted(found & {"LATIN", "CYRILLIC", "GREEK"}))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("-5 t"), harmless("5 t")
    ("'=1+1", "'-5 t", '5 t')
    """
    return f"'{text}" if text.lstrip(" \"'")[:1] in tuple(FORMULA) else text


def typed(text: str) -> str:
    """Return the text that `harmless` wrote.

    >>> typed("'=1+1"), typed("'5 t'"), typed(harmless("- 5"))
    ('=1+1', "'5 t'", '- 5')
    """
    return text[1:] if text[:1] == "'" and harmless(text[1:]) != text[1:] else text


def spellings(row: Mapping[str, Any]) -> list[str]:
    """Return the names of a row in every language, and its aliases, as they are written.

    >>> spellings({"name": "Alumina", "name_ru": "Глинозём", "aliases": "SGA; оксид алюминия"})
    ['Alumina', 'Глинозём', 'SGA', 'оксид алюминия']
    """
    aliases = row.get("aliases") or ()
    listed = aliases.split(";") if isinstance(aliases, str) else aliases
    given = (row.get("name"), row.get("name_ru"), row.get("name_kk"), *listed)
    return list(dict.fromkeys(text.strip() for text in given if text and text.strip()))


class Names:
    """Names to look for the nearest one in, prepared once."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(dict.fromkeys(names))
        self._skeletons = [skeleton(name) for name in self._names]

    def __len__(self) -> int:
        return len(self._names)

    def nearest(self, name: str, limit: int = 3) -> tuple[str, ...]:
        """Return those names that `name` was probably meant to be, best first."""
        from rapidfuzz import fuzz, process

        alike = _ALIKE if len(name) > _SHORT else _ALIKE_SHORT
        found = process.extract(
            skeleton(name), self._skeletons, scorer=fuzz.ratio, limit=limit, score_cutoff=alike
        )
        return tuple(self._names[place] for _, _, place in found)


def nearest(name: str, names: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return those of `names` that `name` was probably meant to be, best first."""
    return Names(names).nearest(name, limit)


def did_you_mean(names: Iterable[str]) -> str:
    """Word the nearest names as a hint; nothing if there are none."""
    words = " or ".join(names)
    return f"did you mean {words}?" if words else ""
