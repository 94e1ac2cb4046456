"""Small training jobs, their bytes, and processes that run them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from families.tiny import DIGEST, PARAMETERS
from gridproof.plan.data_plan import DataPlan
from gridproof.plan.job_plans import TrainingJob
from gridproof.plan.wire import written
from gridproof.run.job import run_job
from gridproof.run.manifest import MANIFEST

TESTS = Path(__file__).parents[1]
NEVER = 1e9
PREPARED = DataPlan(
    name="places",
    kind="table",
    kind_module="gridproof.parts.kinds.table",
    options={},
    digest=DIGEST,
)


def make_job(
    cell: Path, data: Path, seeds: tuple[int, ...], engine: str = "native", **changed: object
) -> TrainingJob:
    """Return a job of two epochs for the cell's folder `cell`."""
    spec = {
        "family": "mlp",
        "data": DIGEST,
        "engine": engine,
        "threads": 1,
        "parameters": {**PARAMETERS, "epochs": 2, **changed},
    }
    return TrainingJob(
        cell=cell,
        digest="feedbeef0123",
        spec=spec,
        family="gridproof.parts.families.mlp",
        code="",
        libraries={},
        data=data,
        prepared=PREPARED,
        seeds=seeds,
    )


def run(job: TrainingJob, save_seconds: float = NEVER) -> list[int]:
    """Run a job in this process."""
    return run_job(job, save_seconds)


def content(folder: Path) -> dict[str, object]:
    """Return the bytes of each file of a replicate; of the manifest, what is no provenance."""
    files: dict[str, object] = {
        file.name: file.read_bytes() for file in folder.iterdir() if file.name != MANIFEST
    }
    manifest = json.loads((folder / MANIFEST).read_text())
    del manifest["provenance"]
    return {**files, MANIFEST: manifest}


def fingerprints(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inode and modification time of each file: equal only if nothing was written."""
    return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in folder.iterdir()}


JOB_SCRIPT = """
import logging, sys
from gridproof.plan.job_plans import TrainingJob
from gridproof.plan.wire import read
from gridproof.run.job import run_job
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
for text in sys.argv[2:]:
    trained = run_job(read(TrainingJob, text), float(sys.argv[1]))
    print("trained", trained, "torch" if "torch" in sys.modules else "no torch", flush=True)
"""


SLOW_TRAINER = """
import time
from gridproof.parts.families.mlp import mlp_training as mlp

class SlowTraining(mlp.MlpTraining):
    def advance(self):
        time.sleep(0.05)
        return super().advance()

mlp.MlpTraining = SlowTraining
"""
"""A prelude that makes an epoch last long enough to be interrupted."""


def start_process(
    *jobs: TrainingJob, save_seconds: float = NEVER, prelude: str = ""
) -> subprocess.Popen[str]:
    """Start a process that runs jobs; it tells what they trained and whether it imported torch.

    `prelude` is code that runs first.
    """
    return start_python(prelude + JOB_SCRIPT, str(save_seconds), *map(written, jobs))


def start_python(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process that can import from the tests' folder."""
    return subprocess.Popen(
        [sys.executable, "-u", "-c", script, *arguments],
        cwd=TESTS,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until `condition` holds; fail after a while."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)
