"""Whether two folders of results hold the same replicates, and where and by how much not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gridproof.errors import GridproofError
from gridproof.files.formats import read_table, read_tensors
from gridproof.files.layout import CELLS
from gridproof.run.manifest import MANIFEST


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedReplicates:
    """How many replicates both folders have, which only one has, and what differs, in words.

    Replicates are named `<cell>/seed-<seed>`; `differences` holds those that differ.
    """

    n_shared: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    differences: Mapping[str, tuple[str, ...]]

    @property
    def is_equal(self) -> bool:
        """Whether both hold the same replicates with the same content."""
        return not (self.only_first or self.only_second or self.differences)


def compare_results(first: Path, second: Path) -> SharedReplicates:
    """Compare the replicates below two folders of results, file by file.

    Raises
    ------
    GridproofError
        If one of them has no finished replicate, or a file that differs cannot be read.
    """
    ours, theirs = replicate_folders(first), replicate_folders(second)
    shared = sorted(ours.keys() & theirs.keys())
    found = {name: tuple(replicate_differences(ours[name], theirs[name])) for name in shared}
    return SharedReplicates(
        n_shared=len(shared),
        only_first=tuple(sorted(ours.keys() - theirs.keys())),
        only_second=tuple(sorted(theirs.keys() - ours.keys())),
        differences={name: lines for name, lines in found.items() if lines},
    )


def replicate_folders(results: Path) -> dict[str, Path]:
    """Return the folders of finished replicates by `<cell>/seed-<seed>`."""
    cells = results / CELLS.name
    if not cells.is_dir():
        raise GridproofError(f"{results}: no folder {cells.name!r}; expected a folder of results")
    manifests = list(cells.glob(f"*/seed-*/{MANIFEST}"))
    if not manifests:
        raise GridproofError(f"{cells}: no finished replicate; expected trained cells")
    return {f"{file.parent.parent.name}/{file.parent.name}": file.parent for file in manifests}


def replicate_differences(first: Path, second: Path) -> Iterator[str]:
    """Yield what differs between two replicates; how they were made does not count."""
    names = {file.name for folder in (first, second) for file in folder.iterdir()} - {MANIFEST}
    for name in sorted(names):
        files = first / name, second / name
        if not all(file.is_file() for file in files):
            yield f"{name}: only in {(first if files[0].is_file() else second)}"
        elif files[0].read_bytes() != files[1].read_bytes():
            yield from file_differences(name, *files)


def file_differences(name: str, first: Path, second: Path) -> Iterator[str]:
    """Yield which columns or tensors of two files differ, and by how much at most."""
    if first.suffix == ".parquet":
        one, other = columns(read_table(first)), columns(read_table(second))
    elif first.suffix == ".safetensors":
        one, other = read_tensors(first), read_tensors(second)
    else:
        yield f"{name}: other bytes"
        return
    keys = sorted(one.keys() | other.keys())
    found = [
        f"{name}: {key} {words}"
        for key in keys
        if (words := array_difference(one.get(key), other.get(key)))
    ]
    yield from found or [f"{name}: equal values in other bytes"]


def columns(table: pa.Table) -> dict[str, np.ndarray]:
    """Return the columns of a table as arrays."""
    return {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}


def array_difference(one: np.ndarray | None, other: np.ndarray | None) -> str | None:
    """Return by how much two arrays differ, in words; None if their values are equal.

    One that is None is not there.
    """
    if one is None or other is None:
        return "is in one of them only"
    if one.shape != other.shape:
        return f"has the shape {one.shape} and {other.shape}"
    numeric = all(np.issubdtype(array.dtype, np.number) for array in (one, other))
    if not numeric:
        unequal = int(np.count_nonzero(one != other))
        return f"differs in {unequal} of {one.size} values" if unequal else None
    same = (one == other) | (np.isnan(one.astype(float)) & np.isnan(other.astype(float)))
    if same.all():
        return None
    largest = float(np.nanmax(np.abs(one.astype(float) - other.astype(float))))
    return (
        f"differs in {int(np.count_nonzero(~same))} of {one.size} values, by {largest:.3g} at most"
    )
