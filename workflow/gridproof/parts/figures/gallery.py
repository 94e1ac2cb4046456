"""Images of the prepared data in rows, each with words above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from gridproof.errors import GridproofError
from gridproof.kit.style import WIDTH
from gridproof.parts.kinds.images.prepared_images import load_all_images

if TYPE_CHECKING:
    import numpy as np

COLUMNS = 5
TILE = WIDTH / COLUMNS
WORDS = 0.4
"""Height of the words above a row of images, in inches."""
REAL_COLOR, FAKE_COLOR = "#0072B2", "#D55E00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """An image, its true class (0 fake, 1 real), and what a model says of it."""

    image: str
    label: int
    score: float


def gallery_height(tiles: Sequence[Tile]) -> float:
    """Return the height in inches of a gallery that is as wide as the figure."""
    rows = -(-len(tiles) // COLUMNS)
    return rows * (TILE + WORDS) if rows else WORDS


def draw_gallery(
    part: Figure | SubFigure, data_dir: Path, tiles: Sequence[Tile], classes: Sequence[str]
) -> None:
    """Draw images, framed in the colour of their class, five a row.

    Raises
    ------
    GridproofError
        If the prepared data have no image of a name.
    """
    if not tiles:
        return
    pixels = images_by_name(data_dir, [tile.image for tile in tiles])
    rows = -(-len(tiles) // COLUMNS)
    grid = part.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axes, tile in zip(grid, tiles, strict=False):
        _draw_tile(axes, pixels[tile.image], tile, classes)
    for axes in grid[len(tiles) :]:
        axes.set_axis_off()


def images_by_name(data_dir: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return images, uint8 (size, size, 3), by name."""
    images, known = load_all_images(data_dir)
    rows = {name: row for row, name in enumerate(known)}
    for name in names:
        if name not in rows:
            raise GridproofError(
                f"{data_dir} has no image {name!r}, which was predicted;"
                " expected the data that the cells were trained on"
            )
    return {name: images[rows[name]] for name in names}


def write_sentence(figure: Figure | SubFigure, sentence: str) -> None:
    """Write what there is to say where there is nothing to show."""
    figure.text(0.5, 0.5, sentence, ha="center", va="center")


def _draw_tile(axes: Axes, pixels: np.ndarray, tile: Tile, classes: Sequence[str]) -> None:
    color = REAL_COLOR if tile.label == 1 else FAKE_COLOR
    axes.imshow(pixels, interpolation="antialiased")
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set(visible=True, color=color, linewidth=2.5)
    axes.set_title(
        f"true: {classes[tile.label]}\nscore {tile.score:.3f}", fontsize=10.5, color="#222222"
    )
