"""Printed pictures hold their words, with the fonts that come along."""

import re
import struct
import sys
import zlib

import pytest

from graph_schema import ValueChainError
from visualizations import Box, Diagram, MissingPackageError, pdf, png, svg
from visualizations.raster import PIXELS

KAZAKH = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"


def size(picture):
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", picture[16:24])


def pdf_letters(document):
    """Return the letters that a PDF's fonts map their glyphs to: what a reader can select and search."""
    letters = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        try:
            text = zlib.decompress(stream)
        except zlib.error:
            text = stream
        for block in re.findall(rb"beginbf(?:char|range)(.*?)endbf(?:char|range)", text, re.DOTALL):
            for code in re.findall(rb"<([0-9A-Fa-f]{4})>\s*\n?(?=<|$|\n)", block + b"\n"):
                letters.add(chr(int(code, 16)))
            letters |= {chr(int(code, 16)) for code in re.findall(rb">\s*<([0-9A-Fa-f]{4})>", block)}
    return letters


def test_the_same_picture_gives_the_same_png_and_other_words_another(aluminium):
    assert png(svg(aluminium), 1) == png(svg(aluminium), 1)
    one, other = (svg(Diagram("D", boxes=(Box("a", label),))) for label in ("Қант", "Ұн"))
    assert png(one) != png(other)


def test_words_are_drawn_at_all():
    letters = [png(svg(Diagram("D", boxes=(Box("a", letter),))), 1) for letter in KAZAKH]
    blank = png(svg(Diagram("D", boxes=(Box("a", "\u00a0"),))), 1)
    assert blank not in letters
    assert len(set(letters)) == len(letters)


def test_scale_counts_pixels_and_is_capped(aluminium):
    picture = svg(aluminium)
    wide, high = map(int, re.search(r'width="(\d+)" height="(\d+)"', picture).groups())
    assert size(png(picture, 1)) == (wide, high)
    assert size(png(picture)) == (2 * wide, 2 * high)
    large = size(png(picture, 50))
    assert large[0] * large[1] <= 1.01 * PIXELS


def test_the_pdf_holds_kazakh_letters_as_text(aluminium):
    document = pdf(svg(Diagram("D", boxes=(Box("a", KAZAKH[:9]), Box("b", KAZAKH[9:])))))
    assert document.startswith(b"%PDF-")
    assert set(KAZAKH) <= pdf_letters(document)
    assert set("Электролиз") <= pdf_letters(pdf(svg(aluminium)))


def test_dark_pictures_print_too(aluminium):
    assert png(svg(aluminium, theme="dark"), 1) != png(svg(aluminium), 1)


def test_a_renderer_that_is_not_installed_is_named(aluminium, monkeypatch):
    monkeypatch.setitem(sys.modules, "svg2pdf_py", None)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(MissingPackageError, match="A PDF needs the package svg2pdf-py") as caught:
        pdf(svg(aluminium))
    assert isinstance(caught.value, ValueChainError)
    with pytest.raises(MissingPackageError, match="resvg-py"):
        png(svg(aluminium))
