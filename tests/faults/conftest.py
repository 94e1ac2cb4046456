"""A study that trains for some seconds, so that it can be killed in the middle."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspace import Workspace

STUDY = """\
title: A study to kill
study: killed
data:
  towns:
    {source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv,
     target: country}
seeds: 2
experiments:
  batch_norm:
    set:
      depth: 4
      width: 16
      learning_rate: 0.05
      batch_size: 64
      epochs: 24
      residual: true
      implicit: true
      gradient_norms: true
    sweep: {batch_norm: [true]}
"""


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The study with its data prepared and nothing trained; not to be changed."""
    root = tmp_path_factory.mktemp("faults") / "untouched"
    workspace = Workspace.of_places(root, "config/killed.yaml", STUDY)
    workspace.slow_down(0.1)
    workspace.run("--until", "prepare_table")
    return workspace


@pytest.fixture(scope="session")
def undisturbed(untouched: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The study trained on one core without a disturbance."""
    workspace = untouched.copy(tmp_path_factory.mktemp("faults") / "undisturbed")
    workspace.run("train", "--cores", "1")
    return workspace


@pytest.fixture
def workspace(untouched: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the study with nothing trained."""
    return untouched.copy(tmp_path / "copy")
