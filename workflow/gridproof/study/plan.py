"""The study as a plan: which cells there are, who they are, and what each job is to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gridproof.data.identity import data_digest
from gridproof.data.sources import find_source
from gridproof.families import FAMILIES, Family
from gridproof.measurements.registry import in_order
from gridproof.store.layout import (
    CACHE,
    CELLS,
    DATA,
    assembled_folder,
    block_of,
    measured_file,
    study_folder,
)
from gridproof.study.closure import code_digest
from gridproof.study.engine import missing_compiler_note, resolve_engine
from gridproof.study.expand import ResolvedExperiment, expand
from gridproof.study.identity import (
    cell_digest,
    cell_slug,
    cell_spec,
    library_versions,
    short_digest,
)
from gridproof.study.load import load_config

PREPARED_MODULE = "gridproof.data.prepared"
SOURCE_MEMORY = CACHE / "sources.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlan:
    """A data set: what it is made from, and its identity."""

    name: str
    source: str
    options: Mapping[str, object]
    digest: str

    @property
    def folder(self) -> Path:
        """Where the prepared data lie."""
        return DATA / f"{self.name}-{self.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlan:
    """A cell: one resolved configuration, with all that the study asks of it."""

    family: Family
    slug: str
    digest: str
    spec: Mapping[str, object]
    code: str
    libraries: Mapping[str, str]
    data: DataPlan
    seeds: tuple[int, ...]
    measurements: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the cell's folder."""
        return f"{self.slug}-{self.digest}"

    @property
    def folder(self) -> Path:
        """Where the cell's replicates lie."""
        return CELLS / self.name

    @property
    def parameters(self) -> Mapping[str, object]:
        """The parameters of the family, by name."""
        parameters = self.spec["parameters"]
        assert isinstance(parameters, Mapping)
        return parameters

    @property
    def threads(self) -> int:
        """CPU threads of a job."""
        return int(str(self.spec["threads"]))

    def blocks(self) -> list[tuple[int, ...]]:
        """Return the seeds of each job."""
        blocks: dict[int, list[int]] = defaultdict(list)
        for seed in self.seeds:
            blocks[block_of(seed)].append(seed)
        return [tuple(seeds) for seeds in blocks.values()]

    def assembled(self) -> list[Path]:
        """Return the folders of the files that the jobs assemble."""
        return [assembled_folder(self.folder, seeds) for seeds in self.blocks()]

    def measured(self) -> list[Path]:
        """Return the files of what is measured, none if nothing is asked for."""
        return [measured_file(self.folder, seeds) for seeds in self.blocks() if self.measurements]

    def assembled_with(self, seed: int) -> Path:
        """Return the folder of the assembled files that hold `seed`."""
        return next(
            assembled_folder(self.folder, seeds) for seeds in self.blocks() if seed in seeds
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPlan:
    """A cell as one experiment sees it."""

    cell: str
    label: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentPlan:
    """An experiment: its words, the figures it shows, and its cells by name."""

    name: str
    title: str
    question: str
    figures: tuple[str, ...]
    seeds: tuple[int, ...]
    data: DataPlan
    members: tuple[MemberPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study, read and resolved: everything that is planned follows from it."""

    path: Path
    name: str | None
    title: str
    experiments: Mapping[str, ExperimentPlan]
    cells: Mapping[str, CellPlan]
    data: Mapping[str, DataPlan]
    note: str | None

    @property
    def folder(self) -> Path:
        """Where the study's tables, figures and report go."""
        return study_folder(self.name)

    def jobs(self) -> Iterator[tuple[CellPlan, tuple[int, ...]]]:
        """Yield each training job: a cell and the seeds of one of its blocks."""
        for cell in self.cells.values():
            for seeds in cell.blocks():
                yield cell, seeds


def read_study(path: Path, overrides: Mapping[str, object] | None = None) -> Study:
    """Read a study and plan it; every mistake is a GridproofError before anything runs."""
    config = load_config(path, overrides)
    resolved = expand(config)
    data = {
        name: plan_data(name, config.data[name].model_dump(mode="json"))
        for name in dict.fromkeys(experiment.data for experiment in resolved)
    }
    cells: dict[str, CellPlan] = {}
    experiments = {}
    for experiment in resolved:
        members = []
        for member in experiment.members:
            cell = plan_cell(experiment, member.parameters.model_dump(), data[experiment.data])
            cells[cell.name] = joined(cell, cells.get(cell.name, cell))
            members.append(MemberPlan(cell=cell.name, label=member.label, position=member.position))
        experiments[experiment.name] = ExperimentPlan(
            name=experiment.name,
            title=experiment.title,
            question=experiment.question,
            figures=experiment.figures,
            seeds=experiment.seeds,
            data=data[experiment.data],
            members=tuple(members),
        )
    return Study(
        path=path,
        name=config.study,
        title=config.title,
        experiments=experiments,
        cells=cells,
        data=data,
        note=missing_compiler_note({experiment.engine for experiment in resolved}),
    )


def joined(cell: CellPlan, other: CellPlan) -> CellPlan:
    """Return a cell with what two experiments ask of it: all seeds, all measurements."""
    return replace(
        cell,
        seeds=tuple(sorted({*cell.seeds, *other.seeds})),
        measurements=in_order({*cell.measurements, *other.measurements}),
    )


def plan_data(name: str, options: Mapping[str, object]) -> DataPlan:
    """Return the plan of a data set; its source's files are hashed, or remembered."""
    source = str(options["source"])
    rest = {key: value for key, value in options.items() if key != "source"}
    return DataPlan(
        name=name, source=source, options=rest, digest=current_data_digest(source, rest)
    )


def current_data_digest(source: str, options: Mapping[str, object]) -> str:
    """Return the digest that data from `source` have as its files and our code stand now.

    The code is what decides the rows: the source's module and the prepared form. What is only said
    about the rows, in facts.json, is made again when its code is edited, but trains nothing.
    """
    code = short_digest([code_digest(PREPARED_MODULE), code_digest(find_source(source).module)])
    return data_digest(source, options, code, SOURCE_MEMORY)


def plan_cell(
    experiment: ResolvedExperiment, parameters: Mapping[str, object], data: DataPlan
) -> CellPlan:
    """Return the plan of one cell of an experiment."""
    family = FAMILIES[experiment.family]
    engine = resolve_engine(experiment.engine, parameters)
    spec = cell_spec(family, parameters, data.digest, engine, experiment.threads)
    code = code_digest(family.trainer_module)
    libraries = library_versions(family.libraries)
    return CellPlan(
        family=family,
        slug=cell_slug(family, parameters),
        digest=cell_digest(spec, code, libraries),
        spec=spec,
        code=code,
        libraries=libraries,
        data=data,
        seeds=experiment.seeds,
        measurements=experiment.measure,
    )
