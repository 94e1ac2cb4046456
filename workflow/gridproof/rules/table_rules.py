"""What tables.smk asks: the tables of experiments, and functions of wildcards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gridproof.plan.plan_files import slice_file
from gridproof.plan.stages import COLLECT, SLICE, code_parameter
from gridproof.plan.study import CellPlan, Study
from gridproof.tables.slices import table_names


class TableRules:
    """The tables of a study, sliced by experiment."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.tables = table_names(study.catalogue.measured_tables)

    def slice(self, experiment: str) -> list[str]:
        """Return the tables of an experiment, or of the one that a wildcard names."""
        return [f"{self.study.folder}/tables/{experiment}/{table}.parquet" for table in self.tables]

    def slices(self) -> list[str]:
        """Return the tables of all experiments."""
        return [file for name in self.study.experiments for file in self.slice(name)]

    def collected(self) -> list[str]:
        """Return the tables of the whole study."""
        return [f"{self.study.folder}/tables/{table}.parquet" for table in self.tables]

    def folder(self, _wildcards: Any, input: Any) -> str:
        """Return the folder of the slices that a job reads, wherever Snakemake keeps them."""
        return str(Path(input.slices[0]).parents[1])

    def plan(self, wildcards: Any) -> str:
        """Return the plan of an experiment."""
        return str(slice_file(self.study, self.study.experiments[wildcards.experiment]))

    def assembled(self, file: str) -> Callable[[Any], list[str]]:
        """Return a function that lists the assembled files `file` of an experiment's cells."""

        def files(wildcards: Any) -> list[str]:
            return [
                str(folder / file)
                for cell in self._cells(wildcards)
                for folder in cell.assembled()
                if file in cell.family.files
            ]

        return files

    def measured(self, wildcards: Any) -> list[str]:
        """Return the files of what is measured of an experiment's cells."""
        return [str(file) for cell in self._cells(wildcards) for file in cell.measured()]

    def slice_code(self, _wildcards: Any) -> str:
        """Return the code that slices, as a parameter."""
        return code_parameter([SLICE], self.study.catalogue.roots)

    def collect_code(self, _wildcards: Any) -> str:
        """Return the code that merges slices, as a parameter."""
        return code_parameter([COLLECT], self.study.catalogue.roots)

    def _cells(self, wildcards: Any) -> list[CellPlan]:
        members = self.study.experiments[wildcards.experiment].members
        return [self.study.cells[member.cell] for member in members]
