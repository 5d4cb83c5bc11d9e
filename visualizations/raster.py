"""PDF and PNG from our own SVG, with the fonts of `fonts/`: the same picture on every machine.

System fonts are only asked when the words hold a letter that ours lack (Chinese, say). Text in the PDF
stays text. Give these functions pictures made by `svg` only: an SVG from elsewhere may name files.
"""

import re

from graph_schema import ValueChainError
from visualizations.text import covered, font_files

PIXELS = 40_000_000
"""Pixels of a PNG at most; a larger one is made smaller instead."""
_ROOM = re.compile(r' textLength="[0-9.]+" lengthAdjust="spacingAndGlyphs"')
"""What makes other fonts fit; not needed here, where the font is ours."""
_TAGS = re.compile(r"<[^>]*>")


class MissingPackageError(ValueChainError):
    """A form of picture needs a package that is not installed here, perhaps for want of a wheel."""

    def __init__(self, package: str, form: str, others: str) -> None:
        self.package = package
        super().__init__(
            f"A {form} needs the package {package}, which is not installed (not every platform has a wheel of "
            f"it). Try `pip install {package}`, or take the picture as {others}."
        )


def pdf(svg: str) -> bytes:
    """Return a picture as a one-page PDF."""
    try:
        import svg2pdf_py
    except ImportError as cause:
        raise MissingPackageError("svg2pdf-py", "PDF", "SVG, PNG or HTML") from cause
    fonts = svg2pdf_py.FontDatabase()
    for path in font_files():
        fonts.load_font_file(path)
    if not covered(_TAGS.sub("", svg)):
        fonts.load_system_fonts()
    return bytes(svg2pdf_py.svg_to_pdf(_ROOM.sub("", svg), fonts))


def png(svg: str, scale: float = 2) -> bytes:
    """Return a picture as a PNG, `scale` pixels for each pixel of the SVG."""
    try:
        import resvg_py
    except ImportError as cause:
        raise MissingPackageError("resvg-py", "PNG", "SVG, PDF or HTML") from cause
    size = re.search(r'<svg [^>]*?width="(\d+)" height="(\d+)"', svg)
    area = int(size[1]) * int(size[2]) if size else 1
    zoom = max(0.05, min(scale, (PIXELS / area) ** 0.5))
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=_ROOM.sub("", svg),
            zoom=zoom,
            font_files=font_files(),
            skip_system_fonts=covered(_TAGS.sub("", svg)),
        )
    )
