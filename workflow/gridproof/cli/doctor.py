"""What `gridproof doctor` tells: what this machine has, what is used of it, what is missing."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from gridproof.catalogue import catalogue
from gridproof.cli.machine import available_cores, living_drivers
from gridproof.errors import GridproofError
from gridproof.files.layout import RESULTS
from gridproof.plan.workflow_file import snakefile_elsewhere
from gridproof.run.devices import (
    Device,
    default_gpu_slots,
    find_devices,
    lease_state,
    locks_folder,
)
from gridproof.run.opening import DEFAULT_CONFIG

GPU_JOB_THREADS = 2
"""CPU threads of a job that asks for a `gpu` slot, unless the study says otherwise."""
NEEDED_BYTES = 2**30
"""Free space below which no study should start."""
TORCH_SCRIPT = """
import json, torch
print(json.dumps([torch.__version__, torch.version.cuda, torch.cuda.is_available()]))
"""
WITH, WITHOUT = "finds a GPU", "finds no GPU"
UNUSED = "torch cannot use them: is it built for CUDA, and the driver new enough for that CUDA?"
PYTHONS = ((3, 11), (3, 13))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    subject : what, in a word or two.
    lines : what was found.
    missing : why no study can run, and how to mend it; empty if nothing stands in the way.
    """

    subject: str
    lines: Sequence[str]
    missing: str = ""


def diagnose() -> int:
    """Print what was found in this folder and on this machine; return 0 if a study can run."""
    findings = list(examine())
    width = max(len(finding.subject) for finding in findings) + 2
    for finding in findings:
        for position, line in enumerate(finding.lines):
            print(f"{'' if position else finding.subject:<{width}}{line}")
    missing = [f"{finding.subject}: {finding.missing}" for finding in findings if finding.missing]
    print()
    print("\n".join(["missing, no study can run:", *missing]) if missing else "a study can run")
    return 1 if missing else 0


def examine() -> Iterator[Finding]:
    """Yield what was found, one subject after the other."""
    yield python()
    yield Finding(subject="platform", lines=[f"{platform.platform()}, {platform.machine()}"])
    yield Finding(subject="cores", lines=[str(available_cores())])
    yield memory()
    yield from families()
    yield snakemake()
    found = torch()
    yield found
    yield from gpus(found)
    yield disk()
    yield project()


def python() -> Finding:
    """Tell which Python runs, and whether Gridproof is made for it."""
    first, last = (".".join(map(str, version)) for version in PYTHONS)
    fits = PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]
    missing = (
        f"found {platform.python_version()}, expected {first} to {last}: make setup PYTHON=..."
    )
    return Finding(
        subject="Python",
        lines=[f"{platform.python_version()}, {sys.executable}"],
        missing="" if fits else missing,
    )


def memory() -> Finding:
    """Tell how much main memory there is."""
    found = psutil.virtual_memory()
    return Finding(
        subject="memory",
        lines=[f"{gibibytes(found.total)}, {gibibytes(found.available)} available"],
    )


def families() -> Iterator[Finding]:
    """Tell what families use of a machine, such as a compiler or files of weights."""
    parts = catalogue()
    for family in map(parts.family, parts.names("families")):
        if family.machine is not None:
            subject, lines = family.machine()
            yield Finding(subject=subject, lines=lines)


def snakemake() -> Finding:
    """Tell which Snakemake is installed."""
    try:
        version = metadata.version("snakemake")
    except metadata.PackageNotFoundError:
        return Finding(
            subject="Snakemake", lines=["not installed"], missing="not installed: make setup"
        )
    return Finding(subject="Snakemake", lines=[version])


def torch() -> Finding:
    """Import torch in a process of its own, whatever that does to it, and tell what it can use."""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TORCH_SCRIPT],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or [f"exit code {result.returncode}"])[-1]
        return Finding(
            subject="torch",
            lines=["cannot be imported"],
            missing=f"cannot be imported ({reason}): make setup",
        )
    version, cuda, usable = json.loads(result.stdout)
    build = f"built for CUDA {cuda}" if cuda else "built without CUDA"
    return Finding(subject="torch", lines=[f"{version}, {build}, {WITH if usable else WITHOUT}"])


def gpus(torch: Finding) -> Iterator[Finding]:
    """Tell which GPUs this process may use, who holds them, and how many jobs may have one."""
    try:
        devices = find_devices()
    except GridproofError as error:
        yield Finding(subject="GPUs", lines=["cannot be told"], missing=str(error))
        return
    if devices:
        unused = [UNUSED] if any(line.endswith(WITHOUT) for line in torch.lines) else []
        yield Finding(subject="GPUs", lines=[*map(gpu_line, devices), *unused])
    else:
        yield Finding(subject="GPUs", lines=["none: networks on images compute on the CPU"])
    cores = available_cores()
    slots = default_gpu_slots(cores, GPU_JOB_THREADS, len(devices))
    reason = "one a GPU" if devices else f"{cores} cores, {GPU_JOB_THREADS} threads a job"
    yield Finding(subject="gpu slots", lines=[f"{slots} ({reason})"])


def gpu_line(device: Device) -> str:
    """Return a device's name, memory, identifier, and who holds the lease on it."""
    size = "" if device.memory is None else f", {device.memory / 1024:.0f} GiB"
    state = lease_state(locks_folder(), device)
    return f"{device.name}{size}, {device.identifier}, {state}"


def disk() -> Finding:
    """Tell how much can be written under results/."""
    folder = RESULTS.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    missing = ""
    if not os.access(existing, os.W_OK):
        missing = f"{existing} cannot be written: change its permissions or its owner"
    elif free < NEEDED_BYTES:
        missing = f"found {gibibytes(free)} free, expected {gibibytes(NEEDED_BYTES)}: free some"
    return Finding(subject="disk", lines=[f"{gibibytes(free)} free for {folder}"], missing=missing)


def project() -> Finding:
    """Tell whether this is the folder of a study, and whether a Snakemake runs in it."""
    folder, elsewhere = Path.cwd(), snakefile_elsewhere()
    if elsewhere and not (DEFAULT_CONFIG.exists() and Path(elsewhere).exists()):
        return Finding(
            subject="project",
            lines=["no Snakefile here"],
            missing=f"no Snakefile in {folder}, and no {DEFAULT_CONFIG} that the one of the "
            "project could run: run this in the folder of the project or of a study",
        )
    running = [f"Snakemake runs as process {number}" for number in living_drivers(folder)]
    workflow = [f"run by {Path(elsewhere).resolve()}"] if elsewhere else []
    return Finding(subject="project", lines=[str(folder), *workflow, *running])


def gibibytes(count: int) -> str:
    """Return a number of bytes in GiB."""
    return f"{count / 2**30:.1f} GiB"
