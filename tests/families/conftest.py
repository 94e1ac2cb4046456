from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from families.tiny import prepare_tiny


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of prepared data: 203, 57 and 51 rows of three classes."""
    return prepare_tiny(tmp_path_factory.mktemp("data"))


@pytest.fixture
def double_precision(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the trainer compute in float64, so that only a different formula makes a difference."""
    from gridproof.parts.kinds.table.prepared_table import load_classes

    def load_double(directory: Path, split: str) -> tuple[object, object]:
        features, labels = load_classes(directory, split)
        return features.astype("float64"), labels

    monkeypatch.setattr("gridproof.parts.families.mlp.mlp_training.load_classes", load_double)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)
