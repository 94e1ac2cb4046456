"""The data on the map: every place, coloured by its class."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from gridproof.draw.inputs import Inputs
from gridproof.kit.style import SEA_COLOR, WIDTH
from gridproof.parts.figures.geography import MapGrid, class_colors, frame_map, map_grid

STEP_DEGREES = 0.2
SPLITS = ("train", "val", "test")


def places_by_class(inputs: Inputs) -> Figure:
    """Return a map with a dot for each place, the classes' codes, and the rows of each split."""
    facts, places = inputs.facts(), inputs.places()
    grid = map_grid(places, STEP_DEGREES)
    colors = np.array(class_colors(places, int(facts["n_classes"])))
    figure = Figure(figsize=(WIDTH, 0.6 + map_height(grid, WIDTH - 0.6)))
    axes = figure.add_subplot()
    order = np.argsort(places["latitude"].to_numpy(), kind="stable")
    axes.scatter(
        places["longitude"].to_numpy()[order],
        places["latitude"].to_numpy()[order],
        c=colors[places["label"].to_numpy(dtype=int)[order]],
        s=2.5,
        linewidths=0,
        rasterized=True,
    )
    centres = places.groupby("label")[["longitude", "latitude"]].median()
    for one, centre in zip(centres.index, centres.to_numpy(), strict=True):
        write_code(axes, centre, str(facts["classes"][int(str(one))]), size=9)
    frame_map(axes, grid)
    axes.set_facecolor(SEA_COLOR)
    axes.set_title(f"{facts['n_classes']} classes; rows: {_rows(facts['rows'])}", loc="left")
    return figure


def describe(inputs: Inputs) -> str:
    """Return the numbers of places and classes and the extent in words."""
    facts = inputs.facts()
    (west, east), (south, north) = facts["longitude"], facts["latitude"]
    return (
        f"Map of {sum(facts['rows'].values()):,} places in {facts['n_classes']} classes"
        f" ({', '.join(facts['classes'])}); rows: {_rows(facts['rows'])}."
        f" Longitude {west:.1f} to {east:.1f}, latitude {south:.1f} to {north:.1f} degrees."
    )


def map_height(grid: MapGrid, width: float) -> float:
    """Return the height in inches of a map that is `width` inches wide."""
    west, east, south, north = grid.extent
    return width * grid.aspect * (north - south) / (east - west)


def write_code(
    axes: Axes, position: np.ndarray | tuple[float, float], code: str, size: float
) -> None:
    """Write a class's code on the map, dark on a light edge."""
    axes.text(
        position[0],
        position[1],
        code,
        fontsize=size,
        fontweight="bold",
        ha="center",
        va="center",
        color="#111111",
        path_effects=[withStroke(linewidth=2, foreground="white", alpha=0.75)],
        clip_on=True,
    )


def _rows(rows: dict[str, int]) -> str:
    return ", ".join(f"{split} {rows[split]:,}" for split in SPLITS)
