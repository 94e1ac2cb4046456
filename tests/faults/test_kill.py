"""A study killed at a random moment continues, and ends with the bits of an undisturbed one."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.kills import (
    PATIENCE,
    find_snakemake,
    find_trainer,
    kill_group,
    kill_snakemake,
    kill_trainer,
    replicate_bytes,
    start,
)
from workspace import Workspace

pytestmark = pytest.mark.slow

STATE = "*/state-0.safetensors"
UNTIL = ("train",)


def training_log(workspace: Workspace) -> str:
    """Return the log of the last training job, empty before it has begun."""
    logs = list(workspace.path("results/logs/train").glob("*/*.log"))
    return logs[0].read_text() if logs else ""


def first_epoch(log: str) -> int:
    """Return the first epoch that a log speaks of."""
    found = re.search(r"epoch (\d+)/", log)
    assert found, log
    return int(found[1])


KILLS: dict[str, Callable[[int], None]] = {
    "the trainer": kill_trainer,
    "the process group": kill_group,
}


@pytest.mark.parametrize("kill", KILLS.values(), ids=KILLS)
def test_killed_training_continues_with_the_same_bits(
    kill: Callable[[int], None], workspace: Workspace, undisturbed: Workspace
) -> None:
    """The next run continues after the saved epoch and ends as if nothing had happened."""
    run = start(workspace, STATE, *UNTIL)
    time.sleep(random.uniform(0, 1))
    kill(run.pid)
    run.communicate(timeout=PATIENCE)
    assert run.returncode != 0
    workspace.run("train", "--cores", "2")
    log = training_log(workspace)
    assert "continuing from" in log
    assert first_epoch(log) > 1
    assert replicate_bytes(workspace) == replicate_bytes(undisturbed)
    assert not list(workspace.path("results/cells").glob("*/state-*"))


def test_orphan_of_a_killed_snakemake_is_waited_for(
    workspace: Workspace, undisturbed: Workspace
) -> None:
    """A second trainer waits for the orphan and finds everything trained, once."""
    run = start(workspace, STATE, *UNTIL)
    orphan = find_trainer(run.pid)
    orphan.suspend()
    kill_snakemake(run.pid)
    run.wait(timeout=PATIENCE)
    assert run.stdout is not None
    run.stdout.close()
    plain = workspace.snakemake("--cores", "1", "train")
    assert plain.returncode != 0
    assert "--unlock" in plain.stdout
    again = workspace.start("-m", "gridproof", "run", "--configfile", workspace.study, "train")
    wait_for_text(workspace, "another process trains")
    orphan.resume()
    output, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, output
    assert "nothing to train" in training_log(workspace)
    assert replicate_bytes(workspace) == replicate_bytes(undisturbed)


def wait_for_text(workspace: Workspace, text: str) -> None:
    """Wait until the training log says `text`."""
    deadline = time.monotonic() + PATIENCE
    while text not in training_log(workspace):
        assert time.monotonic() < deadline, training_log(workspace)
        time.sleep(0.1)


def test_second_run_beside_a_living_one_is_refused(workspace: Workspace) -> None:
    """Two drivers in one folder would fight for the same files: the second says who is there."""
    run = start(workspace, STATE, *UNTIL)
    second = workspace.command("run", "--configfile", workspace.study)
    snakemake = find_snakemake(run.pid).pid
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    assert second.returncode == 2
    assert f"process {snakemake}" in second.stdout
    assert "Traceback" not in second.stdout


def test_interrupted_run_loses_nothing(workspace: Workspace, undisturbed: Workspace) -> None:
    """Ctrl-C ends the run without a traceback of ours, and the next one continues."""
    run = start(workspace, STATE, *UNTIL)
    os.killpg(run.pid, signal.SIGINT)
    output, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode != 0
    assert "Traceback" not in output
    assert "finished and kept" in output
    assert "run the same command again" in output
    workspace.run(
        "train",
    )
    assert replicate_bytes(workspace) == replicate_bytes(undisturbed)


def test_no_temporary_files_are_left(undisturbed: Workspace) -> None:
    """An undisturbed run leaves no hidden files but its lock in a cell's folder."""
    hidden: list[Path] = list(undisturbed.path("results/cells").rglob(".*"))
    assert {path.name for path in hidden} <= {".lock-0"}
