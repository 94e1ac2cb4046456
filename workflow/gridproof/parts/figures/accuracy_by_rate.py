"""Test accuracy by learning rate, one line a baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from gridproof.errors import GridproofError
from gridproof.kit.baselines import (
    CHANCE,
    RATE,
    accuracy_text,
    by_baseline,
    looks,
    outcomes_by_label,
    seeds_of,
)
from gridproof.kit.model_comparison import accuracy_by_seed
from gridproof.kit.style import REFERENCE_COLOR, WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

SHIFT = 0.08
"""The baselines' dots stand apart by this share of the rate."""
DASH = 5.0
"""Length of the dashes of horizontal lines; lines of equal height take turns."""


@figure(
    description="test accuracy by learning rate, one line a baseline",
    tables=["predictions"],
    kinds=["images"],
)
def accuracy_by_rate(inputs: Inputs) -> Figure:
    """Return mean test accuracy against the learning rate, with a dot for each seed.

    Models without a learning rate are horizontal lines.
    """
    groups, models = by_baseline(inputs), checked_models(inputs)
    styles = looks(list(groups))
    figure = Figure(figsize=(WIDTH, 5.0))
    axes = figure.add_subplot()
    rated = {name: with_rate(members) for name, members in groups.items() if with_rate(members)}
    for place, (name, members) in enumerate(rated.items()):
        shift = 1 + SHIFT * (place - (len(rated) - 1) / 2)
        _draw_rated(axes, members, models, shift, styles[name], name)
    unrated = [(name, member) for name in groups for member in without_rate(groups[name])]
    for place, (name, member) in enumerate(unrated):
        mean = accuracy_by_seed(models[member.label]).mean()
        dash = (place * DASH, (DASH, DASH * max(1, len(unrated) - 1)))
        axes.axhline(mean, color=styles[name][0], linestyle=dash, label=member.label)
    axes.axhline(CHANCE, color=REFERENCE_COLOR, linestyle=":", label="chance")
    axes.set(xscale="log", xlabel="learning rate (log scale)", ylabel="test accuracy (fraction)")
    axes.xaxis.set_major_locator(LogLocator(base=10, numticks=12))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(y=0.06)
    note = f"mean of {seeds_of(models)}, dots: single seeds"
    figure.legend(loc="outside lower center", ncols=3, title=note)
    return figure


def describe(inputs: Inputs) -> str:
    """Return the accuracies of each baseline in words."""
    groups, models = by_baseline(inputs), checked_models(inputs)
    parts = []
    for name, members in groups.items():
        rated = [
            f"{accuracy_text(models[member.label])} at {rate_of(member):g}"
            for member in with_rate(members)
        ]
        if rated:
            parts.append(f"{name}: {', '.join(rated)}")
        parts += [
            f"{member.label}, without a rate: {accuracy_text(models[member.label])}"
            for member in without_rate(members)
        ]
    return (
        "Line chart of test accuracy by learning rate, a line for each baseline and horizontal"
        f" lines for models without a rate, mean of {seeds_of(models)}. {'; '.join(parts)}."
        " A dotted line marks chance, 0.5."
    )


def checked_models(inputs: Inputs) -> dict[str, pd.DataFrame]:
    """Return the outcomes of the models by label; GridproofError if none has a learning rate."""
    if not with_rate(inputs.members):
        raise GridproofError(
            "the figure 'accuracy_by_rate' shows accuracy by learning rate; no cell of this"
            " experiment has one"
        )
    return outcomes_by_label(inputs.members)


def with_rate(members: Sequence[Member]) -> list[Member]:
    """Return the models that are trained with a learning rate, the smallest first."""
    return sorted((member for member in members if _has_rate(member)), key=rate_of)


def without_rate(members: Sequence[Member]) -> list[Member]:
    """Return the models that have no learning rate, or whose solver takes none."""
    return [member for member in members if not _has_rate(member)]


def rate_of(member: Member) -> float:
    """Return the learning rate of a model that has one."""
    return float(member.parameters[RATE])


def _has_rate(member: Member) -> bool:
    solver = member.parameters.get("solver")
    return not pd.isna(member.parameters.get(RATE)) and solver != "lbfgs"


def _draw_rated(
    axes: Axes,
    members: Sequence[Member],
    models: Mapping[str, pd.DataFrame],
    shift: float,
    look: tuple[str, str],
    name: str,
) -> None:
    color, marker = look
    rates = [rate_of(member) * shift for member in members]
    accuracies = [accuracy_by_seed(models[member.label]) for member in members]
    means = [values.mean() for values in accuracies]
    axes.plot(rates, means, color=color, marker=marker, markerfacecolor="white", label=name)
    for rate, values in zip(rates, accuracies, strict=True):
        if len(values) > 1:
            axes.plot([rate] * len(values), values, ".", color=color, markersize=5, zorder=4)
