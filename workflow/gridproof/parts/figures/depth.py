"""Final accuracy against the depth of networks that differ in nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gridproof.part import figure
from gridproof.parts.figures.shape_effect import describe_effect, draw_effect

if TYPE_CHECKING:
    from gridproof.part import Inputs


@figure(
    description="final accuracy by depth, among cells that differ in nothing else",
    families=["mlp"],
    compares="depth",
)
def accuracy_by_depth(inputs: Inputs) -> Figure:
    """Return final train, val and test accuracy by depth, on a logarithmic axis."""
    return draw_effect(inputs, "depth", "hidden layers")


def describe(inputs: Inputs) -> str:
    """Return the accuracies by depth in words."""
    return describe_effect(inputs, "depth")
