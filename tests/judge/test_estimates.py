"""Estimates, their intervals and p-values, against scipy's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gridproof.judge.condition import Condition
from gridproof.judge.estimates import ExactNumber, MeanOverSeeds, ShareOfSeeds

VALUES = (0.1, 0.4, 0.35, 0.2, 0.15)


def estimate(values: tuple[float, ...], **given: object) -> object:
    """Return what a condition on these numbers estimates."""
    numbers = dict(enumerate(values))
    return Condition(what="a", unit="any", where="b", values=numbers, **given).estimate  # type: ignore[arg-type]


def test_mean_is_tested_by_student_on_both_sides() -> None:
    """One bound, the other, and both: for both the larger p-value within, twice the smaller out."""
    above = stats.ttest_1samp(VALUES, 0.1, alternative="greater").pvalue
    below = stats.ttest_1samp(VALUES, 0.5, alternative="less").pvalue
    found = estimate(VALUES, low=0.1)
    assert isinstance(found, MeanOverSeeds)
    assert (found.p_within(), found.p_outside()) == pytest.approx((above, 1 - above))
    assert estimate(VALUES, high=0.5).p_within() == pytest.approx(below)
    both = estimate(VALUES, low=0.1, high=0.5)
    assert both.p_within() == pytest.approx(max(above, below))
    assert both.p_outside() == pytest.approx(min(1.0, 2 * min(1 - above, 1 - below)))


def test_interval_of_a_mean_is_student_s() -> None:
    """What is left out on each side is the tail."""
    low, high = stats.t.interval(0.98, 4, loc=np.mean(VALUES), scale=stats.sem(VALUES))
    assert estimate(VALUES, low=0.0).interval(0.01) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("scale", "there", "back"),
    [("log", np.log, np.exp), ("logit", stats.logistic.ppf, stats.logistic.cdf)],
)
def test_scale_is_where_the_mean_is_taken_and_the_interval_is_possible(
    scale: str, there: np.ufunc, back: np.ufunc
) -> None:
    """As if the numbers and the bound had been transformed by hand."""
    found = estimate(VALUES, low=0.15, scale=scale)
    numbers = there(np.array(VALUES))
    assert found.value == pytest.approx(back(numbers.mean()))
    assert found.p_within() == pytest.approx(
        stats.ttest_1samp(numbers, there(0.15), alternative="greater").pvalue
    )
    low, high = found.interval(1e-4)
    assert 0 < low < high
    assert scale == "log" or high < 1


def test_share_of_seeds_is_tested_exactly() -> None:
    """Against the binomial test, and Clopper's and Pearson's interval."""
    found = estimate((1.0,) * 17 + (-1.0,) * 3, low=0.0, estimand="seeds")
    assert isinstance(found, ShareOfSeeds)
    test = stats.binomtest(17, 20, 0.5, alternative="greater")
    assert found.p_within() == pytest.approx(test.pvalue)
    assert found.p_outside() == pytest.approx(stats.binom.cdf(17, 20, 0.5))
    exact = stats.binomtest(17, 20).proportion_ci(0.9, method="exact")
    assert found.interval(0.05) == pytest.approx((exact.low, exact.high))


@pytest.mark.parametrize("count", [0, 6])
def test_share_of_none_and_of_all_has_an_interval_to_the_end(count: int) -> None:
    """Its other end is that of the exact interval."""
    exact = stats.binomtest(count, 6).proportion_ci(0.9, method="exact")
    found = ShareOfSeeds(n_met=count, n=6, low=0.5)
    assert found.interval(0.05) == pytest.approx((exact.low, exact.high))
    assert found.p_within() + found.p_outside() >= 1


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ((0.5,), "linear"),
        ((0.5, 0.5, 0.5), "linear"),
        ((0.5, math.nan, 0.4), "linear"),
        ((0.5, math.inf, 0.4), "linear"),
        ((0.5, 0.0, 0.4), "log"),
        ((0.5, -0.1, 0.4), "log"),
        ((0.5, 1.0, 0.4), "logit"),
    ],
)
def test_most_seeds_decide_where_there_is_no_mean(values: tuple[float, ...], scale: str) -> None:
    """One seed, no spread, no number, none on the scale."""
    assert isinstance(estimate(values, low=0.1, scale=scale), ShareOfSeeds)


def test_exact_number_is_within_or_not() -> None:
    """It has no interval and leaves nothing open."""
    found = estimate((44.0, 44.0), low=40.0, estimand="exact")
    assert isinstance(found, ExactNumber)
    assert (found.p_within(), found.p_outside(), found.interval(0.1)) == (0, 1, (44, 44))
