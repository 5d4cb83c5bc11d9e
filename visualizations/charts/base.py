"""The frame that all charts share: title, legend, marks with their full words, notes, sources.

A chart is a list of SVG parts that its module draws from y = 0 downwards, `WIDTH` pixels wide with `LEFT` and
`RIGHT` as the bounds for words and marks; `page` puts the frame around them. What stands for a row is a
`mark`: a group with `data-id` and its full words in a `title`. Colour never stands alone: a `Look` is a colour
and a texture, and the legend says its words. Same answer, same bytes; nothing is asked from outside.

The theme `sheet` is for a page that defines the colours, and that tells title, sources and caveats itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar

from valuechain import ValueChain, question
from valuechain.answer import Answer
from visualizations.style import Theme
from visualizations.text import FAMILY, plain, shorten, width, wrap

WIDTH = 900.0
LEFT, RIGHT = 28.0, 872.0
INNER = RIGHT - LEFT
TITLE, HEADING, LABEL, SMALL = 20.0, 14.0, 13.0, 11.5
"""Sizes of words, in pixels."""
LINE, SMALL_LINE = 18.0, 15.0
MOST_ROWS = 25
"""Rows that a chart draws; the rest is told as a number."""
NOT_RECORDED = "not recorded"
_SOURCES = 6
"""Sources that are named under a chart."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """How an area is filled, and what that means.

    `colour` is `text`, `quiet`, `missing`, or a name of `Theme.borders` (`stage-0` to `stage-4`, `process`,
    `enterprise`, `market`). `texture` is `solid`, `hatched`, `crossed`, `pale`, `empty` (dashed outline, for
    what is unknown), or `line` (a dashed line, for a threshold).
    """

    words: str
    colour: str
    texture: str = "solid"


UNKNOWN = Look(NOT_RECORDED, "quiet", "empty")
THRESHOLD = Look("threshold", "text", "line")


def colour(name: str, t: Theme) -> str:
    """Return a colour of a theme by its name in a `Look`."""
    return t.borders[name] if name in t.borders else str(getattr(t, name))


def on(look: Look, t: Theme) -> str:
    """Return the colour of words that stand on an area of this look."""
    return t.page if look.texture == "solid" else t.text


def folded(rows: Sequence[T], most: int = MOST_ROWS) -> tuple[Sequence[T], int]:
    """Return the rows to draw, and how many are left over; one row more than fits is no reason to fold."""
    return (rows, 0) if len(rows) <= most + 1 else (rows[:most], len(rows) - most)


def text(
    x: float,
    y: float,
    words: object,
    t: Theme,
    *,
    size: float = LABEL,
    fill: str = "",
    bold: bool = False,
    anchor: str = "start",
    room: float = 0.0,
) -> str:
    """Return one line of words, cut to `room` pixels if that is given. `fill` is a colour, not a name."""
    said = plain(words)
    said = shorten(said, size, room, bold=bold) if room else said
    look = f'font-size="{size:g}" fill="{fill or t.text}"'
    look += (' font-weight="600"' if bold else "") + (f' text-anchor="{anchor}"' if anchor != "start" else "")
    fit = f'textLength="{width(said, size, bold=bold):.1f}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {fit} {look}>{escape(said, quote=False)}</text>' if said else ""


def lines(
    x: float,
    y: float,
    words: object,
    t: Theme,
    room: float,
    *,
    size: float = SMALL,
    fill: str = "",
    bold: bool = False,
    most: int = 3,
) -> tuple[list[str], float]:
    """Return words broken into lines of `room` pixels, and the y of the line after the last one."""
    step, out = size * 1.32, []
    for line in wrap(plain(words), size, room, lines=most, bold=bold):
        out.append(text(x, y, line, t, size=size, fill=fill, bold=bold))
        y += step
    return out, y


def area(x: float, y: float, wide: float, high: float, look: Look, t: Theme) -> str:
    """Return a rectangle in the look of what it stands for."""
    ink, box = colour(look.colour, t), f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    if look.texture == "solid":
        return f'<rect {box} fill="{ink}"/>'
    if look.texture == "empty":
        return f'<rect {box} fill="none" stroke="{ink}" stroke-width="1.2" stroke-dasharray="4 3"/>'
    fill = t.fills.get(look.colour, t.lane)
    strokes = {"hatched": (1,), "crossed": (1, -1)}.get(look.texture, ())
    hatch = "".join(_stripes(x, y, wide, high, way) for way in strokes)
    drawn = f'<path d="{hatch}" fill="none" stroke="{ink}" stroke-width="1"/>' if hatch else ""
    return f'<rect {box} fill="{fill}" stroke="{ink}" stroke-width="1.2"/>{drawn}'


def _stripes(x: float, y: float, wide: float, high: float, way: int, gap: float = 6.0) -> str:
    """Return slanted lines cut to a rectangle; a pattern would need an id, which a page may hold twice."""
    out, start = "", gap / 2 - high
    while start < wide:
        a, b = max(0.0, start), min(wide, start + high)
        if b > a:
            top, bottom = (a - start, b - start) if way > 0 else (high - (a - start), high - (b - start))
            out += f"M{x + a:.1f},{y + top:.1f}L{x + b:.1f},{y + bottom:.1f}"
        start += gap
    return out


def line(x1: float, y1: float, x2: float, y2: float, t: Theme, *, ink: str = "", dashes: str = "") -> str:
    """Return a thin line; `ink` is the name of a colour in a `Look`."""
    stroke = colour(ink, t) if ink else t.borders["process"]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="M{x1:.1f},{y1:.1f}L{x2:.1f},{y2:.1f}" fill="none" stroke="{stroke}"{dashed}/>'


def mark(name: object, words: str, parts: Iterable[str], kind: str = "mark") -> list[str]:
    """Return the parts as the mark of the row `name`: its full words are in a `title`."""
    head = f'<g class="{escape(kind)}" data-id="{escape(plain(name))}"><title>{escape(plain(words))}</title>'
    return [head, *(part for part in parts if part), "</g>"]


def page(
    chain: ValueChain,
    answer: Answer[Any],
    t: Theme,
    body: Iterable[str],
    high: float,
    *,
    legend: Sequence[Look] = (),
    notes: Sequence[str] = (),
    whole: bool = False,
) -> str:
    """Return the chart with its frame.

    Parameters
    ----------
    chain, answer
        What the chart shows; title, place, year, sources and the count of caveats are read off them.
    t
        The theme.
    body, high
        The parts of the chart, drawn from y = 0, and their height.
    legend
        Looks to explain, above the chart.
    notes
        Sentences under it.
    whole
        Whether no region asked means the whole dataset, not its home region.
    """
    bare = t.name == "sheet"
    told = about(chain, answer, whole)
    y, head = _head(answer, told, t, bare)
    y, signs = _legend(legend, y, t)
    foot_y, foot = _foot(answer, notes, y + high + 12, t, bare)
    full = round(foot_y + (6 if bare else 20))
    x, wide = (LEFT - 4, INNER + 8) if bare else (0.0, WIDTH)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{full}" '
        f'viewBox="{x:g} 0 {wide:g} {full}" role="img" aria-label="{escape(plain(answer.title))}" lang="en" '
        f'font-family="{FAMILY}">',
        f"<title>{escape(plain(answer.title))}</title>",
        f"<desc>{escape(plain(f'{question(answer.question).question} {told}'))}</desc>",
        f'<rect width="{WIDTH:g}" height="{full}" fill="{t.page}"/>',
        *head,
        *signs,
        f'<g class="chart" transform="translate(0,{y:.1f})">',
        *(part for part in body if part),
        "</g>",
        *foot,
        "</svg>",
        "",
    ])  # fmt: skip


def blank(chain: ValueChain, answer: Answer[Any], t: Theme) -> str:
    """Return the frame of an answer with nothing to draw: it says so, and why as far as the answer does."""
    body, y = lines(LEFT, 18.0, "Nothing to draw.", t, INNER, size=LABEL, bold=True)
    for caveat in answer.caveats if t.name != "sheet" else ():
        more, y = lines(LEFT, y + 6, caveat, t, INNER, size=LABEL, most=4)
        body += more
    return page(chain, answer, t, body, y)


def about(chain: ValueChain, answer: Answer[Any], whole: bool = False) -> str:
    """Return what an answer is about in a line: dataset, place, year."""
    asked = answer.parameters
    place = asked.get("region") or (None if whole else chain.dataset.home_region)
    if asked.get("level"):
        place, where = None, f"every {asked['level']}"
    else:
        where = chain.names("regions").get(place, place) if place else ""
    title = chain.dataset.title or chain.dataset.id
    return " · ".join(word for word in (title, where, f"figures of {answer.dataset['year']}") if word)


def _head(answer: Answer[Any], told: str, t: Theme, bare: bool) -> tuple[float, list[str]]:
    if bare:
        return 8.0, []
    out, y = lines(LEFT, 40.0, answer.title, t, INNER, size=TITLE, bold=True, most=2)
    asked, y = lines(LEFT, y - 2, question(answer.question).question, t, INNER, size=LABEL)
    place, y = lines(LEFT, y + 3, told, t, INNER, size=SMALL, fill=t.quiet)
    return y + 4, [*out, *asked, *place]


def _legend(legend: Sequence[Look], y: float, t: Theme) -> tuple[float, list[str]]:
    if not legend:
        return y, []
    out, x, y = ['<g class="legend">'], LEFT, y + 12
    for look in legend:
        room = 26 + width(look.words, SMALL)
        if x > LEFT and x + room > RIGHT:
            x, y = LEFT, y + 20
        out += [sample(look, x, y, t), text(x + 26, y + 4, look.words, t, size=SMALL)]
        x += room + 20
    return y + 18, [*out, "</g>"]


def sample(look: Look, x: float, y: float, t: Theme) -> str:
    """Return the sign that a legend explains, 18 pixels wide and 12 high around `y`."""
    if look.texture == "line":
        return line(x + 9, y - 8, x + 9, y + 8, t, ink=look.colour, dashes="4 3")
    return area(x, y - 6, 18, 12, look, t)


def _foot(
    answer: Answer[Any], notes: Sequence[str], y: float, t: Theme, bare: bool
) -> tuple[float, list[str]]:
    return _written(_told(answer, notes, bare), y, t)


def _told(answer: Answer[Any], notes: Sequence[str], bare: bool) -> Iterator[str]:
    yield from notes
    if bare:
        return
    count = len(answer.caveats)
    if count:
        said = "1 caveat goes" if count == 1 else f"{count} caveats go"
        yield f"Read with care: {said} with this answer; the table of {answer.question} tells them."
    if answer.sources:
        titles = [str(source["title"]) for source in answer.sources]
        more = f"; and {len(titles) - _SOURCES} more" if len(titles) > _SOURCES else ""
        yield f"Sources: {'; '.join(titles[:_SOURCES])}{more}.".replace("..", ".")


def _written(said: Iterable[str], y: float, t: Theme) -> tuple[float, list[str]]:
    out: list[str] = []
    for words in said:
        drawn, y = lines(LEFT, y + 12, words, t, INNER, fill=t.quiet, most=5)
        out += drawn
        y -= 9
    return y + 8, out
