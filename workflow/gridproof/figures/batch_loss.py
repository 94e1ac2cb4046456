"""The loss of every batch over a training, and how much it varies, by batch size."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gridproof.errors import GridproofError
from gridproof.figures.inputs import Inputs, Member
from gridproof.figures.style import REFERENCE_COLOR, WIDTH, line_styles
from gridproof.figures.text import mean_spread, noted_label
from gridproof.tables.derived import batch_variance

BINS = 120
"""Each training is divided into so many parts of equal length."""
QUANTILES = (0.05, 0.5, 0.95)


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
        table = binned(member)
        parts.append(
            f"{noted_label(member)}: {n_batches(member):,} batches a seed, median loss in the last"
            f" part {table[0.5].iloc[-1]:.3f} nats, variance {_variance_text(member)}"
        )
    return (
        "Line charts of the loss of every batch over the training, median and the range from the"
        " 5th to the 95th percentile over batches and seeds, and a chart of the variance of the"
        f" batch loss in the last epoch by batch size. {'; '.join(parts)}."
    )


def binned(member: Member) -> pd.DataFrame:
    """Return percentiles of the batch loss, a row for each part of the training.

    The index is the middle of each part as a share of the training.
    """
    table = member.rows("batches")
    if table.empty:
        raise GridproofError(f"the table 'batches' has no rows of {member.label}")
    n_steps = int(table["step"].max())
    parts = (table["step"] - 1) * min(BINS, n_steps) // n_steps
    quantiles = table.groupby(parts)["loss"].quantile(np.array(QUANTILES)).unstack()
    quantiles.index = (quantiles.index + 0.5) / min(BINS, n_steps)
    return quantiles


def n_batches(member: Member) -> int:
    """Return the batches of a whole training."""
    return int(member.epochs["steps"].max())


def variances(member: Member) -> pd.Series:
    """Return the variance of the batch loss in the last epoch by seed, in nats squared."""
    return batch_variance(member.rows("batches"), n_batches(member) // member.last_epoch)


def _variance_text(member: Member) -> str:
    return mean_spread(variances(member), digits=5)


def _draw_losses(axes: Axes, member: Member, color: str) -> None:
    table = binned(member)
    low, middle, high = (table[quantile] for quantile in QUANTILES)
    axes.fill_between(table.index, low, high, color=color, alpha=0.25, lw=0)
    axes.plot(table.index, middle, color=color)
    axes.set_title(f"{noted_label(member)}\n{n_batches(member):,} batches a seed", fontsize=10.5)
    axes.margins(x=0)


def _draw_variances(axes: Axes, members: list[Member], colors: list[str]) -> None:
    """Draw a dot for each seed and a line through the means, beside 1 / batch size."""
    sizes = np.array([float(member.parameters["batch_size"]) for member in members])
    values = [variances(member) for member in members]
    means = np.array([value.mean() for value in values])
    order = np.argsort(sizes, kind="stable")
    axes.plot(sizes[order], means[order], color="#333333", lw=1, zorder=1)
    for size, value, color in zip(sizes, values, colors, strict=True):
        axes.plot([size] * len(value), value, "o", color=color, markersize=6)
    first = order[0]
    reference = means[first] * sizes[first] / sizes[order]
    axes.plot(
        sizes[order],
        reference,
        color=REFERENCE_COLOR,
        linestyle=":",
        label="in proportion to 1 / batch size",
    )
    axes.set(xscale="log", yscale="log", xlabel="batch size (samples, log scale)")
    axes.set(ylabel="variance (nats², log scale)")
    axes.set_title("variance of the batch loss in the last epoch, each dot a seed", fontsize=10.5)
    axes.legend(loc="lower left")
