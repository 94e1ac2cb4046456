"""What some seeds say of all seeds that could be drawn: estimates, their intervals and tests.

Three things are estimated (`Estimand`):

- the *mean* over seeds, by Student's t on a scale where it is honest: as it is, the logarithm for
  ratios, the logit for shares. Assumes that the seeds are independent draws and that their mean is
  near to normal on that scale; docs/verdicts.md simulates what becomes of other distributions.
- the share of *seeds* that are within bounds, by the exact binomial distribution; assumes nothing
  but independent draws.
- *exact* numbers, which no seed changes, such as counts of steps.

References
----------
Student (1908), Biometrika 6, 1-25; Clopper and Pearson (1934), Biometrika 26, 404-413.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

Estimand = Literal["mean", "seeds", "exact"]
Scale = Literal["linear", "log", "logit"]


def logit(share: np.ndarray) -> np.ndarray:
    """Return the logarithm of the odds; infinite for 0 and 1."""
    return np.log(share) - np.log1p(-share)


def expit(odds: np.ndarray) -> np.ndarray:
    """Return the share that has a logarithm of odds."""
    return 1 / (1 + np.exp(-odds))


SCALES: dict[Scale, tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]] = {
    "linear": (np.asarray, np.asarray),
    "log": (np.log, np.exp),
    "logit": (logit, expit),
}
"""Scale -> the way to it, and back."""
DOMAIN: dict[Scale, tuple[float, float]] = {
    "linear": (-math.inf, math.inf),
    "log": (0.0, math.inf),
    "logit": (0.0, 1.0),
}


class Estimate(Protocol):
    """What is estimated of all seeds, held against bounds on it.

    `low` and `high` are the bounds; `value` is the estimate, in their unit.
    """

    @property
    def value(self) -> float:
        """The estimate."""

    @property
    def low(self) -> float:
        """The lower bound."""

    @property
    def high(self) -> float:
        """The upper bound."""

    def p_within(self) -> float:
        """Return the p-value of the data if the truth were not within the bounds."""

    def p_outside(self) -> float:
        """Return the p-value of the data if the truth were within the bounds."""

    def interval(self, tail: float) -> tuple[float, float]:
        """Return the interval that leaves out the truth below, and above, with this probability."""

    def errors_to(self, bound: float) -> float:
        """Return how many standard errors of the estimate a bound is away, on its scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOverSeeds:
    """The mean over seeds on a scale; at least two numbers, finite there and not all equal.

    `possible` is what the mean cannot lie outside of, and so its interval does not.
    """

    numbers: np.ndarray
    scale: Scale
    low: float
    high: float
    possible: tuple[float, float]

    @property
    def value(self) -> float:
        """The mean, taken on the scale: of ratios the geometric one."""
        return float(SCALES[self.scale][1](self._center))

    def p_within(self) -> float:
        """Return the larger p-value of two one-sided t-tests, as both bounds have to be kept."""
        return max(self._below(bound, sign) for bound, sign in self._bounds())

    def p_outside(self) -> float:
        """Return the smaller p-value that a bound is broken, times the number of bounds."""
        found = [self._below(bound, -sign) for bound, sign in self._bounds()]
        return min(1.0, len(found) * min(found))

    def interval(self, tail: float) -> tuple[float, float]:
        """Return Student's interval, from the scale back to the unit of the numbers."""
        from scipy import special

        half = float(special.stdtrit(len(self.numbers) - 1, 1 - tail)) * self._error
        back, (least, most) = SCALES[self.scale][1], self.possible
        return max(least, float(back(self._center - half))), min(
            most, float(back(self._center + half))
        )

    def errors_to(self, bound: float) -> float:
        """Return the distance of a bound from the mean; infinite where no number can be."""
        return abs(self._center - self._scaled(bound)) / self._error

    @property
    def _center(self) -> float:
        return float(self.numbers.mean())

    @property
    def _error(self) -> float:
        return float(self.numbers.std(ddof=1) / math.sqrt(len(self.numbers)))

    def _bounds(self) -> list[tuple[float, int]]:
        pairs = ((self.low, 1), (self.high, -1))
        return [(bound, sign) for bound, sign in pairs if math.isfinite(bound)]

    def _below(self, bound: float, sign: int) -> float:
        """Return the p-value that the mean is on the right side of a bound, above it for 1."""
        # scipy.special, as scipy.stats takes a second to import; and here, as many a page and many
        # claims need neither
        from scipy import special

        distance = sign * (self._scaled(bound) - self._center) / self._error
        return float(special.stdtr(len(self.numbers) - 1, distance))

    def _scaled(self, bound: float) -> float:
        least, most = DOMAIN[self.scale]
        with np.errstate(divide="ignore"):
            return float(SCALES[self.scale][0](np.clip(bound, least, most)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOfSeeds:
    """The share of all seeds that are within bounds, of `n_met` of `n`; it has to exceed `low`."""

    n_met: int
    n: int
    low: float
    high: float = 1.0

    @property
    def value(self) -> float:
        """The share of the seeds at hand."""
        return self.n_met / self.n

    def p_within(self) -> float:
        """Return the probability of so many seeds, or more, if the share were the lowest."""
        from scipy import special

        return 1.0 if self.n_met == 0 else float(special.bdtrc(self.n_met - 1, self.n, self.low))

    def p_outside(self) -> float:
        """Return the probability of so few seeds, or fewer, if the share were the lowest."""
        from scipy import special

        return float(special.bdtr(self.n_met, self.n, self.low))

    def interval(self, tail: float) -> tuple[float, float]:
        """Return Clopper's and Pearson's interval."""
        from scipy import special

        met, missed = self.n_met, self.n - self.n_met
        low = float(special.betaincinv(met, missed + 1, tail)) if met else 0.0
        high = float(special.betaincinv(met + 1, missed, 1 - tail)) if missed else 1.0
        return low, high

    def errors_to(self, bound: float) -> float:
        """Return the distance of a share, in standard errors of a binomial share of that size."""
        error = math.sqrt(bound * (1 - bound) / self.n)
        return abs(self.value - bound) / error if error else math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactNumber:
    """A number that no seed changes."""

    value: float
    within: bool
    low: float
    high: float

    def p_within(self) -> float:
        """Return 0 if it is within its bounds, else 1."""
        return 0.0 if self.within else 1.0

    def p_outside(self) -> float:
        """Return 1 if it is within its bounds, else 0."""
        return 1.0 if self.within else 0.0

    def interval(self, tail: float) -> tuple[float, float]:
        """Return the number twice."""
        return self.value, self.value

    def errors_to(self, bound: float) -> float:
        """Return 0 at the bound, infinity elsewhere: it has no error."""
        return 0.0 if bound == self.value else math.inf


ESTIMANDS: dict[type, Estimand] = {
    MeanOverSeeds: "mean",
    ShareOfSeeds: "seeds",
    ExactNumber: "exact",
}


def on_scale(values: Sequence[float], scale: Scale) -> np.ndarray | None:
    """Return numbers on a scale, or None where no t-test is to be had.

    That is where there are fewer than two, where one is not finite on the scale (as after a
    divergence, or an accuracy of 1 on the logit), and where all agree, so that they have no spread.
    """
    numbers = np.asarray(values, dtype=float)
    least, most = DOMAIN[scale]
    if len(numbers) < 2 or not np.isfinite(numbers).all() or np.ptp(numbers) == 0:
        return None
    if ((numbers <= least) | (numbers >= most)).any():
        return None
    return SCALES[scale][0](numbers)
