"""A job imports nothing that its cell's identity does not know, or it leaves no replicate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridproof.errors import GridproofError
from gridproof.plan.data_plan import DataPlan
from gridproof.plan.job_plans import TrainingJob
from gridproof.run.job import run_job

PACKAGE = "ownparts"
FAMILY = """
from importlib import import_module

from gridproof.part import Family
from gridproof.parts.families.dry import DryParameters, DryTraining


class Training(DryTraining):
    def advance(self):
        IMPORT
        return super().advance()


FAMILY = Family(
    description="a family of the user's", kind="table", parameters=DryParameters,
    trainer=":Training", libraries=("numpy",),
)
"""
HIDDEN = 'import_module("ownparts.families.odd." + "helper".lower())'
SEEN = "from ownparts.families.odd import helper"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of parts with a family; what is imported of it is forgotten afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    folder = tmp_path / PACKAGE
    (folder / "families" / "odd").mkdir(parents=True)
    (folder / "families" / "odd" / "helper.py").write_text("RATE = 0.1\n")
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def job_of(folder: Path, line: str) -> TrainingJob:
    """Return a job of the family, whose trainer runs a line before each epoch."""
    (folder / "families/odd/__init__.py").write_text(FAMILY.replace("IMPORT", line))
    spec = {"family": "odd", "engine": "python", "threads": 1, "parameters": {"task": 1}}
    return TrainingJob(
        cell=folder.parent / "odd-t1-0123456789ab",
        digest="0123456789ab",
        spec=spec,
        family=f"{PACKAGE}.families.odd",
        code="",
        libraries={},
        data=folder,
        prepared=DataPlan(name="a", kind="table", kind_module="", options={}, digest=""),
        seeds=(0,),
        parts=(str(folder),),
    )


def test_import_that_the_identity_knows_trains(folder: Path) -> None:
    """A helper that is imported by its name is part of the cell's code."""
    assert run_job(job_of(folder, SEEN), 1e9) == [0]


def test_import_that_the_identity_does_not_know_leaves_no_replicate(folder: Path) -> None:
    """An edit of such a helper would train nothing, so its result is not kept."""
    job = job_of(folder, HIDDEN)
    with pytest.raises(GridproofError, match=r"imported ownparts\.families\.odd\.helper, found no"):
        run_job(job, 1e9)
    assert not (job.cell / "seed-0").exists()
