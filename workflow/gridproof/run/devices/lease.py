"""A lease on a GPU: each job takes its own, and the kernel frees what a dead one held."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from gridproof.errors import GridproofError
from gridproof.run.devices.discovery import SIMULATED, VISIBLE, find_devices
from gridproof.run.devices.hardware import CPU, Device

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
HELD = "GRIDPROOF_LEASED_DEVICE"
"""Which device a process holds; inherited by what it starts, which may not ask for another."""
FOLDER = "GRIDPROOF_DEVICE_LOCKS"
DEFAULT_FOLDER = Path("/tmp/gridproof-devices")
KERNEL_LOCKS = Path("/proc/locks")


def locks_folder() -> Path:
    """Return the folder of the lock files: one for all users and checkouts of the machine.

    A GPU belongs to the machine, so its lock does too: another user's job would take the same
    memory. TMPDIR is not asked, because clusters give each job one of its own;
    GRIDPROOF_DEVICE_LOCKS names another folder, where containers share GPUs but not /tmp.
    """
    return Path(os.environ.get(FOLDER) or DEFAULT_FOLDER)


@contextmanager
def leased_device(locks: Path | None = None) -> Iterator[Device]:
    """Hold a GPU that no other job holds, and let this process see no other; wait if all are taken.

    `locks` is the folder of the lock files, by default the machine's. Without GPUs this is the CPU,
    and nothing is locked. Must be entered before torch starts CUDA.

    Raises
    ------
    GridproofError : this process, or one that started it, holds a device already; or as
        `find_devices` says.
    """
    held = os.environ.get(HELD)
    if held:
        raise GridproofError(
            f"a lease inside a lease: {held} is held by this process or by one that started it; "
            f"a job takes one device (the environment variable {HELD} tells)"
        )
    devices = find_devices()
    if not devices:
        logger.info("no GPU: computing on the CPU")
        with environment({VISIBLE: ""}):
            yield CPU
        return
    refuse_started_cuda()
    device, lock = take(devices, locks or locks_folder())
    try:
        logger.info("computing on %s, %s", device.name, device.identifier)
        with environment({VISIBLE: device.identifier, HELD: device.identifier}):
            yield device
    finally:
        lock.release()


def take(devices: Sequence[Device], folder: Path) -> tuple[Device, FileLock]:
    """Return the first device that becomes free, and its lock, held."""
    make_shared(folder)
    waiting = False
    while True:
        for device in devices:
            lock = FileLock(device_lock(folder, device), mode=0o666)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            device_lock(folder, device).touch()  # new again, for what tidies /tmp of old files
            return device, lock
        if not waiting:
            states = [f"{d.identifier}: {lease_state(folder, d)}" for d in devices]
            logger.info("all GPUs are taken, waiting for one (%s)", "; ".join(states))
            waiting = True
        time.sleep(POLL_SECONDS)


def device_lock(folder: Path, device: Device) -> Path:
    """Return the lock file of a device, which its UUID names."""
    return folder / f"{re.sub(r'[^A-Za-z0-9-]', '_', device.identifier)}.lock"


def make_shared(folder: Path) -> None:
    """Create the folder of the locks, for all users; sticky, so that none removes another's."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return
    folder.chmod(0o1777)


def refuse_started_cuda() -> None:
    """Raise RuntimeError if CUDA has started: it would not look at CUDA_VISIBLE_DEVICES again."""
    torch = sys.modules.get("torch")
    if torch is not None and SIMULATED not in os.environ and torch.cuda.is_initialized():
        raise RuntimeError("a device must be leased before torch starts CUDA")


@contextmanager
def environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for this process and what it starts, then as they were."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def lease_state(folder: Path, device: Device) -> str:
    """Return `free`, `held by process N`, or `held` where the kernel does not tell by which."""
    path = device_lock(folder, device)
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return "free"
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = lock_holder(path)
        return f"held by process {holder}" if holder else "held"
    else:
        return "free"
    finally:
        os.close(descriptor)


def lock_holder(path: Path) -> int | None:
    """Return the process that locks a file, as far as the kernel tells this process."""
    inode = str(path.stat().st_ino)
    try:
        lines = KERNEL_LOCKS.read_text().splitlines()
    except OSError:
        return None
    for words in map(str.split, lines):
        if words[1] == "FLOCK" and words[5].rpartition(":")[2] == inode and int(words[4]) > 0:
            return int(words[4])
    return None
