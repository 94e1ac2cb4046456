"""Measure a finished cell and write what was found as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from gridproof.files.atomic import atomic_path
from gridproof.files.formats import write_table
from gridproof.run.measurement_registry import MEASUREMENTS, Value
from gridproof.run.memory import keep_freed_memory

SCHEMA = pa.schema(
    {
        "cell": pa.string(),
        "seed": pa.int64(),
        "epoch": pa.int64(),
        "layer": pa.int64(),
        "quantity": pa.string(),
        "value": pa.float64(),
    }
)


def measure(
    names: Sequence[str],
    digest: str,
    parameters: Mapping[str, object],
    history: Path,
    data: Path,
    out: Path,
) -> None:
    """Make the measurements `names` of a cell and write `out`, one number a row.

    Parameters
    ----------
    names : measurements of the registry.
    digest, parameters : who the cell is.
    history : its `history.safetensors`.
    data : folder of the prepared data.

    Equal inputs give equal bytes.
    """
    from gridproof.parts.families.mlp.trained import load_trained
    from gridproof.parts.training.determinism import make_deterministic

    keep_freed_memory()
    make_deterministic(threads=1)
    cell = load_trained(parameters, history, data)
    values = [value for name in names for value in MEASUREMENTS[name].measure(cell)]
    with atomic_path(out) as path:
        write_table(path, table_of_values(digest, values))


def table_of_values(digest: str, values: Sequence[Value]) -> pa.Table:
    """Return measured numbers as a table; a value that is not a number stays NaN."""
    return pa.Table.from_pylist(
        [{"cell": digest, **value._asdict()} for value in values], schema=SCHEMA
    )
