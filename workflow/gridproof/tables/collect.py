"""All experiments' slices as one set of tables, a shared cell once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gridproof.files.atomic import atomic_path
from gridproof.files.formats import read_schema, read_table, write_tables

KEYS = {"cells": ("cell",), "memberships": ("experiment", "cell")}
"""What tells the rows of a table from each other."""
REPLICATE = ("cell", "seed")
"""What tells the replicates apart that rows of any other table are about."""


def collect(tables: Sequence[Path], folder: Path) -> None:
    """Merge `tables` of one name, each in the folder of its experiment, into tables in `folder`."""
    names = dict.fromkeys(table.name for table in tables)
    for name in names:
        parts = [table for table in tables if table.name == name]
        with atomic_path(folder / name) as path:
            write_tables(path, merge(parts, KEYS.get(Path(name).stem, REPLICATE)))


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
