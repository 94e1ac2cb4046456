"""The family that trains nothing: what it writes, and that it can be stopped and continued."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from gridproof.catalogue import catalogue
from gridproof.files.layout import assembled_folder
from gridproof.parts.families.dry import DryParameters, DryTraining
from gridproof.plan.data_plan import DataPlan
from gridproof.plan.job_plans import TrainingJob
from gridproof.run.job import run_job


def start(task: int = 3, epochs: int = 2, seconds: float = 0.0, seed: int = 0) -> DryTraining:
    """Return a training of one cell that has not begun."""
    parameters = DryParameters(task=task, epochs=epochs, seconds=seconds)
    return DryTraining(parameters=parameters, data=Path(), threads=1, seeds=(seed,))


def finish(training: DryTraining) -> DryTraining:
    """Let all epochs pass."""
    while not training.finished:
        training.advance()
    return training


def job_of(folder: Path, seeds: tuple[int, ...] = (0, 1)) -> TrainingJob:
    """Return a job that writes a cell below `folder`."""
    parameters = {"task": 3, "epochs": 2, "seconds": 0.0}
    spec = {"family": "dry", "engine": "python", "threads": 1, "parameters": parameters}
    cell = folder / "dry-t3-0123456789ab"
    data = DataPlan(
        name="towns", kind="table", kind_module="gridproof.parts.kinds.table", options={}, digest=""
    )
    return TrainingJob(
        cell=cell,
        digest="0123456789ab",
        spec=spec,
        family="gridproof.parts.families.dry",
        code="",
        libraries={},
        data=folder,
        prepared=data,
        seeds=seeds,
    )


def test_cell_has_the_files_that_its_rule_declares(tmp_path: Path) -> None:
    """A job leaves what Snakemake, tables and report expect of any cell."""
    job = job_of(tmp_path)
    assert run_job(job, 1e9) == [0, 1]
    folder = assembled_folder(job.cell, job.seeds)
    assert {file.name for file in folder.iterdir()} == set(catalogue().family("dry").files)
    metrics = pq.read_table(folder / "metrics.parquet").to_pandas()
    assert metrics.groupby("seed")["epoch"].apply(list).to_dict() == {0: [0, 1, 2], 1: [0, 1, 2]}


@pytest.mark.parametrize(("task", "seed"), [(3, 1), (4, 0)])
def test_numbers_follow_from_task_and_seed(task: int, seed: int) -> None:
    """The same task and seed give the same numbers, another of either gives others."""
    losses = [
        finish(start(task=a, seed=b)).replicate(b).tables["metrics"]["val_loss"]
        for a, b in [(3, 0), (3, 0), (task, seed)]
    ]
    np.testing.assert_array_equal(losses[0], losses[1])
    assert not np.array_equal(losses[0], losses[2])


def test_training_continued_from_its_state_goes_on_where_it_was() -> None:
    """An epoch that has passed does not pass again."""
    stopped = start(epochs=3)
    stopped.advance()
    continued = start(epochs=3)
    continued.restore(stopped.state())
    assert continued.advance().startswith("epoch 2/3")
    assert not continued.finished


def test_epoch_lasts_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """`seconds` stands for a training that takes its time."""
    slept: list[float] = []
    monkeypatch.setattr("gridproof.parts.families.dry.time.sleep", slept.append)
    finish(start(epochs=3, seconds=2.5))
    assert slept == [2.5, 2.5, 2.5]


def test_job_imports_no_torch(tmp_path: Path) -> None:
    """Ten thousand jobs do not wait for a library that none of them needs, saving state or not."""
    code = (
        "import sys; from pathlib import Path; from families.test_dry import job_of;"
        "from gridproof.run.job import run_job; run_job(job_of(Path(sys.argv[1])), 0);"
        "sys.exit('torch' in sys.modules)"
    )
    tests = str(Path(__file__).parent.parent)
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=tests, check=True)
