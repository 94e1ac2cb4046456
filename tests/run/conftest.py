from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from families.tiny import prepare_tiny
from gridproof.plan.job_plans import TrainingJob
from gridproof.run.devices import nvml
from run.fake_nvml import FakeNvml, Handle
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


@pytest.fixture(autouse=True)
def no_device_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests start from an environment that says nothing about devices."""
    for name in (
        "CUDA_VISIBLE_DEVICES",
        "GRIDPROOF_DEVICES",
        "GRIDPROOF_LEASED_DEVICE",
        "GRIDPROOF_DEVICE_LOCKS",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FakeNvml]]:
    """Make a machine with these GPUs, whose driver is there; `failure` is what NVML answers."""
    made: list[FakeNvml] = []

    def make(
        gpus: Sequence[Handle] = (), *, failure: int | None = None, driver: bool = True
    ) -> FakeNvml:
        fake = FakeNvml(gpus, failure)
        fake.replace_the_library(monkeypatch)
        monkeypatch.setattr(nvml, "DRIVER", tmp_path if driver else tmp_path / "none")
        made.append(fake)
        return fake

    yield make
    assert [fake.started for fake in made] == [0] * len(made)
