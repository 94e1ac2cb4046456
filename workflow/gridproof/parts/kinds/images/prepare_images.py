"""From the images of a source to an array and its rows, and what there is to say about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gridproof.errors import GridproofError
from gridproof.files.facts import PARQUET
from gridproof.files.formats import write_table
from gridproof.parts.kinds.class_facts import check_class_counts, class_counts, class_facts
from gridproof.parts.kinds.images.duplicates import DuplicateFinder, pair_facts
from gridproof.parts.kinds.images.image_source import ImageData
from gridproof.parts.kinds.images.prepared_images import IMAGES, row_schema, split_columns

MAX_PAIRS = 1000


def prepare_images(name: str, data: ImageData, folder: Path) -> dict[str, Any]:
    """Write the images of a source and their rows into a folder; return the facts about them.

    Images stream from the source into the file one by one. The bytes are a function of the images
    and of the version of pyarrow.

    Raises
    ------
    GridproofError : the source delivers what cannot be trained on, or cannot read an image.
    """
    counts = counts_of_divisions(name, data)
    check_names(name, data)
    finder = DuplicateFinder()
    write_rows(data, folder / PARQUET)
    write_images(shown_to(finder, data), image_shape(data), folder / IMAGES)
    return {
        **class_facts(counts, data.class_names),
        "size": data.size,
        "divisions": len(split_columns(data.frame.columns)),
        **duplicate_facts(data, finder),
    }


def counts_of_divisions(name: str, data: ImageData) -> dict[str, list[int]]:
    """Return how many rows of each class each split has, which all divisions have to share."""
    divisions = split_columns(data.frame.columns)
    counts, *others = (
        class_counts(data.frame[column], data.frame["label"], len(data.class_names))
        for column in divisions
    )
    check_class_counts(name, counts, data.class_names, noun="image")
    for column, found in zip(divisions[1:], others, strict=True):
        if found != counts:
            raise GridproofError(
                f"data {name}: found {found} images of each class in the division {column!r},"
                f" expected {counts} as in the first"
            )
    return counts


def check_names(name: str, data: ImageData) -> None:
    """Check that every image has a name of its own."""
    repeated = data.frame.loc[data.frame["image"].duplicated(), "image"]
    if len(repeated):
        raise GridproofError(
            f"data {name}: found two images called {repeated.iloc[0]!r}, expected unique names"
        )


def write_rows(data: ImageData, path: Path) -> None:
    """Write `data.parquet`; equal rows give equal bytes."""
    schema = row_schema(len(split_columns(data.frame.columns)))
    columns = [
        pa.array(data.frame[field.name], type=field.type, from_pandas=True) for field in schema
    ]
    write_table(path, pa.Table.from_arrays(columns, schema=schema))


def image_shape(data: ImageData) -> tuple[int, int, int, int]:
    """Return the shape of the array of all images."""
    return len(data.frame), data.size, data.size, 3


def write_images(images: Iterator[np.ndarray], shape: tuple[int, ...], path: Path) -> None:
    """Write images as one array, each of the promised form and as many as promised.

    The file is written from its start to its end rather than through a memory map: on a full disk
    a write fails with an error, where a store into a map ends the process.
    """
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    count = 0
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for image in images:
            assert image.shape == shape[1:]
            assert image.dtype == np.uint8
            count += 1
            file.write(image.tobytes())
    assert count == shape[0]


def shown_to(finder: DuplicateFinder, data: ImageData) -> Iterator[np.ndarray]:
    """Yield the source's images, each of which `finder` has seen."""
    for image in data.images():
        finder.add(image)
        yield image


def duplicate_facts(data: ImageData, finder: DuplicateFinder) -> dict[str, Any]:
    """Return how many near duplicates lie in different splits, and the first MAX_PAIRS of them.

    A pair counts if they do so in any division.
    """
    columns, names = split_columns(data.frame.columns), data.frame["image"].tolist()
    divisions = [
        [split if isinstance(split, str) else None for split in data.frame[column]]
        for column in columns
    ]
    pairs = finder.pairs(divisions)
    return {
        "near_duplicate_pairs": len(pairs),
        "near_duplicates": pair_facts(pairs[:MAX_PAIRS], divisions, names),
    }
