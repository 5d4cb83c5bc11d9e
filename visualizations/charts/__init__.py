"""Charts of the answers that are no diagram: one module per question, found by its name.

The module `visualizations.charts.some_question` draws the question `some-question` with a function
`draw(chain, answer, theme)`; adding a chart means adding that file. `chart` finds and calls it.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

from valuechain import ValueChain
from valuechain.answer import Answer


def chart(chain: ValueChain, answer: Answer[Any], theme: str = "light") -> str | None:
    """Return the chart of an answer as SVG; None where it has no rows to draw, or its question no chart.

    Parameters
    ----------
    chain
        The dataset that was asked.
    answer
        What it answered.
    theme
        `light`, `dark`, or `sheet` (colours are CSS variables, for a page that defines them and tells
        title, sources and caveats itself).
    """
    if not charted(answer.question) or not answer.rows:
        return None
    module = import_module(_module(answer.question))
    draw = cast(Callable[[ValueChain, Answer[Any], str], str | None], module.draw)
    return draw(chain, answer, theme)


@cache
def charted(question: str) -> bool:
    """Say whether a question, named as the registry names it, has a chart."""
    return find_spec(_module(question)) is not None


def empty_chart(chain: ValueChain, answer: Answer[Any], theme: str = "light") -> str:
    """Return the picture of an answer with nothing to draw: it says so and why."""
    from visualizations.charts.base import blank
    from visualizations.style import THEMES

    return blank(chain, answer, THEMES[theme])


def _module(question: str) -> str:
    return f"{__name__}.{question.replace('-', '_')}"
