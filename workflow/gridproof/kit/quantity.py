"""A number over seeds, and how it is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

DIGITS = 3
DIVERGED, UNMEASURED, NONE = "diverged", "not measured", "none"
"""What stands in the place of a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Mean over the seeds whose value is finite, with the sample standard deviation.

    `mean` is NaN if no seed has a finite value; `deviation` is NaN for fewer than two such seeds.
    `n_seeds` counts all seeds; `values` holds the finite ones. `is_measured` is false for what
    nobody asked to measure.
    """

    mean: float
    deviation: float
    n_seeds: int
    values: tuple[float, ...]
    is_measured: bool = True

    @property
    def n_finite(self) -> int:
        """The number of seeds that the mean is taken over."""
        return len(self.values)

    @property
    def is_finite(self) -> bool:
        """Whether at least one seed has a finite value."""
        return self.n_finite > 0

    def holds(self, value: float, *, tolerance: float = 0.0) -> bool:
        """Tell whether a value lies between the lowest and the highest seed, give or take."""
        if not self.is_finite:
            return False
        return min(self.values) - tolerance <= value <= max(self.values) + tolerance

    def written(self, write: Callable[[float], str]) -> str:
        """Return mean ± deviation, each written by `write`, or why there is none."""
        if not self.is_measured:
            return UNMEASURED
        if not self.is_finite:
            return DIVERGED
        text = write(self.mean)
        if self.n_finite > 1:
            text += f" ± {write(self.deviation)}"
        return text + self._coverage()

    def span(self, write: Callable[[float], str]) -> str:
        """Return `lowest to highest` over the seeds, each written by `write`."""
        if not self.is_measured or not self.is_finite:
            return self.written(write)
        lowest, highest = write(min(self.values)), write(max(self.values))
        text = lowest if lowest == highest else f"{lowest} to {highest}"
        return text + self._coverage()

    def _coverage(self) -> str:
        return f" ({self.n_finite} of {self.n_seeds} seeds)" if self.n_finite < self.n_seeds else ""

    def __str__(self) -> str:
        return self.written(decimal)


def summarise(values: Iterable[float]) -> Quantity:
    """Return the quantity of one value a seed; values that are not finite count as diverged."""
    numbers = [float(value) for value in values]
    finite = tuple(value for value in numbers if math.isfinite(value))
    mean = math.fsum(finite) / len(finite) if finite else math.nan
    deviation = math.nan
    if len(finite) > 1:
        squares = math.fsum((value - mean) ** 2 for value in finite)
        deviation = math.sqrt(squares / (len(finite) - 1))
    return Quantity(mean=mean, deviation=deviation, n_seeds=len(numbers), values=finite)


def unmeasured(n_seeds: int) -> Quantity:
    """Return the quantity of something that was not measured."""
    return Quantity(
        mean=math.nan, deviation=math.nan, n_seeds=n_seeds, values=(), is_measured=False
    )


def decimal(value: float, digits: int = DIGITS) -> str:
    """Write a number with a fixed number of decimals, without a negative zero."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def signed(value: float, digits: int = DIGITS) -> str:
    """Write a difference with its sign."""
    text = decimal(value, digits)
    return text if text.startswith("-") or float(text) == 0 else f"+{text}"


def thousands(value: float) -> str:
    """Write a count with separated thousands, rounded to a whole number."""
    return f"{round(value):,}"


def percent(share: float) -> str:
    """Write a share in per cent."""
    return f"{decimal(100 * share, 1)} %"


def change(share: float) -> str:
    """Write a relative change in per cent, with its sign."""
    return f"{signed(100 * share, 1)} %"


def scientific(value: float) -> str:
    """Write two digits of a number, `7.0e-14`; an exact zero is `0`, 0.1 to 99 have no power."""
    if value == 0:
        return "0"
    if 0.1 <= abs(value) < 99:
        return f"{value:#.2g}".rstrip(".")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def middle_value(quantity: Quantity) -> str:
    """Write the median of the finite seeds, or why there is none."""
    if not quantity.is_finite:
        return str(quantity)
    return scientific(median(quantity.values))


def n_zero(quantity: Quantity) -> int:
    """Count the seeds whose value is exactly zero."""
    return sum(value == 0 for value in quantity.values)
