"""The study as a plan: which cells there are, who they are, and what each job is to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gridproof.config.expand import ResolvedExperiment, expand, selected
from gridproof.config.loading import load_config
from gridproof.config.parameters import Parameters
from gridproof.config.schema import Comparison, StudyConfig
from gridproof.config.user_claims import UserClaim
from gridproof.errors import GridproofError
from gridproof.families import FAMILIES, Family
from gridproof.files.layout import (
    CELLS,
    assembled_folder,
    block_of,
    measured_file,
    study_folder,
)
from gridproof.parts.families.cnn.backbones import weights_digest
from gridproof.plan.absent import Gap, MissingData
from gridproof.plan.cell_identity import (
    cell_code,
    cell_digest,
    cell_slug,
    cell_spec,
    library_versions,
)
from gridproof.plan.data_plan import DataPlan, plan_data, plan_features
from gridproof.plan.engine import EAGER, missing_compiler_note, resolve_engine
from gridproof.plan.kinds import FEATURES
from gridproof.plan.missing import missing_data
from gridproof.run.measurement_registry import in_order


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
    deterministic: bool
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
    """A study, read and resolved: everything that is planned follows from it.

    `gaps` is None for a whole study, else what this part of a study leaves out.
    """

    path: Path
    name: str | None
    title: str
    experiments: Mapping[str, ExperimentPlan]
    cells: Mapping[str, CellPlan]
    data: Mapping[str, DataPlan]
    missing: tuple[MissingData, ...]
    claims: Mapping[str, UserClaim]
    claims_file: Path | None
    note: str | None
    gaps: tuple[Gap, ...] | None = None

    @property
    def folder(self) -> Path:
        """Where the study's tables, figures and report go."""
        return study_folder(self.name, partial=self.gaps is not None)

    @property
    def features(self) -> dict[str, DataPlan]:
        """The features that cells are trained on, by the name of their folder."""
        plans = [cell.data for cell in self.cells.values()]
        return {plan.folder.name: plan for plan in plans if plan.base is not None}

    def jobs(self) -> Iterator[tuple[CellPlan, tuple[int, ...]]]:
        """Yield each training job: a cell and the seeds of one of its blocks."""
        for cell in self.cells.values():
            for seeds in cell.blocks():
                yield cell, seeds


def read_study(path: Path, overrides: Mapping[str, object] | None = None) -> Study:
    """Read a study and plan it; every mistake is a GridproofError before anything runs."""
    config = load_config(path, overrides)
    wanted = expand(config)
    missing = tuple(missing_data(config, wanted))
    absent = {item.name for item in missing}
    resolved = [experiment for experiment in wanted if experiment.data not in absent]
    if not resolved:
        told = "; ".join(f"{item.name}: no {', no '.join(item.files)}" for item in missing)
        raise GridproofError(f"{path}: the data of no experiment are there ({told})")
    names = dict.fromkeys(experiment.data for experiment in resolved)
    data = {name: plan_data(name, source_options(config, name)) for name in names}
    cells: dict[str, CellPlan] = {}
    plans = {item.name: plan_experiment(item, data[item.data], cells) for item in resolved}
    compared = {
        name: plan_comparison(name, comparison, plans)
        for name, comparison in config.comparisons.items()
        if selected(config, name) and plans.keys() >= set(comparison.of)
    }
    return Study(
        path=path,
        name=config.study,
        title=config.title,
        experiments={name: plans[name] for name in plans if selected(config, name)} | compared,
        cells=cells,
        data=data,
        missing=missing,
        claims=config.claims,
        claims_file=config.claims_file,
        note=missing_compiler_note({experiment.engine for experiment in resolved}),
    )


def source_options(config: StudyConfig, name: str) -> dict[str, object]:
    """Return what a study says of a data set, without what does not concern its content."""
    return config.data[name].model_dump(mode="json", exclude={"optional"})


def plan_experiment(
    experiment: ResolvedExperiment, data: DataPlan, cells: dict[str, CellPlan]
) -> ExperimentPlan:
    """Return the plan of an experiment; its cells are joined to those planned so far in `cells`."""
    members = []
    for member in experiment.members:
        cell = plan_cell(experiment, member.parameters, data)
        cells[cell.name] = joined(cell, cells.get(cell.name, cell))
        members.append(MemberPlan(cell=cell.name, label=member.label, position=member.position))
    return ExperimentPlan(
        name=experiment.name,
        title=experiment.title,
        question=experiment.question,
        figures=experiment.figures,
        seeds=experiment.seeds,
        data=data,
        members=tuple(members),
    )


def plan_comparison(
    name: str, comparison: Comparison, plans: Mapping[str, ExperimentPlan]
) -> ExperimentPlan:
    """Return the plan of a comparison: the cells of several experiments, side by side."""
    parts = [plans[part] for part in comparison.of]
    labels: dict[str, str] = {}
    for part in parts:
        for member in part.members:
            own = member.label if len(part.members) > 1 else ""
            labels.setdefault(member.cell, " ".join(filter(None, [part.name, own])))
    return ExperimentPlan(
        name=name,
        title=comparison.title or name.replace("_", " ").capitalize(),
        question=comparison.question.strip(),
        figures=comparison.figures,
        seeds=tuple(sorted({seed for part in parts for seed in part.seeds})),
        data=parts[0].data,
        members=tuple(
            MemberPlan(cell=cell, label=label, position=position)
            for position, (cell, label) in enumerate(labels.items())
        ),
    )


def joined(cell: CellPlan, other: CellPlan) -> CellPlan:
    """Return a cell with what two experiments ask of it: all seeds, all measurements."""
    return replace(
        cell,
        seeds=tuple(sorted({*cell.seeds, *other.seeds})),
        measurements=in_order({*cell.measurements, *other.measurements}),
    )


def plan_cell(experiment: ResolvedExperiment, chosen: Parameters, data: DataPlan) -> CellPlan:
    """Return the plan of one cell of an experiment."""
    family = FAMILIES[experiment.family]
    parameters = chosen.model_dump()
    prepared = plan_features(data, parameters) if family.data == FEATURES else data
    engine = resolve_engine(experiment.engine, parameters) if family.compiles else EAGER
    spec = cell_spec(family, parameters, prepared.digest, engine, experiment.threads)
    if family.weights and parameters["pretrained"]:
        spec["weights"] = weights_digest(str(parameters["backbone"]), str(parameters["weights"]))
    code = cell_code(family, parameters)
    libraries = library_versions(family.libraries)
    return CellPlan(
        family=family,
        slug=cell_slug(family, parameters),
        digest=cell_digest(spec, code, libraries),
        spec=spec,
        code=code,
        libraries=libraries,
        data=prepared,
        seeds=experiment.seeds[:1] if chosen.deterministic else experiment.seeds,
        deterministic=chosen.deterministic,
        measurements=experiment.measure,
    )
