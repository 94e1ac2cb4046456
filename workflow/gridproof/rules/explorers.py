"""What the rule of the sliders asks: which experiments have them, and functions of wildcards."""

from __future__ import annotations

from typing import Any

from gridproof.draw.figure_registry import explored_figure
from gridproof.plan.study import ExperimentPlan, Study
from gridproof.rules.patterns import pattern


class Explorers:
    """The experiments of a study whose maps the page shows with sliders."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.experiments = {
            experiment.name: experiment
            for experiment in study.experiments.values()
            if self._figure(experiment) is not None
        }

    def files(self) -> list[str]:
        """Return the files of all experiments that have sliders."""
        return [f"{self.study.folder}/figures/{name}/explorer.json" for name in self.experiments]

    def names(self) -> str:
        """Return the pattern of the experiments that have sliders."""
        return pattern(self.experiments)

    def data(self, wildcards: Any) -> list[str]:
        """Return the prepared data that an experiment's cells were trained on."""
        return list(map(str, self.experiments[wildcards.experiment].data.files))

    def histories(self, wildcards: Any) -> list[str]:
        """Return the weights after every epoch of an experiment's cells, the first seed's among."""
        experiment = self.experiments[wildcards.experiment]
        cells = [self.study.cells[member.cell] for member in experiment.members]
        folders = [cell.assembled_with(experiment.seeds[0]) for cell in cells]
        return [str(folder / "history.safetensors") for folder in folders]

    def options(self, wildcards: Any) -> list[str]:
        """Return the options of the command that draws the frames of an experiment."""
        name = wildcards.experiment
        options = ["--tables", f"{self.study.folder}/tables/{name}"]
        options += ["--data", str(self.experiments[name].data.folder)]
        for file in self.histories(wildcards):
            options += ["--history", file]
        return options

    def _figure(self, experiment: ExperimentPlan) -> str | None:
        cells = [self.study.cells[member.cell] for member in experiment.members]
        return explored_figure(experiment.figures, [cell.parameters for cell in cells])
