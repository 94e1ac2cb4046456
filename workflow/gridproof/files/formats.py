"""Reading and writing Parquet and safetensors so that equal content gives equal bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from gridproof.errors import GridproofError


def write_table(path: Path, table: pa.Table) -> None:
    """Write a Parquet file; equal tables give equal bytes."""
    pq.write_table(table, path, compression="zstd")


def write_tables(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables of one schema, at least one, as one Parquet file without joining them first."""
    remaining = iter(tables)
    first = next(remaining)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for table in remaining:
            writer.write_table(table)


def read_table(path: Path) -> pa.Table:
    """Read a Parquet file; GridproofError names a file that is missing or damaged."""
    try:
        return pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        raise GridproofError(_damaged(path, "Parquet", error)) from error


def read_schema(path: Path) -> pa.Schema:
    """Read a Parquet file's columns; GridproofError names a file that is missing or damaged."""
    try:
        return pq.ParquetFile(path).schema_arrow
    except (OSError, pa.ArrowException) as error:
        raise GridproofError(_damaged(path, "Parquet", error)) from error


def table_of(columns: Mapping[str, np.ndarray]) -> pa.Table:
    """Turn columns into an Arrow table; masked values become nulls, NaN stays NaN."""
    return pa.table(
        {
            name: pa.array(np.ma.getdata(values), mask=np.ma.getmaskarray(values))
            for name, values in columns.items()
        }
    )


def write_tensors(path: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Write a safetensors file; equal tensors give equal bytes."""
    path.write_bytes(save({name: np.ascontiguousarray(value) for name, value in tensors.items()}))


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """Read a safetensors file; GridproofError names a file that is missing or damaged."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise GridproofError(_damaged(path, "safetensors", error)) from error


def _damaged(path: Path, kind: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} does not exist"
    return (
        f"{path} is not a whole {kind} file ({path.stat().st_size} bytes: {error}); "
        f"delete {path.parent} and run again"
    )
