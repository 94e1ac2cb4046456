"""What an MLP training records besides the numbers of the recipe."""

from pathlib import Path

import numpy as np
import pytest
import torch

from families.reference import logits_of
from families.tiny import ROWS, each_arithmetic, finish, start
from gridproof.errors import GridproofError
from gridproof.part import Replicate
from gridproof.parts.families.mlp.mlp_training import MlpTraining

LOSSES = ("train_loss", "val_loss", "test_loss")
EVALUATED = ("val_loss", "val_accuracy", "test_loss", "test_accuracy")


def diverge(training: MlpTraining, epoch: int) -> Replicate:
    """Finish a training whose weights became NaN at the end of `epoch`; return seed 0."""
    while training.epoch < epoch:
        training.advance()
    state = {name: value.copy() for name, value in training.state().items()}
    training.shape.tensors(state["history"][epoch])["weight.0"][:] = np.nan
    training.restore(state)
    return finish(training).replicate(0)


def test_epochs_and_steps_are_counted(data: Path) -> None:
    """One row an epoch from 0 on; steps are updates done, ceil(203 / 32) = 7 an epoch."""
    tables = finish(start(data)).replicate(0).tables
    assert tables["metrics"]["epoch"].tolist() == [0, 1, 2, 3, 4]
    assert tables["metrics"]["steps"].tolist() == [0, 7, 14, 21, 28]
    assert tables["batches"]["step"].tolist() == list(range(1, 29))
    assert tables["gradients"]["epoch"].tolist() == [e for e in (1, 2, 3, 4) for _ in range(3)]
    assert tables["gradients"]["layer"].tolist() == [0, 1, 2] * 4


def test_gradients_are_not_recorded_unless_asked_for(data: Path) -> None:
    """Without `gradient_norms` the table is there and empty."""
    tables = finish(start(data, epochs=1, gradient_norms=False)).replicate(0).tables
    assert {name: len(values) for name, values in tables["gradients"].items()} == {
        "epoch": 0,
        "layer": 0,
        "value": 0,
    }


def test_epoch_0_is_the_untrained_network(data: Path) -> None:
    """Its train metrics are nulls, not NaN; the others are those of the initial weights."""
    training = start(data)
    initial = training.numbers.copy()
    replicate = finish(training).replicate(0)
    metrics = replicate.tables["metrics"]
    for name in ("train_loss", "train_accuracy"):
        assert np.ma.getmaskarray(metrics[name]).tolist() == [True, False, False, False, False]
    for name in EVALUATED:
        assert not np.ma.getmaskarray(metrics[name]).any()
    for name, value in training.shape.tensors(initial).items():
        assert np.array_equal(replicate.tensors["history"][name][0], value)
    logits = torch.from_numpy(logits_of(training.shape, initial, training.inputs["val"]))
    labels = torch.from_numpy(training.labels["val"]).long()
    expected = torch.nn.functional.cross_entropy(logits, labels).item()
    assert metrics["val_loss"][0] == pytest.approx(expected, rel=1e-6)
    assert metrics["val_accuracy"][0] == pytest.approx((logits.argmax(1) == labels).double().mean())


@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "batch norm"])
def test_checkpoints_are_rows_of_the_history(batch_norm: bool, data: Path) -> None:
    """`final` is the last epoch; `best` the epoch with the lowest val loss, the untrained left out.

    At this learning rate the lowest val loss is not the last.
    """
    best_epochs = set()
    for seed in (0, 1, 2, 3):
        training = finish(start(data, seed=seed, learning_rate=0.3, batch_norm=batch_norm))
        replicate = training.replicate(seed)
        val_loss = replicate.tables["metrics"]["val_loss"]
        best = replicate.facts["best_epoch"]
        assert best == 1 + int(np.argmin(val_loss[1:]))
        best_epochs.add(best)
        tensors = replicate.tensors
        assert tensors["best"].keys() == tensors["final"].keys() == tensors["history"].keys()
        for name, history in tensors["history"].items():
            assert len(history) == 5
            assert tensors["best"][name].tobytes() == history[best].tobytes()
            assert tensors["final"][name].tobytes() == history[-1].tobytes()
    assert best_epochs - {4}


