"""Linear classifiers on features, against the frozen network and scikit-learn."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from families.pictures import (
    bits,
    check_files,
    check_resumption,
    finish,
    labels_of,
    start,
    write_features,
    write_images,
)
from gridproof.parts.kinds.features import featurise

SOLVERS = {
    "adam": {"solver": "adam", "epochs": 2},
    "adam, standardised": {"solver": "adam", "standardise": True},
    "lbfgs": {"solver": "lbfgs"},
    "lbfgs, standardised": {"solver": "lbfgs", "standardise": True},
}
each_solver = pytest.mark.parametrize("changed", SOLVERS.values(), ids=SOLVERS)


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 12 features of 45, 21 and 14 images."""
    return write_features(tmp_path_factory.mktemp("features") / "tiny")


def split_of(features: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return features (n, 12) in float64 and labels (n,)."""
    first = {"train": 0, "val": 45, "test": 66}[split]
    labels = labels_of(features, split)
    values = np.load(features / "features.npy")[first : first + len(labels)]
    return values.astype(np.float64), labels


def test_adam_is_the_frozen_network_s_last_layer(tmp_path: Path) -> None:
    """On kept features it gives the numbers that passing through the backbone each time gives."""
    images = write_images(tmp_path / "images", side=40)
    kept = tmp_path / "features"
    kept.mkdir()
    featurise.write_features(images, {"backbone": "efficientnet_lite0", "weights": ""}, 1, kept)
    changed = {"learning_rate": 0.01, "epochs": 2, "batch_size": 8}
    probe = finish(start("probe", kept, **changed)).replicate(0)
    network = finish(start("cnn", images, frozen=True, image_size=40, **changed)).replicate(0)
    for table, columns in network.tables.items():
        for name, values in columns.items():
            found = probe.tables[table][name]
            if values.dtype.kind == "f":
                np.testing.assert_allclose(found, values, atol=1e-5, err_msg=name)
            else:
                assert np.array_equal(found, values)
    for name in ("weight", "bias"):
        expected = network.tensors["final"][f"last.{name}"]
        np.testing.assert_allclose(probe.tensors["final"][name], expected, atol=1e-5)
    assert probe.facts == network.facts | {"n_parameters": 1281}


@pytest.mark.parametrize("inverse_regularisation", [1.0, 0.01])
@pytest.mark.parametrize("standardise", [False, True], ids=["raw", "standardised"])
def test_lbfgs_is_logistic_regression(
    inverse_regularisation: float, standardise: bool, features: Path
) -> None:
    """Scores, losses and accuracies are those of scikit-learn's pipeline."""
    training = finish(
        start(
            "probe",
            features,
            solver="lbfgs",
            inverse_regularisation=inverse_regularisation,
            standardise=standardise,
        )
    )
    model = LogisticRegression(C=inverse_regularisation, max_iter=10_000, tol=1e-8)
    reference = make_pipeline(*([StandardScaler()] if standardise else []), model)
    reference.fit(*split_of(features, "train"))
    replicate = training.replicate(0)
    metrics, predictions = replicate.tables["metrics"], replicate.tables["predictions"]
    assert metrics["epoch"].tolist() == [1]
    assert replicate.facts == {"n_parameters": 13, "best_epoch": 1, "diverged_epoch": None}
    for split in ("train", "val", "test"):
        x, y = split_of(features, split)
        expected = reference.predict_proba(x)[:, 1]
        assert metrics[f"{split}_loss"][0] == pytest.approx(log_loss(y, expected), rel=2e-3)
        assert metrics[f"{split}_accuracy"][0] == accuracy_score(y, expected > 0.5)
        if split != "train":
            found = predictions["score"][predictions["split"] == split]
            np.testing.assert_allclose(found, expected, atol=2e-3)


@each_solver
def test_final_tensors_reproduce_the_predictions(
    changed: dict[str, object], features: Path
) -> None:
    """Weight, bias and, where there is one, the scaling are all that a reader needs."""
    replicate = finish(start("probe", features, **changed)).replicate(0)
    final = replicate.tensors["final"]
    x = np.concatenate([split_of(features, split)[0] for split in ("val", "test")])
    scaled = (x - final.get("mean", 0)) / final.get("scale", 1)
    logits = scaled @ final["weight"][0] + final["bias"]
    np.testing.assert_allclose(replicate.tables["predictions"]["score"], expit(logits), atol=1e-6)


@each_solver
def test_training_continues_with_the_same_bits(
    changed: dict[str, object], features: Path, tmp_path: Path
) -> None:
    """Stopped after any part, it ends as one that was never stopped."""
    undisturbed = finish(start("probe", features, **changed)).replicate(0)
    check_resumption("probe", features, tmp_path, undisturbed, **changed)


@each_solver
def test_equal_cells_give_equal_bits(changed: dict[str, object], features: Path) -> None:
    """Twice the same; only a solver that draws nothing is blind to the seed."""
    first = bits(finish(start("probe", features, **changed)).replicate(0))
    assert bits(finish(start("probe", features, **changed)).replicate(0)) == first
    other = bits(finish(start("probe", features, seed=1, **changed)).replicate(1))
    assert (other == first) == (changed["solver"] == "lbfgs")


@each_solver
def test_store_takes_the_replicate(
    changed: dict[str, object], features: Path, tmp_path: Path
) -> None:
    """Both solvers hand over the columns that all image families have."""
    replicate = finish(start("probe", features, **changed)).replicate(0)
    check_files(replicate, tmp_path / "seed-0")


def test_lbfgs_says_whether_it_converged(features: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that is cut short is told in the log, not by a warning."""
    assert "has converged" in start("probe", features, solver="lbfgs").advance()
    monkeypatch.setattr("gridproof.parts.families.probe.probe_training.MAX_ITERATIONS", 2)
    assert "has not converged after 2" in start("probe", features, solver="lbfgs").advance()
