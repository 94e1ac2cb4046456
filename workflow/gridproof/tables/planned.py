"""Tables and facts held against the plan of the study that they are read for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gridproof.errors import GridproofError
from gridproof.files.facts import FACTS, load_facts
from gridproof.plan.job_plans import PlannedCell, PlannedData, PlannedExperiment, PlannedStudy
from gridproof.tables.members import Member, Slice


def read_facts(data: PlannedData) -> dict[str, Any]:
    """Read the facts of a data set; GridproofError if they are of other data than planned."""
    facts = load_facts(data.directory)
    if facts.get("digest") != data.digest:
        raise GridproofError(
            f"{data.directory / FACTS}: data {facts.get('digest')}, but the study plans"
            f" {data.digest}"
        )
    return facts


def check_slice(plan: PlannedStudy, experiment: PlannedExperiment, tables: Slice) -> None:
    """Refuse tables that hold other cells, labels or seeds than the plan.

    Raises
    ------
    GridproofError
        Naming what differs and the command that brings the tables up to date.
    """
    planned = {cell.cell: cell for cell in experiment.cells}
    found = {member.cell: member for member in tables.members()}
    differences = [
        f"cell {cell.folder} ({cell.label}) is missing"
        for cell in experiment.cells
        if cell.cell not in found
    ]
    differences += [
        f"cell {member.slug}-{member.cell} ({member.label}) is not part of the study"
        for member in found.values()
        if member.cell not in planned
    ]
    for name in planned.keys() & found.keys():
        differences += cell_differences(planned[name], found[name])
    if differences:
        raise GridproofError(
            f"the tables of experiment {experiment.name!r} do not belong to {plan.config}: "
            f"{'; '.join(sorted(differences))}. Bring them up to date: {plan.command}"
        )


def cell_differences(planned: PlannedCell, found: Member) -> list[str]:
    """Return how a cell of the tables differs from the plan: its label, its seeds."""
    differences = []
    if found.label != planned.label:
        differences.append(
            f"cell {planned.folder} is called {found.label!r}, not {planned.label!r}"
        )
    if set(found.seeds) != set(planned.seeds):
        differences.append(
            f"cell {planned.folder} has seeds {listed(found.seeds)}, not {listed(planned.seeds)}"
        )
    if {int(seed) for seed in found.epochs["seed"].unique()} != set(found.seeds):
        differences.append(f"cell {planned.folder} has no metrics of some of its seeds")
    return differences


def listed(seeds: Iterable[int]) -> str:
    """Return seeds in order, as text."""
    return ", ".join(str(seed) for seed in sorted(set(seeds)))
