"""Which images models tell apart, how surely, and whether one model does it better than another.

A model is a cell with all its seeds. Its verdict on an image is the share of the seeds that are
right about it, so that the mean over images is the mean accuracy over seeds. Images that were cut
from one photograph resemble each other: they are one group, and groups are what is drawn anew in
intervals, together with seeds, and swapped between models in tests. What is said here is said of
such models, trained from other seeds, on images of other photographs of the kind.

The group of an image is what stands before `//` in its name; an image without one is its own.

Where each seed has its own images for the test, an outcome is NaN for images of other seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from gridproof.errors import GridproofError
from gridproof.kit.image_groups import groups
from gridproof.kit.swap_test import paired_test

REAL = 1
THRESHOLD = 0.5
RESAMPLES = 2_000
CONFIDENCE = 0.95
SIGNIFICANT = 0.05
GENERATOR_SEED = 0
DIGITS = 12
"""Means are compared after rounding to so many digits: equal ones stay equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A model's place in a ranking.

    `accuracies` has one number a seed, in the order of the seeds; `interval` is the bootstrap
    interval of their mean, over groups of images and seeds.
    """

    label: str
    accuracy: float
    accuracies: tuple[float, ...]
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourGap:
    """Two neighbours in a ranking: p-value of the exact test, and adjusted for all neighbours."""

    better: str
    worse: str
    p_value: float
    adjusted: float

    @property
    def is_significant(self) -> bool:
        """Whether the adjusted p-value is below 5 %."""
        return self.adjusted < SIGNIFICANT


def is_correct(predictions: pd.DataFrame) -> pd.Series:
    """Return for each row whether its score is on the right side.

    A score above 0.5 says "real"; NaN, which a diverged network gives, is never right.
    """
    says_real = predictions["score"] > THRESHOLD
    return (says_real == (predictions["label"] == REAL)) & predictions["score"].notna()


def outcomes(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return whether a model is right, 1 or 0: a row an image, by name, and a column a seed.

    NaN are the images that other seeds were tested on.

    Parameters
    ----------
    predictions : rows of one cell and one split, with the columns seed, image, label and score.

    Raises
    ------
    GridproofError
        If there are no rows, two of a seed for an image, or seeds with different numbers of images.
    """
    return _by_image(predictions.assign(right=is_correct(predictions)), "right").astype(float)


def scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the scores in the form, and with the errors, of `outcomes`; NaN also if diverged."""
    return _by_image(predictions, "score").astype(float)


def accuracy_by_seed(right: pd.DataFrame) -> pd.Series:
    """Return the share of images that each seed (column of `outcomes`) is right about."""
    return right.mean()


def bootstrap_interval(right: pd.DataFrame, resamples: int = RESAMPLES) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean accuracy, groups and seeds drawn anew.

    Parameters
    ----------
    right : (n_images, n_seeds), of `outcomes`.
    resamples : how often as many groups of images, and as many seeds, are drawn with replacement.

    Notes
    -----
    A resample holds multinomial numbers of the groups, and of the seeds; its accuracy is that of
    the images in it. With few groups the interval is too narrow rather than too wide: they cannot
    show what other photographs would bring.

    References
    ----------
    Efron (1979), The Annals of Statistics 7, 1-26; Owen (2007), The Annals of Applied Statistics 1,
    386-411, on factors that are drawn independently.
    """
    group = groups(right.index)
    n_groups, n_seeds = int(group.max()) + 1, right.shape[1]
    sums, sizes = np.zeros((n_groups, n_seeds)), np.zeros((n_groups, n_seeds))
    np.add.at(sums, group, right.fillna(0).to_numpy(dtype=float))
    np.add.at(sizes, group, right.notna().to_numpy(dtype=float))
    generator = np.random.default_rng(GENERATOR_SEED)
    drawn = generator.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=resamples)
    seeds = generator.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), size=resamples)
    tested = ((drawn @ sizes) * seeds).sum(axis=1)
    # seeds with images of their own may be drawn without any of them
    means = ((drawn @ sums) * seeds).sum(axis=1)[tested > 0] / tested[tested > 0]
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Return p-values adjusted for their number, (n,), in the given order.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    values = np.asarray(p_values, dtype=float)
    order = np.argsort(values, kind="stable")
    factors = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(values[order] * factors))
    return adjusted


