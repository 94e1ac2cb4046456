"""Dead units: those whose ReLU is zero for every sample of the train split."""

from __future__ import annotations

import numpy as np

from gridproof.part import Value, measurement
from gridproof.parts.families.mlp.kernel import native
from gridproof.parts.families.mlp.trained import TrainedCell


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
        for seed in cell.seeds:
            for layer, share in enumerate(dead_shares(cell, seed, epoch, inputs)):
                values.append(Value(seed, epoch, layer, "dead_share", float(share)))
    return values


def dead_shares(cell: TrainedCell, seed: int, epoch: int, inputs: np.ndarray) -> np.ndarray:
    """Return each hidden layer's share of units that stay zero over inputs (n, n_inputs)."""
    numbers = cell.numbers(seed, epoch)
    largest = native().largest_activations(cell.shape, numbers, inputs)
    shares = (largest <= 0).mean(1)
    for layer, own in enumerate(cell.shape.layers(numbers)[:-1]):
        if not (np.isfinite(largest[layer]).all() and np.isfinite(own.weight).all()):
            shares[layer] = np.nan
    return shares
