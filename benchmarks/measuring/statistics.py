"""Medians with their spread, and the powers with which measurements grow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The median of some rounds and their lowest and highest, in the unit of what was measured."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Return median, lowest and highest of at least one value."""
    return Spread(median=median(values), low=min(values), high=max(values))


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the power p of values ~ sizes^p, by least squares of the logarithms.

    Raises
    ------
    ValueError : there are less than two different sizes, or a number is not positive.
    """
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in values]
    x_mean, y_mean = sum(x) / len(x), sum(y) / len(y)
    squares = sum((a - x_mean) ** 2 for a in x)
    if squares == 0:
        raise ValueError(f"an exponent needs two different sizes. Got {list(sizes)} instead.")
    products = sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True))
    return products / squares
