"""How many jobs `gridproof run` lets have a GPU at once."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from gridproof.cli import snakemake_options as options
from gridproof.cli.snakemake_options import cores_of, gpu_option

if TYPE_CHECKING:
    from gridproof.plan.study import Study


def study(*gpu: bool, derived: int = 0) -> "Study":
    """Return what is asked of a study: whether each cell uses a GPU, and how many data do."""
    cells = {
        str(number): SimpleNamespace(family=SimpleNamespace(gpu=uses), threads=2)
        for number, uses in enumerate(gpu)
    }
    kind = SimpleNamespace(gpu=True, threads=2)
    plans = {str(number): SimpleNamespace(declared=kind) for number in range(derived)}
    return cast("Study", SimpleNamespace(cells=cells, derived=plans))


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of four cores without GPUs, and a user without a profile."""
    monkeypatch.setattr(options, "available_cores", lambda: 4)
    monkeypatch.setenv("GRIDPROOF_DEVICES", "")
    for name in ("CUDA_VISIBLE_DEVICES", "SNAKEMAKE_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("arguments", "slots"),
    [((), 2), (("--cores", "8"), 4), (("-c1",), 1), (("-j", "all", "-n"), 2)],
)
def test_without_gpus_slots_fill_the_cores(arguments: tuple[str, ...], slots: int) -> None:
    """Jobs of two threads, as many as the cores that Snakemake is given hold."""
    assert gpu_option(study(True), arguments) == [f"--resources=gpu={slots}"]


def test_with_gpus_each_is_a_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many cores there are; those that are not visible do not count."""
    monkeypatch.setenv("GRIDPROOF_DEVICES", "cuda:0,cuda:1,cuda:2")
    assert gpu_option(study(True), ()) == ["--resources=gpu=3"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2")
    assert gpu_option(study(False, derived=1), ()) == ["--resources=gpu=1"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--resources", "gpu=1"),
        ("--res=gpu=5",),
        ("--workflow-profile", "profiles/mine"),
        ("--profile=cluster",),
        ("--executor", "slurm"),
    ],
)
def test_user_decides(arguments: tuple[str, ...]) -> None:
    """Options, profiles and executors of the user are left alone."""
    assert gpu_option(study(True), arguments) == []


def test_study_without_such_jobs_does_not_ask_for_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken driver does not stop a study that needs no GPU."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "nonsense")
    assert gpu_option(study(False, False), ()) == []


@pytest.mark.parametrize(
    ("arguments", "cores"),
    [((), 4), (("-c", "3"), 3), (("--cores=2", "-n"), 2), (("--cores",), 4), (("-np", "x"), 4)],
)
def test_cores_are_those_that_snakemake_is_given(arguments: tuple[str, ...], cores: int) -> None:
    """In all the forms in which they can be said."""
    assert cores_of(arguments) == cores
