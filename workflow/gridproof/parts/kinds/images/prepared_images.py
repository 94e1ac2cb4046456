"""Prepared images: the form of `images.npy` and `data.parquet` in results/data/<name>-<digest>/."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gridproof.files.facts import PARQUET, unusable

IMAGES = "images.npy"
SPLIT = "split"
ROW_SCHEMA = pa.schema({SPLIT: pa.string(), "image": pa.string(), "label": pa.int64()})
"""Columns of all rows. Where the data divide their rows by seed, `split` is the division of seed 0,
and `split_1`, `split_2` ... follow; null is a row that a division does not use."""


class ChosenImages:
    """Some images of a mapped array, read when they are asked for.

    images : uint8 array of shape (all, size, size, 3); places : int array of shape (n,).
    """

    def __init__(self, images: np.ndarray, places: np.ndarray) -> None:
        self._images, self._places = images, places
        self.shape = (len(places), *images.shape[1:])

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    def __getitem__(self, rows: Any) -> np.ndarray:
        """Return the images of `rows`, whatever indexes the first axis of an array."""
        chosen: np.ndarray = self._images[self._places[rows]]
        return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSplit:
    """The images of one split, in their fixed order.

    images : uint8 values of shape (n, size, size, 3), RGB, mapped from the file and read-only.
    labels : int64 array of shape (n,), the position of each image's class.
    names : n names, each unique in the data.
    """

    images: ChosenImages
    labels: np.ndarray
    names: tuple[str, ...]


def load_images(directory: Path, split: str, seed: int = 0) -> ImageSplit:
    """Return a seed's images of one split (train, val or test); pixels are read when they are used.

    Raises
    ------
    GridproofError : a file is missing, cut short, of another form, or has no row of the split.
    """
    rows = read_rows(directory / PARQUET)
    images = _open_images(directory / IMAGES, rows.num_rows)
    places = split_places(directory / PARQUET, rows, split, seed)
    chosen = rows.take(pa.array(places))
    return ImageSplit(
        images=ChosenImages(images, places),
        labels=chosen["label"].to_numpy().copy(),
        names=tuple(chosen["image"].to_pylist()),
    )


def load_all_images(directory: Path) -> tuple[ChosenImages, list[str]]:
    """Return the images of all splits and divisions with their names, in the order of the rows."""
    rows = read_rows(directory / PARQUET)
    images = _open_images(directory / IMAGES, rows.num_rows)
    return ChosenImages(images, np.arange(rows.num_rows)), rows["image"].to_pylist()


def split_columns(names: Iterable[str]) -> list[str]:
    """Return the columns that divide the rows, the one of seed 0 first."""
    return [name for name in names if name == SPLIT or name.startswith(f"{SPLIT}_")]


def split_places(path: Path, rows: pa.Table, split: str, seed: int) -> np.ndarray:
    """Return the places of a split's rows, int64 (n,), in the division that a seed has.

    Seeds take the divisions in turn: where there are five, seed 5 has that of seed 0.
    """
    columns = split_columns(rows.column_names)
    division = rows[columns[seed % len(columns)]]
    places = np.flatnonzero(np.array(division.to_pylist(), dtype=object) == split)
    if not len(places):
        raise unusable(path, f"it has no rows of the split {split!r}")
    return places


def read_rows(path: Path) -> pa.Table:
    """Return `data.parquet` of images or features; GridproofError if it is of another form."""
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise unusable(path, error) from error
    if not table.schema.equals(row_schema(len(split_columns(table.column_names)))):
        raise unusable(path, f"its columns are not {', '.join(ROW_SCHEMA.names)}")
    return table


def row_schema(divisions: int) -> pa.Schema:
    """Return the columns of rows that are divided in so many ways."""
    further = [pa.field(f"{SPLIT}_{number}", pa.string()) for number in range(1, divisions)]
    return pa.schema([*ROW_SCHEMA, *further])


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
