"""Test accuracy by the width of a network, a dot a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs


@figure(description="test accuracy by width, a dot a seed", families=["mlp"])
def accuracy_by_width(inputs: Inputs) -> Figure:
    """Return one panel: widths on a logarithmic axis, the mean over seeds as a line."""
    result = Figure(figsize=(6, 4))
    axes = result.add_subplot()
    widths = [int(member.parameters["width"]) for member in inputs.members]
    accuracies = [member.finals("test_accuracy") for member in inputs.members]
    for width, values in zip(widths, accuracies, strict=True):
        axes.plot([width] * len(values), values, "o", color="#0072b2", alpha=0.5)
    axes.plot(widths, [values.mean() for values in accuracies], color="#0072b2")
    axes.set(xscale="log", xticks=widths, xticklabels=widths, ylim=(0, 1.02))
    axes.minorticks_off()
    axes.set(xlabel="width (units in the hidden layer)", ylabel="test accuracy (fraction)")
    return result


def describe(inputs: Inputs) -> str:
    """Return the mean accuracy of each width in words."""
    means = [
        f"{member.parameters['width']} units {member.finals('test_accuracy').mean():.3f}"
        for member in inputs.members
    ]
    return f"Dots and a line of test accuracy by width, means over the seeds: {'; '.join(means)}."
