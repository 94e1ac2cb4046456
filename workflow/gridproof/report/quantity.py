"""A number over seeds, and how it is written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Mean over the seeds whose value is finite, with the sample standard deviation.

    `mean` is NaN if no seed has a finite value; `deviation` is NaN for fewer than two such seeds.
    `n_seeds` counts all seeds, `n_finite` those that the mean is taken over.
    """

    mean: float
    deviation: float
    n_seeds: int
    n_finite: int

    @property
    def is_finite(self) -> bool:
        """Whether at least one seed has a finite value."""
        return self.n_finite > 0

    def __str__(self) -> str:
        if not self.is_finite:
            return "diverged"
        text = decimal(self.mean)
        if self.n_finite > 1:
            text += f" ± {decimal(self.deviation)}"
        if self.n_finite < self.n_seeds:
            text += f" ({self.n_finite} of {self.n_seeds} seeds)"
        return text


def summarise(values: Iterable[float]) -> Quantity:
    """Return the quantity of one value a seed; values that are not finite count as diverged."""
    numbers = [float(value) for value in values]
    finite = [value for value in numbers if math.isfinite(value)]
    mean = math.fsum(finite) / len(finite) if finite else math.nan
    deviation = math.nan
    if len(finite) > 1:
        squares = math.fsum((value - mean) ** 2 for value in finite)
        deviation = math.sqrt(squares / (len(finite) - 1))
    return Quantity(mean=mean, deviation=deviation, n_seeds=len(numbers), n_finite=len(finite))


def decimal(value: float, digits: int = DIGITS) -> str:
    """Write a number with a fixed number of decimals, without a negative zero."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def signed(value: float) -> str:
    """Write a difference with its sign."""
    text = decimal(value)
    return text if text.startswith("-") or float(text) == 0 else f"+{text}"


def thousands(value: int) -> str:
    """Write a count with separated thousands."""
    return f"{value:,}"
