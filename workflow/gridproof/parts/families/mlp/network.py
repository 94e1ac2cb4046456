"""The numbers of a multi-layer perceptron: where they lie, how they begin, what they are fed.

All numbers of a network, trained ones and running statistics, are one float32 vector: layer by
layer weight (n_out, n_in), bias and, with batch norm, scale gamma, shift beta, running mean and
running variance (n_out,).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod

import numpy as np

from gridproof.parts.families.mlp.sine import sine
from gridproof.parts.training.random_streams import draws, uniform

BATCH_NORM_EPS = 1e-5
BATCH_NORM_MOMENTUM = 0.1
IMPLICIT_FREQUENCIES = tuple(k / 10 for k in range(1, 11))
TRAINED = ("weight", "bias", "gamma", "beta")
NORMALISING = ("gamma", "beta", "running_mean", "running_var")
ONES = ("gamma", "running_var")
"""What batch norm begins with: ones for these, zeros for the others."""
NONE = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer's numbers, views into the network's vector; the last four for batch norm only."""

    weight: np.ndarray
    bias: np.ndarray
    gamma: np.ndarray
    beta: np.ndarray
    running_mean: np.ndarray
    running_var: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What fixes a network's numbers: `depth` hidden layers of `width` units, then the output."""

    depth: int
    width: int
    n_inputs: int
    n_classes: int
    batch_norm: bool
    residual: bool

    @property
    def layer_sizes(self) -> list[tuple[int, int]]:
        """(n_in, n_out) of every linear layer, the output layer last."""
        sizes = [self.n_inputs, *[self.width] * self.depth, self.n_classes]
        return list(pairwise(sizes))

    def places(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the name, such as `weight.0`, and the shape of each tensor in their order."""
        for layer, (n_in, n_out) in enumerate(self.layer_sizes):
            yield f"weight.{layer}", (n_out, n_in)
            yield f"bias.{layer}", (n_out,)
            if self.batch_norm and layer < self.depth:
                yield from ((f"{name}.{layer}", (n_out,)) for name in NORMALISING)

    @property
    def n_numbers(self) -> int:
        """Length of a network's vector."""
        return sum(prod(shape) for _, shape in self.places())

    @property
    def n_parameters(self) -> int:
        """How many of them are trained."""
        return sum(prod(shape) for name, shape in self.places() if name.split(".")[0] in TRAINED)

    def tensors(self, numbers: np.ndarray) -> dict[str, np.ndarray]:
        """Return views of vectors (..., n_numbers) as tensors by name, of shape (..., *shape)."""
        found, at = {}, 0
        for name, shape in self.places():
            end = at + prod(shape)
            found[name] = numbers[..., at:end].reshape(*numbers.shape[:-1], *shape)
            at = end
        return found

    def layers(self, numbers: np.ndarray) -> list[Layer]:
        """Return views of one network's vector (n_numbers,), layer by layer."""
        tensors = self.tensors(numbers)
        by_layer = [dict.fromkeys(NORMALISING, NONE) for _ in self.layer_sizes]
        for name, value in tensors.items():
            kind, layer = name.split(".")
            by_layer[int(layer)][kind] = value
        return [Layer(**own) for own in by_layer]

    def vector(self, tensors: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the vector (n_numbers,) of one network's tensors by name."""
        return np.concatenate([tensors[name].ravel() for name, _ in self.places()])


def shape_of(tensors: Mapping[str, np.ndarray], parameters: Mapping[str, object]) -> Shape:
    """Return the shape of a network from its tensors and the parameters of its cell."""
    depth = int(str(parameters["depth"]))
    return Shape(
        depth=depth,
        width=int(str(parameters["width"])),
        n_inputs=tensors["weight.0"].shape[-1],
        n_classes=tensors[f"weight.{depth}"].shape[-2],
        batch_norm=bool(parameters["batch_norm"]),
        residual=bool(parameters["residual"]),
    )


def initial_numbers(shape: Shape, seed: int) -> np.ndarray:
    """Draw one network as torch.nn.Linear and BatchNorm1d initialise theirs: (n_numbers,) float32.

    Weight, then bias, layer by layer, both uniform in +-1/sqrt(n_in) (torch.nn.Linear's default).
    """
    drawn = draws(shape.n_numbers, "weights", seed)
    numbers, at = np.zeros(shape.n_numbers, np.float32), 0
    for name, value in shape.tensors(numbers).items():
        kind, layer = name.split(".")
        if kind in NORMALISING:
            value[...] = kind in ONES
            continue
        bound = shape.layer_sizes[int(layer)][0] ** -0.5
        value[...] = uniform(drawn[at : at + value.size], bound).reshape(value.shape)
        at += value.size
    return numbers


def network_inputs(values: np.ndarray, implicit: bool) -> np.ndarray:
    """Turn the features of samples (n, n_features), in their units, into inputs (n, n_inputs).

    They are the inputs as they are; `implicit` gives sin(a * x) for a = 0.1 ... 1.0 of each
    feature, ten inputs a feature, the ten frequencies of the first feature before those of the
    second.
    """
    exact = values.astype(np.float32)
    if implicit:
        frequencies = np.array(IMPLICIT_FREQUENCIES, np.float32)
        exact = sine((exact[:, :, None] * frequencies).reshape(len(exact), -1))
    return np.ascontiguousarray(exact)
