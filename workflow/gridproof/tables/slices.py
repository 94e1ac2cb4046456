"""The slice of an experiment: its cells' files as tidy tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gridproof.errors import GridproofError
from gridproof.store.atomic import atomic_path
from gridproof.store.files import read_table, write_table

Plan = Mapping[str, Any]


def write_slice(plan_file: Path, folder: Path) -> None:
    """Write the tables of one experiment into `folder`.

    `plan_file` is the experiment's plan: its name, its seeds, and for each cell who it is and where
    its assembled files lie.
    """
    plan: Plan = json.loads(plan_file.read_text(encoding="utf-8"))
    tables: dict[str, Callable[[Plan], pa.Table]] = {
        "cells": cells,
        "memberships": memberships,
        "epochs": epochs,
        "replicates": replicates,
    }
    for name, make in tables.items():
        with atomic_path(folder / f"{name}.parquet") as path:
            write_table(path, make(plan))


def cells(plan: Plan) -> pa.Table:
    """Return one row a cell: who it is, and one column a parameter."""
    return pa.Table.from_pylist(
        [
            {
                "cell": member["cell"],
                "slug": member["slug"],
                "family": member["family"],
                "data": member["data"],
                "threads": member["threads"],
                "engine": member["engine"],
                **member["parameters"],
            }
            for member in plan["members"]
        ]
    )


def memberships(plan: Plan) -> pa.Table:
    """Return one row a cell: how the experiment calls it, and its place in the config."""
    return pa.Table.from_pylist(
        [
            {
                "experiment": plan["experiment"],
                "cell": member["cell"],
                "label": member["label"],
                "position": member["position"],
            }
            for member in plan["members"]
        ]
    )


def epochs(plan: Plan) -> pa.Table:
    """Return the metrics of every epoch of every replicate that the experiment asks for."""
    parts = [read_table(file) for file in assembled_files(plan, "metrics.parquet")]
    table = pa.concat_tables(parts, promote_options="default")
    return table.filter(pc.is_in(table["seed"], pa.array(plan["seeds"], pa.int64())))


def replicates(plan: Plan) -> pa.Table:
    """Return one row a replicate: how it went, and where and with what it was trained."""
    rows = []
    for member in plan["members"]:
        for folder in member["assembled"]:
            manifests = json.loads((Path(folder) / "replicates.json").read_text(encoding="utf-8"))
            rows += [
                replicate_row(member["cell"], int(seed), manifest)
                for seed, manifest in manifests.items()
                if int(seed) in plan["seeds"]
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
    return pa.Table.from_pylist(rows, schema=schema)


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


def assembled_files(plan: Plan, name: str) -> Sequence[Path]:
    """Return the assembled files called `name` of all cells; GridproofError if there is no cell."""
    files = [Path(folder) / name for member in plan["members"] for folder in member["assembled"]]
    if not files:
        raise GridproofError(f"the experiment {plan['experiment']!r} has no cells")
    return files
