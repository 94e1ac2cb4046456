"""The study's plan as the report reads it, and the check that tables belong to it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridproof.errors import GridproofError
from gridproof.plan.absent import Gap, MissingData

if TYPE_CHECKING:
    from gridproof.tables.members import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell:
    """A cell that an experiment asks for.

    `spec` is its family, threads, engine and parameters, the folder of its prepared data, and the
    versions of the libraries that compute it.
    """

    cell: str
    slug: str
    label: str
    seeds: tuple[int, ...]
    deterministic: bool
    measurements: tuple[str, ...]
    spec: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The name of the cell's folder under results/cells/."""
        return f"{self.slug}-{self.cell}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedExperiment:
    """An experiment: its words, its figures, its cells."""

    name: str
    title: str
    question: str
    figures: tuple[str, ...]
    data: str
    cells: tuple[PlannedCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedData:
    """A data set and where its prepared form lies."""

    name: str
    digest: str
    directory: Path
    source: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """What the report is to show; `gaps` is None for a whole study, else what is not finished."""

    study: str | None
    title: str
    config: str
    data: tuple[PlannedData, ...]
    missing: tuple[MissingData, ...]
    experiments: tuple[PlannedExperiment, ...]
    gaps: tuple[Gap, ...] | None

    @property
    def command(self) -> str:
        """The command that brings results up to date with the study."""
        return self.command_for()

    def command_for(self, *files: str) -> str:
        """Return the command that makes some files of the study, by default all.

        Files come first: what follows `--configfile` is another config to Snakemake.
        """
        chosen = [] if self.config == "config.yaml" else ["--configfile", self.config]
        return shlex.join(["snakemake", *files, "--cores", "all", *chosen])

    def cells(self) -> dict[str, set[int]]:
        """Return the seeds of each cell; cells that experiments share are there once."""
        seeds: dict[str, set[int]] = {}
        for experiment in self.experiments:
            for cell in experiment.cells:
                seeds.setdefault(cell.cell, set()).update(cell.seeds)
        return seeds


def read_plan(path: Path) -> StudyPlan:
    """Read a study's plan from JSON; GridproofError if it cannot be read or lacks something."""
    try:
        return parse_plan(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise GridproofError(f"{path}: cannot be read as JSON ({error})") from error
    except KeyError as error:
        raise GridproofError(f"{path}: the plan has no {error}") from error


def parse_plan(plan: Mapping[str, Any]) -> StudyPlan:
    """Turn a plan as JSON holds it into frozen values; KeyError if something is missing."""
    return StudyPlan(
        study=plan["study"],
        title=plan["title"],
        config=plan["config"],
        data=tuple(
            PlannedData(
                name=name,
                digest=data["digest"],
                directory=Path(data["directory"]),
                source=data["source"],
                kind=data["kind"],
            )
            for name, data in plan["data"].items()
        ),
        missing=tuple(
            MissingData(
                name=item["name"],
                files=tuple(item["files"]),
                names=tuple(item["names"]),
                experiments=tuple(item["experiments"]),
            )
            for item in plan["missing"]
        ),
        experiments=tuple(_experiment(experiment) for experiment in plan["experiments"]),
        gaps=None
        if plan["gaps"] is None
        else tuple(Gap(**gap | {"seeds": tuple(gap["seeds"])}) for gap in plan["gaps"]),
    )


def read_facts(data: PlannedData) -> dict[str, Any]:
    """Read the facts of a data set; GridproofError if they are of other data than planned."""
    path = data.directory / "facts.json"
    try:
        facts = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise GridproofError(f"{path}: cannot be read as JSON ({error})") from error
    if facts["digest"] != data.digest:
        raise GridproofError(f"{path}: data {facts['digest']}, but the study plans {data.digest}")
    return facts


def check_slice(plan: StudyPlan, experiment: PlannedExperiment, tables: Slice) -> None:
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
        differences += _cell_differences(planned[name], found[name].label, set(found[name].seeds))
        trained = {int(seed) for seed in found[name].epochs["seed"].unique()}
        if trained != set(found[name].seeds):
            differences.append(f"cell {planned[name].folder} has no metrics of some of its seeds")
    if differences:
        raise GridproofError(
            f"the tables of experiment {experiment.name!r} do not belong to {plan.config}: "
            f"{'; '.join(sorted(differences))}. Bring them up to date: {plan.command}"
        )


def _cell_differences(planned: PlannedCell, label: str, seeds: set[int]) -> list[str]:
    differences = []
    if label != planned.label:
        differences.append(f"cell {planned.folder} is called {label!r}, not {planned.label!r}")
    if seeds != set(planned.seeds):
        differences.append(
            f"cell {planned.folder} has seeds {_listed(seeds)}, not {_listed(set(planned.seeds))}"
        )
    return differences


def _listed(seeds: set[int]) -> str:
    return ", ".join(str(seed) for seed in sorted(seeds))


def _experiment(experiment: Mapping[str, Any]) -> PlannedExperiment:
    return PlannedExperiment(
        name=experiment["name"],
        title=experiment["title"] or experiment["name"],
        question=experiment["question"] or "",
        figures=tuple(experiment["figures"]),
        data=experiment["data"],
        cells=tuple(
            PlannedCell(
                cell=cell["cell"],
                slug=cell["slug"],
                label=cell["label"],
                seeds=tuple(cell["seeds"]),
                deterministic=cell["deterministic"],
                measurements=tuple(cell["measurements"]),
                spec=cell["spec"],
            )
            for cell in experiment["cells"]
        ),
    )
