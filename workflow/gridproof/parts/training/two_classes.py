"""What all trainers of two classes share: cross-entropy, accuracy, and the tables they hand over.

Class 1 is the positive one, and a score its probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from gridproof.part import Table

SPLITS = ("train", "val", "test")
PREDICTED = ("val", "test")
METRICS = tuple(f"{split}_{metric}" for split in SPLITS for metric in ("loss", "accuracy"))


class Labelled(Protocol):
    """The truth about the images of a split: labels (n,) of 0 and 1, and names."""

    @property
    def labels(self) -> np.ndarray:
        """The class of each image."""

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each image."""


def scores(logits: np.ndarray) -> np.ndarray:
    """Return the probability of class 1, float64, as the logistic function of logits (n,)."""
    exact = logits.astype(np.float64)
    small = np.exp(-np.abs(exact))
    return np.where(exact >= 0, 1, small) / (1 + small)


def sample_losses(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the binary cross-entropy of each sample in nats, float64 (n,), of logits (n,).

    log(1 + exp(-z)) of the logit z towards the true class, written so that nothing overflows;
    NaN stays NaN.
    """
    towards = np.where(labels == 1, logits, -logits).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.logaddexp(0, -towards)


def is_right(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return which samples (n,) have their score on the right side of 0.5; NaN never has."""
    found = scores(logits)
    return ((found > 0.5) == (labels == 1)) & ~np.isnan(found)


def evaluate(logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the mean cross-entropy in nats and the accuracy as a fraction, of logits (n,)."""
    return float(sample_losses(logits, labels).mean()), float(is_right(logits, labels).mean())


def metrics_table(epochs: Sequence[int], steps: Sequence[int], values: np.ndarray) -> Table:
    """Return the table `metrics`, of values (rows, 6) in the order of METRICS.

    The train metrics of epoch 0, before training, are nulls.
    """
    numbers = np.asarray(epochs, dtype=np.int64)
    return {
        "epoch": numbers,
        "steps": np.asarray(steps, dtype=np.int64),
        **{
            name: np.ma.array(values[:, i], mask=(numbers == 0) & name.startswith("train"))
            for i, name in enumerate(METRICS)
        },
    }


def batches_table(losses: np.ndarray) -> Table:
    """Return the table `batches`, of the loss (steps,) of every step; steps count from 1."""
    return {
        "step": np.arange(1, len(losses) + 1, dtype=np.int64),
        "loss": losses.astype(np.float32),
    }


def predictions_table(logits: Mapping[str, np.ndarray], truth: Mapping[str, Labelled]) -> Table:
    """Return the table `predictions`: what the trained model says of each val and test image."""
    return {
        "split": np.repeat(PREDICTED, [len(truth[split].names) for split in PREDICTED]),
        "image": np.array([name for split in PREDICTED for name in truth[split].names]),
        "label": np.concatenate([truth[split].labels for split in PREDICTED]).astype(np.int64),
        "score": np.concatenate([scores(logits[split]) for split in PREDICTED]),
    }


def training_facts(
    epochs: Sequence[int], values: np.ndarray, n_parameters: int
) -> dict[str, int | float | None]:
    """Return the facts about a replicate, of the metrics (rows, 6) of its `epochs`.

    `best_epoch` has the lowest loss on val, the untrained model left out; `diverged_epoch` is the
    first whose train or val loss is not finite.
    """
    trained = np.flatnonzero(np.asarray(epochs) > 0)
    val_losses = values[trained, METRICS.index("val_loss")]
    train_losses = values[trained, METRICS.index("train_loss")]
    diverged = np.flatnonzero(~np.isfinite(val_losses) | ~np.isfinite(train_losses))
    best = np.where(np.isfinite(val_losses), val_losses, np.inf).argmin()
    return {
        "n_parameters": n_parameters,
        "best_epoch": int(epochs[trained[best]]),
        "diverged_epoch": int(epochs[trained[diverged[0]]]) if diverged.size else None,
    }
