"""Linear classifiers on the features of a frozen backbone."""

from __future__ import annotations

from typing import Literal

from gridproof.part import Family, Number, Switch, Whole, parameter
from gridproof.parts.families.cnn import BackboneParameters

COST = 8e6
"""A linear classifier takes seconds, whatever its parameters."""


class ProbeParameters(BackboneParameters):
    """One linear classifier, and how it is fitted."""

    solver: Literal["adam", "lbfgs"] = parameter(
        "adam", "adam: steps on batches; lbfgs: scikit-learn's LogisticRegression.", slug=""
    )
    learning_rate: Number = parameter(1e-2, "Step length of Adam.", more_than=0, slug="lr")
    batch_size: Whole = parameter(32, "Images in one step of Adam.", at_least=1, at_most=2**31 - 1)
    epochs: Whole = parameter(
        1, "Passes over the training images of Adam.", at_least=1, at_most=1_000_000, slug="e"
    )
    inverse_regularisation: Number = parameter(
        1.0,
        "scikit-learn's C: the weaker the regularisation, the larger.",
        more_than=0,
        slug="C",
    )
    standardise: Switch = parameter(
        False, "Scale features to mean 0 and standard deviation 1 (train).", slug="std"
    )

    @property
    def deterministic(self) -> bool:
        """Whether the solver draws nothing at random."""
        return self.solver == "lbfgs"


def cost(_parameters: ProbeParameters) -> float:
    """Return the cost of a linear classifier."""
    return COST


FAMILY = Family(
    description="linear classifier on the features of a frozen backbone",
    kind="features",
    parameters=ProbeParameters,
    trainer="probe_training:start_probe",
    engine="torch",
    libraries=("scikit-learn", "scipy", "torch"),
    tables=("metrics", "batches", "predictions"),
    figures=("ranking",),
    cost=cost,
    seconds_per_cost=1.3e-5,
    train_rows=1_400,
    memory_mb=1000,
)
