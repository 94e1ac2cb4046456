import errno
import hashlib
import json
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.making import PARTS, CsvOptions, prepare
from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.files.facts import load_facts
from gridproof.parts.data import csv as csv_files
from gridproof.parts.kinds.table.prepared_table import load_table
from gridproof.parts.kinds.table.table_data import TableData
from gridproof.plan.data_plan import check_data, plan_data
from gridproof.run.preparing import write_prepared


def test_prepare_writes_rows_that_load_table_reads(csv_options: CsvOptions, tmp_path: Path) -> None:
    """What training reads is what the CSV files hold."""
    prepare("places", "csv", csv_options, tmp_path / "out")
    expected = {
        "train": ([[2.35, 48.86], [13.4, 52.52], [5.72, 45.19], [11.58, 48.14]], [0, 1, 0, 1]),
        "val": ([[-1.55, 47.22], [9.99, 53.55]], [0, 1]),
        "test": ([[4.83, 45.76], [6.96, 50.94]], [0, 1]),
    }
    for split, (expected_places, expected_labels) in expected.items():
        features, labels = load_table(tmp_path / "out", split)
        assert features.dtype == np.float32
        assert labels.dtype == np.int64
        assert np.array_equal(features, np.array(expected_places, dtype=np.float32))
        assert labels.tolist() == expected_labels


def test_prepare_writes_plain_parquet(csv_options: CsvOptions, tmp_path: Path) -> None:
    """The file has the documented columns and opens without Gridproof."""
    prepare("places", "csv", csv_options, tmp_path / "out")
    schema = pq.read_schema(tmp_path / "out" / "data.parquet")
    assert [(field.name, str(field.type)) for field in schema] == [
        ("split", "string"),
        ("long", "float"),
        ("lat", "float"),
        ("target", "int64"),
    ]


def test_prepare_facts_by_hand(csv_options: CsvOptions, tmp_path: Path) -> None:
    """Each fact of a small case is what a pencil gives: shares 3/4 and 1/4."""
    Path(csv_options["train"]).write_text(
        ",long,lat,country\n0,2.5,48.75,0\n1,5.5,45.25,0\n2,11.5,48.1,1\n3,3.0,50.0,0\n"
    )
    prepare("places", "csv", csv_options, tmp_path / "out")
    facts = load_facts(tmp_path / "out")
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    parquet = (tmp_path / "out" / "data.parquet").read_bytes()
    assert facts.pop("prior_entropy") == pytest.approx(entropy, rel=1e-15)
    assert entropy == pytest.approx(0.5623351446188083)
    assert facts == {
        "name": "places",
        "kind": "table",
        "source": "csv",
        "digest": "0123456789ab",
        "rows": {"train": 4, "val": 2, "test": 2},
        "n_classes": 2,
        "classes": ["country 0", "country 1"],
        "class_counts": {"train": [3, 1], "val": [1, 1], "test": [1, 1]},
        "largest_class_share": 0.75,
        "columns": [
            {"name": "long", "unit": "degrees", "min": -1.55, "max": 11.5},
            {"name": "lat", "unit": "degrees", "min": 45.25, "max": 53.55},
        ],
        "target": {"name": "country"},
        "origin": "Rows of three CSV files that the study names, one for each of train, val and "
        "test.",
        "files": {"data.parquet": hashlib.sha256(parquet).hexdigest()},
    }


def test_prepare_is_deterministic(csv_options: CsvOptions, tmp_path: Path) -> None:
    """The same input gives the same bytes, and nothing else is left in the directory."""
    for name in ("first", "second"):
        prepare("places", "csv", csv_options, tmp_path / name)
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == [
        "data.parquet",
        "facts.json",
    ]
    for name in ("data.parquet", "facts.json"):
        first, second = tmp_path / "first" / name, tmp_path / "second" / name
        assert first.read_bytes() == second.read_bytes()


