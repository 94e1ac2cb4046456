"""Charts with hover and zoom: which pictures of the report have them, and their numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from gridproof.draw.inputs import Inputs
from gridproof.kit.baselines import CHANCE, baseline, by_baseline, looks, places_of
from gridproof.kit.labels import noted_label, seeds_note
from gridproof.kit.style import REFERENCE_COLOR, figure_style, line_styles
from gridproof.parts.figures.accuracy_by_step import COLUMN, steps_of
from gridproof.parts.figures.curves import axis_top, diverged_ends
from gridproof.parts.figures.loss_by_step import drawn, styles_of, trained_by_step
from gridproof.report.page_html import CHART
from gridproof.report.pictures import Picture

DIGITS = 5
DASHES: Mapping[str, list[int]] = {"-": [], "--": [7, 4], "-.": [8, 3, 2, 3], ":": [2, 3]}
"""Dash patterns in pixels, by the name that figures give them."""

AUTOMATIC = (None, None)
"""Ends of an axis that follow from what is shown."""

Panel = dict[str, Any]
Line = dict[str, Any]


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
                panels = CHARTS[picture.figure](inputs[picture.experiment])
            data[name] = {"kind": CHART, "panels": panels}
            image = replace(picture.image, enhancement=name)
            picture = replace(picture, image=image)
        shown.append(picture)
    return shown, data


def loss_by_epoch(inputs: Inputs) -> list[Panel]:
    """Return the panel of the figure `curves`: a line with a band for each cell."""
    members, prior = inputs.members, float(inputs.facts()["prior_entropy"])
    values = [member.by_seed("val_loss") for member in members]
    xs = all_places(values)
    return [
        panel("epoch", "validation loss (nats)", xs, whole=(0, rounded(axis_top(members, prior))))
        | {
            "reference": reference("entropy of the class prior", prior),
            "note": seeds_note(members, band=True),
            "series": [
                line(noted_label(member), look, rows.reindex(xs))
                | {"marks": [mark("X", *end) for end in diverged_ends(member)]}
                for member, rows, look in zip(
                    members, values, line_styles(len(members)), strict=True
                )
            ],
        }
    ]


def accuracy_by_step(inputs: Inputs) -> list[Panel]:
    """Return the panels of the figure `accuracy_by_step`: by epoch, then by optimizer step."""
    members = inputs.members
    by_epoch = [member.by_seed(COLUMN) for member in members]
    by_step = [
        rows.loc[1:].set_axis(steps_of(member).loc[1:], axis="index")
        for member, rows in zip(members, by_epoch, strict=True)
    ]
    panels = []
    for x, values, is_by_step in (("epoch", by_epoch, False), ("optimizer step", by_step, True)):
        xs = all_places(values)
        panels.append(
            panel(x, "validation accuracy (fraction)", xs, whole=(0, None))
            | {
                "log": {"x": is_by_step, "y": False},
                "sparse": is_by_step,
                "note": seeds_note(members, band=True),
                "series": [
                    line(noted_label(member), look, rows.reindex(xs)) | {"marks": end_of(rows)}
                    for member, rows, look in zip(
                        members, values, line_styles(len(members)), strict=True
                    )
                ],
            }
        )
    return panels


def loss_by_step(inputs: Inputs) -> list[Panel]:
    """Return the panels of the figure `loss_by_step`, one a baseline: the loss of the batches."""
    groups = trained_by_step(inputs)
    styles, prior = styles_of(groups), float(inputs.facts()["prior_entropy"])
    panels = []
    for name, cells in groups.items():
        values = {setting: drawn(member) for setting, member in cells.items()}
        xs = all_places(values.values())
        panels.append(
            panel("optimizer step", "batch loss (nats)", xs, whole=AUTOMATIC)
            | {
                "title": name if len(groups) > 1 else None,
                "log": {"x": False, "y": True},
                "sparse": any(len(rows) < len(xs) for rows in values.values()),
                "reference": reference("entropy of the class prior", prior),
                "note": seeds_note(list(cells.values()), band=True),
                "series": [
                    line(setting, styles[setting], rows.reindex(xs))
                    for setting, rows in values.items()
                ],
            }
        )
    return panels


def accuracy_by_place(inputs: Inputs) -> list[Panel]:
    """Return the panel of the figure `ranking`: accuracy and interval by place, a series a kind."""
    _, places = places_of(inputs)
    numbers: dict[str, list[float]] = {
        "mean": [place.accuracy for place in places],
        "low": [place.interval[0] for place in places],
        "high": [place.interval[1] for place in places],
        "seeds": [len(place.accuracies) for place in places],
    }
    kinds = [baseline(inputs, place.label) for place in places]
    xs = list(range(1, len(places) + 1))
    return [
        panel("place in the ranking", "test accuracy (fraction)", xs, whole=AUTOMATIC)
        | {
            "names": [place.label for place in places],
            "reference": reference("chance", CHANCE),
            "note": "mean over seeds, bar: 95 % interval over test images",
            "series": [
                {"label": kind, "color": color, "marker": marker}
                | {
                    key: [
                        rounded(value) if own == kind else None
                        for own, value in zip(kinds, values, strict=True)
                    ]
                    for key, values in numbers.items()
                }
                for kind, (color, marker) in looks(list(by_baseline(inputs))).items()
            ],
        }
    ]


CHARTS: Mapping[str, Callable[[Inputs], list[Panel]]] = {
    "curves": loss_by_epoch,
    "ranking": accuracy_by_place,
    "accuracy_by_step": accuracy_by_step,
    "loss_by_step": loss_by_step,
}
"""Name of a figure -> the function that makes the panels of its chart."""


def panel(
    x: str, y: str, xs: Sequence[float], *, whole: tuple[float | None, float | None]
) -> Panel:
    """Return a panel on linear axes that has no series yet.

    Parameters
    ----------
    x, y : what the axes show.
    xs : the places at which series have numbers, rising. In a panel that is `sparse` each series
        has numbers at places of its own, and null at those of the others.
    whole : the ends of the vertical axis while all places are shown; None: automatic.
    """
    return {
        "title": None,
        "x": x,
        "y": y,
        "xs": [exact(value) for value in xs],
        "names": None,
        "whole": whole,
        "log": {"x": False, "y": False},
        "sparse": False,
        "reference": None,
    }


def line(label: str, look: tuple[str, str], values: pd.DataFrame) -> Line:
    """Return a line of (colour, dash) through the means of `values`, a row a place.

    Its band goes from the lowest to the highest column, of which there is one a seed; `seeds`
    counts the finite ones.
    """
    color, dash = look
    return {
        "label": label,
        "color": color,
        "dash": DASHES[dash],
        "mean": series(values.mean(axis=1)),
        "low": series(values.min(axis=1)),
        "high": series(values.max(axis=1)),
        "seeds": [int(count) for count in values.notna().sum(axis=1)],
    }


def end_of(values: pd.DataFrame) -> list[tuple[str, float, float | None]]:
    """Return the mark where a line ends that is finite to its end, which may be its one point."""
    end = values.mean(axis=1).iloc[-1:].dropna()
    return [mark("o", x, mean) for x, mean in zip(end.index.tolist(), end.tolist(), strict=True)]


def mark(marker: str, x: float, y: float) -> tuple[str, float, float | None]:
    """Return a mark, named as figures name it, at a place of a panel."""
    return marker, exact(x), rounded(y)


def reference(label: str, value: float) -> dict[str, object]:
    """Return a horizontal line that a panel shows besides its series."""
    return {"label": label, "value": rounded(value), "color": REFERENCE_COLOR}


def all_places(values: Iterable[pd.DataFrame]) -> list[float]:
    """Return the places of all rows, rising."""
    return sorted({float(place) for rows in values for place in rows.index})


def series(values: Iterable[float]) -> list[float | None]:
    """Return numbers as JSON holds them."""
    return [rounded(value) for value in values]


def exact(value: float) -> float:
    """Return whole numbers as integers, others to five digits."""
    return int(value) if float(value).is_integer() else float(f"{value:.{DIGITS}g}")


def rounded(value: float) -> float | None:
    """Return a number to five digits; None if it is not finite."""
    return exact(float(f"{value:.{DIGITS}g}")) if math.isfinite(value) else None
