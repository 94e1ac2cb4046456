"""What each job is told: the plan of the study in typed values, written and read by `plan.wire`.

Everything that a job has to know stands here: modules and entry points of the parts that it uses,
and the folders that they lie in (`parts`, as in the study), so that a job looks no name up. Paths
count from the working directory.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ConfigDict

from gridproof.catalogue import MeasuredTable
from gridproof.config.user_claims import UserClaim
from gridproof.plan.absent import Gap, MissingData
from gridproof.plan.data_plan import DataPlan


class Planned:
    """What plans have in common: their reader refuses a key that they do not have."""

    __slots__ = ()
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataJob(Planned):
    """Data to prepare, from a source or from other data."""

    data: DataPlan
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingJob(Planned):
    """The replicates of one block of a cell.

    Attributes
    ----------
    cell : folder of the cell.
    digest : of spec, code and libraries.
    spec : what fixes the result besides code and libraries: data, engine, family, parameters,
        threads.
    family : the module of the family.
    code : the digest of the code that can reach the result.
    libraries : versions of the distributions that compute the result.
    data, prepared : folder of the prepared data, and what they were planned to be.
    seeds : of one block.
    """

    cell: Path
    digest: str
    spec: Mapping[str, Any]
    family: str
    code: str
    libraries: Mapping[str, str]
    data: Path
    prepared: DataPlan
    seeds: tuple[int, ...]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMeasurement(Planned):
    """A measurement: `function` of `module` takes a trained cell and returns values."""

    name: str
    module: str
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuringJob(Planned):
    """What to measure of a finished cell.

    Attributes
    ----------
    digest, parameters : who the cell is.
    family : the module of the cell's family.
    trained : `module:name` of what reads the cell.
    data : folder of the prepared data that it was trained on.
    """

    digest: str
    parameters: Mapping[str, Any]
    family: str
    trained: str
    measurements: tuple[PlannedMeasurement, ...]
    data: Path
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceMember(Planned):
    """A cell of an experiment, and where the files lie that its rows come from.

    `group` is the experiment that the cell comes from and `setting` what it is called there; only
    in a comparison they say more than the experiment's name and `label`.
    """

    cell: str
    slug: str
    label: str
    group: str
    setting: str
    position: int
    family: str
    files: tuple[str, ...]
    data: str
    threads: int
    engine: str
    parameters: Mapping[str, Any]
    assembled: tuple[Path, ...]
    measured: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicePlan(Planned):
    """What the tables of an experiment follow from.

    `columns` are those that measurements add, by the table whose columns they are.
    """

    experiment: str
    seeds: tuple[int, ...]
    members: tuple[SliceMember, ...]
    columns: Mapping[str, MeasuredTable]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureJob(Planned):
    """A figure, and what it is drawn from.

    Attributes
    ----------
    module, function : what draws it; the module also describes it.
    tables : folder with the slice of an experiment; None for a figure of data alone.
    data : folder of the prepared data.
    weights : digest of a cell -> its final weights, or those of every epoch where it is animated
        or has sliders; empty where it needs none.
    """

    name: str
    module: str
    function: str
    raster: bool = False
    animated: bool = False
    tables: Path | None = None
    data: Path
    weights: Mapping[str, Path]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell(Planned):
    """A cell that an experiment asks for.

    `spec` is its family, threads, engine and parameters, the folder of its prepared data, and the
    versions of the libraries that compute it. `group` and `setting` are as in SliceMember;
    `seeds_in_job` as in Family.
    """

    cell: str
    slug: str
    label: str
    group: str
    setting: str
    seeds: tuple[int, ...]
    seeds_in_job: int
    deterministic: bool
    measurements: tuple[str, ...]
    spec: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The name of the cell's folder under results/cells/."""
        return f"{self.slug}-{self.cell}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedExperiment(Planned):
    """An experiment: its words, its figures, its cells."""

    name: str
    title: str
    question: str
    figures: tuple[str, ...]
    data: str
    cells: tuple[PlannedCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedData(Planned):
    """A data set and where its prepared form lies."""

    name: str
    digest: str
    directory: Path
    source: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStudy(Planned):
    """What report and claims both follow from.

    Attributes
    ----------
    config : the study's file.
    snakefile : the workflow, where it does not lie in the working directory; else empty.
    parts : folders of the study's own parts.
    missing : optional data that are not there.
    """

    config: str
    snakefile: str = ""
    parts: tuple[str, ...]
    data: tuple[PlannedData, ...]
    missing: tuple[MissingData, ...]
    experiments: tuple[PlannedExperiment, ...]

    @property
    def command(self) -> str:
        """The command that brings results up to date with the study."""
        return self.command_for()

    def command_for(self, *files: str) -> str:
        """Return the command that makes some files of the study, by default all.

        Files come first: what follows `--configfile` is another config to Snakemake.
        """
        workflow = ["--snakefile", self.snakefile] if self.snakefile else []
        chosen = [] if self.config == "config.yaml" else ["--configfile", self.config]
        return shlex.join(["snakemake", *files, "--cores", "all", *workflow, *chosen])

    def cells(self) -> dict[str, set[int]]:
        """Return the seeds of each cell; cells that experiments share are there once."""
        seeds: dict[str, set[int]] = {}
        for experiment in self.experiments:
            for cell in experiment.cells:
                seeds.setdefault(cell.cell, set()).update(cell.seeds)
        return seeds


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan(PlannedStudy):
    """What the report is to show.

    Attributes
    ----------
    words : folder of the study's own words, if it has some.
    gaps : None for a whole study, else what is not finished.
    claims : the name of the plan that the claims were judged by, which tells its content.
    """

    study: str | None
    title: str
    words: Path | None
    gaps: tuple[Gap, ...] | None
    claims: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsPlan(PlannedStudy):
    """What the verdicts follow from besides tables and code: no title, question or figure.

    `claims` are those in the study's file, by their names.
    """

    claims: Mapping[str, UserClaim]
