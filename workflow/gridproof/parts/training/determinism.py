"""Settings of torch without which the same cell could give other bits."""

from __future__ import annotations

import torch


def make_deterministic(threads: int) -> None:
    """Fix the number of threads and allow deterministic algorithms only.

    The debug mode is the same switch as `torch.use_deterministic_algorithms`, which would import
    the compiler too, which takes seconds.
    """
    torch.set_num_threads(threads)
    if torch.get_num_interop_threads() != 1:
        torch.set_num_interop_threads(1)
    torch.set_deterministic_debug_mode("error")
    torch.set_flush_denormal(False)
