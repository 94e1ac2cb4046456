"""A perceptron: its numbers, its inputs and its way to logits, against PyTorch's modules."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from families.reference import (
    copy_into,
    linear_layers,
    logits_of,
    named_tensors,
    plain_network,
    tensors_of,
)
from gridproof.parts.families.mlp import specification, torch_training
from gridproof.parts.families.mlp.arithmetic import Arithmetic, Native
from gridproof.parts.families.mlp.kernel import load_kernel
from gridproof.parts.families.mlp.network import Shape, initial_numbers, network_inputs, shape_of
from gridproof.parts.training.random_streams import generator

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


def random_numbers(shape: Shape) -> np.ndarray:
    """Return a network's numbers, those of batch norm away from their initial ones and zeros."""
    numbers, random = initial_numbers(shape, 7), np.random.default_rng(7)
    for name, value in shape.tensors(numbers).items():
        if not name.startswith(("weight", "bias")):
            value += 0.5 * random.random(value.shape)
    return numbers


def random_inputs(shape: Shape, n: int) -> np.ndarray:
    """Return inputs (n, n_inputs) float32."""
    return 3 * np.random.default_rng(1).normal(size=(n, shape.n_inputs)).astype(np.float32)


def specified_logits(shape: Shape, numbers: np.ndarray, inputs: np.ndarray, train: bool):
    """Return the specification's logits (n, n_classes)."""
    return specification.Pass(shape, shape.layers(numbers), inputs.T, train).logits.T


def torch_logits(shape: Shape, numbers: np.ndarray, inputs: np.ndarray, train: bool):
    """Return the logits (n, n_classes) of the trainer with PyTorch."""
    tensors = torch_training.tensors_of(shape, numbers)
    return torch_training.forward(shape, tensors, torch.from_numpy(inputs), train).numpy()


FORWARD = {"specification": specified_logits, "torch": torch_logits}
each_forward = pytest.mark.parametrize("forward", FORWARD.values(), ids=FORWARD)


@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
@each_forward
@each_shape
def test_forward_equals_torch_modules(
    shape: Shape, forward: Callable[..., np.ndarray], train: bool
) -> None:
    """Logits and running statistics are those of nn.Sequential.

    Tolerance: both are float32 (rounding 6e-8), their sums of up to 20 terms run in other orders.
    """
    numbers, inputs = random_numbers(shape), random_inputs(shape, 11)
    network = copy_into(plain_network(shape), tensors_of(shape, numbers)).train(train)
    logits = forward(shape, numbers, inputs, train)
    assert logits.shape == (11, shape.n_classes)
    with torch.no_grad():
        expected = network(torch.from_numpy(inputs)).numpy()
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-5)
    for name, value in named_tensors(network).items():
        own = shape.tensors(numbers)[name]
        np.testing.assert_allclose(own, value.detach().numpy(), rtol=1e-6, atol=1e-6)


@each_forward
def test_forward_moves_running_statistics_in_train_mode_alone(
    forward: Callable[..., np.ndarray],
) -> None:
    """Evaluation changes no number, training those of batch norm's statistics."""
    shape = SHAPES["batch norm"]
    numbers, inputs = random_numbers(shape), random_inputs(shape, 6)
    before = shape.tensors(numbers.copy())
    forward(shape, numbers, inputs, False)
    assert numbers.tobytes() == shape.vector(before).tobytes()
    forward(shape, numbers, inputs, True)
    for name, value in shape.tensors(numbers).items():
        assert np.array_equal(value, before[name]) != name.startswith("running")


def arithmetics() -> dict[str, Arithmetic]:
    """Return what computes networks here, by name."""
    found: dict[str, Arithmetic] = dict(natives())
    return {**found, "torch": torch_training.TorchArithmetic()}


def natives() -> dict[str, Native]:
    """Return the specification, and the kernel if it is built."""
    kernel = load_kernel()
    return {"specification": specification, **({"kernel": kernel} if kernel else {})}


@each_shape
def test_evaluation_changes_no_number(shape: Shape) -> None:
    """Whatever is asked of a network in eval mode."""
    numbers, inputs = random_numbers(shape), random_inputs(shape, 30)
    before, labels = numbers.tobytes(), (np.arange(30) % shape.n_classes).astype(np.int32)
    for arithmetic in arithmetics().values():
        arithmetic.evaluate(shape, numbers, inputs, labels)
        assert numbers.tobytes() == before
    for native in natives().values():
        native.predict(shape, numbers, inputs)
        native.largest_activations(shape, numbers, inputs)
        assert numbers.tobytes() == before


@each_forward
def test_forward_residual_by_hand(forward: Callable[..., np.ndarray]) -> None:
    """From the second hidden layer on a layer returns h + relu(W h + b)."""
    shape = Shape(depth=2, width=2, n_inputs=2, n_classes=2, batch_norm=False, residual=True)
    tensors = {
        "weight.0": np.array([[1, 0], [0, -1]], np.float32),
        "bias.0": np.array([1, 0], np.float32),
        "weight.1": np.array([[2, 0], [-1, 0]], np.float32),
        "bias.1": np.array([0.5, 0], np.float32),
        "weight.2": np.array([[1, 0], [0, 1]], np.float32),
        "bias.2": np.array([0, 10], np.float32),
    }
    inputs = np.array([[3, 2]], np.float32)
    logits = forward(shape, shape.vector(tensors), inputs, True)
    # hidden 0: relu(3 + 1, -2) = (4, 0), no sum; hidden 1: (4, 0) + relu(8.5, -4) = (12.5, 0)
    assert logits.flatten().tolist() == [12.5, 10.0]


