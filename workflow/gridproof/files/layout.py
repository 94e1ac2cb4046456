"""Where things lie under `results/`; the one place that knows the names of files and folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

RESULTS = Path("results")
DATA = RESULTS / "data"
CELLS = RESULTS / "cells"
CACHE = RESULTS / "cache"
MEASURED = "measured.parquet"
CLAIMS = "claims.parquet"
PARTIAL = "partial"


def study_folder(study: str | None, partial: bool = False) -> Path:
    """Return where a study writes tables, figures and report: `results/` or `results/<study>/`.

    What is made of a part of a study lies below, so that it never replaces what is made of all.
    """
    folder = RESULTS / study if study else RESULTS
    return folder / PARTIAL if partial else folder


def blocked_folder(study: str | None) -> Path | None:
    """Return where a file or a link to nothing lies in place of a folder of results, or None."""
    folders = (RESULTS, DATA, CELLS, CACHE, study_folder(study))
    blocked = (path for path in folders if os.path.lexists(path) and not path.is_dir())
    return next(blocked, None)


def block_of(seed: int, width: int) -> int:
    """Return the block of `width` seeds that one job trains `seed` with."""
    return seed // width


def seeds_name(seeds: Sequence[int]) -> str:
    """Return the part of a path that names the seeds of a block: `0-1-2`."""
    return "-".join(map(str, seeds))


def replicate_folder(cell: Path, seed: int) -> Path:
    """Return the folder of a finished replicate."""
    return cell / f"seed-{seed}"


def assembled_folder(cell: Path, seeds: Sequence[int]) -> Path:
    """Return the folder of the files that Snakemake knows, for the replicates `seeds`."""
    return cell / f"seeds-{seeds_name(seeds)}"


def measured_file(cell: Path, seeds: Sequence[int]) -> Path:
    """Return the file of what was measured of the finished replicates `seeds`."""
    return assembled_folder(cell, seeds) / MEASURED


def state_file(cell: Path, seed: int) -> Path:
    """Return the file that a killed training of a seed continues from."""
    return cell / f"state-{seed}.safetensors"


def lock_file(cell: Path, block: int) -> Path:
    """Return the file whose kernel lock the trainer of a block holds."""
    return cell / f".lock-{block}"


def files_by_cell(files: Iterable[Path]) -> dict[str, Path]:
    """Return assembled files by the digest of their cell, which ends the name of its folder."""
    return {file.parent.parent.name.rpartition("-")[2]: file for file in files}
