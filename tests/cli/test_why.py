"""What `gridproof why` tells of a cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridproof.cli.why_command import print_why
from gridproof.errors import GridproofError
from gridproof.plan.reading import read_study
from gridproof.plan.study import Study
from workspace import write_places

STUDY = """\
title: Why
data:
  towns:
    {source: csv, train: train.csv, val: validation.csv, test: test.csv, target: country}
experiments:
  network: {engine: torch, set: {depth: 2, batch_norm: true}}
  nothing: {family: dry, sweep: {task: [0, 1]}}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Return a study of three cells."""
    monkeypatch.chdir(tmp_path)
    write_places(tmp_path)
    (tmp_path / "config.yaml").write_text(STUDY)
    return read_study(Path("config.yaml"))


def test_digest_is_told_with_all_that_it_is_made_of(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parameters, those left out, data, libraries, and each definition with its line."""
    cell = next(cell for cell in study.cells.values() if cell.family.name == "mlp")
    for name in (cell.name, cell.slug, cell.digest):
        print_why(study, name)
        told = capsys.readouterr().out
        assert told.startswith(f"{cell.name} is made of\n")
        assert "batch_norm True" in told
        assert "left out as neutral: residual, implicit, gradient_norms" in told
        assert cell.data.folder.name in told
        assert f"torch {cell.libraries['torch']}" in told
        assert "  MlpTraining\n" in told
        assert "  predict\n" not in told


def test_code_that_cannot_be_told_by_reading_is_listed(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With module, line and reason: a family imports its backbone by a computed name."""
    catalogue = study.catalogue
    cell = next(iter(study.cells.values()))
    entry = catalogue.family("cnn").entry("torch")
    monkeypatch.setattr(type(cell), "entries", property(lambda _: (entry,)), raising=False)
    print_why(study, cell.name)
    assert "not resolved: gridproof.parts.families.cnn.backbones, line" in capsys.readouterr().out


def test_unknown_cell_is_refused_with_the_nearest(study: Study) -> None:
    """And with the command that lists them."""
    with pytest.raises(GridproofError, match="has no cell 'dry-t1', did you mean 'dry-"):
        print_why(study, "dry-t1")
