"""The network as a notebook writes it, with given weights, for the peers that are on PyTorch."""

from __future__ import annotations

import torch
from protocol import Arrays, Given, Job
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset


def network(job: Job, n_features: int, n_classes: int) -> nn.Sequential:
    """Return Linear, BatchNorm1d if asked for, ReLU for each hidden layer, then a Linear."""
    layers: list[nn.Module] = []
    size = n_features
    for _ in range(job.depth):
        layers.append(nn.Linear(size, job.width))
        if job.batch_norm:
            layers.append(nn.BatchNorm1d(job.width))
        layers.append(nn.ReLU())
        size = job.width
    return nn.Sequential(*layers, nn.Linear(size, n_classes))


def initial_network(job: Job, given: Given, at: int) -> nn.Sequential:
    """Return the untrained network of the seed at position `at`."""
    model = network(job, given.features.shape[1], given.n_classes)
    set_weights(model, {name: value[at] for name, value in given.weights.items()})
    return model


def set_weights(model: nn.Module, weights: Arrays) -> None:
    """Set the linear layers of a network, from input to output."""
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    with torch.no_grad():
        for layer, module in enumerate(linear):
            module.weight.copy_(torch.from_numpy(weights[f"weight.{layer}"]))
            module.bias.copy_(torch.from_numpy(weights[f"bias.{layer}"]))


def loader(job: Job, given: Given, at: int) -> DataLoader[tuple[Tensor, ...]]:
    """Return the batches of the seed at position `at`, in its order."""
    rows = TensorDataset(torch.from_numpy(given.features), torch.from_numpy(given.labels))
    return DataLoader(rows, batch_size=job.batch_size, sampler=given.orders[at].tolist())
