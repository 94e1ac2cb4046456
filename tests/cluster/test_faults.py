"""What goes wrong on a cluster: jobs and daemons that die, and what becomes of the study."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from cluster.conftest import Slurm, small_study
from faults.kills import replicate_bytes, wait, wait_for_state
from workspace import Workspace

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]

PATIENCE = 300
LONG = """\
title: A training of some seconds
study: small
data:
  towns:
    {source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv,
     target: country}
seeds: 2
experiments:
  batch_norm:
    set: {depth: 4, width: 16, learning_rate: 0.05, batch_size: 64, epochs: 200}
    sweep: {batch_norm: [true]}
"""
SECONDS = 0.05
"""Of an epoch, without computing: 20 seconds for the two seeds."""
STATE = "*/state-0.safetensors"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The long study, trained on this machine."""
    workspace = small_study(tmp_path_factory.mktemp("undisturbed") / "clone", LONG)
    workspace.slow_down(SECONDS)
    workspace.run("--until", "train")
    return workspace


@pytest.fixture
def long(slurm: Slurm, tmp_path: Path) -> Workspace:
    """The long study on the login node, nothing of it run."""
    workspace = small_study(tmp_path / "clone", LONG)
    workspace.slow_down(SECONDS)
    workspace.variables = slurm.variables
    return workspace


def start(workspace: Workspace, profile: str, *arguments: str) -> subprocess.Popen[str]:
    """Start the study through a profile of the cluster, trainings only."""
    return workspace.start(
        *("-m", "snakemake", "--configfile", workspace.study),
        *("--workflow-profile", f"profiles/{profile}", "--until", "train", *arguments),
    )


def start_training(workspace: Workspace, profile: str) -> subprocess.Popen[str]:
    """Start the study through a profile, and wait until its training has saved a state."""
    run = start(workspace, profile)
    wait_for_state(workspace, STATE, run, PATIENCE)
    return run


def finish(run: subprocess.Popen[str]) -> str:
    """Wait for the end of a run, which must be a good one; return its output."""
    output, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, output
    return output


def training_log(workspace: Workspace) -> str:
    """Return the log of the last training job."""
    (log,) = workspace.path("results/logs/train").glob("*/*.log")
    return log.read_text()


def assert_continued(workspace: Workspace, undisturbed: Workspace) -> None:
    """Assert that the last job went on from a state, and ended as if nothing had happened."""
    assert "continuing from" in training_log(workspace)
    assert replicate_bytes(workspace) == replicate_bytes(undisturbed)


