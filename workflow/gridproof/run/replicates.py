"""Writing a finished replicate: a folder that appears whole, with the digests of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gridproof.files.atomic import atomic_folder
from gridproof.files.digests import file_digest
from gridproof.files.formats import table_of, write_table, write_tensors
from gridproof.run.manifest import MANIFEST

if TYPE_CHECKING:
    from gridproof.part import Replicate


def write_replicate(
    folder: Path,
    replicate: Replicate,
    spec: Mapping[str, object],
    provenance: Mapping[str, object],
) -> None:
    """Write a replicate atomically: tables, tensors, and a manifest with their SHA-256."""
    with atomic_folder(folder) as temporary:
        for stem, columns in replicate.tables.items():
            write_table(temporary / f"{stem}.parquet", table_of(columns))
        for stem, tensors in replicate.tensors.items():
            write_tensors(temporary / f"{stem}.safetensors", tensors)
        digests = {file.name: file_digest(file) for file in sorted(temporary.iterdir())}
        manifest = {
            "spec": spec,
            "facts": dict(replicate.facts),
            "provenance": dict(provenance),
            "files": digests,
        }
        (temporary / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
