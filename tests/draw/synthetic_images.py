"""A small made-up comparison of seventeen image models: tables, data and a checkpoint."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gridproof.tables.members import Member

N_TEST, N_VAL, SIZE = 40, 40, 32
CLASSES = ("fake", "real")
RATES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
SEEDS = (0, 1, 2, 3, 4)
STEPS = 44
CROP = 8
HARD = (4, 5, 10)
"""Rows of the test split that every model is surely wrong about."""
METRICS = {
    f"{split}_{name}": 0.6 for split in ("train", "val", "test") for name in ("loss", "accuracy")
}
RECORD = {
    "seconds": 2.5,
    "n_parameters": 3,
    "engine": "torch",
    "threads": 1,
    "device": "cpu",
    "torch": "2.0",
    "python": "3.11",
    "commit": None,
    "finished": "2026-01-01T00:00:00.000+00:00",
}
MODEL = {"family": "cnn", "learning_rate": None, "solver": None, "crop": None, "epochs": 1}


@dataclass(frozen=True, kw_only=True)
class Model:
    """A cell to make up: its scores tell `skill` standard deviations between the classes.

    In a comparison, `part` is the experiment that the cell comes from.
    """

    label: str
    skill: float
    part: str = ""
    seeds: Sequence[int] = SEEDS
    parameters: dict[str, object] = field(default_factory=dict)
    steps: int = STEPS
    diverged: Sequence[int] = ()


def seventeen() -> list[Model]:
    """Return three baselines of five learning rates each and two of one model each."""
    skills = {
        "scratch": (0.0, 0.1, 0.2, 0.3, 0.1),
        "finetune": (0.0, 0.3, 1.2, 2.0, 1.5),
        "linear_probe": (1.1, 1.3, 0.8, 0.4, 0.1),
    }
    models = [
        Model(
            label=f"{name} learning_rate {rate:g}",
            skill=skill,
            part=name,
            parameters={
                "family": "probe" if name == "linear_probe" else "cnn",
                "solver": "adam" if name == "linear_probe" else None,
                "learning_rate": rate,
            },
        )
        for name, values in skills.items()
        for rate, skill in zip(RATES, values, strict=True)
    ]
    probe = {"family": "probe", "solver": "lbfgs", "learning_rate": 0.01}
    trees = {"family": "xgboost", "crop": CROP, "sees": "pixels"}
    return [
        *models,
        Model(
            label="sklearn_probe",
            part="sklearn_probe",
            skill=1.4,
            seeds=(0,),
            parameters=probe,
            steps=0,
        ),
        Model(label="xgboost", part="xgboost", skill=0.9, seeds=(0,), parameters=trees, steps=0),
    ]


def two(**parameters: object) -> list[Model]:
    """Return two models of a plain experiment, whose labels name a rate alone."""
    return [
        Model(
            label=f"learning_rate {rate:g}",
            skill=skill,
            parameters={"learning_rate": rate, **parameters},
        )
        for rate, skill in ((0.1, 0.1), (0.001, 1.5))
    ]


def predictions(model: Model, cell: str, place: int) -> pd.DataFrame:
    """Return the scores of val and test of every seed; NaN for a seed that diverged."""
    frames = []
    for seed in model.seeds:
        generator = np.random.default_rng((place, seed))
        for split, count in (("val", N_VAL), ("test", N_TEST)):
            truth = np.arange(count) % 2
            sides = 2 * truth - 1.0
            logits = model.skill * sides + generator.normal(size=count)
            if split == "test":
                logits[list(HARD)] = -3 * sides[list(HARD)]
            scores = np.nan if seed in model.diverged else 1 / (1 + np.exp(-logits))
            frames.append(
                pd.DataFrame(
                    {
                        "cell": cell,
                        "seed": seed,
                        "split": split,
                        "image": [f"{split}/{row:03d}" for row in range(count)],
                        "label": truth,
                        "score": scores,
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def write_comparison(
    directory: Path, models: Sequence[Model], experiment: str = "real_or_fake"
) -> Path:
    """Write the tables of a comparison; return the folder."""
    directory.mkdir(parents=True, exist_ok=True)
    cells = {f"a{place + 1:011x}": model for place, model in enumerate(models)}
    tables = {
        "cells": pd.DataFrame(
            [
                {"cell": cell, "slug": f"cell-{cell}", **MODEL, **model.parameters}
                for cell, model in cells.items()
            ]
        ),
        "memberships": _memberships(experiment, cells),
        "epochs": _of_seeds(cells, epoch=1, steps=STEPS, **METRICS),
        "replicates": _of_seeds(cells, best_epoch=1, **RECORD).assign(
            diverged_epoch=[
                1.0 if seed in model.diverged else np.nan
                for model in cells.values()
                for seed in model.seeds
            ]
        ),
        "batches": pd.concat([_batches(model, cell) for cell, model in cells.items()]),
        "predictions": pd.concat(
            [predictions(model, cell, int(cell, 16)) for cell, model in cells.items()]
        ),
    }
    for name, frame in tables.items():
        frame.to_parquet(directory / f"{name}.parquet", index=False)
    return directory


def _memberships(experiment: str, cells: dict[str, Model]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "experiment": experiment,
                "cell": cell,
                "label": model.label,
                "group": model.part or experiment,
                "setting": model.label.removeprefix(f"{model.part} "),
                "position": place,
            }
            for place, (cell, model) in enumerate(cells.items())
        ]
    )


def write_images(directory: Path) -> Path:
    """Write coloured squares: real ones get brighter to the right, fake ones downwards."""
    directory.mkdir(parents=True, exist_ok=True)
    splits = {"train": 8, "val": N_VAL, "test": N_TEST}
    rows = [(split, row) for split, count in splits.items() for row in range(count)]
    images = np.stack([_image(place, row % 2) for place, (_, row) in enumerate(rows)])
    np.save(directory / "images.npy", images)
    table = {
        "split": pa.array([split for split, _ in rows], pa.string()),
        "image": pa.array([f"{split}/{row:03d}" for split, row in rows], pa.string()),
        "label": pa.array([row % 2 for _, row in rows], pa.int64()),
    }
    pq.write_table(pa.table(table), directory / "data.parquet")
    facts = {
        "kind": "images",
        "rows": splits,
        "classes": CLASSES,
        "n_classes": 2,
        "size": SIZE,
        "prior_entropy": float(np.log(2)),
    }
    (directory / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return directory


def write_trees(path: Path, column: int = 3) -> Path:
    """Write boosted trees that had only one column of pixels to learn from."""
    import xgboost
    from safetensors.numpy import save_file

    generator = np.random.default_rng(0)
    pixels = np.zeros((200, CROP, CROP, 3), dtype=np.float32)
    pixels[:, :, column] = generator.integers(0, 256, size=(200, CROP, 3))
    truth = pixels[:, 2, column, 0] > pixels[:, 5, column, 2]
    data = xgboost.DMatrix(pixels.reshape(200, -1), label=truth)
    booster = xgboost.train({"objective": "binary:logistic"}, data, 10)
    model = np.frombuffer(bytes(booster.save_raw("ubj")), dtype=np.uint8)
    save_file({"seed-0/final/model": model.copy()}, path)
    return path


def _of_seeds(cells: dict[str, Model], **columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"cell": cell, "seed": seed, **columns}
            for cell, model in cells.items()
            for seed in model.seeds
        ]
    )


def _batches(model: Model, cell: str) -> pd.DataFrame:
    """Return losses that fall from ln 2 (three times that in the first step) as skill allows."""
    steps = np.arange(1, model.steps + 1)
    frames = []
    for seed in model.seeds:
        noise = np.random.default_rng(seed).uniform(0.8, 1.25, size=len(steps))
        losses = np.log(2) * np.exp(-model.skill * steps / STEPS) * noise
        losses[:1] *= 3
        if seed in model.diverged:
            losses[STEPS // 2 :] = np.nan
        frame = pd.DataFrame({"step": steps, "loss": losses.astype(np.float32)})
        frame.insert(0, "cell", cell)
        frame.insert(1, "seed", seed)
        frames.append(frame)
    return pd.concat(frames)


def _image(place: int, label: int) -> np.ndarray:
    ramp = np.linspace(40, 220, SIZE)
    pixels = np.full((SIZE, SIZE, 3), 255 * np.random.default_rng(place).random(3))
    pixels[..., place % 3] = ramp[None, :] if label else ramp[:, None]
    return pixels.astype(np.uint8)


def accuracy(member: Member, split: str = "test") -> float:
    """Return the mean over seeds of the accuracy of a split."""
    rows = member.rows("predictions")
    rows = rows[rows["split"] == split]
    return float(((rows["score"] > 0.5) == (rows["label"] == 1)).mean())
