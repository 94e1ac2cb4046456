"""The part of a study that is trained."""

import json
from hashlib import sha256

import pytest

from gridproof.errors import GridproofError
from gridproof.run.finished import finished_part
from gridproof.run.opening import plan_study
from workspace import REPOSITORY

STUDY = f"""\
title: Test
parts: [{REPOSITORY / "study"}]
data:
  countries: {{source: geonames}}
seeds: 3
experiments:
  rates:
    sweep:
      learning_rate: [0.2, 1e-3]
  depths:
    sweep:
      depth: [2, 4]
comparisons:
  both: {{of: [rates, depths], figures: [curves]}}
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A small study, nothing of it trained."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "config.yaml"
    path.write_text(STUDY)
    return plan_study([path], {})


def finish(study, label, *seeds):
    """Write replicates that look finished."""
    for experiment in study.experiments.values():
        for member in experiment.members:
            if member.label == label:
                cell = study.cells[member.cell]
                for seed in seeds:
                    folder = cell.folder / f"seed-{seed}"
                    folder.mkdir(parents=True)
                    (folder / "metrics.parquet").write_bytes(b"rows")
                    files = {"metrics.parquet": sha256(b"rows").hexdigest()}
                    (folder / "replicate.json").write_text(json.dumps({"files": files}))
                return
    raise AssertionError(label)


def labels(part, name):
    """Return the labels of the cells of an experiment."""
    return [member.label for member in part.experiments[name].members]


def test_cells_without_their_first_seed_are_gaps(study):
    """What is kept needs no training; what is lost is told by experiment, cell and seeds."""
    finish(study, "learning_rate 0.2", 0, 1, 2)
    finish(study, "learning_rate 0.001", 1, 2)
    part = finished_part(study)
    assert labels(part, "rates") == ["learning_rate 0.2"]
    assert set(part.experiments) == {"rates", "both"}
    assert [cell.seeds for cell in part.cells.values()] == [(0, 1, 2)]
    gaps = [(gap.experiment, gap.label, gap.seeds) for gap in part.gaps]
    assert ("rates", "learning_rate 0.001", (0, 1, 2)) in gaps
    assert ("depths", "depth 2", (0, 1, 2)) in gaps
    assert str(part.folder) == "results/partial"


def test_experiment_keeps_the_seeds_that_all_its_cells_have(study):
    """A mean over seeds stays one over the same seeds for every cell."""
    finish(study, "learning_rate 0.2", 0, 1, 2)
    finish(study, "learning_rate 0.001", 0, 2)
    part = finished_part(study)
    assert part.experiments["rates"].seeds == (0, 2)
    gaps = [(gap.label, gap.seeds) for gap in part.gaps if gap.experiment == "rates"]
    assert gaps == [("learning_rate 0.2", (1,)), ("learning_rate 0.001", (1,))]


def test_damaged_replicate_is_not_finished(study):
    """A file of another content than its manifest says counts as missing."""
    finish(study, "learning_rate 0.2", 0)
    finish(study, "learning_rate 0.001", 0)
    cell = study.cells[study.experiments["rates"].members[0].cell]
    (cell.folder / "seed-0" / "metrics.parquet").write_bytes(b"other")
    assert labels(finished_part(study), "rates") == ["learning_rate 0.001"]


def test_whole_study_has_no_gaps(study):
    """Where all is there the part is the study, in a folder of its own."""
    for label in ("learning_rate 0.2", "learning_rate 0.001", "depth 2", "depth 4"):
        if label != "depth 2":
            finish(study, label, 0, 1, 2)
    shared = study.experiments["depths"].members[0].cell
    if not study.cells[shared].folder.exists():
        finish(study, "depth 2", 0, 1, 2)
    part = finished_part(study)
    assert part.gaps == ()
    assert part.experiments == study.experiments
    assert part.cells == study.cells


def test_nothing_finished_is_an_error(study):
    """There is nothing to show."""
    with pytest.raises(GridproofError, match="no cell is finished yet"):
        finished_part(study)


def test_partial_is_true_or_false(study, tmp_path):
    """Another value is told, not taken for one of them."""
    with pytest.raises(GridproofError, match="found 'perhaps', expected true or false"):
        plan_study([tmp_path / "config.yaml"], {"partial": "perhaps"})
