"""Validation loss by epoch, one line a cell."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gridproof.draw.inputs import Inputs
from gridproof.kit.bands import draw_band
from gridproof.kit.labels import final_value, legend_columns, noted_label, seeds_note
from gridproof.kit.style import REFERENCE_COLOR, WIDTH, line_styles
from gridproof.tables.members import Member

HEADROOM = 1.35
"""The axis ends at this multiple of the class prior's entropy unless final losses lie above it."""


def loss_by_epoch(inputs: Inputs) -> Figure:
    """Return validation loss by epoch: mean of the finite seeds, band from lowest to highest."""
    members, prior = inputs.members, float(inputs.facts()["prior_entropy"])
    rows = len(members) + 1
    figure = Figure(figsize=(WIDTH, 4.2 + 0.22 * rows))
    axes = figure.add_subplot()
    for member, look in zip(members, line_styles(len(members)), strict=True):
        _draw_member(axes, member, look)
    axes.axhline(prior, color=REFERENCE_COLOR, linestyle=":", label="entropy of the class prior")
    axes.set(xlabel="epoch", ylabel="validation loss (nats)")
    axes.set_ylim(0, axis_top(members, prior))
    axes.margins(x=0.01)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(
        loc="outside lower center",
        ncols=legend_columns(axes.get_legend_handles_labels()[1]),
        title=seeds_note(members, band=True),
    )
    return figure


def describe(inputs: Inputs) -> str:
    """Return the losses at the last epoch in words."""
    members, prior = inputs.members, float(inputs.facts()["prior_entropy"])
    ends = "; ".join(
        f"{noted_label(member)}: {final_value(member, 'val_loss')}" for member in members
    )
    return (
        f"Line chart of validation loss by epoch, {seeds_note(members, band=True)}."
        f" Validation loss after the last epoch: {ends}."
        f" A dotted line marks the entropy of the class prior, {prior:.3f} nats."
    )


def _draw_member(axes: Axes, member: Member, look: tuple[str, str]) -> None:
    losses = member.by_seed("val_loss")
    color, dash = look
    draw_band(axes, losses.index, losses, color=color, dash=dash, label=noted_label(member))
    for end in diverged_ends(member):
        axes.plot(*end, marker="X", color=color, markeredgecolor="black", zorder=5)


def diverged_ends(member: Member) -> list[tuple[int, float]]:
    """Return epoch and loss of the last finite loss of each seed that diverged."""
    losses = member.by_seed("val_loss")
    finite = [losses[seed].loc[: epoch - 1].dropna() for seed, epoch in member.diverged.items()]
    return [(int(rows.index[-1]), float(rows.iloc[-1])) for rows in finite if not rows.empty]


def axis_top(members: list[Member], prior: float) -> float:
    """Return the upper end of the axis: spikes above it are cut so that the rest can be read."""
    finals = [value for member in members for value in member.finals("val_loss")]
    highest = max([prior, *(value for value in finals if math.isfinite(value))])
    return max(HEADROOM * prior, 1.08 * highest)
