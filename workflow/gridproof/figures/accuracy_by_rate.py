"""Test accuracy by learning rate, one line a baseline."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from gridproof.figures.baselines import (
    RATE,
    accuracy_text,
    by_baseline,
    looks,
    outcomes_by_label,
    seeds_of,
)
from gridproof.figures.inputs import Inputs, Member
from gridproof.figures.style import REFERENCE_COLOR, WIDTH
from gridproof.tables.verdicts import accuracy_by_seed, outcomes
from gridproof.figures.baselines import predictions

SHIFT = 0.07
"""The baselines' dots stand apart by this share of the rate."""
DASHES = ("--", "-.", (0, (6, 1, 1, 1, 1, 1)))


def accuracy_by_rate(inputs: Inputs) -> Figure:
    """Return mean test accuracy against the learning rate, with a dot for each seed.

    Models without a learning rate are horizontal lines.
    """
    groups = by_baseline(inputs)
    styles = looks(list(groups))
    figure = Figure(figsize=(WIDTH, 4.8))
    axes = figure.add_subplot()
    drawn = 0
    for place, (name, members) in enumerate(groups.items()):
        color, marker = styles[name]
        rated = with_rate(members)
        if rated:
            shift = 1 + SHIFT * (place - (len(groups) - 1) / 2)
            _draw_line(axes, rated, shift, color, marker, name)
        for member in members:
            if member not in rated:
                mean = _accuracies(member).mean()
                dash = DASHES[drawn % len(DASHES)]
                axes.axhline(mean, color=color, linestyle=dash, label=member.label)
                drawn += 1
    axes.axhline(0.5, color=REFERENCE_COLOR, linestyle=":", label="chance")
    axes.set(xscale="log", xlabel="learning rate (log scale)", ylabel="test accuracy (fraction)")
    axes.xaxis.set_major_locator(LogLocator(base=10, numticks=12))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(y=0.06)
    note = f"mean of {seeds_of(outcomes_by_label(inputs.members))}, dots: single seeds"
    figure.legend(loc="outside lower center", ncols=3, title=note)
    return figure
