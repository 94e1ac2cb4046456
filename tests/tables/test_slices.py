from pathlib import Path

import numpy as np
import pytest

from gridproof.errors import GridproofError
from gridproof.files.formats import read_table
from gridproof.plan.job_plans import SlicePlan
from gridproof.plan.wire import read_file
from gridproof.tables.slices import write_slice
from tables.conftest import NORM, RATE, SHARED
from tables.synthetic import (
    EPOCHS,
    MEASURED,
    METRICS,
    PARAMETERS,
    QUANTITIES,
    measured,
    member,
    metric,
    plan_of,
    write_cell,
)


def rows(folder: Path, table: str) -> list[dict[str, object]]:
    """Return the rows of a table."""
    found: list[dict[str, object]] = read_table(folder / f"{table}.parquet").to_pylist()
    return found


def test_cells_have_a_column_for_each_parameter(tables: Path) -> None:
    """One row a cell of the experiment, in the order of the config."""
    who = {"slug": "mlp", "family": "mlp", "data": "countries", "threads": 1, "engine": "torch"}
    assert rows(tables / "learning_rate", "cells") == [
        {"cell": SHARED, **who, **PARAMETERS},
        {"cell": RATE, **who, **PARAMETERS, "learning_rate": 1.0},
    ]


def test_memberships_name_the_cells(tables: Path) -> None:
    """A cell has the label and the position that the experiment gives it."""
    assert rows(tables / "batch_norm", "memberships") == [
        {
            "experiment": "batch_norm",
            "cell": cell,
            "label": f"cell {position}",
            "group": "a group",
            "setting": f"setting {position}",
            "position": position,
        }
        for position, cell in enumerate((NORM, SHARED))
    ]


@pytest.mark.parametrize(
    ("experiment", "keys"),
    [
        ("learning_rate", [(SHARED, 0), (SHARED, 1), (RATE, 0), (RATE, 1)]),
        ("batch_norm", [(c, s) for c in (NORM, SHARED) for s in (0, 1, 5)]),
    ],
)
def test_epochs_are_those_of_the_seeds_asked_for(
    experiment: str, keys: list[tuple[str, int]], tables: Path
) -> None:
    """Every epoch of every replicate, of all blocks; a cell's other seeds are left out."""
    found = rows(tables / experiment, "epochs")
    assert [(row["cell"], row["seed"], row["epoch"]) for row in found] == [
        (*key, epoch) for key in keys for epoch in range(EPOCHS + 1)
    ]
    replicates = rows(tables / experiment, "replicates")
    assert [(row["cell"], row["seed"]) for row in replicates] == keys


def test_epochs_keep_the_measured_numbers(tables: Path) -> None:
    """Each number is in its place, null where nothing was measured."""
    for row in rows(tables / "batch_norm", "epochs"):
        cell, seed, epoch = str(row["cell"]), int(str(row["seed"])), int(str(row["epoch"]))
        assert row["steps"] == 7 * epoch
        for name in METRICS:
            absent = epoch == 0 and name.startswith("train")
            assert row[name] == (None if absent else metric(cell, seed, epoch, name))


def test_divergence_stays_apart_from_what_is_absent(tables: Path) -> None:
    """The diverged replicate's last losses are NaN, its accuracies 0; nulls are at epoch 0 only."""
    for row in rows(tables / "learning_rate", "epochs"):
        diverged = (row["cell"], row["seed"], row["epoch"]) == (RATE, 1, EPOCHS)
        for name in METRICS:
            assert (row[name] is None) == (row["epoch"] == 0 and name.startswith("train"))
            if diverged:
                assert np.isnan(row[name]) if name.endswith("loss") else row[name] == 0
            elif row[name] is not None:
                assert np.isfinite(row[name])
    facts = {
        (row["cell"], row["seed"]): row["diverged_epoch"]
        for row in rows(tables / "learning_rate", "replicates")
    }
    assert facts == {(SHARED, 0): None, (SHARED, 1): None, (RATE, 0): None, (RATE, 1): EPOCHS}


