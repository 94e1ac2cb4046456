"""Each job has a GPU of its own, whoever else asks, and a dead one's is free."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from gridproof.errors import GridproofError
from gridproof.run.devices import (
    CPU,
    Device,
    default_gpu_slots,
    lease_state,
    leased_device,
)
from run.fake_nvml import FakeNvml, Handle
from run.jobs import start_python, wait_until

VISIBLE, SIMULATED = "CUDA_VISIBLE_DEVICES", "GRIDPROOF_DEVICES"
FOUR = "cuda:0,cuda:1,cuda:2,cuda:3"
GPU = Handle("GPU-1a2b0000-0000-0000-0000-000000000001", "NVIDIA H100 80GB HBM3", 81559)

HOLDER = """
import logging, os, sys, time
from pathlib import Path
from gridproof.run.devices import leased_device
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
locks, busy, gate = map(Path, sys.argv[1:])
with leased_device(locks) as device:
    assert "torch" not in sys.modules
    assert os.environ["CUDA_VISIBLE_DEVICES"] == device.identifier
    mark = busy / device.identifier
    os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    print("device", device.identifier, flush=True)
    while not gate.exists():
        time.sleep(0.01)
    time.sleep(0.05)
    mark.unlink()
"""
"""A job that marks its device as busy, which fails if another job has marked it."""


class Jobs:
    """Processes that each lease a device from `locks` and keep it until `gate` is opened."""

    def __init__(self, folder: Path) -> None:
        self.locks, self.busy, self.gate = folder / "locks", folder / "busy", folder / "gate"
        self.busy.mkdir()
        self.all: list[subprocess.Popen[str]] = []

    def start(self) -> subprocess.Popen[str]:
        """Start one more."""
        self.all.append(start_python(HOLDER, *map(str, (self.locks, self.busy, self.gate))))
        return self.all[-1]

    def taken(self) -> set[str]:
        """Return the devices that jobs have now."""
        return {mark.name for mark in self.busy.iterdir()}

    def end(self) -> list[str]:
        """Open the gate, wait for all jobs to succeed, and return the device of each."""
        self.gate.touch()
        outputs = [job.communicate(timeout=60)[0] for job in self.all]
        assert [job.returncode for job in self.all] == [0] * len(self.all), outputs
        return [device_of(output) for output in outputs]


def device_of(output: str) -> str:
    """Return the device that a job printed."""
    return next(line.split()[1] for line in output.splitlines() if line.startswith("device "))


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    """Jobs that are gone when the test ends."""
    created = Jobs(tmp_path)
    with ExitStack() as stack:
        yield created
        for job in created.all:
            stack.enter_context(job)
            job.kill()


def test_eight_jobs_never_share_one_of_four_devices(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four jobs take all four devices, four wait for one, and each device serves one at a time."""
    monkeypatch.setenv(SIMULATED, FOUR)
    for _ in range(8):
        jobs.start()
    wait_until(lambda: len(jobs.taken()) == 4)
    devices = jobs.end()
    assert len(devices) == 8
    assert set(devices) == set(FOUR.split(","))


