"""The files that Snakemake knows, assembled from finished replicates, without importing torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from gridproof.files.atomic import atomic_path, write_text
from gridproof.files.formats import read_table, read_tensors, write_table, write_tensors
from gridproof.files.layout import assembled_folder, replicate_folder
from gridproof.run.manifest import read_manifest

TENSORS = {
    "checkpoint.safetensors": {"final": "final/", "best": "best/"},
    "history.safetensors": {"history": ""},
}
"""What a file of tensors holds: file stems of a replicate, and the prefixes that they get."""


def assemble(cell: Path, digest: str, seeds: Sequence[int], files: Sequence[str]) -> Path:
    """Write the declared `files` of the replicates `seeds` of a cell; return their folder.

    Tables get the columns `cell` and `seed`; tensors the prefixes `seed-<n>/final/`,
    `seed-<n>/best/` (checkpoint) and `seed-<n>/` (history).
    """
    target = assembled_folder(cell, seeds)
    folders = {seed: replicate_folder(cell, seed) for seed in seeds}
    for name in files:
        if name.endswith(".parquet"):
            parts = [_labelled(folder / name, digest, seed) for seed, folder in folders.items()]
            with atomic_path(target / name) as path:
                write_table(path, pa.concat_tables(parts))
        if name in TENSORS:
            with atomic_path(target / name) as path:
                write_tensors(path, _prefixed(folders, TENSORS[name]))
    manifests = {str(seed): read_manifest(folder) for seed, folder in folders.items()}
    write_text(target / "replicates.json", json.dumps(manifests, indent=1) + "\n")
    return target


def _labelled(path: Path, digest: str, seed: int) -> pa.Table:
    table = read_table(path)
    rows = len(table)
    table = table.add_column(0, "cell", pa.array([digest] * rows, pa.string()))
    return table.add_column(1, "seed", pa.array([seed] * rows, pa.int64()))


def _prefixed(folders: dict[int, Path], stems: dict[str, str]) -> dict[str, np.ndarray]:
    return {
        f"seed-{seed}/{prefix}{name}": value
        for seed, folder in folders.items()
        for stem, prefix in stems.items()
        if (folder / f"{stem}.safetensors").exists() or stem != "best"
        for name, value in read_tensors(folder / f"{stem}.safetensors").items()
    }
