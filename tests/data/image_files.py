"""Small image files of a folder source, each in a colour of its own."""

from pathlib import Path

import numpy as np
from PIL import Image

from gridproof.parts.data.folder import Options

COUNTS = {"train": 4, "val": 2, "test": 2}
SIZE = 64


def noise(seed: int, height: int = 80, width: int = 100) -> Image.Image:
    """Return an image of random pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def write_class(folder: Path, count: int, seed: int) -> None:
    """Write `count` images into a folder."""
    folder.mkdir(parents=True)
    for number in range(count):
        noise(100 * seed + number).save(folder / f"{number}.png")


def options(path: Path) -> dict[str, object]:
    """Return the options of a folder source."""
    return {"path": str(path), "size": SIZE, "counts": COUNTS, "seed": 0}


def folder_options(path: Path, **changed: object) -> Options:
    """Return the options of a folder source as the source gets them."""
    return Options.model_validate({**options(path), **changed})
