"""Run a study with Snakemake: one driver at a time, and the lock of a dead one taken away."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from gridproof.cli.summary import WRAPPED, failures, show, summary
from gridproof.errors import GridproofError
from gridproof.store.devices import default_gpu_slots, find_devices
from gridproof.study.plan import Study, read_study

LOCKS = Path(".snakemake/locks")
GPU_RULE = "train_on_gpu"
PROFILES = ("--profile", "--workflow-profile")


def run_study(config: Path, only: str | None, arguments: Sequence[str]) -> int:
    """Run Snakemake on all cores for the study `config`; return its exit code.

    `only` names experiments, separated by commas; `arguments` are passed on to Snakemake.

    The study is validated before Snakemake starts. A lock that a killed Snakemake left is removed
    after making sure that none runs in this folder. Raises GridproofError if one does.
    """
    if not Path("Snakefile").exists():
        raise GridproofError(f"no Snakefile in {Path.cwd()}: run this in the folder of the project")
    study = read_study(config, {"only": only} if only else None)
    if study.note:
        print(f"gridproof: note: {study.note}", file=sys.stderr)
    drivers = list(living_drivers(Path.cwd()))
    if drivers:
        raise GridproofError(
            f"a Snakemake (process {drivers[0]}) is running in this folder: wait for it to end, "
            f"or stop it with `kill {drivers[0]}` and run the same command again"
        )
    command = [sys.executable, "-m", "snakemake", "--configfile", str(config)]
    if LOCKS.exists() and any(LOCKS.iterdir()):
        print("gridproof: removing the lock that a killed Snakemake left", file=sys.stderr)
        subprocess.run([*command, "--unlock", "--quiet", "all"], check=True)
    if only:
        command += ["--config", f"only={only}"]
    command += gpu_option(study, arguments)
    if not has_option(arguments, "--cores", "-c", "--jobs", "-j"):
        command += ["--cores", "all"]
    if not has_option(arguments, "--quiet", "-q", "--verbose", "-n", "--dry-run"):
        command += ["--quiet", "rules", "host", "reason"]
    started = time.time()
    environment = os.environ | {WRAPPED: "1"}
    code = subprocess.run([*command, *arguments], env=environment, check=False).returncode
    if not has_option(arguments, "-n", "--dry-run"):
        show(failures(study, started) if code else summary(study, started))
    return code


def gpu_option(study: Study, arguments: Sequence[str]) -> list[str]:
    """Return the option for Snakemake that says how many jobs may have `gpu=1` at once.

    Nothing if the study has no such job, or if the user decides by an option, a profile or an
    executor: those of a cluster count its machines' devices, not ours.
    """
    threads = [cell.threads for cell in study.cells.values() if cell.family.rule == GPU_RULE]
    threads += [int(plan.options["threads"]) for plan in study.features.values()]
    decided = has_option(arguments, "--resources", "--res", "--executor", "-e", *PROFILES)
    if not threads or decided or "SNAKEMAKE_PROFILE" in os.environ:
        return []
    slots = default_gpu_slots(cores_of(arguments), min(threads), len(find_devices()))
    return [f"--resources=gpu={slots}"]


def cores_of(arguments: Sequence[str]) -> int:
    """Return the number of cores that Snakemake is given: as the user says, or all of them."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--cores", "-c", "--jobs", "-j", nargs="?", default="all", dest="cores")
    said = str(parser.parse_known_args(list(arguments))[0].cores)
    return int(said) if said.isdecimal() else available_cores()


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0))


def has_option(arguments: Sequence[str], *names: str) -> bool:
    """Tell whether one of the options is among the arguments for Snakemake."""
    return any(item.split("=")[0] in names for item in arguments)


def living_drivers(folder: Path) -> Iterator[int]:
    """Yield the process ids of Snakemakes that run in `folder`, other than remote or child jobs."""
    for process in psutil.process_iter(["pid", "cmdline", "cwd"]):
        command = process.info["cmdline"] or []
        names = [Path(word).name for word in command[:4]]
        if process.info["cwd"] == str(folder) and "snakemake" in names:
            yield process.info["pid"]
