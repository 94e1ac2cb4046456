"""A copy of the repository in a folder of its own, in which a study is run and measured."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COPIED = ("Snakefile", "config.yaml", "config", "profiles", "workflow", "envs", "study", "report")


def copy_repository(folder: Path) -> dict[str, str]:
    """Copy what a run needs into `folder`; return the environment that a run there needs."""
    for name in COPIED:
        source = REPOSITORY / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, folder / name)
    return os.environ | {"PYTHONPATH": str(folder / "workflow")}
