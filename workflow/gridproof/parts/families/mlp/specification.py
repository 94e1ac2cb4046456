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
from gridproof.parts.families.mlp.network import (
    BATCH_NORM_EPS,
    BATCH_NORM_MOMENTUM,
    Layer,
    Shape,
)
from gridproof.parts.training.random_streams import shuffled

LANES = 8
GROUP = 128
"""Samples whose sums are made in lanes before they are added to those of earlier samples."""
ONE = np.float32(1)
EPSILON, MOMENTUM = np.float32(BATCH_NORM_EPS), np.float32(BATCH_NORM_MOMENTUM)
KEPT = ONE - MOMENTUM
EXP = (
    *(1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3),
    *(4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1),
)
LOG = (
    *(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1),
    *(-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1),
)
"""Coefficients of Cephes' expf and logf (Moshier), the highest power first."""
LOG2E, LN2_HIGH, LN2_LOW, SQRT_HALF = (
    np.float32(value) for value in (1.44269504088896341, 0.693359375, -2.12194440e-4, 0.5)
)


def in_order(values: np.ndarray, axis: int) -> np.ndarray:
    """Return the sum along an axis, one term after another, starting from +0."""
    return np.add.accumulate(values, axis=axis).take(-1, axis=axis) + values.dtype.type(0)


def sample_sum(*factors: np.ndarray) -> np.ndarray:
    """Return the sum over the samples (last axis) of a product of one or two factors.

    The samples of a group go to 8 lanes in turn, each lane is added up, the lanes are added as a
    tree, and the groups one after another.
    """
    total = factors[0].dtype.type(0)
    for first in range(0, factors[0].shape[-1], GROUP):
        parts = [factor[..., first : first + GROUP] for factor in factors]
        product = parts[0] * parts[1] if len(parts) == 2 else parts[0]
        absent = -product.shape[-1] % LANES
        product = np.pad(product, [(0, 0)] * (product.ndim - 1) + [(0, absent)])
        lanes = in_order(product.reshape(*product.shape[:-1], -1, LANES), -2)
        half = lanes[..., :4] + lanes[..., 4:]
        quarter = half[..., :2] + half[..., 2:]
        total = total + (quarter[..., 0] + quarter[..., 1])
    return total


def polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    """Return a polynomial by Horner's rule."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + np.float32(coefficient)
    return value


def exponential(x: np.ndarray) -> np.ndarray:
    """Return e to the power x for x <= 0: 2^n times a polynomial of the rest; 0 below -64."""
    magic = np.float32(12582912)  # 1.5 * 2^23: adding it rounds to a whole number
    t = x * LOG2E + magic
    n = t - magic
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    p = polynomial(EXP, r) * r * r + r + ONE
    power = ((t.view(np.uint32) - np.uint32(0x4B400000) + np.uint32(127)) << 23).view(np.float32)
    return np.where(x < -64, np.float32(0), p * power)


def logarithm(x: np.ndarray) -> np.ndarray:
    """Return the natural logarithm of x >= 1: with x = 2^e m, e ln 2 and a polynomial of m - 1."""
    shifted = x.view(np.uint32) - np.uint32(0x3F3504F3)  # the bits of sqrt(1/2)
    e = (shifted >> 23).astype(np.float32)
    m = ((shifted & np.uint32(0x007FFFFF)) + np.uint32(0x3F3504F3)).view(np.float32)
    r = m - ONE
    square = r * r
    p = polynomial(LOG, r) * r * square + e * LN2_LOW - square * np.float32(0.5)
    return np.where(x == x, r + p + e * LN2_HIGH, x)


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