def test_numbers_lie_layer_by_layer() -> None:
    """Views by name of one vector, of many at once, and back; a checkpoint tells the shape."""
    shape = replace(PLAIN, batch_norm=True, depth=1)
    numbers = np.arange(shape.n_numbers, dtype=np.float32)
    tensors = shape.tensors(numbers)
    assert list(tensors) == [
        *("weight.0", "bias.0", "gamma.0", "beta.0", "running_mean.0", "running_var.0"),
        *("weight.1", "bias.1"),
    ]
    assert np.concatenate([value.ravel() for value in tensors.values()]).tolist() == list(
        range(shape.n_numbers)
    )
    assert all(np.shares_memory(value, numbers) for value in tensors.values())
    assert np.array_equal(shape.vector(tensors), numbers)
    assert shape.tensors(np.stack([numbers, numbers]))["weight.0"].shape == (2, 5, 2)
    parameters = {"depth": 1, "width": 5, "batch_norm": True, "residual": False}
    assert shape_of(tensors, parameters) == shape


def test_inputs_of_raw_coordinates() -> None:
    """Raw coordinates are passed on as they are, one row a sample."""
    points = np.array([[2.0, 48.0], [13.0, 52.0], [5.0, 45.0]])
    inputs = network_inputs(points, implicit=False)
    assert inputs.dtype == np.float32
    assert inputs.tolist() == points.tolist()


def test_inputs_of_implicit_networks_by_hand() -> None:
    """Twenty sines: a = 0.1 ... 1.0 of the longitude, then of the latitude.

    Tolerance: a times x up to 52 rounds in float32 by up to 2e-6, and the sine by 3e-8.
    """
    points = np.array([[2.0, 48.0], [-13.0, 52.0]])
    inputs = network_inputs(points, implicit=True)
    assert inputs.shape == (2, 20)
    for row, point in zip(inputs, points.tolist(), strict=True):
        expected = [math.sin(k / 10 * x) for x in point for k in range(1, 11)]
        assert row.tolist() == pytest.approx(expected, abs=4e-6)


@each_shape
def test_initial_network_has_the_tensors_of_torch_modules(shape: Shape) -> None:
    """Names and numbers of values are those of nn.Sequential; batch norm starts as nn's does."""
    tensors = tensors_of(shape, initial_numbers(shape, 0))
    network = plain_network(shape)
    fresh = {name: value.clone() for name, value in named_tensors(network).items()}
    assert copy_into(network, tensors)
    assert shape.n_parameters == sum(value.numel() for value in network.parameters())
    for name, value in tensors.items():
        if not name.startswith(("weight", "bias")):
            assert torch.equal(value, fresh[name])


def test_initial_weights_are_distributed_as_torch_draws_them() -> None:
    """Weights and biases are uniform in +-1/sqrt(n_in), the bounds of nn.Linear's default.

    The mean and variance of n draws are within five standard errors of the uniform law's.
    """
    shape = Shape(depth=2, width=200, n_inputs=20, n_classes=100, batch_norm=False, residual=False)
    tensors = shape.tensors(initial_numbers(shape, 0))
    network = plain_network(shape)
    for layer, linear in enumerate(linear_layers(network)):
        bound = linear.in_features**-0.5
        for name, theirs in (("weight", linear.weight), ("bias", linear.bias)):
            values = tensors[f"{name}.{layer}"].astype(np.float64).flatten()
            n = len(values)
            assert np.abs(values).max() <= bound
            assert theirs.abs().max() <= bound
            assert np.abs(values).max() > bound * (1 - 10 / n)
            assert abs(values.mean()) < 5 * bound / math.sqrt(3 * n)
            assert abs(values.var(ddof=1) / (bound**2 / 3) - 1) < 5 * math.sqrt(0.8 / n)


@each_shape
def test_initial_numbers_are_torchs_draws(shape: Shape) -> None:
    """Weight, then bias, layer by layer: the bits of `uniform_` on one generator."""
    tensors, stream = tensors_of(shape, initial_numbers(shape, 3)), generator("weights", 3)
    for layer, (n_in, n_out) in enumerate(shape.layer_sizes):
        for name, size in ((f"weight.{layer}", (n_out, n_in)), (f"bias.{layer}", (n_out,))):
            expected = torch.empty(size).uniform_(-(n_in**-0.5), n_in**-0.5, generator=stream)
            assert torch.equal(tensors[name], expected)


def test_initial_network_depends_on_the_seed_alone() -> None:
    """Equal seeds give equal bits, others other weights."""
    first, again, other = (PLAIN.tensors(initial_numbers(PLAIN, seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not any(np.array_equal(first[name], other[name]) for name in first)


@pytest.mark.parametrize("implicit", [False, True], ids=["raw", "implicit"])
@each_shape
def test_predict_equals_torch_modules_in_eval_mode(shape: Shape, implicit: bool) -> None:
    """A checkpoint gives the probabilities of nn.Sequential, and single points the same bits.

    Tolerance: that of the logits above, of which a probability is at most as far off.
    """
    shape = replace(shape, n_inputs=20 if implicit else 2)
    numbers = random_numbers(shape)
    points = np.random.default_rng(2).uniform(-50, 50, size=(140, 2))
    inputs = network_inputs(points, implicit)
    expected = torch.softmax(torch.from_numpy(logits_of(shape, numbers, inputs)).double(), 1)
    for native in natives().values():
        found = native.predict(shape, numbers, inputs)
        assert found.shape == (shape.n_classes, 140)
        np.testing.assert_allclose(found.T, expected, rtol=1e-5, atol=1e-5)
        alone = [native.predict(shape, numbers, row[None]) for row in inputs]
        assert np.concatenate(alone, axis=1).tobytes() == found.tobytes()
