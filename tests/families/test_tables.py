"""Perceptrons on any table of classes: so many features, so many inputs; numbers are refused."""

from pathlib import Path

import numpy as np
import pytest

from data.making import prepare
from families.reference import logits_of
from families.tiny import finish, start
from gridproof.errors import GridproofError
from gridproof.parts.families.mlp.mlp_training import load_split


@pytest.fixture(scope="module")
def flowers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Options of a file of 240 rows, three features and two classes with names."""
    generator = np.random.default_rng(2)
    values = generator.normal(size=(240, 3))
    names = np.where(values.sum(1) > 0, "rose", "aster")
    lines = [f"{a},{b},{c},{name}" for (a, b, c), name in zip(values, names, strict=True)]
    path = tmp_path_factory.mktemp("flowers") / "flowers.csv"
    path.write_text("\n".join(["petal,sepal,stem,flower", *lines]))
    return {"path": str(path), "target": "flower"}


@pytest.mark.parametrize(("implicit", "n_inputs"), [(False, 3), (True, 30)], ids=["raw", "sines"])
def test_network_has_an_input_for_each_feature(
    flowers: dict[str, object], tmp_path: Path, implicit: bool, n_inputs: int
) -> None:
    """Three features are learnt from, all three, and a checkpoint tells as much as training."""
    prepare("flowers", "csv", flowers, tmp_path / "data")
    training = finish(
        start(tmp_path / "data", learning_rate=0.1, batch_size=8, epochs=30, implicit=implicit)
    )
    replicate = training.replicate(0)
    tensors = replicate.tensors["final"]
    assert tensors["weight.0"].shape == (8, n_inputs)
    assert tensors["weight.2"].shape == (2, 8)
    assert replicate.tables["metrics"]["test_accuracy"][-1] > 0.8
    inputs, labels = load_split(tmp_path / "data", "test", implicit)
    logits = logits_of(training.shape, training.shape.vector(tensors), inputs)
    right = (logits.argmax(1) == labels).mean()
    assert right == replicate.tables["metrics"]["test_accuracy"][-1]


def test_number_as_target_is_refused_before_training(
    flowers: dict[str, object], tmp_path: Path
) -> None:
    """Regression is none of this family's tasks: it says so instead of making up classes."""
    options = flowers | {"target": "stem", "regression": True}
    prepare("flowers", "csv", options, tmp_path / "data")
    with pytest.raises(GridproofError, match="found a target of float64 numbers, expected classes"):
        start(tmp_path / "data")
