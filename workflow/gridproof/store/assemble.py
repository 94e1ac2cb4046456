"""The files that Snakemake knows, assembled from finished replicates, without importing torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from gridproof.store.atomic import atomic_path, write_text
from gridproof.store.files import read_table, read_tensors, write_table, write_tensors
from gridproof.store.layout import TABLE_STEMS, assembled_folder, replicate_folder
from gridproof.store.manifest import read_manifest


def assemble(cell: Path, digest: str, seeds: Sequence[int]) -> Path:
    """Write the declared files of the replicates `seeds` of a cell; return their folder.

    Tables get the columns `cell` and `seed`; tensors the prefixes `seed-<n>/final/`,
    `seed-<n>/best/` (checkpoint) and `seed-<n>/` (history).
    """
    target = assembled_folder(cell, seeds)
    folders = {seed: replicate_folder(cell, seed) for seed in seeds}
    for stem in TABLE_STEMS:
        parts = [_labelled(folder / f"{stem}.parquet", digest, s) for s, folder in folders.items()]
        with atomic_path(target / f"{stem}.parquet") as path:
            write_table(path, pa.concat_tables(parts))
    with atomic_path(target / "checkpoint.safetensors") as path:
        write_tensors(path, _prefixed(folders, {"final": "final/", "best": "best/"}))
    with atomic_path(target / "history.safetensors") as path:
        write_tensors(path, _prefixed(folders, {"history": ""}))
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
        for name, value in read_tensors(folder / f"{stem}.safetensors").items()
    }
