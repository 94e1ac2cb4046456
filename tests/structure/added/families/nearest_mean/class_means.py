"""The trainer of the nearest mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gridproof.part import Replicate
from gridproof.parts.kinds.table.prepared_table import load_classes
from gridproof.parts.training.two_classes import batches_table, metrics_table, training_facts

SPLITS = ("train", "val", "test")


class MeansTraining:
    """The means of one seed's rows, taken in one step."""

    def __init__(self, *, parameters: Any, data: Path, threads: int, seeds: Sequence[int]) -> None:
        self.share = parameters.share
        self.seed = seeds[0]
        self.rows = {split: load_classes(data, split) for split in SPLITS}
        self.means = np.empty((0, 0))

    @property
    def finished(self) -> bool:
        """Whether the means are taken."""
        return bool(self.means.size)

    def advance(self) -> str:
        """Take the means of the classes, (n_classes, n_features)."""
        features, labels = self.rows["train"]
        drawn = np.random.default_rng(self.seed).random(len(labels)) < self.share
        self.means = np.stack(
            [features[drawn & (labels == label)].mean(0) for label in range(labels.max() + 1)]
        )
        return "means taken"

    def state(self) -> dict[str, np.ndarray]:
        """Return the means."""
        return {"means": self.means}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from what `state` returned."""
        self.means = state["means"]

    def replicate(self, seed: int) -> Replicate:
        """Return cross-entropies and accuracies of the one epoch."""
        values = np.array([[number for split in SPLITS for number in self._evaluate(split)]])
        return Replicate(
            tables={
                "metrics": metrics_table([1], [1], values),
                "batches": batches_table(values[0, :1]),
            },
            tensors={"final": {"means": self.means.astype(np.float32)}},
            facts=training_facts([1], values, self.means.size),
        )

    def _evaluate(self, split: str) -> tuple[float, float]:
        features, labels = self.rows[split]
        logits = -((features[:, None] - self.means) ** 2).sum(2)
        logits -= logits.max(1, keepdims=True)
        losses = np.log(np.exp(logits).sum(1)) - logits[np.arange(len(labels)), labels]
        return float(losses.mean()), float((logits.argmax(1) == labels).mean())
