"""What a training job asks a cluster for: memory and time, from what like jobs took."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gridproof.files.layout import RESULTS
from gridproof.plan.cost import training_cost
from gridproof.plan.study import CellPlan, Study

BENCHMARKS = RESULTS / "benchmarks" / "train"
MARGIN = 1.5
"""What is asked for over the largest that was measured."""
LEAST_MB, LEAST_MINUTES = 1000, 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What a finished job took: memory, and seconds for each unit of `training_cost`."""

    memory_mb: float
    pace: float


class Needs:
    """What the training jobs of a study ask for; benchmarks are read once, when first asked for."""

    def __init__(self, study: Study) -> None:
        self.cells = study.cells
        self.sizes: dict[tuple[Path, str], float] = {}

    @cached_property
    def largest(self) -> dict[str, Taken]:
        """The largest memory and the slowest pace of the finished jobs of each family."""
        families = {cell.family.name: cell.family for cell in self.cells.values()}
        largest = {name: Taken(0.0, family.seconds_per_cost) for name, family in families.items()}
        measured: dict[str, list[Taken]] = {}
        for cell in self.cells.values():
            measured.setdefault(cell.family.name, []).extend(taken_by(cell, self.cost(cell)))
        for family, jobs in measured.items():
            if jobs:
                memory, pace = max(job.memory_mb for job in jobs), max(job.pace for job in jobs)
                largest[family] = Taken(memory, pace)
        return largest

    def memory_mb(self, cell: CellPlan, attempt: int) -> int:
        """Return the megabytes of a job: the largest of its family, a margin, more each attempt.

        What its family declares for its parameters counts as long as none took more.
        """
        told = cell.family.memory_mb
        parameters = cell.family.parameters.model_validate(cell.parameters)
        declared = told(parameters) if callable(told) else told
        largest = max(declared, self.largest[cell.family.name].memory_mb)
        return attempt * max(LEAST_MB, math.ceil(MARGIN * largest))

    def runtime_minutes(self, cell: CellPlan, attempt: int) -> int:
        """Return the minutes of a job: its family's slowest pace for a cell of this size."""
        seconds = MARGIN * self.largest[cell.family.name].pace * self.cost(cell)
        return attempt * max(LEAST_MINUTES, math.ceil(seconds / 60))

    def cost(self, cell: CellPlan) -> float:
        """Return the cost of a cell's training on as many rows as its data have.

        Until the data are prepared, they count as large as those that the family was measured on.
        """
        if not cell.family.train_rows:
            return training_cost(cell)
        data = cell.data.base or cell.data
        key = data.folder, cell.family.name
        if key not in self.sizes:
            rows = train_rows(data.folder)
            if rows is None:
                return training_cost(cell)
            self.sizes[key] = rows / cell.family.train_rows
        return training_cost(cell) * self.sizes[key]


def train_rows(folder: Path) -> int | None:
    """Return how many rows prepared data have to train on; None where they are not there."""
    try:
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        return int(facts["rows"]["train"])
    except (OSError, ValueError, KeyError):
        return None


def taken_by(cell: CellPlan, cost: float) -> Iterator[Taken]:
    """Yield what the cell's finished jobs took, as Snakemake wrote it down; NA says nothing.

    `cost` is what the pace is counted in.
    """
    for file in sorted((BENCHMARKS / cell.name).glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                try:
                    yield Taken(float(row["max_rss"]), float(row["s"]) / cost)
                except (KeyError, TypeError, ValueError):
                    continue
