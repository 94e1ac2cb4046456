"""Dead units: those whose ReLU is zero for every sample of the train split."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from gridproof.part import Value, measurement
from gridproof.parts.families.mlp.network import Tensors, hidden_layer
from gridproof.parts.families.mlp.trained import CHUNK, TrainedCell


@measurement(
    description="share of each layer's units that are zero on the whole train split",
    table="activations",
    quantities=["dead_share"],
    families=["mlp"],
    by_layer=True,
)
def measure(cell: TrainedCell) -> list[Value]:
    """Return the dead share of each hidden layer, before training and after it, in eval mode.

    A unit is dead if it is zero for the whole train split: no gradient of any sample reaches its
    weights. The share is NaN where weights are not finite.
    """
    inputs, _ = cell.inputs("train")
    values = []
    for epoch in sorted({cell.epochs[0], cell.epochs[-1]}):
        shares = dead_shares(cell, cell.stacked(epoch), inputs)
        for at, seed in enumerate(cell.seeds):
            for layer, share in enumerate(shares[:, at].tolist()):
                values.append(Value(seed, epoch, layer, "dead_share", share))
    return values


def dead_shares(cell: TrainedCell, network: Tensors, inputs: Tensor) -> Tensor:
    """Return the share of units that stay zero over inputs (n_inputs, n), of shape (depth, R)."""
    plain = replace(cell.shape, residual=False)
    largest = torch.full((cell.shape.depth, len(cell.seeds), cell.shape.width), -torch.inf)
    with torch.inference_mode():
        for part in inputs.split(CHUNK, 1):
            activations = part.expand(len(cell.seeds), -1, -1)
            for layer in range(cell.shape.depth):
                relu, _ = hidden_layer(layer, activations, network, network, plain, train=False)
                summed = cell.shape.residual and layer > 0
                activations = activations + relu if summed else relu
                largest[layer] = torch.maximum(largest[layer], relu.amax(2))
    shares = (largest <= 0).double().mean(2)
    for layer in range(cell.shape.depth):
        whole = torch.isfinite(largest[layer]).all(1)
        whole &= torch.isfinite(network[f"weight.{layer}"]).flatten(1).all(1)
        shares[layer, ~whole] = torch.nan
    return shares
