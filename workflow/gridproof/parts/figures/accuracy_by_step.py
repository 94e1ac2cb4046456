"""Validation accuracy by epoch and by optimizer step, one line a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gridproof.kit.bands import Line, draw_end, draw_line, lines_of
from gridproof.kit.chart_panels import Panel, end_of, panel, places_of_lines, series_of
from gridproof.kit.labels import final_value, legend_columns, noted_label, seeds_note
from gridproof.kit.style import WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

COLUMN = "val_accuracy"


@figure(description="validation accuracy by epoch and by optimizer step, one line a cell")
def accuracy_by_step(inputs: Inputs) -> Figure:
    """Return validation accuracy by epoch and, on a logarithmic axis, by optimizer step."""
    members = inputs.members
    figure = Figure(figsize=(WIDTH, 3.4 + 0.22 * len(members)))
    by_epoch, by_step = figure.subplots(1, 2, sharey=True)
    for axes, lines in ((by_epoch, lines_by_epoch(members)), (by_step, lines_by_step(members))):
        for line in lines:
            draw_line(axes, line)
            draw_end(axes, line.values.index.to_numpy(), line.values, color=line.color)
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


def chart(inputs: Inputs) -> list[Panel]:
    """Return a panel by epoch and one by optimizer step."""
    members = inputs.members
    return [
        chart_panel("epoch", lines_by_epoch(members), members, by_step=False),
        chart_panel("optimizer step", lines_by_step(members), members, by_step=True),
    ]


def chart_panel(x: str, lines: list[Line], members: list[Member], *, by_step: bool) -> Panel:
    """Return one panel of the chart."""
    xs = places_of_lines(lines)
    return panel(x, "validation accuracy (fraction)", xs, whole=(0, None), quantity=COLUMN) | {
        "log": {"x": by_step, "y": False},
        "sparse": by_step,
        "note": seeds_note(members, band=True),
        "series": [series_of(line, xs) | {"marks": end_of(line.values)} for line in lines],
    }


def lines_by_epoch(members: list[Member]) -> list[Line]:
    """Return the accuracy of each cell by epoch, 0 being the untrained network."""
    return lines_of(members, [member.by_seed(COLUMN) for member in members])


def lines_by_step(members: list[Member]) -> list[Line]:
    """Return the accuracy of each cell by steps done; a logarithmic axis has no step 0."""
    values = [
        member.by_seed(COLUMN).loc[1:].set_axis(steps_of(member).loc[1:], axis="index")
        for member in members
    ]
    return lines_of(members, values)


def steps_of(member: Member) -> pd.Series:
    """Return the optimizer steps done after each epoch, the same for every seed."""
    return member.epochs.groupby("epoch")["steps"].max().astype(np.int64)