def ranking(models: Mapping[str, pd.DataFrame]) -> list[Place]:
    """Return the models (label -> `outcomes`) by falling mean accuracy, equal ones by label."""
    places = []
    for label, right in models.items():
        accuracies = accuracy_by_seed(right).to_numpy(dtype=float)
        places.append(
            Place(
                label=label,
                accuracy=float(accuracies.mean()),
                accuracies=tuple(accuracies.tolist()),
                interval=bootstrap_interval(right),
            )
        )
    return sorted(places, key=lambda place: (-round(place.accuracy, DIGITS), place.label))


def neighbour_gaps(
    models: Mapping[str, pd.DataFrame], places: Sequence[Place]
) -> list[NeighbourGap]:
    """Return one gap for each two neighbours in a ranking of `models`, from the top.

    p-values are adjusted by Holm's method over all neighbours.
    """
    pairs = [(one.label, two.label) for one, two in pairwise(places)]
    p_values = [paired_test(models[one], models[two]) for one, two in pairs]
    return [
        NeighbourGap(better=one, worse=two, p_value=p_value, adjusted=float(adjusted))
        for (one, two), p_value, adjusted in zip(pairs, p_values, holm(p_values), strict=True)
    ]


def most_confidently_wrong(predictions: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the images that a model's mean score over seeds is furthest on the wrong side for.

    Parameters
    ----------
    predictions : rows of one cell and one split.
    count : at most so many images are returned.

    Returns
    -------
    One row an image, surest mistake first, equal ones by name: image, label, score (mean over the
    seeds that gave a number; NaN, which comes last, if none did).
    """
    means = scores(predictions).mean(axis=1)
    table = pd.DataFrame({"label": labels(predictions), "score": means})
    wrong = table[~is_correct(table)].reset_index(names="image")
    sureness = (wrong["score"] - THRESHOLD).abs().fillna(-1).round(DIGITS)
    order = np.lexsort((wrong["image"].to_numpy(dtype=str), -sureness.to_numpy()))
    return wrong.iloc[order[:count]].reset_index(drop=True)


def missed_by_all(models: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the names of the images that every model (label -> `outcomes`) gets wrong.

    A model gets an image wrong if more than half of its seeds do that were tested on it.
    """
    missed = pd.concat([right.mean(axis=1) < 0.5 for right in models.values()], axis=1)
    return [str(name) for name in missed.index[missed.all(axis=1)]]


def labels(predictions: pd.DataFrame) -> pd.Series:
    """Return the true class of each image (0 fake, 1 real), by name."""
    return predictions.groupby("image", sort=True)["label"].first().astype(int)


def _by_image(predictions: pd.DataFrame, column: str) -> pd.DataFrame:
    if predictions.empty:
        raise GridproofError("found no predictions, expected one of every seed for every image")
    counts = predictions.groupby(["image", "seed"]).size().unstack(fill_value=0)
    for row, place in np.argwhere(counts.to_numpy() > 1):
        raise GridproofError(
            f"found {counts.iloc[row, place]} predictions of seed {counts.columns[place]} for the"
            f" image {counts.index[row]!r}, expected one of every seed for every image"
        )
    tested = counts.sum()
    if tested.nunique() > 1:
        raise GridproofError(
            f"found {tested.min()} predictions of seed {tested.idxmin()} and {tested.max()} of seed"
            f" {tested.idxmax()}, expected every seed to be tested on as many images"
        )
    return predictions.pivot(index="image", columns="seed", values=column).sort_index()
