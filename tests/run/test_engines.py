"""What computes a cell: the usual trainer, the faster one of equal bits, or another engine."""

from pathlib import Path

import numpy as np
import pytest

from gridproof.errors import GridproofError
from gridproof.files.formats import read_table
from gridproof.files.layout import replicate_folder
from gridproof.plan.job_plans import TrainingJob
from gridproof.run.manifest import read_manifest
from run.jobs import content, make_job, run, start_process

METRICS = ["val_loss", "test_loss", "val_accuracy", "test_accuracy"]


def metrics(job: TrainingJob, seed: int) -> np.ndarray:
    """Return the metrics of val and test, one row an epoch."""
    table = read_table(replicate_folder(job.cell, seed) / "metrics.parquet")
    return np.column_stack([table[name].to_numpy() for name in METRICS])


def test_job_without_the_kernel_gives_the_same_bytes(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It trains in numpy, and says that once a seed."""
    changes = {"batch_norm": True, "implicit": True}
    usual = make_job(tmp_path / "usual", data, (0, 1), **changes)
    run(usual)
    caplog.clear()
    monkeypatch.setattr("gridproof.parts.families.mlp.native.load_kernel", lambda: None)
    without = make_job(tmp_path / "without", data, (0, 1), **changes)
    run(without)
    said = [message for message in caplog.messages if "training in numpy" in message]
    assert len(said) == 2
    for seed in (0, 1):
        expected = content(replicate_folder(usual.cell, seed))
        assert content(replicate_folder(without.cell, seed)) == expected


def test_kernel_of_other_bits_trains_nothing(
    data: Path, cell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong kernel is an error, not a reason to train without it in silence."""

    def refuse() -> None:
        raise GridproofError("found a kernel that computes other bits")

    monkeypatch.setattr("gridproof.parts.families.mlp.native.load_kernel", refuse)
    with pytest.raises(GridproofError, match="other bits"):
        run(make_job(cell, data, (0,)))
    assert not replicate_folder(cell, 0).exists()


def test_another_engine_gives_nearly_the_same_numbers(data: Path, tmp_path: Path) -> None:
    """PyTorch's metrics differ by float32 rounding (6e-8), which 40 epochs let grow to some 1e-6.

    The manifest says what computed a replicate, and of PyTorch which version.
    """
    changes = {"depth": 1, "epochs": 40, "batch_norm": True}
    usual = make_job(tmp_path / "usual", data, (1,), **changes)
    other = make_job(tmp_path / "other", data, (1,), "torch", **changes)
    run(usual)
    run(other)
    np.testing.assert_allclose(metrics(other, 1), metrics(usual, 1), rtol=1e-4)
    manifests = [read_manifest(replicate_folder(job.cell, 1)) for job in (usual, other)]
    told = [manifest["provenance"] for manifest in manifests if manifest]
    assert [provenance["engine"] for provenance in told] == ["native", "torch"]
    assert ["torch" in provenance["libraries"] for provenance in told] == [False, True]


@pytest.mark.slow
def test_jobs_import_what_computes_them_and_no_other(data: Path, cell: Path) -> None:
    """A cell that PyTorch does not compute does not wait for it."""
    usual = make_job(cell, data, (0,))
    other = make_job(cell.with_name("other"), data, (0,), "torch")
    output, _ = start_process(usual, other).communicate(timeout=120)
    last = [line for line in output.splitlines() if line.startswith("trained")]
    assert last == ["trained [0] no torch", "trained [0] torch"]
