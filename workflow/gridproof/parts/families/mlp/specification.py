"""What `kernel.cpp` computes, in numpy: the same operations in the same order, so the same bits.

Everything is made of IEEE 754 operations on single numbers (+ - * / sqrt, comparisons), in float32
unless said otherwise, and of the sums below, whose order is fixed. None of numpy's own sums,
products of matrices or transcendental functions is used: their bits depend on the processor.
Samples are the last axis: activations are (units, n).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gridproof.parts.families.mlp.arithmetic import Batches, Epoch
from gridproof.parts.families.mlp.elementary import (
    GROUP,
    ONE,
    exponential,
    in_order,
    logarithm,
    sample_sum,
)
from gridproof.parts.families.mlp.network import (
    BATCH_NORM_EPS,
    BATCH_NORM_MOMENTUM,
    Layer,
    Shape,
)
from gridproof.parts.training.random_streams import shuffled

EPSILON, MOMENTUM = np.float32(BATCH_NORM_EPS), np.float32(BATCH_NORM_MOMENTUM)
KEPT = ONE - MOMENTUM


def affine(weight: np.ndarray, bias: np.ndarray | None, x: np.ndarray) -> np.ndarray:
    """Return weight (n_out, n_in) times x (n_in, n), plus bias: inputs are added in their order."""
    z = np.zeros((len(weight), x.shape[1]), np.float32) if bias is None else bias[:, None]
    for i, row in enumerate(x):
        z = z + weight[:, i, None] * row
    return z


def relu(x: np.ndarray) -> np.ndarray:
    """Return 0 for what is below, NaN for NaN."""
    return np.where(x < 0, np.float32(0), x)


class Pass:
    """One batch on its way through a network; keeps what the way back needs."""

    def __init__(self, shape: Shape, layers: list[Layer], inputs: np.ndarray, train: bool) -> None:
        self.shape, self.layers = shape, layers
        self.hidden = [inputs]
        self.rectified: list[np.ndarray] = []
        self.normal: list[np.ndarray] = []
        self.inverse: list[np.ndarray] = []
        for number, layer in enumerate(layers[:-1]):
            x = self.hidden[-1]
            z = affine(layer.weight, layer.bias, x)
            if shape.batch_norm:
                z = self._normalise(layer, z, train)
            self.rectified.append(relu(z))
            bypassed = shape.residual and number > 0
            self.hidden.append(x + self.rectified[-1] if bypassed else self.rectified[-1])
        self.logits = affine(layers[-1].weight, layers[-1].bias, self.hidden[-1])

    def _normalise(self, layer: Layer, z: np.ndarray, train: bool) -> np.ndarray:
        """Normalise over the batch, and update the running statistics, or by these."""
        if train:
            n = np.float32(z.shape[1])
            mean = sample_sum(z) / n
            normal = z - mean[:, None]
            variance = sample_sum(normal, normal) / n
            layer.running_mean[:] = layer.running_mean * KEPT + mean * MOMENTUM
            unbiased = variance * (n / (n - ONE))
            layer.running_var[:] = layer.running_var * KEPT + unbiased * MOMENTUM
        else:
            normal, variance = z - layer.running_mean[:, None], layer.running_var
        self.inverse.append(ONE / np.sqrt(variance + EPSILON))
        self.normal.append(normal * self.inverse[-1][:, None])
        return self.normal[-1] * layer.gamma[:, None] + layer.beta[:, None]

    def scores(self, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return loss (n,), rightness (n,), exponentials (n_classes, n) and their sum (n,)."""
        wanted = self.logits[labels, np.arange(len(labels))]
        largest = self.logits[0]
        for row in self.logits[1:]:
            largest = np.where(row > largest, row, largest)
        exponentials = exponential(self.logits - largest)
        total = sample_sum(exponentials.T)
        loss = logarithm(total) + (largest - wanted)
        return loss, (wanted >= largest) & (total == total), exponentials, total

    def backward(self, d: np.ndarray, rate: np.float32, norms: np.ndarray | None) -> None:
        """Take a step down the gradient, given that of the logits (n_classes, n)."""
        bypass = d
        for number in range(len(self.layers) - 1, -1, -1):
            layer, x = self.layers[number], self.hidden[number]
            if self.shape.batch_norm and number < self.shape.depth:
                d = self._normalise_backward(number, d, rate)
            gradient = sample_sum(d[:, None], x[None])
            if number > 0:
                h = affine(layer.weight.T, None, d)
                bypassed = self.shape.residual and number < self.shape.depth
                bypass = h + bypass if bypassed else h
                d_next = np.where(self.rectified[number - 1] <= 0, np.float32(0), bypass)
            if norms is not None:
                exact = gradient.astype(np.float64)
                norms[number] += in_order(in_order(exact * exact, 0), 0)
            layer.weight[:] = layer.weight - rate * gradient
            layer.bias[:] = layer.bias - rate * sample_sum(d)
            if number > 0:
                d = d_next

    def _normalise_backward(self, number: int, d: np.ndarray, rate: np.float32) -> np.ndarray:
        layer, normal = self.layers[number], self.normal[number]
        n = np.float32(d.shape[1])
        total, product = sample_sum(d), sample_sum(d, normal)
        scale = layer.gamma * self.inverse[number]
        d = ((d - (total / n)[:, None]) - normal * (product / n)[:, None]) * scale[:, None]
        layer.gamma[:] = layer.gamma - rate * product
        layer.beta[:] = layer.beta - rate * total
        return d


