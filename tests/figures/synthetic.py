"""A small made-up study in the form of the real tables, data and checkpoints."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

DEFAULTS = {
    "family": "mlp",
    "data": "countries",
    "threads": 1,
    "engine": "eager",
    "depth": 6,
    "width": 16,
    "learning_rate": 0.001,
    "batch_size": 256,
    "epochs": 50,
    "batch_norm": False,
    "residual": False,
    "implicit": False,
    "gradient_norms": False,
}
PRIOR = 1.3863


def synthetic_cell(
    label: str,
    *,
    position: int = 0,
    seeds: tuple[int, ...] = (0, 1, 2),
    final: float = 0.5,
    diverged: dict[int, int] | None = None,
    experiment: str = "learning_rate",
    **parameters: object,
) -> dict[str, pd.DataFrame]:
    """Return the rows of one cell in the four tables: loss falls from 3 towards `final`."""
    diverged = diverged or {}
    spec = {**DEFAULTS, **parameters}
    cell = f"{position + 1:012x}"
    n_epochs = int(str(spec["epochs"]))
    rows = []
    for seed in seeds:
        for epoch in range(n_epochs + 1):
            finite = seed not in diverged or epoch < diverged[seed]
            loss = final + (3 - final) * np.exp(-4 * epoch / n_epochs) + 0.01 * seed
            accuracy = 0.95 * (1 - np.exp(-loss)) if finite else 0.0
            row = {"cell": cell, "seed": seed, "epoch": epoch, "steps": 10 * epoch}
            for split, shift in (("train", 0.05), ("val", 0.0), ("test", 0.01)):
                absent = split == "train" and epoch == 0
                row[f"{split}_loss"] = loss + shift if finite and not absent else np.nan
                row[f"{split}_accuracy"] = np.nan if absent else 1 - accuracy
            rows.append(row)
    replicates = [
        {
            "cell": cell,
            "seed": seed,
            "seconds": 2.5 + seed,
            "n_parameters": 1000,
            "best_epoch": n_epochs,
            "diverged_epoch": diverged.get(seed),
            "engine": "eager",
            "threads": 1,
            "device": "cpu",
            "torch": "2.14.1",
            "python": "3.11.2",
            "commit": "abc1234",
            "finished": "2026-01-02T03:04:05Z",
        }
        for seed in seeds
    ]
    frame = pd.DataFrame(replicates).astype({"diverged_epoch": "Int64"})
    return {
        "cells": pd.DataFrame([{"cell": cell, "slug": f"cell-{position}", **spec}]),
        "memberships": pd.DataFrame(
            [{"experiment": experiment, "cell": cell, "label": label, "position": position}]
        ),
        "epochs": pd.DataFrame(rows),
        "replicates": frame,
    }


def write_slice(directory: Path, cells: list[dict[str, pd.DataFrame]]) -> Path:
    """Write the tables of some synthetic cells; return the folder."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("cells", "memberships", "epochs", "replicates"):
        frame = pd.concat([cell[name] for cell in cells], ignore_index=True)
        frame.to_parquet(directory / f"{name}.parquet")
    return directory


def write_data(directory: Path) -> Path:
    """Write four square countries around a crossing, two hundred places each."""
    directory.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(0)
    corners = [(0, 50), (4, 50), (0, 54), (4, 54)]
    frames = []
    for label, corner in enumerate(corners):
        points = generator.uniform(0, 4, size=(200, 2)) + corner
        frames.append(
            pd.DataFrame(
                {
                    "split": np.repeat(["train", "val", "test"], [160, 20, 20]),
                    "longitude": points[:, 0].astype(np.float32),
                    "latitude": points[:, 1].astype(np.float32),
                    "label": np.full(200, label, dtype=np.int64),
                }
            )
        )
    pd.concat(frames, ignore_index=True).to_parquet(directory / "data.parquet")
    facts = {
        "name": "countries",
        "source": "geonames",
        "digest": "0123456789ab",
        "rows": {"train": 640, "val": 80, "test": 80},
        "n_classes": 4,
        "classes": ["AA", "BB", "CC", "DD"],
        "class_counts": {"train": [160] * 4, "val": [20] * 4, "test": [20] * 4},
        "prior_entropy": PRIOR,
        "largest_class_share": 0.25,
        "longitude": [0.0, 8.0],
        "latitude": [50.0, 58.0],
    }
    (directory / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return directory


def write_checkpoint(path: Path, *, seed: int = 0, value: float | None = None) -> Path:
    """Write final and best weights of a network, depth 1 and width 4, that halves the map twice.

    `value` replaces every number, e.g. by NaN.
    """
    from safetensors.numpy import save_file

    tensors = {
        "weight.0": [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]],
        "bias.0": [-4.0, 4.0, -54.0, 54.0],
        "weight.1": [[0, 1, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0], [1, 0, 1, 0]],
        "bias.1": [0.0] * 4,
    }
    arrays = {name: np.array(rows, dtype=np.float32) for name, rows in tensors.items()}
    if value is not None:
        arrays = {name: np.full_like(rows, value) for name, rows in arrays.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = {
        f"seed-{seed}/{kind}/{name}": rows
        for kind in ("final", "best")
        for name, rows in arrays.items()
    }
    save_file(stored, path)
    return path
