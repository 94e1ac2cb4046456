"""Small training jobs, their bytes, and processes that run them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from families.tiny import DIGEST, PARAMETERS
from gridproof.run.job import TrainingJob, run_job
from gridproof.run.manifest import MANIFEST

TESTS = Path(__file__).parents[1]
NEVER = 1e9


def make_job(
    cell: Path, data: Path, seeds: tuple[int, ...], engine: str = "eager", **changed: object
) -> TrainingJob:
    """Return a job of two epochs for the cell's folder `cell`."""
    spec = {
        "family": "mlp",
        "data": DIGEST,
        "engine": engine,
        "threads": 1,
        "parameters": {**PARAMETERS, "epochs": 2, **changed},
    }
    return TrainingJob(cell=cell, digest="feedbeef0123", spec=spec, data=data, seeds=seeds)


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
import json, logging, sys
from pathlib import Path
from gridproof.run.job import TrainingJob, run_job
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
for text in sys.argv[2:]:
    fields = json.loads(text)
    fields |= {name: Path(fields[name]) for name in ("cell", "data")}
    fields["seeds"] = tuple(fields["seeds"])
    trained = run_job(TrainingJob(**fields), float(sys.argv[1]))
    print("trained", trained, "torch" if "torch" in sys.modules else "no torch", flush=True)
"""


def start_process(
    *jobs: TrainingJob, save_seconds: float = NEVER, prelude: str = ""
) -> subprocess.Popen[str]:
    """Start a process that runs jobs; it tells what they trained and whether it imported torch.

    `prelude` is code that runs first.
    """
    fields = [json.dumps(asdict(job), default=str) for job in jobs]
    return start_python(prelude + JOB_SCRIPT, str(save_seconds), *fields)


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
