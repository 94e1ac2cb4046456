"""Data sets for tests: planned and prepared as the parts of the package and of the study say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gridproof.catalogue import catalogue
from gridproof.parts.data import csv as csv_files
from gridproof.parts.kinds.table.table_data import TableData
from gridproof.plan.data_identity import current_digest
from gridproof.plan.data_plan import DataPlan, plan_data
from gridproof.run.preparing import write_prepared

CsvOptions = dict[str, Any]
DIGEST = "0123456789ab"
PARTS = catalogue(("study",))


def degrees(name: str, most: int) -> dict[str, object]:
    """Return what is known of a column of coordinates."""
    return {"name": name, "unit": "degrees", "min": -most, "max": most}


def load_csv(options: Mapping[str, Any]) -> TableData:
    """Return the rows of a `csv` source."""
    return csv_files.load(csv_files.Options(**options))


def planned(name: str, source: str, options: Mapping[str, Any]) -> DataPlan:
    """Return the plan of a data set with the digest DIGEST."""
    return replace(plan_data(name, source, options, PARTS), digest=DIGEST)


def prepare(name: str, source: str, options: Mapping[str, Any], folder: Path) -> None:
    """Write a data set with the digest DIGEST into a folder."""
    write_prepared(planned(name, source, options), folder, PARTS.roots)


def digest_of(source: str, options: Mapping[str, Any], memory: Path | None = None) -> str:
    """Return the identity that data of a source have now."""
    plan = DataPlan(
        name="data",
        kind=PARTS.source(source).kind,
        kind_module=PARTS.module("kinds", PARTS.source(source).kind),
        source=source,
        source_module=PARTS.module("data", source),
        options=options,
        digest="",
    )
    return current_digest(plan, PARTS.roots, memory)
