"""Whether a peer has trained what it was asked to: its losses against those of the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

FIRST_TOLERANCE = 1e-4
"""Largest relative difference of a loss before the first update that is no failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Largest relative differences of the seeds' losses, infinite where a loss is no number.

    `first` is of the first step, before any update; `mean` of the mean over the epoch.
    """

    first: float
    mean: float

    def within(self, tolerance: float) -> bool:
        """Whether both are no failure; `tolerance` is that of the mean."""
        return self.first <= FIRST_TOLERANCE and self.mean <= tolerance

    def larger(self, other: Self) -> Difference:
        """Return the larger of each."""
        return Difference(first=max(self.first, other.first), mean=max(self.mean, other.mean))


def difference(losses: np.ndarray, reference: np.ndarray) -> Difference:
    """Return how far losses (n_seeds, n_steps) are from the reference's, of the same shape.

    Raises
    ------
    ValueError : the shapes differ.
    """
    if losses.shape != reference.shape:
        raise ValueError(f"losses must be {reference.shape}. Got {losses.shape} instead.")
    return Difference(
        first=_relative(losses[:, 0], reference[:, 0]),
        mean=_relative(losses.mean(1), reference.mean(1)),
    )


def _relative(values: np.ndarray, reference: np.ndarray) -> float:
    relative = np.abs(values - reference) / np.abs(reference)
    return float(np.nan_to_num(relative, nan=np.inf).max())
