"""What a tired user types: one clear message, exit code not 0, no traceback, nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mounts import mounted
from workspace import Workspace

pytestmark = pytest.mark.slow

STUDY = """\
title: Mistakes
study: mistakes
parts: [study/figures]
data:
  towns:
    {source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv,
     target: country}
seeds: 1
experiments:
  epochs:
    set: {depth: 1, width: 4, batch_size: 64, epochs: 1}
    figures: [curves]
"""
CONFIG = "config/mistakes.yaml"
Edit = Callable[[Workspace], None]


def replaced(name: str, old: str, new: str) -> Edit:
    """Return an edit that replaces a text in a file."""
    return lambda workspace: workspace.edit(name, lambda text: text.replace(old, new, 1))


BEFORE_ANY_JOB: dict[str, tuple[Edit, str]] = {
    "an unknown key": (
        replaced(CONFIG, "seeds: 1", "sedes: 1"),
        "config/mistakes.yaml, line 8: sedes: unknown key",
    ),
    "an unknown parameter": (
        replaced(CONFIG, "batch_size", "bacth_size"),
        "did you mean 'batch_size'",
    ),
    "a wrong type": (replaced(CONFIG, "width: 4", "width: wide"), "width"),
    "a duplicate experiment": (
        lambda workspace: workspace.edit(
            CONFIG, lambda text: f"{text}  epochs:\n    set: {{epochs: 2}}\n"
        ),
        "epochs",
    ),
    "a missing data file": (
        lambda workspace: workspace.path("data/test.csv").unlink(),
        "data/test.csv does not exist",
    ),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A small study that has not run."""
    return Workspace.of_places(tmp_path / "clone", CONFIG, STUDY)


@pytest.mark.parametrize(("edit", "message"), BEFORE_ANY_JOB.values(), ids=BEFORE_ANY_JOB)
def test_mistake_stops_both_commands_before_any_job(
    workspace: Workspace, edit: Edit, message: str
) -> None:
    """`gridproof run` and plain `snakemake` give the same message and start nothing."""
    edit(workspace)
    ours = workspace.command("run", "--configfile", CONFIG)
    plain = workspace.snakemake("--cores", "1")
    for result in (ours, plain):
        assert result.returncode != 0
        assert message in result.stdout
        assert "Traceback" not in result.stdout
        assert 'File "' not in result.stdout
    assert not workspace.path("results/cells").exists()


def test_mistake_in_the_data_is_told_with_file_and_row(workspace: Workspace) -> None:
    """A text where a number should be fails the data job; its log is shown."""
    workspace.edit("data/train.csv", lambda text: text.replace("\n7,", "\n7,east", 1))
    result = workspace.command("run", "--configfile", CONFIG)
    assert result.returncode != 0
    assert "data/train.csv, row 9" in result.stdout
    assert "finished and kept" in result.stdout
    assert "Traceback" not in result.stdout


def test_damaged_checkpoint_fails_the_figure_and_names_the_file(workspace: Workspace) -> None:
    """A checkpoint cut short is not drawn; what to do stands in the message."""
    replaced(CONFIG, "[curves]", "[boundaries]")(workspace)
    workspace.run()
    file = next(workspace.path("results/cells").glob("*/seeds-0/checkpoint.safetensors"))
    file.write_bytes(file.read_bytes()[:-100])
    shutil.rmtree(workspace.path("results/mistakes/figures/epochs"))
    result = workspace.command("run", "--configfile", CONFIG)
    assert result.returncode != 0
    assert str(file.relative_to(workspace.root)) in result.stdout
    assert "Traceback" not in result.stdout


def test_read_only_results_stop_both_commands_before_any_job(workspace: Workspace) -> None:
    """Results that cannot be written are told before anything is trained."""
    results = workspace.path("results")
    results.mkdir()
    with mounted(results, "-o", "bind,ro", str(results)):
        ours = workspace.command("run", "--configfile", CONFIG)
        plain = workspace.snakemake("--cores", "1")
    for result in (ours, plain):
        assert result.returncode != 0
        assert "the file system is read-only" in result.stdout
        assert "Traceback" not in result.stdout
    assert list(results.iterdir()) == []
