"""Rows of named numbers, each with its class or with a number to predict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridproof.part import Kind

if TYPE_CHECKING:
    from gridproof.parts.kinds.table.table_data import TableData

KIND = Kind(
    files=("data.parquet",),
    content=("prepare_table:write_rows",),
    picture="data_overview",
)


def make(name: str, given: TableData, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Write `data.parquet` and return the facts; see `gridproof.part.KindModule`."""
    from gridproof.parts.kinds.table.prepare_table import prepare_table

    return prepare_table(name, given, folder)
