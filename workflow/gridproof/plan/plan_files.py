"""The plans that are too large for a command line, as files in the study's folder of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from gridproof.files.atomic import write_text
from gridproof.plan.cell_identity import DIGEST_LENGTH
from gridproof.plan.job_plans import (
    ClaimsPlan,
    PlannedCell,
    PlannedData,
    PlannedExperiment,
    SliceMember,
    SlicePlan,
    StudyPlan,
)
from gridproof.plan.jobs import parts_entries
from gridproof.plan.study import CellPlan, ExperimentPlan, MemberPlan, Study
from gridproof.plan.wire import written, written_in_order
from gridproof.plan.workflow_file import snakefile_elsewhere


def slice_plan(study: Study, experiment: ExperimentPlan) -> SlicePlan:
    """Return what the tables of an experiment follow from: its seeds and its cells."""
    return SlicePlan(
        experiment=experiment.name,
        seeds=experiment.seeds,
        members=tuple(
            slice_member(study.cells[member.cell], member) for member in experiment.members
        ),
        columns=study.catalogue.measured_tables,
    )


def slice_member(cell: CellPlan, member: MemberPlan) -> SliceMember:
    """Return a cell as an experiment calls it, and where its files lie."""
    return SliceMember(
        cell=cell.digest,
        slug=cell.slug,
        label=member.label,
        group=member.group,
        setting=member.setting,
        position=member.position,
        family=cell.family.name,
        files=cell.family.files,
        data=cell.data.name,
        threads=cell.threads,
        engine=cell.engine,
        parameters=cell.parameters,
        assembled=tuple(cell.assembled()),
        measured=tuple(cell.measured()),
    )


def study_plan(study: Study) -> StudyPlan:
    """Return what the report follows from besides the tables: words, figures, cells and data."""
    return StudyPlan(
        study=study.name,
        title=study.title,
        config=str(study.path),
        snakefile=snakefile_elsewhere(),
        parts=parts_entries(study.catalogue),
        words=study.words,
        data=planned_data(study),
        missing=study.missing,
        experiments=planned_experiments(study),
        gaps=study.gaps,
        claims=claims_file(study).stem,
    )


def claims_plan(study: Study) -> ClaimsPlan:
    """Return what claims follow from besides tables: the study without its words, own claims."""
    return ClaimsPlan(
        config=str(study.path),
        snakefile=snakefile_elsewhere(),
        parts=parts_entries(study.catalogue),
        data=planned_data(study),
        missing=study.missing,
        experiments=tuple(
            replace(item, title="", question="", figures=()) for item in planned_experiments(study)
        ),
        claims=study.claims,
    )


def planned_data(study: Study) -> tuple[PlannedData, ...]:
    """Return the data sets of a study as report and claims know them."""
    return tuple(
        PlannedData(
            name=name,
            digest=data.digest,
            directory=data.folder,
            source=data.source,
            kind=data.kind,
        )
        for name, data in study.data.items()
    )


def planned_experiments(study: Study) -> tuple[PlannedExperiment, ...]:
    """Return the experiments of a study as report and claims know them."""
    return tuple(
        PlannedExperiment(
            name=experiment.name,
            title=experiment.title or experiment.name,
            question=experiment.question,
            figures=tuple(experiment.figures),
            data=experiment.data.name,
            cells=tuple(
                planned_cell(study.cells[member.cell], member, experiment)
                for member in experiment.members
            ),
        )
        for experiment in study.experiments.values()
    )


def planned_cell(cell: CellPlan, member: MemberPlan, experiment: ExperimentPlan) -> PlannedCell:
    """Return a cell as an experiment calls it, with all that a reader may ask about it."""
    return PlannedCell(
        cell=cell.digest,
        slug=cell.slug,
        label=member.label,
        group=member.group,
        setting=member.setting,
        seeds=tuple(seed for seed in experiment.seeds if seed in cell.seeds),
        seeds_in_job=cell.family.seeds_in_job,
        deterministic=cell.deterministic,
        measurements=cell.measurements,
        spec={
            "family": cell.family.name,
            "threads": cell.threads,
            "engine": cell.engine,
            "parameters": cell.parameters,
            "data": cell.data.folder.name,
            "libraries": cell.libraries,
        },
    )


def slice_file(study: Study, experiment: ExperimentPlan) -> Path:
    """Return the path of the plan of an experiment's tables; its content is in its name."""
    return _file(study, experiment.name, slice_plan(study, experiment))


def study_file(study: Study) -> Path:
    """Return the path of the study's plan, for the report."""
    return _file(study, "study", study_plan(study))


def claims_file(study: Study) -> Path:
    """Return the path of the plan of the study's claims."""
    return _file(study, "claims", claims_plan(study))


def plans(study: Study) -> Mapping[Path, Any]:
    """Return all plans that jobs read from files, by their paths."""
    found: dict[Path, Any] = {study_file(study): study_plan(study)}
    found[claims_file(study)] = claims_plan(study)
    for experiment in study.experiments.values():
        found[slice_file(study, experiment)] = slice_plan(study, experiment)
    return found


def write_plans(study: Study) -> None:
    """Write the plans that are not there yet."""
    for path, plan in plans(study).items():
        if not path.exists():
            write_text(path, written_in_order(plan))


def _file(study: Study, name: str, plan: Any) -> Path:
    digest = sha256(written(plan).encode()).hexdigest()[:DIGEST_LENGTH]
    return study.folder / "plan" / f"{name}-{digest}.json"
