"""Final accuracy against the width of networks that differ in nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gridproof.part import figure
from gridproof.parts.figures.shape_effect import describe_effect, draw_effect

if TYPE_CHECKING:
    from gridproof.part import Inputs


@figure(
    description="final accuracy by width, among cells that differ in nothing else",
    families=["mlp"],
    compares="width",
)
def accuracy_by_width(inputs: Inputs) -> Figure:
    """Return final train, val and test accuracy by width, on a logarithmic axis."""
    return draw_effect(inputs, "width", "units in a hidden layer")


def describe(inputs: Inputs) -> str:
    """Return the accuracies by width in words."""
    return describe_effect(inputs, "width")
