"""The trainer of the `dry` family: trains nothing and writes what a cell writes.

Its numbers are drawn at random and lie about no model. It is there to try the size of a study, a
cluster or a report before anything is paid for.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gridproof.parts.training.replicate import Replicate
from gridproof.parts.training.two_classes import (
    METRICS,
    batches_table,
    metrics_table,
    training_facts,
)

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class DryParameters:
    """The parameters of a `dry` cell, as its spec names them."""

    task: int
    epochs: int
    seconds: float


class DryTraining:
    """Epochs that only pass: each takes the time that it is told to, and learns nothing.

    All numbers follow from the task and the seed, so that a training that was stopped and continued
    ends with the same bytes as one that was not.
    """

    def __init__(
        self,
        *,
        parameters: Mapping[str, object],
        data: Path,
        engine: str,
        threads: int,
        seeds: Sequence[int],
    ) -> None:
        self.parameters = DryParameters(**parameters)  # type: ignore[arg-type]
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

    def state(self) -> dict[str, Tensor]:
        """Return all that changes, as tensors by name."""
        import torch

        return {"epoch": torch.tensor(self.epoch)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from what `state()` returned, in this or another process."""
        self.epoch = int(state["epoch"])

    def replicate(self, seed: int) -> Replicate:
        """Return random numbers between 0 and 1 in the place of losses, accuracies and weights."""
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
