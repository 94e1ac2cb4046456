"""From a JPEG, PNG or WebP file of any size and mode to a square RGB image."""

from __future__ import annotations

import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gridproof.errors import GridproofError

FORMATS = ("JPEG", "PNG", "WEBP")
MIN_DEPTH, SHALLOW, FULL_DEPTH = 9, 14, 16
"""Bits of grey that a study may name, and of which files of 16 bits are doubted."""
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


@dataclass(slots=True)
class GreyDepth:
    """How deep the greys of 16-bit files are: many cameras fill 10, 12 or 14 bits of the 16.

    bits : what the study says; None: all 16, unless `doubt` finds that they look otherwise.
    highest : the highest value that was met; 0 before any.
    """

    bits: int | None = None
    highest: int = 0

    def in_eight_bits(self, grey: np.ndarray) -> np.ndarray:
        """Return values of such a file as uint8; UnusableImageError if one is deeper than said."""
        largest, found = 2 ** (self.bits or FULL_DEPTH) - 1, int(grey.max())
        self.highest = max(self.highest, found)
        if found > largest:
            raise UnusableImageError(
                f"it has the value {found}, expected at most {largest} (bits: {self.bits})"
            )
        return np.rint(grey.astype(np.float64) * 255 / largest).clip(0, 255).astype(np.uint8)

    def doubt(self) -> str:
        """Return why the depth is to be said: no file uses the upper bits; else nothing."""
        used = self.highest.bit_length()
        if self.bits is not None or not 0 < used <= SHALLOW:
            return ""
        return (
            f"found no value above {self.highest} in the 16-bit images, which would be nearly"
            f" black: say `bits: {max(used, MIN_DEPTH)}` for what the camera fills of the 16, or"
            f" `bits: {FULL_DEPTH}` where they are that dark"
        )


def decode(path: Path, size: int, depth: GreyDepth | None = None) -> np.ndarray:
    """Return the central square of an image, uint8 of shape (size, size, 3).

    The shorter side is resized to `size` with an antialiased bilinear filter. Transparent parts
    are put on white, 16-bit grey is scaled to 8 bits by its `depth`, and EXIF rotation is applied.

    Raises
    ------
    UnusableImageError : the file is empty, cut short, damaged, animated, too large, of another
        form than JPEG, PNG and WebP, or cannot be read.
    """
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                _check_still(image)
                image.load()
                return _square(_upright_rgb(image, depth or GreyDepth()), size)
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
    """Refuse what is animated; the further images of a JPEG are views of the camera's own."""
    frames = getattr(image, "n_frames", 1)
    if image.format != "JPEG" and frames > 1:
        raise UnusableImageError(f"it is animated, found {frames} frames, expected one")


def _unidentified(path: Path) -> str:
    if path.stat().st_size == 0:
        return "it is empty, expected a JPEG, PNG or WebP image"
    with path.open("rb") as file:
        start = file.read(12)
    return f"it is no JPEG, PNG or WebP image, it starts with the bytes {start!r}"


def _upright_rgb(image: Image.Image, depth: GreyDepth) -> Image.Image:
    """Return an image of mode RGB, turned as its EXIF data say."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode in SIXTEEN_BITS:
        return Image.fromarray(depth.in_eight_bits(np.asarray(upright))).convert("RGB")
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
