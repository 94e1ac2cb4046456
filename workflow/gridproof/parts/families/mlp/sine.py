"""The sine of float32 numbers, of IEEE operations alone: the same bits on every processor."""

from __future__ import annotations

import numpy as np

HALF_PI = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21)
"""pi / 2 in three parts; the first two have 33 bits, so that a whole number of 20 bits times one
of them is exact (fdlibm's e_rem_pio2)."""
SINE = (-1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800, 1 / 6_227_020_800)
COSINE = (-1 / 2, 1 / 24, -1 / 720, 1 / 40_320, -1 / 3_628_800, 1 / 479_001_600)
"""Taylor's coefficients: up to pi / 4 the first term left out is below 1e-12."""
CHUNK = 65_536
"""Numbers computed at once: float64 takes 100 MB of memory less than for all of a table."""


def sine(x: np.ndarray) -> np.ndarray:
    """Return the sine of float32 numbers as float32, computed in float64.

    To the nearest float32 but for rare ties up to |x| = 1e6.
    """
    found, numbers = np.empty(x.size, np.float32), x.ravel()
    for first in range(0, x.size, CHUNK):
        found[first : first + CHUNK] = sine_at_once(numbers[first : first + CHUNK])
    return found.reshape(x.shape)


def sine_at_once(x: np.ndarray) -> np.ndarray:
    """Return what `sine` does.

    x is reduced to r = x - k pi / 2, between -pi / 4 and pi / 4, and the sine is that of r or its
    cosine, or one of them negated.
    """
    exact = x.astype(np.float64)
    with np.errstate(invalid="ignore"):
        k = np.rint(exact * (2 / np.pi))
        r = exact
        for part in HALF_PI:
            r = r - k * part
        quadrant = k - 4 * np.floor(k / 4)
    square = r * r
    odd, even = np.full_like(r, SINE[-1]), np.full_like(r, COSINE[-1])
    for coefficient in SINE[-2::-1]:
        odd = odd * square + coefficient
    for coefficient in COSINE[-2::-1]:
        even = even * square + coefficient
    value = np.where(quadrant % 2 == 0, r + r * square * odd, 1 + square * even)
    return np.where(quadrant >= 2, -value, value).astype(np.float32)
