"""File systems that refuse to be written, for tests of failures."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[None]:
    """Mount something on `folder`, or skip the test where that is not allowed."""
    if shutil.which("mount") is None:
        pytest.skip("there is no mount command")
    command = ["mount", *arguments, str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.skip(f"mounting is not allowed here: {result.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
