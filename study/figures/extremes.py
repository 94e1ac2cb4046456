"""The best and the worst cell of an experiment: its losses, and the map that it draws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gridproof.errors import GridproofError
from gridproof.kit.bands import draw_band
from gridproof.kit.labels import final_value, noted_label, seeds_note, wrapped_label
from gridproof.kit.style import SPLIT_COLORS, WIDTH
from gridproof.part import figure
from gridproof.parts.figures.splits import DASHES
from study.figures.boundaries import draw_regions
from study.figures.geography import class_colors, map_grid, map_height, places_of
from study.figures.networks import predict_points
from study.figures.shape_sliders import explore_shapes

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

STEP_DEGREES = 0.1
MAP_WIDTH = 3.1
TITLE_CHARACTERS = 36


@figure(
    description="curves and map of the cells with the lowest and the highest loss",
    families=["mlp"],
    kinds=["table"],
    needs_checkpoints=True,
    raster=True,
)
def best_and_worst(inputs: Inputs) -> Figure:
    """Return a row for each of the two cells: loss by epoch on the splits, map of one seed.

    They are the cells with the lowest and the highest mean validation loss after the last epoch.
    """
    members = extremes(inputs)
    grid = map_grid(places_of(inputs), STEP_DEGREES)
    colors = class_colors(places_of(inputs), int(inputs.facts()["n_classes"]))
    height = map_height(grid, MAP_WIDTH) + 0.75
    figure = Figure(figsize=(WIDTH, 0.8 + height * len(members)))
    rows = figure.subplots(
        len(members), 2, squeeze=False, width_ratios=(WIDTH - MAP_WIDTH, MAP_WIDTH)
    )
    for (losses, chart), (words, member) in zip(rows, members.items(), strict=True):
        _draw_losses(losses, member)
        title = wrapped_label(member, TITLE_CHARACTERS, before=f"{words}: ")
        losses.set_title(title, loc="left")
        prediction = predict_points(inputs, member, grid.land_points(), seed=mapped_seed(member))
        draw_regions(chart, grid, prediction, places_of(inputs), colors)
        chart.set(xlabel="", ylabel="", xticks=[], yticks=[])
        chart.spines[:].set_visible(False)
        chart.set_title(f"test accuracy {prediction.test_accuracy:.3f} (seed {prediction.seed})")
    handles, labels = rows[0][0].get_legend_handles_labels()
    note = seeds_note(list(members.values()), band=True)
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), title=note)
    return figure


def describe(inputs: Inputs) -> str:
    """Return the final losses of both cells and the accuracy of each map in words."""
    parts = []
    for words, member in extremes(inputs).items():
        ends = ", ".join(
            f"{split} loss {final_value(member, f'{split}_loss')}" for split in SPLIT_COLORS
        )
        seed = mapped_seed(member)
        accuracy = float(member.finals("test_accuracy")[seed])
        parts.append(
            f"{words}, {noted_label(member)}: {ends};"
            f" test accuracy {accuracy:.3f} of the map, seed {seed}"
        )
    return (
        "Line charts of loss by epoch and maps of the class predicted at every point of the land,"
        f" for the cells with the lowest and the highest validation loss. {'. '.join(parts)}."
    )


def explore(inputs: Inputs) -> dict[str, Any] | None:
    """Return small maps by depth, width and epoch; None where cells share depth and width."""
    return explore_shapes(inputs)


def extremes(inputs: Inputs) -> dict[str, Member]:
    """Return the best and the worst cell by mean validation loss after the last epoch.

    Raises
    ------
    GridproofError
        If fewer than two cells have a finite loss.
    """
    losses = [(float(m.finals("val_loss").mean()), at) for at, m in enumerate(inputs.members)]
    finite = sorted(pair for pair in losses if math.isfinite(pair[0]))
    if len(finite) < 2:
        raise GridproofError("the figure 'extremes' needs two cells with a finite validation loss")
    return {"best": inputs.members[finite[0][1]], "worst": inputs.members[finite[-1][1]]}


def mapped_seed(member: Member) -> int:
    """Return the first seed whose last validation loss is finite."""
    return min(int(seed) for seed in member.finals("val_loss").dropna().index)


def _draw_losses(axes: Axes, member: Member) -> None:
    for split, color in SPLIT_COLORS.items():
        values = member.by_seed(f"{split}_loss").loc[1:]
        draw_band(axes, values.index, values, color=color, dash=DASHES[split], label=split)
    axes.set(xlabel="epoch", ylabel="loss (nats)", ylim=(0, None))
    axes.margins(x=0.01)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