def trainer(workspace: Workspace) -> psutil.Process:
    """Return the process that trains in a workspace."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            trains = process.cmdline()[1:4] == ["-m", "gridproof", "train"]
            if trains and Path(process.cwd()) == workspace.root:
                return process
    raise AssertionError("no training process")


def jobs(slurm: Slurm, state: str, partition: str = "cpu") -> list[str]:
    """Return the numbers of a partition's jobs in a state of Slurm's, such as RUNNING."""
    return slurm.ask("squeue", "-h", "-p", partition, "-t", state, "-o", "%i").split()


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_cancelled_job_is_sent_again_and_continues(
    long: Workspace, undisturbed: Workspace, slurm: Slurm, profile: str
) -> None:
    """After scancel the next attempt goes on from the state that the first one left."""
    run = start_training(long, profile)
    slurm.ask("scancel", *jobs(slurm, "RUNNING"))
    finish(run)
    assert_continued(long, undisturbed)


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_preempted_job_continues_when_there_is_room_again(
    long: Workspace, undisturbed: Workspace, slurm: Slurm, profile: str
) -> None:
    """A job of a partition that goes first takes all nodes; ours saves its state and waits."""
    run = start_training(long, profile)
    trainer(long).suspend()
    urgent = ("sbatch", "--parsable", "--partition=urgent", "--nodes=3", "--exclusive")
    slurm.ask(*urgent, "--output=/dev/null", "--wrap=sleep 5")
    wait(lambda: not jobs(slurm, "PENDING", "urgent"), run, PATIENCE)
    finish(run)
    assert_continued(long, undisturbed)


def test_driver_killed_and_started_again_trains_nothing_twice(
    long: Workspace, undisturbed: Workspace, slurm: Slurm
) -> None:
    """The job that it sends again waits for the one that still runs and finds the replicates."""
    run = start_training(long, "generic")
    orphan = trainer(long)
    orphan.suspend()
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate(timeout=PATIENCE)
    assert jobs(slurm, "RUNNING")
    assert long.snakemake("--unlock").returncode == 0
    again = start(long, "generic")
    wait(lambda: "another process trains" in training_log(long), again, PATIENCE)
    orphan.resume()
    finish(again)
    assert "nothing to train" in training_log(long)
    assert replicate_bytes(long) == replicate_bytes(undisturbed)


def test_job_over_its_time_limit_continues_in_the_next_attempt(
    long: Workspace, undisturbed: Workspace, slurm: Slurm
) -> None:
    """The limit ends it by TERM; it saves its state, and the next job goes on from there."""
    run = start_training(long, "generic")
    trainer(long).suspend()
    (job,) = jobs(slurm, "RUNNING")
    slurm.ask("scontrol", "update", f"JobId={job}", "TimeLimit=1")
    finish(run)
    assert_continued(long, undisturbed)


def test_job_of_a_node_that_went_down_continues_on_another(
    long: Workspace, undisturbed: Workspace, slurm: Slurm
) -> None:
    """Slurm queues it again under its number, and it goes on from its last state.

    The node of the tests' Slurm comes back by itself.
    """
    run = start_training(long, "generic")
    (node,) = slurm.ask("squeue", "-h", "-t", "RUNNING", "-o", "%N").split()
    slurm.ask("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=test")
    output = finish(run)
    assert output.count("with external jobid") == len(["data", "train"]), output
    assert_continued(long, undisturbed)


def test_study_outlives_a_controller_that_is_restarted(
    long: Workspace, undisturbed: Workspace, slurm: Slurm
) -> None:
    """While the controller does not answer, jobs count as running and are not sent again."""
    run = start_training(long, "generic")
    slurm.stop_controller()
    time.sleep(8)
    assert run.poll() is None
    slurm.start_controller()
    output = finish(run)
    assert "continuing from" not in training_log(long)
    assert output.count("with external jobid") == len(["data", "train"]), output
    assert replicate_bytes(long) == replicate_bytes(undisturbed)


def test_config_edited_while_jobs_wait_is_told_and_the_next_run_follows_it(
    long: Workspace, slurm: Slurm
) -> None:
    """The waiting job ends and says what to do; nothing is trained that is no longer asked for."""
    prepared = start(long, "generic", "--until", "data")
    finish(prepared)
    slurm.ask("scontrol", "update", "PartitionName=cpu", "State=DOWN")
    try:
        run = start(long, "generic", "--retries", "0")
        wait(lambda: jobs(slurm, "PENDING"), run, PATIENCE)
        long.edit("config/small.yaml", lambda text: text.replace("epochs: 200", "epochs: 2"))
    finally:
        slurm.ask("scontrol", "update", "PartitionName=cpu", "State=UP")
    output, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode != 0
    assert "run the same command again" in output + job_logs(long)
    assert not replicate_bytes(long)
    finish(start(long, "generic"))
    assert len(replicate_bytes(long)) > 0


def test_job_that_always_fails_leaves_the_others_to_finish(
    cluster: Workspace, slurm: Slurm
) -> None:
    """Its reason is printed; replicates of other cells are there."""
    finish(
        cluster.start(
            *("-m", "snakemake", "--configfile", cluster.study),
            *("--workflow-profile", "profiles/generic", "--until", "images", "data"),
        )
    )
    (pixels,) = cluster.path("results/data").glob("images-*/images.npy")
    status = pixels.stat()
    pixels.write_bytes(pixels.read_bytes()[:1000])
    os.utime(pixels, ns=(status.st_atime_ns, status.st_mtime_ns))
    result = cluster.snakemake(
        *("--workflow-profile", "profiles/generic", "--until", "train", "fit", "--retries", "1")
    )
    assert result.returncode != 0
    assert "images.npy" in result.stdout
    trained = {Path(name).parts[0].partition("-")[0] for name in replicate_bytes(cluster)}
    assert trained == {"mlp"}


def job_logs(workspace: Workspace) -> str:
    """Return what the jobs printed, which the scheduler wrote down."""
    logs = sorted(workspace.path(".snakemake/cluster").glob("*.log"))
    return "\n".join(log.read_text() for log in logs)
