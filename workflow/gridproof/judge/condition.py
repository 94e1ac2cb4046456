"""What a claim measures: a number for each seed, what of all seeds it stands for, and bounds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from gridproof.errors import GridproofError, nearest
from gridproof.judge.estimates import (
    SCALES,
    Estimand,
    Estimate,
    ExactNumber,
    MeanOverSeeds,
    Scale,
    ShareOfSeeds,
    on_scale,
)

ANYTHING = (-math.inf, math.inf)
MOST = 0.5
"""What happens in most seeds happens in more than this share of them."""
ROUNDING = 1e-9
"""What a bound may be missed by, relative to its size: numbers like 0.85 - 0.8 are not exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One number a seed, and what it has to be for a claim to be true.

    Attributes
    ----------
    what : the number in words.
    unit : of the number and of its bounds.
    values : seed -> number; NaN, as after a divergence, meets no bound.
    where : table, column and epoch that the number comes from.
    low, high : the bounds, both included; infinite where there is none.
    published : the same number in print; NaN where there is none.
    estimand : what has to be within the bounds: the mean over all seeds, the numbers of most seeds,
        or a number that no seed changes. Where no mean can be had, most seeds count.
    scale : where means are taken, and their intervals.
    possible : the lowest and the highest number that there can be, which no interval exceeds.

    Raises
    ------
    GridproofError : a text or a number is none, there is no bound, no number is within both, or the
        number is said to be exact and differs between seeds.
    """

    what: str
    unit: str
    values: Mapping[int, float]
    where: str
    low: float = -math.inf
    high: float = math.inf
    published: float = math.nan
    estimand: Estimand = "mean"
    scale: Scale = "linear"
    possible: tuple[float, float] = ANYTHING

    def __post_init__(self) -> None:
        for name in ("what", "unit", "where"):
            if not isinstance(getattr(self, name), str):
                raise GridproofError(f"{name}: found {getattr(self, name)!r}, expected a text")
        for name in ("low", "high", "published"):
            object.__setattr__(self, name, as_number(getattr(self, name), f"{self.what}: {name}"))
        object.__setattr__(self, "values", numbers_by_seed(self.values, self.what))
        check_choice(self.estimand, get_args(Estimand), f"{self.what}: estimand")
        check_choice(self.scale, SCALES, f"{self.what}: scale")
        if math.isinf(self.low) and math.isinf(self.high):
            raise GridproofError(f"{self.what}: found no bound, expected a finite one")
        if not self.low <= self.high:
            raise GridproofError(
                f"{self.what}: no number is at least {self.low:g} and at most {self.high:g}"
            )
        if self.estimand == "exact" and len(set(self.values.values())) > 1:
            raise GridproofError(
                f"{self.what}: found several numbers, expected one of all seeds, as it is exact"
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
    def is_exact(self) -> bool:
        """Whether no seed changes the number."""
        return self.estimand == "exact"

    @property
    def estimate(self) -> Estimate:
        """What is estimated of all seeds, with the bounds on it."""
        numbers = list(self.values.values())
        if self.is_exact:
            met = all(self.held.values())
            return ExactNumber(value=numbers[0], within=met, low=self.low, high=self.high)
        scaled = on_scale(numbers, self.scale) if self.estimand == "mean" else None
        if scaled is None:
            return ShareOfSeeds(n_met=sum(self.held.values()), n=len(numbers), low=MOST)
        return MeanOverSeeds(
            numbers=scaled,
            scale=self.scale,
            low=self.low,
            high=self.high,
            possible=self.possible,
        )


def check_choice(found: object, valid: Iterable[str], what: str) -> None:
    """Raise GridproofError, beginning with `what`, if a word is none of the valid ones."""
    if found not in (names := list(valid)):
        raise GridproofError(f"{what}: found {found!r}{nearest(str(found), names)}")


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
