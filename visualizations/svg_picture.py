"""The picture as an SVG text: the base of every printed form, and the fallback of the page.

Same diagram, same bytes. Everything from the data is escaped text or an escaped attribute; there is no
script, style, link, image or font reference in it; a machine without our font squeezes another one into
the same room (`textLength`). Each box and arrow is one group with `data-id` or
`data-source` and `data-target`, its full words in a `title`.
"""

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from visualizations.arrow_paths import Key
from visualizations.arrow_words import CIRCLE, Route, placed
from visualizations.diagram import Arrow, Box, Diagram
from visualizations.layout import (
    INSET,
    LABEL,
    LANE,
    LINE,
    SMALL,
    SMALL_LINE,
    TIP,
    Column,
    Layout,
    Place,
)
from visualizations.style import ARROW_DASHES, BOX_DASHES, CORNERS, THEMES, WORDS, Theme, palette
from visualizations.text import FAMILY, plain, width, wrap

_MARGIN = 30.0
_TITLE, _TITLE_LINE = 21.0, 28.0
_LEAST_WIDTH, _LEAST_HEIGHT = 640.0, 64.0


def svg(diagram: Diagram, *, theme: str = "light", within: Diagram | None = None) -> str:
    """Return the picture of `diagram` as SVG.

    Parameters
    ----------
    diagram
        What to draw.
    theme
        `light`, `dark`, or `sheet` (colours are CSS variables, for a page that defines them).
    within
        The whole picture that `diagram` is a part of; boxes and arrows keep the places they have there.
    """
    whole = within or diagram
    return "\n".join(_page(diagram, *placed(whole), THEMES[theme])) + "\n"


def _page(diagram: Diagram, layout: Layout, routes: Mapping[Key, Route], t: Theme) -> Iterator[str]:
    wide = max(_LEAST_WIDTH, layout.width + 2 * LANE)
    y, head = _header(diagram, wide, t)
    high = max(_LEAST_HEIGHT, layout.height)
    foot_y, foot = _footer(diagram, routes, wide, y + 34 + high + 2 * LANE + 26, t)
    full_wide, full_high = round(wide + 2 * _MARGIN), round(foot_y + _MARGIN - 8)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full_wide}" height="{full_high}" '
        f'viewBox="0 0 {full_wide} {full_high}" role="img" aria-label={_quoted(diagram.title)} '
        f"lang={_quoted(diagram.language)} font-family={_quoted(FAMILY)}>"
    )
    yield f"<title>{escape(diagram.title)}</title>"
    yield f"<desc>{escape(described(diagram))}</desc>"
    yield f'<rect width="{full_wide}" height="{full_high}" fill="{t.page}"/>'
    yield from head
    left = _MARGIN + (wide - layout.width) / 2
    yield f'<g class="chain" transform="translate({left:.1f},{y + 34 + LANE:.1f})">'
    yield from _lanes(layout, high, t)
    for arrow in diagram.arrows:
        yield from _arrow(arrow, routes[arrow.key], diagram, t)
    for box in diagram.boxes:
        yield from _box(box, layout.places[box.id], t)
    for arrow in diagram.arrows:
        yield from _arrow_words(
            arrow, route := routes[arrow.key], t.lane if _inside(route, layout) else t.page, t
        )
    yield "</g>"
    yield from foot
    yield "</svg>"


def described(diagram: Diagram) -> str:
    """Say in words what the picture shows: for people who do not see it."""
    labels = {box.id: box.label for box in diagram.boxes}
    missing = [f"{labels[a.source]} to {labels[a.target]}" for a in diagram.arrows if a.state == "missing"]
    words = f"{len(diagram.boxes)} boxes in columns from raw to final, {len(diagram.arrows)} arrows."
    return f"{words} Missing: {'; '.join(missing)}." if missing else f"{words} No missing link is shown."


def _quoted(words: str) -> str:
    return f'"{escape(words)}"'


