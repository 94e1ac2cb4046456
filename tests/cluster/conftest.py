"""A small study with all families, run locally and on a real Slurm of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workspace import Workspace

SCRIPT = Path(__file__).with_name("mini_slurm.sh")
FIRST_PORT, PORTS = 17000, 100
"""Each worker of pytest has a Slurm of its own, on ports of its own."""

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel")
STUDY = """\
title: A small study of all families
study: small
parts: [study/data]
data:
  towns:
    {source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv,
     target: country}
  images: {source: patches, counts: {train: 64, val: 32, test: 32}, size: 64}
seeds: 2
defaults:
  mlp: {depth: 2, width: 4, learning_rate: 0.05, batch_size: 64, epochs: 2}
  cnn: {image_size: 32, batch_size: 16}
  xgboost: {rounds: 3, crop: 16}
experiments:
  learning_rate: {data: towns, sweep: {learning_rate: [0.1, 1e-3]}, figures: [curves]}
  scratch: {family: cnn, data: images, sweep: {learning_rate: [1e-2, 1e-3, 1e-4]}}
  trees: {family: xgboost, data: images}
  probe: {family: probe, data: images, set: {solver: lbfgs}}
"""


class Slurm:
    """A running Slurm: the environment in which its commands find it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def variables(self) -> dict[str, str]:
        """What commands need in their environment."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"SLURM_CONF": str(self.folder / "etc" / "slurm.conf"), "PATH": path}

    def ask(self, *command: str) -> str:
        """Run a command of Slurm's; return what it prints."""
        environment = os.environ | self.variables
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        return result.stdout

    def stop_controller(self) -> None:
        """End the controller, as at a restart; jobs go on."""
        os.kill(int((self.folder / "run" / "slurmctld.pid").read_text()), signal.SIGTERM)

    def start_controller(self) -> None:
        """Start the controller again with the state that it had."""
        subprocess.run(["slurmctld"], env=os.environ | self.variables, check=True, timeout=60)


@pytest.fixture(scope="session")
def slurm() -> Iterator[Slurm]:
    """A Slurm with three CPU nodes and a node with two GPUs, stopped at the end."""
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    if lacking:
        pytest.fail(
            f"{', '.join(lacking)} not found: apt install slurmctld slurmd slurm-client munge"
        )
    folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = os.environ | {"PORT_BASE": str(FIRST_PORT + PORTS * worker)}
    subprocess.run([SCRIPT, "start", folder], env=ports, check=True, timeout=120)
    yield Slurm(folder)
    subprocess.run([SCRIPT, "stop", folder], check=True, timeout=120)
    shutil.rmtree(folder, ignore_errors=True)


def small_study(root: Path, text: str = STUDY) -> Workspace:
    """Return a workspace with a small study whose drivers ask after jobs every two seconds."""
    workspace = Workspace.of_places(root, "config/small.yaml", text)
    for profile in ("slurm", "generic"):
        workspace.edit(
            f"profiles/{profile}/config.yaml",
            lambda text: text.replace(
                "seconds-between-status-checks: 20", "seconds-between-status-checks: 2"
            ),
        )
    return workspace


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The study, run on this machine without a scheduler."""
    workspace = small_study(tmp_path_factory.mktemp("local") / "clone")
    workspace.run()
    return workspace


@pytest.fixture
def cluster(slurm: Slurm, tmp_path: Path) -> Workspace:
    """The study on the login node of the Slurm, nothing of it run."""
    workspace = small_study(tmp_path / "clone")
    workspace.variables = slurm.variables
    return workspace
