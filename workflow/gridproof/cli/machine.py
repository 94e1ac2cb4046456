"""What a command asks of the machine: its cores, and the Snakemakes that run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil


def available_cores() -> int:
    """Return the number of cores that this process may use: what Snakemake takes for `all`."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def living_drivers(folder: Path) -> Iterator[int]:
    """Yield the process ids of Snakemakes that run in `folder`, other than remote or child jobs."""
    for process in psutil.process_iter(["pid", "cmdline", "cwd"]):
        command = process.info["cmdline"] or []
        names = [Path(word).name for word in command[:4]]
        if process.info["cwd"] == str(folder) and "snakemake" in names:
            yield process.info["pid"]
