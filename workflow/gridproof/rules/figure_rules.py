"""What figures.smk asks: the pictures of data and experiments, and functions of wildcards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gridproof.plan.jobs import figure_job, picture_job, picture_of
from gridproof.plan.stages import animation_entries, code_parameter, figure_entries
from gridproof.plan.study import ExperimentPlan, Study
from gridproof.plan.wire import written
from gridproof.rules.patterns import pattern
from gridproof.rules.study_rules import from_here

CHECKPOINT, HISTORY = "checkpoint.safetensors", "history.safetensors"


def weights_of(study: Study, experiment: ExperimentPlan, file: str) -> dict[str, Path]:
    """Return the weights of the first seed of an experiment's cells, by the cells' digests."""
    cells = [study.cells[member.cell] for member in experiment.members]
    first = experiment.seeds[0]
    return {cell.digest: cell.assembled_with(first) / file for cell in cells}


class FigureRules:
    """The figures of a study's experiments, and the pictures of its data."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.parts = study.catalogue

    def files(self, suffix: str) -> list[str]:
        """Return the files of all figures with a suffix such as `.png`, those of data first."""
        folder = self.study.folder / "figures"
        return [f"{folder}/data/{name}{suffix}" for name in self.pictured()] + [
            f"{folder}/{experiment.name}/{figure}{suffix}"
            for experiment in self.study.experiments.values()
            for figure in experiment.figures
        ]

    def folder(self, _wildcards: Any, input: Any) -> str:
        """Return the folder of all figures that a job reads, wherever Snakemake keeps them."""
        files = list(input.figures)
        return str(Path(files[0]).parents[1] if files else self.study.folder / "figures")

    def animations(self) -> list[str]:
        """Return the files of all animations."""
        return [
            f"{self.study.folder}/figures/{experiment.name}/{figure}.gif"
            for experiment in self.study.experiments.values()
            for figure in experiment.figures
            if self.parts.figure(figure).animated
        ]

    def pictured(self) -> list[str]:
        """Return the names of the data sets that have a picture."""
        return [name for name, data in self.study.data.items() if picture_of(self.parts, data)]

    def pictured_data(self) -> str:
        """Return the pattern of these names."""
        return pattern(self.pictured())

    def picture_data(self, wildcards: Any) -> list[str]:
        """Return the prepared data that a picture of them shows."""
        return list(map(str, self.study.data[wildcards.name].files))

    def picture_code(self, wildcards: Any) -> str:
        """Return the code that draws a data set, as a parameter."""
        picture = picture_of(self.parts, self.study.data[wildcards.name])
        return code_parameter(figure_entries(self.parts, picture), self.parts.roots)

    def picture_job(self, wildcards: Any) -> str:
        """Return what a job is told that draws a data set."""
        return written(picture_job(self.study, self.study.data[wildcards.name]))

    def picture_caption(self, wildcards: Any) -> str:
        """Return the file of the caption of a data set's picture."""
        return self._caption(picture_of(self.parts, self.study.data[wildcards.name]))

    def data(self, wildcards: Any) -> list[str]:
        """Return the prepared data behind an experiment's figures."""
        return list(map(str, self._experiment(wildcards).data.files))

    def weights(self, wildcards: Any) -> list[str]:
        """Return the weights that a figure is drawn from, those of the first seed among them."""
        return list(map(str, self._weights(wildcards).values()))

    def code(self, wildcards: Any) -> str:
        """Return a figure's code as a parameter, so that only its edits draw it again."""
        return code_parameter(figure_entries(self.parts, wildcards.figure), self.parts.roots)

    def animation_code(self, wildcards: Any) -> str:
        """Return an animation's code as a parameter."""
        return code_parameter(animation_entries(self.parts, wildcards.figure), self.parts.roots)

    def job(self, wildcards: Any) -> str:
        """Return what a job is told that draws a figure of an experiment."""
        experiment, weights = self._experiment(wildcards), self._weights(wildcards)
        return written(figure_job(self.study, experiment, wildcards.figure, weights))

    def caption(self, wildcards: Any) -> str:
        """Return the file of a figure's caption: not its text, so that a new one draws nothing."""
        return self._caption(wildcards.figure)

    def _experiment(self, wildcards: Any) -> ExperimentPlan:
        return self.study.experiments[wildcards.experiment]

    def _weights(self, wildcards: Any) -> dict[str, Path]:
        figure = self.parts.figure(wildcards.figure)
        if not figure.needs_checkpoints:
            return {}
        file = HISTORY if figure.animated else CHECKPOINT
        return weights_of(self.study, self._experiment(wildcards), file)

    def _caption(self, figure: str) -> str:
        file = self.parts.figure(figure).caption
        return from_here(file) if file.is_file() else os.devnull
