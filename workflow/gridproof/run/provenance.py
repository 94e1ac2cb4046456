"""Where, with what and how long a replicate was trained."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("numpy", "pyarrow", "safetensors")


def commit(folder: Path) -> str | None:
    """Return the git commit of `folder`, with `-dirty` if files differ, or None outside git."""
    try:
        result = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip() or None


def provenance(
    *,
    libraries: Iterable[str],
    device: str,
    engine: str,
    threads: int,
    seconds: float,
    folder: Path,
) -> dict[str, object]:
    """Return the record of a training that took `seconds` of wall time for its whole block."""
    return {
        "commit": commit(folder),
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
