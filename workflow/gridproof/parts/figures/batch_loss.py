"""The loss of every batch over a training, and how much it varies, by batch size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gridproof.errors import GridproofError
from gridproof.kit.batch_variance import batch_variance
from gridproof.kit.labels import mean_spread, noted_label, wrapped_label
from gridproof.kit.style import REFERENCE_COLOR, WIDTH, line_styles
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

BINS = 120
"""Each training is divided into so many parts of equal length."""
QUANTILES = (0.05, 0.5, 0.95)
TITLE_CHARACTERS = 40


@figure(
    description="loss of the batches, and its variance by batch size",
    families=["mlp"],
    tables=["batches"],
)
def loss_by_batch(inputs: Inputs) -> Figure:
    """Return a panel a cell with the batch loss over training, and one with its variance."""
    members = inputs.members
    rows = -(-len(members) // 2)
    figure = Figure(figsize=(WIDTH, 2.5 * rows + 3.3))
    parts = figure.subfigures(2, 1, height_ratios=(2.5 * rows, 3.3), squeeze=False)
    panels, lower = parts.ravel()
    grid = panels.subplots(rows, 2, squeeze=False, sharex=True, sharey=True).ravel()
    styles = line_styles(len(members))
    for axes, member, (color, _) in zip(grid, members, styles, strict=False):
        _draw_losses(axes, member, color)
    for axes in grid[len(members) :]:
        axes.remove()
    for axes in grid[max(0, len(members) - 2) : len(members)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("share of the training")
    for axes in grid[::2]:
        axes.set_ylabel("batch loss (nats)")
    grid[0].set_ylim(0, None)
    _draw_variances(lower.subplots(), members, [color for color, _ in styles])
    return figure


def describe(inputs: Inputs) -> str:
    """Return number, final level and variance of the batch losses of each cell in words."""
    parts = []
    for member in inputs.members:
        parts.append(
            f"{noted_label(member)}: {n_batches(member):,} batches a seed, median loss in the last"
            f" part {_last_text(binned(member))}, variance {mean_spread(variances(member), 5)}"
        )
    return (
        "Line charts of the loss of every batch over the training, median and the range from the"
        " 5th to the 95th percentile over batches and seeds, and a chart of the variance of the"
        f" batch loss in the last epoch by batch size. {'; '.join(parts)}."
    )


def binned(member: Member) -> pd.DataFrame:
    """Return percentiles of the batch loss, a row for each part of the training.

    The index is the middle of each part as a share of the training. From the epoch on in which a
    replicate diverged its batches are left out: without any other, no rows are left.
    """
    table, n_steps = member.rows("batches"), n_batches(member)
    if table.empty:
        raise GridproofError(f"the table 'batches' has no rows of {member.label}")
    ends = table["seed"].map(member.diverged).fillna(np.inf)
    epochs = (table["step"] - 1) // (n_steps // member.last_epoch) + 1
    table = table[np.isfinite(table["loss"]) & (epochs < ends)]
    parts = (table["step"] - 1) * min(BINS, n_steps) // n_steps
    quantiles = table.groupby(parts)["loss"].quantile(np.array(QUANTILES)).unstack()
    quantiles = quantiles.reindex(columns=QUANTILES)
    quantiles.index = (quantiles.index + 0.5) / min(BINS, n_steps)
    return quantiles


def n_batches(member: Member) -> int:
    """Return the batches of a whole training."""
    return int(member.epochs["steps"].max())


def variances(member: Member) -> pd.Series:
    """Return the variance of the batch loss in the last epoch by seed, in nats squared."""
    return batch_variance(member.rows("batches"), n_batches(member) // member.last_epoch)


def _last_text(table: pd.DataFrame) -> str:
    return f"{table[QUANTILES[1]].iloc[-1]:.3f} nats" if len(table) else "not finite"


def _draw_losses(axes: Axes, member: Member, color: str) -> None:
    table = binned(member)
    low, middle, high = (table[quantile] for quantile in QUANTILES)
    axes.fill_between(table.index, low, high, color=color, alpha=0.25, lw=0)
    axes.plot(table.index, middle, color=color)
    if table.empty:
        axes.text(0.5, 0.5, "no finite epoch", transform=axes.transAxes, ha="center")
    title = wrapped_label(member, TITLE_CHARACTERS)
    axes.set_title(f"{title}\n{n_batches(member):,} batches a seed", fontsize=10.5)
    axes.set_xlim(0, 1)


def _draw_variances(axes: Axes, members: list[Member], colors: list[str]) -> None:
    """Draw a dot for each seed and a line through the means, beside 1 / batch size."""
    sizes = np.array([float(member.parameters["batch_size"]) for member in members])
    values = [variances(member) for member in members]
    means = np.array([value.mean() for value in values])
    order = np.argsort(sizes, kind="stable")
    finite = order[np.isfinite(means[order])]
    for size, value, color in zip(sizes, values, colors, strict=True):
        axes.plot([size] * len(value), value, "o", color=color, markersize=6)
    if len(np.unique(sizes[finite])) > 1:
        axes.plot(sizes[finite], means[finite], color="#333333", lw=1, zorder=1)
        reference = means[finite[0]] * sizes[finite[0]] / sizes[finite]
        words = "in proportion to 1 / batch size"
        axes.plot(sizes[finite], reference, color=REFERENCE_COLOR, linestyle=":", label=words)
        axes.legend(loc="upper right")
    axes.set(xscale="log", yscale="log", xlabel="batch size (samples, log scale)")
    axes.set(ylabel="variance (nats², log scale)")
    axes.set_title("variance of the batch loss in the last epoch, each dot a seed", fontsize=10.5)
