"""The borders that a network draws, epoch by epoch: some maps side by side, or an animation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from gridproof.kit.style import WIDTH
from gridproof.part import figure
from study.figures.borders import best_replicate
from study.figures.boundaries import draw_regions
from study.figures.geography import MapGrid, class_colors, map_grid, map_height, places_of
from study.figures.networks import Prediction, predict_epochs

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

STILL_DEGREES = 0.15
FRAME_DEGREES = 0.1
PANELS = 6
FRAMES = 32
FRAME_INCHES = 6.0
FRAME_DPI = 100


@figure(
    description="the borders that the best cell draws, epoch by epoch, animated",
    families=["mlp"],
    kinds=["table"],
    needs_checkpoints=True,
    raster=True,
    animated=True,
    opening=4,
)
def borders_by_epoch(inputs: Inputs) -> Figure:
    """Return maps of what the best replicate predicts after some epochs, from the untrained on."""
    member, seed = best_replicate(inputs)
    grid = map_grid(places_of(inputs), STILL_DEGREES)
    width = WIDTH / 3
    figure = Figure(figsize=(WIDTH, 2 * (map_height(grid, width - 0.2) + 0.45) + 0.4))
    panels = figure.subplots(2, 3, sharex=True, sharey=True).ravel()
    epochs = spread_epochs(member.last_epoch, PANELS)
    predictions = predict_epochs(inputs, member, grid.land_points(), seed=seed, epochs=epochs)
    colors = class_colors(places_of(inputs), int(inputs.facts()["n_classes"]))
    for axes, prediction in zip(panels, predictions, strict=False):
        draw_regions(axes, grid, prediction, places_of(inputs), colors)
        axes.set_title(frame_title(prediction), fontsize=10)
        axes.set(xlabel="", ylabel="", xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for axes in panels[len(epochs) :]:
        axes.remove()
    figure.suptitle(f"{member.label}, seed {seed}", x=0.01, ha="left", fontsize=11)
    return figure


def describe(inputs: Inputs) -> str:
    """Return test accuracy after each of the epochs shown, in words."""
    member, seed = best_replicate(inputs)
    ends = ", ".join(
        f"{member.value('test_accuracy', seed=seed, epoch=epoch):.3f} after epoch {epoch}"
        for epoch in spread_epochs(member.last_epoch, PANELS)
    )
    return (
        f"Maps of the class predicted at every point of the land by the network {member.label},"
        f" seed {seed}, as training goes on: test accuracy {ends}."
    )


def frames(inputs: Inputs) -> Iterator[Image.Image]:
    """Yield the map after each of some epochs, as images of equal size."""
    member, seed = best_replicate(inputs)
    grid = map_grid(places_of(inputs), FRAME_DEGREES)
    colors = class_colors(places_of(inputs), int(inputs.facts()["n_classes"]))
    epochs = spread_epochs(member.last_epoch, FRAMES)
    for prediction in predict_epochs(inputs, member, grid.land_points(), seed=seed, epochs=epochs):
        yield draw_frame(inputs, member, grid, prediction, colors)


def draw_frame(
    inputs: Inputs, member: Member, grid: MapGrid, prediction: Prediction, colors: list[str]
) -> Image.Image:
    """Return one map with its epoch and accuracy above it."""
    height = map_height(grid, FRAME_INCHES) + 0.4
    figure = Figure(figsize=(FRAME_INCHES, height), dpi=FRAME_DPI)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1 - 0.4 / height))
    draw_regions(axes, grid, prediction, places_of(inputs), colors)
    axes.set_axis_off()
    figure.text(0.015, 1 - 0.2 / height, frame_title(prediction), va="center", fontsize=13)
    figure.text(0.985, 1 - 0.2 / height, member.label, va="center", ha="right", fontsize=11)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def frame_title(prediction: Prediction) -> str:
    """Return the epoch and how often the network is right on the test split."""
    if prediction.epoch == 0:
        return f"untrained: test accuracy {prediction.test_accuracy:.3f}"
    return f"epoch {prediction.epoch}: test accuracy {prediction.test_accuracy:.3f}"


def spread_epochs(last: int, count: int) -> list[int]:
    """Return at most `count` epochs from 0 to the last, closer together where more changes."""
    spread = np.geomspace(1, last + 1, count) - 1
    rounded = np.unique(np.maximum(np.round(spread), np.arange(count))).astype(int)
    return [int(epoch) for epoch in rounded if epoch < last] + [last]
