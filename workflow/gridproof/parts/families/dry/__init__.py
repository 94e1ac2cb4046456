"""A family that trains nothing and writes what a cell writes.

Its numbers are drawn at random and lie about no model. It is there to try the size of a study, a
cluster or a report before anything is paid for.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gridproof.part import Family, Number, Parameters, Replicate, Whole, parameter

if TYPE_CHECKING:
    import numpy as np

SECOND_COST = 1e5
"""The cost of a second."""


class DryParameters(Parameters):
    """One cell that trains nothing."""

    task: Whole = parameter(
        0, "A number that tells cells apart.", at_least=0, at_most=1_000_000, slug="t"
    )
    epochs: Whole = parameter(
        1, "Rows of metrics, each of random numbers.", at_least=1, at_most=1_000_000, slug="e"
    )
    seconds: Number = parameter(0.0, "How long an epoch lasts.", at_least=0, slug="s")


class DryTraining:
    """Epochs that only pass: each takes the time that it is told to, and learns nothing.

    All numbers follow from the task and the seed, so that a training that was stopped and continued
    ends with the same bytes as one that was not.
    """

    def __init__(
        self,
        *,
        parameters: DryParameters,
        data: Path,
        threads: int,
        seeds: Sequence[int],
    ) -> None:
        self.parameters = parameters
        self.epoch = 0

    @property
    def finished(self) -> bool:
        """Whether all epochs have passed."""
        return self.epoch == self.parameters.epochs

    def advance(self) -> str:
        """Let one epoch pass; return a line that says so."""
        time.sleep(self.parameters.seconds)
        self.epoch += 1
        return f"epoch {self.epoch}/{self.parameters.epochs}  nothing is trained"

    def state(self) -> dict[str, np.ndarray]:
        """Return all that changes, as arrays by name."""
        import numpy as np

        return {"epoch": np.array(self.epoch)}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from what `state()` returned, in this or another process."""
        self.epoch = int(state["epoch"])

    def replicate(self, seed: int) -> Replicate:
        """Return random numbers between 0 and 1 in the place of losses, accuracies and weights."""
        import numpy as np

        from gridproof.parts.training.two_classes import (
            METRICS,
            batches_table,
            metrics_table,
            training_facts,
        )

        random = np.random.default_rng((self.parameters.task, seed))
        epochs = range(self.parameters.epochs + 1)
        values = random.random((len(epochs), len(METRICS)))
        weights = random.random(1).astype(np.float32)
        return Replicate(
            tables={
                "metrics": metrics_table(epochs, epochs, values),
                "batches": batches_table(random.random(self.parameters.epochs)),
            },
            tensors={"final": {"weight": weights}},
            facts=training_facts(epochs, values, weights.size),
        )


def cost(parameters: DryParameters) -> float:
    """Return the cost of training nothing: that of the time it takes, and of one second more."""
    return SECOND_COST * (1 + parameters.epochs * parameters.seconds)


FAMILY = Family(
    description="trains nothing: random numbers, to try the size of a study or a cluster",
    kind="table",
    parameters=DryParameters,
    trainer=":DryTraining",
    libraries=("numpy",),
    predicts="anything",
    cost=cost,
    seconds_per_cost=1e-5,
    memory_mb=200,
    warning="Nothing was trained: losses and accuracies of these cells are random numbers.",
)
