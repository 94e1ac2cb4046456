"""Prepared images: the form of `images.npy` and `data.parquet` in results/data/<name>-<digest>/."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gridproof.files.facts import PARQUET, unusable

IMAGES = "images.npy"
ROW_SCHEMA = pa.schema({"split": pa.string(), "image": pa.string(), "label": pa.int64()})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSplit:
    """The images of one split, in their fixed order.

    images : uint8 array of shape (n, size, size, 3), RGB, mapped from the file and read-only.
    labels : int64 array of shape (n,), the position of each image's class.
    names : n names, each unique in the data.
    """

    images: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]


def load_images(directory: Path, split: str) -> ImageSplit:
    """Return the images of one split (train, val or test); pixels are read when they are used.

    Raises
    ------
    GridproofError : a file is missing, cut short, of another form, or has no row of the split.
    """
    rows = read_rows(directory / PARQUET)
    images = _open_images(directory / IMAGES, rows.num_rows)
    places = np.flatnonzero(np.array(rows["split"].to_pylist(), dtype=object) == split)
    if not len(places):
        raise unusable(directory / PARQUET, f"it has no rows of the split {split!r}")
    first, last = int(places[0]), int(places[-1])
    if last - first + 1 != len(places):
        raise unusable(directory / PARQUET, f"the rows of the split {split!r} do not lie together")
    chosen = rows.slice(first, len(places))
    return ImageSplit(
        images=images[first : last + 1],
        labels=chosen["label"].to_numpy().copy(),
        names=tuple(chosen["image"].to_pylist()),
    )


def read_rows(path: Path) -> pa.Table:
    """Return `data.parquet` of images or features; GridproofError if it is of another form."""
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise unusable(path, error) from error
    if not table.schema.equals(ROW_SCHEMA):
        raise unusable(path, f"its columns are not {', '.join(ROW_SCHEMA.names)}")
    return table


def map_array(path: Path) -> np.ndarray:
    """Map the array in a file, read-only; GridproofError if it is damaged."""
    try:
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise unusable(path, error) from error
    return array


def _open_images(path: Path, n_rows: int) -> np.ndarray:
    """Map the file, which holds uint8 values of shape (n_rows, size, size, 3)."""
    images = map_array(path)
    shape = images.shape
    if images.dtype != np.uint8 or shape != (n_rows, *shape[1:2] * 2, 3):
        raise unusable(
            path,
            f"found {images.dtype} values of shape {shape}, expected uint8 values of shape "
            f"({n_rows}, size, size, 3)",
        )
    return images
