"""From Snakemake's arguments to a study, and the environment that its jobs find."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from gridproof.errors import GridproofError
from gridproof.plan.closure import PACKAGE_FOLDER
from gridproof.plan.finished import finished_part
from gridproof.plan.study import Study, read_study

DEFAULT_CONFIG = Path("config.yaml")


def plan_study(config_files: list[Path], overrides: Mapping[str, object]) -> Study:
    """Return the study in the one file that was named, or in config.yaml.

    With the override `partial=true` it is the part of the study that is trained.
    """
    if len(config_files) > 1:
        names = ", ".join(map(str, config_files))
        raise GridproofError(f"one study at a time: --configfile was given {names}")
    path = config_files[0] if config_files else DEFAULT_CONFIG
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    kept = {key: value for key, value in overrides.items() if key != "partial"}
    study = read_study(path, kept)
    if (partial := overrides.get("partial", False)) not in (True, False):
        raise GridproofError(f"--config: partial: found {partial!r}, expected true or false")
    return finished_part(study) if partial else study


def use_this_interpreter() -> None:
    """Let jobs find the Python that runs Snakemake, and this package, without an activation."""
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    os.environ["PATH"] = os.pathsep.join(folders)
    paths = [str(PACKAGE_FOLDER.parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
