"""The data on the map: every place, coloured by its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure

from gridproof.kit.style import SEA_COLOR, WIDTH
from gridproof.part import figure
from study.figures.geography import (
    class_colors,
    frame_map,
    map_grid,
    map_height,
    places_of,
    write_code,
)

if TYPE_CHECKING:
    from gridproof.part import Inputs

STEP_DEGREES = 0.2
SPLITS = ("train", "val", "test")


@figure(
    description="the data: every place on the map, coloured by its class",
    kinds=["table"],
    shows="data",
    raster=True,
    opening=1,
)
def places_by_class(inputs: Inputs) -> Figure:
    """Return a map with a dot for each place, the classes' codes, and the rows of each split."""
    facts, places = inputs.facts(), places_of(inputs)
    grid = map_grid(places, STEP_DEGREES)
    colors = to_rgba_array(class_colors(places, int(facts["n_classes"])))
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
    (west, east), (south, north) = [(one["min"], one["max"]) for one in facts["columns"]]
    return (
        f"Map of {sum(facts['rows'].values()):,} places in {facts['n_classes']} classes"
        f" ({', '.join(facts['classes'])}); rows: {_rows(facts['rows'])}."
        f" Longitude {west:.1f} to {east:.1f}, latitude {south:.1f} to {north:.1f} degrees."
    )


def _rows(rows: dict[str, int]) -> str:
    return ", ".join(f"{split} {rows[split]:,}" for split in SPLITS)
