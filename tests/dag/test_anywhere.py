"""A study runs from its own folder, by the workflow of the repository, however that is named."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workspace import REPOSITORY, write_places

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

STUDY = """\
title: Nothing is trained
data:
  towns:
    source: csv
    train: data/train.csv
    val: data/validation.csv
    test: data/test.csv
    target: country
seeds: 1
experiments:
  nothing: {family: dry, sweep: {seconds: [1e-3]}}
"""
MODULE = """\
configfile: "parent.yaml"


module gridproof:
    snakefile:
        "{snakefile}"
    config:
        config["study"]


use rule * from gridproof
"""
CELLS = ["dry-e1-s0.001"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the study's data alone."""
    write_places(tmp_path / "data", rows=20)
    return tmp_path


def run(folder: Path, *command: str) -> str:
    """Run Python in the folder; return what was printed, of a command that has to succeed."""
    result = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "workflow")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    return result.stdout


def trained(folder: Path) -> list[str]:
    """Return the cells whose files are assembled in the folder, without their digests."""
    files = folder.glob("results/cells/*/seeds-0/metrics.parquet")
    return sorted(file.parents[1].name.rpartition("-")[0] for file in files)


def planned(output: str) -> dict[str, int]:
    """Return the jobs that a dry run tells, by rule."""
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", output, re.MULTILINE)}


def test_gridproof_run_in_the_folder_of_a_study(folder: Path) -> None:
    """No Snakefile lies there: the repository's runs it, and all results stay in the folder."""
    (folder / "config.yaml").write_text(STUDY)
    output = run(folder, "-m", "gridproof", "run", "train")
    assert "1 of 1 cells trained" in output
    assert trained(folder) == CELLS
    assert {path.name for path in folder.iterdir()} == {
        *("config.yaml", "data", "results"),
        ".snakemake",
    }
    plans = {path.name.rpartition("-")[0] for path in (folder / "results/plan").iterdir()}
    assert plans == {"study", "claims", "nothing"}


def test_snakemake_with_the_snakefile_of_another_folder(folder: Path) -> None:
    """Package files come from the package, the study and its results from the folder."""
    (folder / "config.yaml").write_text(STUDY)
    snakefile = os.path.relpath(REPOSITORY / "Snakefile", folder)
    run(folder, "-m", "snakemake", "-s", snakefile, "--cores", "2", "train")
    assert trained(folder) == CELLS
    jobs = planned(run(folder, "-m", "snakemake", "-s", snakefile, "-n"))
    assert not {rule for rule in jobs if rule.startswith("train")}
    assert jobs["report"] == 1


def test_module_of_another_workflow_runs_the_study_in_its_config(folder: Path) -> None:
    """The whole study is the module's config; 1e-3 is a number, though Snakemake reads a text."""
    lines = "".join(f"  {line}\n" for line in STUDY.splitlines())
    (folder / "parent.yaml").write_text(f"study:\n{lines}")
    (folder / "Snakefile").write_text(MODULE.format(snakefile=REPOSITORY / "Snakefile"))
    run(folder, "-m", "snakemake", "--cores", "2", "train")
    assert trained(folder) == CELLS
    assert not (folder / "config.yaml").exists()


def test_module_with_keys_of_a_study_changes_the_study_in_the_folder(folder: Path) -> None:
    """What is no whole study replaces keys of config.yaml, or of the file that it names."""
    (folder / "mine.yaml").write_text(STUDY)
    (folder / "parent.yaml").write_text("study: {configfile: mine.yaml, seeds: 6}\n")
    renamed = MODULE.replace("use rule * from gridproof", "use rule * from gridproof as study_*")
    own = "rule everything:\n    default_target: True\n    input:\n        rules.study_all.input,\n"
    text = renamed.format(snakefile=REPOSITORY / "Snakefile")
    (folder / "Snakefile").write_text(f"{text}\n\n{own}")
    jobs = planned(run(folder, "-m", "snakemake", "-n"))
    assert jobs["study_train_dry"] == 2
    assert jobs["everything"] == 1
