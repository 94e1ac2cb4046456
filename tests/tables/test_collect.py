from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from gridproof.files.formats import read_table, write_table
from gridproof.tables.collect import collect, merge
from tables.conftest import NORM, RATE, SHARED, TABLES
from tables.synthetic import EPOCHS


def keys_of(tables: Path, name: str, *columns: str) -> list[tuple[object, ...]]:
    """Return the key columns of a table, row by row."""
    rows = read_table(tables / f"{name}.parquet").to_pylist()
    return [tuple(row[column] for column in columns) for row in rows]


def test_shared_cell_is_there_once(tables: Path) -> None:
    """Cells of all experiments, each once, and a membership for each experiment it is in."""
    assert keys_of(tables, "cells", "cell") == [(SHARED,), (RATE,), (NORM,)]
    assert keys_of(tables, "memberships", "experiment", "cell") == [
        ("learning_rate", SHARED),
        ("learning_rate", RATE),
        ("batch_norm", NORM),
        ("batch_norm", SHARED),
    ]


def test_replicates_of_a_shared_cell_are_the_union(tables: Path) -> None:
    """An experiment that asks for more seeds of a shared cell adds those, and no row twice."""
    expected = {
        *((SHARED, seed) for seed in (0, 1, 5)),
        *((RATE, seed) for seed in (0, 1)),
        *((NORM, seed) for seed in (0, 1, 5)),
    }
    replicates = keys_of(tables, "replicates", "cell", "seed")
    assert set(replicates) == expected
    assert len(replicates) == len(expected)
    epochs = keys_of(tables, "epochs", "cell", "seed", "epoch")
    assert set(epochs) == {(*key, epoch) for key in expected for epoch in range(EPOCHS + 1)}
    assert len(epochs) == len(expected) * (EPOCHS + 1)


def test_rows_are_those_of_the_slices(tables: Path) -> None:
    """Collecting changes no value: each row of a slice is found again as it was."""
    for name in TABLES:
        collected = [str(row) for row in read_table(tables / f"{name}.parquet").to_pylist()]
        for experiment in ("learning_rate", "batch_norm"):
            part = read_table(tables / experiment / f"{name}.parquet")
            assert {str(row) for row in part.to_pylist()} <= set(collected)


def test_collect_of_one_experiment_is_its_slice(tables: Path, tmp_path: Path) -> None:
    """A study of one experiment has the same tables twice."""
    collect(list((tables / "batch_norm").iterdir()), tmp_path)
    for name in TABLES:
        file = f"{name}.parquet"
        assert read_table(tmp_path / file).equals(read_table(tables / "batch_norm" / file))


def merged(folder: Path, tables: Sequence[pa.Table], keys: Sequence[str]) -> pa.Table:
    """Return tables merged by way of files."""
    files = [folder / f"{number}.parquet" for number in range(len(tables))]
    for file, table in zip(files, tables, strict=True):
        write_table(file, table)
    return pa.concat_tables(merge(files, keys))


def test_columns_of_another_family_are_null(tmp_path: Path) -> None:
    """A column that only some tables have is null in the rows of the others."""
    mlp = pa.table({"cell": ["a"], "depth": [6]})
    other = pa.table({"cell": ["b", "a"], "eta": [0.5, 0.1]})
    assert merged(tmp_path, [mlp, other], ["cell"]).to_pylist() == [
        {"cell": "a", "depth": 6, "eta": None},
        {"cell": "b", "depth": None, "eta": 0.5},
    ]


def test_keys_of_several_columns_do_not_run_together(tmp_path: Path) -> None:
    """Cell `a` seed 11 and cell `a1` seed 1 are two keys."""
    first = pa.table({"cell": ["a1"], "seed": [1]})
    second = pa.table({"cell": ["a", "a1"], "seed": [11, 1]})
    assert len(merged(tmp_path, [first, second], ["cell", "seed"])) == 2


@pytest.mark.parametrize("name", TABLES)
def test_three_libraries_read_the_same(name: str, tables: Path) -> None:
    """pandas, polars and DuckDB agree with Arrow on every value, nulls and NaN included."""
    path = tables / f"{name}.parquet"
    expected = read_table(path)
    rows = [[repr(value) for value in row.values()] for row in expected.to_pylist()]
    frame = pd.read_parquet(path, dtype_backend="pyarrow")
    from_pandas = pa.Table.from_pandas(frame, schema=expected.schema, preserve_index=False)
    quoted = ", ".join(f'"{column}"' for column in expected.column_names)
    found = {
        "pandas": [[repr(value) for value in row.values()] for row in from_pandas.to_pylist()],
        "polars": [[repr(value) for value in row] for row in pl.read_parquet(path).rows()],
        "duckdb": [
            [repr(value) for value in row]
            for row in duckdb.sql(f"select {quoted} from '{path}'").fetchall()
        ],
    }
    for library, values in found.items():
        assert values == rows, library
    assert list(frame.columns) == list(pl.read_parquet(path).columns) == expected.column_names


def test_plain_pandas_reads_numbers(tables: Path) -> None:
    """Without further options pandas has NaN where a value is null or NaN, and all others."""
    frame = pd.read_parquet(tables / "epochs.parquet")
    diverged = (frame["cell"] == RATE) & (frame["seed"] == 1) & (frame["epoch"] == EPOCHS)
    absent = frame["epoch"] == 0
    assert frame["train_loss"].isna().equals(diverged | absent)
    assert frame["val_loss"].isna().equals(diverged)
    assert frame["train_accuracy"].isna().equals(absent)
