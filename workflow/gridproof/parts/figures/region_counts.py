"""How many linear regions each cell's networks have, beside the most that they could have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from gridproof.kit.labels import noted_label
from gridproof.kit.style import REFERENCE_COLOR, WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs

IN_BOX = "#0072B2"
IN_PLANE = "#D55E00"
MANY_DECADES = 100
"""On an axis that spans more than this factor only powers of ten are labelled."""
SPREAD = 0.22
"""The seeds of a cell lie within this distance of its line, in lines."""


@figure(
    description="number of linear regions of each cell's networks",
    families=["mlp"],
    measurements=["regions"],
)
def regions_by_cell(inputs: Inputs) -> Figure:
    """Return the number of regions of each network, a line a cell, a dot a seed."""
    members, tables = inputs.measured("regions", "regions")
    figure = Figure(figsize=(WIDTH, 1.7 + 0.55 * len(members)))
    axes = figure.add_subplot()
    for at, table in enumerate(tables):
        _draw_cell(axes, at, table)
    axes.set(xscale="log", xlabel="linear regions (log scale)", ylim=(len(members) - 0.5, -0.5))
    axes.set_yticks(range(len(members)), [noted_label(member) for member in members])
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < MANY_DECADES * low else (1,)))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.margins(x=0.08)
    handles = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=len(handles))
    return figure


def describe(inputs: Inputs) -> str:
    """Return the counts of each cell in words."""
    parts = []
    for member, table in zip(*inputs.measured("regions", "regions"), strict=True):
        text = f"{noted_label(member)}: {span(table['regions'])} in the box of the data"
        if table["bound"].notna().any():
            text += (
                f", {span(table['plane_regions'])} in the whole plane,"
                f" where there can be at most {int(table['bound'].max()):,}"
            )
        parts.append(text)
    return f"Dot chart of the linear regions of each seed's network. {'; '.join(parts)}."


def span(values: pd.Series) -> str:
    """Return the lowest and the highest of some counts in words."""
    finite = [int(value) for value in values if math.isfinite(value)]
    if not finite:
        return "not counted, weights are not finite,"
    low, high = min(finite), max(finite)
    return f"{low:,} regions" if low == high else f"{low:,} to {high:,} regions"


def _draw_cell(axes: Axes, at: int, table: pd.DataFrame) -> None:
    places = at + np.linspace(-SPREAD, SPREAD, len(table)) if len(table) > 1 else np.array([at])
    dots: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "white"}
    axes.plot(
        table["regions"], places, marker="o", color=IN_BOX, label="in the box of the data", **dots
    )
    if table["bound"].notna().any():
        axes.plot(
            table["plane_regions"],
            places,
            marker="D",
            color=IN_PLANE,
            label="in the whole plane",
            **dots,
        )
        axes.vlines(
            table["bound"].max(),
            at - 0.4,
            at + 0.4,
            color=REFERENCE_COLOR,
            linestyle=":",
            label="most that are possible",
        )
