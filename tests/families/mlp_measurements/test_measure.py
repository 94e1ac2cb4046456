"""Measuring as a job does: from files to a file."""

from pathlib import Path

import pytest

from families.tiny import PARAMETERS
from gridproof.errors import GridproofError
from gridproof.files.formats import read_table
from gridproof.files.layout import assembled_folder
from gridproof.run.measurement_registry import MEASUREMENTS, in_order
from gridproof.run.measuring import SCHEMA, measure
from run.jobs import make_job, run

ALL = tuple(MEASUREMENTS)


@pytest.fixture
def history(data: Path, tmp_path: Path) -> Path:
    """The weights of every epoch of two replicates, trained for two epochs."""
    job = make_job(tmp_path / "mlp-feedbeef0123", data, (0, 1))
    run(job)
    return assembled_folder(job.cell, job.seeds) / "history.safetensors"


def test_all_measurements_make_one_table(history: Path, data: Path, tmp_path: Path) -> None:
    """One number a row, every quantity of the registry, both seeds; again, the same bytes."""
    files = [tmp_path / "first.parquet", tmp_path / "second.parquet"]
    for file in files:
        measure(ALL, "feedbeef0123", PARAMETERS, history, data, file)
    table = read_table(files[0])
    assert table.schema.equals(SCHEMA)
    quantities = {name for entry in MEASUREMENTS.values() for name in entry.quantities}
    assert set(table["quantity"].to_pylist()) == quantities
    assert set(table["seed"].to_pylist()) == {0, 1}
    assert set(table["cell"].to_pylist()) == {"feedbeef0123"}
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("damage", ["missing", "cut short", "empty"])
def test_damaged_history_is_named(damage: str, history: Path, data: Path, tmp_path: Path) -> None:
    """The file is named with what to do, and nothing is written."""
    if damage == "missing":
        history.unlink()
    else:
        history.write_bytes(history.read_bytes()[: -10 if damage == "cut short" else 0])
    with pytest.raises(GridproofError, match=str(history)):
        measure(ALL, "feedbeef0123", PARAMETERS, history, data, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_names_are_put_in_order() -> None:
    """The order in which experiments name measurements changes nothing."""
    assert in_order({"regions", "auroc"}) == in_order(["auroc", "regions"]) == ("auroc", "regions")
