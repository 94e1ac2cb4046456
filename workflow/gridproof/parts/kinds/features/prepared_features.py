"""Features of prepared images: the form of `features.npy` and `facts.json` in their folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gridproof.files.facts import PARQUET, unusable
from gridproof.parts.kinds.images.prepared_images import map_array, read_rows, split_places

FEATURES = "features.npy"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSplit:
    """The images of one split, in their fixed order, as a frozen backbone sees them.

    features : float32 array of shape (n, n_features).
    labels : int64 array of shape (n,), the position of each image's class.
    names : n names, each unique in the data.
    """

    features: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]


def load_features(directory: Path, split: str, seed: int = 0) -> FeatureSplit:
    """Return a seed's features of one split (train, val or test).

    Raises
    ------
    GridproofError : a file is missing, cut short, of another form, or has no row of the split.
    """
    rows = read_rows(directory / PARQUET)
    path = directory / FEATURES
    features = map_array(path)
    if features.dtype != np.float32 or features.ndim != 2 or len(features) != rows.num_rows:
        raise unusable(
            path,
            f"found {features.dtype} values of shape {features.shape}, expected float32 values, "
            f"one row for each of the {rows.num_rows} images",
        )
    places = split_places(directory / PARQUET, rows, split, seed)
    return FeatureSplit(
        features=np.array(features[places]),
        labels=rows["label"].to_numpy()[places],
        names=tuple(rows["image"].take(pa.array(places)).to_pylist()),
    )
