"""How things look: colour by stage, dash and border by state, in a light and a dark theme.

Colour never stands alone: stage is also a column with a heading, state is also a dash and a word. Borders
and lines keep a contrast of 3:1 with what is behind them, words 4.5:1 (WCAG 2.2); the tests compute it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from visualizations.diagram import Box

STAGES = ("Raw", "Primary", "Semi-finished", "Component", "Final")
MARKETS, OWNERS, PROCESSES = "Markets", "Owners", "Processes"

WORDS: Mapping[tuple[str, str], str] = {
    **{("stage", str(number)): name for number, name in enumerate(STAGES)},
    ("kind", "process"): "Process",
    ("kind", "enterprise"): "Enterprise",
    ("kind", "market"): "Market",
    ("box", "present"): "present here",
    ("box", "absent"): "known, not made here",
    ("box", "unknown"): "not recorded",
    ("box", "missing"): "missing here",
    ("arrow", "observed"): "observed link",
    ("arrow", "implied"): "implied by recipe",
    ("arrow", "missing"): "missing link",
    ("arrow", "ownership"): "ownership",
    ("arrow", "unknown"): "unknown link",
}
"""What each sign of the legend means."""

BOX_DASHES: Mapping[str, tuple[int, ...]] = {
    "present": (),
    "absent": (1, 3),
    "unknown": (9, 3, 2, 3),
    "missing": (6, 4),
}
ARROW_DASHES: Mapping[str, tuple[int, ...]] = {
    "observed": (),
    "implied": (2, 3),
    "missing": (7, 5),
    "ownership": (12, 4, 2, 4),
    "unknown": (1, 5),
}
CORNERS: Mapping[str, float] = {"product": 7, "missing": 7, "process": 20, "enterprise": 0, "market": 0}
"""Radius of the corners by kind; a market also has a tip that points outward."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one look. `fills` and `borders` go by the names that `palette` returns."""

    name: str
    page: str
    lane: str
    text: str
    quiet: str
    missing: str
    fills: Mapping[str, str]
    borders: Mapping[str, str]
    arrows: Mapping[str, str]

    def colours(self) -> dict[str, str]:
        """Return every colour by a flat name, as a style sheet or a script needs them."""
        flat = {name: getattr(self, name) for name in ("page", "lane", "text", "quiet", "missing")}
        for part in ("fill", "border", "arrow"):
            flat.update({f"{part}-{name}": colour for name, colour in getattr(self, f"{part}s").items()})
        return flat


LIGHT = Theme(
    name="light",
    page="#ffffff",
    lane="#f5f6f8",
    text="#1d2530",
    quiet="#566170",
    missing="#b00020",
    fills={
        "stage-0": "#faf1e1",
        "stage-1": "#e2f3f0",
        "stage-2": "#e4effa",
        "stage-3": "#ebe8f9",
        "stage-4": "#f8e6f2",
        "process": "#f1f2f4",
        "enterprise": "#ffffff",
        "market": "#eceff3",
        "missing": "#fff5f6",
    },
    borders={
        "stage-0": "#96690a",
        "stage-1": "#0c7a6c",
        "stage-2": "#1c68b3",
        "stage-3": "#4b3fa8",
        "stage-4": "#8e2a7e",
        "process": "#66707d",
        "enterprise": "#3a4450",
        "market": "#4d5866",
        "missing": "#b00020",
    },
    arrows={
        "observed": "#5b6878",
        "implied": "#76818f",
        "missing": "#b00020",
        "ownership": "#6b4fa0",
        "unknown": "#76818f",
    },
)
DARK = Theme(
    name="dark",
    page="#14181d",
    lane="#1b2027",
    text="#eef1f5",
    quiet="#a9b3c0",
    missing="#ff7d84",
    fills={
        "stage-0": "#33290f",
        "stage-1": "#0e302c",
        "stage-2": "#122c47",
        "stage-3": "#272148",
        "stage-4": "#3b1a35",
        "process": "#262c34",
        "enterprise": "#14181d",
        "market": "#28303a",
        "missing": "#32161b",
    },
    borders={
        "stage-0": "#d9a53c",
        "stage-1": "#58d3c1",
        "stage-2": "#8cc4f5",
        "stage-3": "#8f80ef",
        "stage-4": "#d983c8",
        "process": "#939dab",
        "enterprise": "#c3cad4",
        "market": "#aab4c1",
        "missing": "#ff7d84",
    },
    arrows={
        "observed": "#93a0b1",
        "implied": "#8590a0",
        "missing": "#ff7d84",
        "ownership": "#b49ae6",
        "unknown": "#8590a0",
    },
)
SHEET = Theme(
    name="sheet",
    **{name: f"var(--{name})" for name in ("page", "lane", "text", "quiet", "missing")},
    fills={name: f"var(--fill-{name})" for name in LIGHT.fills},
    borders={name: f"var(--border-{name})" for name in LIGHT.borders},
    arrows={name: f"var(--arrow-{name})" for name in LIGHT.arrows},
)
"""Colours by name only, for a picture inside a page whose style sheet knows both themes."""

THEMES: Mapping[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK, SHEET)}


def palette(box: Box) -> str:
    """Return the name of a box's colours."""
    if box.state == "missing" or box.kind == "missing":
        return "missing"
    return f"stage-{min(4, max(0, int(box.stage)))}" if box.kind == "product" else box.kind


def contrast(one: str, other: str) -> float:
    """Return the contrast of two `#rrggbb` colours as WCAG 2.2 defines it: 1 (none) to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
