"""Dead units, counted on networks whose dead units are known."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from families.mlp_measurements.conftest import Train
from families.reference import copy_into, plain_network, tensors_of
from gridproof.parts.families.mlp.measurements.dead_relus import measure
from gridproof.parts.families.mlp.trained import TrainedCell


def shares(cell: TrainedCell) -> dict[tuple[int, int, int | None], float]:
    """Return the measured shares by seed, epoch and layer."""
    return {(v.seed, v.epoch, v.layer): v.value for v in measure(cell)}


def test_each_layer_is_measured_before_and_after_training(train: Train) -> None:
    """Epoch 0 and the last, every hidden layer, no output layer."""
    _, cell = train()
    assert shares(cell).keys() == {(s, e, k) for s in (0, 1) for e in (0, 4) for k in (0, 1)}


def test_units_without_a_chance_are_dead(train: Train) -> None:
    """Three of eight units of the second layer with bias -1e6 never fire: 3/8."""
    _, cell = train()
    history = {name: value.copy() for name, value in cell.history.items()}
    history["seed-1/bias.1"][4, :] = 1
    history["seed-1/weight.1"][4] = 0
    history["seed-1/bias.1"][4, :3] = -1e6
    assert shares(replace(cell, history=history))[1, 4, 1] == 3 / 8


@pytest.mark.parametrize(
    "changed",
    [{}, {"batch_norm": True}, {"implicit": True}, {"residual": True, "depth": 3}],
    ids=["plain", "batch norm", "implicit", "residual"],
)
def test_shares_are_those_of_the_network_in_plain_pytorch(
    changed: dict[str, object], train: Train
) -> None:
    """A hook on each ReLU of the reference network sees the same dead units, in eval mode."""
    _, cell = train(width=16, **changed)
    inputs, _ = cell.inputs("train")
    found = shares(cell)
    for seed in cell.seeds:
        tensors = tensors_of(cell.shape, cell.numbers(seed, 4))
        network = copy_into(plain_network(cell.shape), tensors).eval()
        seen: list[torch.Tensor] = []
        for module in network.modules():
            if isinstance(module, torch.nn.ReLU):
                module.register_forward_hook(lambda _m, _i, output, seen=seen: seen.append(output))
        with torch.no_grad():
            network(torch.from_numpy(inputs))
        expected = [float((output <= 0).all(0).double().mean()) for output in seen]
        assert [found[seed, 4, layer] for layer in range(len(expected))] == expected
        assert len(expected) == cell.shape.depth


def test_weights_that_are_not_finite_give_nan(train: Train) -> None:
    """Of a diverged layer nothing is said; the layer before it is counted."""
    _, cell = train()
    history = {name: value.copy() for name, value in cell.history.items()}
    history["seed-0/weight.1"][4] = np.inf
    found = shares(replace(cell, history=history))
    assert np.isnan(found[0, 4, 1])
    assert np.isfinite(found[0, 4, 0])
    assert np.isfinite(found[1, 4, 1])
