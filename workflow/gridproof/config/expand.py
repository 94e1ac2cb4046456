"""A validated configuration to its experiments, and each experiment to its cells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from gridproof.catalogue import Catalogue
from gridproof.config.schema import schema_of
from gridproof.config.study_config import Experiment, StudyConfig
from gridproof.config.yaml_reader import KeyPath
from gridproof.parameter import Parameters, Section
from gridproof.part import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """A cell as one experiment sees it.

    Attributes
    ----------
    parameters : all parameters of the cell, defaults filled in.
    label : short text that tells the cell from its neighbours, such as ``learning_rate 0.2``.
    position : place in the experiment, counted from 0.
    """

    parameters: Parameters
    label: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedExperiment:
    """An experiment with every default filled in."""

    name: str
    title: str
    question: str
    family: str
    data: str
    seeds: tuple[int, ...]
    threads: int
    engine: str
    measure: tuple[str, ...]
    figures: tuple[str, ...]
    members: tuple[Combination, ...]


def expand(config: StudyConfig, catalogue: Catalogue) -> tuple[ResolvedExperiment, ...]:
    """Return the experiments whose cells the study runs, in the order of the configuration.

    These are the selected ones, and those that a selected comparison is of.
    """
    compared = {
        part
        for name, comparison in config.comparisons.items()
        if selected(config, name)
        for part in comparison.of
    }
    return tuple(
        resolve(config, catalogue, name, experiment)
        for name, experiment in config.experiments.items()
        if selected(config, name) or name in compared
    )


def selected(config: StudyConfig, name: str) -> bool:
    """Tell whether an experiment or a comparison is to be run and shown."""
    return config.only is None or name in config.only


def resolve(
    config: StudyConfig, catalogue: Catalogue, name: str, experiment: Experiment
) -> ResolvedExperiment:
    """Return one experiment with the study's defaults filled in."""
    return ResolvedExperiment(
        name=name,
        title=experiment.title or name.replace("_", " ").capitalize(),
        question=experiment.question.strip(),
        family=experiment.family,
        data=experiment.data or fitting_data(config, catalogue, experiment)[0],
        seeds=experiment.seeds or config.seeds,
        threads=experiment.threads or config.threads,
        engine=chosen_engine(
            catalogue.family(experiment.family), experiment.engine or config.engine
        ),
        measure=experiment.measure,
        figures=experiment.figures,
        members=members(config, catalogue, experiment),
    )


def chosen_engine(family: Family, asked: str) -> str:
    """Return the engine asked for if the family has it, else the one that it has first."""
    return asked if asked in family.engines else family.engine


def fitting_data(config: StudyConfig, catalogue: Catalogue, experiment: Experiment) -> list[str]:
    """Return the names of the data sets that an experiment's family can be trained on."""
    wanted = catalogue.source_kind(experiment.family)
    return [
        name
        for name, options in config.data.items()
        if catalogue.source(options.source).kind == wanted
    ]


def members(
    config: StudyConfig, catalogue: Catalogue, experiment: Experiment
) -> tuple[Combination, ...]:
    """Return the cells: the sweep's, then the rows'; equal parameters are one cell."""
    model = schema_of(catalogue).parameters[experiment.family]
    values = [values for _, values in candidates(config, experiment)]
    cells = list(dict.fromkeys(model(**value) for value in values))
    shown = differing(cells) if len(cells) > 1 else chosen(experiment)
    return tuple(
        Combination(parameters=cell, label=label(cell, shown), position=position)
        for position, cell in enumerate(cells)
    )


def candidates(
    config: StudyConfig, experiment: Experiment
) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield the parameters given for each cell, and the key of the experiment they come from."""
    shared = given(getattr(config.defaults, experiment.family)) | given(experiment.set)
    if experiment.sweep is not None:
        lists = given(experiment.sweep)
        for values in product(*lists.values()):
            yield ("sweep",), shared | dict(zip(lists, values, strict=True))
    for index, row in enumerate(experiment.rows):
        yield ("rows", index), shared | given(row)
    if experiment.sweep is None and not experiment.rows:
        yield ("set",), shared


def n_candidates(experiment: Experiment) -> int:
    """Return how many cells an experiment asks for, before equal ones become one."""
    lists = given(experiment.sweep).values() if experiment.sweep is not None else None
    swept = math.prod(map(len, lists)) if lists is not None else 0
    return max(1, swept + len(experiment.rows))


def given(section: Section) -> dict[str, Any]:
    """Return what the file says in a section, in the order in which the family lists its names."""
    return {
        name: getattr(section, name)
        for name in type(section).model_fields
        if name in section.model_fields_set
    }


def differing(cells: Sequence[Parameters]) -> list[str]:
    """Return the names of the parameters that have more than one value among the cells."""
    names = type(cells[0]).model_fields
    return [name for name in names if len({getattr(cell, name) for cell in cells}) > 1]


def chosen(experiment: Experiment) -> list[str]:
    """Return the names of the parameters that an experiment sets itself, in the family's order."""
    sections = [experiment.set, *experiment.rows]
    names = set().union(*map(given, sections))
    if experiment.sweep is not None:
        names |= given(experiment.sweep).keys()
    return [name for name in type(experiment.set).model_fields if name in names]


def label(cell: Parameters, names: Sequence[str]) -> str:
    """Return ``depth 6, width 32, no batch_norm`` for the named parameters of a cell."""
    return ", ".join(map(label_part, names, (getattr(cell, name) for name in names))) or "default"


def label_part(name: str, value: object) -> str:
    """Return one parameter in words."""
    match value:
        case True:
            return name
        case False:
            return f"no {name}"
        case _:
            return f"{name} {value}"
