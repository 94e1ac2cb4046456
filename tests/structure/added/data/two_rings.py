"""Rows of two classes, one around the other."""

from __future__ import annotations

from pathlib import Path

from gridproof.part import DataSource, Section, Whole, parameter
from gridproof.parts.data.divisions import Split, divide
from gridproof.parts.kinds.table.table_data import SPLIT, TARGET, TableData


class Options(Section):
    """How many rows there are."""

    rows: Whole = parameter(200, "Rows, half of them of each class.", at_least=40, at_most=10_000)


SOURCE = DataSource(
    description="Two rings of points, one around the other.", kind="table", options=Options
)


def source_files(options: Options) -> tuple[Path, ...]:
    """Return nothing: the rows are computed."""
    return ()


def load(options: Options) -> TableData:
    """Return the rows, on circles of the radii 1 and 2 around a point of their own."""
    import numpy as np
    import pandas as pd

    labels = np.arange(options.rows) % 2
    angles = np.random.default_rng(0).random(options.rows) * 2 * np.pi
    columns = (
        np.stack([np.cos(angles), np.sin(angles)], 1) * (1 + labels[:, None]) + labels[:, None]
    )
    rows = divide(options.rows, Split(), labels)
    frame = pd.DataFrame(columns.astype(np.float32), columns=["right", "up"])
    frame.insert(0, SPLIT, "train")
    for split, chosen in rows.items():
        frame.loc[chosen, SPLIT] = split
    frame[TARGET] = labels.astype(np.int64)
    frame = frame.sort_values(SPLIT, key=lambda names: names.map(list(rows).index), kind="stable")
    return TableData(frame=frame, target="ring", class_names=("inner", "outer"))
