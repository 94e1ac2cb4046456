"""All experiments' slices as one set of tables, a shared cell once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gridproof.store.atomic import atomic_path
from gridproof.store.files import read_table, write_table

KEYS = {
    "cells": ("cell",),
    "memberships": ("experiment", "cell"),
    "epochs": ("cell", "seed"),
    "replicates": ("cell", "seed"),
}


def collect(slices: Sequence[Path], folder: Path) -> None:
    """Merge the tables in the folders `slices` into tables in `folder`."""
    for name, keys in KEYS.items():
        parts = [read_table(part / f"{name}.parquet") for part in slices]
        with atomic_path(folder / f"{name}.parquet") as path:
            write_table(path, merge(parts, keys))


def merge(parts: Sequence[pa.Table], keys: Sequence[str]) -> pa.Table:
    """Concatenate tables; rows whose keys an earlier table has are left out.

    Columns that only some tables have are null in the rows of the others.
    """
    kept: list[pa.Table] = []
    seen = pa.array([], pa.string())
    for part in parts:
        key = row_keys(part, keys)
        kept.append(part.filter(pc.invert(pc.is_in(key, seen))))
        seen = pa.concat_arrays([seen, key.combine_chunks()]).unique()
    return pa.concat_tables(kept, promote_options="default")


def row_keys(table: pa.Table, keys: Sequence[str]) -> pa.ChunkedArray:
    """Return one text a row that is made of its key columns."""
    columns = [table[name].cast(pa.string()) for name in keys]
    return pc.binary_join_element_wise(*columns, "/")
