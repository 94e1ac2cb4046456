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
    """The three splits one after another are the whole file, mapped and read-only."""
    splits = [load_images(prepared, split) for split in ("train", "val", "test")]
    whole = np.load(prepared / "images.npy")
    assert np.array_equal(np.concatenate([split.images for split in splits]), whole)
    assert all(isinstance(split.images, np.memmap) for split in splits)
    assert not any(split.images.flags.writeable for split in splits)
    assert [split.labels.tolist() for split in splits] == [[0, 0, 1, 1], [0, 1], [0, 1]]


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
    assert facts["origin"].startswith("The JPEG and PNG files of a folder")
