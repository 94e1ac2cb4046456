import math

import pytest

from gridproof.kit.quantity import (
    change,
    decimal,
    scientific,
    signed,
    summarise,
    thousands,
    unmeasured,
)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.5], "0.500"),
        ([0.25, 0.75], "0.500 ± 0.354"),
        ([0.25, 0.75, math.nan], "0.500 ± 0.354 (2 of 3 seeds)"),
        ([0.5, math.inf], "0.500 (1 of 2 seeds)"),
        ([math.nan, math.nan], "diverged"),
        ([], "diverged"),
    ],
    ids=["one seed", "two", "one diverged", "one left", "all diverged", "none"],
)
def test_summarise_writes_mean_and_spread_of_finite_seeds(values, text):
    """Spread is the sample standard deviation; what diverged is counted, not averaged."""
    assert str(summarise(values)) == text


def test_decimal_has_no_negative_zero():
    """A difference that rounds to nothing has no sign."""
    assert decimal(-0.0001) == "0.000"
    assert signed(-0.0001) == "0.000"
    assert (signed(0.25), signed(-0.25)) == ("+0.250", "-0.250")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([3.0, 1.0, 2.0], "1 to 3"),
        ([2.0, 2.0], "2"),
        ([1.0, math.nan], "1 (1 of 2 seeds)"),
        ([math.nan], "diverged"),
    ],
    ids=["spread", "equal", "one diverged", "diverged"],
)
def test_span_names_lowest_and_highest_seed(values, text):
    """Seeds that agree are one number."""
    assert summarise(values).span(thousands) == text


def test_what_was_not_measured_did_not_diverge():
    """A column that nobody asked for is told apart from one that is not a number."""
    assert str(unmeasured(3)) == unmeasured(3).span(decimal) == "not measured"
    assert not unmeasured(3).is_finite


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (7e-14, "7.0e-14"),
        (0.00025, "2.5e-4"),
        (1.25, "1.2"),
        (44.4, "44"),
        (1234.0, "1.2e3"),
    ],
)
def test_scientific_writes_two_digits(value, text):
    """An exact zero is no small number, and numbers near one need no power of ten."""
    assert scientific(value) == text


def test_holds_counts_the_rounding_of_print():
    """A value in print stands for all that round to it."""
    quantity = summarise([0.425, 0.5])
    assert not quantity.holds(0.42)
    assert quantity.holds(0.42, tolerance=0.005)
    assert not summarise([math.nan]).holds(0.42)


def test_change_is_in_per_cent():
    """A relative change has its sign."""
    assert (change(-0.295), change(0.5)) == ("-29.5 %", "+50.0 %")
