"""The products of one cell: one, or several parted by semicolons, line breaks or commas.

Semicolons and line breaks always part. A comma parts only where one of the parts is recognised
and the whole is not certain. Commas inside brackets and between digits never part. Words such as
`и др.` are no product.
"""

import re
from collections.abc import Callable, Sequence

from graph_schema.cells.text import nfc
from loaders.recognition import hs
from loaders.recognition.match import Match

_REST = re.compile(
    r"(?:и\s+)?(?:пр(?:оч\w*)?|др(?:уг\w*)?|т\.?\s?д|т\.?\s?п|иное|etc|others?|т\.?\s?б|басқа\w*|және басқа\w*)\.?"
    r"(?:\s+продукци\w*)?",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:,|\s)\s*(?:и\s+(?:др|пр|т\.?\s?д|т\.?\s?п)\.?|etc\.?|және т\.?\s?б\.?)\s*$", re.I)

_CPA = re.compile(r"\d\d\.\d\d(\.\d\d?)*")
_BEFORE = re.compile(r"(\d[\d .]{4,14}\d)(?:\s*[-–—:]\s*|\s+)(?=[^\W\d])")
_HEADING = 4

Matcher = Callable[[Sequence[str], Sequence[str]], list[Match]]


def split_hard(cell: str) -> list[str]:
    """Return the parts between semicolons and line breaks, numbering and tails such as `и др.` left out.

    >>> split_hard("1) Феррохром;\\nферросилиций и др.")
    ['Феррохром', 'ферросилиций']
    """
    parts = []
    for part in _outside(nfc(cell), ";\n"):
        text = re.sub(r"^\s*(?:[-–•*]|\d{1,2}[.)])\s+", "", part)
        text = _TAIL.sub("", " ".join(text.split())).strip(" .,")
        if text and not _REST.fullmatch(text):
            parts.append(text)
    return list(dict.fromkeys(parts))


def split_commas(text: str) -> list[str]:
    """Return the parts between commas that stand outside brackets and not between digits.

    >>> split_commas("Лист 2,5 мм (х/к, г/к), рулон")
    ['Лист 2,5 мм (х/к, г/к)', 'рулон']
    """
    parts = [part.strip(" .") for part in _outside(re.sub(r"(?<=\d),(?=\d)", "\x00", text), ",")]
    parts = [part.replace("\x00", ",") for part in parts]
    return list(dict.fromkeys(part for part in parts if part and not _REST.fullmatch(part)))


def _outside(text: str, marks: str) -> list[str]:
    """Part a text at marks that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]" and depth > 0)
        if letter in marks and (depth == 0 or letter == "\n"):
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def parts_of(cells: Sequence[tuple[str, str]], match: Matcher) -> dict[tuple[str, str], list[Match]]:
    """Return the products of each (cell, code): every distinct text is matched once."""
    hard = {cell: split_hard(cell[0]) or [""] * bool(hs.codes(cell[1])) for cell in cells}
    wanted = {pair for cell, parts in hard.items() for pair in _with_codes(parts, cell[1])}
    soft = {pair: split_commas(pair[0]) for pair in wanted}
    asked = wanted | {(part, "") for parts in soft.values() if len(parts) > 1 for part in parts}
    order = sorted(asked)
    found = dict(zip(order, match([text for text, _ in order], [code for _, code in order]), strict=True))
    made = {}
    for cell, parts in hard.items():
        made[cell] = [
            one for pair in _with_codes(parts, cell[1]) for one in _settled(pair, soft[pair], found)
        ]
    return made


def _settled(pair: tuple[str, str], parts: list[str], found: dict[tuple[str, str], Match]) -> list[Match]:
    """Return the whole or its parts between commas, whichever reads as products."""
    whole = found[pair]
    if len(parts) < 2 or whole.state == "certain":
        return [whole]
    matches = [found[part, ""] for part in parts]
    return matches if any(match.used for match in matches) else [whole]


def typed_codes(cell: str) -> list[str]:
    """Return the codes of a cell as they are typed.

    >>> typed_codes("7601 10 000 0; 281820"), typed_codes("2601, 2602")
    (['7601 10 000 0', '281820'], ['2601', '2602'])
    """
    typed = [" ".join(part.split()) for part in re.split(r"[,;/\n]", cell) if hs.normal(part)]
    return typed if len(typed) == len(hs.codes(cell)) else list(hs.codes(cell))


def named(code: str) -> str:
    """Return a code with what the HS says of it.

    >>> named("2818 20 000 0")
    '2818 20 000 0 Aluminium oxide; other than artificial corundum'
    """
    path = hs.path(code)
    return f"{code} {path[-1][1]}" if path and hs.known(code) else f"HS {code}"


def code_before(cell: str) -> tuple[str, str]:
    """Return the HS codes that a product cell holds alone or before its words, and the words.

    A code of four digits before words may be a grade, and 07.10.10 a code of КПВЭД or ОКПД; both stay words.

    >>> code_before("7601 10 000 0"), code_before("281820 - Глинозём"), code_before("1105 алюминий")
    (('7601 10 000 0', ''), ('281820', 'Глинозём'), ('', '1105 алюминий'))
    """
    parts = [part.strip() for part in re.split(r"[,;/\n]", cell) if part.strip()]
    if parts and all(len(hs.normal(part)) >= _HEADING and _sound(part) for part in parts):
        return "; ".join(parts), ""
    found = _BEFORE.match(cell)
    if found and len(hs.normal(found[1])) > _HEADING and _sound(found[1]):
        return " ".join(found[1].split()), cell[found.end() :]
    return "", cell


def _sound(code: str) -> bool:
    return hs.known(code) and not _CPA.fullmatch(code)


def _with_codes(parts: list[str], code: str) -> list[tuple[str, str]]:
    """Give each part its code: as many codes as parts go by order, one part takes all; without words each is one."""
    codes = hs.codes(code) if code else ()
    if parts == [""]:
        return [("", one) for one in typed_codes(code)]
    if codes and len(codes) == len(parts):
        return list(zip(parts, codes, strict=True))
    return [(part, code if len(parts) == 1 else "") for part in parts]
