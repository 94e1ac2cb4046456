"""From a folder of images to prepared data."""

import errno
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.image_files import COUNTS, SIZE, options, write_class
from data.making import DIGEST, prepare
from gridproof.errors import GridproofError
from gridproof.files.facts import check_prepared
from gridproof.parts.kinds.images.prepared_images import load_images


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """A folder with four real and four fake images."""
    write_class(tmp_path / "faces" / "real", 4, 1)
    write_class(tmp_path / "faces" / "fake", 4, 2)
    return tmp_path / "faces"


def test_images_are_those_of_the_files(faces: Path, tmp_path: Path) -> None:
    """Each prepared image is its own file's centre, and its label the file's folder."""
    prepare("faces", "folder", options(faces), tmp_path / "out")
    check_prepared(tmp_path / "out", DIGEST)
    for split, count in COUNTS.items():
        data = load_images(tmp_path / "out", split)
        assert data.images.shape == (count, SIZE, SIZE, 3)
        for pixels, label, name in zip(data.images, data.labels, data.names, strict=True):
            with Image.open(faces / name) as image:
                expected = image.resize((SIZE, SIZE), Image.Resampling.BILINEAR, (10, 0, 90, 80))
            assert np.array_equal(pixels, np.asarray(expected))
            assert name.startswith(("fake", "real")[label])


def test_facts_by_hand(faces: Path, tmp_path: Path) -> None:
    """The facts count the images, hash the files and name a copy in another split."""
    for name in ("real", "fake"):
        for number in range(1, 4):
            (faces / name / f"{number}.png").write_bytes((faces / name / "0.png").read_bytes())
    prepare("faces", "folder", options(faces), tmp_path / "out")
    facts = json.loads((tmp_path / "out" / "facts.json").read_text())
    assert facts["kind"] == "images"
    assert facts["rows"] == COUNTS
    assert facts["classes"] == ["fake", "real"]
    assert facts["class_counts"] == {"train": [2, 2], "val": [1, 1], "test": [1, 1]}
    assert facts["size"] == SIZE
    assert facts["largest_class_share"] == 0.5
    assert facts["files"] == {
        file: hashlib.sha256((tmp_path / "out" / file).read_bytes()).hexdigest()
        for file in ("data.parquet", "images.npy")
    }
    assert facts["near_duplicate_pairs"] == len(facts["near_duplicates"]) == 10
    assert {pair["distance"] for pair in facts["near_duplicates"]} == {0}


def test_preparation_is_deterministic(faces: Path, tmp_path: Path) -> None:
    """The same input gives the same bytes."""
    for name in ("first", "second"):
        prepare("faces", "folder", options(faces), tmp_path / name)
    for file in ("images.npy", "data.parquet", "facts.json"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


def test_unusable_file_leaves_nothing(faces: Path, tmp_path: Path) -> None:
    """Bad input is told, and no half of a result is left."""
    (faces / "real" / "3.png").write_bytes(b"")
    with pytest.raises(GridproofError, match=r"1 of 8 files cannot be used"):
        prepare("faces", "folder", options(faces), tmp_path / "data" / "out")
    assert list((tmp_path / "data").iterdir()) == []


def test_full_disk_leaves_nothing(
    faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up gives one message and nothing that could be taken for data."""

    def fsync(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(GridproofError, match="cannot be written: No space left on device"):
        prepare("faces", "folder", options(faces), tmp_path / "data" / "out")
    assert list((tmp_path / "data").iterdir()) == []
