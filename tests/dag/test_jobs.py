"""A job is what it was planned to be, or it stops and says why."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from workspace import Workspace, write_places

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PLAN = """
from pathlib import Path
from gridproof.plan.jobs import data_job, training_job
from gridproof.plan.reading import read_study
from gridproof.plan.wire import written
study = read_study(Path("config/small.yaml"))
cell, seeds = next(study.jobs())
print(written(training_job(cell, seeds, study.catalogue)))
print(written(data_job(cell.data, study.catalogue)))
print(cell.name)
"""
Edit = Callable[[Workspace], None]


def plan(workspace: Workspace) -> tuple[str, str, str]:
    """Return the argument of the first training job, that of its data job, and the cell's name."""
    result = workspace.python("-c", PLAN)
    assert result.returncode == 0, result.stdout
    training, data, cell = result.stdout.splitlines()
    return training, data, cell


def edit_trainer(workspace: Workspace) -> None:
    """Change a line of the trainer's code."""
    workspace.edit(
        "workflow/gridproof/parts/families/mlp/mlp_training.py",
        lambda text: text.replace("self.epoch += 1", "self.epoch = self.epoch + 1"),
    )


def edit_data(workspace: Workspace) -> None:
    """Change the rows of the data."""
    write_places(workspace.path("data"), seed=1)


def edit_prepared(workspace: Workspace) -> None:
    """Damage the prepared data behind everybody's back."""
    file = next(workspace.path("results/data").glob("*/data.parquet"))
    file.write_bytes(file.read_bytes()[:-10])


def edit_libraries(workspace: Workspace) -> None:
    """Count another library as computing the results."""
    workspace.edit(
        "workflow/gridproof/parts/families/mlp/__init__.py",
        lambda text: text.replace("libraries=(),", 'libraries=("numpy",),'),
    )


EDITS: dict[str, tuple[Edit, str]] = {
    "its code": (edit_trainer, "the code that trains 'mlp' cells was edited after the job"),
    "its data": (edit_data, "the data 'towns' changed after this job was planned"),
    "its prepared data": (edit_prepared, "data.parquet"),
    "its libraries": (edit_libraries, "run it in the environment that the study was planned in"),
}


@pytest.mark.parametrize(("edit", "message"), EDITS.values(), ids=EDITS)
def test_local_job_stops_after_an_edit_of(workspace: Workspace, edit: Edit, message: str) -> None:
    """The job trains nothing and names what was edited."""
    job, _, cell = plan(workspace)
    before = sorted(workspace.path("results/cells").rglob("*"))
    edit(workspace)
    result = workspace.command("train", job)
    assert result.returncode == 2
    assert message in result.stdout
    assert "Traceback" not in result.stdout
    assert sorted(workspace.path("results/cells").rglob("*")) == before
    assert workspace.path("results/cells") / cell in before


def test_data_job_stops_after_an_edit_of_its_source(workspace: Workspace) -> None:
    """Rows that changed after the plan are not prepared under its digest."""
    _, job, _ = plan(workspace)
    edit_data(workspace)
    result = workspace.command("data", job)
    assert (result.returncode, "Traceback" in result.stdout) == (2, False)
    assert "the data 'towns' changed after this job was planned" in result.stdout


def test_job_trains_its_spec_and_not_the_config(workspace: Workspace) -> None:
    """A local job has its whole spec as an argument: an edited config cannot reach it."""
    job, _, cell = plan(workspace)
    workspace.path("config/small.yaml").write_text("no study any more")
    result = workspace.command("train", job)
    assert result.returncode == 0, result.stdout
    assert "nothing to train" in result.stdout
    assert cell in result.stdout


def test_spec_that_does_not_have_its_digest_is_refused(workspace: Workspace) -> None:
    """A job whose spec was tampered with trains nothing."""
    fields = json.loads(plan(workspace)[0])
    fields["spec"]["parameters"]["learning_rate"] = 0.123
    result = workspace.command("train", json.dumps(fields))
    assert result.returncode == 2
    assert "does not have the digest in its name" in result.stdout


REMOTE_EDITS: dict[str, Edit] = {
    "its config": lambda workspace: workspace.edit(
        "config/small.yaml", lambda text: text.replace("[0.1, 1e-3]", "[0.2, 1e-3]")
    ),
    "its code": edit_trainer,
    "its data": edit_data,
}


@pytest.mark.parametrize("edit", REMOTE_EDITS.values(), ids=REMOTE_EDITS)
def test_remote_job_stops_after_an_edit_of(workspace: Workspace, edit: Edit) -> None:
    """On a cluster a job reads the Snakefile again: it finds that its cell is no longer planned."""
    cell = plan(workspace)[2]
    edit(workspace)
    result = workspace.snakemake(
        *("--mode", "remote", "--cores", "1", "--force", "--nolock", "--no-hooks"),
        *("--target-jobs", f"train_mlp:cell={cell},seeds=0-1", "--allowed-rules", "train_mlp"),
    )
    assert result.returncode != 0
    assert f"has no cell {cell}" in result.stdout
    assert "was edited after this job was planned" in result.stdout
