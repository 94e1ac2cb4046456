"""The device that a job trains on, and settings without which it could give other bits."""

from __future__ import annotations

import os

import torch

from gridproof.parts.training.determinism import make_deterministic

WORKSPACE = ":4096:8"
"""Scratch memory of cuBLAS in which its results do not depend on timing (its documentation)."""


def deterministic_device(threads: int) -> torch.device:
    """Return the GPU that is visible, else the CPU, with deterministic algorithms only.

    TensorFloat-32 is off: numbers on a GPU are float32 as on a CPU. Memory that is about to be
    written is not filled first, which deterministic algorithms do by default and which took an
    eighth of a step.
    """
    make_deterministic(threads)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", WORKSPACE)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
