"""Where, with what and how long a replicate was trained."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("numpy", "pyarrow", "safetensors")


def commit(folder: Path) -> str | None:
    """Return the commit of the repository that holds the files of `folder`, or None if none does.

    It ends with `-dirty` if files differ. A repository around the folder that does not track it,
    as around an unpacked archive, has nothing to say, nor have git's variables of another one.
    """
    try:
        git(folder, "ls-files", "--error-unmatch", ".")
        found = git(folder, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
    except (OSError, subprocess.SubprocessError):
        return None
    return found.strip() or None


def git(folder: Path, *words: str) -> str:
    """Return what git says in a folder; OSError or SubprocessError if it fails or takes long."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        ["git", *words],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    ).stdout


def provenance(
    *,
    libraries: Iterable[str],
    device: str,
    engine: str,
    threads: int,
    seconds: float,
    code: str | None,
) -> dict[str, object]:
    """Return the record of a training that took `seconds` of wall time, by the commit `code`."""
    return {
        "commit": code,
        "device": device,
        "engine": engine,
        "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "host": platform.node(),
        "libraries": {name: version(name) for name in sorted({*libraries, *LIBRARIES})},
        "machine": platform.machine(),
        "python": platform.python_version(),
        "seconds": round(seconds, 3),
        "threads": threads,
    }
