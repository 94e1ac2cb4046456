"""A line with a band: the mean of the seeds between the lowest and the highest."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes


def draw_band(
    axes: Axes, x: Any, values: pd.DataFrame, *, color: Any, dash: Any, label: str
) -> None:
    """Draw the mean over the columns of `values` against `x` (n_rows,), and their range."""
    axes.plot(x, values.mean(axis=1), color=color, linestyle=dash, label=label)
    axes.fill_between(x, values.min(axis=1), values.max(axis=1), color=color, alpha=0.2, lw=0)


def draw_end(axes: Axes, x: Any, values: pd.DataFrame, *, color: Any) -> None:
    """Mark where a line ends, which shows a line of a single point too."""
    means = values.mean(axis=1)
    axes.plot(x[-1:], means[-1:], color=color, marker="o", markersize=5, linestyle="none")
