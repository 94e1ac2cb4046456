"""Measuring as a job does: from files to a file."""

from pathlib import Path

import pytest

from families.tiny import PARAMETERS
from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.files.formats import read_table
from gridproof.files.layout import assembled_folder
from gridproof.plan.job_plans import MeasuringJob, PlannedMeasurement
from gridproof.run.measuring import SCHEMA, measure
from run.jobs import make_job, run

ENTRIES = [catalogue().measurement(name) for name in catalogue().names("measurements")]


@pytest.fixture
def history(data: Path, tmp_path: Path) -> Path:
    """The weights of every epoch of two replicates, trained for two epochs."""
    job = make_job(tmp_path / "mlp-feedbeef0123", data, (0, 1))
    run(job)
    return assembled_folder(job.cell, job.seeds) / "history.safetensors"


@pytest.fixture
def job(data: Path) -> MeasuringJob:
    """All measurements of that cell."""
    family = catalogue().family("mlp")
    return MeasuringJob(
        digest="feedbeef0123",
        parameters=PARAMETERS,
        family=family.package,
        trained=family.absolute(family.trained),
        measurements=tuple(
            PlannedMeasurement(name=entry.name, module=entry.module, function=entry.function)
            for entry in ENTRIES
        ),
        data=data,
    )


def test_all_measurements_make_one_table(history: Path, job: MeasuringJob, tmp_path: Path) -> None:
    """One number a row, every declared quantity, both seeds; again, the same bytes."""
    files = [tmp_path / "first.parquet", tmp_path / "second.parquet"]
    for file in files:
        measure(job, history, file)
    table = read_table(files[0])
    assert table.schema.equals(SCHEMA)
    quantities = {name for entry in ENTRIES for name in entry.quantities}
    assert set(table["quantity"].to_pylist()) == quantities
    assert set(table["seed"].to_pylist()) == {0, 1}
    assert set(table["cell"].to_pylist()) == {"feedbeef0123"}
    assert files[0].read_bytes() == files[1].read_bytes()


def test_values_have_a_layer_just_where_their_table_has(
    history: Path, job: MeasuringJob, tmp_path: Path
) -> None:
    """As each measurement declares of itself."""
    measure(job, history, tmp_path / "out.parquet")
    rows = read_table(tmp_path / "out.parquet").to_pylist()
    by_layer = {name for entry in ENTRIES for name in entry.quantities if entry.by_layer}
    assert {row["quantity"] for row in rows if row["layer"] is not None} == by_layer


@pytest.mark.parametrize("damage", ["missing", "cut short", "empty"])
def test_damaged_history_is_named(
    damage: str, history: Path, job: MeasuringJob, tmp_path: Path
) -> None:
    """The file is named with what to do, and nothing is written."""
    if damage == "missing":
        history.unlink()
    else:
        history.write_bytes(history.read_bytes()[: -10 if damage == "cut short" else 0])
    with pytest.raises(GridproofError, match=str(history)):
        measure(job, history, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()
