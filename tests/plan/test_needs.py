"""What a training asks a cluster for follows from what like trainings took."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gridproof.plan.cost import training_cost
from gridproof.plan.needs import LEAST_MINUTES, Needs
from gridproof.plan.study import CellPlan, Study
from gridproof.run.opening import plan_study
from workspace import REPOSITORY

STUDY = f"""\
title: Test
parts: [{REPOSITORY / "study"}]
data:
  countries: {{source: geonames}}
  images: {{source: patches}}
seeds: 1
experiments:
  rates: {{data: countries, sweep: {{epochs: [10, 10000]}}}}
  trees: {{family: xgboost, data: images}}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Two networks, one a thousand times as long as the other, and trees."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "config.yaml"
    path.write_text(STUDY)
    return plan_study([path], {})


def took(cell: CellPlan, seconds: str, max_rss: str) -> None:
    """Write what Snakemake writes of a job."""
    folder = Path("results/benchmarks/train") / cell.name
    folder.mkdir(parents=True)
    (folder / "0.tsv").write_text(f"s\th:m:s\tmax_rss\n{seconds}\t0:00:01\t{max_rss}\n")


def asked(study: Study, cell: CellPlan, attempt: int = 1) -> tuple[int, int]:
    """Return megabytes and minutes that a job asks for."""
    needs = Needs(study)
    return needs.memory_mb(cell, attempt), needs.runtime_minutes(cell, attempt)


def test_memory_and_time_follow_the_family_and_the_size_of_the_cell(study: Study) -> None:
    """A long cell asks for the short one's pace; trees follow their own family."""
    short, long, trees = study.cells.values()
    before = asked(study, trees)
    took(short, "60", "2000")
    memory, minutes = asked(study, long)
    assert memory == 3000
    ratio = training_cost(long) / training_cost(short)
    assert minutes == pytest.approx(1.5 * ratio, abs=1)
    assert asked(study, short) == (3000, LEAST_MINUTES)
    assert asked(study, trees) == before


def test_time_follows_the_rows_of_the_data_once_they_are_there(study: Study) -> None:
    """A study of a few hundred rows does not ask for the hours of one of a hundred thousand."""
    _, long, _ = study.cells.values()
    before = asked(study, long)
    needs = Needs(study)
    assert needs.runtime_minutes(long, 1) == before[1] > 10 * LEAST_MINUTES
    long.data.folder.mkdir(parents=True)
    facts = {"rows": {"train": 240, "val": 240, "test": 240}}
    (long.data.folder / "facts.json").write_text(json.dumps(facts))
    assert needs.runtime_minutes(long, 1) == LEAST_MINUTES
    assert needs.memory_mb(long, 1) == before[0]


def test_each_attempt_asks_for_more(study: Study) -> None:
    """Twice as much, then three times."""
    cell = next(iter(study.cells.values()))
    memory, minutes = asked(study, cell)
    assert asked(study, cell, 3) == (3 * memory, 3 * minutes)


def test_jobs_too_short_to_be_measured_say_nothing(study: Study) -> None:
    """Snakemake writes NA where it had no time to look."""
    short, _, _ = study.cells.values()
    before = asked(study, short)
    took(short, "0.01", "NA")
    assert asked(study, short) == before
