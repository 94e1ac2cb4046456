"""The part of a study that is trained: what a partial report shows, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gridproof.errors import GridproofError
from gridproof.plan.absent import Gap
from gridproof.plan.study import ExperimentPlan, Study
from gridproof.run.manifest import intact_seeds

Finished = Mapping[str, tuple[int, ...]]
"""Name of a cell -> its seeds whose replicates are finished and intact."""


def finished_seeds(study: Study) -> Finished:
    """Return the finished seeds of every cell of a study."""
    return {
        name: tuple(intact_seeds(cell.folder, cell.seeds)) for name, cell in study.cells.items()
    }


def finished_part(study: Study) -> Study:
    """Return the study without what is not trained; nothing of it is left to train.

    An experiment keeps the cells that have its first seed, and the seeds that all of these have.
    What it loses is told by `gaps`; results go to a folder of their own.

    Raises
    ------
    GridproofError
        If no experiment has a finished cell.
    """
    finished = finished_seeds(study)
    parts = {
        name: finished_experiment(study, experiment, finished)
        for name, experiment in study.experiments.items()
    }
    kept = {name: part for name, part in parts.items() if part.members}
    if not kept:
        raise GridproofError(f"{study.path}: no cell is finished yet, so there is nothing to show")
    names = {member.cell for part in kept.values() for member in part.members}
    cells = {
        name: replace(cell, seeds=finished[name])
        for name, cell in study.cells.items()
        if name in names
    }
    gaps = [gap for name in parts for gap in gaps_of(study, name, parts[name])]
    data = {part.data.name: part.data for part in kept.values()}
    return replace(study, experiments=kept, cells=cells, data=data, gaps=tuple(gaps))


def finished_experiment(
    study: Study, experiment: ExperimentPlan, finished: Finished
) -> ExperimentPlan:
    """Return an experiment with the cells and the seeds that are finished."""
    first = experiment.seeds[0]
    members = tuple(item for item in experiment.members if first in finished[item.cell])
    stochastic = [item.cell for item in members if not study.cells[item.cell].deterministic]
    seeds = tuple(s for s in experiment.seeds if all(s in finished[cell] for cell in stochastic))
    return replace(experiment, members=members, seeds=seeds)


def gaps_of(study: Study, name: str, part: ExperimentPlan) -> list[Gap]:
    """Return what `part`, the finished part of an experiment, does not have."""
    experiment = study.experiments[name]
    kept = {member.cell for member in part.members}
    gaps = []
    for member in experiment.members:
        wanted = [s for s in experiment.seeds if s in study.cells[member.cell].seeds]
        lost = [s for s in wanted if member.cell not in kept or s not in part.seeds]
        if lost:
            gaps.append(
                Gap(
                    experiment=name,
                    title=experiment.title,
                    label=member.label,
                    seeds=tuple(lost),
                )
            )
    return gaps
