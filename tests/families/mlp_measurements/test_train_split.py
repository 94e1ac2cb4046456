"""The train split in eval mode, against scikit-learn and against what the trainer says of val."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from families.mlp_measurements.conftest import Train
from families.reference import probabilities_of
from gridproof.parts.families.mlp.measurements.train_in_eval_mode import measure, measured_epochs
from gridproof.parts.families.mlp.trained import TrainedCell


@pytest.mark.parametrize(
    ("last", "expected"),
    [(1, [0, 1]), (4, [0, 1, 2, 3, 4]), (50, list(range(0, 51, 5))), (7, list(range(8)))],
)
def test_epochs_are_about_ten(last: int, expected: list[int]) -> None:
    """The untrained network, the last epoch and about ten parts between."""
    assert measured_epochs(last) == expected


@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "batch norm"])
def test_values_equal_scikit_learn(batch_norm: bool, train: Train) -> None:
    """Loss and accuracy of the final weights on the rows that were trained on."""
    _, cell = train(batch_norm=batch_norm)
    inputs, labels = cell.inputs("train")
    values = {(v.seed, v.epoch, v.quantity): v.value for v in measure(cell)}
    for seed in (0, 1):
        expected = probabilities_of(cell.shape, cell.numbers(seed, 4), inputs)
        loss, accuracy = (values[seed, 4, f"train_eval_{name}"] for name in ("loss", "accuracy"))
        assert loss == pytest.approx(log_loss(labels, expected), rel=1e-5)
        assert accuracy == accuracy_score(labels, expected.argmax(1))


@pytest.mark.parametrize(
    "changed",
    [{}, {"batch_norm": True}, {"residual": True}, {"implicit": True}],
    ids=["plain", "batch norm", "residual", "implicit"],
)
def test_another_split_measured_so_is_what_the_trainer_recorded(
    changed: dict[str, object], train: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of val, the measurement gives the trainer's own metrics, to the bit, of every epoch."""
    trainings, cell = train(**changed)
    of_val = cell.inputs("val")
    monkeypatch.setattr(TrainedCell, "inputs", lambda _cell, _split: of_val)
    values = {(v.seed, v.epoch, v.quantity): v.value for v in measure(cell)}
    for seed, training in trainings.items():
        metrics = training.replicate(seed).tables["metrics"]
        for epoch in cell.epochs:
            assert values[seed, epoch, "train_eval_loss"] == metrics["val_loss"][epoch]
            assert values[seed, epoch, "train_eval_accuracy"] == metrics["val_accuracy"][epoch]


def test_weights_that_are_not_finite_give_nan(train: Train) -> None:
    """A diverged network has no loss and is never right."""
    _, cell = train()
    history = {name: np.full_like(value, np.nan) for name, value in cell.history.items()}
    values = measure(replace(cell, history=history))
    assert all(np.isnan(v.value) for v in values if v.quantity == "train_eval_loss")
    assert all(v.value == 0 for v in values if v.quantity == "train_eval_accuracy")
