"""Measure a finished cell and write what was found as one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from gridproof.files.atomic import atomic_path
from gridproof.files.formats import write_table
from gridproof.part import Value
from gridproof.parts_folder import import_part
from gridproof.plan.job_plans import MeasuringJob
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


def measure(job: MeasuringJob, history: Path, out: Path) -> None:
    """Make the measurements of a cell and write `out`, one number a row.

    `history` is the cell's `history.safetensors`. Equal inputs give equal bytes.
    """
    keep_freed_memory()
    module, _, name = job.trained.partition(":")
    cell = getattr(import_part(module), name)(job.parameters, history, job.data)
    values = [
        value
        for planned in job.measurements
        for value in getattr(import_part(planned.module), planned.function)(cell)
    ]
    with atomic_path(out) as path:
        write_table(path, table_of_values(job.digest, values))


def table_of_values(digest: str, values: Sequence[Value]) -> pa.Table:
    """Return measured numbers as a table; a value that is not a number stays NaN."""
    return pa.Table.from_pylist(
        [{"cell": digest, **value._asdict()} for value in values], schema=SCHEMA
    )