def test_replicates_tell_how_they_were_trained(tables: Path) -> None:
    """Facts and provenance of a replicate are one row; what is unknown is null."""
    assert rows(tables / "learning_rate", "replicates")[3] == {
        "cell": RATE,
        "seed": 1,
        "seconds": 2.5,
        "n_parameters": 100,
        "best_epoch": 1,
        "diverged_epoch": EPOCHS,
        "engine": "torch",
        "threads": 1,
        "device": "cpu",
        "torch": "2.14.1",
        "python": "3.11.7",
        "commit": None,
        "finished": "2026-01-02T03:04:05+00:00",
    }


def test_slice_is_a_function_of_its_inputs(tables: Path, tmp_path: Path) -> None:
    """Written again, the files have the same bytes, and nothing else lies beside them."""
    write_slice(read_file(SlicePlan, tables.parent / "batch_norm.json"), tmp_path)
    expected = {path.name: path.read_bytes() for path in (tables / "batch_norm").iterdir()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == expected
    assert expected.keys() == {
        "cells.parquet",
        "memberships.parquet",
        "epochs.parquet",
        "replicates.parquet",
        "batches.parquet",
        "gradients.parquet",
        "predictions.parquet",
        "activations.parquet",
        "regions.parquet",
    }


def test_measured_columns_are_null_where_nothing_was_measured(tables: Path) -> None:
    """The measured epoch of the measured cell has its numbers, all other rows have nulls."""
    for row in rows(tables / "batch_norm", "epochs"):
        for name in MEASURED["epochs"].quantities:
            there = (row["cell"], row["epoch"]) == (SHARED, EPOCHS)
            number = QUANTITIES.index(name)
            expected = measured(SHARED, int(str(row["seed"])), number, None) if there else None
            assert row[name] == expected


def test_tables_of_measurements_have_the_seeds_asked_for(tables: Path) -> None:
    """Each row has its own number, whatever block its seed was trained in."""
    number = QUANTITIES.index("dead_share")
    assert rows(tables / "batch_norm", "activations") == [
        {
            "cell": SHARED,
            "seed": seed,
            "epoch": EPOCHS,
            "layer": layer,
            "dead_share": measured(SHARED, seed, number, layer),
        }
        for seed in (0, 1, 5)
        for layer in (0, 1)
    ]
    names = MEASURED["regions"].quantities
    assert rows(tables / "learning_rate", "regions") == [
        {"cell": SHARED, "seed": seed, "epoch": EPOCHS}
        | {name: measured(SHARED, seed, QUANTITIES.index(name), None) for name in names}
        for seed in (0, 1)
    ]


@pytest.mark.parametrize("table", ["batches", "gradients"])
def test_recorded_rows_are_those_of_the_seeds_asked_for(table: str, tables: Path) -> None:
    """Every row of the assembled files of the seeds that the experiment asks for."""
    found = [(row["cell"], row["seed"]) for row in rows(tables / "learning_rate", table)]
    repeats = 2 if table == "batches" else 1
    expected = [(c, s) for c in (SHARED, RATE) for s in (0, 1) for _ in range(repeats)]
    assert found == expected


@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_slice_names_a_damaged_cell(damage: str, tmp_path: Path) -> None:
    """A cell's file that cannot be read is named; no epochs are written without it."""
    (folder,) = write_cell(tmp_path / "cells", SHARED, (0,))
    metrics = folder / "metrics.parquet"
    if damage == "missing":
        metrics.unlink()
    else:
        metrics.write_bytes(metrics.read_bytes()[:-10])
    plan = plan_of("shape", (0,), [member(SHARED, [folder])])
    with pytest.raises(GridproofError, match=str(metrics)):
        write_slice(plan, tmp_path / "tables")
    assert not (tmp_path / "tables" / "epochs.parquet").exists()


def test_slice_without_cells_is_refused(tmp_path: Path) -> None:
    """An experiment that has no cell is a mistake, not an empty table."""
    plan = plan_of("shape", (0,), [])
    with pytest.raises(GridproofError, match="the experiment 'shape' has no cells"):
        write_slice(plan, tmp_path / "tables")
