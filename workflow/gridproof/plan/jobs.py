"""From the plan of a study to what each job is told, and the check that it is still so."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from gridproof.catalogue import ENGINE_FOLDER, Catalogue, catalogue
from gridproof.errors import GridproofError
from gridproof.files.facts import check_prepared
from gridproof.part import Chosen, Family
from gridproof.parts_folder import KINDS_OF_PARTS, import_part
from gridproof.plan.cell_identity import (
    cell_code,
    cell_digest,
    identifying_spec,
    library_versions,
)
from gridproof.plan.data_plan import AGAIN, DataPlan, check_data
from gridproof.plan.job_plans import (
    DataJob,
    FigureJob,
    MeasuringJob,
    PlannedMeasurement,
    TrainingJob,
)
from gridproof.plan.reach import missing_modules, reach
from gridproof.plan.study import CellPlan, ExperimentPlan, Study
from gridproof.plan.wire import read

Job = TypeVar("Job", DataJob, TrainingJob, MeasuringJob, FigureJob)


def data_job(data: DataPlan, parts: Catalogue) -> DataJob:
    """Return what a job is told that prepares data."""
    return DataJob(data=data, parts=needed_parts(parts, modules_of(data)))


def training_job(cell: CellPlan, seeds: Sequence[int], parts: Catalogue) -> TrainingJob:
    """Return what a job is told that trains some seeds of a cell."""
    return TrainingJob(
        cell=cell.folder,
        digest=cell.digest,
        spec=cell.spec,
        family=cell.family.package,
        code=cell.code,
        libraries=cell.libraries,
        data=cell.data.folder,
        prepared=cell.data,
        seeds=tuple(seeds),
        parts=needed_parts(parts, [cell.family.package, *cell.entries, *modules_of(cell.data)]),
    )


def measuring_job(cell: CellPlan, parts: Catalogue) -> MeasuringJob:
    """Return what a job is told that measures a finished cell."""
    found = [parts.measurement(name) for name in cell.measurements]
    modules = [cell.family.package, *(entry.module for entry in found)]
    return MeasuringJob(
        digest=cell.digest,
        parameters=cell.parameters,
        family=cell.family.package,
        trained=cell.family.absolute(cell.family.trained),
        measurements=tuple(
            PlannedMeasurement(name=entry.name, module=entry.module, function=entry.function)
            for entry in found
        ),
        data=cell.data.folder,
        parts=needed_parts(parts, modules),
    )


def figure_job(
    study: Study, experiment: ExperimentPlan, name: str, weights: Mapping[str, Path]
) -> FigureJob:
    """Return what a job is told that draws a figure of an experiment.

    `weights` are files of the first seed of each cell, by the cell's digest.
    """
    tables = study.folder / "tables" / experiment.name
    return _drawing(study.catalogue, name, experiment.data, tables, weights)


def picture_job(study: Study, data: DataPlan) -> FigureJob:
    """Return what a job is told that draws a data set."""
    return _drawing(study.catalogue, picture_of(study.catalogue, data), data, None, {})


def picture_of(parts: Catalogue, data: DataPlan) -> str:
    """Return the figure that shows a data set: its source's, else its kind's; empty for none."""
    return (parts.source(data.source).picture if data.source else "") or data.declared.picture


def _drawing(
    parts: Catalogue, name: str, data: DataPlan, tables: Path | None, weights: Mapping[str, Path]
) -> FigureJob:
    figure = parts.figure(name)
    return FigureJob(
        name=name,
        module=figure.module,
        function=figure.function,
        raster=figure.raster,
        animated=figure.animated,
        tables=tables,
        data=data.folder,
        weights=weights,
        parts=needed_parts(parts, [figure.module]),
    )


def modules_of(data: DataPlan) -> list[str]:
    """Return the modules that a data set is made by, and those of the data that it is made from."""
    own = [module for module in (data.kind_module, data.source_module) if module]
    return own + (modules_of(data.base) if data.base else [])


def needed_parts(parts: Catalogue, entries: Iterable[str]) -> tuple[str, ...]:
    """Return the folders of a study's own parts where one of the entries lies in them, else none.

    A job of parts of the package alone is told of no folder, so that it is the same job in every
    study: studies share cells. No part of the package can reach one of a study.
    """
    if all(entry.startswith("gridproof.") for entry in entries):
        return ()
    return parts_entries(parts)


def parts_entries(parts: Catalogue) -> tuple[str, ...]:
    """Return a study's own folders of parts as its file lists them, from the working directory."""
    return tuple(
        os.path.relpath(
            folder.path if folder.kinds == KINDS_OF_PARTS else folder.path / folder.kinds[0]
        )
        for folder in parts.folders
        if folder != ENGINE_FOLDER
    )


def read_job(kind: type[Job], text: str) -> Job:
    """Return what a job is told, as JSON or in a file; its parts can be imported from then on."""
    job = read(kind, text)
    catalogue(job.parts)
    return job


def family_of(job: TrainingJob) -> Family:
    """Return the family of a job as it is declared now."""
    catalogue(job.parts)  # from then on it can be imported
    family: Family = import_part(job.family).FAMILY
    return replace(family, name=str(job.spec["family"]), package=job.family)


def training_entries(job: TrainingJob, family: Family) -> tuple[str, ...]:
    """Return where the code of a job begins now: the trainer, and what its parameters choose."""
    parameters = family.parameters.model_validate(job.spec["parameters"])
    chosen = family.chosen(parameters) if family.chosen else Chosen()
    return (family.entry(str(job.spec["engine"])), *chosen.entries)


def unplanned_modules(job: TrainingJob, imported: Iterable[str]) -> list[str]:
    """Return the imported modules of package and study that the cell's code does not reach.

    What gives the same bits as the trainer may import what it likes.
    """
    roots, family = catalogue(job.parts).roots, family_of(job)
    entries = training_entries(job, family)
    if family.same_bits:
        entries = (*entries, family.absolute(family.same_bits))
    return missing_modules(reach(entries, roots), imported, roots)


def check_data_job(job: DataJob) -> None:
    """Raise GridproofError if the source's files or the code that reads them were edited."""
    check_data(job.data, catalogue(job.parts).roots)


def check_training_job(job: TrainingJob) -> None:
    """Raise GridproofError if code, libraries or data are not what the job was planned with."""
    roots, family, spec = catalogue(job.parts).roots, family_of(job), job.spec
    parameters = family.parameters.model_validate(spec["parameters"])
    chosen = family.chosen(parameters) if family.chosen else Chosen()
    code = cell_code(training_entries(job, family), roots)
    libraries = library_versions(family.computed_by(str(spec["engine"])).libraries)
    if code != job.code:
        raise GridproofError(
            f"the code that trains {family.name!r} cells was edited after the job of "
            f"{job.cell.name} was planned; {AGAIN}"
        )
    if libraries != job.libraries:
        raise GridproofError(
            f"the job of {job.cell.name} was planned with {job.libraries} and runs with "
            f"{libraries}; run it in the environment that the study was planned in"
        )
    identity = identifying_spec(family, parameters, spec["data"], spec["engine"], spec["threads"])
    if cell_digest({**identity, **chosen.digests}, code, libraries) != job.digest:
        raise GridproofError(
            f"the spec of the job of {job.cell.name} does not have the digest in its name"
        )
    check_data(job.prepared, roots)
    check_prepared(job.data, job.prepared.digest)