def test_prepare_names_what_is_wrong_and_writes_nothing(
    csv_options: CsvOptions, tmp_path: Path
) -> None:
    """Bad input leaves no half of a result."""
    Path(csv_options["val"]).write_text(",long,lat,country\n0,x,1,0\n")
    with pytest.raises(GridproofError, match=r"val\.csv, row 2, column 'long': found 'x'"):
        prepare("places", "csv", csv_options, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def _data(
    labels: list[int], splits: list[str], classes: tuple[str, ...], longitude: float = 1.0
) -> TableData:
    return TableData(
        frame=pd.DataFrame(
            {
                "split": splits,
                "longitude": np.full(len(labels), longitude, dtype=np.float32),
                "latitude": np.full(len(labels), 1.0, dtype=np.float32),
                "target": np.array(labels, dtype=np.int64 if classes else np.float64),
            }
        ),
        target="country",
        class_names=classes,
    )


THREE = ["train", "val", "test"]
BAD_SOURCES = {
    "one class": (
        _data([0, 0, 0], THREE, ("a",)),
        "data places: found only one class, expected at least 2",
    ),
    "class missing in a split": (
        _data([0, 0, 0, 1, 1], [*THREE, "train", "test"], ("a", "b")),
        "data places: found no val row of class b, expected at least one row of each class in "
        "every split",
    ),
    "empty split": (
        _data([0, 0, 1, 1], THREE[:2] * 2, ("a", "b")),
        "data places: found no test row of class a, expected at least one row of each class in "
        "every split",
    ),
    "not a finite number": (
        _data([0, 0, 0, 1, 1, 1], THREE * 2, ("a", "b"), np.nan),
        "data places: found a value of 'longitude' that is not a finite number",
    ),
    "empty split of numbers": (
        _data([1, 2], THREE[:2], ()),
        "data places: found no test row, expected at least one",
    ),
}


@pytest.mark.parametrize(("data", "message"), BAD_SOURCES.values(), ids=BAD_SOURCES)
def test_prepare_checks_what_a_source_delivers(
    csv_options: CsvOptions,
    data: TableData,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A source that delivers unusable rows fails before a file is written."""
    monkeypatch.setattr(csv_files, "load", lambda options: data)
    with pytest.raises(GridproofError) as caught:
        prepare("places", "csv", csv_options, tmp_path / "out")
    assert str(caught.value) == message
    assert not (tmp_path / "out").exists()


def test_prepare_on_a_full_disk_leaves_no_file(
    csv_options: CsvOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up gives one message and nothing that could be taken for data."""

    def fsync(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(GridproofError) as caught:
        prepare("places", "csv", csv_options, tmp_path / "out")
    assert str(caught.value) == f"{tmp_path / 'out'} cannot be written: No space left on device"
    assert not list(tmp_path.glob("*out*"))


def test_facts_are_readable_json(csv_options: CsvOptions, tmp_path: Path) -> None:
    """The facts are a JSON object in a text file that ends with a newline."""
    prepare("places", "csv", csv_options, tmp_path / "out")
    text = (tmp_path / "out" / "facts.json").read_text()
    assert text.endswith("}\n")
    assert json.loads(text) == load_facts(tmp_path / "out")


def test_edited_source_is_noticed_by_the_job(csv_options: CsvOptions) -> None:
    """A job that was planned before a file was edited prepares nothing under the old name."""
    plan = plan_data("places", "csv", csv_options, PARTS)
    check_data(plan, PARTS.roots)
    path = Path(csv_options["train"])
    path.write_text(path.read_text().replace("2.35", "2.36"))
    with pytest.raises(GridproofError, match="the data 'places' changed after this job was"):
        check_data(plan, PARTS.roots)


DYNAMIC_SOURCE = """\
import importlib

from gridproof.part import DataSource, Section

class Options(Section):
    pass

SOURCE = DataSource(description="Points.", kind="table", options=Options)

def source_files(options):
    return ()

def load(options):
    helper = importlib.import_module("dynamic_parts.data." + "hidden_" + "rows")
    return helper.rows()
"""
HIDDEN_ROWS = """\
import pandas as pd

from gridproof.parts.kinds.table.table_data import TableData

def rows():
    frame = pd.DataFrame({"split": ["train", "val", "test"] * 2, "x": [1.0] * 6})
    frame = frame.astype({"x": "float32"}).assign(target=[0, 0, 0, 1, 1, 1])
    return TableData(frame=frame, target="side", class_names=("left", "right"))
"""


def test_rows_of_code_that_the_identity_does_not_know_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import that only running the source tells of fails the job, and nothing is written."""
    folder = tmp_path / "dynamic_parts" / "data"
    folder.mkdir(parents=True)
    (folder / "dynamic.py").write_text(DYNAMIC_SOURCE)
    (folder / "hidden_rows.py").write_text(HIDDEN_ROWS)
    monkeypatch.syspath_prepend(tmp_path)
    parts = catalogue((str(tmp_path / "dynamic_parts"),))
    plan = plan_data("points", "dynamic", {}, parts)
    with pytest.raises(GridproofError) as caught:
        write_prepared(plan, tmp_path / "out", parts.roots)
    assert str(caught.value) == (
        "the data 'points' were made with dynamic_parts.data.hidden_rows, found no way to it from "
        "dynamic_parts.data.dynamic, expected an import that can be followed: by its name, in "
        "code that it can reach"
    )
    assert not (tmp_path / "out").exists()
