"""The slice of an experiment: its cells' files as tidy tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gridproof.errors import GridproofError
from gridproof.files.atomic import atomic_path
from gridproof.files.formats import read_table, write_tables
from gridproof.plan.job_plans import SlicePlan
from gridproof.tables.measured_columns import join_measured, measured_rows

REPLICATE = [("cell", pa.string()), ("seed", pa.int64())]
SCHEMAS = {
    "batches": pa.schema([*REPLICATE, ("step", pa.int64()), ("loss", pa.float32())]),
    "gradients": pa.schema(
        [*REPLICATE, ("epoch", pa.int64()), ("layer", pa.int64()), ("value", pa.float64())]
    ),
    "predictions": pa.schema(
        [
            *REPLICATE,
            ("split", pa.string()),
            ("image", pa.string()),
            ("label", pa.int64()),
            ("score", pa.float64()),
        ]
    ),
}
"""Columns of the tables that cells bring along."""


EPOCHS = "epochs"
TABLES = ("cells", "memberships", EPOCHS, "replicates", *SCHEMAS)
"""The tables that every experiment has; measurements add more."""


def table_names(columns: Mapping[str, object]) -> list[str]:
    """Return the names of an experiment's tables; `columns` are by table, as in SlicePlan."""
    return [*TABLES, *(name for name in columns if name != EPOCHS)]


def write_slice(plan: SlicePlan, folder: Path) -> None:
    """Write the tables of one experiment into `folder`.

    A cell's rows are read and written before the next cell's.
    """
    if not plan.members:
        raise GridproofError(f"the experiment {plan.experiment!r} has no cells")
    for name in table_names(plan.columns):
        with atomic_path(folder / f"{name}.parquet") as path:
            write_tables(path, rows_of(plan, name))


def rows_of(plan: SlicePlan, table: str) -> Iterator[pa.Table]:
    """Return the rows of one table of an experiment, some at a time."""
    match table:
        case "cells":
            return cells(plan)
        case "memberships":
            return memberships(plan)
        case "epochs":
            return epochs(plan)
        case "replicates":
            return replicates(plan)
    return assembled(plan, table) if table in SCHEMAS else measured(plan, table)


def cells(plan: SlicePlan) -> Iterator[pa.Table]:
    """Yield one row a cell: who it is, and one column a parameter, null where it has none."""
    rows = [
        {
            "cell": member.cell,
            "slug": member.slug,
            "family": member.family,
            "data": member.data,
            "threads": member.threads,
            "engine": member.engine,
            **member.parameters,
        }
        for member in plan.members
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    yield pa.Table.from_pylist([dict.fromkeys(names) | row for row in rows])


def memberships(plan: SlicePlan) -> Iterator[pa.Table]:
    """Yield one row a cell: how the experiment calls it, and its place in the config."""
    yield pa.Table.from_pylist(
        [
            {
                "experiment": plan.experiment,
                "cell": member.cell,
                "label": member.label,
                "group": member.group,
                "setting": member.setting,
                "position": member.position,
            }
            for member in plan.members
        ]
    )


def epochs(plan: SlicePlan) -> Iterator[pa.Table]:
    """Yield the metrics of every epoch of every replicate that the experiment asks for.

    Measured columns come last; they are null for cells and epochs that they were not measured of.
    """
    for member in plan.members:
        values = measured_rows(member.measured)
        for folder in member.assembled:
            table = asked_for(plan, read_table(folder / "metrics.parquet"))
            yield join_measured(table, values, plan.columns[EPOCHS])


def assembled(plan: SlicePlan, table: str) -> Iterator[pa.Table]:
    """Yield the rows of an assembled table of the replicates that are asked for.

    Cells of families that have no such table have no rows.
    """
    yield SCHEMAS[table].empty_table()
    for member in plan.members:
        for folder in member.assembled:
            if f"{table}.parquet" in member.files:
                yield asked_for(plan, read_table(folder / f"{table}.parquet"))


def measured(plan: SlicePlan, table: str) -> Iterator[pa.Table]:
    """Yield the rows of a table that is all measured, of the replicates that are asked for."""
    for member in plan.members:
        rows = measured_rows(member.measured).table(plan.columns[table])
        yield asked_for(plan, rows)


def asked_for(plan: SlicePlan, table: pa.Table) -> pa.Table:
    """Return the rows of the experiment's seeds."""
    return table.filter(pc.is_in(table["seed"], pa.array(plan.seeds, pa.int64())))


def replicates(plan: SlicePlan) -> Iterator[pa.Table]:
    """Yield one row a replicate: how it went, and where and with what it was trained."""
    rows = []
    for member in plan.members:
        for folder in member.assembled:
            manifests = json.loads((folder / "replicates.json").read_text(encoding="utf-8"))
            rows += [
                replicate_row(member.cell, int(seed), manifest)
                for seed, manifest in manifests.items()
                if int(seed) in plan.seeds
            ]
    schema = pa.schema(
        {
            "cell": pa.string(),
            "seed": pa.int64(),
            "seconds": pa.float64(),
            "n_parameters": pa.int64(),
            "best_epoch": pa.int64(),
            "diverged_epoch": pa.int64(),
            "engine": pa.string(),
            "threads": pa.int64(),
            "device": pa.string(),
            "torch": pa.string(),
            "python": pa.string(),
            "commit": pa.string(),
            "finished": pa.string(),
        }
    )
    yield pa.Table.from_pylist(rows, schema=schema)


def replicate_row(cell: str, seed: int, manifest: Mapping[str, Any]) -> dict[str, object]:
    """Return the row of a replicate from its manifest."""
    record, facts = manifest["provenance"], manifest["facts"]
    names = ("seconds", "engine", "threads", "device", "python", "commit", "finished")
    return {
        "cell": cell,
        "seed": seed,
        **facts,
        **{name: record[name] for name in names},
        "torch": record["libraries"].get("torch"),
    }
