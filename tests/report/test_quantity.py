import math

import pytest

from gridproof.report.quantity import decimal, signed, summarise


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
