"""From Snakemake's arguments to a study, and the environment that its jobs find."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from gridproof.errors import GridproofError
from gridproof.study.closure import PACKAGE_FOLDER
from gridproof.study.plan import Study, read_study

DEFAULT_CONFIG = Path("config.yaml")


def plan_study(config_files: list[Path], overrides: Mapping[str, object]) -> Study:
    """Return the study in the one file that was named, or in config.yaml."""
    if len(config_files) > 1:
        names = ", ".join(map(str, config_files))
        raise GridproofError(f"one study at a time: --configfile was given {names}")
    path = config_files[0] if config_files else DEFAULT_CONFIG
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return read_study(path, overrides)


def use_this_interpreter() -> None:
    """Let jobs find the Python that runs Snakemake, and this package, without an activation."""
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    os.environ["PATH"] = os.pathsep.join(folders)
    paths = [str(PACKAGE_FOLDER.parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
