"""What train.smk asks: a rule for each family, and functions of wildcards."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from gridproof.errors import GridproofError
from gridproof.files.layout import assembled_folder
from gridproof.part import Family
from gridproof.plan.cost import training_priorities
from gridproof.plan.jobs import training_job
from gridproof.plan.needs import Needs
from gridproof.plan.study import CellPlan, Study
from gridproof.plan.wire import written
from gridproof.rules.patterns import DIGEST, SLUG, pattern

Function = Callable[..., int]


def planned_cell(study: Study, wildcards: Any) -> CellPlan:
    """Return the cell that a job is for; GridproofError if the study no longer has it."""
    try:
        return study.cells[wildcards.cell]
    except KeyError:
        raise GridproofError(
            f"{study.path} has no cell {wildcards.cell}: the study, its data or its code "
            "was edited after this job was planned; nothing is lost, run the same command again"
        ) from None


class TrainingRules:
    """The cells of a study, each trained by the rule of its family."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.needs = Needs(study)

    @cached_property
    def priorities(self) -> dict[str, float]:
        """How early each cell is trained, by its name."""
        return training_priorities(self.study.cells.values())

    def families(self) -> tuple[str, ...]:
        """Return the names of all families."""
        return self.study.catalogue.names("families")

    def family(self, name: str) -> Family:
        """Return a family."""
        return self.study.catalogue.family(name)

    def outputs(self, family: str) -> list[str]:
        """Return the files that a job of a family assembles."""
        files = self.family(family).files
        return [f"results/cells/{{cell}}/seeds-{{seeds}}/{file}" for file in files]

    def cells(self, family: str) -> str:
        """Return the pattern of the cells of a family, of this study or not."""
        return pattern([family], SLUG + DIGEST)

    def resources(self, family: str) -> dict[str, int | Function]:
        """Return what a job of a family needs besides threads."""
        gpu = {"gpu": 1} if self.family(family).gpu else {}
        return {**gpu, "mem_mb": self.memory, "runtime": self.minutes}

    def memory(self, wildcards: Any, attempt: int) -> int:
        """Return the megabytes that a job asks for."""
        return self.needs.memory_mb(planned_cell(self.study, wildcards), attempt)

    def minutes(self, wildcards: Any, attempt: int) -> int:
        """Return the minutes that a job asks for."""
        return self.needs.runtime_minutes(planned_cell(self.study, wildcards), attempt)

    def threads(self, wildcards: Any) -> int:
        """Return the threads of a job, fixed by the cell's spec."""
        return planned_cell(self.study, wildcards).threads

    def priority(self, wildcards: Any) -> float:
        """Return how early a job is started: jobs of higher priority go first."""
        return self.priorities[planned_cell(self.study, wildcards).name]

    def data(self, wildcards: Any) -> list[str]:
        """Return the prepared data of a cell."""
        return list(map(str, planned_cell(self.study, wildcards).data.files))

    def job(self, wildcards: Any) -> str:
        """Return what a training job is told: its whole spec."""
        seeds = [int(seed) for seed in wildcards.seeds.split("-")]
        cell = planned_cell(self.study, wildcards)
        return written(training_job(cell, seeds, self.study.catalogue))

    def files(self) -> list[str]:
        """Return all files that training jobs declare."""
        return [
            str(assembled_folder(cell.folder, seeds) / name)
            for cell, seeds in self.study.jobs()
            for name in cell.family.files
        ]
