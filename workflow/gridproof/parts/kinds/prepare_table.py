"""Turning a source into prepared data: one Parquet file and a JSON file of facts."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gridproof.errors import GridproofError
from gridproof.files.atomic import write_bytes
from gridproof.parts.kinds.source import SPLITS, Source, SourceData
from gridproof.parts.kinds.table import FACTS, PARQUET, parquet_bytes


def prepare(
    name: str, source: Source, options: Mapping[str, Any], digest: str, directory: Path
) -> None:
    """Write `data.parquet` and `facts.json` into `directory`, each whole or not at all.

    The bytes are a function of the arguments, the source's files and the libraries' versions.

    Parameters
    ----------
    name : what the study calls the data.
    digest : the data's identity, recorded in the facts.

    Raises
    ------
    GridproofError : the source has something wrong, or the files cannot be written.
    """
    data = source.implementation().load(options)
    _check(name, data)
    parquet = parquet_bytes(data.frame)
    facts = {
        "name": name,
        "source": source.name,
        "digest": digest,
        **describe(data),
        "content": hashlib.sha256(parquet).hexdigest(),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        write_bytes(directory / PARQUET, parquet)
        write_bytes(directory / FACTS, (json.dumps(facts, indent=2) + "\n").encode())
    except OSError as error:
        raise GridproofError(f"{directory} cannot be written: {error.strerror}") from error


def describe(data: SourceData) -> dict[str, Any]:
    """Return the facts that follow from the rows alone.

    `class_counts` has one count a class for each split; `prior_entropy` (in nats) and
    `largest_class_share` are those of the train split; `longitude` and `latitude` are the least
    and the greatest value of all rows, in degrees.
    """
    frame = data.frame
    counts = _class_counts(data)
    train = counts["train"]
    shares = [count / sum(train) for count in train]
    return {
        "rows": {split: sum(counts[split]) for split in SPLITS},
        "n_classes": len(data.classes),
        "classes": list(data.classes),
        "class_counts": counts,
        "prior_entropy": -math.fsum(share * math.log(share) for share in shares if share),
        "largest_class_share": max(shares),
        "longitude": _range(frame["longitude"].to_numpy()),
        "latitude": _range(frame["latitude"].to_numpy()),
    }


def _class_counts(data: SourceData) -> dict[str, list[int]]:
    """Count the rows of each class in each split."""
    labels = {split: data.frame.loc[data.frame["split"] == split, "label"] for split in SPLITS}
    return {
        split: np.bincount(labels[split].to_numpy(), minlength=len(data.classes)).tolist()
        for split in SPLITS
    }


def _range(degrees: np.ndarray) -> list[float]:
    """Return the least and the greatest value, with as many digits as a float32 needs."""
    return [float(str(degrees.min())), float(str(degrees.max()))]


def _check(name: str, data: SourceData) -> None:
    """Check what every source must deliver: finite places, two classes, each in every split."""
    if len(data.classes) < 2:
        raise GridproofError(f"data {name}: found only one class, expected at least 2")
    if not np.isfinite(data.frame[["longitude", "latitude"]].to_numpy()).all():
        raise GridproofError(f"data {name}: found a coordinate that is not a finite number")
    for split, counts in _class_counts(data).items():
        for class_name, count in zip(data.classes, counts, strict=True):
            if not count:
                raise GridproofError(
                    f"data {name}: found no {split} row of class {class_name}, "
                    "expected at least one row of each class in every split"
                )
