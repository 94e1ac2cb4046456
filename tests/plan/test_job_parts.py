"""Which folders of a study's own parts a job is told of: those that its code lies in."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridproof.plan.jobs import data_job, training_job
from gridproof.plan.reading import read_study
from gridproof.plan.study import Study

ROOT = Path(__file__).parents[2]
STUDY = f"""\
title: Jobs
parts: [{ROOT}/study/data]
data:
  places: {{source: geonames}}
  images: {{source: patches, size: 64, counts: {{train: 16, val: 8, test: 8}}}}
experiments:
  probe: {{family: probe}}
  trees: {{family: xgboost}}
  network: {{}}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Return a study whose data come from parts of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(STUDY)
    return read_study(Path("config.yaml"))


def test_training_knows_where_its_data_come_from_through_whatever_they_were_made_of(
    study: Study,
) -> None:
    """Features are of images, and these of a source of the study's own."""
    for cell in study.cells.values():
        job = training_job(cell, cell.seeds, study.catalogue)
        assert [(Path.cwd() / part).resolve() for part in job.parts] == [ROOT / "study/data"]


def test_data_job_knows_the_source_of_what_its_data_are_made_of(study: Study) -> None:
    """Of derived data as of others."""
    derived = [cell.data for cell in study.cells.values() if cell.data.base is not None]
    assert derived
    for data in [*study.data.values(), *derived]:
        assert data_job(data, study.catalogue).parts
