"""The learned borders of an experiment's best replicate, large."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from gridproof.errors import GridproofError
from gridproof.kit.style import WIDTH
from gridproof.part import figure
from study.figures.boundaries import draw_regions, write_codes
from study.figures.geography import class_colors, map_grid, map_height, places_of
from study.figures.networks import predict_points, stored_seeds
from study.figures.shape_sliders import explore_shapes

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

STEP_DEGREES = 0.05
CODE_SIZE = 10.0


@figure(
    description="what the best cell predicts over the map, large",
    families=["mlp"],
    kinds=["table"],
    needs_checkpoints=True,
    raster=True,
    opening=3,
)
def borders_of_best_cell(inputs: Inputs) -> Figure:
    """Return the map of what the replicate with the lowest validation loss predicts at its best."""
    facts, places = inputs.facts(), places_of(inputs)
    member, seed = best_replicate(inputs)
    grid = map_grid(places, STEP_DEGREES)
    prediction = predict_points(inputs, member, grid.land_points(), seed=seed, weights="best")
    figure = Figure(figsize=(WIDTH, 0.9 + map_height(grid, WIDTH - 0.6)))
    axes = figure.add_subplot()
    draw_regions(axes, grid, prediction, places, class_colors(places, int(facts["n_classes"])))
    write_codes(axes, grid, prediction, facts["classes"], CODE_SIZE)
    axes.set_title(
        f"{member.label}: test accuracy {prediction.test_accuracy:.3f}"
        f" (seed {seed}, epoch {prediction.epoch})",
        loc="left",
    )
    return figure


def describe(inputs: Inputs) -> str:
    """Return which replicate is shown and its test accuracy in words."""
    member, seed = best_replicate(inputs)
    epoch = member.best_epochs[seed]
    accuracy = member.value("test_accuracy", seed=seed, epoch=epoch)
    return (
        "Map of the class predicted at every point of the land by the network with the lowest"
        f" validation loss, {member.label}, seed {seed}, after epoch {epoch}:"
        f" test accuracy {accuracy:.3f}."
    )


def explore(inputs: Inputs) -> dict[str, Any] | None:
    """Return small maps by depth, width and epoch; None where cells share depth and width."""
    return explore_shapes(inputs)


def best_replicate(inputs: Inputs) -> tuple[Member, int]:
    """Return the cell and the seed, among those with weights, with the lowest validation loss.

    Raises
    ------
    GridproofError
        If no replicate has a finite loss.
    """
    scores = {
        (position, seed): member.value("val_loss", seed=seed, epoch=epoch)
        for position, member in enumerate(inputs.members)
        for seed, epoch in member.best_epochs.items()
        if seed in stored_seeds(inputs.weights_of(member.cell))
    }
    finite = {key: loss for key, loss in scores.items() if math.isfinite(loss)}
    if not finite:
        raise GridproofError("no cell of this experiment has borders to show: every one diverged")
    position, seed = min(finite, key=lambda key: (finite[key], key))
    return inputs.members[position], seed
