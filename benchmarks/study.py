"""Measure the default study as a whole, in a fresh folder: from nothing, and with nothing to do.

python benchmarks/study.py      # about half an hour on two cores
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measuring.workspace import copy_repository


def timed(label: str, function: Callable[[], None]) -> None:
    """Print how long a function takes."""
    started = time.perf_counter()
    function()
    print(f"{label}: {time.perf_counter() - started:.0f} s", flush=True)


def main() -> None:
    """Print the seconds of the default study from nothing and again, and its peak memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = copy_repository(folder)

        def run() -> None:
            command = [sys.executable, "-m", "gridproof", "run", "--quiet", "all"]
            subprocess.run(command, cwd=folder, env=environment, check=True)

        timed("the default study, from nothing", run)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        print(f"peak memory of its largest process: {peak:.2f} GiB")
        timed("the same again, nothing to do", run)


if __name__ == "__main__":
    main()
