"""Validation loss by epoch, one line a cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gridproof.kit.bands import Line, draw_line, lines_of
from gridproof.kit.chart_panels import (
    Panel,
    mark,
    panel,
    places_of_lines,
    reference,
    rounded,
    series_of,
)
from gridproof.kit.labels import final_value, legend_columns, noted_label, seeds_note
from gridproof.kit.style import REFERENCE_COLOR, WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

HEADROOM = 1.35
"""The axis ends at this multiple of the class prior's entropy unless final losses lie above it."""
PRIOR = "entropy of the class prior"


@figure(description="validation loss by epoch, one line a cell")
def loss_by_epoch(inputs: Inputs) -> Figure:
    """Return validation loss by epoch: mean of the finite seeds, band from lowest to highest."""
    members, prior = inputs.members, prior_entropy(inputs)
    figure = Figure(figsize=(WIDTH, 4.2 + 0.22 * (len(members) + 1)))
    axes = figure.add_subplot()
    for member, line in zip(members, losses(members), strict=True):
        draw_line(axes, line)
        for end in diverged_ends(member):
            axes.plot(*end, marker="X", color=line.color, markeredgecolor="black", zorder=5)
    if prior is not None:
        axes.axhline(prior, color=REFERENCE_COLOR, linestyle=":", label=PRIOR)
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
    members, prior = inputs.members, prior_entropy(inputs)
    ends = "; ".join(
        f"{noted_label(member)}: {final_value(member, 'val_loss')}" for member in members
    )
    text = (
        f"Line chart of validation loss by epoch, {seeds_note(members, band=True)}."
        f" Validation loss after the last epoch: {ends}."
    )
    return text if prior is None else f"{text} A dotted line marks the {PRIOR}, {prior:.3f} nats."


def chart(inputs: Inputs) -> list[Panel]:
    """Return one panel with a line and a band for each cell."""
    members, prior = inputs.members, prior_entropy(inputs)
    lines = losses(members)
    xs = places_of_lines(lines)
    top = rounded(axis_top(members, prior))
    return [
        panel("epoch", "validation loss (nats)", xs, whole=(0, top), quantity="val_loss")
        | {
            "reference": None if prior is None else reference(PRIOR, prior),
            "note": seeds_note(members, band=True),
            "series": [
                series_of(line, xs) | {"marks": [mark("X", *end) for end in diverged_ends(member)]}
                for member, line in zip(members, lines, strict=True)
            ],
        }
    ]


def losses(members: list[Member]) -> list[Line]:
    """Return the validation loss of each cell by epoch."""
    return lines_of(members, [member.by_seed("val_loss") for member in members])


def prior_entropy(inputs: Inputs) -> float | None:
    """Return the entropy of the class prior in nats; None where the data have no classes."""
    found = inputs.facts().get("prior_entropy")
    return None if found is None else float(found)


def diverged_ends(member: Member) -> list[tuple[int, float]]:
    """Return epoch and loss of the last finite loss of each seed that diverged."""
    losses = member.by_seed("val_loss")
    finite = [losses[seed].loc[: epoch - 1].dropna() for seed, epoch in member.diverged.items()]
    return [(int(rows.index[-1]), float(rows.iloc[-1])) for rows in finite if not rows.empty]


def axis_top(members: list[Member], prior: float | None) -> float:
    """Return the upper end of the axis: spikes above it are cut so that the rest can be read."""
    finals = [value for member in members for value in member.finals("val_loss")]
    known = [0.0 if prior is None else prior, *(v for v in finals if math.isfinite(v))]
    return max(HEADROOM * known[0], 1.08 * max(known)) or 1.0
