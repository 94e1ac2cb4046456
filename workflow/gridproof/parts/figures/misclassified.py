"""The surest mistakes of the best and of the worst model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from gridproof.kit.baselines import places_of, predictions
from gridproof.kit.model_comparison import Place, most_confidently_wrong
from gridproof.kit.style import WIDTH
from gridproof.part import figure
from gridproof.parts.figures.gallery import Tile, draw_gallery, gallery_height, write_sentence

if TYPE_CHECKING:
    from gridproof.part import Inputs

COUNT = 5
TITLE = 0.36
"""Height of the title above a model's images, in inches."""


@figure(
    description="images that the best and the worst model are most surely wrong about",
    tables=["predictions"],
    kinds=["images"],
    raster=True,
)
def mistakes_of_extremes(inputs: Inputs) -> Figure:
    """Return five images each that the best and the worst model are most surely wrong about."""
    found = mistakes(inputs)
    heights = [TITLE + gallery_height(tiles) for _, _, tiles in found]
    figure = Figure(figsize=(WIDTH, sum(heights)))
    parts = figure.subfigures(len(found), 1, squeeze=False, height_ratios=heights).ravel()
    classes = inputs.facts()["classes"]
    for part, (words, place, tiles) in zip(parts, found, strict=True):
        title = f"{words}: {place.label}, test accuracy {place.accuracy:.3f}"
        part.suptitle(title, x=0.01, ha="left", fontsize=12)
        draw_gallery(part, inputs.data_dir, tiles, classes)
        if not tiles:
            write_sentence(part, "This model is wrong about no image.")
    return figure


def describe(inputs: Inputs) -> str:
    """Return the shown images, their classes and scores in words."""
    classes = inputs.facts()["classes"]
    parts = []
    for words, place, tiles in mistakes(inputs):
        shown = ", ".join(
            f"{tile.image} ({classes[tile.label]}, {tile.score:.3f})" for tile in tiles
        )
        parts.append(
            f"{words.capitalize()}, {place.label} with a test accuracy of {place.accuracy:.3f}:"
            f" {shown or 'wrong about no image'}"
        )
    return (
        f"The {COUNT} test images that the models with the highest and the lowest test accuracy are"
        " most surely wrong about, with their true class and the score, the mean over seeds of the"
        f" probability that the image is real. {'. '.join(parts)}."
    )


def mistakes(inputs: Inputs) -> list[tuple[str, Place, list[Tile]]]:
    """Return the best and the worst model with their surest mistakes; one model is the only one."""
    _, places = places_of(inputs)
    ends = (
        [("best", places[0]), ("worst", places[-1])] if len(places) > 1 else [("only", places[0])]
    )
    members = {member.label: member for member in inputs.members}
    return [(words, place, _tiles(predictions(members[place.label]))) for words, place in ends]


def _tiles(rows: pd.DataFrame) -> list[Tile]:
    table = most_confidently_wrong(rows, COUNT)
    return [
        Tile(image=str(row.image), label=int(str(row.label)), score=float(str(row.score)))
        for row in table.itertuples()
    ]
