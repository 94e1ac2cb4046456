"""Small trainings whose bits are known, computed as `kernel_digests.cpp` computes them."""

import numpy as np

from gridproof.parts.families.mlp.arithmetic import Batches, Native
from gridproof.parts.families.mlp.mlp_training import one_nan
from gridproof.parts.families.mlp.network import Shape

Case = tuple[int, int, int, int, int, int, int, int, float]
"""depth, width, inputs, classes, batch norm, residual, samples, batch size, learning rate."""

GOLDEN: dict[Case, str] = {
    (6, 16, 2, 33, 0, 0, 600, 256, 0.05): "d6051048142043c7",
    (6, 16, 2, 33, 1, 0, 500, 128, 0.05): "907b8768c06cd8c8",
    (3, 8, 20, 5, 0, 0, 40, 1, 0.01): "2e20bcd1188f449e",
    (2, 13, 3, 7, 0, 1, 101, 5, 0.1): "3784d60948561596",
    (4, 5, 1, 2, 1, 1, 333, 32, 0.1): "2034cf621bc7295c",
    (2, 64, 2, 140, 1, 0, 400, 300, 0.02): "4bf0756106ca8de5",
    (30, 4, 2, 3, 0, 0, 200, 16, 0.5): "664dba578c0d97a5",
    (3, 9, 2, 4, 0, 0, 200, 64, 1e30): "46c0de1fd185d000",
}
"""What the specification gives; the last one diverges."""


class Numbers:
    """A linear congruential generator (Numerical Recipes), the same in both languages."""

    def __init__(self) -> None:
        self.state = 1

    def next(self) -> int:
        """Return the next number of 32 bits."""
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state

    def units(self, n: int) -> np.ndarray:
        """Return n float32 numbers from -1 to 1."""
        whole = np.array([(self.next() >> 8) - 2**23 for _ in range(n)])
        return (whole / 2**23).astype(np.float32)


def fnv(parts: list[np.ndarray]) -> str:
    """Return the FNV-1a digest of arrays' bytes."""
    value = 14695981039346656037
    for byte in b"".join(part.tobytes() for part in parts):
        value = (value ^ byte) * 1099511628211 % 2**64
    return f"{value:016x}"


def digest(case: Case, arithmetic: Native) -> str:
    """Return the digest of all that an arithmetic computes of a case."""
    *sizes, n, size, rate = case
    depth, width, n_inputs, n_classes, batch_norm, residual = map(int, sizes)
    shape = Shape(
        depth=depth,
        width=width,
        n_inputs=n_inputs,
        n_classes=n_classes,
        batch_norm=bool(batch_norm),
        residual=bool(residual),
    )
    numbers = Numbers()
    network = numbers.units(shape.n_numbers)
    for name, value in shape.tensors(network).items():
        if name.startswith("running_var"):
            value[...] = 1
    inputs = (4 * numbers.units(n * n_inputs)).reshape(n, n_inputs)
    labels = np.array([(numbers.next() >> 8) % n_classes for _ in range(n)], np.int32)
    order = arithmetic.shuffle(np.array([numbers.next() for _ in range(n)], np.uint32))
    batches = Batches(inputs=inputs, labels=labels, order=order, size=size)
    first = arithmetic.train_epoch(shape, network, batches, rate, True)
    second = arithmetic.train_epoch(shape, network, batches, rate, False)
    loss, right = arithmetic.evaluate(shape, network, inputs, labels)
    probabilities = arithmetic.predict(shape, network, inputs)
    largest = arithmetic.largest_activations(shape, network, inputs)
    assert first.norms is not None
    parts = [network, second.losses, probabilities, largest, first.norms, np.array([loss])]
    for part in parts:
        one_nan(part)
    return fnv([*parts, np.array([first.right + second.right, right], np.int64)])
