"""Options of Snakemake: what the user said, and what is said for them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gridproof.cli.machine import available_cores
from gridproof.run.devices import default_gpu_slots, find_devices

if TYPE_CHECKING:
    from gridproof.plan.study import Study

PROFILES = ("--profile", "--workflow-profile")


def gpu_option(study: Study, arguments: Sequence[str]) -> list[str]:
    """Return the option for Snakemake that says how many jobs may have `gpu=1` at once.

    Nothing if the study has no such job, or if the user decides by an option, a profile or an
    executor: those of a cluster count its machines' devices, not ours.
    """
    threads = [cell.threads for cell in study.cells.values() if cell.family.gpu]
    kinds = [data.declared for data in study.derived.values()]
    threads += [kind.threads for kind in kinds if kind.gpu]
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


def has_option(arguments: Sequence[str], *names: str) -> bool:
    """Tell whether one of the options is among the arguments for Snakemake."""
    return any(item.split("=")[0] in names for item in arguments)
