"""The picture to walk through: a pyvis network, and one HTML page that opens from a USB stick.

`network_data` gives what pyvis gives (nodes and edges for vis-network), with fixed places and plain words.
`network_page` puts it into our own page around the vis-network that comes with pyvis; pyvis' page is not
used, since it asks foreign hosts and inserts words raw. A constant content policy lets no request leave.

Words from the data reach the page in two ways only: escaped by the template, or as JSON that the script
shows with `textContent` and canvas text. Only our two scripts may run, by their hashes.
"""

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from visualizations.arrow_words import Route, placed
from visualizations.diagram import Arrow, Box, Diagram
from visualizations.layout import LABEL, LANE, LINE, SMALL, SMALL_LINE, Layout, Place
from visualizations.style import ARROW_DASHES, BOX_DASHES, CORNERS, DARK, LIGHT, SHEET, STAGES, WORDS, palette
from visualizations.svg_picture import arrow_title, described, lanes, numbered, outline, sample, svg
from visualizations.text import FAMILY

_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "edges": {"smooth": False, "arrows": {"to": {"enabled": True, "scaleFactor": 0.6}}},
    "interaction": {
        "hover": True,
        "dragNodes": False,
        "navigationButtons": False,
        "tooltipDelay": 150,
        "hideEdgesOnDrag": True,
        "hideEdgesOnZoom": True,
        "keyboard": {"enabled": False, "bindToWindow": False},
    },
}


def network_data(diagram: Diagram, *, within: Diagram | None = None) -> dict[str, Any]:
    """Return nodes, edges and options for vis-network, and what our page draws around them.

    Parameters
    ----------
    diagram
        What to show.
    within
        The whole picture that `diagram` is a part of; boxes keep the places they have there.
    """
    from pyvis.network import Network

    whole = within or diagram
    layout, routes = placed(whole)
    network = Network(height="680px", width="100%", directed=True, cdn_resources="in_line")
    for box in diagram.boxes:
        network.add_node(box.id, **_node(box, layout.places[box.id]))
    for number, arrow in enumerate(diagram.arrows):
        network.add_edge(arrow.source, arrow.target, id=number, **_edge(arrow, routes[arrow.key], diagram))
    network.set_options(json.dumps(_OPTIONS))
    nodes, edges, *_, options = network.get_network_data()
    return {"nodes": nodes, "edges": edges, "options": json.loads(options), "picture": _picture(layout)}


def _picture(layout: Layout) -> dict[str, Any]:
    return {
        "width": layout.width,
        "height": layout.height,
        "lanes": [
            {
                "x": group[0].x - LANE,
                "width": round(group[-1].x + group[-1].width - group[0].x + 2 * LANE, 1),
                "heading": group[0].heading,
                "empty": not any(column.boxes for column in group),
            }
            for group in lanes(layout.columns)
        ],
        "lane": LANE,
        "themes": {"light": LIGHT.colours(), "dark": DARK.colours()},
        "font": {"family": FAMILY, "label": LABEL, "small": SMALL, "line": LINE, "small_line": SMALL_LINE},
    }


def _node(box: Box, place: Place) -> dict[str, Any]:
    colours = palette(box)
    words = [*place.label, *place.subtitle, *place.gaps]
    return {
        "label": "\n".join(words) or " ",
        "title": "\n".join(word for word in (box.label, box.subtitle, *box.gaps) if word),
        "x": round(place.x + place.width / 2, 1),
        "y": round(place.middle, 1),
        "fixed": True,
        "physics": False,
        "shape": "box",
        "color": {"background": LIGHT.fills[colours], "border": LIGHT.borders[colours]},
        "font": {"face": FAMILY, "size": LABEL, "color": LIGHT.text, "align": "left"},
        "borderWidth": 2 if box.state == "missing" else 1,
        "shapeProperties": {
            "borderRadius": CORNERS[box.kind],
            "borderDashes": list(BOX_DASHES[box.state]) or False,
        },
        "widthConstraint": {"minimum": place.width - 10, "maximum": place.width - 10},
        "heightConstraint": {"minimum": place.height - 10},
        "box": {
            "name": box.label or box.id,
            "kind": box.kind,
            "state": box.state,
            "stage": box.stage,
            "group": box.group,
            "subtitle": box.subtitle,
            "details": [list(pair) for pair in box.details],
            "column": place.column,
            "width": place.width,
            "height": place.height,
            "lines": list(place.label),
            "small": [*place.subtitle, *place.gaps],
            "quiet": 0 if box.state == "missing" else len(place.subtitle),
            "gaps": list(box.gaps),
            "palette": colours,
            "outline": outline(box.kind, -place.width / 2, -place.height / 2, place.width, place.height),
            "dashes": list(BOX_DASHES[box.state]),
            "signs": _signs(box),
        },
    }


