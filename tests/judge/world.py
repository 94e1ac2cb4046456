"""A study in which every published statement is true, made of curves that were thought up."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridproof.catalogue import catalogue
from gridproof.judge.claim_tables import ExperimentTables, Tables
from gridproof.judge.load_claims import claims_of
from gridproof.judge.published import Published, read_published
from gridproof.judge.thresholds import Thresholds, read_thresholds
from gridproof.part import Claim
from gridproof.tables.members import Member

PARTS = catalogue((str(Path(__file__).resolve().parents[2] / "study"),))
PUBLISHED = read_published(PARTS.study_files("published.yaml"))
THRESHOLDS = read_thresholds(PARTS.study_files("thresholds.yaml"))
SEEDS = tuple(range(8))
"""As many as it takes for a count of seeds to say anything: eight of eight have p = 1/256."""
ROWS = 106_897
PLACES = {
    "kind": "table",
    "source": "csv",
    "rows": {"train": ROWS, "val": 13_363, "test": 13_363},
    "n_classes": 33,
    "prior_entropy": 3.26,
}
IMAGES = {
    "kind": "images",
    "source": "folder",
    "rows": {"train": 1400, "val": 200, "test": 400},
    "n_classes": 2,
    "prior_entropy": 0.693,
}
UNTRAINED = 3.49
Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell(Member):
    """A cell whose large tables are in memory."""

    large: dict[str, pd.DataFrame] = field(default_factory=dict)

    def rows(self, table: str) -> pd.DataFrame:
        """Return the rows of a large table; none where nothing was measured."""
        return self.large.get(table, pd.DataFrame())

    def change(self, column: str, change: Callable[[pd.DataFrame], object]) -> None:
        """Replace a column of all epochs; `change` gets the table."""
        self.epochs[column] = change(self.epochs)

    def keep_seeds(self, count: int) -> None:
        """Leave the first seeds alone."""
        kept = self.seeds[:count]
        for name in ("epochs", "replicates"):
            rows = getattr(self, name)
            object.__setattr__(self, name, rows[rows["seed"].isin(kept)].reset_index(drop=True))
        for name, rows in self.large.items():
            self.large[name] = rows[rows["seed"].isin(kept)].reset_index(drop=True)

    def end_at(self, column: str, value: float) -> None:
        """Replace a column's value after the last epoch."""
        self.epochs.loc[self.epochs["epoch"] == self.last_epoch, column] = value


World = dict[str, list[Cell]]


def per_seed(rows: pd.DataFrame, seeds: tuple[int, ...] = SEEDS) -> pd.DataFrame:
    """Return the same rows for every seed."""
    return pd.concat([rows.assign(seed=seed) for seed in seeds], ignore_index=True)


def cell(
    parameters: dict[str, Any],
    *,
    epochs: int,
    steps: int,
    curves: dict[str, Curve | float],
    seeds: tuple[int, ...] = SEEDS,
    n_parameters: int = 1,
    **large: pd.DataFrame,
) -> Cell:
    """Return a cell; a curve is a function of the epochs, or its value after the last one."""
    axis = np.arange(epochs + 1)
    columns: dict[str, object] = {"epoch": axis, "steps": axis * steps}
    for name, curve in curves.items():
        columns[name] = curve(axis) if callable(curve) else np.full(epochs + 1, curve)
    name = "-".join(f"{key}{value}" for key, value in parameters.items())
    replicates = pd.DataFrame(
        {"seed": seeds, "n_parameters": n_parameters, "diverged_epoch": np.nan, "best_epoch": 1.0}
    )
    label = ", ".join(f"{key} {value}" for key, value in parameters.items())
    return Cell(
        label=label,
        group="",
        setting=label,
        cell=f"{abs(hash(name)) % 16**12:012x}",
        slug="cell",
        parameters={**parameters, "epochs": epochs},
        epochs=per_seed(pd.DataFrame(columns), seeds),
        replicates=replicates,
        directory=Path(),
        large={table: per_seed(rows, seeds) for table, rows in large.items()},
    )


