"""What the Snakefile asks: the study behind a run of Snakemake, and functions of wildcards."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gridproof.cli.summary import WRAPPED, failures, show, summary
from gridproof.draw.figure_registry import FIGURES
from gridproof.errors import GridproofError
from gridproof.failures import explain
from gridproof.families import FAMILIES
from gridproof.files.layout import assembled_folder
from gridproof.plan.cell_identity import short_digest
from gridproof.plan.cost import training_priorities
from gridproof.plan.data_plan import DataPlan
from gridproof.plan.jobs import describe_data, describe_measurements, describe_training
from gridproof.plan.plan_files import (
    claims_file,
    experiment_file,
    study_content,
    study_file,
    write_plans,
)
from gridproof.plan.stages import (
    ANIMATE,
    DRAW,
    JUDGE,
    MEASURE,
    TEMPLATES,
    claim_modules,
    code_parameter,
    template_files,
)
from gridproof.plan.study import CellPlan, Study
from gridproof.report.report_plan import parse_plan
from gridproof.report.stamp import code
from gridproof.rules.opening import plan_study, use_this_interpreter
from gridproof.rules.patterns import DIGEST, SLUG, pattern
from gridproof.rules.storage import StorageSettings, link_results
from gridproof.run.measurement_registry import MEASUREMENTS


def open_study(
    config_files: list[Path],
    overrides: Mapping[str, object],
    write: bool,
    kept_in: StorageSettings | None = None,
) -> WorkflowStudy:
    """Read the study that Snakemake was called with and make its plans available to jobs.

    `config_files` and `overrides` are Snakemake's `--configfile` and `--config`; without a file it
    is config.yaml. With `write`, the plans that jobs read are written under results/. `kept_in` are
    Snakemake's storage settings, of a run that reads or writes results. A mistake in the study ends
    the process with its message alone.
    """
    use_this_interpreter()
    try:
        if kept_in is not None:
            link_results(kept_in)
        study = plan_study(config_files, overrides)
        if write:
            write_plans(study)
    except (GridproofError, OSError) as error:
        message = explain(error)
        if message is None:
            raise
        print(f"gridproof: error: {message}", file=sys.stderr)
        sys.exit(2)
    return WorkflowStudy(study)


class WorkflowStudy:
    """A study as rules see it: paths, and functions of wildcards."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.out = str(study.folder)
        self.experiments = list(study.experiments)
        self.priorities = training_priorities(study.cells.values())
        self.started = time.time()

    def begin(self) -> None:
        """Note when the run began."""
        self.started = time.time()

    def tell_success(self) -> None:
        """Print what was trained and where the report is, unless the command around does."""
        if WRAPPED not in os.environ:
            show(summary(self.study, self.started))

    def tell_failure(self) -> None:
        """Print what is finished and what to do next, unless the command around does."""
        if WRAPPED not in os.environ:
            show(failures(self.study, self.started))

    def cell(self, wildcards: Any) -> CellPlan:
        """Return the cell that a job is for; GridproofError if the study no longer has it."""
        try:
            return self.study.cells[wildcards.cell]
        except KeyError:
            raise GridproofError(
                f"{self.study.path} has no cell {wildcards.cell}: the study, its data or its code "
                "was edited after this job was planned; nothing is lost, run the same command again"
            ) from None

    def data(self, wildcards: Any) -> DataPlan:
        """Return the data set that a job prepares."""
        for data in self.prepared():
            if data.folder.name == wildcards.data:
                return data
        raise GridproofError(
            f"{self.study.path} has no data {wildcards.data}: the study or its data was edited "
            "after this job was planned; nothing is lost, run the same command again"
        )

    def prepared(self) -> list[DataPlan]:
        """Return all data sets, those made from other data included."""
        return [*self.study.data.values(), *self.study.features.values()]

    def data_of_kind(self, kind: str) -> str:
        """Return the pattern of the folders of prepared data of a kind, whatever their digest.

        A job that was planned before an edit still finds its rule, and there its message.
        """
        return pattern((d.name for d in self.prepared() if d.kind_name == kind), DIGEST)

    def names_of_kind(self, kind: str) -> str:
        """Return the pattern of the names of data sets of a kind."""
        return pattern(name for name, data in self.study.data.items() if data.kind_name == kind)

    def cells_of_rule(self, rule: str) -> str:
        """Return the pattern of the cells that a rule trains, of this study or not."""
        families = (family.name for family in FAMILIES.values() if family.rule == rule)
        return pattern(families, SLUG + DIGEST)

    def feature_images(self, wildcards: Any) -> list[str]:
        """Return the prepared images that features are of."""
        images = self.data(wildcards).base
        assert images is not None
        return list(map(str, images.files))

    def feature_threads(self, wildcards: Any) -> int:
        """Return the threads of a job that computes features, fixed by their identity."""
        return int(self.data(wildcards).options["threads"])

    def data_job(self, wildcards: Any) -> str:
        """Return what a data job is told."""
        return describe_data(self.data(wildcards))

    def training_job(self, wildcards: Any) -> str:
        """Return what a training job is told: its whole spec."""
        seeds = [int(seed) for seed in wildcards.seeds.split("-")]
        return describe_training(self.cell(wildcards), seeds)

    def training_threads(self, wildcards: Any) -> int:
        """Return the threads of a training job, fixed by the cell's spec."""
        return self.cell(wildcards).threads

    def training_priority(self, wildcards: Any) -> float:
        """Return how early a training job is started: jobs of higher priority go first."""
        return self.priorities[self.cell(wildcards).name]

    def training_data(self, wildcards: Any) -> list[str]:
        """Return the prepared data of a cell."""
        return list(map(str, self.cell(wildcards).data.files))

    def measurement_job(self, wildcards: Any) -> str:
        """Return what a measuring job is told: what to measure, and of which cell."""
        return describe_measurements(self.cell(wildcards))

    def measurement_code(self, wildcards: Any) -> str:
        """Return the code of a cell's measurements, so that only its edits measure again."""
        names = self.cell(wildcards).measurements
        return code_parameter(MEASURE, *(MEASUREMENTS[name].module for name in names))

    def cell_files(self) -> list[str]:
        """Return all files that training jobs declare."""
        return [
            str(assembled_folder(cell.folder, seeds) / name)
            for cell, seeds in self.study.jobs()
            for name in cell.family.files
        ]

    def experiment_plan(self, wildcards: Any) -> str:
        """Return the plan of an experiment."""
        return str(experiment_file(self.study, self.study.experiments[wildcards.experiment]))

    def experiment_cells(self, name: str) -> Callable[[Any], list[str]]:
        """Return a function that lists the assembled files `name` of an experiment's cells."""

        def files(wildcards: Any) -> list[str]:
            members = self.study.experiments[wildcards.experiment].members
            cells = [self.study.cells[member.cell] for member in members]
            return [
                str(folder / name)
                for cell in cells
                for folder in cell.assembled()
                if name in cell.family.files
            ]

        return files

    def experiment_measurements(self, wildcards: Any) -> list[str]:
        """Return the files of what is measured of an experiment's cells."""
        members = self.study.experiments[wildcards.experiment].members
        cells = [self.study.cells[member.cell] for member in members]
        return [str(file) for cell in cells for file in cell.measured()]

    def figure_data(self, wildcards: Any) -> list[str]:
        """Return the prepared data behind an experiment's figures."""
        return list(map(str, self.study.experiments[wildcards.experiment].data.files))

    def figure_checkpoints(self, wildcards: Any) -> list[str]:
        """Return the checkpoints that a figure draws from, which hold the first seed."""
        entry = FIGURES[wildcards.figure]
        if not entry.needs_checkpoints:
            return []
        name = "history.safetensors" if entry.animated else "checkpoint.safetensors"
        experiment = self.study.experiments[wildcards.experiment]
        cells = [self.study.cells[member.cell] for member in experiment.members]
        folders = [cell.assembled_with(experiment.seeds[0]) for cell in cells]
        return [str(folder / name) for folder in folders]

    def figure_code(self, wildcards: Any) -> str:
        """Return a figure's code as a parameter, so that only its edits draw it again."""
        return code_parameter(DRAW, FIGURES[wildcards.figure].module)

    def animation_code(self, wildcards: Any) -> str:
        """Return an animation's code as a parameter."""
        return code_parameter(ANIMATE, FIGURES[wildcards.figure].module)

    def figure_options(self, wildcards: Any) -> list[str]:
        """Return the options of the command that draws a figure of an experiment."""
        data = self.study.experiments[wildcards.experiment].data
        options = ["--tables", f"{self.out}/tables/{wildcards.experiment}"]
        options += ["--data", str(data.folder)]
        for file in self.figure_checkpoints(wildcards):
            options += ["--checkpoint", file]
        return options

    def map_folder(self, wildcards: Any) -> str:
        """Return the folder of the prepared data that a picture of them shows."""
        return str(self.study.data[wildcards.name].folder)

    def map_data(self, wildcards: Any) -> list[str]:
        """Return the prepared data that a picture of them shows."""
        return list(map(str, self.study.data[wildcards.name].files))

    def facts(self) -> list[str]:
        """Return the facts of all data sets."""
        return [str(data.folder / "facts.json") for data in self.study.data.values()]

    def templates(self) -> list[str]:
        """Return the files that hold the words and the looks of the report."""
        return list(map(str, template_files(TEMPLATES)))

    def figures(self, suffix: str) -> list[str]:
        """Return the files of all figures with a suffix such as `.png`."""
        maps = [f"{self.out}/figures/data/{name}{suffix}" for name in self.study.data]
        return maps + [
            f"{self.out}/figures/{experiment.name}/{figure}{suffix}"
            for experiment in self.study.experiments.values()
            for figure in experiment.figures
        ]

    def animations(self) -> list[str]:
        """Return the files of all animations."""
        return [
            f"{self.out}/figures/{experiment.name}/{figure}.gif"
            for experiment in self.study.experiments.values()
            for figure in experiment.figures
            if FIGURES[figure].animated
        ]

    def claims_plan(self) -> str:
        """Return the plan that the claims follow from."""
        return str(claims_file(self.study))

    def own_claims(self) -> list[str]:
        """Return the user's file of claims in Python, if the study names one."""
        return [str(self.study.claims_file)] if self.study.claims_file else []

    def claims_code(self, _wildcards: Any) -> str:
        """Return the code of all claims as a parameter, so that its edits judge them again."""
        return code_parameter(JUDGE, *claim_modules())

    def study_plan(self) -> str:
        """Return the plan that the report follows from."""
        return str(study_file(self.study))

    def report_code(self, _wildcards: Any) -> str:
        """Return the code that the report's stamp names, so that no edit leaves it stale."""
        digests = code(parse_plan(study_content(self.study)))
        return f"code:{short_digest(dict(digests))}"
