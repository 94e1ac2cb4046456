"""Validation accuracy and macro AUROC by epoch, one line a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gridproof.kit.labels import final_value, mean_spread, noted_label, seeds_note
from gridproof.kit.style import WIDTH, line_styles
from gridproof.kit.unmeasured import unmeasured_figure
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

PANELS = {"val_accuracy": "validation accuracy", "val_auroc": "validation AUROC"}


@figure(
    description="validation accuracy and AUROC by epoch, one row a cell",
    families=["mlp"],
    measurements=["auroc"],
)
def auroc_by_epoch(inputs: Inputs) -> Figure:
    """Return a row of two panels a cell: accuracy and AUROC by epoch, each seed a line."""
    members = measured(inputs)
    figure = Figure(figsize=(WIDTH, 0.4 + 3.0 * len(members)))
    grid = figure.subplots(len(members), 2, squeeze=False, sharex="row")
    for row, member in zip(grid, members, strict=True):
        for axes, (column, words) in zip(row, PANELS.items(), strict=True):
            _draw_panel(axes, member, column)
            axes.set(ylabel=f"{words} (fraction)", xlabel="epoch")
        row[0].set_title(f"{noted_label(member)}, each line a seed", loc="left")
    return figure


def describe(inputs: Inputs) -> str:
    """Return final values and how much each curve moves from epoch to epoch, in words."""
    members = measured(inputs)
    parts = [
        f"{noted_label(member)}: {words} {final_value(member, column)} after the last epoch,"
        f" changing by {mean_spread(member.jitter(column, 'second'), 4)} from epoch to epoch in the"
        " second half of training"
        for member in members
        for column, words in PANELS.items()
    ]
    return (
        "Line charts of validation accuracy and macro AUROC by epoch, a line for each seed"
        f" ({seeds_note(members, band=False).replace('mean of ', '')}). {'; '.join(parts)}."
    )


def measured(inputs: Inputs) -> list[Member]:
    """Return the cells whose AUROC was measured; GridproofError if there are none."""
    members = [m for m in inputs.members if m.epochs["val_auroc"].notna().any()]
    if not members:
        raise unmeasured_figure("auroc")
    return members


def _draw_panel(axes: Axes, member: Member, column: str) -> None:
    values = member.by_seed(column)
    for seed, (color, dash) in zip(values.columns, line_styles(len(values.columns)), strict=True):
        axes.plot(values.index, values[seed], color=color, linestyle=dash, linewidth=1.2)
    axes.margins(x=0.01)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    moved = mean_spread(member.jitter(column, "second"), 4)
    axes.text(
        0.98,
        0.04,
        f"change an epoch, second half:\n{moved}",
        transform=axes.transAxes,
        ha="right",
        va="bottom",
        fontsize=10.5,
    )
