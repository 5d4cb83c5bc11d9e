"""HTML pages: one template environment that escapes everything, one style sheet inside each page.

A page asks for nothing outside itself and runs no script. Colours are the ones of the pictures, light and
dark, so that a picture inside a page follows the reader's choice.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.shelf import Shelf
from api.table import amount, money, percent, readable, sized, spoken
from api.version import version
from api.views import tells_gaps
from api.words import explained
from valuechain import question, questions
from valuechain.answer import Answer

TEMPLATES = Path(__file__).parent / "templates"


@cache
def templates() -> Environment:
    """Return the template environment."""
    from visualizations.style import DARK, LIGHT

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(spoken=spoken, percent=percent, amount=amount, money=money, sized=_sized)
    made.globals.update(version=version(), light=_variables(LIGHT.colours()), dark=_variables(DARK.colours()))
    return made


def start_page(shelf: Shelf) -> str:
    """Return the page that leads to every dataset's report, picture and data."""
    from api.report import anchor

    named = questions()
    gap_questions = [name for name, a in named.items() if tells_gaps(a)]
    served = []
    for name, chain in shelf.chains.items():
        gaps = [row for q in gap_questions for row in shelf.answer(name, q, {})]
        known = sum(row.quantity is not None for row in gaps)
        served.append({"name": name, "chain": chain, "gaps": len(gaps), "known": known})
    template = templates().get_template("start.html")
    asked = [{"analysis": a, "anchor": anchor(a)} for a in named.values()]
    return template.render(served=served, questions=asked, pictured=gap_questions[:1])


def answer_page(answer: Answer[Any], names: Sequence[str] = ()) -> str:
    """Return one answer as a page of its own."""
    found = readable(answer, names)
    words = explained(cell for column in found for cell in column.cells)
    return templates().get_template("answer.html").render(answer=answer, columns=found, words=words)


def picture_page(answer: Answer[Any], picture: str) -> str:
    """Return the chart of an answer (as `visualizations` draws it for a page) with what a reader must know."""
    drawn = Markup(picture)  # noqa: S704 - visualizations escapes what it draws
    asked = question(answer.question).question
    return templates().get_template("picture.html").render(answer=answer, asked=asked, picture=drawn)


def missing_page(detail: str, links: Sequence[tuple[str, str]]) -> str:
    """Return the page that a browser gets where there is nothing, with links (address, words) that lead on."""
    return templates().get_template("missing.html").render(detail=detail, links=links)


def _sized(gap: Any) -> str:
    return sized(gap.quantity, gap.unit, gap.bound)


def _variables(colours: dict[str, str]) -> Markup:
    """Return colours as CSS variables; they are constants of `visualizations.style`."""
    return Markup("".join(f"--{name}:{colour};" for name, colour in colours.items()))  # noqa: S704
