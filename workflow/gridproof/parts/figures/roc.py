"""How the best model of each baseline trades images it finds for false alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import roc_auc_score, roc_curve

from gridproof.kit.baselines import best_of_each, looks, predictions
from gridproof.kit.labels import mean_spread
from gridproof.kit.style import REFERENCE_COLOR, WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

Curve = tuple[np.ndarray, np.ndarray]
"""False and true positive rates, both rising."""


@figure(
    description="ROC curve of the best model of each baseline",
    tables=["predictions"],
    kinds=["images"],
)
def roc_of_best(inputs: Inputs) -> Figure:
    """Return the ROC curve of each baseline's best model on the test split, AUC in the legend.

    A thin line is a seed; the thick one averages their true positive rates at equal false positive
    rates (Fawcett, 2006, Pattern Recognition Letters 27, 861-874, section 9.1).
    """
    chosen = best_of_each(inputs)
    styles = looks(list(chosen))
    figure = Figure(figsize=(WIDTH, 6.6 + 0.22 * len(chosen)))
    axes = figure.add_subplot()
    axes.plot((0, 1), (0, 1), color=REFERENCE_COLOR, linestyle=":", label="chance: 0.500")
    for name, member in chosen.items():
        _draw_model(axes, member, styles[name][0])
    axes.set(xlabel="false positive rate (fake images called real, fraction)")
    axes.set(ylabel="true positive rate (real images called real, fraction)")
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    figure.legend(
        loc="outside lower center", ncols=1, title="area under the curve, mean ± sd of the seeds"
    )
    return figure


def describe(inputs: Inputs) -> str:
    """Return the area under the curve of each shown model in words."""
    parts = [
        f"{member.label}: {mean_spread(areas(member))}" for member in best_of_each(inputs).values()
    ]
    return (
        "ROC curves on the test split of the model with the highest validation accuracy of each"
        " baseline, real being the positive class. Area under the curve, mean and standard"
        f" deviation over seeds: {'; '.join(parts)}. A dotted diagonal marks chance, 0.5."
    )


def areas(member: Member) -> list[float]:
    """Return the area under the ROC curve of each seed whose scores are all numbers."""
    return [float(roc_auc_score(truth, found)) for truth, found in truth_and_scores(member)]


def curves(member: Member) -> list[Curve]:
    """Return the ROC curve of each seed whose scores are all numbers."""
    return [roc_curve(truth, found)[:2] for truth, found in truth_and_scores(member)]


def mean_curve(lines: list[Curve]) -> Curve:
    """Return the mean of the true positive rates at equal false positive rates.

    At each rate where a curve bends, or rises upright, the mean has the heights before and after.
    """
    grid = np.unique(np.concatenate([false for false, _ in lines]))
    after = np.mean([np.interp(grid, false, true) for false, true in lines], axis=0)
    before = np.mean([np.interp(-grid, -false[::-1], true[::-1]) for false, true in lines], axis=0)
    return np.repeat(grid, 2), np.column_stack((before, after)).ravel()


def truth_and_scores(member: Member) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return classes and scores of the test images of each seed whose scores are all numbers."""
    seeds = [rows for _, rows in predictions(member).groupby("seed")]
    return [
        (rows["label"].to_numpy(), rows["score"].to_numpy())
        for rows in seeds
        if rows["score"].notna().all()
    ]


def _draw_model(axes: Axes, member: Member, color: str) -> None:
    lines = curves(member)
    label = f"{member.label}: {mean_spread(areas(member))}"
    if not lines:
        axes.plot([], [], color=color, label=label)
        return
    if len(lines) > 1:
        for false, true in lines:
            axes.plot(false, true, color=color, linewidth=0.7, alpha=0.4)
    axes.plot(*mean_curve(lines), color=color, label=label)
