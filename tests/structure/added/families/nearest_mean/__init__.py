"""Nearest mean: a row is of the class whose rows it is nearest to, on average."""

from __future__ import annotations

from gridproof.part import Family, Number, Parameters, parameter


class NearestMeanParameters(Parameters):
    """One classifier."""

    share: Number = parameter(
        1.0, "Share of the rows that a seed draws to train on.", more_than=0, at_most=1, slug="s"
    )


FAMILY = Family(
    description="classifier by the nearest mean of a class",
    kind="table",
    parameters=NearestMeanParameters,
    trainer="class_means:MeansTraining",
    libraries=("numpy",),
    memory_mb=200,
)
