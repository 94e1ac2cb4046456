"""Losses, scores and tables of two classes."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import accuracy_score, log_loss

from gridproof.parts.training.two_classes import (
    METRICS,
    evaluate,
    is_right,
    metrics_table,
    sample_losses,
    scores,
    training_facts,
)


def test_evaluate_agrees_with_scikit_learn() -> None:
    """Mean cross-entropy in nats and accuracy of logits, in double precision."""
    generator = np.random.default_rng(1)
    logits = generator.normal(scale=4, size=200)
    labels = generator.integers(0, 2, 200)
    loss, accuracy = evaluate(logits, labels)
    assert loss == pytest.approx(log_loss(labels, expit(logits)), rel=1e-12)
    assert accuracy == accuracy_score(labels, expit(logits) > 0.5)
    np.testing.assert_allclose(scores(logits), expit(logits), rtol=1e-14)


def test_large_logits_neither_overflow_nor_vanish() -> None:
    """A loss is the distance to the wrong side, and 0 on the right one."""
    logits = np.array([1e4, -1e4, np.inf, -np.inf], dtype=np.float32)
    assert sample_losses(logits, np.array([1, 0, 1, 0])).tolist() == [0, 0, 0, 0]
    assert sample_losses(logits, np.array([0, 1, 0, 1])).tolist() == [1e4, 1e4, np.inf, np.inf]
    assert scores(logits).tolist() == [1, 0, 1, 0]


def test_undecided_and_nan() -> None:
    """A score of 0.5 counts as class 0, NaN as right for neither."""
    logits = np.array([0.0, 0.0, np.nan, np.nan])
    labels = np.array([0, 1, 0, 1])
    assert is_right(logits, labels).tolist() == [True, False, False, False]
    assert (
        np.isnan(sample_losses(logits.astype(np.float32), labels)).tolist()
        == [False] * 2 + [True] * 2
    )


def test_only_train_metrics_of_epoch_0_are_nulls() -> None:
    """They are not measured before training; tables that begin with epoch 1 have no nulls."""
    table = metrics_table([0, 1], [0, 44], np.ones((2, 6)))
    masks = {name: np.ma.getmaskarray(table[name]).tolist() for name in METRICS}
    assert masks["train_loss"] == masks["train_accuracy"] == [True, False]
    assert masks["val_loss"] == masks["test_accuracy"] == [False, False]
    assert not np.ma.getmaskarray(metrics_table([1], [44], np.ones((1, 6)))["train_loss"]).any()


def test_best_and_diverged_epoch() -> None:
    """The untrained model is never the best one, nor is one whose loss is not finite."""
    values = np.zeros((5, 6))
    values[:, METRICS.index("val_loss")] = [0.1, 0.7, 0.5, np.nan, 0.6]
    facts = training_facts(range(5), values, 9)
    assert facts == {"n_parameters": 9, "best_epoch": 2, "diverged_epoch": 3}
    values[1, METRICS.index("train_loss")] = np.inf
    assert training_facts(range(5), values, 9)["diverged_epoch"] == 1
    values[:, METRICS.index("val_loss")] = np.nan
    assert training_facts(range(5), values, 9)["best_epoch"] == 1
