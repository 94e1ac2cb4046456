"""Final accuracy against one parameter, among cells that differ in nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter

from gridproof.errors import GridproofError
from gridproof.kit.labels import final_value, noted_label, seeds_note
from gridproof.kit.series import part_in_words, series
from gridproof.kit.style import SPLIT_COLORS, WIDTH

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

MARKERS = {"train": "o", "val": "s", "test": "D"}
SHIFT = 0.04
"""The splits' points stand apart by this share of their value on the logarithmic axis."""


def draw_effect(inputs: Inputs, name: str, unit: str) -> Figure:
    """Return final train, val and test accuracy against a parameter: mean, a dot for each seed."""
    members = largest_series(inputs.members, name)
    values = [int(member.parameters[name]) for member in members]
    figure = Figure(figsize=(WIDTH, 4.0))
    axes = figure.add_subplot()
    for place, (split, color) in enumerate(SPLIT_COLORS.items()):
        finals = [member.finals(f"{split}_accuracy").to_numpy() for member in members]
        shifted = [value * (1 + SHIFT * (place - 1)) for value in values]
        means = [member.finals(f"{split}_accuracy").mean() for member in members]
        axes.plot(shifted, means, color=color, marker=MARKERS[split], markersize=7, label=split)
        for x, dots in zip(shifted, finals, strict=True):
            axes.plot([x] * len(dots), dots, ".", color=color, alpha=0.6, markersize=6)
    axes.set(xscale="log", xlabel=f"{name} ({unit}, log scale)")
    axes.set(ylabel="final accuracy (fraction)")
    axes.xaxis.set_major_locator(FixedLocator(values))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.margins(x=0.08)
    note = seeds_note(members, band=False)
    title = note if note == "one seed" else f"{note}, dots: single seeds"
    if part := part_in_words(members, inputs.members):
        title = f"{part}; {title}"
    figure.legend(loc="outside lower center", ncols=len(SPLIT_COLORS), title=title)
    return figure


def describe_effect(inputs: Inputs, name: str) -> str:
    """Return the accuracies against one parameter in words."""
    members = largest_series(inputs.members, name)
    parts = [
        f"{noted_label(member)}: "
        + ", ".join(f"{split} {final_value(member, f'{split}_accuracy')}" for split in SPLIT_COLORS)
        for member in members
    ]
    part = part_in_words(members, inputs.members)
    return (
        f"Line chart of accuracy after the last epoch by {name}{f' of {part}' if part else ''},"
        f" {seeds_note(members, band=False)}, each seed a dot. {'; '.join(parts)}."
    )


def largest_series(members: list[Member], name: str) -> list[Member]:
    """Return the largest group of cells that differ in one parameter alone, by its value.

    Raises
    ------
    GridproofError
        If no two cells do.
    """
    largest = max(series(members, name), key=len, default=[])
    if not largest:
        raise GridproofError(
            f"the figure {name!r} compares cells that differ in {name} alone; this experiment has"
            " no two of them"
        )
    return largest
