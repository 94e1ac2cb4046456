"""What a figure is drawn from: the slice of an experiment, its cells' weights, the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from gridproof.errors import GridproofError
from gridproof.files.facts import PARQUET, load_facts
from gridproof.kit.unmeasured import unmeasured_figure
from gridproof.tables.members import Member, Slice, read_frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything a figure may look at; figures of data alone have no slice and no weights.

    `weights` are files by digest of a cell: its final ones, or those after every epoch.
    """

    data_dir: Path
    tables: Slice | None = None
    weights: Mapping[str, Path] = field(default_factory=dict)

    @property
    def members(self) -> list[Member]:
        """The cells of the experiment, in the order of the config."""
        if self.tables is None:
            raise GridproofError("this figure shows an experiment: name the folder of its tables")
        return self.tables.members()

    def facts(self) -> dict[str, Any]:
        """Return the facts of the prepared data (see facts.json)."""
        return load_facts(self.data_dir)

    def rows(self) -> pd.DataFrame:
        """Return the rows of the prepared data, in the form of their kind's `data.parquet`."""
        return read_frame(self.data_dir / PARQUET)

    def measured(self, measurement: str, table: str) -> tuple[list[Member], list[pd.DataFrame]]:
        """Return the cells that have rows in a large table, and the rows of each by seed.

        Raises GridproofError, naming the measurement to ask for, if there are none.
        """
        found = [(member, member.rows(table)) for member in self.members]
        filled = [(member, rows.sort_values("seed")) for member, rows in found if not rows.empty]
        if not filled:
            raise unmeasured_figure(measurement)
        return [member for member, _ in filled], [rows for _, rows in filled]

    def weights_of(self, cell: str) -> Path:
        """Return the file of a cell's weights."""
        if cell not in self.weights:
            raise GridproofError(f"no weights of cell {cell} were given to this figure")
        return self.weights[cell]
