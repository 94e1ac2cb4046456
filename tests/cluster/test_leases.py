"""GPUs under a scheduler: a job computes on the one that it was given."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from cluster.conftest import Slurm
from workspace import REPOSITORY

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

LEASE = """\
import os, time
from pathlib import Path
from gridproof.run.devices import leased_device
given = os.environ["CUDA_VISIBLE_DEVICES"]
with leased_device(Path("locks")) as device:
    print(given, device.identifier, flush=True)
    time.sleep(10)
"""


def test_jobs_of_a_node_with_four_gpus_compute_on_those_that_slurm_gave_them(
    slurm: Slurm, tmp_path: Path
) -> None:
    """Slurm says which by CUDA_VISIBLE_DEVICES; each job leases that one, and none waits."""
    (tmp_path / "lease.py").write_text(LEASE)
    script = tmp_path / "job.sh"
    script.write_text(
        "#!/bin/sh\n"
        f"export PYTHONPATH={REPOSITORY / 'workflow'}\n"
        "export GRIDPROOF_DEVICES=cuda:0,cuda:1,cuda:2,cuda:3\n"
        f"exec {sys.executable} lease.py\n"
    )
    for number in range(4):
        slurm.ask(
            *("sbatch", "--parsable", "--partition=gpu4", "--gpus=1", "--mem=500"),
            *(f"--chdir={tmp_path}", f"--output={tmp_path}/{number}.log", str(script)),
        )
    deadline = time.monotonic() + 120
    while slurm.ask("squeue", "-h", "-p", "gpu4", "-o", "%i").split():
        assert time.monotonic() < deadline
        time.sleep(0.5)
    lines = [(tmp_path / f"{number}.log").read_text().split() for number in range(4)]
    assert sorted(leased for _, leased in lines) == ["cuda:0", "cuda:1", "cuda:2", "cuda:3"]
    assert all(leased == f"cuda:{given}" for given, leased in lines)
