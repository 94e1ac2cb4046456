"""What the replicates of a study were made with, and how long that took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gridproof.kit.markdown import Markdown, table
from gridproof.plan.job_plans import StudyPlan
from gridproof.tables.ask import training_seconds
from gridproof.tables.members import Slice

PROVENANCE = {
    "engine": "engine",
    "threads": "threads",
    "device": "device",
    "python": "Python",
    "commit": "commit",
}
"""Columns of the table of replicates, and what the report calls them."""


def provenance(plan: StudyPlan, slices: Mapping[str, Slice]) -> dict[str, Any]:
    """Return the seconds of all replicates and a table of what they were made with."""
    tables = [tables.replicates for tables in slices.values()]
    replicates = pd.concat(tables, ignore_index=True).drop_duplicates(["cell", "seed"])
    return {
        "seconds": training_seconds(replicates),
        "table": provenance_table(plan, replicates),
    }


def provenance_table(plan: StudyPlan, replicates: pd.DataFrame) -> Markdown:
    """Return a row a thing that replicates were made with: all values that occur.

    `prepared data` are folders, those made from other data included; libraries are named with
    their versions.
    """
    specs = [cell.spec for experiment in plan.experiments for cell in experiment.cells]
    prepared = {data.directory.name for data in plan.data} | {spec["data"] for spec in specs}
    libraries = {item for spec in specs for item in spec["libraries"].items()}
    rows = [
        ("prepared data", ", ".join(sorted(prepared))),
        ("libraries", ", ".join(f"{name} {version}" for name, version in sorted(libraries))),
    ]
    rows += [
        (words, ", ".join(sorted({str(value) for value in replicates[column]})))
        for column, words in PROVENANCE.items()
    ]
    return table(["what", "with"], rows)
