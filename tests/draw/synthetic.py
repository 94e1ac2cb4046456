"""A small made-up study in the form of the real tables, data and weights."""

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

DEFAULTS = {
    "family": "mlp",
    "data": "countries",
    "threads": 1,
    "engine": "torch",
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


TABLES = (
    "cells",
    "memberships",
    "epochs",
    "replicates",
    "batches",
    "gradients",
    "activations",
    "regions",
)
MEASUREMENTS = ("train_in_eval_mode", "auroc", "full_batches", "dead_relus", "regions")
FULL_BATCHES = [
    f"full_batches_{split}_{name}"
    for split in ("train", "val", "test")
    for name in ("loss", "accuracy")
]
STEPS_PER_EPOCH = 10
ZERO_BELOW = 8
"""Gradients this many layers below the output layer, and further down, are exactly zero."""


def synthetic_cell(
    label: str,
    *,
    position: int = 0,
    seeds: tuple[int, ...] = (0, 1, 2),
    final: float = 0.5,
    diverged: dict[int, int] | None = None,
    experiment: str = "learning_rate",
    measure: tuple[str, ...] = (),
    **parameters: object,
) -> dict[str, pd.DataFrame]:
    """Return the rows of one cell in all tables: loss falls from 3 towards `final`.

    `measure` names measurements, as an experiment does; what it leaves out is null or has no rows.
    Gradients have rows if the parameter `gradient_norms` is true.
    """
    diverged = diverged or {}
    spec = {**DEFAULTS, **parameters}
    cell = f"{position + 1:012x}"
    replicates = [(cell, seed, diverged.get(seed)) for seed in seeds]
    own = {"group": experiment, "setting": label, "position": position}
    membership = {"experiment": experiment, "cell": cell, "label": label, **own}
    return {
        "cells": pd.DataFrame([{"cell": cell, "slug": f"cell-{position}", **spec}]),
        "memberships": pd.DataFrame([membership]),
        "epochs": _epochs(replicates, spec, final, measure),
        "replicates": _replicates(replicates, spec),
        "batches": _batches(replicates, spec, final),
        "gradients": _gradients(replicates, spec),
        "activations": _activations(replicates, spec, measure),
        "regions": _regions(replicates, spec, measure),
    }


Replicates = list[tuple[str, int, int | None]]
"""Cell, seed, and the epoch at which it diverged."""
Spec = dict[str, object]


def _epochs(
    replicates: Replicates, spec: Spec, final: float, measure: tuple[str, ...]
) -> pd.DataFrame:
    rows = []
    n_epochs = int(str(spec["epochs"]))
    for (cell, seed, end), epoch in product(replicates, range(n_epochs + 1)):
        finite = end is None or epoch < end
        loss = _loss(seed, epoch / n_epochs, final)
        accuracy = 0.95 * (1 - np.exp(-loss)) if finite else 0.0
        row = {"cell": cell, "seed": seed, "epoch": epoch, "steps": STEPS_PER_EPOCH * epoch}
        for split, shift in (("train", 0.05), ("val", 0.0), ("test", 0.01)):
            absent = split == "train" and epoch == 0
            row[f"{split}_loss"] = loss + shift if finite and not absent else np.nan
            row[f"{split}_accuracy"] = np.nan if absent else 1 - accuracy
        tenth = epoch % max(1, n_epochs // 10) == 0 or epoch == n_epochs
        eval_mode = "train_in_eval_mode" in measure and tenth
        row["train_eval_loss"] = loss - 0.05 if eval_mode and finite else None
        row["train_eval_accuracy"] = 1 - accuracy + 0.01 if eval_mode else None
        ranked = "auroc" in measure and finite
        row["val_auroc"] = 1 - accuracy / 4 if ranked else None
        row["test_auroc"] = 1 - accuracy / 4 - 0.001 if ranked else None
        full = "full_batches" in measure and epoch == n_epochs
        for name in FULL_BATCHES:
            value = 1 - accuracy if name.endswith("accuracy") else loss if finite else None
            row[name] = value if full else None
        rows.append(row)
    measured = ("train_eval_loss", "train_eval_accuracy", "val_auroc", "test_auroc", *FULL_BATCHES)
    return pd.DataFrame(rows).astype(dict.fromkeys(measured, "float64"))


def _replicates(replicates: Replicates, spec: Spec) -> pd.DataFrame:
    rows = [
        {
            "cell": cell,
            "seed": seed,
            "seconds": 2.5 + seed,
            "n_parameters": 1000,
            "best_epoch": spec["epochs"],
            "diverged_epoch": end,
            "engine": "torch",
            "threads": 1,
            "device": "cpu",
            "torch": "2.14.1",
            "python": "3.11.2",
            "commit": "abc1234",
            "finished": "2026-01-02T03:04:05Z",
        }
        for cell, seed, end in replicates
    ]
    return pd.DataFrame(rows).astype({"diverged_epoch": "Int64"})


def _batches(replicates: Replicates, spec: Spec, final: float) -> pd.DataFrame:
    """Return a loss for each batch whose noise has the variance 1 / batch size."""
    frames = []
    steps = np.arange(1, STEPS_PER_EPOCH * int(str(spec["epochs"])) + 1)
    sign = np.where(steps % 2 == 0, 1.0, -1.0)
    for cell, seed, end in replicates:
        noise = sign / np.sqrt(2 * float(str(spec["batch_size"])))
        losses = _loss(seed, steps / steps[-1], final) + noise
        if end is not None:
            losses = np.where(steps <= STEPS_PER_EPOCH * (end - 1), losses, np.nan)
        frame = pd.DataFrame({"step": steps, "loss": losses.astype(np.float32)})
        frame.insert(0, "cell", cell)
        frame.insert(1, "seed", seed)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _gradients(replicates: Replicates, spec: Spec) -> pd.DataFrame:
    """Return norms that fall tenfold a layer below the output, and further down are zero."""
    depth, n_epochs = int(str(spec["depth"])), int(str(spec["epochs"]))
    rows = []
    for (cell, seed, end), epoch, layer in product(
        replicates if spec["gradient_norms"] else [], range(1, n_epochs + 1), range(depth + 1)
    ):
        below = depth - layer
        value = 0.0 if below >= ZERO_BELOW else (1 + seed) * 10.0**-below / epoch
        value = value if end is None or epoch < end else np.nan
        rows.append((cell, seed, epoch, layer, value))
    columns = ("cell", "seed", "epoch", "layer", "value")
    return _frame(rows, columns)


def _activations(replicates: Replicates, spec: Spec, measure: tuple[str, ...]) -> pd.DataFrame:
    """Return a share that is 0 before training and after it grows with the layer."""
    depth, n_epochs = int(str(spec["depth"])), int(str(spec["epochs"]))
    rows = [
        (
            cell,
            seed,
            epoch,
            layer,
            0.0 if epoch == 0 else np.nan if end is not None else (layer + 1) / (2 * depth),
        )
        for (cell, seed, end), epoch, layer in product(replicates, (0, n_epochs), range(depth))
        if "dead_relus" in measure
    ]
    return _frame(rows, ("cell", "seed", "epoch", "layer", "dead_share"))


def _regions(replicates: Replicates, spec: Spec, measure: tuple[str, ...]) -> pd.DataFrame:
    """Return counts; of the whole plane and the bound only at depth 1, as measured."""
    depth, width = int(str(spec["depth"])), int(str(spec["width"]))
    bound = 1 + width + width * (width - 1) / 2
    rows = []
    for cell, seed, end in replicates if "regions" in measure else []:
        numbers = (bound - 2 - seed, bound - 1, bound) if depth == 1 else (100.0 * depth + seed,)
        padded = (*numbers, np.nan, np.nan)[:3]
        counts = padded if end is None else (np.nan,) * 3
        rows.append((cell, seed, spec["epochs"], *counts))
    return _frame(rows, ("cell", "seed", "epoch", "regions", "plane_regions", "bound"))


def _loss(seed: int, share: Any, final: float) -> Any:
    """Return the loss after a share of the training."""
    return final + (3 - final) * np.exp(-4 * share) + 0.01 * seed


def _frame(rows: Sequence[tuple[object, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a table whose columns have their types without rows too."""
    types = {"cell": "str", "seed": "int64", "epoch": "int64", "layer": "int64"}
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype({name: types.get(name, "float64") for name in columns})


def write_slice(directory: Path, cells: list[dict[str, pd.DataFrame]]) -> Path:
    """Write the tables of some synthetic cells; return the folder."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
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
                    "target": np.full(200, label, dtype=np.int64),
                }
            )
        )
    pd.concat(frames, ignore_index=True).to_parquet(directory / "data.parquet")
    facts = {
        "name": "countries",
        "source": "geonames",
        "kind": "table",
        "digest": "0123456789ab",
        "origin": "Places that were made up.",
        "rows": {"train": 640, "val": 80, "test": 80},
        "n_classes": 4,
        "classes": ["AA", "BB", "CC", "DD"],
        "class_counts": {"train": [160] * 4, "val": [20] * 4, "test": [20] * 4},
        "prior_entropy": PRIOR,
        "largest_class_share": 0.25,
        "columns": [
            {"name": "longitude", "min": 0.0, "max": 8.0, "unit": "degrees"},
            {"name": "latitude", "min": 50.0, "max": 58.0, "unit": "degrees"},
        ],
        "target": {"name": "country"},
    }
    (directory / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return directory


def write_checkpoint(
    path: Path, *, seed: int = 0, value: float | None = None, width: int = 4
) -> Path:
    """Write final and best weights of a network of depth 1 that halves the map twice.

    `value` replaces every number, e.g. by NaN.
    """
    from safetensors.numpy import save_file

    arrays = quarters(width)
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


def write_history(path: Path, *, n_epochs: int, seed: int = 0, width: int = 4) -> Path:
    """Write weights after every epoch: zeros when untrained, then those of `write_checkpoint`."""
    from safetensors.numpy import save_file

    shares = np.minimum(np.arange(n_epochs + 1), 1)
    stored = {
        f"seed-{seed}/{name}": np.multiply.outer(shares, rows).astype(np.float32)
        for name, rows in quarters(width).items()
    }
    save_file(stored, path)
    return path


def quarters(width: int = 4) -> dict[str, np.ndarray]:
    """Return the weights of a network that names each of four square countries.

    Four units do so; others are dead.
    """
    tensors = {
        "weight.0": [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]],
        "bias.0": [-4.0, 4.0, -54.0, 54.0],
        "weight.1": [[0, 1, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0], [1, 0, 1, 0]],
        "bias.1": [0.0] * 4,
    }
    arrays = {name: np.array(rows, dtype=np.float32) for name, rows in tensors.items()}
    dead = width - 4
    arrays["weight.0"] = np.pad(arrays["weight.0"], [(0, dead), (0, 0)])
    arrays["bias.0"] = np.pad(arrays["bias.0"], (0, dead))
    arrays["weight.1"] = np.pad(arrays["weight.1"], [(0, 0), (0, dead)])
    return arrays
