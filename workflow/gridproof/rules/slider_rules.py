"""What sliders.smk asks: which experiments have sliders, and functions of wildcards."""

from __future__ import annotations

from typing import Any

from gridproof.plan.jobs import figure_job
from gridproof.plan.stages import code_parameter, figure_with_sliders, slider_entries
from gridproof.plan.study import Study
from gridproof.plan.wire import written
from gridproof.rules.figure_rules import HISTORY, weights_of
from gridproof.rules.patterns import pattern


class SliderRules:
    """The experiments of a study whose networks the page shows after any epoch."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.parts = study.catalogue
        found = {
            name: figure_with_sliders(self.parts, experiment.figures)
            for name, experiment in study.experiments.items()
            if all(study.cells[member.cell].family.history for member in experiment.members)
        }
        self.figures = {name: figure for name, figure in found.items() if figure}

    def files(self) -> list[str]:
        """Return the files of all experiments that have sliders."""
        return [f"{self.study.folder}/figures/{name}/explorer.json" for name in self.figures]

    def experiments(self) -> str:
        """Return the pattern of the experiments that have sliders."""
        return pattern(self.figures)

    def data(self, wildcards: Any) -> list[str]:
        """Return the prepared data that an experiment's cells were trained on."""
        return list(map(str, self.study.experiments[wildcards.experiment].data.files))

    def weights(self, wildcards: Any) -> list[str]:
        """Return the weights after every epoch of an experiment's cells, the first seed's among."""
        experiment = self.study.experiments[wildcards.experiment]
        return list(map(str, weights_of(self.study, experiment, HISTORY).values()))

    def code(self, wildcards: Any) -> str:
        """Return the code that makes an experiment's sliders, as a parameter."""
        figure = self.figures[wildcards.experiment]
        return code_parameter(slider_entries(self.parts, figure), self.parts.roots)

    def job(self, wildcards: Any) -> str:
        """Return what a job is told that makes an experiment's sliders."""
        experiment = self.study.experiments[wildcards.experiment]
        weights = weights_of(self.study, experiment, HISTORY)
        return written(figure_job(self.study, experiment, self.figures[experiment.name], weights))