def shuffle(drawn: np.ndarray) -> np.ndarray:
    """Return the order of an epoch's samples (n,) that as many draws decide."""
    return shuffled(drawn)


def train_epoch(
    shape: Shape, numbers: np.ndarray, batches: Batches, learning_rate: float, norms: bool
) -> Epoch:
    """Train a network on every batch, changing its numbers (n_numbers,) in place."""
    layers, rate, losses, right = shape.layers(numbers), np.float32(learning_rate), [], 0
    sums = np.zeros(len(layers)) if norms else None
    with np.errstate(all="ignore"):
        for first in range(0, len(batches.order), batches.size):
            rows = batches.order[first : first + batches.size]
            labels, n = batches.labels[rows], np.float32(len(rows))
            batch = Pass(shape, layers, batches.inputs[rows].T, train=True)
            loss, correct, d, total = batch.scores(labels)
            share = ONE / n
            d = d * (share / total)
            d[labels, np.arange(len(rows))] -= share
            batch.backward(d, rate, sums)
            losses.append(sample_sum(loss) / n)
            right += int(correct.sum())
    return Epoch(losses=np.array(losses, np.float32), right=right, norms=sums)


def groups(inputs: np.ndarray) -> Iterator[slice]:
    """Yield the samples of inputs (n, n_inputs) a group at a time."""
    return (slice(first, first + GROUP) for first in range(0, len(inputs), GROUP))


def evaluate(
    shape: Shape, numbers: np.ndarray, inputs: np.ndarray, labels: np.ndarray
) -> tuple[float, int]:
    """Return the mean loss of samples in nats, in float64, and how many are right; in eval mode."""
    layers, loss, right = shape.layers(numbers), 0.0, 0
    with np.errstate(all="ignore"):
        for part in groups(inputs):
            losses, correct, _, _ = Pass(shape, layers, inputs[part].T, train=False).scores(
                labels[part]
            )
            loss += float(sample_sum(losses.astype(np.float64)))
            right += int(correct.sum())
    return loss / len(inputs), right


def predict(shape: Shape, numbers: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return the probability of each class (n_classes, n), float32, in eval mode."""
    layers, found = shape.layers(numbers), np.empty((shape.n_classes, len(inputs)), np.float32)
    with np.errstate(all="ignore"):
        for part in groups(inputs):
            batch = Pass(shape, layers, inputs[part].T, train=False)
            _, _, exponentials, total = batch.scores(np.zeros(batch.logits.shape[1], np.int32))
            found[:, part] = exponentials / total
    return found


def largest_activations(shape: Shape, numbers: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return the most that each hidden unit's ReLU gives (depth, width), NaN if it gives NaN."""
    layers, found = shape.layers(numbers), np.full((shape.depth, shape.width), -np.inf, np.float32)
    with np.errstate(all="ignore"):
        for part in groups(inputs):
            batch = Pass(shape, layers, inputs[part].T, train=False)
            found = np.maximum(found, [relu.max(1) for relu in batch.rectified])
    return found
