"""The tiny study under examples/, run in a folder of its own as its README says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from workspace import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WRITE_UP = ("published", "countr", "Europe", "longitude", "faces", "photograph")
"""Words of the default study."""


def gridproof(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `gridproof` in the study's folder; return exit code and output."""
    return subprocess.run(
        [sys.executable, "-m", "gridproof", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "workflow")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The finished study, and what its run printed."""
    folder = tmp_path_factory.mktemp("tiny") / "study_of_flowers"
    ignored = shutil.ignore_patterns("results", ".snakemake", "__pycache__")
    shutil.copytree(REPOSITORY / "examples/tiny", folder, ignore=ignored)
    done = gridproof(folder, "run")
    assert done.returncode == 0, done.stdout
    return folder, done.stdout


def test_study_of_its_own_runs_in_its_own_folder(study: tuple[Path, str]) -> None:
    """Three cells from five seeds, and the report where the last lines say."""
    folder, output = study
    assert "3 of 3 cells trained (15 replicates)" in output
    assert f"report (written): {folder / 'results/report/index.html'}" in output
    assert gridproof(folder, "report", "--check", "--strict").returncode == 0


def test_report_has_its_own_words_figure_and_claim(study: tuple[Path, str]) -> None:
    """The section's setting, the caption beside the figure, the rule with its threshold."""
    report = (study[0] / "results/report/report.md").read_text()
    assert "Each network has one hidden layer; only the number of its units differs." in report
    assert "](../figures/width/accuracy_by_width.png)" in report
    assert "a dot for each seed, the line through their means" in report
    assert "at least 0.1 above that of one" in report
    assert "sepal_length" in report
    assert "[A single unit is too few\N{NO-BREAK SPACE}✓](#claim-one-unit-is-too-few" in report


def test_report_has_nothing_of_the_default_study(study: tuple[Path, str]) -> None:
    """No claim, no published value, no word of the write-up."""
    report = (study[0] / "results/report/report.md").read_text()
    assert [word for word in WRITE_UP if word.lower() in report.lower()] == []
    claims = pq.ParquetFile(study[0] / "results/claims.parquet").read()
    assert claims["id"].to_pylist() == ["one-unit-is-too-few"]


def test_edited_claim_and_threshold_make_the_report_stale(study: tuple[Path, str]) -> None:
    """The page no longer belongs to the study; with the edit taken back it does."""
    folder = study[0]
    for file, old, new in (
        ("study/claims/widths.py", "(1, 4)", "(1, 16)"),
        ("study/thresholds.yaml", "value: 0.1", "value: 0.9"),
        ("report/sections/width.md.j2", "differs", "changes"),
        ("report/width.md", "too few", "too many"),
    ):
        path = folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        checked = gridproof(folder, "report", "--check")
        path.write_text(text)
        assert checked.returncode == 1, f"{file}: {checked.stdout}"
    assert gridproof(folder, "report", "--check").returncode == 0
