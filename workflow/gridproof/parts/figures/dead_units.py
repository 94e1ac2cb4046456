"""The share of dead units in each layer, before training and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from gridproof.kit.labels import noted_label
from gridproof.kit.style import WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

COLORS = "cividis"
NUMBERED_LAYERS = 12
"""Up to so many layers the shares are written into their boxes."""


@figure(
    description="share of dead units in each layer, before training and after it",
    families=["mlp"],
    measurements=["dead_relus"],
)
def dead_share_by_layer(inputs: Inputs) -> Figure:
    """Return two rows of boxes a cell, one box a layer: the mean share over the seeds."""
    members, tables = inputs.measured("dead_relus", "activations")
    figure = Figure(figsize=(WIDTH, 1.5 + 0.95 * len(members)))
    rows = figure.subplots(len(members), 1, squeeze=False).ravel()
    images = [
        _draw_cell(axes, member, table)
        for axes, member, table in zip(rows, members, tables, strict=True)
    ]
    rows[-1].set_xlabel("hidden layer, from the input (0)")
    figure.colorbar(
        images[0],
        ax=rows.tolist(),
        location="bottom",
        shrink=0.6,
        aspect=40,
        label="dead units (share, mean over the seeds)",
    )
    return figure


def describe(inputs: Inputs) -> str:
    """Return the mean share and the worst layer of each cell, before and after, in words."""
    parts = []
    for member, table in zip(*inputs.measured("dead_relus", "activations"), strict=True):
        shares = by_layer(table)
        texts = [
            f"{words} {_row_text(row)}"
            for words, (_, row) in zip(
                ("before training", "after it"), shares.iterrows(), strict=True
            )
        ]
        parts.append(f"{noted_label(member)}: {', '.join(texts)}")
    return (
        "Heat maps of the share of units in each hidden layer whose ReLU is zero on the whole train"
        f" split, mean over the seeds. {'; '.join(parts)}."
    )


def by_layer(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean share with a row for each epoch, the untrained first, and a column a layer.

    NaN where no seed has finite weights.
    """
    return table.pivot_table(
        index="epoch", columns="layer", values="dead_share", aggfunc="mean", dropna=False
    )


def _row_text(shares: pd.Series) -> str:
    finite = shares.dropna()
    if finite.empty:
        return "unknown, weights are not finite"
    worst = int(str(finite.idxmax()))
    return f"{finite.mean():.3f} on average and {finite.max():.3f} in layer {worst}, the highest"


def _draw_cell(axes: Axes, member: Member, table: pd.DataFrame) -> AxesImage:
    shares = by_layer(table).to_numpy()
    depth = shares.shape[1]
    axes.set_facecolor("#DDDDDD")
    axes.patch.set_hatch("///")
    axes.patch.set_edgecolor("#888888")
    norm = Normalize(0, 1)
    image = axes.imshow(
        np.ma.masked_invalid(shares), aspect="auto", cmap=COLORS, norm=norm, interpolation="nearest"
    )
    if depth <= NUMBERED_LAYERS:
        for (row, layer), share in np.ndenumerate(shares):
            text = "not finite" if np.isnan(share) else f"{share:.2f}"
            color = "white" if share < 0.55 else "black"
            axes.text(layer, row, text, ha="center", va="center", fontsize=10, color=color)
    axes.grid(False)
    axes.set_yticks([0, 1], ["before", "after"])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
    axes.tick_params(length=0)
    note = "; hatched: weights not finite" if np.isnan(shares).any() else ""
    axes.set_title(f"{noted_label(member)}{note}", loc="left", fontsize=11)
    return image
