"""Whether the scores of the best model of each baseline can be taken at their word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gridproof.kit.baselines import best_of_each, looks, predictions
from gridproof.kit.style import REFERENCE_COLOR, WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

BINS = 10
COLUMNS = 2
PANEL = 3.5
NORMAL_QUANTILE = 1.959964
"""Of 97.5 %, for intervals of 95 %."""


@figure(
    description="share of real images by score, of the best model of each baseline",
    tables=["predictions"],
    kinds=["images"],
)
def reliability_of_best(inputs: Inputs) -> Figure:
    """Return a panel a baseline: share of real images by score, and how many images have it."""
    chosen = best_of_each(inputs)
    styles = looks(list(chosen))
    rows = -(-len(chosen) // COLUMNS)
    figure = Figure(figsize=(WIDTH, PANEL * rows))
    grid = figure.subplots(2 * rows, COLUMNS, squeeze=False, height_ratios=(3, 1) * rows)
    panels = grid.reshape(rows, 2, COLUMNS).swapaxes(1, 2).reshape(-1, 2)
    for (upper, lower), (name, member) in zip(panels, chosen.items(), strict=False):
        _draw_panel(upper, lower, member, styles[name])
    for axes in panels[len(chosen) :].ravel():
        axes.remove()
    return figure


def describe(inputs: Inputs) -> str:
    """Return the calibration error of each shown model in words."""
    parts = [
        f"{member.label}: {error_text(bins_of(member))}" for member in best_of_each(inputs).values()
    ]
    return (
        "Reliability diagrams on the test split of the model with the highest validation accuracy"
        f" of each baseline: share of real images in {BINS} bins of the score, all seeds together,"
        " and below how many images a seed puts into each bin. Expected calibration error, the mean"
        f" distance from the diagonal weighted by images: {'; '.join(parts)}."
    )


def bins_of(member: Member) -> pd.DataFrame:
    """Return the bins of a model's test scores that hold any, all seeds together.

    Returns
    -------
    Index: bin, from 0. Columns: score (mean), real (share of real images), images (number a seed,
    the mean over the seeds whose scores are numbers). The bins are of equal width and hold their
    upper edge: 0.5, which is no "real", lies below the middle.
    """
    rows = predictions(member).dropna(subset=["score"])
    edge = np.ceil(rows["score"] * BINS).clip(1, BINS).astype(int) - 1
    groups = rows.groupby(edge.to_numpy())
    return pd.DataFrame(
        {
            "score": groups["score"].mean(),
            "real": groups["label"].mean(),
            "images": groups.size() / max(1, rows["seed"].nunique()),
        }
    )


def expected_error(bins: pd.DataFrame) -> float:
    """Return the distance between score and share of real images, mean over images.

    Naeini, Cooper and Hauskrecht (2015), AAAI, 2901-2907. NaN without bins.
    """
    distance = (bins["score"] - bins["real"]).abs()
    return float((distance * bins["images"]).sum() / bins["images"].sum()) if len(bins) else np.nan


def wilson_interval(shares: pd.Series, counts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the 95 % intervals of shares of `counts` images each.

    Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    z = NORMAL_QUANTILE
    middle = (shares + z**2 / (2 * counts)) / (1 + z**2 / counts)
    spread = z * np.sqrt(shares * (1 - shares) / counts + z**2 / (4 * counts**2))
    half = spread / (1 + z**2 / counts)
    return (middle - half).clip(0, 1), (middle + half).clip(0, 1)


def error_text(bins: pd.DataFrame) -> str:
    """Return the expected calibration error as figures write it."""
    return f"{expected_error(bins):.3f}" if len(bins) else "not finite"


def _draw_panel(upper: Axes, lower: Axes, member: Member, look: tuple[str, str]) -> None:
    color, marker = look
    bins = bins_of(member)
    upper.plot((0, 1), (0, 1), color=REFERENCE_COLOR, linestyle=":")
    if len(bins):
        low, high = wilson_interval(bins["real"], bins["images"])
        upper.vlines(bins["score"], low, high, color=color, linewidth=1.2, alpha=0.6)
        upper.plot(
            bins["score"], bins["real"], color=color, marker=marker, markersize=6, clip_on=False
        )
        centres = (bins.index.to_numpy() + 0.5) / BINS
        lower.bar(centres, bins["images"], width=0.9 / BINS, color=color)
    upper.set(xlim=(0, 1), ylim=(-0.03, 1.03), ylabel="real (share)")
    upper.set_title(f"{member.label}\ncalibration error {error_text(bins)}", fontsize=10.5)
    upper.tick_params(labelbottom=False)
    lower.set(xlim=(0, 1))
    lower.set(xlabel="score (bins of 0.1)", ylabel="images", ylim=(0, None))
