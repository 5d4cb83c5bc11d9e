"""A docstring as paragraphs and lists for a page.

A blank line ends a paragraph, a line that begins with `*` or `-` a point of a list. Marks of code and of
emphasis are taken off, names of modules left out: who reads a page does not read the code.
"""

import re
from dataclasses import dataclass

from api.words import MEANINGS

_MODULE = re.compile(r"\s*\((?:see\s+)?`valuechain[\w.]*`\)|`?\bvaluechain\.[a-z_.]+\b`?")
_POINT = re.compile(r"[*-] +")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the points of a list."""

    lines: tuple[str, ...]
    points: bool


def blocks(text: str) -> list[Block]:
    """Return the paragraphs and lists of a text.

    >>> [b.lines for b in blocks("Counted so:\\n\\n* one\\n  more\\n* two")]
    [('Counted so:',), ('one more', 'two')]
    """
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        for lines, points in _runs(part):
            shown = tuple(filter(None, map(_plain, lines)))
            if shown and points and found and found[-1].points:
                found[-1] = Block(found[-1].lines + shown, True)
            elif shown:
                found.append(Block(shown, points))
    return found


def _runs(part: str) -> list[tuple[list[str], bool]]:
    """Part the lines of a paragraph into text and the points that follow it."""
    text: list[str] = []
    points: list[str] = []
    for line in part.splitlines():
        mark = _POINT.match(line.strip())
        if mark:
            points.append(line.strip()[mark.end() :])
        elif points:
            points[-1] += f" {line}"
        else:
            text.append(line)
    return [([" ".join(text)], False), (points, True)]


def _plain(text: str) -> str:
    """Take the marks off a text."""
    text = _MODULE.sub("", " ".join(text.split()))
    text = re.sub(r"\*(\w[^*]*\w)\*", r"\1", text)
    for name in MEANINGS:
        text = re.sub(rf"\b{name}\b", name.replace("_", " "), text)
    return text.replace("`", "").strip()
