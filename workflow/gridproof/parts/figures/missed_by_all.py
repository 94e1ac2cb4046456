"""The images that every model gets wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from gridproof.kit.baselines import outcomes_by_label, predictions
from gridproof.kit.model_comparison import labels, missed_by_all, scores
from gridproof.kit.style import WIDTH
from gridproof.part import figure
from gridproof.parts.figures.gallery import Tile, draw_gallery, gallery_height, write_sentence

if TYPE_CHECKING:
    from gridproof.part import Inputs

MOST = 15
TITLE = 0.36
"""Height of the line above the images, in inches."""


@figure(
    description="images that all models get wrong",
    tables=["predictions"],
    kinds=["images"],
    raster=True,
)
def missed_by_all_models(inputs: Inputs) -> Figure:
    """Return the test images that all models get wrong, the surest mistakes first; 15 at most."""
    tiles, counted = missed_tiles(inputs), sentence(inputs)
    shown = tiles[:MOST]
    figure = Figure(figsize=(WIDTH, TITLE + gallery_height(shown)))
    if shown:
        figure.suptitle(counted, x=0.01, ha="left", fontsize=11)
        draw_gallery(figure, inputs.data_dir, shown, inputs.facts()["classes"])
    else:
        write_sentence(figure, counted)
    return figure


def describe(inputs: Inputs) -> str:
    """Return how many images all models get wrong, and which are shown, in words."""
    classes = inputs.facts()["classes"]
    tiles = missed_tiles(inputs)
    shown = ", ".join(
        f"{tile.image} ({classes[tile.label]}, {tile.score:.3f})" for tile in tiles[:MOST]
    )
    rule = " A model gets an image wrong if more than half of its seeds do."
    if not shown:
        return f"A sentence in place of images: {sentence(inputs)}{rule}"
    return (
        f"{sentence(inputs)}{rule} With their true class and the mean score of the models, the"
        f" probability that the image is real: {shown}."
    )


def missed_tiles(inputs: Inputs) -> list[Tile]:
    """Return the images that all models get wrong, those furthest on the wrong side first.

    The score of an image is the mean over the models of the mean over their seeds.
    """
    members = inputs.members
    names = missed_by_all(outcomes_by_label(members))
    rows = [predictions(member) for member in members]
    means = pd.concat([scores(part).mean(axis=1) for part in rows], axis=1).mean(axis=1)
    truth = labels(rows[0])
    tiles = [Tile(image=name, label=int(truth[name]), score=float(means[name])) for name in names]
    return sorted(tiles, key=lambda tile: (-abs(round(tile.score, 12) - tile.label), tile.image))


def sentence(inputs: Inputs) -> str:
    """Return how many of the test images all models get wrong."""
    models = outcomes_by_label(inputs.members)
    missed = len(missed_by_all(models))
    n_images = len(next(iter(models.values())))
    found = f"{missed:,} of {n_images:,} test images fool" if missed else "No test image fools"
    more = f" ({MOST} of them shown)" if missed > MOST else ""
    return f"{found} all {len(models)} models{more}."
