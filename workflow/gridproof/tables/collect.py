"""All experiments' slices as one set of tables, a shared cell once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gridproof.files.atomic import atomic_path
from gridproof.files.formats import read_schema, read_table, write_tables

KEYS = {
    "cells": ("cell",),
    "memberships": ("experiment", "cell"),
    "epochs": ("cell", "seed"),
    "replicates": ("cell", "seed"),
    "batches": ("cell", "seed"),
    "gradients": ("cell", "seed"),
    "predictions": ("cell", "seed"),
    "activations": ("cell", "seed"),
    "regions": ("cell", "seed"),
}


def collect(slices: Sequence[Path], folder: Path) -> None:
    """Merge the tables in the folders `slices` into tables in `folder`."""
    for name, keys in KEYS.items():
        with atomic_path(folder / f"{name}.parquet") as path:
            write_tables(path, merge([part / f"{name}.parquet" for part in slices], keys))


def merge(files: Sequence[Path], keys: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the tables in `files` one by one; rows whose keys an earlier one has are left out.

    Columns that only some tables have are null in the rows of the others.
    """
    schema = pa.unify_schemas([read_schema(file) for file in files], promote_options="default")
    seen = pa.array([], pa.string())
    for file in files:
        part = read_table(file)
        key = row_keys(part, keys)
        kept = part.filter(pc.invert(pc.is_in(key, seen)))
        yield pa.concat_tables([schema.empty_table(), kept], promote_options="default")
        seen = pa.concat_arrays([seen, key.combine_chunks()]).unique()


def row_keys(table: pa.Table, keys: Sequence[str]) -> pa.ChunkedArray:
    """Return one text a row that is made of its key columns."""
    columns = [table[name].cast(pa.string()) for name in keys]
    return pc.binary_join_element_wise(*columns, "/")
