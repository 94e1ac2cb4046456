"""What was measured of finished cells, one number a row, as columns of tidy tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gridproof.files.formats import read_table
from gridproof.run.measurement_registry import quantities_of
from gridproof.run.measuring import SCHEMA

KEYS = {
    "epochs": ("cell", "seed", "epoch"),
    "activations": ("cell", "seed", "epoch", "layer"),
    "regions": ("cell", "seed", "epoch"),
}
"""What tells the rows of a table with measured columns from each other."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The measured numbers of a cell, as its `measured.parquet` files hold them."""

    rows: pa.Table

    def values(self, quantity: str, keys: Sequence[str]) -> dict[tuple[object, ...], float]:
        """Return the values of a quantity by what `keys` say of each."""
        rows = self.rows.filter(pc.equal(self.rows["quantity"], quantity))
        names = zip(*(rows[key].to_pylist() for key in keys), strict=True)
        return dict(zip(names, rows["value"].to_pylist(), strict=True))

    def table(self, name: str) -> pa.Table:
        """Return a table that is all measured: its keys and one column a quantity."""
        keys, quantities = KEYS[name], quantities_of(name)
        columns = {quantity: self.values(quantity, keys) for quantity in quantities}
        found = sorted(set().union(*columns.values()))
        schema = pa.schema(
            [SCHEMA.field(key) for key in keys]
            + [pa.field(quantity, pa.float64()) for quantity in quantities]
        )
        return pa.Table.from_pylist(
            [
                dict(zip(keys, key, strict=True))
                | {quantity: values.get(key) for quantity, values in columns.items()}
                for key in found
            ],
            schema=schema,
        )


def measured_rows(files: Sequence[str]) -> Measured:
    """Read the measured numbers of a cell; no files are no numbers."""
    return Measured(pa.concat_tables([SCHEMA.empty_table(), *map(read_table, map(Path, files))]))


def join_measured(table: pa.Table, measured: Measured) -> pa.Table:
    """Return the table `epochs` with its measured columns, null where nothing was measured."""
    keys = list(zip(*(table[key].to_pylist() for key in KEYS["epochs"]), strict=True))
    for quantity in quantities_of("epochs"):
        values = measured.values(quantity, KEYS["epochs"])
        column = pa.array([values.get(key) for key in keys], pa.float64())
        table = table.append_column(quantity, column)
    return table
