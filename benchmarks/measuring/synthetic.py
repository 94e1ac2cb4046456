"""A table that can be learned: 33 classes around 33 centres of a plane, as places of countries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

N_CLASSES = 33
N_EVALUATED = 2 * N_CLASSES
"""Rows of val and of test: few, because evaluating them is not what is measured."""
SPREAD = 0.3


def draw_rows(n_rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features (n_rows, 2) in float32, of a scale about 1, and int64 labels (n_rows,).

    The centres are the same for all seeds; if there are rows enough, all classes occur.
    """
    centres = np.random.default_rng(0).normal(0, 1, (N_CLASSES, 2))
    random = np.random.default_rng((1, seed))
    labels = random.permutation(np.arange(n_rows) % N_CLASSES)
    features = centres[labels] + random.normal(0, SPREAD, (n_rows, 2))
    return features.astype(np.float32), labels.astype(np.int64)


def write_prepared(folder: Path, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Write a prepared table with `n_rows` rows to train on; return its training split.

    The form is that of `data.parquet` in results/data/: split, features in float32, target.
    """
    parts = {"train": (n_rows, 0), "val": (N_EVALUATED, 1), "test": (N_EVALUATED, 2)}
    drawn = {split: draw_rows(rows, seed) for split, (rows, seed) in parts.items()}
    features = np.concatenate([features for features, _ in drawn.values()])
    columns = {
        "split": [split for split, (rows, _) in parts.items() for _ in range(rows)],
        "x": features[:, 0],
        "y": features[:, 1],
        "target": np.concatenate([labels for _, labels in drawn.values()]),
    }
    folder.mkdir(parents=True)
    pq.write_table(pa.table(columns), folder / "data.parquet")
    return drawn["train"]