def falling(start: float, floor: float, epochs: float) -> Curve:
    """Return an exponential fall; by `epochs` it has gone 63 % of the way."""
    return lambda axis: floor + (start - floor) * np.exp(-axis / epochs)


def alternating(axis: np.ndarray, size: float) -> np.ndarray:
    """Return plus and minus `size` in turn, plus at even epochs."""
    return np.where(axis % 2 == 0, size, -size)


def overshooting(axis: np.ndarray) -> np.ndarray:
    """Return the loss at 1e-2: a fast fall, then a rough tail above its floor."""
    tail = np.where(axis > axis.max() // 2, 0.1 + alternating(axis, 0.1), 0)
    return falling(UNTRAINED, 1.42, 3)(axis) + tail


def collapsing(axis: np.ndarray) -> np.ndarray:
    """Return the loss at 0.2: some progress, then that of the class prior."""
    return np.where(axis == 0, UNTRAINED, np.where(axis < 10, 3.0, 3.26))


def flat(level: float) -> Curve:
    """Return a loss that is the same from the first epoch on."""
    return lambda axis: np.where(axis == 0, UNTRAINED, level)


def dead(share: float, depth: int = 6) -> pd.DataFrame:
    """Return the share of dead units of each layer at the end."""
    return pd.DataFrame({"epoch": 50, "layer": range(depth), "dead_share": share})


def learning_rate() -> list[Cell]:
    """Return the six rates."""
    curves: dict[float, Curve] = {
        1.0: flat(3.26),
        0.2: collapsing,
        1e-2: overshooting,
        1e-3: falling(UNTRAINED, 2.0, 20),
        5e-4: falling(UNTRAINED, 2.5, 29),
        1e-5: falling(UNTRAINED, 3.48, 50),
    }
    return [
        cell(
            {"learning_rate": rate},
            epochs=50,
            steps=418,
            curves={"val_loss": curve},
            activations=dead(1.0 if rate >= 0.2 else 0.1),
        )
        for rate, curve in curves.items()
    ]


def growing_rough(level: float) -> Curve:
    """Return an accuracy that rises to a level and jitters more in its second half."""
    return lambda axis: (
        level * (1 - np.exp(-axis / 25))
        + np.where(axis > axis.max() // 2, alternating(axis, 0.01), alternating(axis, 0.001))
    )


def epochs() -> list[Cell]:
    """Return the training of a hundred epochs."""
    losses: dict[str, Curve | float] = {
        f"{split}_loss": falling(UNTRAINED, 1.55 + 0.01 * place, 25)
        for place, split in enumerate(("train", "val", "test"))
    }
    rough: dict[str, Curve | float] = {
        f"{split}_accuracy": growing_rough(0.4) for split in ("val", "test")
    }
    area: dict[str, Curve | float] = {
        f"{split}_auroc": lambda axis: 0.9 - falling(0.4, 0, 25)(axis) + alternating(axis, 5e-4)
        for split in ("val", "test")
    }
    curves = losses | rough | area | {"train_eval_loss": falling(UNTRAINED, 1.55, 25)}
    before_last_step = {f"full_batches_{name}": curve for name, curve in losses.items()}
    curves |= before_last_step
    return [cell({"learning_rate": 1e-3}, epochs=100, steps=418, curves=curves)]


def batch_norm() -> list[Cell]:
    """Return the network without and with batch normalisation."""
    plain = {
        "val_loss": 1.52,
        "val_accuracy": 0.4,
        "full_batches_val_loss": 1.51,
        "full_batches_val_accuracy": 0.41,
    }
    normalised = {
        "train_loss": 0.48,
        "val_loss": 0.3,
        "test_loss": 0.31,
        "train_accuracy": 0.82,
        "val_accuracy": 0.93,
        "test_accuracy": 0.92,
        "train_eval_accuracy": 0.93,
        "full_batches_val_accuracy": 0.93,
    }
    return [
        cell(
            {"batch_norm": normalises},
            epochs=100,
            steps=418,
            curves={**curves},
            activations=dead(0.0 if normalises else 0.3),
        )
        for normalises, curves in ((False, plain), (True, normalised))
    ]


def batch_size() -> list[Cell]:
    """Return the four batch sizes; of the batches, those of the end."""
    cells = []
    for size, n_epochs, best in ((1, 1, 0.385), (16, 10, 0.38), (128, 50, 0.39), (1024, 50, 0.16)):
        steps = -(-ROWS // size)
        last = steps * n_epochs - np.arange(40)[::-1]
        noise = pd.DataFrame({"step": last, "loss": 2 + alternating(last, size**-0.5)})
        cells.append(
            cell(
                {"batch_size": size},
                epochs=n_epochs,
                steps=steps,
                curves={
                    "val_loss": 1.7,
                    "val_accuracy": lambda axis, best=best: best * axis / axis.max(),
                },
                batches=noise,
            )
        )
    return cells


def batch_scaling() -> list[Cell]:
    """Return three batch sizes, each at the default rate and at a larger one."""
    values = {
        (16, 1e-3): 0.38,
        (16, 8e-3): 0.4,
        (128, 1e-3): 0.37,
        (128, 8e-3): 0.5,
        (1024, 1e-3): 0.16,
        (1024, 6.4e-2): 0.4,
    }
    return [
        cell(
            {"batch_size": size, "learning_rate": rate},
            epochs=50,
            steps=1,
            curves={"val_accuracy": accuracy},
        )
        for (size, rate), accuracy in values.items()
    ]


def shape() -> list[Cell]:
    """Return the seven shapes: val loss, train loss, accuracy."""
    values = {
        (1, 16): (1.55, 1.56, 0.54),
        (2, 16): (0.8, 0.9, 0.79),
        (6, 16): (0.45, 0.6, 0.848),
        (10, 16): (0.43, 0.6, 0.854),
        (6, 8): (0.6, 0.8, 0.814),
        (6, 32): (0.28, 0.35, 0.891),
        (6, 64): (0.26, 0.33, 0.895),
    }
    return [
        cell(
            {"depth": depth, "width": width},
            epochs=50,
            steps=836,
            curves={
                "val_loss": val,
                "test_loss": val,
                "train_loss": train,
                "train_eval_loss": val,
                "val_accuracy": accuracy,
                "test_accuracy": accuracy,
            },
        )
        for (depth, width), (val, train, accuracy) in values.items()
    ]


def shallow() -> list[Cell]:
    """Return one hidden layer at three rates."""
    counted = pd.DataFrame({"epoch": [50], "plane_regions": [120.0], "bound": [137.0]})
    return [
        cell(
            {"depth": 1, "width": 16, "learning_rate": rate},
            epochs=50,
            steps=836,
            curves={"val_accuracy": accuracy, "val_loss": 2 - accuracy},
            regions=counted,
        )
        for rate, accuracy in ((1e-3, 0.54), (1e-2, 0.56), (1e-1, 0.58))
    ]


def very_deep() -> list[Cell]:
    """Return ten layers and more."""
    return [
        cell({"depth": depth}, epochs=50, steps=836, curves={"test_accuracy": accuracy})
        for depth, accuracy in ((6, 0.848), (10, 0.854), (20, 0.85), (40, 0.8))
    ]


def norms(values: Callable[[np.ndarray], np.ndarray]) -> pd.DataFrame:
    """Return the squared norm of each of 101 layers in the last epoch."""
    layers = np.arange(101)
    return pd.DataFrame({"epoch": 10, "layer": layers, "value": values(layers)})


def gradients() -> list[Cell]:
    """Return a hundred layers whose gradient fades."""
    fading = norms(lambda layer: np.where(layer > 60, 10.0 ** (1.3 * (layer - 100)), 0))
    return [
        cell(
            {"depth": 100, "width": 4},
            epochs=10,
            steps=418,
            curves={"val_loss": 3.2},
            gradients=fading,
        )
    ]


def residual() -> list[Cell]:
    """Return a hundred layers with residual connections."""
    even = norms(lambda layer: 2.0 + 0.1 * layer)
    return [
        cell(
            {"residual": True, "batch_norm": batch_norm},
            epochs=10,
            steps=418,
            curves={"val_loss": 2.0},
            gradients=even,
        )
        for batch_norm in (False, True)
    ]


def implicit() -> list[Cell]:
    """Return both pairs of inputs."""
    return [
        cell(
            {"implicit": sines, "batch_norm": batch_norm},
            epochs=50,
            steps=1,
            curves={"val_accuracy": 0.4 + 0.1 * sines + 0.3 * batch_norm},
        )
        for sines in (False, True)
        for batch_norm in (False, True)
    ]


ACCURACIES = {
    "scratch": (0.4925, 0.4925, 0.4850, 0.5250, 0.5000),
    "finetune": (0.5425, 0.4775, 0.6475, 0.7475, 0.7175),
    "linear_probe": (0.7325, 0.7150, 0.6825, 0.5425, 0.4975),
}


def sweep(name: str) -> list[Cell]:
    """Return five models on images; an epoch has as many steps as the claim says."""
    return [
        cell(
            {"learning_rate": rate, "backbone": "resnet18", "batch_size": 1},
            epochs=1,
            steps=1400,
            curves={"test_accuracy": accuracy, "val_accuracy": accuracy},
            n_parameters=11_177_025,
        )
        for rate, accuracy in zip((1e-1, 1e-2, 1e-3, 1e-4, 1e-5), ACCURACIES[name], strict=True)
    ]


def fitted(accuracy: float, predictions: pd.DataFrame | None = None, **parameters: object) -> Cell:
    """Return a model that draws nothing: one replicate."""
    curves: dict[str, Curve | float] = {"test_accuracy": accuracy, "val_accuracy": accuracy}
    large = {} if predictions is None else {"predictions": predictions}
    return cell(parameters, epochs=1, steps=1, curves=curves, seeds=(0,), **large)


def probe_to_the_end() -> list[Cell]:
    """Return Adam after 200 epochs, and both fits of scikit-learn."""
    return [
        cell(
            {"solver": "adam"},
            epochs=200,
            steps=44,
            curves={"test_accuracy": 0.7125, "val_accuracy": 0.7125},
            predictions=scores(0.9),
        ),
        fitted(0.715, scores(0.6), solver="lbfgs", inverse_regularisation=1.0),
        fitted(0.71, scores(0.8), solver="lbfgs", inverse_regularisation=1e6),
    ]


def scores(sure: float) -> pd.DataFrame:
    """Return scores of a hundred images, half of each class, of which one is answered wrongly."""
    real = np.arange(100) % 2 == 0
    said = np.where(real, sure, 1 - sure)
    said[0] = 1 - sure
    return pd.DataFrame(
        {"split": "test", "image": np.arange(100).astype(str), "label": real * 1, "score": said}
    )


def world() -> World:
    """Return all experiments, anew each time: tests change them."""
    return copy.deepcopy(made_world())


@cache
def made_world() -> World:
    """Return all experiments."""
    places = (
        learning_rate,
        epochs,
        batch_norm,
        batch_size,
        batch_scaling,
        shape,
        shallow,
        very_deep,
        gradients,
        residual,
        implicit,
        probe_to_the_end,
    )
    return {
        **{make.__name__: make() for make in places},
        **{name: sweep(name) for name in ACCURACIES},
        "sklearn_probe": [fitted(0.715, solver="lbfgs")],
        "xgboost": [fitted(0.735, crop=64)],
    }


OF_IMAGES = (*ACCURACIES, "sklearn_probe", "xgboost", "probe_to_the_end")


def tables_of(
    given: World,
    missing: dict[str, str] | None = None,
    published: Published = PUBLISHED,
    thresholds: Thresholds = THRESHOLDS,
) -> Tables:
    """Return a world's tables as claims see them."""
    experiments = {
        name: lambda name=name, cells=cells: ExperimentTables(
            members=cells, facts=IMAGES if name in OF_IMAGES else PLACES
        )
        for name, cells in given.items()
    }
    return Tables(experiments, missing or {}, published, thresholds)


def claims() -> dict[str, Claim]:
    """Return the statements of the default study by id, in the order of the write-up."""
    judged, _ = claims_of(PARTS, {}, world().keys())
    return {claim.id: claim for claim in judged}
