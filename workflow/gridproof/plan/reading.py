"""From a configuration to the plan of its study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gridproof.catalogue import Catalogue
from gridproof.config.expand import Combination, ResolvedExperiment, expand, selected
from gridproof.config.fit import common_figures
from gridproof.config.loading import load_config
from gridproof.config.study_config import Comparison, StudyConfig
from gridproof.errors import GridproofError
from gridproof.files.layout import blocked_folder
from gridproof.part import Chosen
from gridproof.plan.cell_identity import (
    cell_code,
    cell_digest,
    cell_slug,
    identifying_spec,
    library_versions,
)
from gridproof.plan.data_plan import DataPlan, data_for, plan_data
from gridproof.plan.missing import missing_data
from gridproof.plan.study import CellPlan, ExperimentPlan, MemberPlan, Study


def read_study(path: Path, overrides: Mapping[str, object] | None = None) -> Study:
    """Read a study and plan it; every mistake is a GridproofError before anything runs."""
    config, catalogue = load_config(path, overrides)
    if (blocked := blocked_folder(config.study)) is not None:
        raise GridproofError(
            f"{blocked}: found what is no folder, expected one, or nothing, for results; move it"
        )
    wanted = expand(config, catalogue)
    missing = tuple(missing_data(config, catalogue, wanted))
    absent = {item.name for item in missing}
    resolved = [experiment for experiment in wanted if experiment.data not in absent]
    if not resolved:
        lacking = "; ".join(f"{item.name}: no {', no '.join(item.files)}" for item in missing)
        raise GridproofError(f"{path}: the data of no experiment are there ({lacking})")
    names = dict.fromkeys(experiment.data for experiment in resolved)
    data = {name: plan_source(config, name, catalogue) for name in names}
    cells: dict[str, CellPlan] = {}
    plans = {
        item.name: plan_experiment(item, data[item.data], cells, catalogue) for item in resolved
    }
    compared = {
        name: plan_comparison(name, comparison, plans, cells, catalogue)
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
        catalogue=catalogue,
        parts=config.parts,
        words=config.words,
        expected_claims=config.expected_claims,
        note=engine_note(resolved, catalogue),
    )


def plan_source(config: StudyConfig, name: str, catalogue: Catalogue) -> DataPlan:
    """Return the plan of a data set, without what does not concern its content."""
    section = config.data[name]
    options = section.model_dump(mode="json", exclude={"source", "optional"})
    return plan_data(name, section.source, options, catalogue)


def engine_note(experiments: list[ResolvedExperiment], catalogue: Catalogue) -> str | None:
    """Return what to tell the user of the engines that experiments are computed by, if anything."""
    families = [(catalogue.family(item.family), item.engine) for item in experiments]
    notes = [family.note for family, engine in families if engine == family.engine]
    return next((text for note in notes if note and (text := note())), None)


def plan_experiment(
    experiment: ResolvedExperiment,
    data: DataPlan,
    cells: dict[str, CellPlan],
    catalogue: Catalogue,
) -> ExperimentPlan:
    """Return the plan of an experiment; its cells are joined to those planned so far in `cells`."""
    members = []
    for combination in experiment.members:
        cell = plan_cell(experiment, combination, data, catalogue)
        cells[cell.name] = joined(cell, cells.get(cell.name, cell))
        members.append(
            MemberPlan(
                cell=cell.name,
                label=combination.label,
                position=combination.position,
                group=experiment.name,
                setting=combination.label,
            )
        )
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
    name: str,
    comparison: Comparison,
    plans: Mapping[str, ExperimentPlan],
    cells: Mapping[str, CellPlan],
    catalogue: Catalogue,
) -> ExperimentPlan:
    """Return the plan of a comparison: the cells of several experiments, side by side.

    A cell that several of them have is shown as one of the first.
    """
    compared = [plans[part] for part in comparison.of]
    members: dict[str, MemberPlan] = {}
    for part in compared:
        for member in part.members:
            own = member.label if len(part.members) > 1 else ""
            shown = replace(
                member, label=" ".join(filter(None, [part.name, own])), position=len(members)
            )
            members.setdefault(member.cell, shown)
    figures = comparison.figures
    if figures is None:
        figures = common_figures(catalogue, (cells[cell].family.name for cell in members))
    return ExperimentPlan(
        name=name,
        title=comparison.title or name.replace("_", " ").capitalize(),
        question=comparison.question.strip(),
        figures=figures,
        seeds=tuple(sorted({seed for part in compared for seed in part.seeds})),
        data=compared[0].data,
        members=tuple(members.values()),
    )


def joined(cell: CellPlan, other: CellPlan) -> CellPlan:
    """Return a cell with what two experiments ask of it: all seeds, all measurements."""
    return replace(
        cell,
        seeds=tuple(sorted({*cell.seeds, *other.seeds})),
        measurements=tuple(sorted({*cell.measurements, *other.measurements})),
    )


def plan_cell(
    experiment: ResolvedExperiment,
    combination: Combination,
    data: DataPlan,
    catalogue: Catalogue,
) -> CellPlan:
    """Return the plan of one cell of an experiment."""
    family, parameters = catalogue.family(experiment.family), combination.parameters
    prepared = data_for(family.kind, data, parameters, catalogue)
    engine = experiment.engine
    chosen = family.chosen(parameters) if family.chosen else Chosen()
    entries = (family.entry(engine), *chosen.entries)
    code = cell_code(entries, catalogue.roots)
    libraries = library_versions(family.computed_by(engine).libraries)
    spec = identifying_spec(family, parameters, prepared.digest, engine, experiment.threads)
    deterministic = parameters.deterministic and prepared.divisions == 1
    return CellPlan(
        family=family,
        slug=cell_slug(family, parameters),
        digest=cell_digest({**spec, **chosen.digests}, code, libraries),
        parameters=parameters.model_dump(mode="json"),
        engine=engine,
        threads=experiment.threads,
        entries=entries,
        code=code,
        libraries=libraries,
        data=prepared,
        seeds=experiment.seeds[:1] if deterministic else experiment.seeds,
        deterministic=deterministic,
        measurements=tuple(sorted(experiment.measure)),
    )
