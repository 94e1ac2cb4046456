"""Charts with hover and zoom: which pictures of the report have them, and their numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from gridproof.figures.baselines import CHANCE, baseline, by_baseline, looks, places_of
from gridproof.figures.curves import axis_top
from gridproof.figures.inputs import Inputs
from gridproof.figures.style import REFERENCE_COLOR, figure_style, line_styles
from gridproof.figures.text import noted_label, seeds_note
from gridproof.report.pictures import Picture

DIGITS = 5
DASHES: Mapping[str, list[int]] = {"-": [], "--": [7, 4], "-.": [8, 3, 2, 3], ":": [2, 3]}
"""Dash patterns in pixels, by the name that figures give them."""

Chart = dict[str, Any]


def add_charts(
    pictures: list[Picture], inputs: Mapping[str, Inputs]
) -> tuple[list[Picture], dict[str, object]]:
    """Return the pictures, those with a chart naming its data, and these data by name.

    `inputs` are those of the figures, by experiment. The numbers of a chart are the figure's own.
    """
    shown: list[Picture] = []
    data: dict[str, object] = {}
    for picture in pictures:
        if picture.experiment is not None and picture.figure in CHARTS:
            name = f"chart-{picture.experiment}-{picture.figure}"
            with figure_style():
                data[name] = CHARTS[picture.figure](inputs[picture.experiment])
            image = replace(picture.image, enhancement=name, is_chart=True)
            picture = replace(picture, image=image)
        shown.append(picture)
    return shown, data


def loss_by_epoch(inputs: Inputs) -> Chart:
    """Return the chart of the figure `curves`: a line with a band for each cell."""
    members, prior = inputs.members, float(inputs.facts()["prior_entropy"])
    losses = [member.by_seed("val_loss") for member in members]
    epochs = sorted({int(epoch) for rows in losses for epoch in rows.index})
    return {
        "kind": "chart",
        "x": "epoch",
        "y": "validation loss (nats)",
        "xs": epochs,
        "top": rounded(axis_top(members, prior)),
        "reference": reference("entropy of the class prior", prior),
        "note": seeds_note(members, band=True),
        "series": [
            {"label": noted_label(member), "color": color, "dash": DASHES[dash]}
            | summary(rows.reindex(epochs))
            for member, rows, (color, dash) in zip(
                members, losses, line_styles(len(members)), strict=True
            )
        ],
    }


def accuracy_by_place(inputs: Inputs) -> Chart:
    """Return the chart of the figure `ranking`: accuracy and interval by place, a series a kind."""
    _, places = places_of(inputs)
    kinds = looks(list(by_baseline(inputs)))
    return {
        "kind": "chart",
        "x": "place in the ranking",
        "y": "test accuracy (fraction)",
        "xs": list(range(1, len(places) + 1)),
        "names": [place.label for place in places],
        "top": None,
        "reference": reference("chance", CHANCE),
        "note": "mean over seeds, bar: 95 % interval over test images",
        "series": [
            {"label": kind, "color": color, "dash": None}
            | {
                key: [
                    rounded(value) if baseline(inputs, place.label) == kind else None
                    for place, value in zip(places, values, strict=True)
                ]
                for key, values in {
                    "mean": [place.accuracy for place in places],
                    "low": [place.interval[0] for place in places],
                    "high": [place.interval[1] for place in places],
                }.items()
            }
            for kind, (color, _) in kinds.items()
        ],
    }


CHARTS: Mapping[str, Callable[[Inputs], Chart]] = {
    "curves": loss_by_epoch,
    "ranking": accuracy_by_place,
}
"""Name of a figure -> the function that makes its chart."""


def reference(label: str, value: float) -> dict[str, object]:
    """Return a horizontal line that a chart shows besides its series."""
    return {"label": label, "value": rounded(value), "color": REFERENCE_COLOR}


def summary(values: pd.DataFrame) -> dict[str, list[float | None]]:
    """Return mean, lowest and highest over the columns of `values`, a number a row."""
    return {
        "mean": series(values.mean(axis=1)),
        "low": series(values.min(axis=1)),
        "high": series(values.max(axis=1)),
    }


def series(values: Iterable[float]) -> list[float | None]:
    """Return numbers as JSON holds them."""
    return [rounded(value) for value in values]


def rounded(value: float) -> float | None:
    """Return a number to five digits; None if it is not finite."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
