"""Jobs of seconds are sent to the scheduler together."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.conftest import Slurm, small_study
from gridproof.store.layout import DRY_FILES

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

N_CELLS, TOGETHER = 20, 10
STUDY = f"""\
title: Nothing is trained
study: small
data:
  towns: {{source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv}}
seeds: 1
experiments:
  nothing:
    family: dry
    sweep: {{task: {list(range(N_CELLS))}}}
"""


SENT = {"generic": "external jobid", "slurm": "SLURM jobid"}
"""What Snakemake says of each job that it sends."""


@pytest.mark.parametrize("profile", SENT)
def test_small_jobs_go_to_the_scheduler_in_groups(
    slurm: Slurm, tmp_path: Path, profile: str
) -> None:
    """Twenty cells are two jobs of the scheduler, and all of them are there afterwards."""
    workspace = small_study(tmp_path / "clone", STUDY)
    workspace.slurm = slurm
    result = workspace.snakemake(
        *("--workflow-profile", profile, "--cores", "2", "--until", "try_out")
    )
    assert result.returncode == 0, result.stdout
    written = list(workspace.path("results/cells").glob("dry-*/seeds-0/*"))
    assert len(written) == N_CELLS * len(DRY_FILES)
    assert result.stdout.count(SENT[profile]) == len(["data"]) + N_CELLS // TOGETHER
