"""What data.smk asks: a rule for each kind of data, and functions of wildcards."""

from __future__ import annotations

from typing import Any

from gridproof.errors import GridproofError
from gridproof.part import Kind
from gridproof.plan.data_identity import making_code
from gridproof.plan.data_plan import DataPlan, files_of
from gridproof.plan.jobs import data_job
from gridproof.plan.study import Study
from gridproof.plan.wire import written
from gridproof.rules.patterns import DIGEST, pattern

FIRST = 1e12
"""Priority of jobs that others wait for and that take long: data derived from data."""


class DataRules:
    """The data sets of a study, each prepared by the rule of its kind."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.prepared = {
            data.folder.name: data for data in [*study.data.values(), *study.derived.values()]
        }

    def kinds(self) -> tuple[str, ...]:
        """Return the names of all kinds of data."""
        return self.study.catalogue.names("kinds")

    def kind(self, name: str) -> Kind:
        """Return a kind of data."""
        return self.study.catalogue.kind(name)

    def outputs(self, kind: str) -> list[str]:
        """Return the files of prepared data of a kind."""
        return [f"results/data/{{data}}/{name}" for name in files_of(self.kind(kind))]

    def folders(self, kind: str) -> str:
        """Return the pattern of the folders of prepared data of a kind, whatever their digest.

        A job that was planned before an edit still finds its rule, and there its message.
        """
        return pattern((d.name for d in self.prepared.values() if d.kind == kind), DIGEST)

    def priority(self, kind: str) -> float:
        """Return how early data of a kind are prepared."""
        return FIRST if self.kind(kind).derived_from else 0

    def resources(self, kind: str) -> dict[str, int]:
        """Return what a job of a kind needs besides threads."""
        return {"gpu": 1} if self.kind(kind).gpu else {}

    def data(self, wildcards: Any) -> DataPlan:
        """Return the data set that a job prepares."""
        try:
            return self.prepared[wildcards.data]
        except KeyError:
            raise GridproofError(
                f"{self.study.path} has no data {wildcards.data}: the study or its data was edited "
                "after this job was planned; nothing is lost, run the same command again"
            ) from None

    def base(self, wildcards: Any) -> list[str]:
        """Return the files of the data that a data set is derived from; none if it has a source."""
        base = self.data(wildcards).base
        return list(map(str, base.files)) if base else []

    def code(self, wildcards: Any) -> str:
        """Return the code that writes a data set's files and facts, as a parameter."""
        return f"code:{making_code(self.data(wildcards), self.study.catalogue.roots)[:12]}"

    def job(self, wildcards: Any) -> str:
        """Return what a data job is told."""
        return written(data_job(self.data(wildcards), self.study.catalogue))
