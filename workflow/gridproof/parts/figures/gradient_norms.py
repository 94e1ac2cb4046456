"""The squared norm of the gradient by layer and by epoch; exact zeros are shown as zeros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gridproof.errors import GridproofError
from gridproof.kit.labels import noted_label
from gridproof.kit.style import WIDTH, line_styles
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

LAYERS = (0.0, 0.3, 0.6, 0.9, 0.95, 0.99)
"""The layers shown by epoch, as shares of the depth: 0, 30, 60, 90, 95 and 99 of 100."""
N_EPOCHS = 4
HEIGHT = 4.4
"""Height of a cell's row in inches; one without a finite norm has EMPTY_HEIGHT."""
EMPTY_HEIGHT = 1.3
EPOCH_COLORS = "viridis"
ROW_SHARE = 0.12
"""Height of half the row of zeros, as a share of the logarithmic axis above it."""
TICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A logarithmic axis in powers of ten, and a row below it for exact zeros.

    The axis reaches from `first` to `top`; the row is centred at `zero` and `half` high each way.
    """

    first: int
    top: int

    @property
    def half(self) -> float:
        """Half the height of the row of zeros."""
        return max(0.5, ROW_SHARE * (self.top - self.first))

    @property
    def zero(self) -> float:
        """Where the middle of the row of zeros is."""
        return self.first - 1.4 * self.half

    def heights(self, values: pd.Series, place: float) -> np.ndarray:
        """Return where norms stand: their power of ten; zeros at `place` (-1 to 1) in their row."""
        numbers = values.to_numpy(dtype=float)
        positive = np.isfinite(numbers) & (numbers > 0)
        powers = np.log10(np.where(positive, numbers, 1.0))
        zeros = np.where(numbers == 0, self.zero + 0.7 * place * self.half, np.nan)
        return np.where(positive, powers, zeros)


@figure(
    description="squared norm of the gradient by layer and by epoch, one row a cell",
    tables=["gradients"],
)
def norms_by_layer(inputs: Inputs) -> Figure:
    """Return a row of two panels a cell: norm by layer for some epochs, by epoch for some layers.

    Lines are medians over the seeds, bands reach from the lowest to the highest. The axis is
    logarithmic down to the smallest norm; a row of its own below it holds those that are exactly 0.
    """
    members, tables = recorded(inputs)
    heights = [HEIGHT if table["value"].notna().any() else EMPTY_HEIGHT for table in tables]
    figure = Figure(figsize=(WIDTH, sum(heights)))
    parts = figure.subfigures(len(members), 1, squeeze=False, height_ratios=heights).ravel()
    for part, member, table in zip(parts, members, tables, strict=True):
        by_layer, by_epoch = part.subplots(1, 2, sharey=True)
        part.suptitle(noted_label(member), x=0.01, ha="left", fontsize=12)
        by_layer.set_xlabel("layer, from the input (0)")
        by_epoch.set_xlabel("epoch")
        if table["value"].isna().all():
            for axes in (by_layer, by_epoch):
                axes.text(0.5, 0.4, "no finite gradient", transform=axes.transAxes, ha="center")
                axes.set(xticks=[], yticks=[])
            continue
        scale = scale_of(table["value"])
        _draw_layers(by_layer, table, scale)
        _draw_epochs(by_epoch, table, shown_layers(member), scale)
        _mark_zeros((by_layer, by_epoch), scale)
    return figure


def describe(inputs: Inputs) -> str:
    """Return the median norm of some layers in the last epoch, and how many seeds have 0 there."""
    parts = []
    for member, table in zip(*recorded(inputs), strict=True):
        last = table[table["epoch"] == table["epoch"].max()]
        layers = ", ".join(
            f"layer {layer}: {_value_text(last.loc[last['layer'] == layer, 'value'])}"
            for layer in shown_layers(member)
        )
        parts.append(f"{noted_label(member)}, last epoch: {layers}")
    return (
        "Line charts of the squared norm of each layer's weight gradient, by layer for some epochs"
        " and by epoch for some layers, on a logarithmic axis with a row of its own for exact"
        f" zeros; median over the seeds, band from lowest to highest. {'; '.join(parts)}."
    )


def recorded(inputs: Inputs) -> tuple[list[Member], list[pd.DataFrame]]:
    """Return the cells whose gradient norms were recorded, and the table `gradients` of each.

    From the epoch on in which a replicate diverged its norms are NaN.
    """
    found = [(member, finite_rows(member)) for member in inputs.members]
    kept = [(member, table) for member, table in found if not table.empty]
    if not kept:
        raise GridproofError(
            "the figure 'gradient_norms' shows what was not recorded: its cells need"
            " `gradient_norms: true`"
        )
    return [member for member, _ in kept], [table for _, table in kept]


def finite_rows(member: Member) -> pd.DataFrame:
    """Return the gradient norms of a cell, NaN where a replicate has diverged or is infinite."""
    table = member.rows("gradients")
    diverged = table["epoch"] >= table["seed"].map(member.diverged).fillna(np.inf)
    return table.assign(value=table["value"].where(np.isfinite(table["value"]) & ~diverged))


def shown_layers(member: Member) -> list[int]:
    """Return the layers that are followed over the epochs, from the input on."""
    depth = int(member.parameters["depth"])
    return sorted({min(round(share * depth), depth) for share in LAYERS})


def shown_epochs(last: int) -> list[int]:
    """Return at most four epochs, the first and the last among them."""
    return sorted({round(epoch) for epoch in np.linspace(1, last, N_EPOCHS)})


def scale_of(values: pd.Series) -> Scale:
    """Return an axis of whole powers of ten that holds all norms that are not zero."""
    positive = values[values > 0]
    if positive.empty:
        return Scale(first=-1, top=0)
    low, high = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()))
    return Scale(first=int(low), top=max(int(high), int(low) + 1))


def _draw_line(
    axes: Axes, heights: np.ndarray, index: pd.Index, color: object, dash: str, label: str
) -> None:
    """Draw the median over the seeds and their range; `index` holds x and seed of each height."""
    table = pd.Series(heights, index).unstack()
    x, rows = table.index.to_numpy(), table.to_numpy()
    finite = ~np.isnan(rows).all(1)
    if not finite.any():
        return
    middle = np.nanquantile(rows[finite], 0.5, axis=1, method="lower")
    axes.plot(x[finite], middle, color=color, linestyle=dash, label=label, lw=1.5)
    low, high = np.nanmin(rows[finite], axis=1), np.nanmax(rows[finite], axis=1)
    axes.fill_between(x[finite], low, high, color=color, alpha=0.15, lw=0)


def _draw_layers(axes: Axes, table: pd.DataFrame, scale: Scale) -> None:
    epochs = shown_epochs(int(table["epoch"].max()))
    colors = colormaps[EPOCH_COLORS](np.linspace(0.1, 0.85, len(epochs)))
    for epoch, color, place in zip(epochs, colors, places(len(epochs)), strict=True):
        rows = table[table["epoch"] == epoch].set_index(["layer", "seed"])["value"]
        heights = scale.heights(rows, place)
        _draw_line(axes, heights, rows.index, color, "-", f"epoch {epoch}")
    axes.set_ylabel("squared gradient norm\n(median and range of the seeds)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _legend(axes)


def _draw_epochs(axes: Axes, table: pd.DataFrame, layers: Sequence[int], scale: Scale) -> None:
    looks = zip(layers, line_styles(len(layers)), places(len(layers)), strict=True)
    for layer, (color, dash), place in looks:
        rows = table[table["layer"] == layer].set_index(["epoch", "seed"])["value"]
        heights = scale.heights(rows, place)
        _draw_line(axes, heights, rows.index, color, dash, f"layer {layer}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _legend(axes)


def _legend(axes: Axes) -> None:
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, handlelength=1.6)


def places(count: int) -> list[float]:
    """Return where each of some lines stands in the row of zeros, so that all can be seen."""
    return [float(place) for place in np.linspace(1, -1, count)] if count > 1 else [0.0]


def _mark_zeros(panels: Sequence[Axes], scale: Scale) -> None:
    """Label the axis in powers of ten, with a break above the row of zeros."""
    zero, half = scale.zero, scale.half
    step = max(1, -(-(scale.top - scale.first) // TICKS))
    ticks = [zero, *range(scale.top, scale.first - 1, -step)]
    labels = ["0", *(f"$10^{{{power}}}$" for power in ticks[1:])]
    for axes in panels:
        axes.set_ylim(zero - half, scale.top + 0.2 * half)
        axes.axhspan(zero - half, zero + half, color="#EEEEEE", zorder=0)
        axes.axhline(zero + half, color="#888888", linestyle=":", lw=1)
        axes.set_yticks(ticks, labels)


def _value_text(values: pd.Series) -> str:
    finite = values[np.isfinite(values)]
    if finite.empty:
        return "not finite"
    zeros = int((finite == 0).sum())
    middle = float(np.quantile(finite, 0.5, method="lower"))
    text = "0" if middle == 0 else f"{middle:.1e}"
    return f"{text} ({zeros} of {len(finite)} seeds exactly 0)"
