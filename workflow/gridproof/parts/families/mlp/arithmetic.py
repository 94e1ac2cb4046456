"""What computes perceptrons, whichever way: what it is told and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gridproof.parts.families.mlp.network import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """An epoch's batches: samples in an order, `size` at a time, the last ones as many as are left.

    inputs : (n, n_inputs) float32; labels : (n,) int32, from 0; order : (n,) int32.
    """

    inputs: np.ndarray
    labels: np.ndarray
    order: np.ndarray
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What an epoch leaves behind besides the network.

    losses : (steps,) float32, mean cross-entropy of each batch in nats, before its step.
    right : samples whose true class had the largest logit, NaN never being right.
    norms : (depth + 1,) float64, squared L2 norm of each layer's weight gradient, the sum over
        the steps; None where it is not asked for.
    """

    losses: np.ndarray
    right: int
    norms: np.ndarray | None


class Arithmetic(Protocol):
    """Computes one network, whose numbers (n_numbers,) lie as `Shape` says."""

    def shuffle(self, drawn: np.ndarray, /) -> np.ndarray:
        """Return the order of an epoch's samples (n,) that as many draws decide."""

    def train_epoch(
        self,
        shape: Shape,
        numbers: np.ndarray,
        batches: Batches,
        learning_rate: float,
        norms: bool,
        /,
    ) -> Epoch:
        """Take a step of SGD on every batch, changing the numbers in place."""

    def evaluate(
        self, shape: Shape, numbers: np.ndarray, inputs: np.ndarray, labels: np.ndarray, /
    ) -> tuple[float, int]:
        """Return the mean loss of samples in nats and how many are right, in eval mode."""


class Native(Arithmetic, Protocol):
    """What the kernel and its specification compute besides, in eval mode."""

    def predict(self, shape: Shape, numbers: np.ndarray, inputs: np.ndarray, /) -> np.ndarray:
        """Return the probability of each class (n_classes, n), float32."""

    def largest_activations(
        self, shape: Shape, numbers: np.ndarray, inputs: np.ndarray, /
    ) -> np.ndarray:
        """Return the most that each hidden unit's ReLU gives (depth, width)."""
