"""Prepared images as training reads them."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.image_files import options, write_class
from data.making import DIGEST, prepare
from gridproof.errors import GridproofError
from gridproof.files.facts import check_prepared
from gridproof.parts.kinds.images.prepared_images import load_images


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """Eight prepared images: four to train on, two for validation, two for the test."""
    write_class(tmp_path / "faces" / "real", 4, 1)
    write_class(tmp_path / "faces" / "fake", 4, 2)
    prepare("faces", "folder", options(tmp_path / "faces"), tmp_path / "out")
    return tmp_path / "out"


def test_splits_are_the_rows_of_the_array(prepared: Path) -> None:
    """The three splits one after another are the whole file; parts are read as asked for."""
    splits = [load_images(prepared, split) for split in ("train", "val", "test")]
    whole = np.load(prepared / "images.npy")
    assert np.array_equal(np.concatenate([split.images[:] for split in splits]), whole)
    assert [split.images.shape for split in splits] == [(n, *whole.shape[1:]) for n in (4, 2, 2)]
    assert np.array_equal(splits[0].images[1:3], whole[1:3])
    assert [split.labels.tolist() for split in splits] == [[0, 0, 1, 1], [0, 1], [0, 1]]


def test_seeds_take_divisions_in_turn(tmp_path: Path) -> None:
    """Seed 1 has the second division, seed 2 the first again; a row may be of no use to one."""
    options = {"size": 64, "divisions": 2, "counts": {"train": 40, "val": 12, "test": 8}}
    prepare("images", "patches", options, tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "data.parquet")
    for seed, column in ((0, "split"), (1, "split_1"), (2, "split"), (3, "split_1")):
        data = load_images(tmp_path / "out", "test", seed)
        chosen = np.array(rows[column].to_pylist(), dtype=object) == "test"
        assert list(data.names) == rows.filter(pa.array(chosen))["image"].to_pylist()
        assert np.array_equal(data.images[:], np.load(tmp_path / "out" / "images.npy")[chosen])
    assert rows["split"].null_count == rows["split_1"].null_count == 8
    assert json.loads((tmp_path / "out" / "facts.json").read_text())["divisions"] == 2


@pytest.mark.parametrize("file", ["images.npy", "data.parquet"])
def test_changed_byte_is_noticed(prepared: Path, file: str) -> None:
    """One bit in either file is enough."""
    content = bytearray((prepared / file).read_bytes())
    content[-1] ^= 1
    (prepared / file).write_bytes(content)
    with pytest.raises(GridproofError, match=f"{file} cannot be used: it is not the file that"):
        check_prepared(prepared, DIGEST)


def test_other_digest_is_refused(prepared: Path) -> None:
    """Data of another identity are not used."""
    with pytest.raises(GridproofError, match="its digest is 0123456789ab, expected ffffffffffff"):
        check_prepared(prepared, "f" * 12)


@pytest.mark.parametrize("length", [0, 50, 5000])
def test_short_array_is_refused(prepared: Path, length: int) -> None:
    """A file that was cut short is named, with what to do."""
    path = prepared / "images.npy"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(GridproofError, match=r"images\.npy cannot be used: .*delete the directory"):
        load_images(prepared, "train")


def test_array_of_another_form_is_refused(prepared: Path) -> None:
    """Floats, or another number of images than rows, are no prepared images."""
    np.save(prepared / "images.npy", np.zeros((8, 4, 4, 3)))
    with pytest.raises(GridproofError, match="found float64 values of shape"):
        load_images(prepared, "train")
    np.save(prepared / "images.npy", np.zeros((7, 4, 4, 3), dtype=np.uint8))
    with pytest.raises(GridproofError, match=r"expected uint8 values of shape \(8, size, size, 3"):
        load_images(prepared, "train")


def test_rows_of_another_form_are_refused(prepared: Path) -> None:
    """A split without rows and rows of places are told."""
    with pytest.raises(GridproofError, match="it has no rows of the split 'valid'"):
        load_images(prepared, "valid")
    pq.write_table(pa.table({"label": [0]}), prepared / "data.parquet")
    with pytest.raises(GridproofError, match="its columns are not split, image, label"):
        load_images(prepared, "train")


def test_facts_are_json(prepared: Path) -> None:
    """The facts tell where the images come from."""
    facts = json.loads((prepared / "facts.json").read_text())
    assert facts["origin"].startswith("The JPEG, PNG and WebP files of a folder")
