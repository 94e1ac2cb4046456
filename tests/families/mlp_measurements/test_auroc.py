"""The macro AUROC against scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from families.mlp_measurements.conftest import Train
from families.reference import probabilities_of
from gridproof.parts.families.mlp.measurements.auroc import auroc, macro_auroc, measure


def probabilities(n_classes: int, n: int, decimals: int | None = None) -> np.ndarray:
    """Return made-up probabilities (n_classes, n); rounding makes ties."""
    scores = np.random.default_rng(0).dirichlet(np.ones(n_classes), n).T
    if decimals is not None:
        scores = np.round(scores, decimals)
        scores[-1] = 1 - scores[:-1].sum(0)
    return scores


@pytest.mark.parametrize("decimals", [None, 1], ids=["all different", "many ties"])
def test_macro_auroc_equals_scikit_learn(decimals: int | None) -> None:
    """One class against the rest, unweighted mean, ties counting half."""
    scores = probabilities(4, 300, decimals)
    labels = np.random.default_rng(1).integers(0, 4, 300)
    expected = roc_auc_score(labels, scores.T, multi_class="ovr", average="macro")
    assert macro_auroc(scores, labels) == pytest.approx(expected, abs=1e-12)


def test_auroc_of_a_case_worked_by_hand() -> None:
    """Positives 0.9, 0.5 against negatives 0.5, 0.1: three pairs right, one tied, of four."""
    scores, positive = np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False])
    assert auroc(scores, positive) == 3.5 / 4


def test_class_without_samples_is_left_out() -> None:
    """The mean is over the classes that can be ranked; a single class cannot."""
    scores, labels = probabilities(3, 60), np.arange(60) % 2
    expected = np.mean([roc_auc_score(labels == one, scores[one]) for one in (0, 1)])
    assert macro_auroc(scores, labels) == pytest.approx(expected, abs=1e-12)
    assert np.isnan(macro_auroc(scores, np.zeros(60, dtype=int)))


def test_scores_that_are_not_finite_give_nan() -> None:
    """A diverged network has no AUROC."""
    scores = probabilities(3, 30)
    scores[1, 4] = np.nan
    assert np.isnan(macro_auroc(scores, np.arange(30) % 3))


@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "batch norm"])
def test_cell_is_measured_after_every_epoch(batch_norm: bool, train: Train) -> None:
    """Each value is scikit-learn's for the probabilities of that epoch's checkpoint."""
    _, cell = train(batch_norm=batch_norm)
    values = {(v.seed, v.epoch, v.quantity): v.value for v in measure(cell)}
    assert values.keys() == {
        (seed, epoch, f"{split}_auroc")
        for seed in (0, 1)
        for epoch in range(5)
        for split in ("val", "test")
    }
    for (seed, epoch, quantity), value in values.items():
        inputs, labels = cell.inputs(quantity.removesuffix("_auroc"))
        scores = probabilities_of(cell.shape, cell.numbers(seed, epoch), inputs)
        expected = roc_auc_score(labels, scores, multi_class="ovr", average="macro")
        assert value == pytest.approx(expected, abs=2e-3)
