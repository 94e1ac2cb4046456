"""An exact test of whether two models are equally often right about images."""

from __future__ import annotations

from math import comb, lcm

import numpy as np
import pandas as pd

from gridproof.errors import GridproofError
from gridproof.kit.image_groups import groups


def paired_test(first: pd.DataFrame, second: pd.DataFrame) -> float:
    """Return the two-sided exact p-value that two models are equally often right.

    Were they alike, the outcomes of both could be swapped on any group of images, all seeds
    together: the p-value is the share of all 2^n ways to swap n groups under which the mean
    accuracies are at least as far apart as they are; so few groups as four allow no p-value below
    1/8. With one seed each and images that are their own groups this is McNemar's exact test, the
    binomial test of the images that just one model is right about. With several seeds it stays a
    test of the mean accuracy over seeds, which a vote of the seeds would not be: the vote is
    another classifier.

    Parameters
    ----------
    first, second : (n_images, n_seeds) of `outcomes`; the models may have different seeds, unless
        each seed has its own images: then they are compared seed by seed, on those that both have.

    Raises
    ------
    GridproofError
        If the two are not of the same images.

    References
    ----------
    McNemar (1947), Psychometrika 12, 153-157; Fisher (1935), The Design of Experiments, 21.
    """
    apart = _differences(first, second)
    group = groups(apart.index)
    differences = np.zeros(int(group.max()) + 1, dtype=np.int64)
    np.add.at(differences, group, apart.to_numpy())
    sums, probabilities = _swapped_sums(np.abs(differences))
    extreme = np.abs(sums) >= abs(int(differences.sum()))
    return min(1.0, float(probabilities[extreme].sum()))


def _differences(first: pd.DataFrame, second: pd.DataFrame) -> pd.Series:
    """Return how much more often the first is right about each image, as whole numbers.

    They are proportional to what each image adds to the difference of the mean accuracies.
    """
    one, other = first, second
    if _has_gaps(first) or _has_gaps(second):
        seeds = first.columns.intersection(second.columns)
        one, other = (right[seeds].dropna(how="all") for right in (first, second))
    by_seed = _has_gaps(one) or _has_gaps(other)
    alike = one.isna().equals(other.isna()) if by_seed else one.index.equals(other.index)
    if not one.size or not alike:
        raise GridproofError(
            f"found predictions of {len(first)} and of {len(second)} images that are not the same,"
            " expected two models that were tested on the same images"
        )
    if by_seed:
        return (one.sum(axis=1) - other.sum(axis=1)).astype(np.int64)
    scale = lcm(one.shape[1], other.shape[1])
    return ((one.mean(axis=1) - other.mean(axis=1)) * scale).round().astype(np.int64)


def _has_gaps(right: pd.DataFrame) -> bool:
    """Tell whether some images were not tested by some seeds."""
    return bool(right.isna().any(axis=None))


def _swapped_sums(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums that whole numbers `sizes` (n,) can have with any signs, and how likely.

    Numbers of equal size have a binomial number of minus signs; different sizes are convolved.
    """
    distribution, lowest = np.ones(1), 0
    for size, count in zip(*np.unique(sizes[sizes > 0], return_counts=True), strict=True):
        spaced = np.zeros(2 * int(size) * int(count) + 1)
        spaced[:: 2 * int(size)] = np.array(
            [comb(int(count), k) / 2 ** int(count) for k in range(count + 1)]
        )
        distribution = np.convolve(distribution, spaced)
        lowest -= int(size) * int(count)
    return np.arange(lowest, lowest + len(distribution)), distribution
