"""Settings of torch without which the same cell could give other bits."""

from __future__ import annotations

import torch


def make_deterministic(threads: int) -> None:
    """Fix the number of threads and allow deterministic algorithms only.

    Call it once, at the start of the process: torch takes its thread counts only then.
    """
    torch.set_num_threads(threads)
    if torch.get_num_interop_threads() != 1:
        torch.set_num_interop_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.set_flush_denormal(False)
