"""Prepared tables as they are read: the form of `data.parquet` in results/data/<name>-<digest>/."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gridproof.errors import GridproofError
from gridproof.files.facts import PARQUET, unusable
from gridproof.parts.kinds.table.table_data import SPLIT, TARGET

TARGET_TYPES = (pa.int64(), pa.float64())


def load_table(directory: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of one split (train, val or test) in their fixed order.

    Returns
    -------
    features : float32 array of shape (n_samples, n_features), in the units of the source.
    target : int64 labels or float64 numbers, of shape (n_samples,).

    Raises
    ------
    GridproofError : the file is missing, cut short, of another form, or has no row of the split.
    """
    path = directory / PARQUET
    table = read_rows(path)
    rows = table.filter(pc.equal(table[SPLIT], split))
    if not rows.num_rows:
        raise unusable(path, f"it has no rows of the split {split!r}")
    features = np.column_stack([rows[name].to_numpy() for name in rows.column_names[1:-1]])
    return features, rows[TARGET].to_numpy().copy()


def load_classes(directory: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return features and labels as `load_table` does; for trainers of classifiers.

    Raises
    ------
    GridproofError : as `load_table` says, or the target is a number.
    """
    features, target = load_table(directory, split)
    if target.dtype != np.int64:
        raise GridproofError(
            f"{directory / PARQUET}: found a target of {target.dtype} numbers, expected classes: "
            "this family classifies, it does not predict numbers"
        )
    return features, target


def feature_names(directory: Path) -> tuple[str, ...]:
    """Return the names of the features, in the order of `load_table`'s columns."""
    return tuple(read_rows(directory / PARQUET).column_names[1:-1])


def read_rows(path: Path) -> pa.Table:
    """Return the whole table; GridproofError if it is no prepared table."""
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise unusable(path, error) from error
    names, types = table.column_names, table.schema.types
    if (
        len(names) < 3
        or (names[0], names[-1]) != (SPLIT, TARGET)
        or types[0] != pa.string()
        or types[-1] not in TARGET_TYPES
        or any(feature != pa.float32() for feature in types[1:-1])
    ):
        raise unusable(
            path,
            f"its columns are not {SPLIT}, features in float32, and {TARGET}, found "
            + ", ".join(f"{name} ({kind})" for name, kind in zip(names, types, strict=True)),
        )
    return table
