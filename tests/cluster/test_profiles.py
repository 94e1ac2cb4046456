"""The same study through the profiles of a cluster gives the bits of a local run."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest
import yaml

from cluster.conftest import Slurm
from workspace import REPOSITORY, Workspace

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]


class Watcher(threading.Thread):
    """Counts the jobs that run at once in each partition."""

    def __init__(self, slurm: Slurm) -> None:
        super().__init__(daemon=True)
        self.slurm = slurm
        self.most: dict[str, int] = {"cpu": 0, "gpu": 0}
        self.over = threading.Event()

    def run(self) -> None:
        """Look several times a second."""
        while not self.over.is_set():
            running = self.slurm.ask("squeue", "-h", "-t", "R", "-o", "%P").split()
            for partition in self.most:
                self.most[partition] = max(self.most[partition], running.count(partition))
            time.sleep(0.3)


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_study_on_slurm_gives_the_bits_of_a_local_run(
    cluster: Workspace, local: Workspace, slurm: Slurm, profile: str
) -> None:
    """Every file of every replicate; GPU jobs go to their partition, at most one a GPU."""
    watcher = Watcher(slurm)
    watcher.start()
    result = cluster.snakemake("--workflow-profile", profile)
    watcher.over.set()
    watcher.join()
    assert result.returncode == 0, result.stdout
    compared = local.command("compare", "results", str(cluster.path("results")))
    assert compared.returncode == 0, compared.stdout
    found = re.search(r"equal: (\d+) replicates in both", compared.stdout)
    assert found
    assert int(found[1]) == 12
    assert 1 <= watcher.most["gpu"] <= 2
    assert watcher.most["cpu"] >= 1


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_cluster_profile_is_complete_in_itself(profile: str) -> None:
    """It takes the place of the default one: what that says, it says too, and its own gpu limit."""
    default, own = (
        yaml.safe_load((REPOSITORY / Path("profiles") / name / "config.yaml").read_text())
        for name in ("default", profile)
    )
    for key in default.keys() - {"resources"}:
        assert own[key] == default[key], key
    assert own["resources"] == ["gpu=8"]
