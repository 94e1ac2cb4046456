"""The loss of the batches over the optimizer steps of image models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from gridproof.errors import GridproofError
from gridproof.kit.bands import Line
from gridproof.kit.baselines import by_baseline
from gridproof.kit.chart_panels import (
    AUTOMATIC,
    Panel,
    panel,
    places_of_lines,
    reference,
    series_of,
)
from gridproof.kit.labels import legend_columns, mean_spread, noted_label, seeds_note
from gridproof.kit.style import REFERENCE_COLOR, WIDTH, line_styles
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

POINTS = 200
"""Longer trainings are drawn as means of so many parts of equal length."""
PANEL = 3.0
LAST_STEPS = 10
PRIOR = "entropy of the class prior"
FLOOR = 1e-4
"""In nats: losses below are drawn here, for a logarithmic axis has no zero."""


@figure(
    description="loss of the batches by optimizer step, one line a cell",
    families=["cnn", "probe"],
    tables=["batches"],
)
def loss_by_step(inputs: Inputs) -> Figure:
    """Return a panel a baseline: the batch loss by step, thin lines for seeds, thick for means."""
    groups = trained_by_step(inputs)
    lines = lines_by_group(groups)
    n_settings = len({line.label for group in lines.values() for line in group})
    figure = Figure(figsize=(WIDTH, 1.3 + PANEL * len(groups) + 0.22 * n_settings))
    grid = figure.subplots(len(groups), 1, squeeze=False, sharey=True).ravel()
    prior = float(inputs.facts()["prior_entropy"])
    for axes, (name, shown) in zip(grid, lines.items(), strict=True):
        _draw_panel(axes, shown)
        axes.axhline(prior, color=REFERENCE_COLOR, linestyle=":", label=PRIOR)
        axes.set(ylabel="batch loss (nats, log scale)", xlabel="optimizer step")
        if len(groups) > 1:
            axes.set_title(name, loc="left")
    handles = {
        str(line.get_label()): line
        for axes in grid
        for line in axes.get_lines()
        if not str(line.get_label()).startswith("_")
    }
    members = [member for cells in groups.values() for member in cells.values()]
    figure.legend(
        list(handles.values()),
        list(handles),
        loc="outside lower center",
        ncols=legend_columns(list(handles)),
        title=f"{seeds_note(members, band=False)}, thin lines: single seeds",
    )
    return figure


def describe(inputs: Inputs) -> str:
    """Return steps and final batch loss of each model in words."""
    parts = []
    for cells in trained_by_step(inputs).values():
        for member in cells.values():
            losses = by_step(member)
            last = losses.iloc[-LAST_STEPS:].mean(skipna=False)
            parts.append(f"{noted_label(member)}: {len(losses):,} steps, {mean_spread(last)}")
    return (
        "Line charts of the loss of every batch by optimizer step, a panel for each baseline, a"
        " thin line for each seed and a thick one for their mean. Mean loss of the last"
        f" {LAST_STEPS} batches in nats: {'; '.join(parts)}. A dotted line marks the entropy of the"
        f" class prior, {float(inputs.facts()['prior_entropy']):.3f} nats."
    )


def chart(inputs: Inputs) -> list[Panel]:
    """Return a panel a baseline: the loss of the batches."""
    groups, prior = trained_by_step(inputs), float(inputs.facts()["prior_entropy"])
    panels = []
    for name, lines in lines_by_group(groups).items():
        xs = places_of_lines(lines)
        panels.append(
            panel("optimizer step", "batch loss (nats)", xs, whole=AUTOMATIC)
            | {
                "title": name if len(groups) > 1 else None,
                "log": {"x": False, "y": True},
                "sparse": any(len(line.values) < len(xs) for line in lines),
                "reference": reference(PRIOR, prior),
                "note": seeds_note(list(groups[name].values()), band=True),
                "series": [series_of(line, xs) for line in lines],
            }
        )
    return panels


def trained_by_step(inputs: Inputs) -> dict[str, dict[str, Member]]:
    """Return the models that have batch losses by baseline, then by what tells them apart.

    Raises
    ------
    GridproofError
        If there are none.
    """
    groups: dict[str, dict[str, Member]] = {}
    for name, members in by_baseline(inputs).items():
        cells = {
            member.label if member.label == name else member.setting: member
            for member in members
            if not member.rows("batches").empty
        }
        if cells:
            groups[name] = cells
    if not groups:
        raise GridproofError(
            "the figure 'loss_by_step' shows models that are trained step by step; no cell of this"
            " experiment is: the table 'batches' has no rows"
        )
    return groups


def by_step(member: Member) -> pd.DataFrame:
    """Return the batch loss in nats, a row a step and a column a seed; NaN where not finite."""
    losses = member.rows("batches").pivot(index="step", columns="seed", values="loss")
    return losses.astype(float).replace([np.inf, -np.inf], np.nan)


def thinned(losses: pd.DataFrame) -> pd.DataFrame:
    """Return at most `POINTS` rows: means of parts of equal length, at their mean step."""
    if len(losses) <= POINTS:
        return losses
    parts = np.arange(len(losses)) * POINTS // len(losses)
    means = losses.groupby(parts).mean()
    means.index = pd.Series(losses.index).groupby(parts).mean()
    return means


def drawn(member: Member) -> pd.DataFrame:
    """Return the losses that the figure draws: thinned, none below `FLOOR`."""
    return thinned(by_step(member)).clip(lower=FLOOR)


def lines_by_group(groups: Mapping[str, Mapping[str, Member]]) -> dict[str, list[Line]]:
    """Return the lines of each panel; a setting has one colour and dash in all of them."""
    names = list(dict.fromkeys(setting for cells in groups.values() for setting in cells))
    looks = dict(zip(names, line_styles(len(names)), strict=True))
    return {
        name: [
            Line(label=setting, color=looks[setting][0], dash=looks[setting][1], values=drawn(cell))
            for setting, cell in cells.items()
        ]
        for name, cells in groups.items()
    }


def _draw_panel(axes: Axes, lines: Sequence[Line]) -> None:
    for line in lines:
        losses, color = line.values, line.color
        if losses.shape[1] > 1:
            axes.plot(losses.index, losses, color=color, linewidth=0.6, alpha=0.35)
        axes.plot(
            losses.index, losses.mean(axis=1), color=color, linestyle=line.dash, label=line.label
        )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 3)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.01)
