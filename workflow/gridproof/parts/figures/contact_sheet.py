"""Some images of the data: real ones above fake ones, for each split."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gridproof.kit.style import WIDTH
from gridproof.part import figure
from gridproof.parts.kinds.images.prepared_images import load_images

if TYPE_CHECKING:
    from gridproof.part import Inputs

SPLITS = ("train", "val", "test")
COLUMNS = 8
SEED = 0
GAP = 0.04
"""White between two images, as a share of an image's side."""
LABEL_WIDTH, TITLE_HEIGHT = 0.9, 0.6
"""Inches left of the images and above them."""


@figure(
    description="the data: some real and some fake images of each split",
    kinds=["images"],
    shows="data",
    raster=True,
)
def images_by_split(inputs: Inputs) -> Figure:
    """Return some images of each class of each split, a row each, real above fake.

    A class with fewer than COLUMNS images leaves the rest of its row empty.
    """
    facts = inputs.facts()
    classes = list(enumerate(facts["classes"]))[::-1]
    n_rows = len(SPLITS) * len(classes)
    row_height = (WIDTH - LABEL_WIDTH) / COLUMNS
    figure = Figure(figsize=(WIDTH, TITLE_HEIGHT + n_rows * (row_height + 0.06)))
    panels = iter(figure.subplots(n_rows, 1))
    for split in SPLITS:
        for label, name in classes:
            draw_row(next(panels), some_images(inputs.data_dir, split, label), f"{split}\n{name}")
    figure.suptitle(
        f"{COLUMNS} of each class in each split, spread over the order of the data{_seed(facts)}",
        fontsize=12,
        x=0.01,
        ha="left",
    )
    return figure


def describe(inputs: Inputs) -> str:
    """Return what is shown of how many images, and how many look alike across splits."""
    facts = inputs.facts()
    counts = "; ".join(f"{split} {_counts(facts, split)}" for split in SPLITS)
    return (
        f"Contact sheet of {sum(facts['rows'].values()):,} images of {facts['size']} x"
        f" {facts['size']} pixels: for each of train, val and test a row of real and a row of fake"
        f" images, {COLUMNS} of the class, spread over the order of the data{_seed(facts)}."
        f" There are: {counts}."
        f" {_duplicates(int(facts['near_duplicate_pairs']))}"
    )


def some_images(data_dir: Path, split: str, label: int) -> np.ndarray:
    """Return COLUMNS images of a class or all, from its first to its last, uint8.

    The shape is (n, size, size, 3). Images that were cut from one photograph may lie together.
    """
    data = load_images(data_dir, split, SEED)
    rows = np.flatnonzero(data.labels == label)
    places = np.linspace(0, len(rows) - 1, min(COLUMNS, len(rows)))
    return data.images[rows[places.astype(int)]]


def draw_row(axes: Axes, images: np.ndarray, words: str) -> None:
    """Draw images side by side in one panel, with words to their left."""
    axes.imshow(mosaic(images), interpolation="antialiased", interpolation_stage="rgba")
    axes.set_ylabel(words, rotation=0, ha="right", va="center", labelpad=8)
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def mosaic(images: np.ndarray) -> np.ndarray:
    """Return images side by side on white, COLUMNS places wide.

    Parameters
    ----------
    images : uint8 array of shape (n, size, size, 3), n at most COLUMNS.

    Returns
    -------
    uint8 array of shape (size, COLUMNS * size + (COLUMNS - 1) * gap, 3).
    """
    size = images.shape[1]
    gap = max(1, round(GAP * size))
    canvas = np.full((size, COLUMNS * (size + gap) - gap, 3), 255, dtype=np.uint8)
    for column, image in enumerate(images):
        left = column * (size + gap)
        canvas[:, left : left + size] = image
    return canvas


def _seed(facts: dict[str, Any]) -> str:
    """Return whose division of the data is shown, where seeds have different ones."""
    return f", as seed {SEED} divides them" if facts["divisions"] > 1 else ""


def _counts(facts: dict[str, Any], split: str) -> str:
    """Return how many images of each class a split has, in words."""
    counts = facts["class_counts"][split]
    names = zip(facts["classes"], counts, strict=True)
    return " and ".join(f"{count:,} {name}" for name, count in reversed(list(names)))


def _duplicates(pairs: int) -> str:
    """Return the sentence on images of different splits that look alike."""
    if not pairs:
        return "No two images of different splits look alike by their perceptual hashes."
    return (
        f"{pairs:,} {'pair' if pairs == 1 else 'pairs'} of images of different splits look alike"
        " by their perceptual hashes; facts.json lists them."
    )
