from pathlib import Path

import pytest

from families.tiny import prepare_tiny
from gridproof.run.job import TrainingJob
from run.jobs import make_job, run


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of prepared data: 203, 57 and 51 rows of three classes."""
    return prepare_tiny(tmp_path_factory.mktemp("data"))


@pytest.fixture
def cell(tmp_path: Path) -> Path:
    """The folder of a cell, not made yet."""
    return tmp_path / "cells" / "mlp-d2-w8-feedbeef0123"


@pytest.fixture
def finished(cell: Path, data: Path) -> TrainingJob:
    """A job whose replicates 0, 1 and 2 are finished and assembled."""
    job = make_job(cell, data, (0, 1, 2))
    assert run(job) == [0, 1, 2]
    return job
