"""Loss and accuracy by epoch on the three splits, one row of panels a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gridproof.kit.bands import draw_band
from gridproof.kit.labels import final_value, noted_label, seeds_note
from gridproof.kit.style import REFERENCE_COLOR, SPLIT_COLORS, WIDTH
from gridproof.part import figure
from gridproof.parts.figures.curves import HEADROOM

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

EVAL_LABEL = "train, eval mode"
DASHES = {"train": "-", "val": "-", "test": (0, (4, 2))}


@figure(description="loss and accuracy by epoch of train, val and test, one row a cell")
def splits_by_epoch(inputs: Inputs) -> Figure:
    """Return a row of two panels for each cell: loss, accuracy; a line for each split."""
    members, facts = inputs.members, inputs.facts()
    figure = Figure(figsize=(WIDTH, 0.7 + 2.6 * len(members)))
    grid = figure.subplots(len(members), 2, squeeze=False, sharex="row", sharey="col")
    references = (float(facts["prior_entropy"]), float(facts["largest_class_share"]))
    for member, (loss, accuracy) in zip(members, grid, strict=True):
        _draw_panel(loss, member, "loss", references[0])
        _draw_panel(accuracy, member, "accuracy", references[1])
        loss.set_title(noted_label(member), loc="left")
        loss.set(ylabel="loss (nats)")
        accuracy.set(ylabel="accuracy (fraction)")
    for axes in grid[-1]:
        axes.set_xlabel("epoch")
    grid[0][0].set_ylim(0, HEADROOM * references[0])
    grid[0][1].set_ylim(0, 1)
    handles = dict(
        pair
        for row in grid
        for pair in zip(*reversed(row[0].get_legend_handles_labels()), strict=True)
    )
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside lower center",
        ncols=len(handles),
        title=seeds_note(members, band=True),
        columnspacing=1.2,
    )
    return figure


def describe(inputs: Inputs) -> str:
    """Return loss and accuracy of each split at the last epoch in words."""
    members = inputs.members
    parts = []
    for member in members:
        ends = ", ".join(
            f"{split} loss {final_value(member, f'{split}_loss')}"
            f" and accuracy {final_value(member, f'{split}_accuracy')}"
            for split in SPLIT_COLORS
        )
        if np.isfinite(member.finals("train_eval_loss")).any():
            ends += (
                f", {EVAL_LABEL} (circles), loss {final_value(member, 'train_eval_loss')}"
                f" and accuracy {final_value(member, 'train_eval_accuracy')}"
            )
        parts.append(f"{noted_label(member)}: {ends}")
    return (
        f"Line charts of loss and accuracy by epoch, {seeds_note(members, band=True)}."
        f" After the last epoch, {'; '.join(parts)}."
    )


def _draw_panel(axes: Axes, member: Member, quantity: str, reference: float) -> None:
    for split, color in SPLIT_COLORS.items():
        values = member.by_seed(f"{split}_{quantity}")
        draw_band(axes, values.index, values, color=color, dash=DASHES[split], label=split)
    in_eval_mode = member.by_seed(f"train_eval_{quantity}").mean(axis=1).dropna()
    if not in_eval_mode.empty:
        axes.plot(
            in_eval_mode.index,
            in_eval_mode,
            label=EVAL_LABEL,
            color=SPLIT_COLORS["train"],
            linestyle="none",
            marker="o",
            markersize=5,
            markerfacecolor="white",
        )
    axes.axhline(reference, color=REFERENCE_COLOR, linestyle=":", label="class prior")
    axes.margins(x=0.01)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
