"""The trainer against the recipe in plain PyTorch, from the same weights and in the same order."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from families.plain_loop import Record, train_plainly
from families.reference import probabilities_of
from families.tiny import ROWS, each_arithmetic, finish, start
from gridproof.part import Replicate

CELLS: dict[str, dict[str, object]] = {
    "plain": {},
    "batch norm": {"batch_norm": True},
    "residual": {"residual": True, "depth": 3},
    "residual with batch norm": {"residual": True, "depth": 3, "batch_norm": True},
    "implicit": {"implicit": True},
    "implicit with batch norm": {"implicit": True, "batch_norm": True},
    "whole batches only": {"batch_size": 29},
    "one batch an epoch": {"batch_size": 203},
    "batch larger than the data": {"batch_size": 1000, "batch_norm": True},
    "single samples": {"batch_size": 1, "epochs": 1},
}
each_cell = pytest.mark.parametrize("changed", CELLS.values(), ids=CELLS)


def compare(
    replicate: Replicate, record: Record, rtol: float, flips: int, stored: float = 0.0
) -> None:
    """Compare all that was recorded; accuracies may differ by `flips` samples.

    `stored` is what the losses of batches, and so those of train, may lose by being written down.
    """
    metrics = replicate.tables["metrics"]
    for split, rows in ROWS.items():
        first = 1 if split == "train" else 0
        loss, accuracy = metrics[f"{split}_loss"][first:], metrics[f"{split}_accuracy"][first:]
        allowed = max(rtol, stored) if split == "train" else rtol
        np.testing.assert_allclose(loss, record.metrics[f"{split}_loss"], rtol=allowed)
        differing = (accuracy - np.array(record.metrics[f"{split}_accuracy"])) * rows
        assert np.abs(differing).max() < flips + 0.5
    np.testing.assert_allclose(
        replicate.tables["batches"]["loss"], record.batch_losses, rtol=max(20 * rtol, stored)
    )
    norms = replicate.tables["gradients"]["value"]
    np.testing.assert_allclose(norms, np.ravel(record.gradients), rtol=20 * rtol)


@pytest.mark.usefixtures("double_precision")
@each_cell
def test_training_equals_plain_loop_in_double_precision(
    changed: dict[str, object], data: Path
) -> None:
    """Every loss, accuracy and gradient norm of every epoch and batch is the plain loop's.

    Tolerance: float64 rounds at 1e-16; up to 203 steps let that grow to 1e-15 in a mean loss and
    1e-14 in a batch's. The hundredfold leaves room for other processors, and is far below what
    another formula would make. Losses of batches are stored as float32, which rounds at 6e-8.
    """
    for seed in (3, 1):
        training = start(data, arithmetic="torch", seed=seed, **changed)
        record = train_plainly(training)
        replicate = finish(training).replicate(seed)
        compare(replicate, record, rtol=1e-13, flips=0, stored=6e-8)


@each_arithmetic
@each_cell
def test_training_equals_plain_loop_as_shipped(
    changed: dict[str, object], arithmetic: str, data: Path
) -> None:
    """In float32, which studies use, the same up to rounding.

    Tolerance: float32 rounds at 6e-8, the two loops add in another order, and up to 203 steps let
    the difference grow to 1e-6 in a mean loss and 2e-5 in one batch. Ten times that is allowed; a
    sample at a border may change sides.
    """
    for seed in (0, 1):
        training = start(data, arithmetic=arithmetic, seed=seed, **changed)
        record = train_plainly(training)
        compare(finish(training).replicate(seed), record, rtol=1e-5, flips=1)


@each_arithmetic
@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "batch norm"])
def test_final_metrics_equal_scikit_learn(batch_norm: bool, arithmetic: str, data: Path) -> None:
    """The last row of val and test is what scikit-learn says of the final checkpoint.

    Tolerance: the trainer's logits are float32, with values up to 10: 1e-6 in a mean loss.
    """
    training = finish(start(data, arithmetic=arithmetic, seed=1, batch_norm=batch_norm))
    replicate = training.replicate(1)
    final = training.shape.vector(replicate.tensors["final"])
    for split in ("val", "test"):
        labels = training.labels[split]
        probabilities = probabilities_of(training.shape, final, training.inputs[split])
        metrics = replicate.tables["metrics"]
        assert metrics[f"{split}_loss"][-1] == pytest.approx(
            log_loss(labels, probabilities), rel=1e-5
        )
        assert metrics[f"{split}_accuracy"][-1] == pytest.approx(
            accuracy_score(labels, probabilities.argmax(1)), abs=1e-12
        )


@each_arithmetic
def test_training_learns(arithmetic: str, data: Path) -> None:
    """The data can be learned: the comparisons above are not of a network that stands still."""
    training = finish(start(data, arithmetic=arithmetic, epochs=30, batch_norm=True))
    metrics = training.replicate(0).tables["metrics"]
    assert metrics["val_loss"][-1] < 0.7 * metrics["val_loss"][0]
    assert metrics["val_accuracy"][-1] > 0.7
