"""Prepared data: the form of `data.parquet` and `facts.json` in results/data/<name>-<digest>/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gridproof.errors import GridproofError
from gridproof.files.digests import file_digest

if TYPE_CHECKING:
    import pandas as pd

PARQUET = "data.parquet"
FACTS = "facts.json"
SCHEMA = pa.schema(
    {
        "split": pa.string(),
        "longitude": pa.float32(),
        "latitude": pa.float32(),
        "label": pa.int64(),
    }
)


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return rows as the content of `data.parquet`; equal rows give equal bytes.

    `frame` has the columns split, longitude and latitude (degrees) and label, in their final order.
    """
    columns = [pa.array(frame[column], type=SCHEMA.field(column).type) for column in SCHEMA.names]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def load_split(directory: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of one split (train, val or test) in their fixed order.

    Returns
    -------
    places : float32 array of shape (n_samples, 2), longitude and latitude in degrees.
    labels : int64 array of shape (n_samples,).

    Raises
    ------
    GridproofError : the file is missing, cut short, of another form, or has no row of the split.
    """
    path = directory / PARQUET
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        _unreadable(path, error)
    if not table.schema.equals(SCHEMA):
        _unreadable(path, f"its columns are not {', '.join(SCHEMA.names)}")
    rows = table.filter(pc.equal(table["split"], split))
    if not rows.num_rows:
        _unreadable(path, f"it has no rows of the split {split!r}")
    places = np.column_stack([rows["longitude"].to_numpy(), rows["latitude"].to_numpy()])
    return places, rows["label"].to_numpy().copy()


def load_facts(directory: Path) -> dict[str, Any]:
    """Return what `facts.json` says about the data; GridproofError if it cannot be read."""
    path = directory / FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        _unreadable(path, error)
    if not isinstance(facts, dict):
        _unreadable(path, "it is not a JSON object")
    return facts


def check_prepared(directory: Path, digest: str) -> None:
    """Check that the data are those of `digest` and that no byte of the rows has changed since.

    Raises
    ------
    GridproofError : `facts.json` has another digest, or `data.parquet` is not what it describes.
    """
    facts = load_facts(directory)
    if facts.get("digest") != digest:
        _unreadable(directory / FACTS, f"its digest is {facts.get('digest')}, expected {digest}")
    path = directory / PARQUET
    try:
        content = file_digest(path)
    except GridproofError as error:
        _unreadable(path, error)
    if facts.get("content") != content:
        _unreadable(path, f"it is not the file that {FACTS} describes")


def _unreadable(path: Path, reason: object) -> NoReturn:
    raise GridproofError(
        f"{path} cannot be used: {reason}; delete the directory {path.parent} and run again"
    )
