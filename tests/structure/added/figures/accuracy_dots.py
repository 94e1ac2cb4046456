"""Test accuracy of each cell, a dot a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs


@figure(description="test accuracy of each cell, a dot a seed")
def accuracy_dots(inputs: Inputs) -> Figure:
    """Return one panel with a column of dots for each cell."""
    result = Figure(figsize=(4, 3))
    axes = result.add_subplot(xlabel="cell", ylabel="test accuracy (fraction)")
    for place, member in enumerate(inputs.members):
        values = member.finals("test_accuracy")
        axes.plot([place] * len(values), values, "o")
    return result


def describe(inputs: Inputs) -> str:
    """Return how many cells there are."""
    return f"Dots of test accuracy in {len(inputs.members)} columns."
