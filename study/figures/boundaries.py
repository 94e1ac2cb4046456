"""Decision regions over the map, one panel a cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from gridproof.kit.labels import divergence_note
from gridproof.kit.style import SEA_COLOR, WIDTH
from gridproof.part import figure
from study.figures.geography import (
    MapGrid,
    class_borders,
    class_colors,
    frame_map,
    inner_points,
    map_grid,
    map_height,
    places_of,
    write_code,
)
from study.figures.networks import Prediction, predict_points
from study.figures.shape_sliders import explore_shapes

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

STEP_DEGREES = 0.1
MIN_AREA_POINTS = 60
"""Regions of fewer grid points get no code."""
LABEL_HEIGHT = 0.45
"""Inches for what the lower axes say, and the second line of titles."""
CODE_SIZE = 11.0
"""Size of the codes where one map fills the figure, in points."""


@figure(
    description="what each cell predicts over the map, one panel a cell",
    families=["mlp"],
    kinds=["table"],
    needs_checkpoints=True,
    raster=True,
    opening=2,
)
def boundaries_by_cell(inputs: Inputs) -> Figure:
    """Return a map for each cell: what the first seed's final network predicts on land."""
    facts, places, members = inputs.facts(), places_of(inputs), inputs.members
    grid = map_grid(places, STEP_DEGREES)
    colors = class_colors(places, int(facts["n_classes"]))
    columns = panel_columns(len(members))
    rows = math.ceil(len(members) / columns)
    width = WIDTH / columns
    height = rows * (map_height(grid, width - 0.25) + 0.65) + LABEL_HEIGHT
    figure = Figure(figsize=(WIDTH, height))
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for axes, member in zip(panels, members, strict=False):
        prediction = predict_points(inputs, member, grid.land_points(), seed=member.seeds[0])
        draw_regions(axes, grid, prediction, places, colors)
        write_codes(axes, grid, prediction, facts["classes"], CODE_SIZE / columns**0.5)
        axes.set_title(panel_title(member, prediction), fontsize=10)
        axes.label_outer()
    for axes in panels[len(members) :]:
        axes.remove()
    for axes in panels[max(0, len(members) - columns) : len(members)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("longitude (°E)")
    return figure


def describe(inputs: Inputs) -> str:
    """Return the test accuracy of each panel in words."""
    parts = []
    for member in inputs.members:
        seed = member.seeds[0]
        accuracy = f"test accuracy {float(member.finals('test_accuracy')[seed]):.3f}"
        diverged = seed in member.diverged
        parts.append(f"{member.label}: {'diverged' if diverged else accuracy} (seed {seed})")
    return f"Maps of the class predicted at every point of the land. {'; '.join(parts)}."


def explore(inputs: Inputs) -> dict[str, Any] | None:
    """Return small maps by depth, width and epoch; None where cells share depth and width."""
    return explore_shapes(inputs)


def panel_columns(count: int) -> int:
    """Return how many maps stand side by side."""
    return count if count < 3 else 2 if count == 4 else 3


def panel_title(member: Member, prediction: Prediction) -> str:
    """Return the label of a cell and how often its network is right on the test split."""
    if prediction.classes is None:
        return f"{member.label}\n{divergence_note(member) or 'weights not finite'}"
    return f"{member.label}\ntest accuracy {prediction.test_accuracy:.3f}"


def draw_regions(
    axes: Axes, grid: MapGrid, prediction: Prediction, places: pd.DataFrame, colors: list[str]
) -> None:
    """Fill the land with the predicted classes' colours, a dark line between them."""
    frame_map(axes, grid)
    if prediction.classes is None:
        axes.scatter(
            places["longitude"], places["latitude"], s=0.2, c="#BBBBBB", lw=0, rasterized=True
        )
        return
    areas = grid.on_land(prediction.classes)
    palette = np.array([to_rgb(color) for color in (*colors, SEA_COLOR)])
    image = palette[areas]
    image[class_borders(areas)] = to_rgb("#333333")
    axes.imshow(
        image, origin="lower", extent=grid.extent, aspect=grid.aspect, interpolation="antialiased"
    )


def write_codes(
    axes: Axes, grid: MapGrid, prediction: Prediction, classes: list[str], size: float
) -> None:
    """Write the code of each predicted class inside its largest region."""
    if prediction.classes is None:
        return
    areas = grid.on_land(prediction.classes)
    for one, point in inner_points(grid, areas, MIN_AREA_POINTS).items():
        write_code(axes, point, str(classes[one]), size)