def test_checkpoint_has_torch_names_and_shapes(data: Path) -> None:
    """Biases and batch-norm tensors have one axis, as in a PyTorch module; all are float32."""
    tensors = finish(start(data, epochs=1, batch_norm=True)).replicate(0).tensors["final"]
    norm = {f"{name}.{k}": (8,) for name in ("gamma", "beta") for k in (0, 1)}
    running = {f"running_{name}.{k}": (8,) for name in ("mean", "var") for k in (0, 1)}
    linear = {"weight.0": (8, 2), "weight.1": (8, 8), "weight.2": (3, 8)}
    biases = {"bias.0": (8,), "bias.1": (8,), "bias.2": (3,)}
    assert {name: value.shape for name, value in tensors.items()} == {
        **linear,
        **biases,
        **norm,
        **running,
    }
    assert {value.dtype for value in tensors.values()} == {np.dtype("float32")}


@pytest.mark.parametrize(
    ("batch_norm", "n_parameters"), [(False, 24 + 72 + 27), (True, 24 + 72 + 27 + 32)]
)
def test_number_of_parameters(batch_norm: bool, n_parameters: int, data: Path) -> None:
    """Weights, biases and batch norm's scale and shift count, running statistics do not."""
    replicate = finish(start(data, epochs=1, batch_norm=batch_norm)).replicate(0)
    assert replicate.facts["n_parameters"] == n_parameters


@each_arithmetic
@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "batch norm"])
def test_huge_learning_rate_is_a_result(batch_norm: bool, arithmetic: str, data: Path) -> None:
    """A loss that overflows in the first epoch finishes as NaN, with accuracy 0."""
    training = start(data, arithmetic=arithmetic, learning_rate=1e38, batch_norm=batch_norm)
    replicate = finish(training).replicate(0)
    metrics = replicate.tables["metrics"]
    assert replicate.facts["diverged_epoch"] == 1
    assert replicate.facts["best_epoch"] == 1
    for name in LOSSES:
        assert np.isnan(np.ma.getdata(metrics[name])[1:]).all()
        assert not np.ma.getmaskarray(metrics[name])[1:].any()
    for name in ("val_accuracy", "test_accuracy"):
        assert np.array_equal(metrics[name][1:], np.zeros(4))
    assert np.array_equal(metrics["train_accuracy"][2:], np.zeros(3))
    assert np.isfinite(metrics["val_loss"][0])


@each_arithmetic
def test_later_divergence_keeps_what_was_good(arithmetic: str, data: Path) -> None:
    """Weights lost after epoch 2: epochs 3 and 4 are NaN, the best epoch is one before."""
    undisturbed = finish(start(data, arithmetic=arithmetic)).replicate(0).tables["metrics"]
    replicate = diverge(start(data, arithmetic=arithmetic), epoch=2)
    metrics = replicate.tables["metrics"]
    assert replicate.facts["diverged_epoch"] == 3
    assert replicate.facts["best_epoch"] == 1 + int(np.argmin(undisturbed["val_loss"][1:3]))
    for name in LOSSES:
        assert np.array_equal(metrics[name][1:3], undisturbed[name][1:3])
        assert np.isnan(metrics[name][3:]).all()
    for split in ROWS:
        assert metrics[f"{split}_accuracy"][3:].tolist() == [0.0, 0.0]


def test_training_that_ends_well_has_not_diverged(data: Path) -> None:
    """The untrained network's missing train loss is not taken for divergence."""
    assert finish(start(data)).replicate(0).facts["diverged_epoch"] is None


@pytest.mark.parametrize("batch_size", [2, 101, 202], ids=lambda size: f"batch {size}")
def test_batch_norm_refuses_a_last_batch_of_one(batch_size: int, data: Path) -> None:
    """203 rows leave one sample over, which cannot be normalised: said before training."""
    with pytest.raises(
        GridproofError, match=f"batch_size {batch_size} leaves a last batch of 1 of 203 rows"
    ):
        start(data, batch_norm=True, batch_size=batch_size)


@pytest.mark.parametrize(
    ("batch_size", "batch_norm"), [(202, False), (201, True), (203, True)], ids=str
)
def test_other_last_batches_are_fine(batch_size: int, batch_norm: bool, data: Path) -> None:
    """A single sample trains without batch norm, two samples train with it."""
    training = finish(start(data, epochs=1, batch_norm=batch_norm, batch_size=batch_size))
    assert np.isfinite(training.replicate(0).tables["metrics"]["train_loss"][1])


def test_advance_says_how_it_went(data: Path) -> None:
    """The line for the log has the epoch and its losses."""
    training = start(data)
    line = training.advance()
    val_loss = training.replicate(0).tables["metrics"]["val_loss"][1]
    assert line.startswith("epoch 1/4  train loss ")
    assert f"val loss {val_loss:.4f}" in line
