"""Validation accuracy by epoch and by optimizer step, one line a cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gridproof.draw.inputs import Inputs
from gridproof.kit.bands import draw_band, draw_end
from gridproof.kit.labels import final_value, legend_columns, noted_label, seeds_note
from gridproof.kit.style import WIDTH, line_styles
from gridproof.tables.members import Member

COLUMN = "val_accuracy"


def accuracy_by_step(inputs: Inputs) -> Figure:
    """Return validation accuracy by epoch and, on a logarithmic axis, by optimizer step."""
    members = inputs.members
    figure = Figure(figsize=(WIDTH, 3.4 + 0.22 * len(members)))
    by_epoch, by_step = figure.subplots(1, 2, sharey=True)
    for member, (color, dash) in zip(members, line_styles(len(members)), strict=True):
        values, steps = member.by_seed(COLUMN), steps_of(member)
        trained = values.loc[1:]
        for axes, x, shown in (
            (by_epoch, values.index.to_numpy(), values),
            (by_step, steps.loc[1:].to_numpy(), trained),
        ):
            draw_band(axes, x, shown, color=color, dash=dash, label=noted_label(member))
            draw_end(axes, x, shown, color=color)
    by_epoch.set(xlabel="epoch", ylabel="validation accuracy (fraction)", ylim=(0, None))
    by_epoch.xaxis.set_major_locator(MaxNLocator(integer=True))
    by_step.set(xlabel="optimizer step (log scale)", xscale="log")
    handles, labels = by_epoch.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=legend_columns(labels),
        title=seeds_note(members, band=True),
    )
    return figure


def describe(inputs: Inputs) -> str:
    """Return epochs, steps and final validation accuracy of each cell in words."""
    members = inputs.members
    ends = "; ".join(
        f"{noted_label(member)}: {final_value(member, COLUMN)} after epoch {member.last_epoch}"
        f" and {int(steps_of(member).iloc[-1]):,} steps"
        for member in members
    )
    return (
        "Line charts of validation accuracy, by epoch on the left and by optimizer step on a"
        f" logarithmic axis on the right, {seeds_note(members, band=True)}."
        f" Validation accuracy at the end: {ends}."
    )


def steps_of(member: Member) -> pd.Series:
    """Return the optimizer steps done after each epoch, the same for every seed."""
    return member.epochs.groupby("epoch")["steps"].max().astype(np.int64)
