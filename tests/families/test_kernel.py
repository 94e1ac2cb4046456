"""The kernel and its specification agree to the bit, and with PyTorch within rounding."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridproof.parts.families.mlp import specification
from gridproof.parts.families.mlp.arithmetic import Arithmetic, Batches, Native
from gridproof.parts.families.mlp.kernel import load_kernel
from gridproof.parts.families.mlp.mlp_training import one_nan
from gridproof.parts.families.mlp.network import Shape, initial_numbers
from gridproof.parts.families.mlp.torch_training import TorchArithmetic

built = pytest.mark.skipif(load_kernel() is None, reason="the kernel is not built here")
SHAPES = st.builds(
    Shape,
    depth=st.integers(1, 5),
    width=st.integers(1, 20),
    n_inputs=st.integers(1, 22),
    n_classes=st.integers(2, 11),
    batch_norm=st.booleans(),
    residual=st.booleans(),
)
SIZES = st.one_of(st.integers(1, 9), st.sampled_from([15, 16, 17, 31, 127, 128, 129, 300]))
ODD = st.sampled_from([0.0, np.nan, np.inf, -np.inf, 1e30, -1e-30])
DEEP = Shape(depth=6, width=16, n_inputs=2, n_classes=33, batch_norm=True, residual=True)
MANY = Shape(depth=1, width=3, n_inputs=2, n_classes=200, batch_norm=False, residual=False)


def data(shape: Shape, n: int, size: int, seed: int) -> tuple[np.ndarray, Batches]:
    """Return a network and batches of random samples, without a last batch of one."""
    n += shape.batch_norm and n % size == 1
    generator = np.random.default_rng(seed)
    inputs = generator.normal(scale=2, size=(n, shape.n_inputs)).astype(np.float32)
    return initial_numbers(shape, seed), Batches(
        inputs=inputs,
        labels=generator.integers(0, shape.n_classes, n).astype(np.int32),
        order=generator.permutation(n).astype(np.int32),
        size=size,
    )


def everything(
    arithmetic: Native, shape: Shape, numbers: np.ndarray, batches: Batches, rate: float
) -> list[bytes]:
    """Return the bits of all that an arithmetic computes, in which NaN equals itself."""
    network = numbers.copy()
    told = arithmetic.train_epoch(shape, network, batches, rate, True)
    quiet = arithmetic.train_epoch(shape, network, batches, rate, False)
    loss, right = arithmetic.evaluate(shape, network, batches.inputs, batches.labels)
    parts = [
        network,
        told.losses,
        quiet.losses,
        np.asarray(told.norms),
        arithmetic.predict(shape, network, batches.inputs),
        arithmetic.largest_activations(shape, network, batches.inputs),
        np.array([loss, told.right, quiet.right, right]),
    ]
    for part in parts:
        one_nan(part)
    return [part.tobytes() for part in parts]


@built
@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    shape=SHAPES,
    n=st.integers(2, 400),
    size=SIZES,
    rate=st.sampled_from([1e-3, 0.1, 1.0, 1e3, 1e30]),
    seed=st.integers(0, 2**16),
    odd=st.one_of(st.none(), ODD),
)
@example(shape=DEEP, n=300, size=128, rate=0.1, seed=0, odd=None)
@example(shape=MANY, n=50, size=5, rate=0.1, seed=0, odd=None)
@example(shape=MANY, n=400, size=256, rate=0.1, seed=0, odd=np.inf)
def test_kernel_and_specification_agree_to_the_bit(
    shape: Shape, n: int, size: int, rate: float, seed: int, odd: float | None
) -> None:
    """Whatever the shape and the batches, and whatever number a sample has."""
    size = max(size, 2) if shape.batch_norm else size
    n = n if size > 4 else n % 40 + 2
    numbers, batches = data(shape, n, size, seed)
    if odd is not None:
        batches.inputs[seed % n] = odd
    kernel = load_kernel()
    assert kernel is not None
    expected = everything(specification, shape, numbers, batches, rate)
    assert everything(kernel, shape, numbers, batches, rate) == expected


@built
@given(drawn=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=300))
def test_kernel_shuffles_as_specified(drawn: list[int]) -> None:
    """Any draws give one order."""
    draws, kernel = np.array(drawn, np.uint32), load_kernel()
    assert kernel is not None
    np.testing.assert_array_equal(kernel.shuffle(draws), specification.shuffle(draws))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(shape=SHAPES, n=st.integers(20, 300), size=st.integers(2, 150), seed=st.integers(0, 999))
def test_native_arithmetic_agrees_with_pytorch(shape: Shape, n: int, size: int, seed: int) -> None:
    """A few steps by autograd and torch's own modules end at the same numbers.

    Tolerance: both are float32 (6e-8); up to three steps of up to 150 samples and five layers add
    what differs in the order of sums. Batch norm of two or three samples divides by what may be
    near 0 and is left out.
    """
    size = max(size, 8) if shape.batch_norm else size
    n = min(n, 3 * size)
    n -= n % size if 0 < n % size < 8 and n > size else 0
    numbers, batches = data(shape, n, size, seed)
    found: dict[str, tuple[np.ndarray, ...]] = {}
    engines: dict[str, Arithmetic] = {"native": specification, "torch": TorchArithmetic()}
    torch.set_num_threads(1)
    for name, arithmetic in engines.items():
        network = numbers.copy()
        epoch = arithmetic.train_epoch(shape, network, batches, 0.01, True)
        loss, _ = arithmetic.evaluate(shape, network, batches.inputs, batches.labels)
        found[name] = (network, epoch.losses, np.asarray(epoch.norms), np.array([loss]))
    for own, other in zip(found["native"], found["torch"], strict=True):
        np.testing.assert_allclose(own, other, rtol=2e-3, atol=2e-5)
