"""How many jobs that ask for `gpu=1` run at once."""

from __future__ import annotations


def default_gpu_slots(cores: int, threads: int, devices: int) -> int:
    """Return the number of `gpu` slots: one a device, or as many jobs as the cores have room for.

    `threads` is that of one job; without devices the jobs compute on the CPU.
    """
    return devices or max(1, cores // threads)
