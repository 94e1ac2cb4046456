"""A line with a band: the mean of the seeds between the lowest and the highest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gridproof.kit.labels import noted_label
from gridproof.kit.style import line_styles

if TYPE_CHECKING:
    from gridproof.part import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as it is drawn, on paper and on the page alike.

    `values` has a row for each place on the horizontal axis and a column for each seed; `cell` is
    empty where a line is of no single one.
    """

    label: str
    color: str
    dash: str
    values: pd.DataFrame
    cell: str = ""


def lines_of(members: Sequence[Member], values: Sequence[pd.DataFrame]) -> list[Line]:
    """Return a line for each cell, which differ in colour or dash."""
    looks = line_styles(len(members))
    return [
        Line(label=noted_label(member), color=color, dash=dash, values=rows, cell=member.cell)
        for member, rows, (color, dash) in zip(members, values, looks, strict=True)
    ]


def draw_line(axes: Axes, line: Line) -> None:
    """Draw a line and its band."""
    x = line.values.index.to_numpy()
    draw_band(axes, x, line.values, color=line.color, dash=line.dash, label=line.label)


def draw_band(
    axes: Axes, x: Any, values: pd.DataFrame, *, color: Any, dash: Any, label: str
) -> None:
    """Draw the mean over the columns of `values` against `x` (n_rows,), their range and ends."""
    axes.plot(x, values.mean(axis=1), color=color, linestyle=dash, label=label)
    axes.fill_between(x, values.min(axis=1), values.max(axis=1), color=color, alpha=0.2, lw=0)
    known = np.flatnonzero(values.notna().any(axis=1))
    if values.shape[1] > 1 and len(known):
        ends = values.iloc[known[-1]].dropna()
        place = np.asarray(x)[known[-1]]
        axes.scatter([place] * len(ends), ends, s=5, color=color, linewidths=0, zorder=4)


def draw_end(axes: Axes, x: Any, values: pd.DataFrame, *, color: Any) -> None:
    """Mark where a line ends, which shows a line of a single point too."""
    means = values.mean(axis=1)
    axes.plot(x[-1:], means[-1:], color=color, marker="o", markersize=5, linestyle="none")
