"""What a killed training leaves, and what the next one makes of it."""

import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from families.tiny import start
from gridproof.files.formats import read_table
from gridproof.files.layout import replicate_folder, state_file
from gridproof.plan.job_plans import TrainingJob
from gridproof.run.state import load_state, save_state
from run.jobs import SLOW_TRAINER, content, make_job, run, start_process, wait_until

STATE = {
    "epoch": np.array(3),
    "metrics": np.array([[0.1, np.nan]]),
    "empty": np.zeros((2, 0), np.float32),
    "across": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "bytes": np.frombuffer(b"read only", np.uint8),
}


def half_trained(job: TrainingJob, seed: int, epochs: int = 1) -> dict[str, np.ndarray]:
    """Return the state of one seed of a job after some epochs."""
    training = start(job.data, seed=seed, **job.spec["parameters"])
    for _ in range(epochs):
        training.advance()
    return training.state()


def test_state_comes_back_as_it_was(tmp_path: Path) -> None:
    """Names, types, shapes and bits survive, and equal states are equal bytes."""
    for name in ("one", "two"):
        save_state(tmp_path / name, "feedbeef0123", STATE)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    loaded = load_state(tmp_path / "one", "feedbeef0123")
    assert loaded is not None
    assert loaded.keys() == STATE.keys()
    for name, value in STATE.items():
        assert (loaded[name].dtype, loaded[name].shape) == (value.dtype, value.shape)
        assert loaded[name].tobytes() == value.tobytes()


def test_no_state_is_nothing_to_talk_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A training that starts for the first time has no state, and says nothing of it."""
    assert load_state(tmp_path / "state", "feedbeef0123") is None
    assert caplog.text == ""


def cut_short(path: Path) -> None:
    """Lose the second half."""
    os.truncate(path, path.stat().st_size // 2)


def lose_a_byte(path: Path) -> None:
    """Lose the last byte."""
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    """Lose everything."""
    path.write_bytes(b"")


def overwrite(path: Path) -> None:
    """Become another file."""
    path.write_bytes(b"\xff" * 100)


def belong_to_another_cell(path: Path) -> None:
    """Become the state of another cell, of the same shape."""
    state = load_state(path, "feedbeef0123")
    assert state is not None
    save_state(path, "0badcafe4567", state)


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut short": (cut_short, "cannot be read ("),
    "a byte short": (lose_a_byte, "cannot be read ("),
    "empty": (empty, "cannot be read ("),
    "not safetensors": (overwrite, "cannot be read ("),
    "another cell's": (belong_to_another_cell, "belongs to cell 0badcafe4567: "),
}


@pytest.mark.parametrize(("damage", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_state_is_reported_and_not_used(
    damage: Callable[[Path], None],
    reason: str,
    data: Path,
    cell: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Training starts afresh, says why, and gives what it would have given."""
    job = make_job(cell, data, (0,))
    state = half_trained(job, 0)
    state["metrics"] = state["metrics"] + 1
    path = state_file(cell, 0)
    save_state(path, job.digest, state)
    damage(path)
    with caplog.at_level(logging.INFO):
        assert run(job) == [0]
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{path} {reason}")
    assert warnings[0].endswith(": training starts afresh")
    assert "continuing" not in caplog.text
    val_loss = read_table(replicate_folder(cell, 0) / "metrics.parquet")["val_loss"].to_pylist()
    assert val_loss[1] == pytest.approx(float(state["metrics"][1, 2]) - 1)


def test_state_is_used_and_removed(
    data: Path, cell: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A job that finds a seed's state trains the remaining epochs, to the same bytes."""
    undisturbed = make_job(tmp_path / "undisturbed", data, (0, 3))
    run(undisturbed)
    job = make_job(cell, data, (0, 3))
    save_state(state_file(cell, 0), job.digest, half_trained(job, 0))
    with caplog.at_level(logging.INFO):
        assert run(job) == [0, 3]
    lines = [message for message in caplog.messages if message.startswith("epoch ")]
    assert [line.split("  ")[0] for line in lines] == ["epoch 2/2", "epoch 1/2", "epoch 2/2"]
    for seed in (0, 3):
        expected = content(replicate_folder(undisturbed.cell, seed))
        assert content(replicate_folder(cell, seed)) == expected
    assert not state_file(cell, 0).exists()


def test_state_serves_its_own_seed_alone(
    data: Path, cell: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A job of another seed neither continues from it nor removes it; its own job then does."""
    undisturbed = make_job(tmp_path / "undisturbed", data, (0, 4))
    run(undisturbed)
    job = make_job(cell, data, (0, 1, 2))
    save_state(state_file(cell, 0), job.digest, half_trained(job, 0))
    with caplog.at_level(logging.INFO):
        assert run(make_job(cell, data, (4,))) == [4]
        assert "continuing" not in caplog.text
        assert state_file(cell, 0).exists()
        assert run(job) == [0, 1, 2]
        assert f"continuing from {state_file(cell, 0)}" in caplog.messages
    for seed in (0, 4):
        expected = content(replicate_folder(undisturbed.cell, seed))
        assert content(replicate_folder(cell, seed)) == expected
    assert not state_file(cell, 0).exists()


@pytest.mark.slow
def test_killed_training_continues_to_the_same_bytes(
    data: Path, cell: Path, tmp_path: Path
) -> None:
    """kill -9 in the middle: the next job continues, not from the first epoch, to equal bytes."""
    changes = {"epochs": 40, "batch_norm": True, "batch_size": 64}
    undisturbed = make_job(tmp_path / "undisturbed", data, (0, 1), **changes)
    job = make_job(cell, data, (0, 1), **changes)
    state = state_file(cell, 0)
    with start_process(job, save_seconds=0, prelude=SLOW_TRAINER) as process:
        wait_until(state.exists)
        process.send_signal(signal.SIGKILL)
    assert not replicate_folder(cell, 0).exists()
    saved = load_state(state, job.digest)
    assert saved is not None
    assert 0 < int(saved["epoch"]) < 40
    assert run(job) == run(undisturbed) == [0, 1]
    for seed in (0, 1):
        expected = content(replicate_folder(undisturbed.cell, seed))
        assert content(replicate_folder(cell, seed)) == expected


def test_saving_changes_nothing(finished: TrainingJob, data: Path, tmp_path: Path) -> None:
    """A job that saves after every epoch writes the same bytes as one that never does."""
    saving = make_job(tmp_path / "saving", data, (0, 1, 2))
    run(saving, save_seconds=0)
    for seed in (0, 1, 2):
        expected = content(replicate_folder(finished.cell, seed))
        assert content(replicate_folder(saving.cell, seed)) == expected
