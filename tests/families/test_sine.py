"""The sine against the mathematical library's, in double precision."""

import math

import numpy as np

from gridproof.parts.families.mlp.sine import sine


def test_sine_is_the_nearest_float32() -> None:
    """Of the values that implicit networks meet and far beyond, up to a million."""
    random = np.random.default_rng(3)
    for largest in (1.0, 180.0, 1e4, 1e6):
        x = random.uniform(-largest, largest, size=20_000).astype(np.float32)
        expected = np.array([math.sin(value) for value in x.tolist()])
        assert sine(x).dtype == np.float32
        assert np.array_equal(sine(x), expected.astype(np.float32))


def test_sine_near_multiples_of_half_pi() -> None:
    """Where the reduced argument all but vanishes."""
    x = (np.arange(-2000, 2001) * (math.pi / 2)).astype(np.float32)
    expected = np.array([math.sin(value) for value in x.tolist()])
    assert np.array_equal(sine(x), expected.astype(np.float32))


def test_sine_of_what_is_no_number() -> None:
    """NaN and infinity give NaN, zeros zero, and subnormals themselves."""
    assert np.isnan(sine(np.array([np.nan, np.inf, -np.inf], np.float32))).all()
    tiny = np.array([0.0, 1e-45, -1e-40, 1e-30], np.float32)
    assert np.array_equal(sine(tiny), tiny)
