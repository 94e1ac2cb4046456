"""Multi-layer perceptrons, stacked: R replicates of one shape share every operation.

Tensors are kept feature-first, so that the last axis is the long one: inputs (R, n_inputs, n),
hidden activations (R, width, n), logits (R, n_classes, n). Weights have PyTorch's own orientation,
(R, n_out, n_in), and biases and batch-norm tensors are (R, n_out, 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

BATCH_NORM_EPS = 1e-5
BATCH_NORM_MOMENTUM = 0.1
IMPLICIT_FREQUENCIES = tuple(k / 10 for k in range(1, 11))

Tensors = dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What fixes a network's tensors: `depth` hidden layers of `width` units, then the output."""

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


def features(values: Tensor, implicit: bool) -> Tensor:
    """Turn the features of samples (n, n_features), in their units, into inputs (n_inputs, n).

    They are the inputs as they are; `implicit` gives sin(a * x) for a = 0.1 ... 1.0 of each
    feature, ten inputs a feature, the ten frequencies of the first feature before those of the
    second.
    """
    if not implicit:
        return values.T.contiguous()
    frequencies = torch.tensor(IMPLICIT_FREQUENCIES, dtype=values.dtype)
    return torch.sin(values.T.unsqueeze(1) * frequencies.unsqueeze(1)).flatten(0, 1)


def batch_norm(
    layer: int, inputs: Tensor, parameters: Tensors, buffers: Tensors, train: bool
) -> tuple[Tensor, Tensors]:
    """Normalise inputs (R, width, n) over the samples, as torch.nn.BatchNorm1d does.

    Every unit of every replicate is a channel of one call. Returns the outputs and the running
    statistics after it (Ioffe and Szegedy, arXiv:1502.03167): biased variance to normalise,
    unbiased variance in the running estimate.
    """
    replicates, width, n = inputs.shape
    running = {name: buffers[name].clone() for name in running_names(layer)}
    mean, var = (value.view(-1) for value in running.values())
    outputs = torch.nn.functional.batch_norm(
        inputs.reshape(1, replicates * width, n),
        mean,
        var,
        parameters[f"gamma.{layer}"].reshape(-1),
        parameters[f"beta.{layer}"].reshape(-1),
        training=train,
        momentum=BATCH_NORM_MOMENTUM,
        eps=BATCH_NORM_EPS,
    )
    return outputs.view(replicates, width, n), running


def running_names(layer: int) -> tuple[str, str]:
    """Return the names of a layer's running mean and running variance."""
    return f"running_mean.{layer}", f"running_var.{layer}"


def hidden_layer(
    layer: int,
    activations: Tensor,
    parameters: Tensors,
    buffers: Tensors,
    shape: Shape,
    train: bool,
) -> tuple[Tensor, Tensors]:
    """Apply hidden layer `layer`: linear, optional batch norm, ReLU, optional residual sum.

    Returns the activations (R, width, n) and, with batch norm, the running statistics after it.
    """
    updated: Tensors = {}
    outputs = torch.baddbmm(parameters[f"bias.{layer}"], parameters[f"weight.{layer}"], activations)
    if shape.batch_norm:
        outputs, updated = batch_norm(layer, outputs, parameters, buffers, train)
    outputs = torch.relu(outputs)
    if shape.residual and layer > 0:
        outputs = activations + outputs
    return outputs, updated


def forward(
    parameters: Tensors, buffers: Tensors, inputs: Tensor, shape: Shape, train: bool
) -> tuple[Tensor, Tensors]:
    """Return logits (R, n_classes, n) of inputs (R, n_inputs, n), and the running statistics."""
    activations = inputs
    running: Tensors = dict(buffers)
    for layer in range(shape.depth):
        activations, updated = hidden_layer(layer, activations, parameters, buffers, shape, train)
        running.update(updated)
    output = shape.depth
    logits = torch.baddbmm(
        parameters[f"bias.{output}"], parameters[f"weight.{output}"], activations
    )
    return logits, running


def initial_network(shape: Shape, generator: torch.Generator) -> tuple[Tensors, Tensors]:
    """Draw one network (no replicate axis) as torch.nn.Linear and BatchNorm1d initialise theirs.

    Weight, then bias, layer by layer, both uniform in +-1/sqrt(n_in) (torch.nn.Linear's default).
    Returns the trained parameters and the buffers (running statistics).
    """
    parameters: Tensors = {}
    buffers: Tensors = {}
    for layer, (n_in, n_out) in enumerate(shape.layer_sizes):
        bound = n_in**-0.5
        for name, size in ((f"weight.{layer}", (n_out, n_in)), (f"bias.{layer}", (n_out, 1))):
            parameters[name] = torch.empty(size).uniform_(-bound, bound, generator=generator)
        if shape.batch_norm and layer < shape.depth:
            parameters[f"gamma.{layer}"] = torch.ones(n_out, 1)
            parameters[f"beta.{layer}"] = torch.zeros(n_out, 1)
            buffers[f"running_mean.{layer}"] = torch.zeros(n_out, 1)
            buffers[f"running_var.{layer}"] = torch.ones(n_out, 1)
    return parameters, buffers


def predict(
    tensors: Mapping[str, Tensor], parameters: Mapping[str, object], points: Tensor
) -> Tensor:
    """Return the logits (n, n_classes) of one checkpoint at `points` (n, n_features), in eval mode.

    `tensors` has the names and shapes of a checkpoint file, `parameters` the cell's parameters.
    """
    depth = int(str(parameters["depth"]))
    weights = {
        name: (value if name.startswith("weight") else value.unsqueeze(1)).unsqueeze(0)
        for name, value in tensors.items()
    }
    shape = Shape(
        depth=depth,
        width=int(str(parameters["width"])),
        n_inputs=tensors["weight.0"].shape[1],
        n_classes=tensors[f"weight.{depth}"].shape[0],
        batch_norm=bool(parameters["batch_norm"]),
        residual=bool(parameters["residual"]),
    )
    inputs = features(points, bool(parameters["implicit"])).unsqueeze(0)
    with torch.inference_mode():
        logits, _ = forward(weights, weights, inputs, shape, train=False)
    return logits[0].T
