"""Medians, exponents and losses: what the benchmarks make of what they measured."""

import numpy as np
import pytest

from benchmarks.measuring.losses import difference
from benchmarks.measuring.statistics import exponent, spread

REFERENCE = np.array([[3.5, 3.0, 2.5], [3.4, 3.2, 3.0]])


def test_spread_is_median_lowest_and_highest():
    """An outlier widens the spread and leaves the median."""
    found = spread([3.0, 1.0, 2.0, 100.0, 2.5])
    assert (found.median, found.low, found.high) == (2.5, 1.0, 100.0)


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_exponent_is_that_of_a_power(power):
    """Of values that are a power of the sizes, the power is found."""
    sizes = [1, 4, 16, 64]
    assert exponent(sizes, [7 * size**power for size in sizes]) == pytest.approx(power)


def test_exponent_needs_two_sizes():
    """A single size has no exponent."""
    with pytest.raises(ValueError, match="two different sizes"):
        exponent([8, 8], [1.0, 2.0])


def test_equal_losses_agree():
    """Losses that differ by rounding are no failure."""
    assert difference(REFERENCE * (1 + 1e-7), REFERENCE).within(1e-5)


@pytest.mark.parametrize(
    "changed",
    [
        REFERENCE * [[1], [1.001]],
        REFERENCE * [1.001, 1, 1],
        np.where(REFERENCE == 2.5, np.nan, REFERENCE),
        np.full_like(REFERENCE, np.inf),
    ],
    ids=["one seed", "first step", "no number", "diverged"],
)
def test_other_losses_do_not_agree(changed):
    """One seed, the first step alone or a loss that is no number is a failure."""
    assert not difference(changed, REFERENCE).within(1e-5)


def test_first_step_is_held_against_a_tolerance_of_its_own():
    """Where the mean is compared loosely, the loss before the first update is not."""
    changed = REFERENCE * [1.001, 1, 1]
    assert difference(changed, REFERENCE).mean < 5e-2
    assert not difference(changed, REFERENCE).within(5e-2)


def test_losses_of_fewer_steps_are_refused():
    """A peer that trained fewer steps is not compared at all."""
    with pytest.raises(ValueError, match="losses must be"):
        difference(REFERENCE[:, :2], REFERENCE)
