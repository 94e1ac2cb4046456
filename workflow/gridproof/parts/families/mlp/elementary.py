"""Sums, exponential and logarithm of IEEE operations in a fixed order: the same bits everywhere."""

from __future__ import annotations

import numpy as np

LANES = 8
GROUP = 128
"""Samples whose sums are made in lanes before they are added to those of earlier samples."""
ONE = np.float32(1)
EXP = (
    *(1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3),
    *(4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1),
)
LOG = (
    *(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1),
    *(-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1),
)
"""Coefficients of Cephes' expf and logf (Moshier), the highest power first."""
LOG2E, LN2_HIGH, LN2_LOW = map(np.float32, (1.44269504088896341, 0.693359375, -2.12194440e-4))
"""1 / ln 2, and ln 2 in two parts, of which the first has few bits: a whole number times it is
exact."""


def in_order(values: np.ndarray, axis: int) -> np.ndarray:
    """Return the sum along an axis, one term after another, starting from +0."""
    return np.add.accumulate(values, axis=axis).take(-1, axis=axis) + values.dtype.type(0)


def sample_sum(*factors: np.ndarray) -> np.ndarray:
    """Return the sum over the samples (last axis) of a product of one or two factors.

    The samples of a group go to 8 lanes in turn, each lane is added up, the lanes are added as a
    tree, and the groups one after another.
    """
    total = factors[0].dtype.type(0)
    for first in range(0, factors[0].shape[-1], GROUP):
        parts = [factor[..., first : first + GROUP] for factor in factors]
        product = parts[0] * parts[1] if len(parts) == 2 else parts[0]
        absent = -product.shape[-1] % LANES
        product = np.pad(product, [(0, 0)] * (product.ndim - 1) + [(0, absent)])
        lanes = in_order(product.reshape(*product.shape[:-1], -1, LANES), -2)
        half = lanes[..., :4] + lanes[..., 4:]
        quarter = half[..., :2] + half[..., 2:]
        total = total + (quarter[..., 0] + quarter[..., 1])
    return total


def polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    """Return a polynomial by Horner's rule."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + np.float32(coefficient)
    return value


def exponential(x: np.ndarray) -> np.ndarray:
    """Return e to the power x for x <= 0: 2^n times a polynomial of the rest; 0 below -64."""
    magic = np.float32(12582912)  # 1.5 * 2^23: adding it rounds to a whole number
    t = x * LOG2E + magic
    n = t - magic
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    p = polynomial(EXP, r) * r * r + r + ONE
    power = ((t.view(np.uint32) - np.uint32(0x4B400000) + np.uint32(127)) << 23).view(np.float32)
    return np.where(x < -64, np.float32(0), p * power)


def logarithm(x: np.ndarray) -> np.ndarray:
    """Return the natural logarithm of x >= 1: with x = 2^e m, e ln 2 and a polynomial of m - 1."""
    shifted = x.view(np.uint32) - np.uint32(0x3F3504F3)  # the bits of sqrt(1/2)
    e = (shifted >> 23).astype(np.float32)
    m = ((shifted & np.uint32(0x007FFFFF)) + np.uint32(0x3F3504F3)).view(np.float32)
    r = m - ONE
    square = r * r
    p = polynomial(LOG, r) * r * square + e * LN2_LOW - square * np.float32(0.5)
    return np.where(x == x, r + p + e * LN2_HIGH, x)