def _text(
    x: float, y: float, words: str, size: float, fill: str, *, bold: bool = False, middle: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    anchor = ' text-anchor="middle"' if middle else ""
    style = f'font-size="{size:g}" fill="{fill}"{weight}{anchor}'
    room = f'textLength="{width(words, size, bold=bold):.1f}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {room} {style}>{escape(words, quote=False)}</text>'


def _header(diagram: Diagram, wide: float, t: Theme) -> tuple[float, list[str]]:
    y, out = _MARGIN - 6, []
    for line in wrap(diagram.title, _TITLE, wide, bold=True):
        y += _TITLE_LINE
        out.append(_text(_MARGIN, y, line, _TITLE, t.text, bold=True))
    for line in wrap(diagram.subtitle, LABEL, wide, lines=3) if diagram.subtitle else ():
        y += 20
        out.append(_text(_MARGIN, y, line, LABEL, t.quiet))
    return y + 20, out


def _lanes(layout: Layout, high: float, t: Theme) -> Iterator[str]:
    """Draw the strip of each stage with its heading above it."""
    for columns in lanes(layout.columns):
        x, wide = columns[0].x - LANE, columns[-1].x + columns[-1].width - columns[0].x + 2 * LANE
        yield (
            f'<rect class="lane" x="{x:.1f}" y="{-LANE:.1f}" width="{wide:.1f}" '
            f'height="{high + 2 * LANE:.1f}" rx="10" fill="{t.lane}"/>'
        )
        middle = x + wide / 2
        yield _text(middle, -LANE - 10, columns[0].heading, LABEL, t.quiet, bold=True, middle=True)
        if not any(column.boxes for column in columns):
            yield _text(middle, 20, "none shown", SMALL, t.quiet, middle=True)


def lanes(columns: Iterable[Column]) -> list[list[Column]]:
    """Put columns of one stage together."""
    groups: list[list[Column]] = []
    for column in columns:
        if column.heading or not groups:
            groups.append([])
        groups[-1].append(column)
    return groups


def outline(kind: str, x: float, y: float, wide: float, high: float) -> str:
    """Return the outline of a box by its kind, in the words of an SVG path."""
    if kind == "market":
        right, bottom = x + wide, y + high
        return f"M{x:g},{y:g}H{right - TIP:g}L{right:g},{y + high / 2:g}L{right - TIP:g},{bottom:g}H{x:g}Z"
    r = min(CORNERS[kind], high / 3 if kind == "product" else high / 2)
    if not r:
        return f"M{x:g},{y:g}H{x + wide:g}V{y + high:g}H{x:g}Z"
    corner = f"a{r:g},{r:g} 0 0 1 "
    return (
        f"M{x + r:g},{y:g}h{wide - 2 * r:g}{corner}{r:g},{r:g}v{high - 2 * r:g}{corner}{-r:g},{r:g}"
        f"h{2 * r - wide:g}{corner}{-r:g},{-r:g}v{2 * r - high:g}{corner}{r:g},{-r:g}Z"
    )


def _dashed(dashes: tuple[int, ...]) -> str:
    return f' stroke-dasharray="{" ".join(map(str, dashes))}" stroke-linecap="round"' if dashes else ""


def _box(box: Box, place: Place, t: Theme) -> Iterator[str]:
    colours = palette(box)
    border = t.borders[colours]
    full = " · ".join(word for word in (box.label, box.subtitle, *box.gaps) if word)
    yield f'<g class="box {box.state} {box.kind}" data-id={_quoted(plain(box.id))}><title>{escape(full)}</title>'
    path = outline(box.kind, place.x, place.y, place.width, place.height)
    line = 2 if box.state == "missing" else 1.3
    fill = t.page if box.state == "absent" else t.fills[colours]
    dashes = _dashed(BOX_DASHES[box.state])
    yield f'<path d="{path}" fill="{fill}" stroke="{border}" stroke-width="{line}"{dashes}/>'
    if box.kind == "product" and box.state == "present":
        yield (
            f'<rect x="{place.x + 4:g}" y="{place.y + 8:g}" width="3" height="{place.height - 16:g}" '
            f'rx="1.5" fill="{border}"/>'
        )
    small = [(words, box.state == "missing") for words in place.subtitle]
    small += [(words, True) for words in place.gaps]
    y = place.y + (place.height - LINE * len(place.label) - SMALL_LINE * len(small)) / 2 + LABEL
    for number, words in enumerate(place.label):
        yield _text(place.x + INSET, y + LINE * number, words, LABEL, t.text, bold=True)
    y += LINE * (len(place.label) - 1) + 0.5
    for number, (words, red) in enumerate(small, 1):
        yield _text(place.x + INSET, y + SMALL_LINE * number, words, SMALL, t.missing if red else t.quiet)
    yield "</g>"


def _arrow(arrow: Arrow, route: Route, diagram: Diagram, t: Theme) -> Iterator[str]:
    colour = t.arrows[arrow.state]
    yield (
        f'<g class="arrow {arrow.state}" data-source={_quoted(plain(arrow.source))} '
        f"data-target={_quoted(plain(arrow.target))}>"
        f"<title>{escape(arrow_title(arrow, diagram))}</title>"
    )
    yield (
        f'<path d="{route.path}" fill="none" stroke="{colour}" stroke-width="{route.width:g}"'
        f"{_dashed(ARROW_DASHES[arrow.state])}/>"
    )
    yield f'<path d="{route.head}" fill="{colour}"/></g>'


def arrow_title(arrow: Arrow, diagram: Diagram) -> str:
    """Say in one line what an arrow says, its ends by name."""
    ends = f"{diagram.box(arrow.source).label} to {diagram.box(arrow.target).label}"
    more = [word for word in (arrow.size, arrow.label) if word]
    return " · ".join([ends, WORDS["arrow", arrow.state], *more])


def _inside(route: Route, layout: Layout) -> bool:
    """Say whether the words of an arrow stand inside the strip of one stage."""
    x = route.label.rectangle[0] if route.label else 0.0
    return any(g[0].x - LANE <= x < g[-1].x + g[-1].width + LANE for g in lanes(layout.columns))


def _arrow_words(arrow: Arrow, route: Route, ground: str, t: Theme) -> Iterator[str]:
    if route.label is None:
        return
    x, y, wide, high = route.label.rectangle
    size = f'width="{wide:g}" height="{high:g}"'
    missing = arrow.state == "missing"
    if route.number:
        ring = f'rx="{CIRCLE / 2:g}" fill="{t.page}" stroke="{t.arrows[arrow.state]}" stroke-width="1.3"'
        yield f'<g class="number"><rect x="{x:g}" y="{y:g}" {size} {ring}/>'
    else:
        yield f'<g class="words"><rect x="{x:g}" y="{y:g}" {size} rx="3" fill="{ground}" fill-opacity="0.92"/>'
    for number, line in enumerate(route.label.lines):
        fill = t.missing if missing else t.text if number == 0 else t.quiet
        at = y + SMALL_LINE * number + SMALL + 0.5
        yield _text(x + wide / 2, at, line, SMALL, fill, bold=missing and number == 0, middle=True)
    yield "</g>"


def _footer(
    diagram: Diagram, routes: Mapping[Key, Route], wide: float, y: float, t: Theme
) -> tuple[float, list[str]]:
    """Draw legend, notes, sources and date; return where they end."""
    y, out = _legend(diagram, wide, y, t)
    y, told = _numbered(diagram, routes, wide, y, t)
    out += told
    lines = [*diagram.notes]
    if diagram.hidden:
        lines.append(f"Boxes folded into those that say how many more there are: {diagram.hidden}.")
    if diagram.sources:
        lines.append(f"Sources: {'; '.join(diagram.sources)}.".replace("..", "."))
    if diagram.date:
        lines.append(diagram.date)
    for words in lines:
        for line in wrap(words, SMALL, wide, lines=6):
            y += 16
            out.append(_text(_MARGIN, y, line, SMALL, t.quiet))
        y += 3
    return y, out


def numbered(diagram: Diagram, routes: Mapping[Key, Route]) -> list[tuple[int, Arrow, str]]:
    """Return the arrows whose words stand under the picture: number, arrow, words."""
    found = [(routes[arrow.key].number, arrow) for arrow in diagram.arrows if routes[arrow.key].number]
    return [
        (
            number,
            arrow,
            f"{diagram.box(arrow.source).label} to {diagram.box(arrow.target).label}: {' · '.join(arrow.words)}",
        )
        for number, arrow in sorted(found, key=lambda pair: pair[0])
    ]


def _numbered(
    diagram: Diagram, routes: Mapping[Key, Route], wide: float, y: float, t: Theme
) -> tuple[float, list[str]]:
    """Write the words that found no room on their arrows, in as many columns as fit."""
    entries = numbered(diagram, routes)
    if not entries:
        return y, []
    widest = max(width(words, SMALL) for *_, words in entries) + 52
    columns = max(1, int(wide // widest))
    out, tops = ['<g class="numbered">'], [y + 4] * columns
    for position, (number, arrow, words) in enumerate(entries):
        column = position % columns
        x = _MARGIN + column * wide / columns
        for line in wrap(f"{number}. {words}", SMALL, wide / columns - 16, lines=6):
            tops[column] += 16
            out.append(_text(x, tops[column], line, SMALL, t.missing if arrow.state == "missing" else t.text))
    return max(tops) + 6, [*out, "</g>"]


def _legend(diagram: Diagram, wide: float, y: float, t: Theme) -> tuple[float, list[str]]:
    out: list[str] = ['<g class="legend">']
    x = _MARGIN
    for entry in diagram.legend:
        sign = 34.0 if entry[0] == "arrow" else 24.0
        room = sign + 8 + width(WORDS[entry], SMALL)
        if x > _MARGIN and x + room > _MARGIN + wide:
            x, y = _MARGIN, y + 22
        out += sample(entry, x, y, sign, t)
        out.append(_text(x + sign + 8, y + 4, WORDS[entry], SMALL, t.text))
        x += room + 22
    return y + 16, [*out, "</g>"]


def sample(entry: tuple[str, str], x: float, y: float, wide: float, t: Theme) -> Iterable[str]:
    """Draw the sign that a legend entry explains, `wide` pixels wide and 14 high around `y`."""
    part, name = entry
    if part == "arrow":
        colour = t.arrows[name]
        line = 2.4 if name == "missing" else 1.6
        yield (
            f'<path d="M{x:g},{y:g}H{x + wide - 8:g}" fill="none" stroke="{colour}" stroke-width="{line}"'
            f"{_dashed(ARROW_DASHES[name])}/>"
        )
        tip = x + wide
        yield f'<path d="M{tip:g},{y:g}L{tip - 8:g},{y - 4:g}L{tip - 8:g},{y + 4:g}Z" fill="{colour}"/>'
        return
    of_state = "missing" if name == "missing" else "process"
    colours = {"stage": f"stage-{name}", "kind": name, "box": of_state}[part]
    state = name if part == "box" else "present"
    fill = t.page if state == "absent" else t.fills[colours]
    kind = name if part == "kind" else "product"
    shape = outline(kind, x, y - 7, wide, 14)
    dashes = _dashed(BOX_DASHES[state])
    yield f'<path d="{shape}" fill="{fill}" stroke="{t.borders[colours]}" stroke-width="1.3"{dashes}/>'
