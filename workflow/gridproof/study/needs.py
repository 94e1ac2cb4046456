"""What a training job asks a cluster for: memory and time, from what like jobs took."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gridproof.store.layout import RESULTS
from gridproof.study.cost import training_cost
from gridproof.study.plan import CellPlan, Study

BENCHMARKS = RESULTS / "benchmarks" / "train"
MARGIN = 1.5
"""What is asked for over the largest that was measured."""
LEAST_MB, LEAST_MINUTES = 1000, 5

MEMORY_MB = {"mlp": 1200, "cnn": 1500, "probe": 1000, "xgboost": 2500}
"""Largest resident memory of a family's jobs in the default study: what is known before any ran."""
SECONDS_PER_COST = {"mlp": 1e-5, "cnn": 2e-6, "probe": 1.3e-5, "xgboost": 1e-6}
"""Largest ratio of seconds to `training_cost` of a family's jobs in the default study."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a finished job took."""

    memory_mb: float
    seconds: float


class Needs:
    """What the rules that train ask: memory and time as functions of wildcards and attempt."""

    def __init__(self, study: Study) -> None:
        self.cells = study.cells

    def memory_mb(self, wildcards: Any, attempt: int) -> int:
        """Return the megabytes of a training job; more with each attempt."""
        return memory_mb(self.cells[wildcards.cell], self.cells.values(), attempt)

    def runtime_minutes(self, wildcards: Any, attempt: int) -> int:
        """Return the minutes of a training job; more with each attempt."""
        return runtime_minutes(self.cells[wildcards.cell], self.cells.values(), attempt)


def memory_mb(cell: CellPlan, cells: Iterable[CellPlan], attempt: int) -> int:
    """Return the memory to ask for: the largest of the family's finished jobs, and a margin."""
    measured = [taken.memory_mb for other in family_of(cell, cells) for taken in benchmarks(other)]
    largest = max(measured, default=MEMORY_MB[cell.family.name])
    return attempt * max(LEAST_MB, math.ceil(MARGIN * largest))


def runtime_minutes(cell: CellPlan, cells: Iterable[CellPlan], attempt: int) -> int:
    """Return the minutes to ask for: the family's slowest pace, for the size of this cell."""
    paces = [
        taken.seconds / training_cost(other)
        for other in family_of(cell, cells)
        for taken in benchmarks(other)
    ]
    slowest = max(paces, default=SECONDS_PER_COST[cell.family.name])
    seconds = MARGIN * slowest * training_cost(cell)
    return attempt * max(LEAST_MINUTES, math.ceil(seconds / 60))


def family_of(cell: CellPlan, cells: Iterable[CellPlan]) -> Iterator[CellPlan]:
    """Yield the cells of the same family."""
    return (other for other in cells if other.family.name == cell.family.name)


def benchmarks(cell: CellPlan) -> tuple[Taken, ...]:
    """Return what the cell's finished jobs took, as Snakemake wrote it down."""
    return read_benchmarks(BENCHMARKS / cell.name)


@cache
def read_benchmarks(folder: Path) -> tuple[Taken, ...]:
    """Return the rows of Snakemake's benchmark files in a folder that have numbers."""
    taken = []
    for file in sorted(folder.glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                try:
                    taken.append(Taken(float(row["max_rss"]), float(row["s"])))
                except (KeyError, TypeError, ValueError):
                    continue
    return tuple(taken)
