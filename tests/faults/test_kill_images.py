"""Killed trainings on images continue, and end with the bits of undisturbed ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from faults.kills import (
    PATIENCE,
    find_trainer,
    kill_group,
    replicate_bytes,
    start,
    wait_for_state,
)
from workspace import Workspace

pytestmark = pytest.mark.slow

CONFIG = "config/killed_images.yaml"
STUDY = """\
title: Trainings on images to kill
study: killed_images
parts: [study/data]
data:
  images: {source: patches, size: 64, counts: {train: 32, val: 2, test: 2}}
seeds: 2
experiments:
  network: {family: cnn, set: {image_size: 32, batch_size: 2, epochs: 2}, figures: []}
  trees: {family: xgboost, set: {crop: 32, rounds: 150}, figures: []}
"""
UNTIL = ("train", "--cores", "2")


@pytest.fixture
def undisturbed(tmp_path: Path) -> Workspace:
    """The study trained without a disturbance."""
    workspace = Workspace.create(tmp_path / "undisturbed", CONFIG)
    workspace.path(CONFIG).write_text(STUDY)
    workspace.run(*UNTIL)
    return workspace


def finished_files(workspace: Workspace) -> dict[Path, tuple[int, int]]:
    """Return inode and time of change of every file of every finished replicate."""
    files = workspace.path("results/cells").glob("*/seed-*/*")
    return {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in files}


def test_killed_trainings_on_images_continue_with_the_same_bits(
    undisturbed: Workspace, tmp_path: Path
) -> None:
    """Trees and a network's second seed go on where they were; the first seed stays as it is."""
    workspace = undisturbed.copy(tmp_path / "copy")
    shutil.rmtree(workspace.path("results/cells"))
    run = start(workspace, "xgboost-*/state-0.safetensors", *UNTIL)
    find_trainer(run.pid, "xgboost").kill()
    wait_for_state(workspace, "cnn-*/state-1.safetensors", run)
    kill_group(run.pid)
    run.communicate(timeout=PATIENCE)
    finished = finished_files(workspace)
    assert {file.parent.name for file in finished} == {"seed-0"}
    assert {file.parent.parent.name.partition("-")[0] for file in finished} == {"cnn"}
    workspace.run(*UNTIL)
    logs = [log.read_text() for log in workspace.path("results/logs/train").glob("*/*.log")]
    assert ["continuing from" in log for log in logs] == [True, True]
    assert replicate_bytes(workspace) == replicate_bytes(undisturbed)
    assert finished.items() <= finished_files(workspace).items()
    assert not list(workspace.path("results/cells").glob("*/state-*"))
