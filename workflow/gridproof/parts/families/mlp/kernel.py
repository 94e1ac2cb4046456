"""The kernel, loaded: what `specification` computes, with the same bits, in less time."""

from __future__ import annotations

import ctypes
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from gridproof.errors import GridproofError
from gridproof.parts.families.mlp import specification
from gridproof.parts.families.mlp.arithmetic import Arithmetic, Batches, Epoch, Native
from gridproof.parts.families.mlp.kernel_build import library_file, usable_build
from gridproof.parts.families.mlp.network import Shape

CHECKED = "f623f7efa181a8dd"
"""What `check_digest` gives of the specification."""
ADDRESS = ctypes.c_void_p
FIELDS = ("depth", "width", "n_inputs", "n_classes", "batch_norm", "residual")


class CShape(ctypes.Structure):
    """The kernel's `Shape`."""

    _fields_ = tuple((name, ctypes.c_int32) for name in FIELDS)


class Kernel:
    """The functions of a shared library, as `Arithmetic` and `specification` have them."""

    def __init__(self, path: Path) -> None:
        self._library = ctypes.CDLL(str(path))
        for name in ("shuffle", "train_epoch", "evaluate", "predict", "largest_activations"):
            getattr(self._library, name).restype = None

    def shuffle(self, drawn: np.ndarray) -> np.ndarray:
        """Return the order of an epoch's samples (n,) that as many draws decide."""
        order = np.empty(len(drawn), np.int32)
        self._library.shuffle(
            _array(drawn, np.uint32), ctypes.c_int64(len(drawn)), _array(order, np.int32)
        )
        return order

    def train_epoch(
        self, shape: Shape, numbers: np.ndarray, batches: Batches, learning_rate: float, norms: bool
    ) -> Epoch:
        """Train a network on every batch, changing its numbers (n_numbers,) in place."""
        n = len(batches.order)
        losses = np.empty(-(-n // batches.size), np.float32)
        right = ctypes.c_int64(0)
        sums = np.zeros(shape.depth + 1) if norms else None
        self._library.train_epoch(
            _shape(shape),
            _numbers(shape, numbers),
            _array(batches.inputs, np.float32),
            _array(batches.labels, np.int32),
            _array(batches.order, np.int32),
            ctypes.c_int64(n),
            ctypes.c_int64(batches.size),
            ctypes.c_float(learning_rate),
            _array(losses, np.float32),
            ctypes.byref(right),
            None if sums is None else _array(sums, np.float64),
        )
        return Epoch(losses=losses, right=right.value, norms=sums)

    def evaluate(
        self, shape: Shape, numbers: np.ndarray, inputs: np.ndarray, labels: np.ndarray
    ) -> tuple[float, int]:
        """Return the mean loss of samples in nats, in float64, and how many are right."""
        loss, right = ctypes.c_double(0), ctypes.c_int64(0)
        self._library.evaluate(
            _shape(shape),
            _numbers(shape, numbers),
            _array(inputs, np.float32),
            _array(labels, np.int32),
            ctypes.c_int64(len(inputs)),
            ctypes.byref(loss),
            ctypes.byref(right),
        )
        return loss.value, right.value

    def predict(self, shape: Shape, numbers: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return the probability of each class (n_classes, n), float32, in eval mode."""
        found = np.empty((shape.n_classes, len(inputs)), np.float32)
        self._use("predict", shape, numbers, inputs, found)
        return found

    def largest_activations(
        self, shape: Shape, numbers: np.ndarray, inputs: np.ndarray
    ) -> np.ndarray:
        """Return the most that each hidden unit's ReLU gives (depth, width), NaN if it does."""
        found = np.full((shape.depth, shape.width), -np.inf, np.float32)
        self._use("largest_activations", shape, numbers, inputs, found)
        return found

    def _use(
        self, name: str, shape: Shape, numbers: np.ndarray, inputs: np.ndarray, found: np.ndarray
    ) -> None:
        getattr(self._library, name)(
            _shape(shape),
            _numbers(shape, numbers),
            _array(inputs, np.float32),
            ctypes.c_int64(len(inputs)),
            _array(found, np.float32),
        )


def _shape(shape: Shape) -> object:
    return ctypes.byref(CShape(*(getattr(shape, name) for name in FIELDS)))


def _numbers(shape: Shape, numbers: np.ndarray) -> ADDRESS:
    assert numbers.shape == (shape.n_numbers,)
    return _array(numbers, np.float32)


def _array(values: np.ndarray, dtype: type) -> ADDRESS:
    assert values.dtype == dtype
    assert values.flags.c_contiguous
    return values.ctypes.data_as(ADDRESS)


def check_digest(arithmetic: Arithmetic) -> str:
    """Return the digest of a small training, in which every operation has its part."""
    shape = Shape(depth=2, width=5, n_inputs=2, n_classes=3, batch_norm=True, residual=True)
    numbers = (np.arange(shape.n_numbers) * 37 % 64 - 31).astype(np.float32) / 32
    shape.tensors(numbers)["running_var.0"][:] = shape.tensors(numbers)["running_var.1"][:] = 1
    inputs = (np.arange(84).reshape(42, 2) * 29 % 101 - 50).astype(np.float32) / 16
    batches = Batches(
        inputs=inputs,
        labels=(np.arange(42) % 3).astype(np.int32),
        order=arithmetic.shuffle((np.arange(42) * 12_347).astype(np.uint32)),
        size=20,
    )
    found = arithmetic.train_epoch(shape, numbers, batches, 0.1, True)
    loss, right = arithmetic.evaluate(shape, numbers, inputs, batches.labels)
    assert found.norms is not None
    results = (numbers, found.losses, found.norms, np.array([loss, right, found.right]))
    return sha256(b"".join(array.tobytes() for array in results)).hexdigest()[:16]


@cache
def load_kernel() -> Kernel | None:
    """Return the kernel if it is built for this processor, after a check of its bits.

    Raises
    ------
    GridproofError : it computes other bits than specified.
    """
    build = usable_build()
    if build is None:
        return None
    path = library_file(build)
    kernel = Kernel(path)
    if (digest := check_digest(kernel)) != CHECKED:
        raise GridproofError(
            f"{path}: found a kernel that computes {digest}, expected {CHECKED}: its compiler"
            " changed the order of operations; delete it to train in numpy, or build it with"
            " another compiler (CXX=... gridproof compile)"
        )
    return kernel


def native() -> Native:
    """Return the fastest arithmetic that there is; its bits are the same either way."""
    return load_kernel() or specification
