"""Random streams that depend on what they are for, never on what ran before."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor


def generator(purpose: str, *numbers: int) -> torch.Generator:
    """Return a CPU generator seeded by `purpose` and `numbers` alone (SHA-256, first 8 bytes)."""
    text = ":".join([purpose, *map(str, numbers)])
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)
    return torch.Generator().manual_seed(seed)


def sample_order(n_samples: int, seed: int, epoch: int) -> Tensor:
    """Return the order (n_samples,) in which `seed` sees the samples in `epoch` (from 1)."""
    return torch.randperm(n_samples, generator=generator("sample order", seed, epoch))
