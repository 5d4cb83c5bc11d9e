"""Pages of an answer: `limit` rows, and an opaque cursor to the next ones.

A cursor belongs to one dataset, question and set of parameters, whose digest it carries: used elsewhere it
is refused, so pages of different answers are never mixed. All pages joined are the whole answer, and a page
that holds all rows is `Answer.as_dict()` itself.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from graph_schema import ParameterError, Quantity, Text
from valuechain.answer import Answer, plain
from valuechain.registry import Parameter

MOST = 1000
LIMIT = Parameter("limit", int, False, 100, Quantity("rows", f"rows on one page, 1 to {MOST}"))
CURSOR = Parameter("cursor", str, False, None, Text("where to go on: the `next` of the page before"))


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of an answer, and the cursor to the next ones."""

    answer: Answer[Any]
    next: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the page as plain values, in the form of `Answer.as_dict`."""
        return {**self.answer.as_dict(), "next": self.next}


def page(answer: Answer[Any], limit: Any = None, cursor: Any = None) -> Page:
    """Return at most `limit` rows of an answer from where `cursor` points; all rows if neither is given."""
    most, mark = parse_limit(limit), digest(answer)
    start = _start(CURSOR.parse(cursor), mark)
    if start and start >= len(answer):
        raise ParameterError("cursor", "it points past the last row; start again without it")
    end = len(answer) if most is None else start + most
    following = _cursor(end, mark) if end < len(answer) else None
    return Page(replace(answer, rows=answer.rows[start:end]), following)


def parse_limit(limit: Any) -> int | None:
    """Return `limit` as a number; `ParameterError` if it is none, or out of range."""
    most: int | None = LIMIT.parse(limit)
    if most is not None and not 1 <= most <= MOST:
        raise ParameterError("limit", f"{most} is not between 1 and {MOST}")
    return most


def digest(answer: Answer[Any]) -> str:
    """Return a short text that differs where dataset, question or parameters differ."""
    asked = [answer.question, answer.dataset, plain(answer.parameters)]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]


def _cursor(start: int, mark: str) -> str:
    return base64.urlsafe_b64encode(f"{start}.{mark}".encode()).decode().rstrip("=")


def _start(cursor: str | None, mark: str) -> int:
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    start, _, given = text.partition(".")
    if given != mark or not start.isdecimal() or len(start) > 12:
        raise ParameterError("cursor", "it is none of this dataset and question; start again without it")
    return int(start)
