from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from families.tiny import PARAMETERS, finish, prepare_tiny, start
from gridproof.parts.families.mlp.mlp_training import MlpTraining
from gridproof.parts.families.mlp.trained import TrainedCell

Train = Callable[..., tuple[dict[int, MlpTraining], TrainedCell]]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of prepared data: 203, 57 and 51 rows of three classes."""
    return prepare_tiny(tmp_path_factory.mktemp("data"))


@pytest.fixture
def train(data: Path) -> Train:
    """A function that trains seeds 0 and 1 of a small cell and returns it as it is measured."""

    def trained(**changed: object) -> tuple[dict[int, MlpTraining], TrainedCell]:
        trainings = {seed: finish(start(data, seed=seed, **changed)) for seed in (0, 1)}
        history = {
            f"seed-{seed}/{name}": value
            for seed, training in trainings.items()
            for name, value in training.replicate(seed).tensors["history"].items()
        }
        return trainings, cell(PARAMETERS | changed, history, data)

    return trained


def cell(parameters: dict[str, object], history: dict[str, np.ndarray], data: Path) -> TrainedCell:
    """Return a finished cell with these weights."""
    return TrainedCell(parameters=parameters, history=history, data=data)
