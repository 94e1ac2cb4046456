from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from figures.synthetic import write_data, write_slice


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Prepared data of four classes."""
    return write_data(tmp_path / "data")


@pytest.fixture
def make_slice(tmp_path: Path) -> Callable[..., Path]:
    """Write the slice of an experiment."""

    def make(*cells: dict[str, pd.DataFrame], name: str = "learning_rate") -> Path:
        return write_slice(tmp_path / "tables" / name, list(cells))

    return make
