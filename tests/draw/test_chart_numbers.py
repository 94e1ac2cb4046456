"""Numbers of charts as the page writes them, beside those of texts."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridproof.kit.chart_panels import rounded


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_third_decimal_is_that_of_a_text(value: float) -> None:
    """Rounded once: what the page makes of a chart's number is what a text makes of the number."""
    given_to_page = rounded(value)
    assert given_to_page is not None
    written = Decimal(given_to_page).quantize(Decimal("0.001"), ROUND_HALF_UP)
    assert float(written) == float(f"{value:.3f}")
    assert given_to_page == pytest.approx(value, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize(
    ("value", "kept"),
    [(3.34849, 3.34849), (0.8125, 0.812), (0.3125, 0.312), (1 / 3, 0.33333), (2.0, 2)],
)
def test_five_digits_do_where_they_are_enough(value: float, kept: float) -> None:
    """Halves, which JavaScript rounds up and Python to the even digit, are given as written."""
    assert rounded(value) == kept


def test_numbers_that_are_not_finite_are_left_out() -> None:
    """JSON has no NaN."""
    assert rounded(float("nan")) is None
    assert rounded(float("inf")) is None
