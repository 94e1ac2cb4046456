"""What was measured of finished cells, one number a row, as columns of tidy tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gridproof.catalogue import MeasuredTable
from gridproof.files.formats import read_table
from gridproof.run.measuring import SCHEMA


@dataclass(frozen=True, slots=True)
class Measured:
    """The measured numbers of a cell, as its `measured.parquet` files hold them."""

    rows: pa.Table

    def values(self, quantity: str, keys: Sequence[str]) -> dict[tuple[object, ...], float]:
        """Return the values of a quantity by what `keys` say of each."""
        rows = self.rows.filter(pc.equal(self.rows["quantity"], quantity))
        names = zip(*(rows[key].to_pylist() for key in keys), strict=True)
        return dict(zip(names, rows["value"].to_pylist(), strict=True))

    def table(self, columns: MeasuredTable) -> pa.Table:
        """Return a table that is all measured: its keys and one column a quantity."""
        values = {quantity: self.values(quantity, columns.keys) for quantity in columns.quantities}
        found = sorted(set().union(*values.values()))
        schema = pa.schema(
            [SCHEMA.field(key) for key in columns.keys]
            + [pa.field(quantity, pa.float64()) for quantity in columns.quantities]
        )
        return pa.Table.from_pylist(
            [
                dict(zip(columns.keys, key, strict=True))
                | {quantity: numbers.get(key) for quantity, numbers in values.items()}
                for key in found
            ],
            schema=schema,
        )


def measured_rows(files: Sequence[Path]) -> Measured:
    """Read the measured numbers of a cell; no files are no numbers."""
    return Measured(pa.concat_tables([SCHEMA.empty_table(), *map(read_table, files)]))


def join_measured(table: pa.Table, measured: Measured, columns: MeasuredTable) -> pa.Table:
    """Return a table with these columns, null where nothing was measured."""
    keys = list(zip(*(table[key].to_pylist() for key in columns.keys), strict=True))
    for quantity in columns.quantities:
        values = measured.values(quantity, columns.keys)
        column = pa.array([values.get(key) for key in keys], pa.float64())
        table = table.append_column(quantity, column)
    return table
