"""Run a study with Snakemake: one driver at a time, and the lock of a dead one taken away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gridproof.cli.machine import living_drivers
from gridproof.cli.snakemake_options import gpu_option, has_option
from gridproof.config.loading import selection
from gridproof.errors import GridproofError
from gridproof.plan.workflow_file import snakefile_elsewhere
from gridproof.run.opening import plan_study
from gridproof.run.summary import WRAPPED, failures, show, summary

LOCKS = Path(".snakemake/locks")
SNAKEMAKE = (sys.executable, "-m", "snakemake")


def snakefile(arguments: Sequence[str]) -> list[str]:
    """Return the option that names the workflow, if neither folder nor user has one."""
    if has_option(arguments, "--snakefile", "-s") or not (path := snakefile_elsewhere()):
        return []
    if not Path(path).exists():
        raise GridproofError(
            f"no Snakefile in {Path.cwd()}, and none beside the package ({path}): run this in a "
            "clone of the project, or name one with --snakefile"
        )
    return ["--snakefile", path]


def run_study(
    config: Path, only: str | None, arguments: Sequence[str], partial: bool = False
) -> int:
    """Run Snakemake on all cores for the study `config`; return its exit code.

    `only` names experiments, separated by commas; `arguments` are passed on to Snakemake. With
    `partial` only what is trained goes in, which another Snakemake may be adding to meanwhile.

    The study is validated before Snakemake starts. A lock that a killed Snakemake left is removed
    after making sure that none runs in this folder. Raises GridproofError if one does.
    """
    chosen: dict[str, object] = selection(only)
    if partial:
        chosen["partial"] = True
    study = plan_study([config], chosen)
    if study.note:
        print(f"gridproof: note: {study.note}", file=sys.stderr)
    which = [*snakefile(arguments), "--configfile", str(config)]
    if not partial:
        free_folder(which)
    # What the user says comes first: a target behind `--configfile` is another config to Snakemake.
    command = [*SNAKEMAKE, *arguments, *which, *gpu_option(study, arguments)]
    command += ["--nolock"] if partial else []
    if chosen:
        command += ["--config", *(f"{key}={value}" for key, value in chosen.items())]
    if not has_option(arguments, "--cores", "-c", "--jobs", "-j"):
        command += ["--cores", "all"]
    if not has_option(arguments, "--quiet", "-q", "--verbose", "-n", "--dry-run"):
        command += ["--quiet", "rules", "host", "reason"]
    started = time.time()
    try:
        environment = os.environ | {WRAPPED: "1"}
        code = subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        show(failures(study, started))
        raise
    if not has_option(arguments, "-n", "--dry-run"):
        show(failures(study, started) if code else summary(study, started))
    return code


def free_folder(which: Sequence[str]) -> None:
    """Take away the lock of a dead Snakemake; GridproofError if a living one runs in the folder."""
    if drivers := list(living_drivers(Path.cwd())):
        raise GridproofError(
            f"a Snakemake (process {drivers[0]}) is running in this folder: wait for it to end, "
            f"or stop it with `kill {drivers[0]}` and run the same command again"
        )
    if LOCKS.exists() and any(LOCKS.iterdir()):
        print("gridproof: removing the lock that a killed Snakemake left", file=sys.stderr)
        subprocess.run([*SNAKEMAKE, *which, "--unlock", "--quiet", "all"], check=True)
