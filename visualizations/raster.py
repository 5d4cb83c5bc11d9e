"""PDF and PNG from our own SVG, with the fonts of `fonts/`: the same picture on every machine.

System fonts are only asked when the words hold a letter that ours lack (Chinese, say). Text in the PDF
stays text. Give these functions pictures made by `svg` only: an SVG from elsewhere may name files.
"""

import re

from visualizations.text import covered, font_files

PIXELS = 40_000_000
"""Pixels of a PNG at most; a larger one is made smaller instead."""
_ROOM = re.compile(r' textLength="[0-9.]+" lengthAdjust="spacingAndGlyphs"')
"""What makes other fonts fit; not needed here, where the font is ours."""
_TAGS = re.compile(r"<[^>]*>")


def pdf(svg: str) -> bytes:
    """Return a picture as a one-page PDF."""
    import svg2pdf_py

    fonts = svg2pdf_py.FontDatabase()
    for path in font_files():
        fonts.load_font_file(path)
    if not covered(_TAGS.sub("", svg)):
        fonts.load_system_fonts()
    return bytes(svg2pdf_py.svg_to_pdf(_ROOM.sub("", svg), fonts))


def png(svg: str, scale: float = 2) -> bytes:
    """Return a picture as a PNG, `scale` pixels for each pixel of the SVG."""
    import resvg_py

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
