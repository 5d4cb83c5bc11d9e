"""Colours are told apart by everybody, and nothing rests on colour alone."""

from itertools import combinations, pairwise
from typing import get_args

import pytest

from visualizations.diagram import ArrowState, BoxKind, BoxState
from visualizations.style import ARROW_DASHES, BOX_DASHES, CORNERS, DARK, LIGHT, SHEET, WORDS, contrast

BLINDNESS = {  # Machado, Oliveira, Fernandes (2009), severity 1, on linear RGB
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lab(colour, blindness):
    """Return CIE L*a*b* of a colour as a colour-blind reader sees it."""
    rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    r, g, b = (
        min(1, max(0, sum(m * c for m, c in zip(row, linear, strict=True)))) for row in BLINDNESS[blindness]
    )
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other, blindness):
    pairs = zip(lab(one, blindness), lab(other, blindness), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#b00020", "#ffffff") == pytest.approx(7.3, abs=0.1)
    assert contrast("#b00020", "#121212") == pytest.approx(2.6, abs=0.1)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_words_and_lines_can_be_seen(theme):
    for name, fill in theme.fills.items():
        assert contrast(theme.text, fill) >= 4.5
        assert contrast(theme.quiet, fill) >= 4.5
        assert contrast(theme.missing, fill) >= 4.5
        assert all(contrast(theme.borders[name], behind) >= 3 for behind in (fill, theme.lane, theme.page))
    for behind in (theme.page, theme.lane):
        assert all(contrast(colour, behind) >= 3 for colour in theme.arrows.values())
        assert all(contrast(words, behind) >= 4.5 for words in (theme.text, theme.quiet, theme.missing))


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_colour_blind_readers_tell_missing_from_every_stage_and_neighbours_apart(theme, blindness):
    stages = [theme.borders[f"stage-{number}"] for number in range(5)]
    assert all(difference(theme.missing, stage, blindness) > 10 for stage in stages)
    assert all(difference(a, b, blindness) > 8 for a, b in pairwise(stages))


def test_states_differ_in_dash_and_every_sign_has_a_word():
    assert all(a != b for a, b in combinations(ARROW_DASHES.values(), 2))
    assert all(a != b for a, b in combinations(BOX_DASHES.values(), 2))
    assert set(ARROW_DASHES) == set(get_args(ArrowState))
    assert set(BOX_DASHES) == set(get_args(BoxState))
    assert set(CORNERS) == set(get_args(BoxKind))
    assert all(("arrow", state) in WORDS for state in ARROW_DASHES)
    assert all(("box", state) in WORDS for state in BOX_DASHES)


def test_themes_know_the_same_colours():
    assert LIGHT.colours().keys() == DARK.colours().keys() == SHEET.colours().keys()
    assert all(SHEET.colours()[name] == f"var(--{name})" for name in LIGHT.colours())
