from pathlib import Path

import numpy as np
import pytest

from families.tiny import prepare_tiny


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of prepared data: 203, 57 and 51 rows of three classes."""
    return prepare_tiny(tmp_path_factory.mktemp("data"))


@pytest.fixture
def double_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PyTorch's trainer compute in float64, so that only another formula makes a difference."""
    from gridproof.parts.families.mlp import mlp_training

    for name in ("initial_numbers", "network_inputs"):
        single = getattr(mlp_training, name)

        def double(*told: object, single=single) -> np.ndarray:
            return single(*told).astype(np.float64)

        monkeypatch.setattr(mlp_training, name, double)
