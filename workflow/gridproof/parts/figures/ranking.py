"""All models in the order of their test accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gridproof.kit.baselines import (
    CHANCE,
    baselines,
    by_baseline,
    looks,
    places_of,
    seeds_of,
)
from gridproof.kit.chart_panels import AUTOMATIC, Panel, panel, reference, rounded
from gridproof.kit.labels import mean_spread
from gridproof.kit.model_comparison import SIGNIFICANT, NeighbourGap, Place, neighbour_gaps
from gridproof.kit.style import REFERENCE_COLOR, WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs

ROW = 0.27
LEFT_OF = 0.42
"""The axis begins here at the latest, so that chance and what lies below it can be told apart."""


@figure(
    description="test accuracy of all models, the best first, with intervals",
    tables=["predictions"],
    kinds=["images"],
)
def accuracy_by_model(inputs: Inputs) -> Figure:
    """Return a row a model, the best above: mean test accuracy, its interval, a dot a seed.

    A line stands between neighbours that differ significantly.
    """
    models, places = places_of(inputs)
    styles, baseline = looks(list(by_baseline(inputs))), baselines(inputs.members)
    figure = Figure(figsize=(WIDTH, 1.9 + ROW * len(places)))
    axes = figure.add_subplot()
    for row, place in enumerate(places):
        color, marker = styles[baseline[place.label]]
        _draw_place(axes, row, place, color, marker)
    for row, gap in enumerate(neighbour_gaps(models, places)):
        if gap.is_significant:
            axes.axhline(row + 0.5, color="#222222", linewidth=1.1)
    axes.axvline(CHANCE, color=REFERENCE_COLOR, linestyle=":")
    axes.set_yticks(range(len(places)), [place.label for place in places])
    axes.tick_params(axis="y", length=0, labelsize=10)
    axes.set_ylim(len(places) - 0.5, -0.5)
    lowest = min(min(place.interval[0], *place.accuracies) for place in places)
    axes.set_xlim(min(LEFT_OF, lowest - 0.02), 1.005)
    axes.set_xlabel("test accuracy (fraction)")
    axes.grid(visible=False, axis="y")
    note = f"mean of {seeds_of(models)}, bar: 95 % interval over images and seeds"
    _add_legend(figure, styles, note)
    return figure


def describe(inputs: Inputs) -> str:
    """Return place, accuracy and interval of each model, and the significant gaps, in words."""
    models, places = places_of(inputs)
    rows = "; ".join(
        f"{rank}. {place.label}: {mean_spread(place.accuracies)}"
        f" ({place.interval[0]:.3f} to {place.interval[1]:.3f})"
        for rank, place in enumerate(places, start=1)
    )
    n_images = len(next(iter(models.values())))
    return (
        f"Dot chart of the accuracy of {len(places)} models on {n_images:,} test images, the best"
        f" first: mean of {seeds_of(models)}, with the 95 % bootstrap interval over images and"
        f" seeds. {rows}. {gaps_text(neighbour_gaps(models, places))}"
        " A dotted line marks chance, 0.5."
    )


def chart(inputs: Inputs) -> list[Panel]:
    """Return one panel: accuracy and interval by place, a series a baseline."""
    models, places = places_of(inputs)
    gaps = neighbour_gaps(models, places)
    values: dict[str, list[float]] = {
        "mean": [place.accuracy for place in places],
        "low": [place.interval[0] for place in places],
        "high": [place.interval[1] for place in places],
        "seeds": [len(place.accuracies) for place in places],
    }
    baseline = baselines(inputs.members)
    cells = {member.label: member.cell for member in inputs.members}
    own = [baseline[place.label] for place in places]
    xs = list(range(1, len(places) + 1))
    return [
        panel(
            "place in the ranking",
            "test accuracy (fraction)",
            xs,
            whole=AUTOMATIC,
            quantity="test_accuracy",
        )
        | {
            "breaks": [place + 1.5 for place, gap in enumerate(gaps) if gap.is_significant],
            "cells": [cells[place.label] for place in places],
            "names": [place.label for place in places],
            "reference": reference("chance", CHANCE),
            "note": "mean over seeds, bar: 95 % interval over images and seeds",
            "series": [
                {"label": name, "color": color, "marker": marker}
                | {
                    key: [
                        rounded(value) if of == name else None
                        for of, value in zip(own, row, strict=True)
                    ]
                    for key, row in values.items()
                }
                for name, (color, marker) in looks(list(by_baseline(inputs))).items()
            ],
        }
    ]


def gaps_text(gaps: Sequence[NeighbourGap]) -> str:
    """Return which neighbours differ significantly, and how surely, in words."""
    found = [
        f"{gap.better} and {gap.worse} (p = {gap.adjusted:.2g})"
        for gap in gaps
        if gap.is_significant
    ]
    which = f"significant between {', '.join(found)}" if found else "significant nowhere"
    return (
        f"The gap between neighbours is {which}"
        f" (exact paired test, Holm's correction, {SIGNIFICANT:.0%})."
    )


def _draw_place(axes: Axes, row: int, place: Place, color: str, marker: str) -> None:
    axes.plot(place.interval, (row, row), color=color, linewidth=2, solid_capstyle="butt")
    if len(place.accuracies) > 1:
        seeds = place.accuracies
        axes.plot(seeds, [row] * len(seeds), ".", color="#222222", markersize=4, zorder=4)
    axes.plot(
        place.accuracy, row, marker, color=color, markersize=8, markeredgecolor="white", zorder=3
    )
    words = f"{place.accuracy:.3f}"
    axes.text(1.02, row, words, transform=axes.get_yaxis_transform(), va="center", fontsize=10)


def _add_legend(figure: Figure, styles: dict[str, tuple[str, str]], note: str) -> None:
    handles = [
        Line2D([], [], color=color, marker=marker, label=name, linewidth=2)
        for name, (color, marker) in styles.items()
    ]
    handles += [
        Line2D([], [], color="#222222", marker=".", markersize=5, linestyle="none", label="seed"),
        Line2D([], [], color=REFERENCE_COLOR, linestyle=":", label="chance"),
        Line2D([], [], color="#222222", linewidth=1.1, label="significant gap"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, title=note)
