"""Conditions as claims ask for them: numbers, one a seed, and the bounds that they are held to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

import pandas as pd

from gridproof.judge.condition import Condition, as_number, numbers_by_seed
from gridproof.judge.estimates import Estimand, Scale
from gridproof.judge.thresholds import ANY, Thresholds

YES = "1 yes, 0 no"
"""The unit of truths."""
Limit = str | float
"""The name of a threshold, or a number."""
Numbers = pd.Series | Mapping[int, float]
"""Seed -> number."""


class About(TypedDict, total=False):
    """What may be said of numbers besides, as in Condition; the unit is the threshold's if not."""

    unit: str
    published: float
    estimand: Estimand
    scale: Scale
    possible: tuple[float, float]


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
        self, bound: Limit, values: Numbers, *, what: str, where: str, **about: Unpack[About]
    ) -> Condition:
        """Return the condition that numbers, one a seed, are at least a bound.

        Parameters
        ----------
        bound : the name of a threshold, or a number.
        what, where : as in Condition.
        about : see About.
        """
        low, unit = self._bound(bound)
        return condition(values, what, where, {"unit": unit, **about}, low=low)

    def at_most(
        self, bound: Limit, values: Numbers, *, what: str, where: str, **about: Unpack[About]
    ) -> Condition:
        """Return the condition that numbers, one a seed, are at most a bound; see `at_least`."""
        high, unit = self._bound(bound)
        return condition(values, what, where, {"unit": unit, **about}, high=high)

    def near(
        self,
        middle: Limit,
        within: Limit,
        values: Numbers,
        *,
        what: str,
        where: str,
        **about: Unpack[About],
    ) -> Condition:
        """Return the condition that numbers, one a seed, are a bound give or take another."""
        center, unit = self._bound(middle)
        distance, _ = self._bound(within)
        low, high = center - distance, center + distance
        return condition(values, what, where, {"unit": unit, **about}, low=low, high=high)

    def certain(self, truths: Numbers, *, what: str, where: str) -> Condition:
        """Return the condition that something is true (1, or True) in most seeds, not false (0)."""
        return condition(truths, what, where, {"unit": YES, "estimand": "seeds"}, low=1.0)

    def _bound(self, bound: Limit) -> tuple[float, str]:
        if isinstance(bound, str):
            threshold = self.thresholds[bound]
            return threshold.value, threshold.unit
        return as_number(bound, "bound"), ANY


def condition(
    values: Numbers,
    what: str,
    where: str,
    about: dict[str, Any],
    *,
    low: float = -math.inf,
    high: float = math.inf,
) -> Condition:
    """Return a condition on numbers."""
    numbers = numbers_by_seed(values, what)
    return Condition(what=what, where=where, values=numbers, low=low, high=high, **about)
