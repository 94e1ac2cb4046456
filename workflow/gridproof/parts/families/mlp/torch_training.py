"""The trainer with PyTorch, operation by operation: the reference that shares nothing with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gridproof.parts.families.mlp.arithmetic import Batches, Epoch
from gridproof.parts.families.mlp.mlp_training import MlpTraining
from gridproof.parts.families.mlp.network import BATCH_NORM_EPS, BATCH_NORM_MOMENTUM, Shape
from gridproof.parts.training.determinism import make_deterministic
from gridproof.parts.training.random_streams import shuffled

if TYPE_CHECKING:
    from gridproof.parts.families.mlp import MlpParameters

Tensors = dict[str, Tensor]
RUNNING = ("running_mean", "running_var")


def start(
    *, parameters: MlpParameters, data: Path, threads: int, seeds: Sequence[int]
) -> MlpTraining:
    """Return a training that has not begun."""
    make_deterministic(threads)
    return MlpTraining(parameters=parameters, data=data, seeds=seeds, arithmetic=TorchArithmetic())


def forward(shape: Shape, network: Tensors, inputs: Tensor, train: bool) -> Tensor:
    """Return the logits (n, n_classes) of inputs (n, n_inputs).

    In train mode batch norm updates its running statistics in place.
    """
    x = inputs
    for layer in range(shape.depth):
        z = functional.linear(x, network[f"weight.{layer}"], network[f"bias.{layer}"])
        if shape.batch_norm:
            z = functional.batch_norm(
                z,
                network[f"running_mean.{layer}"],
                network[f"running_var.{layer}"],
                network[f"gamma.{layer}"],
                network[f"beta.{layer}"],
                training=train,
                momentum=BATCH_NORM_MOMENTUM,
                eps=BATCH_NORM_EPS,
            )
        relu = torch.relu(z)
        x = x + relu if shape.residual and layer > 0 else relu
    return functional.linear(x, network[f"weight.{shape.depth}"], network[f"bias.{shape.depth}"])


def count_right(logits: Tensor, labels: Tensor) -> int:
    """Return how many samples' true class has the largest logit; NaN is never right."""
    wanted = logits.gather(1, labels.unsqueeze(1)).squeeze(1)
    return int((wanted >= logits.amax(1)).sum())


class TorchArithmetic:
    """`Arithmetic` by PyTorch's own operations."""

    def shuffle(self, drawn: np.ndarray) -> np.ndarray:
        """Return the order of an epoch's samples (n,) that as many draws decide."""
        return shuffled(drawn)

    def train_epoch(
        self, shape: Shape, numbers: np.ndarray, batches: Batches, learning_rate: float, norms: bool
    ) -> Epoch:
        """Train a network on every batch, changing its numbers (n_numbers,) in place."""
        network = tensors_of(shape, numbers)  # they share the memory of `numbers`
        learning = {name: value for name, value in network.items() if not is_running(name)}
        for value in learning.values():
            value.requires_grad_()
        inputs, labels = torch.from_numpy(batches.inputs), torch.from_numpy(batches.labels).long()
        losses, right = [], 0
        sums = np.zeros(shape.depth + 1) if norms else None
        for rows in torch.from_numpy(batches.order).long().split(batches.size):
            logits = forward(shape, network, inputs[rows], train=True)
            loss = functional.cross_entropy(logits, labels[rows])
            gradients = torch.autograd.grad(loss, list(learning.values()))
            with torch.no_grad():
                for value, gradient in zip(learning.values(), gradients, strict=True):
                    value.sub_(gradient, alpha=learning_rate)
            losses.append(float(loss.detach()))
            right += count_right(logits.detach(), labels[rows])
            if sums is not None:
                weights = dict(zip(learning, gradients, strict=True))
                for layer in range(shape.depth + 1):
                    sums[layer] += float(weights[f"weight.{layer}"].double().square().sum())
        return Epoch(losses=np.array(losses, np.float32), right=right, norms=sums)

    def evaluate(
        self, shape: Shape, numbers: np.ndarray, inputs: np.ndarray, labels: np.ndarray
    ) -> tuple[float, int]:
        """Return the mean loss of samples in nats and how many are right, in eval mode."""
        wanted = torch.from_numpy(labels).long()
        with torch.inference_mode():
            logits = forward(
                shape, tensors_of(shape, numbers), torch.from_numpy(inputs), train=False
            )
            losses = functional.cross_entropy(logits, wanted, reduction="none")
            return float(losses.double().mean()), count_right(logits, wanted)


def tensors_of(shape: Shape, numbers: np.ndarray) -> Tensors:
    """Return a network's numbers as tensors by name, in the same memory."""
    return {name: torch.from_numpy(value) for name, value in shape.tensors(numbers).items()}


def is_running(name: str) -> bool:
    """Tell whether a tensor is a running statistic, which is not trained."""
    return name.split(".")[0] in RUNNING
