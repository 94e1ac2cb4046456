"""Random streams that depend on what they are for, never on what ran before.

The generator is MT19937 seeded as Matsumoto and Nishimura (1998) do, which both `torch.Generator`
and numpy's legacy `RandomState`, whose streams are frozen (NEP 19), use: the same draws in both.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

SEED_BITS = 0xFFFFFFFF
"""Of a seed of 64 bits MT19937 takes the lower 32."""
MANTISSA = 0xFFFFFF
"""A draw's lower 24 bits are as many as a float32 holds."""


def stream_seed(purpose: str, *numbers: int) -> int:
    """Return a seed of 64 bits that `purpose` and `numbers` alone decide (SHA-256's first)."""
    text = ":".join([purpose, *map(str, numbers)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def generator(purpose: str, *numbers: int) -> torch.Generator:
    """Return torch's CPU generator of a stream."""
    import torch

    return torch.Generator().manual_seed(stream_seed(purpose, *numbers))


def draws(n: int, purpose: str, *numbers: int) -> np.ndarray:
    """Return the first n draws of a stream, whole numbers below 2^32 (uint32)."""
    stream = np.random.RandomState(stream_seed(purpose, *numbers) & SEED_BITS)
    return stream.randint(0, SEED_BITS + 1, size=n, dtype=np.uint32)


def uniform(drawn: np.ndarray, bound: float) -> np.ndarray:
    """Return draws as float32 numbers from -bound (included) to bound, as torch's `uniform_`."""
    exact = np.float64(np.float32(bound))
    share = (drawn & np.uint32(MANTISSA)).astype(np.float64) / (MANTISSA + 1)
    return (share * (2 * exact) - exact).astype(np.float32)


def shuffled(drawn: np.ndarray) -> np.ndarray:
    """Return 0 ... n - 1 in an order that n draws decide (int32), as torch's `randperm`.

    Fisher and Yates' shuffle: the sample at each position changes places with one from there on.
    """
    n = len(drawn)
    order = list(range(n))
    for position, draw in enumerate(drawn.tolist()[:-1]):
        other = position + draw % (n - position)
        order[position], order[other] = order[other], order[position]
    return np.array(order, dtype=np.int32)


def sample_order(n_samples: int, seed: int, epoch: int) -> np.ndarray:
    """Return the order (n_samples,) in which `seed` sees the samples in `epoch` (from 1)."""
    return shuffled(order_draws(n_samples, seed, epoch))


def order_draws(n_samples: int, seed: int, epoch: int) -> np.ndarray:
    """Return the draws (n_samples,) that decide `sample_order`."""
    return draws(n_samples, "sample order", seed, epoch)
