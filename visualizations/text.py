"""Words in pictures: cleaned, measured and broken into lines before anything is drawn.

Widths are those of the fonts in `fonts/`, in pixels at a given size. A letter that those fonts lack counts
as one em. What is cut short ends with an ellipsis; the full words stay in the data.
"""

import re
import struct
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Noto Sans, DejaVu Sans, Segoe UI, Arial, sans-serif"
_FILES = {False: FONTS / "NotoSans-Regular.ttf", True: FONTS / "NotoSans-SemiBold.ttf"}
_JOINERS = "\u200c\u200d"
_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")
_MARKS = 3
"""Combining marks kept on one letter; more would climb out of the box."""


def font_files() -> list[str]:
    """Return the paths of the fonts that pictures are drawn with."""
    return [str(path) for path in _FILES.values()]


def plain(text: object) -> str:
    """Return `text` in one line, without characters that XML forbids or that turn the reading direction.

    Tabs and line ends become blanks, blanks that bind stay, and no letter keeps more than three combining marks.
    """
    shown = "".join(c for c in _BLANKS.sub(" ", str(text)) if _shown(c))
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", shown):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MARKS:
            kept.append(character)
    return _BLANKS.sub(" ", "".join(kept)).strip()


def _shown(character: str) -> bool:
    """Say whether a character is one to see (or joins others): no control, half of a pair, or stranger."""
    return unicodedata.category(character) not in ("Cc", "Cs", "Cn", "Co", "Cf") or character in _JOINERS


@cache
def _widths(bold: bool) -> dict[int, float]:
    """Read the advance width of every character, in em, from the font file."""
    data = _FILES[bold].read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * count, 16)
    }
    em = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    measured = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    advances = [struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * i)[0] / em for i in range(measured)]
    return {
        code: advances[min(glyph, measured - 1)] for code, glyph in _glyphs(data, tables[b"cmap"]).items()
    }


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """Read the glyph of every character from a `cmap` table of format 4."""
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    offsets = (cmap + struct.unpack_from(">I", data, cmap + 4 + 8 * i + 4)[0] for i in range(count))
    start = next(at for at in offsets if struct.unpack_from(">H", data, at)[0] == 4)
    double = struct.unpack_from(">H", data, start + 6)[0]
    columns = [start + 14, start + 16 + double, start + 16 + 2 * double, start + 16 + 3 * double]
    glyphs: dict[int, int] = {}
    for i in range(0, double, 2):
        last, first, delta, jump = (struct.unpack_from(">H", data, at + i)[0] for at in columns)
        for code in range(first, last + 1):
            where = columns[3] + i + jump + 2 * (code - first)
            glyph = struct.unpack_from(">H", data, where)[0] if jump and where + 1 < len(data) else code
            if glyph and code != 0xFFFF:
                glyphs[code] = (glyph + delta) % 65536
    return glyphs


def covered(text: str) -> bool:
    """Say whether the fonts in `fonts/` hold every letter of `text`."""
    known = _widths(False)
    return all(ord(c) in known or c in "\n\t" + _JOINERS for c in text)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of `text`, in pixels."""
    known = _widths(bold)
    return size * sum(
        known.get(ord(c), 0.0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 1.0) for c in text
    )


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return `text`, cut so that it fits into `room` pixels with an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width(text[:middle].rstrip() + "…", size, bold=bold) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip(" ,;·-–") + "…"


def wrap(text: str, size: float, room: float, *, lines: int = 2, bold: bool = False) -> tuple[str, ...]:
    """Break `text` into at most `lines` lines of `room` pixels; the last one may end with an ellipsis.

    Lines break at blanks and after hyphens; a word that is wider than a line is broken anywhere.
    """
    words = text.replace("-", "-\0").replace(" ", " \0").split("\0")
    done: list[str] = []
    line = ""
    for position, word in enumerate(words):
        if width((line + word).rstrip(), size, bold=bold) <= room:
            line += word
            continue
        if len(done) == lines - 1:
            return (*done, shorten((line + "".join(words[position:])).strip(), size, room, bold=bold))
        if line.strip():
            done.append(line.strip())
        line = word
        while width(line.rstrip(), size, bold=bold) > room and len(done) < lines - 1:
            cut = max(1, len(shorten(line, size, room, bold=bold)) - 1)
            done.append(line[:cut])
            line = line[cut:]
    return (*done, shorten(line.strip(), size, room, bold=bold)) if line.strip() or not done else tuple(done)


BOUNDS = {"at_least": "at least ", "at_most": "at most ", "uncertain": "about "}
"""Words before a figure that is not exact."""


def amount(value: float | None, unit: str = "", bound: str = "exact") -> str:
    """Return a quantity as the tables write it, with its bound in words; `unknown` where there is none."""
    if value is None or value != value:
        return "unknown"
    from valuechain.answer import figure

    return f"{BOUNDS.get(bound, '')}{figure(value)} {unit}".rstrip()


def percent(share: float) -> str:
    """Return a share in percent as the tables write it."""
    return f"{100 * share:.3g} %" if share < 1 else f"{100 * share:,.0f} %"


def wrapped_parts(parts: Iterable[str], size: float, room: float, *, lines: int = 3) -> tuple[str, ...]:
    """Set parts side by side with a dot between them; one that does not fit begins a line of its own."""
    done: list[str] = []
    for part in parts:
        beside = f"{done[-1]} · {part}" if done else part
        if done and width(beside, size) <= room:
            done[-1] = beside
        elif len(done) < lines:
            done += wrap(part, size, room, lines=lines - len(done))
        else:
            done[-1] = shorten(beside, size, room)
    return tuple(done)
