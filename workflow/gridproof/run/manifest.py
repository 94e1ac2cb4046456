"""What a replicate's folder says of itself, and whether it is still true."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from gridproof.files.digests import file_digest
from gridproof.files.layout import replicate_folder

MANIFEST = "replicate.json"


def read_manifest(folder: Path) -> dict[str, object] | None:
    """Return the manifest of a replicate, or None where there is no readable one."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def is_intact(folder: Path) -> bool:
    """Tell whether a replicate's files are all there with the content they were written with."""
    manifest = read_manifest(folder)
    files = manifest.get("files") if manifest else None
    if not isinstance(files, dict) or not files:
        return False
    return all(
        (folder / name).is_file() and file_digest(folder / name) == digest
        for name, digest in files.items()
    )


def intact_seeds(cell: Path, seeds: Iterable[int]) -> list[int]:
    """Return the seeds of a cell that have an intact replicate."""
    return [seed for seed in seeds if is_intact(replicate_folder(cell, seed))]
