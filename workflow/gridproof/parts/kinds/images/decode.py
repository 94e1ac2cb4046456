"""From a JPEG or PNG file of any size and mode to a square RGB image."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gridproof.errors import GridproofError

FORMATS = ("JPEG", "PNG")
SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L")
DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)


class UnusableImageError(GridproofError):
    """What is wrong with one file, without its name."""


def decode(path: Path, size: int) -> np.ndarray:
    """Return the central square of an image, uint8 of shape (size, size, 3).

    The shorter side is resized to `size` with an antialiased bilinear filter. Transparent parts
    are put on white, 16-bit grey is scaled to 8 bits, and EXIF rotation is applied.

    Raises
    ------
    UnusableImageError : the file is empty, cut short, damaged, animated, too large, no JPEG or PNG
        image, or cannot be read.
    """
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                _check_still(image)
                image.load()
                return _square(_upright_rgb(image), size)
    except UnidentifiedImageError as error:
        raise UnusableImageError(_unidentified(path)) from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnusableImageError(
            f"it is too large to decode safely ({error}), expected at most "
            f"{Image.MAX_IMAGE_PIXELS:,} pixels"
        ) from error
    except DECODING_ERRORS as error:
        reason = getattr(error, "strerror", None) or error
        raise UnusableImageError(f"it is damaged or cannot be read ({reason})") from error


def _check_still(image: Image.Image) -> None:
    """Refuse an animated PNG; the further images of a JPEG are views of the camera's own."""
    frames = getattr(image, "n_frames", 1)
    if image.format == "PNG" and frames > 1:
        raise UnusableImageError(f"it is animated, found {frames} frames, expected one")


def _unidentified(path: Path) -> str:
    if path.stat().st_size == 0:
        return "it is empty, expected a JPEG or PNG image"
    with path.open("rb") as file:
        start = file.read(12)
    return f"it is no JPEG or PNG image, it starts with the bytes {start!r}"


def _upright_rgb(image: Image.Image) -> Image.Image:
    """Return an image of mode RGB, turned as its EXIF data say."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode in SIXTEEN_BITS:
        grey = np.asarray(upright).astype(np.float64) / 257
        return Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8)).convert("RGB")
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return upright.convert("RGB")


def _square(image: Image.Image, size: int) -> np.ndarray:
    """Return the central square, resized.

    This is the same as resizing the shorter side and then cutting, without ever holding the
    resized ends of a very long image.
    """
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box=box))
