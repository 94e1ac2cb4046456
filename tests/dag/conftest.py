"""A small study, run once to the end; every test gets a copy of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workspace import Workspace

STUDY = """\
title: A small study
study: small
parts: [study]
data:
  towns:
    source: csv
    train: data/train.csv
    val: data/validation.csv
    test: data/test.csv
    target: country
seeds: 2
defaults:
  mlp: {depth: 2, width: 4, learning_rate: 0.05, batch_size: 64, epochs: 2}
experiments:
  learning_rate:
    title: Learning rate
    sweep: {learning_rate: [0.1, 1e-3]}
    figures: [curves]
  epochs:
    set: {epochs: 3}
    figures: [splits]
  batch_norm:
    set: {epochs: 3}
    sweep: {batch_norm: [false, true]}
    measure: [dead_relus]
    figures: [curves, boundaries]
"""


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small study, run to the end; not to be changed."""
    root = tmp_path_factory.mktemp("dag") / "finished"
    workspace = Workspace.of_places(root, "config/small.yaml", STUDY)
    workspace.run()
    return workspace


@pytest.fixture
def workspace(finished: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the finished study."""
    return finished.copy(tmp_path / "copy")


@pytest.fixture(scope="session")
def copy_of(
    finished: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Workspace]:
    """A function that makes further copies of the finished study."""
    return lambda: finished.copy(tmp_path_factory.mktemp("row") / "copy")