def _signs(box: Box) -> list[str]:
    """Return the legend entries that stand for a box: with one of them off, it is hidden."""
    first = (
        f"stage:{min(4, max(0, int(box.stage)))}"
        if box.kind in ("product", "missing")
        else f"kind:{box.kind}"
    )
    return [first] if box.state == "present" else [first, f"box:{box.state}"]


def _edge(arrow: Arrow, route: Route, diagram: Diagram) -> dict[str, Any]:
    label = route.label
    return {
        "label": "\n".join(arrow.words) or " ",
        "title": arrow_title(arrow, diagram),
        "color": LIGHT.arrows[arrow.state],
        "width": route.width,
        "dashes": list(ARROW_DASHES[arrow.state]) or False,
        "arrow": {
            "state": arrow.state,
            "path": route.path,
            "head": route.head,
            "number": route.number,
            "lines": list(label.lines) if label else [],
            "rectangle": list(label.rectangle) if label else None,
            "dashes": list(ARROW_DASHES[arrow.state]),
        },
    }


def network_page(diagram: Diagram, *, within: Diagram | None = None) -> str:
    """Return one HTML page with the picture, its search, its details and its table; it needs no internet."""
    library, library_style = _library()
    script = _own("network.js")
    policy = (
        f"default-src 'none'; script-src '{_hash(library)}' '{_hash(script)}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    labels = {box.id: box.label or box.id for box in diagram.boxes}
    page: str = _template().render(
        d=diagram,
        data=network_data(diagram, within=within),
        described=described(diagram),
        picture=svg(diagram, theme="sheet", within=within),
        legend=[(f"{part}:{name}", WORDS[part, name], _sign((part, name))) for part, name in diagram.legend],
        boxes=[
            (box, _stage(box), _beside(box, diagram, labels)) for box in sorted(diagram.boxes, key=_reading)
        ],
        arrows=_in_reading_order(diagram),
        numbered=numbered(diagram, placed(within or diagram)[1]),
        labels=labels,
        words=WORDS,
        policy=policy,
        light=LIGHT.colours(),
        dark=DARK.colours(),
        style=library_style + _own("network.css"),
        library=library,
        script=script,
    )
    return page


def _reading(box: Box) -> tuple[bool, float, str, str]:
    """Sort boxes as the columns stand, then by name."""
    return box.kind == "market", box.stage, box.label.casefold(), box.id


def _in_reading_order(diagram: Diagram) -> list[tuple[int, Arrow]]:
    """Return arrows with their number, as their sources stand."""
    place = {box.id: number for number, box in enumerate(sorted(diagram.boxes, key=_reading))}
    return sorted(enumerate(diagram.arrows), key=lambda pair: (place[pair[1].source], place[pair[1].target]))


def _stage(box: Box) -> str:
    if box.kind == "market" or box.stage < 0:
        return ""
    return (
        STAGES[int(box.stage)]
        if float(box.stage).is_integer() and box.stage < len(STAGES)
        else f"{box.stage:g}"
    )


def _beside(box: Box, diagram: Diagram, labels: dict[str, str]) -> tuple[list[str], list[str], int]:
    """Return the names before a box, the names after it, and how many missing links touch it."""
    before = sorted({labels[a.source] for a in diagram.arrows if a.target == box.id})
    after = sorted({labels[a.target] for a in diagram.arrows if a.source == box.id})
    touching = [a for a in diagram.arrows if box.id in (a.source, a.target)]
    return before, after, sum(a.state == "missing" for a in touching)


def _sign(entry: tuple[str, str]) -> str:
    wide = 30 if entry[0] == "arrow" else 22
    shapes = "".join(sample(entry, 2, 10, wide, SHEET))
    return f'<svg width="{wide + 4}" height="20" aria-hidden="true">{shapes}</svg>'


def _hash(script: str) -> str:
    return "sha256-" + b64encode(sha256(script.encode()).digest()).decode()


def _own(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text("utf-8")


@cache
def _library() -> tuple[str, str]:
    """Return script and style sheet of the vis-network that pyvis brings."""
    folder = files("pyvis") / "templates" / "lib" / "vis-9.1.2"
    script, style = ((folder / f"vis-network{end}").read_text("utf-8") for end in (".min.js", ".css"))
    if "</script" in script.lower() or "</style" in style.lower():
        raise ValueError("The vis-network of this pyvis cannot stand inside a page.")
    return script, style


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("network.html")


__all__ = ["network_data", "network_page"]
