"""Turning a source of images into prepared data: an array, a Parquet file and a JSON of facts."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa

from gridproof.errors import GridproofError
from gridproof.files.atomic import atomic_folder
from gridproof.files.digests import file_digest
from gridproof.files.formats import write_table
from gridproof.parts.kinds.images.duplicates import DuplicateFinder, pair_facts
from gridproof.parts.kinds.images.image_source import ImageData, ImageSourceModule
from gridproof.parts.kinds.images.prepared_images import IMAGES, ROW_SCHEMA
from gridproof.parts.kinds.source import SPLITS, Source
from gridproof.parts.kinds.table import FACTS, PARQUET

MAX_PAIRS = 1000


def prepare_images(
    name: str, source: Source, options: Mapping[str, Any], digest: str, directory: Path
) -> None:
    """Write `images.npy`, `data.parquet` and `facts.json`, all of them or nothing.

    Images stream from the source into the file one by one. The bytes are a function of the
    arguments, the source's files and the libraries' versions.

    Parameters
    ----------
    name : what the study calls the data.
    digest : the data's identity, recorded in the facts.

    Raises
    ------
    GridproofError : the source has something wrong, or the files cannot be written.
    """
    data = cast(ImageSourceModule, source.implementation()).load(options)
    counts = class_counts(data)
    _check_counts(name, data, counts)
    finder = DuplicateFinder()
    try:
        with atomic_folder(directory) as folder:
            write_table(folder / PARQUET, _row_table(data))
            images = _write_images(folder / IMAGES, data, finder)
            facts = {
                "name": name,
                "source": source.name,
                "digest": digest,
                "kind": "images",
                **describe(data, counts),
                "content": file_digest(folder / PARQUET),
                "images": images,
                **_duplicate_facts(data, finder),
            }
            (folder / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise GridproofError(f"{directory} cannot be written: {error.strerror}") from error


def describe(data: ImageData, counts: Mapping[str, list[int]]) -> dict[str, Any]:
    """Return the facts that follow from the rows alone.

    `prior_entropy` (in nats) and `largest_class_share` are those of the train split.
    """
    shares = [count / sum(counts["train"]) for count in counts["train"]]
    return {
        "rows": {split: sum(counts[split]) for split in SPLITS},
        "n_classes": len(data.classes),
        "classes": list(data.classes),
        "class_counts": dict(counts),
        "prior_entropy": -math.fsum(share * math.log(share) for share in shares if share),
        "largest_class_share": max(shares),
        "size": data.size,
        "origin": data.origin,
    }


def class_counts(data: ImageData) -> dict[str, list[int]]:
    """Count the images of each class in each split."""
    labels = {split: data.frame.loc[data.frame["split"] == split, "label"] for split in SPLITS}
    return {
        split: np.bincount(labels[split].to_numpy(), minlength=len(data.classes)).tolist()
        for split in SPLITS
    }


def _check_counts(name: str, data: ImageData, counts: Mapping[str, list[int]]) -> None:
    """Check what every source must deliver: both classes in every split, and unique names."""
    for split, numbers in counts.items():
        for class_name, number in zip(data.classes, numbers, strict=True):
            if not number:
                raise GridproofError(
                    f"data {name}: found no {split} image of class {class_name}, "
                    "expected at least one image of each class in every split"
                )
    repeated = data.frame.loc[data.frame["image"].duplicated(), "image"]
    if len(repeated):
        raise GridproofError(
            f"data {name}: found two images called {repeated.iloc[0]!r}, expected unique names"
        )


def _row_table(data: ImageData) -> pa.Table:
    columns = [
        pa.array(data.frame[column], type=ROW_SCHEMA.field(column).type)
        for column in ROW_SCHEMA.names
    ]
    return pa.Table.from_arrays(columns, schema=ROW_SCHEMA)


def _write_images(path: Path, data: ImageData, finder: DuplicateFinder) -> str:
    """Write the images as one array, show each to `finder`, and return the file's SHA-256.

    The file is written from its start to its end rather than through a memory map: on a full disk
    a write fails with an error, where a store into a map ends the process.
    """
    shape = (len(data.frame), data.size, data.size, 3)
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for image in _checked(data, shape):
            finder.add(image)
            file.write(image.tobytes())
    return file_digest(path)


def _checked(data: ImageData, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Yield the source's images, as many as rows, each of the promised form."""
    count = 0
    for image in data.images():
        assert image.shape == shape[1:]
        assert image.dtype == np.uint8
        count += 1
        yield image
    assert count == shape[0]


def _duplicate_facts(data: ImageData, finder: DuplicateFinder) -> dict[str, Any]:
    """Return how many near duplicates lie in different splits, and the first MAX_PAIRS of them."""
    splits, names = data.frame["split"].tolist(), data.frame["image"].tolist()
    pairs = finder.pairs(splits)
    return {
        "near_duplicate_pairs": len(pairs),
        "near_duplicates": pair_facts(pairs[:MAX_PAIRS], splits, names),
    }
