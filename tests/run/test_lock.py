"""One trainer writes, the next one waits, and the kernel frees the lock of a dead one."""

import signal
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from gridproof.files.layout import assembled_folder, lock_file, replicate_folder
from gridproof.plan.job_plans import TrainingJob
from gridproof.run.lock import exclusive
from gridproof.run.manifest import is_intact
from run.jobs import make_job, start_process, start_python

HOLDER = """
import logging, sys, time
from pathlib import Path
from gridproof.run.lock import exclusive
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    if sys.argv[2] == "keep":
        time.sleep(60)
"""


def read_line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_lock_of_a_dead_process_is_free(number: signal.Signals, tmp_path: Path) -> None:
    """However the holder dies, the one that waits gets the lock; it says once that it waits."""
    path = tmp_path / "cell" / ".lock-0"
    with start_python(HOLDER, str(path), "keep") as holder:
        assert read_line(holder) == "held"
        with start_python(HOLDER, str(path), "release") as waiting:
            expected = f"another process trains {path.parent}: waiting for it to end"
            assert read_line(waiting) == expected
            holder.send_signal(number)
            assert read_line(waiting) == "held"
            assert waiting.wait(timeout=30) == 0


def test_lock_is_freed_by_an_exception(tmp_path: Path) -> None:
    """A job that fails leaves the lock to the next one."""
    path = tmp_path / ".lock-0"

    def fail() -> None:
        with exclusive(path):
            raise KeyError("failed")

    with pytest.raises(KeyError):
        fail()
    other = FileLock(path)
    other.acquire(timeout=0)
    other.release()


def test_blocks_of_a_cell_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Each block has a lock of its own: that of another block is free, its own is not."""
    with exclusive(lock_file(tmp_path, 0)):
        other = FileLock(lock_file(tmp_path, 1))
        other.acquire(timeout=0)
        other.release()
        with pytest.raises(Timeout):
            FileLock(lock_file(tmp_path, 0)).acquire(timeout=0)


GATED_TRAINER = """
import time
from pathlib import Path
from gridproof.parts.families.mlp import mlp_training as mlp

class GatedTraining(mlp.MlpTraining):
    def advance(self):
        print("training", flush=True)
        while not Path(GATE).exists():
            time.sleep(0.01)
        return super().advance()

mlp.MlpTraining = GatedTraining
"""


def start_gated(job: TrainingJob, gate: Path) -> subprocess.Popen[str]:
    """Start a job that says `training` and goes on only when the file `gate` is there."""
    return start_process(job, prelude=GATED_TRAINER.replace("GATE", repr(str(gate))))


@pytest.mark.slow
def test_second_trainer_waits_and_only_assembles(data: Path, cell: Path, tmp_path: Path) -> None:
    """An orphan still trains the cell: the next job waits for it, then finds all finished."""
    job = make_job(cell, data, (0, 1))
    gate = tmp_path / "gate"
    with start_gated(job, gate) as first:
        while read_line(first) != "training":
            assert first.poll() is None
        with start_process(job) as second:
            waiting = f"another process trains {cell}: waiting for it to end"
            assert read_line(second) == waiting
            assert not replicate_folder(cell, 0).exists()
            gate.touch()
            rest, _ = second.communicate(timeout=60)
        output, _ = first.communicate(timeout=60)
    assert output.splitlines()[-1] == "trained [0, 1] no torch"
    assert rest.splitlines() == [
        f"all replicates of {cell.name} are there: nothing to train",
        "trained [] no torch",
    ]
    assert all(is_intact(replicate_folder(cell, seed)) for seed in job.seeds)
    assert assembled_folder(cell, job.seeds).exists()
