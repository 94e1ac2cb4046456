"""Conditions as claims ask for them: numbers, one a seed, and the bounds that they are held to."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from gridproof.judge.condition import ANYTHING, Condition, as_number, numbers_by_seed
from gridproof.judge.estimates import Estimand, Scale
from gridproof.judge.thresholds import ANY, Thresholds

YES = "1 yes, 0 no"
"""The unit of truths."""
Limit = str | float
"""The name of a threshold, or a number."""


class Bounds:
    """Makes conditions of numbers and thresholds.

    Parameters
    ----------
    thresholds : what rules measure against.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds

    def threshold(self, name: str) -> float:
        """Return the value of a threshold."""
        return self.thresholds[name].value

    def at_least(
        self,
        bound: Limit,
        values: pd.Series | Mapping[int, float],
        *,
        what: str,
        where: str,
        unit: str | None = None,
        published: float = math.nan,
        estimand: Estimand = "mean",
        scale: Scale = "linear",
        possible: tuple[float, float] = ANYTHING,
    ) -> Condition:
        """Return the condition that numbers, one a seed, are at least a bound.

        Parameters
        ----------
        bound : the name of a threshold, or a number.
        what, where, unit, published, estimand, scale, possible : as in Condition; the unit is the
            threshold's by default.
        """
        low, own_unit = self._bound(bound)
        return Condition(
            what=what,
            where=where,
            unit=unit or own_unit,
            values=numbers_by_seed(values, what),
            published=published,
            estimand=estimand,
            scale=scale,
            possible=possible,
            low=low,
        )

    def at_most(
        self,
        bound: Limit,
        values: pd.Series | Mapping[int, float],
        *,
        what: str,
        where: str,
        unit: str | None = None,
        published: float = math.nan,
        estimand: Estimand = "mean",
        scale: Scale = "linear",
        possible: tuple[float, float] = ANYTHING,
    ) -> Condition:
        """Return the condition that numbers, one a seed, are at most a bound; see `at_least`."""
        high, own_unit = self._bound(bound)
        return Condition(
            what=what,
            where=where,
            unit=unit or own_unit,
            values=numbers_by_seed(values, what),
            published=published,
            estimand=estimand,
            scale=scale,
            possible=possible,
            high=high,
        )

    def near(
        self,
        middle: Limit,
        within: Limit,
        values: pd.Series | Mapping[int, float],
        *,
        what: str,
        where: str,
        unit: str | None = None,
        published: float = math.nan,
        estimand: Estimand = "mean",
        scale: Scale = "linear",
        possible: tuple[float, float] = ANYTHING,
    ) -> Condition:
        """Return the condition that numbers, one a seed, are a bound give or take another."""
        center, own_unit = self._bound(middle)
        distance, _ = self._bound(within)
        return Condition(
            what=what,
            where=where,
            unit=unit or own_unit,
            values=numbers_by_seed(values, what),
            published=published,
            estimand=estimand,
            scale=scale,
            possible=possible,
            low=center - distance,
            high=center + distance,
        )

    def certain(
        self, truths: pd.Series | Mapping[int, float], *, what: str, where: str
    ) -> Condition:
        """Return the condition that something is true (1, or True) in most seeds, not false (0)."""
        return Condition(
            what=what,
            where=where,
            unit=YES,
            values=numbers_by_seed(truths, what),
            estimand="seeds",
            low=1.0,
        )

    def _bound(self, bound: Limit) -> tuple[float, str]:
        if isinstance(bound, str):
            threshold = self.thresholds[bound]
            return threshold.value, threshold.unit
        return as_number(bound, "bound"), ANY
