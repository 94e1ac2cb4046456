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

from gridproof.plan.absent import Gap, MissingData


class Planned:
    """What plans have in common: their reader refuses a key that they do not have."""

    __slots__ = ()
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataJob(Planned):
    """Prepared data: what they are made from, by which code, and who they are.

    Attributes
    ----------
    kind, source : names of the parts; there is no source where data are derived from `base`.
    kind_module, source_module : the modules that they lie in.
    options : what the study says of the source, or what a cell asks of derived data.
    digest : of content, options and code.
    folder : where the prepared data lie.
    """

    name: str
    kind: str
    kind_module: str
    source: str = ""
    source_module: str = ""
    options: Mapping[str, Any]
    digest: str
    folder: Path
    base: DataJob | None = None
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
    entries, code : entry points that train the cell, and the digest of the code they reach.
    libraries : versions of the distributions that compute the result.
    seeds : of one block.
    """

    cell: Path
    digest: str
    spec: Mapping[str, Any]
    family: str
    entries: tuple[str, ...]
    code: str
    libraries: Mapping[str, str]
    data: DataJob
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

    `columns` are the quantities that measurements add, by the table whose columns they are.
    """

    experiment: str
    seeds: tuple[int, ...]
    members: tuple[SliceMember, ...]
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureJob(Planned):
    """A figure, and what it is drawn from.

    Attributes
    ----------
    module, function : what draws it; the module also describes it.
    tables : folder with the slice of an experiment; None for a figure of data alone.
    data, kind, kind_module : folder of the prepared data, and the kind that reads them.
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
    kind: str
    kind_module: str
    weights: Mapping[str, Path]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell(Planned):
    """A cell that an experiment asks for.

    `spec` is its family, threads, engine and parameters, the folder of its prepared data, and the
    versions of the libraries that compute it. `group` and `setting` are as in SliceMember.
    """

    cell: str
    slug: str
    label: str
    group: str
    setting: str
    seeds: tuple[int, ...]
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
class StudyPlan(Planned):
    """What the report is to show.

    Attributes
    ----------
    config : the study's file.
    parts, words : folders of the study's own parts, and of its own words if it has some.
    gaps : None for a whole study, else what is not finished.
    claims : the name of the plan that the claims were judged by, whose content is in it.
    """

    study: str | None
    title: str
    config: str
    parts: tuple[str, ...]
    words: Path | None
    data: tuple[PlannedData, ...]
    missing: tuple[MissingData, ...]
    experiments: tuple[PlannedExperiment, ...]
    gaps: tuple[Gap, ...] | None
    claims: str = ""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsPlan(Planned):
    """What the verdicts follow from besides the tables.

    Attributes
    ----------
    study : the study without its words: no title, question or figure changes a verdict.
    claims : the claims in the study's file, by their names.
    modules : modules of parts that declare claims.
    thresholds, published : files of the folders of parts, none if they bring none.
    """

    study: StudyPlan
    claims: Mapping[str, Mapping[str, Any]]
    modules: tuple[str, ...]
    thresholds: tuple[Path, ...]
    published: tuple[Path, ...]
