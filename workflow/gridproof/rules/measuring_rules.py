"""What measure.smk asks: functions of wildcards about measurements of finished cells."""

from __future__ import annotations

from typing import Any

from gridproof.files.layout import assembled_folder
from gridproof.plan.jobs import measuring_job
from gridproof.plan.stages import code_parameter, measurement_entries
from gridproof.plan.study import Study
from gridproof.plan.wire import written
from gridproof.rules.training_rules import planned_cell


class MeasuringRules:
    """What is measured of the cells of a study."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def weights(self, wildcards: Any) -> str:
        """Return the weights that are measured: after every epoch, where the family has them."""
        cell = planned_cell(self.study, wildcards)
        seeds = [int(seed) for seed in wildcards.seeds.split("-")]
        name = "history.safetensors" if cell.family.history else "checkpoint.safetensors"
        return str(assembled_folder(cell.folder, seeds) / name)

    def data(self, wildcards: Any) -> list[str]:
        """Return the prepared data of a cell."""
        return list(map(str, planned_cell(self.study, wildcards).data.files))

    def code(self, wildcards: Any) -> str:
        """Return the code of a cell's measurements, so that only its edits measure again."""
        names = planned_cell(self.study, wildcards).measurements
        parts = self.study.catalogue
        return code_parameter(measurement_entries(parts, names), parts.roots)

    def job(self, wildcards: Any) -> str:
        """Return what a measuring job is told: what to measure, and of which cell."""
        cell = planned_cell(self.study, wildcards)
        return written(measuring_job(cell, self.study.catalogue))
