"""The training once more in float64, to hold the losses of all peers against."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import batch_norm, cross_entropy

from .cases import Case


def reference_losses(
    case: Case,
    features: np.ndarray,
    labels: np.ndarray,
    orders: np.ndarray,
    weights: Mapping[str, np.ndarray],
    learning_rate: float,
) -> np.ndarray:
    """Return the loss of each step of an epoch, (n_seeds, n_steps), in nats.

    Plain SGD on the mean cross-entropy of each batch, in float64 and by automatic differentiation.

    Parameters
    ----------
    features, labels : (n_samples, n_features) and (n_samples,).
    orders : (n_seeds, n_samples), the order in which each seed sees the samples.
    weights : `weight.0`, `bias.0` ... with the axis of seeds first.
    """
    x, y = torch.from_numpy(features).double(), torch.from_numpy(labels)
    losses = []
    for at, order in enumerate(torch.from_numpy(orders)):
        network = _network(case, {name: value[at] for name, value in weights.items()})
        batches = order.unflatten(0, (-1, case.batch_size))
        losses.append([_step(network, case, x[i], y[i], learning_rate) for i in batches])
    return np.array(losses)


def _network(case: Case, weights: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    network = {name: torch.from_numpy(value).double() for name, value in weights.items()}
    if case.batch_norm:
        for layer in range(case.depth):
            network[f"gamma.{layer}"] = torch.ones(case.width, dtype=torch.float64)
            network[f"beta.{layer}"] = torch.zeros(case.width, dtype=torch.float64)
    return {name: value.requires_grad_() for name, value in network.items()}


def _step(
    network: dict[str, Tensor], case: Case, x: Tensor, y: Tensor, learning_rate: float
) -> float:
    """Update the weights in place; return the loss of the batch before the update."""
    for layer in range(case.depth):
        x = x @ network[f"weight.{layer}"].T + network[f"bias.{layer}"]
        if case.batch_norm:
            scale, shift = network[f"gamma.{layer}"], network[f"beta.{layer}"]
            x = batch_norm(x, None, None, scale, shift, training=True)
        x = x.relu()
    logits = x @ network[f"weight.{case.depth}"].T + network[f"bias.{case.depth}"]
    loss = cross_entropy(logits, y)
    slopes = torch.autograd.grad(loss, list(network.values()))
    with torch.no_grad():
        for value, slope in zip(network.values(), slopes, strict=True):
            value -= learning_rate * slope
    return float(loss.detach())
