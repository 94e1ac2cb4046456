import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from families.reference import copy_into, linear_layers, named_tensors, plain_network
from gridproof.parts.families.mlp.network import (
    Shape,
    Tensors,
    features,
    forward,
    initial_network,
    predict,
)

REPLICATES = 3
PLAIN = Shape(depth=3, width=5, n_inputs=2, n_classes=4, batch_norm=False, residual=False)
SHAPES = {
    "plain": PLAIN,
    "one layer": replace(PLAIN, depth=1),
    "batch norm": replace(PLAIN, batch_norm=True),
    "residual": replace(PLAIN, residual=True),
    "residual with batch norm": replace(PLAIN, residual=True, batch_norm=True),
    "twenty inputs": replace(PLAIN, n_inputs=20),
}
each_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def random_network(shape: Shape) -> tuple[Tensors, Tensors]:
    """Return stacked tensors, those of batch norm away from their initial ones and zeros."""
    generator = torch.Generator().manual_seed(7)
    networks = [initial_network(shape, generator) for _ in range(REPLICATES)]
    stacked = [
        {name: torch.stack([network[at][name] for network in networks]) for name in networks[0][at]}
        for at in (0, 1)
    ]
    for tensors in stacked:
        for name in tensors:
            if not name.startswith(("weight", "bias")):
                noise = torch.rand(tensors[name].shape, generator=generator)
                tensors[name] = tensors[name] + 0.5 * noise
    return stacked[0], stacked[1]


def one(tensors: Tensors, replicate: int) -> Tensors:
    """Return the tensors of one replicate."""
    return {name: value[replicate] for name, value in tensors.items()}


@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
@each_shape
def test_forward_equals_torch_modules(shape: Shape, train: bool) -> None:
    """Each replicate gives the logits and running statistics of nn.Sequential.

    Tolerance: both are float32 (rounding 6e-8), their sums of up to 20 terms run in other orders.
    """
    parameters, buffers = random_network(shape)
    inputs = 3 * torch.randn(REPLICATES, shape.n_inputs, 11, generator=torch.Generator())
    logits, running = forward(parameters, buffers, inputs, shape, train=train)
    assert logits.shape == (REPLICATES, shape.n_classes, 11)
    assert running.keys() == buffers.keys()
    for replicate in range(REPLICATES):
        network = copy_into(
            plain_network(shape), one(parameters, replicate) | one(buffers, replicate)
        ).train(train)
        expected = network(inputs[replicate].T)
        torch.testing.assert_close(logits[replicate].T, expected, rtol=1e-5, atol=1e-5)
        for name, value in running.items():
            expected_value = named_tensors(network)[name]
            torch.testing.assert_close(value[replicate, :, 0], expected_value, rtol=1e-6, atol=1e-6)


def test_forward_keeps_running_statistics_in_eval_mode() -> None:
    """Evaluation changes no tensor, and training leaves the tensors that it was given."""
    shape = SHAPES["batch norm"]
    parameters, buffers = random_network(shape)
    before = {name: value.clone() for name, value in buffers.items()}
    inputs = torch.randn(REPLICATES, 2, 6, generator=torch.Generator())
    _, evaluated = forward(parameters, buffers, inputs, shape, train=False)
    _, trained = forward(parameters, buffers, inputs, shape, train=True)
    for name, value in before.items():
        assert torch.equal(buffers[name], value)
        assert torch.equal(evaluated[name], value)
        assert not torch.equal(trained[name], value)


def test_forward_residual_by_hand() -> None:
    """From the second hidden layer on a layer returns h + relu(W h + b)."""
    shape = Shape(depth=2, width=2, n_inputs=2, n_classes=2, batch_norm=False, residual=True)
    parameters = {
        "weight.0": torch.tensor([[[1.0, 0.0], [0.0, -1.0]]]),
        "bias.0": torch.tensor([[[1.0], [0.0]]]),
        "weight.1": torch.tensor([[[2.0, 0.0], [-1.0, 0.0]]]),
        "bias.1": torch.tensor([[[0.5], [0.0]]]),
        "weight.2": torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]),
        "bias.2": torch.tensor([[[0.0], [10.0]]]),
    }
    inputs = torch.tensor([[[3.0], [2.0]]])
    logits, _ = forward(parameters, {}, inputs, shape, train=True)
    # hidden 0: relu(3 + 1, -2) = (4, 0), no sum; hidden 1: (4, 0) + relu(8.5, -4) = (12.5, 0)
    assert logits.flatten().tolist() == [12.5, 10.0]