def test_killed_job_frees_its_device_for_the_one_that_waits(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The waiting job says so, names the holder, and takes the device of the killed one."""
    monkeypatch.setenv(SIMULATED, "cuda:0")
    first = jobs.start()
    wait_until(lambda: bool(jobs.taken()))
    second = jobs.start()
    assert second.stdout is not None
    message = second.stdout.readline()
    assert message.startswith("all GPUs are taken, waiting for one (cuda:0: held")
    if Path("/proc/locks").exists():
        assert f"held by process {first.pid})" in message
    (jobs.busy / "cuda:0").unlink()
    first.send_signal(signal.SIGKILL)
    wait_until(lambda: bool(jobs.taken()))
    jobs.all.remove(first)
    first.communicate()
    assert jobs.end() == ["cuda:0"]


def test_two_runs_side_by_side_exclude_each_other(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs that see the same devices under other indices, some in common, share none."""
    monkeypatch.setenv(SIMULATED, FOUR)
    for visible in ("0,1,2", "3,2,1") * 3:
        monkeypatch.setenv(VISIBLE, visible)
        jobs.start()
    wait_until(lambda: len(jobs.taken()) == 4)
    devices = jobs.end()
    assert set(devices[::2]) <= {"cuda:0", "cuda:1", "cuda:2"}
    assert set(devices[1::2]) <= {"cuda:3", "cuda:2", "cuda:1"}


def test_jobs_take_only_devices_that_are_visible(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CUDA_VISIBLE_DEVICES=2,3 leaves the other two alone."""
    monkeypatch.setenv(SIMULATED, FOUR)
    monkeypatch.setenv(VISIBLE, "2,3")
    for _ in range(4):
        jobs.start()
    wait_until(lambda: jobs.taken() == {"cuda:2", "cuda:3"})
    assert set(jobs.end()) == {"cuda:2", "cuda:3"}


@contextmanager
def lease_of(identifier: str, locks: Path) -> Iterator[None]:
    """Hold a lease that must be on the device `identifier`."""
    with leased_device(locks) as device:
        assert device.identifier == identifier
        yield


def test_environment_is_as_before_when_the_lease_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a failure; within the lease this process and its children see one device."""
    monkeypatch.setenv(SIMULATED, FOUR)
    monkeypatch.setenv(VISIBLE, "1,2")
    before = dict(os.environ)
    child = f"import os; print(os.environ[{VISIBLE!r}])"

    def fail() -> None:
        with lease_of("cuda:1", tmp_path):
            seen = subprocess.run([sys.executable, "-c", child], capture_output=True, check=True)
            assert seen.stdout.decode().strip() == "cuda:1"
            raise KeyError("failed")

    with pytest.raises(KeyError):
        fail()
    assert dict(os.environ) == before
    with lease_of("cuda:1", tmp_path):
        pass


def test_lease_inside_a_lease_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for itself; a child of the job that holds the device is refused as well."""
    monkeypatch.setenv(SIMULATED, FOUR)
    with leased_device(tmp_path):
        with pytest.raises(GridproofError, match="cuda:0 is held by this process"):
            leased_device(tmp_path).__enter__()
        script = "from gridproof.run.devices import leased_device as l; l().__enter__()"
        result = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
        assert "GridproofError: a lease inside a lease" in result.stderr


@pytest.mark.parametrize("hidden", [None, "", "-1", "NoDevFiles"])
def test_without_gpus_jobs_compute_on_the_cpu_and_lock_nothing(
    hidden: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No devices, or none visible: the CPU, for any number of jobs, and no GPU behind its back."""
    monkeypatch.setenv(SIMULATED, "" if hidden is None else FOUR)
    if hidden is not None:
        monkeypatch.setenv(VISIBLE, hidden)
    locks = tmp_path / "locks"
    with leased_device(locks) as first, leased_device(locks) as second:
        assert first == second == CPU
        assert os.environ[VISIBLE] == ""
    assert not locks.exists()


def test_lease_names_the_gpu_by_its_uuid(machine: Callable[..., FakeNvml], tmp_path: Path) -> None:
    """CUDA may count in another order than the driver; a UUID means the same to both."""
    machine((GPU,))
    with leased_device(tmp_path / "locks") as device:
        assert os.environ[VISIBLE] == device.identifier == GPU.uuid


def test_lease_comes_before_cuda_starts(
    machine: Callable[..., FakeNvml], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CUDA that has started uses the devices it saw then, whoever holds them."""
    machine((GPU,))
    started = SimpleNamespace(cuda=SimpleNamespace(is_initialized=lambda: True))
    monkeypatch.setitem(sys.modules, "torch", started)
    with pytest.raises(RuntimeError, match="before torch starts CUDA"):
        leased_device(tmp_path).__enter__()


def test_locks_are_for_all_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may lock the files and add some, but not remove them, whatever the umask is."""
    monkeypatch.setenv(SIMULATED, "cuda:0")
    monkeypatch.setenv("GRIDPROOF_DEVICE_LOCKS", str(tmp_path / "locks"))
    before = os.umask(0o077)
    try:
        with leased_device():
            pass
    finally:
        os.umask(before)
    (lock,) = (tmp_path / "locks").iterdir()
    assert stat.S_IMODE(lock.stat().st_mode) == 0o666
    assert stat.S_IMODE(lock.parent.stat().st_mode) == 0o1777


def test_state_of_a_lease_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Free before, held by this process within, free after; looking takes nothing."""
    monkeypatch.setenv(SIMULATED, "cuda:0")
    device = Device(identifier="cuda:0", name="simulated")
    assert lease_state(tmp_path, device) == "free"
    with leased_device(tmp_path):
        assert lease_state(tmp_path, device) in (f"held by process {os.getpid()}", "held")
    assert lease_state(tmp_path, device) == "free"
    with leased_device(tmp_path):
        pass


@pytest.mark.parametrize(
    ("cores", "threads", "devices", "slots"),
    [(8, 2, 4, 4), (2, 2, 4, 4), (8, 2, 0, 4), (5, 2, 0, 2), (1, 2, 0, 1), (2, 8, 0, 1)],
)
def test_slots_are_devices_or_jobs_that_the_cores_hold(
    cores: int, threads: int, devices: int, slots: int
) -> None:
    """One a device; without devices what the cores have room for, and at least one."""
    assert default_gpu_slots(cores, threads, devices) == slots
