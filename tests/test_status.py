"""The generic profile's status command: what the scheduler says, in Snakemake's words."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from workspace import REPOSITORY

STATUS = REPOSITORY / "profiles" / "generic" / "status.sh"
SAID = {
    "COMPLETED": "success",
    "RUNNING": "running",
    "PENDING": "running",
    "COMPLETING": "running",
    "PREEMPTED": "running",
    "CANCELLED": "failed",
    "FAILED": "failed",
    "NODE_FAIL": "failed",
    "OUT_OF_MEMORY": "failed",
    "TIMEOUT": "failed",
    "": "failed",
    "status.sh: 4: squeue: not found": "failed",
    "slurm_load_jobs error: Invalid job id specified": "failed",
    "slurm_load_jobs error: Unable to contact slurm controller (connect failure)": "running",
    "slurm_load_jobs error: Socket timed out on send/recv operation": "running",
}


@pytest.mark.parametrize("said", SAID, ids=lambda said: said or "nothing")
def test_status_of_a_job_in_snakemakes_words(said: str, tmp_path: Path) -> None:
    """A job that ended badly or is unknown failed; while nobody answers it is taken to run."""
    squeue = tmp_path / "squeue"
    squeue.write_text(f"#!/bin/sh\necho '{said}'\n" if said else "#!/bin/sh\n")
    squeue.chmod(0o755)
    result = subprocess.run(
        [STATUS, "7"],
        env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == SAID[said]
