"""The trainer against the recipe in plain PyTorch, from the same weights and in the same order."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss

from families.plain_loop import Record, train_plainly
from families.tiny import PARAMETERS, ROWS, finish, start
from gridproof.part import Replicate
from gridproof.parts.families.mlp.network import predict
from gridproof.parts.kinds.table.prepared_table import load_table

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


def compare(replicate: Replicate, record: Record, rtol: float, flips: int) -> None:
    """Compare all that was recorded; accuracies may differ by `flips` samples."""
    metrics = replicate.tables["metrics"]
    for split, rows in ROWS.items():
        first = 1 if split == "train" else 0
        loss, accuracy = metrics[f"{split}_loss"][first:], metrics[f"{split}_accuracy"][first:]
        np.testing.assert_allclose(loss, record.metrics[f"{split}_loss"], rtol=rtol)
        differing = (accuracy - np.array(record.metrics[f"{split}_accuracy"])) * rows
        assert np.abs(differing).max() < flips + 0.5
    np.testing.assert_allclose(
        replicate.tables["batches"]["loss"], record.batch_losses, rtol=20 * rtol
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
    another formula would make.
    """
    training = start(data, seeds=(3, 1), **changed)
    records = [train_plainly(training, seed) for seed in training.seeds]
    finish(training)
    for seed, record in zip(training.seeds, records, strict=True):
        compare(training.replicate(seed), record, rtol=1e-13, flips=0)


@each_cell
def test_training_equals_plain_loop_as_shipped(changed: dict[str, object], data: Path) -> None:
    """In float32, which studies use, the same up to rounding.

    Tolerance: float32 rounds at 6e-8, the two loops add in another order, and up to 203 steps let
    the difference grow to 1e-6 in a mean loss and 2e-5 in one batch. Ten times that is allowed; a
    sample at a border may change sides.
    """
    training = start(data, **changed)
    records = [train_plainly(training, seed) for seed in training.seeds]
    finish(training)
    for seed, record in zip(training.seeds, records, strict=True):
        compare(training.replicate(seed), record, rtol=1e-5, flips=1)


@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "batch norm"])
def test_final_metrics_equal_scikit_learn(batch_norm: bool, data: Path) -> None:
    """The last row of val and test is what scikit-learn says of the final checkpoint.

    Tolerance: the trainer's logits are float32, with values up to 10: 1e-6 in a mean loss.
    """
    parameters = PARAMETERS | {"batch_norm": batch_norm}
    replicate = finish(start(data, batch_norm=batch_norm)).replicate(1)
    tensors = {name: torch.from_numpy(value) for name, value in replicate.tensors["final"].items()}
    for split in ("val", "test"):
        points, labels = load_table(data, split)
        logits = predict(tensors, parameters, torch.from_numpy(points))
        probabilities = torch.softmax(logits.double(), 1).numpy()
        metrics = replicate.tables["metrics"]
        assert metrics[f"{split}_loss"][-1] == pytest.approx(
            log_loss(labels, probabilities), rel=1e-5
        )
        assert metrics[f"{split}_accuracy"][-1] == pytest.approx(
            accuracy_score(labels, probabilities.argmax(1)), abs=1e-12
        )


def test_training_learns(data: Path) -> None:
    """The data can be learned: the comparisons above are not of a network that stands still."""
    metrics = finish(start(data, epochs=30, batch_norm=True)).replicate(0).tables["metrics"]
    assert metrics["val_loss"][-1] < 0.7 * metrics["val_loss"][0]
    assert metrics["val_accuracy"][-1] > 0.7
