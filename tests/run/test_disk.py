"""A disk that is full or may not be written to: the job fails, what is finished stays."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gridproof.errors import GridproofError
from gridproof.failures import explain
from gridproof.files.layout import assembled_folder, replicate_folder
from gridproof.plan.job_plans import TrainingJob
from gridproof.run.manifest import is_intact
from gridproof.run.state import load_state, save_state
from mounts import mounted
from run.jobs import NEVER, content, make_job, run

PAGE = os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", "size=600k", "tmpfs"):
        yield folder


def fill(disk: Path, pages_left: int) -> Path:
    """Fill a disk but for some pages; return the file that does so."""
    filler = disk / "filler"
    status = os.statvfs(disk)
    pages = status.f_bavail * status.f_frsize // PAGE - pages_left
    filler.write_bytes(bytes(pages * PAGE))
    assert os.statvfs(disk).f_bavail * status.f_frsize == pages_left * PAGE
    return filler


def visible(folder: Path) -> set[str]:
    """Return the names that readers look at."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def fail(job: TrainingJob, save_seconds: float) -> str:
    """Run a job that must fail in a way that the user is told in one message; return that."""
    with pytest.raises((GridproofError, OSError)) as caught:
        run(job, save_seconds)
    message = explain(caught.value)
    assert message is not None
    return message


@pytest.mark.parametrize("save_seconds", [0, NEVER], ids=["saving the state", "never saving"])
@pytest.mark.parametrize("pages_left", [0, 1, 2, 4, 6, 8, 12])
def test_full_disk(pages_left: int, save_seconds: float, data: Path, small_disk: Path) -> None:
    """Wherever the space runs out, replicate 0 stays intact and no half of another appears.

    With space again the same job trains the rest, to the bytes of a job that had space.
    """
    cell = small_disk / "cell"
    run(make_job(cell, data, (0,)))
    before = content(replicate_folder(cell, 0))
    job = make_job(cell, data, (0, 1, 2))
    filler = fill(small_disk, pages_left)
    message = fail(job, save_seconds)
    assert message.endswith(
        "the disk is full; finished cells are kept, run again once this is solved"
    )
    assert content(replicate_folder(cell, 0)) == before
    for seed in (0, 1, 2):
        folder = replicate_folder(cell, seed)
        assert is_intact(folder) or not folder.exists()
    assert visible(cell) <= {
        "seed-0",
        "seed-1",
        "seed-2",
        "seeds-0",
        "seeds-0-1-2",
        *(f"state-{seed}.safetensors" for seed in (0, 1, 2)),
    }
    filler.unlink()
    run(job)
    assert content(replicate_folder(cell, 0)) == before
    assert visible(cell) == {"seed-0", "seed-1", "seed-2", "seeds-0", "seeds-0-1-2"}


def test_full_disk_keeps_the_older_state(small_disk: Path) -> None:
    """A state that does not fit leaves the last one that did, to continue from."""
    path = small_disk / "state"
    save_state(path, "feedbeef0123", {"epoch": np.array(1), "much": np.ones(1000, np.float32)})
    fill(small_disk, 1)
    with pytest.raises(OSError, match="No space left on device"):
        save_state(path, "feedbeef0123", {"epoch": np.array(2), "much": np.ones(2000, np.float32)})
    state = load_state(path, "feedbeef0123")
    assert state is not None
    assert int(state["epoch"]) == 1
    assert visible(small_disk) == {"state", "filler"}


@pytest.mark.parametrize("pages_left", [0, 1, 2, 4, 6])
def test_disk_that_is_full_while_assembling(pages_left: int, data: Path, small_disk: Path) -> None:
    """All replicates are finished: they stay, and no assembled file is half-written."""
    cell = small_disk / "cell"
    job = make_job(cell, data, (0, 1, 2))
    run(job)
    target = assembled_folder(cell, job.seeds)
    expected = {path.name: path.read_bytes() for path in target.iterdir()}
    shutil.rmtree(target)
    filler = fill(small_disk, pages_left)
    assert "the disk is full" in fail(job, NEVER)
    assert all(is_intact(replicate_folder(cell, seed)) for seed in job.seeds)
    for path in target.iterdir():
        assert path.read_bytes() == expected[path.name]
    filler.unlink()
    assert run(job) == []
    assert {path.name: path.read_bytes() for path in target.iterdir()} == expected


def test_read_only_folder(finished: TrainingJob, data: Path) -> None:
    """A cell on a read-only file system: a clear failure, and everything is as it was."""
    before = {seed: content(replicate_folder(finished.cell, seed)) for seed in finished.seeds}
    names = visible(finished.cell)
    with mounted(finished.cell, "-o", "bind,ro", str(finished.cell)):
        for seeds in ((0, 1, 2), (3,)):
            message = fail(make_job(finished.cell, data, seeds), NEVER)
            assert "the file system is read-only; finished cells are kept" in message
    assert visible(finished.cell) == names
    for seed, expected in before.items():
        assert content(replicate_folder(finished.cell, seed)) == expected
