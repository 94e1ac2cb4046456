"""Killing a run in the middle, and what its results are compared by."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import psutil

from workspace import Workspace

PATIENCE = 60
RUN = ("-m", "gridproof", "run", "--configfile")
RESULT_FOLDERS = ("seed-*", "seeds-*")
RESULT_FILES = ("*.parquet", "*.safetensors")


def start(workspace: Workspace, state: str, *arguments: str) -> subprocess.Popen[str]:
    """Start the study and wait until a training saves its state as `state`, cell and file."""
    run = workspace.start(*RUN, workspace.study, *arguments)
    wait_for_state(workspace, state, run)
    return run


def wait(
    until: Callable[[], object], run: subprocess.Popen[str], patience: float = PATIENCE
) -> None:
    """Wait until something holds, while `run` goes on."""
    deadline = time.monotonic() + patience
    while not until():
        assert run.poll() is None, run.communicate()[0]
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def wait_for_state(
    workspace: Workspace, state: str, run: subprocess.Popen[str], patience: float = PATIENCE
) -> None:
    """Wait until there is a file `results/cells/<state>`, a pattern, while `run` goes on."""
    wait(lambda: list(workspace.path("results/cells").glob(state)), run, patience)


def find_trainer(driver: int, cell: str = "") -> psutil.Process:
    """Return the Python process that trains below `driver`, a cell whose name has `cell` in it."""
    for process in psutil.Process(driver).children(recursive=True):
        command = process.cmdline()
        if command[1:4] == ["-m", "gridproof", "train"] and cell in command[-1]:
            return process
    raise AssertionError("no training process")


def find_snakemake(driver: int) -> psutil.Process:
    """Return the Snakemake below `driver`."""
    return next(p for p in psutil.Process(driver).children() if "snakemake" in p.cmdline())


def kill_trainer(driver: int) -> None:
    """Kill the trainer alone: Snakemake sees a failed job."""
    find_trainer(driver).kill()


def kill_group(driver: int) -> None:
    """Kill everything at once: Snakemake, its shells and the trainer."""
    os.killpg(driver, signal.SIGKILL)


def kill_snakemake(driver: int) -> None:
    """Kill Snakemake alone: the trainer goes on as an orphan."""
    find_snakemake(driver).kill()


def replicate_bytes(workspace: Workspace) -> dict[str, bytes]:
    """Return the content of all results of all replicates by path, without their provenance."""
    cells = workspace.path("results/cells")
    return {
        str(file.relative_to(cells)): file.read_bytes()
        for folder in RESULT_FOLDERS
        for pattern in RESULT_FILES
        for file in cells.glob(f"*/{folder}/{pattern}")
    }
