"""Two folders of results are compared replicate by replicate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import save_file

from gridproof.cli.compare_command import print_comparison
from gridproof.errors import GridproofError
from gridproof.run.comparing import compare_results

CELL = "mlp-d1-0123456789ab"


def write_replicate(folder: Path, loss: float = 0.5, weight: float = 1.0) -> None:
    """Write the files of a replicate."""
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table({"epoch": [0, 1], "val_loss": [2.0, loss]})
    pq.write_table(table, folder / "metrics.parquet")
    save_file({"weight": np.array([1.0, weight])}, folder / "final.safetensors")
    (folder / "model.ubj").write_bytes(b"trees")
    (folder / "replicate.json").write_text(json.dumps({"provenance": {"host": folder.parts[-4]}}))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with the same two replicates, made on two machines."""
    both = tmp_path / "one", tmp_path / "two"
    for results in both:
        for seed in (0, 1):
            write_replicate(results / "cells" / CELL / f"seed-{seed}")
    return both


def test_same_replicates_of_two_machines_are_equal(folders, capsys) -> None:
    """Where and when they were made does not count."""
    assert print_comparison(*folders) == 0
    assert capsys.readouterr().out == "equal: 2 replicates in both, 0 of them differ\n"


def other_loss(folder: Path) -> None:
    """Another number in a table."""
    write_replicate(folder, loss=0.75)


def other_weight(folder: Path) -> None:
    """Another number in a tensor."""
    write_replicate(folder, weight=0.5)


def other_trees(folder: Path) -> None:
    """Another model in a form of its own."""
    (folder / "model.ubj").write_bytes(b"other trees")


def lost_file(folder: Path) -> None:
    """A file that is not there."""
    (folder / "model.ubj").unlink()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (other_loss, "metrics.parquet: val_loss differs in 1 of 2 values, by 0.25 at most"),
        (other_weight, "final.safetensors: weight differs in 1 of 2 values, by 0.5 at most"),
        (other_trees, "model.ubj: other bytes"),
        (lost_file, "model.ubj: only in "),
    ],
)
def test_what_differs_is_named_with_how_much(
    folders: tuple[Path, Path], change: Callable[[Path], None], told: str, capsys
) -> None:
    """Cell, seed, file, column or tensor."""
    change(folders[1] / "cells" / CELL / "seed-1")
    ((name, (found,)),) = compare_results(*folders).differences.items()
    assert f"{name}/{found}".startswith(f"{CELL}/seed-1/{told}")
    assert print_comparison(*folders) == 1
    assert "2 replicates in both, 1 of them differ" in capsys.readouterr().out


def test_replicates_that_differ_are_counted_once_each(folders: tuple[Path, Path], capsys) -> None:
    """However many of their files and columns differ, and whatever the message names."""
    for change in (other_loss, other_weight, lost_file):
        change(folders[1] / "cells" / CELL / "seed-1")
    (folders[1] / "cells" / CELL / "seed-1" / "metrics.parquet").unlink()
    assert print_comparison(*folders) == 1
    assert "2 replicates in both, 1 of them differ" in capsys.readouterr().out


def test_folders_without_a_finished_replicate_are_not_equal(folders: tuple[Path, Path]) -> None:
    """Nothing cannot be compared with nothing."""
    for results in folders:
        shutil.rmtree(results / "cells" / CELL)
    with pytest.raises(GridproofError, match="no finished replicate"):
        compare_results(*folders)


def test_replicates_of_one_folder_alone_are_named(folders, capsys) -> None:
    """They make the folders unequal."""
    shutil.rmtree(folders[0] / "cells" / CELL / "seed-0")
    assert print_comparison(*folders) == 1
    assert f"only in {folders[1]}: {CELL}/seed-0" in capsys.readouterr().out


def test_folder_without_cells_is_refused(folders, tmp_path) -> None:
    """A wrong path is no empty set of results."""
    with pytest.raises(GridproofError, match="expected a folder of results"):
        compare_results(folders[0], tmp_path)
