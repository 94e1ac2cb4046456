"""Jobs of seconds are sent to the scheduler together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cluster.conftest import Slurm, small_study
from gridproof.catalogue import catalogue
from workspace import Workspace, study_of_nothing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

N_CELLS, TOGETHER = 20, 10
UNTIL = ("--cores", "2", "train")
SENT = {"generic": "external jobid", "slurm": "SLURM jobid"}
"""What Snakemake says of each job that it sends."""


@pytest.fixture
def nothing(slurm: Slurm, tmp_path: Path) -> Workspace:
    """Twenty cells that train nothing, on the login node."""
    workspace = small_study(tmp_path / "clone", study_of_nothing(N_CELLS))
    workspace.variables = slurm.variables
    return workspace


def finished(workspace: Workspace) -> set[str]:
    """Return the cells that have all files that their rule declares."""
    files = set(catalogue().family("dry").files)
    folders = workspace.path("results/cells").glob("dry-*/seeds-0")
    return {f.parent.name for f in folders if {i.name for i in f.iterdir()} == files}


@pytest.mark.parametrize("profile", SENT)
def test_small_jobs_go_to_the_scheduler_in_groups(nothing: Workspace, profile: str) -> None:
    """Twenty cells are two jobs of the scheduler, and all of them are there afterwards."""
    result = nothing.snakemake("--workflow-profile", profile, *UNTIL)
    assert result.returncode == 0, result.stdout
    assert len(finished(nothing)) == N_CELLS
    assert result.stdout.count(SENT[profile]) == len(["data"]) + N_CELLS // TOGETHER


def test_job_that_fails_takes_its_group_along_and_the_next_run_makes_up_for_it(
    nothing: Workspace,
) -> None:
    """The other group is there, and the reason is printed; once mended, all cells are."""
    planned = nothing.command("cells", "--configfile", nothing.study).stdout
    name = "-".join(re.findall(r"(dry-t3-\S+) +(\w+)", planned)[0])
    in_the_way = nothing.path("results/cells") / name / ".lock-0"
    in_the_way.mkdir(parents=True)
    generic = ("--workflow-profile", "generic", *UNTIL, "--retries", "0")
    result = nothing.snakemake(*generic)
    assert result.returncode != 0
    assert "IsADirectoryError" in result.stdout
    assert len(finished(nothing)) == N_CELLS - TOGETHER
    in_the_way.rmdir()
    result = nothing.snakemake(*generic)
    assert result.returncode == 0, result.stdout
    assert len(finished(nothing)) == N_CELLS
