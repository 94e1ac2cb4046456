"""Small maps of what an experiment's networks predict after some epochs, for the page's sliders."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from PIL import Image

from gridproof.kit.style import SEA_COLOR
from study.figures.geography import MapGrid, class_borders, class_colors, map_grid, places_of
from study.figures.networks import Prediction, predict_epochs

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

WIDTH_PX = 360
"""Width of a frame; its height follows from the map's proportions."""
COARSE_DEGREES = 0.5
"""Step of the grid that the proportions are read from."""
MAX_FRAMES = 8
BORDER_COLOR = "#333333"
UNKNOWN_COLOR = "#BBBBBB"
"""Land where the network's weights are not finite."""


def explore_shapes(inputs: Inputs) -> dict[str, Any] | None:
    """Return what the page's sliders show: for each cell a sprite of its frames, top to bottom.

    `frame` is width and height of a frame in pixels; a `val_accuracy` is None where diverged. None
    where sliders over depth and width would not tell the cells apart.
    """
    members = inputs.members
    if not is_explored([member.parameters for member in members]):
        return None
    places, n_classes = places_of(inputs), int(inputs.facts()["n_classes"])
    grid = frame_grid(map_grid(places, _frame_step(places)))
    colors = class_colors(places, n_classes)
    height, width = grid.land.shape
    return {
        "kind": "explorer",
        "frame": {"width": width, "height": height},
        "cells": [_cell(inputs, member, grid, colors) for member in members],
    }


def is_explored(parameters: Sequence[Mapping[str, object]]) -> bool:
    """Tell whether no two cells, given by their parameters, share depth and width.

    Of a single cell the sliders show the epochs alone.
    """
    shapes = [(cell.get("depth"), cell.get("width")) for cell in parameters]
    return all(None not in shape for shape in shapes) and len(set(shapes)) == len(shapes)


def _cell(inputs: Inputs, member: Member, grid: MapGrid, colors: list[str]) -> dict[str, Any]:
    seed, epochs = member.seeds[0], shown_epochs(member.last_epoch)
    points = grid.land_points()
    predictions = predict_epochs(inputs, member, points, seed=seed, epochs=epochs)
    frames = [draw_frame(grid, prediction, colors) for prediction in predictions]
    accuracies = [member.value("val_accuracy", seed=seed, epoch=epoch) for epoch in epochs]
    return {
        "cell": member.cell,
        "label": member.label,
        "depth": int(member.parameters["depth"]),
        "width": int(member.parameters["width"]),
        "seed": seed,
        "epochs": epochs,
        "val_accuracy": [round(one, 4) if math.isfinite(one) else None for one in accuracies],
        "sprite": sprite_uri(frames),
    }


def shown_epochs(last: int) -> list[int]:
    """Return at most eight epochs: 0, then 1, 2, 5, 10, 20, 50 ... as far as they go, the last."""
    round_numbers = (lead * 10**power for power in range(MAX_FRAMES) for lead in (1, 2, 5))
    earlier = [0, *(epoch for epoch in round_numbers if epoch < last)]
    return [*earlier[: MAX_FRAMES - 1], last]


def frame_grid(grid: MapGrid) -> MapGrid:
    """Return the points of a grid that are pixels of a frame, the north first.

    Of the columns, which are closer together on the ground than the rows, as many are left out as
    make pixels square.
    """
    columns = np.round(np.linspace(0, len(grid.longitudes) - 1, WIDTH_PX)).astype(int)
    return MapGrid(
        longitudes=grid.longitudes[columns],
        latitudes=grid.latitudes[::-1],
        land=grid.land[::-1, columns],
        aspect=grid.aspect,
    )


def draw_frame(grid: MapGrid, prediction: Prediction, colors: list[str]) -> np.ndarray:
    """Return a frame (height, width, 3) of bytes: fills and borders as in the other maps."""
    palette = np.array([to_rgb(color) for color in (*colors, UNKNOWN_COLOR, SEA_COLOR)])
    classes = prediction.classes
    areas = grid.on_land(np.full(int(grid.land.sum()), -2) if classes is None else classes)
    image = palette[areas]
    image[class_borders(areas)] = to_rgb(BORDER_COLOR)
    return np.round(image * 255).astype(np.uint8)


def sprite_uri(frames: list[np.ndarray]) -> str:
    """Return frames of equal size, one below the other, as one lossless WebP in a `data:` URI."""
    content = BytesIO()
    # method 6 saves one byte in fifteen and takes 25 times as long
    Image.fromarray(np.concatenate(frames)).save(
        content, "WEBP", lossless=True, quality=100, method=4
    )
    return f"data:image/webp;base64,{base64.b64encode(content.getvalue()).decode('ascii')}"


def _frame_step(places: pd.DataFrame) -> float:
    """Return the degrees between the rows of a grid whose frame is `WIDTH_PX` wide."""
    coarse = map_grid(places, COARSE_DEGREES)
    span = float(coarse.longitudes[-1] - coarse.longitudes[0])
    return span / (WIDTH_PX * coarse.aspect)
