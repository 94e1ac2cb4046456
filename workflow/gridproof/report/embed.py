"""Image files as the page holds them: in as few bytes as nobody can see."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import PIL.Image

WEBP_QUALITY = 80
EFFORT = 25
"""Of compression without loss: more takes longer, and charts get no smaller."""
FEW = 64
"""Colours of a chart: the page's figures have each within 40 of 255 of its own, most within 25."""
PAGE_WIDTH = 1032
"""One and a half times the pixels that a page shows, at which small codes of a map can be read."""

COORDINATES = re.compile(r'\b(d|x|y|points)="[^"]*"')
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
UNQUOTED = " !$'()*+,-./:;<=>?@[]^_`{|}~"
"""Characters that may stand in a `data:` address in double quotes, besides letters and digits."""


def data_uri(path: Path) -> str:
    """Return an image file as a `data:` address; a PNG as WebP, which is a fifth of its bytes.

    Of a drawing that lies there as PNG as well, the one of fewer bytes.
    """
    if path.suffix == ".svg":
        text = quote(compact_svg(path.read_text("utf-8")), safe=UNQUOTED)
        drawing, pixels = f"data:image/svg+xml,{text}", path.with_suffix(".png")
        return min(drawing, data_uri(pixels), key=len) if pixels.exists() else drawing
    content = webp(path, WEBP_QUALITY, PAGE_WIDTH) if path.suffix == ".png" else path.read_bytes()
    kind = "webp" if path.suffix == ".png" else path.suffix.removeprefix(".")
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def webp(path: Path, quality: int, width: int | None = None) -> bytes:
    """Return an image file as WebP, at most `width` pixels wide."""
    content = BytesIO()
    with PIL.Image.open(path) as image:
        pixels = image.convert("RGB")
    if width is not None and pixels.width > width:
        pixels = pixels.resize((width, round(pixels.height * width / pixels.width)))
    pixels.save(content, "WEBP", quality=quality, method=4)
    return min(content.getvalue(), in_few_colours(pixels), key=len)


def in_few_colours(pixels: PIL.Image.Image) -> bytes:
    """Return an image as WebP without loss but for its colours, of which FEW are kept.

    Lines, letters and areas of one colour, of which a chart consists, stay sharp in fewer bytes
    than WebP with loss takes. The colours are spread over those that are there, so that a rare one
    is none of its neighbours: where the most frequent ones are kept, lines of a chart become alike.
    """
    content = BytesIO()
    spread, exact = PIL.Image.Quantize.MAXCOVERAGE, PIL.Image.Dither.NONE
    few = pixels.quantize(FEW, method=spread, dither=exact).convert("RGB")
    few.save(content, "WEBP", lossless=True, quality=EFFORT, method=2)
    return content.getvalue()


def compact_svg(text: str) -> str:
    """Return an SVG with coordinates to a hundredth of a point, without indentation.

    Scales and other factors keep all their digits. Attributes stand in single quotes where no text
    has one, as an address in double quotes then needs no escapes for them.
    """
    shorter = COORDINATES.sub(
        lambda found: LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}", found[0]), text
    )
    if "'" not in shorter:
        shorter = shorter.replace('"', "'")
    lines = (line.strip() for line in shorter.splitlines())
    return " ".join(line for line in lines if line)
