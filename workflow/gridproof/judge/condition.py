"""What a claim measures: a number for each seed, and the bounds it is held to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gridproof.errors import GridproofError

CONFIDENCE = 0.95
ROUNDING = 1e-9
"""What a bound may be missed by, relative to its size: numbers like 0.85 - 0.8 are not exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Mean over seeds and its 95 % t-interval; NaN where it cannot be had.

    References
    ----------
    Student (1908), Biometrika 6, 1-25.
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One number a seed, and what it has to be for a claim to hold.

    Attributes
    ----------
    what : the number in words.
    unit : of the number and of its bounds.
    values : seed -> number; NaN, as after a divergence, meets no bound.
    where : table, column and epoch that the number comes from.
    low, high : the bounds, both included; infinite where there is none.
    published : the same number in print; NaN where there is none.

    Raises
    ------
    GridproofError : a text or a number is none, there is no bound, or no number is within both.
    """

    what: str
    unit: str
    values: Mapping[int, float]
    where: str
    low: float = -math.inf
    high: float = math.inf
    published: float = math.nan

    def __post_init__(self) -> None:
        for name in ("what", "unit", "where"):
            if not isinstance(getattr(self, name), str):
                raise GridproofError(f"{name}: found {getattr(self, name)!r}, expected a text")
        for name in ("low", "high", "published"):
            object.__setattr__(self, name, as_number(getattr(self, name), f"{self.what}: {name}"))
        object.__setattr__(self, "values", numbers_by_seed(self.values, self.what))
        if math.isinf(self.low) and math.isinf(self.high):
            raise GridproofError(f"{self.what}: found no bound, expected a finite one")
        if not self.low <= self.high:
            raise GridproofError(
                f"{self.what}: no number is at least {self.low:g} and at most {self.high:g}"
            )

    def met(self, value: float) -> bool:
        """Tell whether a number is within the bounds."""
        slack = ROUNDING * max(abs(b) for b in (self.low, self.high) if math.isfinite(b))
        return self.low - slack <= value <= self.high + slack

    @property
    def held(self) -> dict[int, bool]:
        """Seed -> whether its number is within the bounds."""
        return {seed: self.met(value) for seed, value in self.values.items()}

    @property
    def in_print(self) -> bool | None:
        """Whether the published number is within the bounds; None if there is none."""
        return None if math.isnan(self.published) else self.met(self.published)

    @property
    def interval(self) -> Interval:
        """Mean and interval over the seeds, which all have to have a number."""
        return interval(list(self.values.values()))

    @property
    def p_value(self) -> float:
        """One-sided p-value that the mean over seeds lies within the bounds.

        Of two bounds the larger p-value counts, as both have to be met. NaN for one seed, for
        seeds that all agree (such as counts) and where a seed has no number.
        """
        values = np.asarray(list(self.values.values()), dtype=float)
        if len(values) < 2 or not np.isfinite(values).all() or np.ptp(values) == 0:
            return math.nan
        # Student's t-test of one sample; scipy.special, as scipy.stats takes a second to import,
        # and here, as many a page and many claims need neither
        from scipy import special

        error = standard_error(values)
        distances = (self.low - values.mean(), values.mean() - self.high)
        return max(
            float(special.stdtr(len(values) - 1, distance / error))
            for distance in distances
            if math.isfinite(distance)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the condition as JSON holds it; numbers that are not finite are texts or null."""
        found = self.interval
        return {
            "what": self.what,
            "unit": self.unit,
            "where": self.where,
            "at_least": plain(self.low) if self.low > -math.inf else None,
            "at_most": plain(self.high) if self.high < math.inf else None,
            "values": {str(seed): plain(value) for seed, value in self.values.items()},
            "held": {str(seed): held for seed, held in self.held.items()},
            "mean": plain(found.mean),
            "low": plain(found.low),
            "high": plain(found.high),
            "published": plain(self.published),
            "in_print": self.in_print,
        }


def interval(values: Sequence[float]) -> Interval:
    """Return the mean of some numbers and its 95 % t-interval; NaN unless all are finite."""
    numbers = np.asarray(values, dtype=float)
    if not len(numbers) or not np.isfinite(numbers).all():
        return Interval(mean=math.nan, low=math.nan, high=math.nan)
    mean = float(numbers.mean())
    if len(numbers) == 1:
        return Interval(mean=mean, low=math.nan, high=math.nan)
    from scipy import special

    quantile = special.stdtrit(len(numbers) - 1, (1 + CONFIDENCE) / 2)
    half = float(quantile * standard_error(numbers))
    return Interval(mean=mean, low=mean - half, high=mean + half)


def standard_error(values: np.ndarray) -> float:
    """Return the standard error of the mean of at least two numbers."""
    return float(values.std(ddof=1) / math.sqrt(len(values)))


def numbers_by_seed(values: pd.Series | Mapping[int, float], what: str) -> dict[int, float]:
    """Return seed -> number, by rising seed.

    Raises
    ------
    GridproofError : there are several numbers of a seed, or one that is none; begins with `what`.
    """
    if not isinstance(values, (pd.Series, Mapping)):
        raise GridproofError(
            f"{what}: found {type(values).__name__}, expected a number for each seed"
        )
    pairs = list(values.items())
    found = {as_seed(seed, what): as_number(value, f"{what}, seed {seed}") for seed, value in pairs}
    if len(found) < len(pairs):
        raise GridproofError(f"{what}: found several numbers of a seed, expected one")
    return dict(sorted(found.items()))


def as_seed(seed: object, what: str) -> int:
    """Return a seed as Python's own number; GridproofError if it is none."""
    if isinstance(seed, (int, np.integer)):
        return int(seed)
    raise GridproofError(f"{what}: found a number of {seed!r}, expected one of each seed")


def as_number(value: object, what: str) -> float:
    """Return a number as Python's own; GridproofError, beginning with `what`, if it is none."""
    if isinstance(value, (int, float, np.integer, np.floating, np.bool_)):
        return float(value)
    raise GridproofError(f"{what}: found {value!r}, expected a number")


def plain(value: float) -> float | str | None:
    """Return a number as JSON can hold it: null for NaN, `inf` and `-inf` as text."""
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)