def test_features_of_raw_coordinates() -> None:
    """Raw coordinates are passed on as they are, one column a sample."""
    points = torch.tensor([[2.0, 48.0], [13.0, 52.0], [5.0, 45.0]])
    assert features(points, implicit=False).tolist() == [[2.0, 13.0, 5.0], [48.0, 52.0, 45.0]]


def test_features_of_implicit_networks_by_hand() -> None:
    """Twenty sines: a = 0.1 ... 1.0 of the longitude, then of the latitude."""
    points = torch.tensor([[2.0, 48.0], [-13.0, 52.0]], dtype=torch.float64)
    rows = features(points, implicit=True)
    assert rows.shape == (20, 2)
    for sample, point in enumerate(points.tolist()):
        expected = [math.sin(k / 10 * x) for x in point for k in range(1, 11)]
        assert rows[:, sample].tolist() == pytest.approx(expected, abs=1e-14)


@each_shape
def test_initial_network_has_the_tensors_of_torch_modules(shape: Shape) -> None:
    """Names and numbers of values are those of nn.Sequential; batch norm starts as nn's does."""
    parameters, buffers = initial_network(shape, torch.Generator())
    network = plain_network(shape)
    assert copy_into(network, parameters | buffers)
    assert sum(value.numel() for value in parameters.values()) == sum(
        value.numel() for value in network.parameters()
    )
    fresh = named_tensors(plain_network(shape))
    for name, value in (parameters | buffers).items():
        if not name.startswith(("weight", "bias")):
            assert torch.equal(value.flatten(), fresh[name])


def test_initial_weights_are_distributed_as_torch_draws_them() -> None:
    """Weights and biases are uniform in +-1/sqrt(n_in), the bounds of nn.Linear's default.

    The mean and variance of n draws are within five standard errors of the uniform law's.
    """
    shape = Shape(depth=2, width=200, n_inputs=20, n_classes=100, batch_norm=False, residual=False)
    parameters, _ = initial_network(shape, torch.Generator().manual_seed(0))
    network = plain_network(shape)
    for layer, linear in enumerate(linear_layers(network)):
        bound = linear.in_features**-0.5
        for name, theirs in (("weight", linear.weight), ("bias", linear.bias)):
            values = parameters[f"{name}.{layer}"].double().flatten()
            n = len(values)
            assert values.abs().max() <= bound
            assert theirs.abs().max() <= bound
            assert values.abs().max() > bound * (1 - 10 / n)
            assert abs(values.mean()) < 5 * bound / math.sqrt(3 * n)
            assert abs(values.var() / (bound**2 / 3) - 1) < 5 * math.sqrt(0.8 / n)


def test_initial_network_depends_on_the_generator_alone() -> None:
    """Equal generators give equal bits, others other weights; global randomness is left alone."""
    state = torch.random.get_rng_state()
    first, again, other = (
        initial_network(PLAIN, torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2)
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def checkpoint(shape: Shape) -> tuple[nn.Module, dict[str, Tensor]]:
    """Return a plain network in eval mode and its tensors as a checkpoint file has them."""
    parameters, buffers = random_network(shape)
    network = copy_into(plain_network(shape), one(parameters, 1) | one(buffers, 1)).eval()
    return network, {name: value.detach() for name, value in named_tensors(network).items()}


@pytest.mark.parametrize("implicit", [False, True], ids=["raw", "implicit"])
@each_shape
def test_predict_equals_torch_modules_in_eval_mode(shape: Shape, implicit: bool) -> None:
    """A checkpoint gives the logits of nn.Sequential, in rows, and single points the same."""
    shape = replace(shape, n_inputs=20 if implicit else 2)
    network, tensors = checkpoint(shape)
    parameters: dict[str, object] = {
        "depth": shape.depth,
        "width": shape.width,
        "batch_norm": shape.batch_norm,
        "residual": shape.residual,
        "implicit": implicit,
    }
    points = torch.tensor([[2.0, 48.0], [-13.0, 52.0], [5.0, 45.0]])
    logits = predict(tensors, parameters, points)
    assert logits.shape == (3, shape.n_classes)
    expected = network(features(points, implicit).T)
    torch.testing.assert_close(logits, expected, rtol=1e-5, atol=1e-5)
    alone = torch.cat([predict(tensors, parameters, point[None]) for point in points])
    torch.testing.assert_close(alone, logits, rtol=1e-5, atol=1e-5)
