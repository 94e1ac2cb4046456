"""From the rows of a source to `data.parquet`, and what there is to say about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gridproof.errors import GridproofError
from gridproof.files.facts import PARQUET, SPLITS
from gridproof.files.formats import write_table
from gridproof.parts.kinds.class_facts import check_class_counts, class_counts, class_facts
from gridproof.parts.kinds.table.table_data import SPLIT, TARGET, TableData


def prepare_table(name: str, data: TableData, folder: Path) -> dict[str, Any]:
    """Write the rows of a source into a folder and return the facts that follow from them.

    The bytes are a function of the rows and of the version of pyarrow. `columns` are the features:
    name, least and greatest value of all rows, unit. `target` has a name; where it is a number,
    also its range, and mean, standard deviation and variance of the train split (of a population:
    what a prediction of the mean has as its mean squared error).

    Raises
    ------
    GridproofError : the source delivers what cannot be trained on.
    """
    check_rows(name, data)
    facts = {
        **target_facts(name, data),
        "columns": [column_facts(data, column) for column in data.features],
    }
    write_rows(data, folder / PARQUET)
    return facts


def write_rows(data: TableData, path: Path) -> None:
    """Write `data.parquet`; equal rows give equal bytes."""
    target = pa.int64() if data.class_names else pa.float64()
    schema = pa.schema(
        [(SPLIT, pa.string()), *((name, pa.float32()) for name in data.features), (TARGET, target)]
    )
    columns = [pa.array(data.frame[field.name], type=field.type) for field in schema]
    write_table(path, pa.Table.from_arrays(columns, schema=schema))


def check_rows(name: str, data: TableData) -> None:
    """Check what every source must deliver: features, and numbers that are finite."""
    if not data.features:
        raise GridproofError(f"data {name}: found no feature, expected at least one")
    for column in (*data.features, *(() if data.class_names else (TARGET,))):
        if not np.isfinite(data.frame[column].to_numpy()).all():
            raise GridproofError(
                f"data {name}: found a value of {column!r} that is not a finite number"
            )


def target_facts(name: str, data: TableData) -> dict[str, Any]:
    """Return the numbers of rows and the facts about the target.

    Raises
    ------
    GridproofError : there is one class only, or a split without a row, or a row of a class.
    """
    splits, target = data.frame[SPLIT], data.frame[TARGET]
    if data.class_names:
        counts = class_counts(splits, target, len(data.class_names))
        check_class_counts(name, counts, data.class_names)
        return {**class_facts(counts, data.class_names), "target": {"name": data.target}}
    for split in missing_splits(data):
        raise GridproofError(f"data {name}: found no {split} row, expected at least one")
    train = target[splits == "train"].to_numpy()
    return {
        "rows": {split: int((splits == split).sum()) for split in SPLITS},
        "target": {
            **named(data, data.target),
            "min": float(target.min()),
            "max": float(target.max()),
            "mean": float(train.mean()),
            "sd": float(train.std()),
            "variance": float(train.var()),
        },
    }


def missing_splits(data: TableData) -> Iterator[str]:
    """Yield the splits that have no row."""
    present = set(data.frame[SPLIT])
    yield from (split for split in SPLITS if split not in present)


def column_facts(data: TableData, column: str) -> dict[str, Any]:
    """Return what there is to say of a feature; values have as many digits as a float32 needs."""
    values = data.frame[column].to_numpy()
    low, high = float(str(values.min())), float(str(values.max()))
    return {**named(data, column), "min": low, "max": high}


def named(data: TableData, column: str) -> dict[str, str]:
    """Return name and unit of a column; the unit is empty where the source names none."""
    return {"name": column, "unit": data.units.get(column, "")}
