"""How long tools take over cells that only wait, against what the waiting alone would take."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from .environment import Environment
from .orchestrators import ORCHESTRATORS, Load, Orchestrator, Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a tool did.

    Attributes
    ----------
    seconds : wall time; None if it could not be run.
    written : cells that are there afterwards.
    failure : why not all cells are there, or None.
    """

    name: str
    note: str
    load: Load
    seconds: float | None
    written: int
    failure: str | None

    @property
    def ratio(self) -> float | None:
        """Wall time over the ideal one, where all cells are there."""
        return None if self.seconds is None or self.failure else self.seconds / self.load.ideal


def measure_orchestration(load: Load, environment: Environment, *, limit: float) -> list[Run]:
    """Return how each tool did with a load, each in an empty folder and for `limit` seconds."""
    runs = []
    for tool in ORCHESTRATORS:
        print(f"{load.cells} cells: {tool.name}", file=sys.stderr, flush=True)
        own = replace(load, cells=max(1, load.cells // 10), cores=1) if tool.sequential else load
        runs.append(run_tool(tool, own, environment, limit=limit))
    return runs


def run_tool(tool: Orchestrator, load: Load, environment: Environment, *, limit: float) -> Run:
    """Return how a tool did; it is ended after `limit` seconds, with what it has then."""
    told = {"name": tool.name, "note": tool.note, "load": load}
    if (reason := environment.missing.get(tool.needs or "")) is not None:
        return Run(**told, seconds=None, written=0, failure=reason)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        setting = tool.set_up(folder, load, environment)
        for command in setting.prepared:
            subprocess.run(command, cwd=folder, env=setting.variables, check=True)
        started = time.perf_counter()
        failure = None
        for command in setting.timed:
            left = limit - (time.perf_counter() - started)
            failure = failure or _run_command(command, folder, setting, left)
        seconds = time.perf_counter() - started
        written = len(list(folder.glob(setting.written)))
        end_leftovers(folder)
    if failure is None and written != load.cells:
        failure = "not all cells are there"
    return Run(**told, seconds=seconds, written=written, failure=failure)


def end_leftovers(folder: Path) -> None:
    """End the processes that still work in a folder: a queue's workers outlive its command."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(folder.resolve()):
                process.kill()
                left.append(process)
    psutil.wait_procs(left, timeout=10)


def _run_command(
    command: Sequence[str], folder: Path, setting: Setting, limit: float
) -> str | None:
    """Run a command to its end; return None, or why it did not come to a good one."""
    with (folder / ".log").open("w+") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=setting.variables,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(max(0.0, limit))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            return "stopped: it took too long"
        if code == 0:
            return None
        log.seek(0)
        lines = [line.strip() for line in log if line.strip()]
        return f"exit code {code}: {lines[-1][:200] if lines else ''}"


def as_json(runs: Sequence[Run]) -> list[Mapping[str, object]]:
    """Return all runs, for results.json."""
    return [
        {
            "name": run.name,
            "cells": run.load.cells,
            "seconds_of_a_cell": run.load.seconds,
            "slots": run.load.cores,
            "seconds": run.seconds,
            "ratio": run.ratio,
            "written": run.written,
            "failure": run.failure,
            "note": run.note,
        }
        for run in runs
    ]
