"""A small data set of three noisy classes, prepared as a study's data are, and its cells."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from gridproof.catalogue import catalogue
from gridproof.parts.families.mlp import MlpParameters
from gridproof.parts.families.mlp.mlp_training import MlpTraining
from gridproof.plan.data_plan import plan_data
from gridproof.run.preparing import write_prepared

DIGEST = "0123456789ab"
ROWS = {"train": 203, "val": 57, "test": 51}
CENTRES = [(2.0, 47.0), (10.0, 51.0), (-4.0, 40.0)]
PARAMETERS = {
    "depth": 2,
    "width": 8,
    "learning_rate": 0.01,
    "batch_size": 32,
    "epochs": 4,
    "batch_norm": False,
    "residual": False,
    "implicit": False,
    "gradient_norms": True,
}
TRAINERS = {"kernel": "native", "specification": "specified", "torch": "torch_training"}
"""The module that starts a training by each arithmetic; the first two have the same bits."""
each_arithmetic = pytest.mark.parametrize("arithmetic", TRAINERS)


def prepare_tiny(folder: Path) -> Path:
    """Write CSV files and prepared data into `folder`; return the folder of the latter."""
    generator = np.random.default_rng(5)
    options: dict[str, object] = {"features": ["long", "lat"], "target": "country"}
    for split, rows in ROWS.items():
        labels = np.arange(rows) % len(CENTRES)
        points = np.array(CENTRES)[labels] + generator.normal(scale=4, size=(rows, 2))
        lines = [f"{i},{x},{y},{labels[i]}" for i, (x, y) in enumerate(points)]
        path = folder / f"{split}.csv"
        path.write_text("\n".join([",long,lat,country", *lines, ""]))
        options[split] = str(path)
    plan = plan_data("places", "csv", options, catalogue())
    write_prepared(replace(plan, digest=DIGEST), folder / f"places-{DIGEST}", catalogue().roots)
    return folder / f"places-{DIGEST}"


def start(
    data: Path, *, arithmetic: str | None = None, seed: int = 0, **changed: object
) -> MlpTraining:
    """Return a training that has not begun, with some parameters changed.

    Without an arithmetic it is the kernel if it is built, else its specification.
    """
    names = [arithmetic] if arithmetic else ["kernel", "specification"]
    for name in names:
        trainer = import_module(f"gridproof.parts.families.mlp.{TRAINERS[name]}")
        training: MlpTraining | None = trainer.start(
            parameters=MlpParameters(**PARAMETERS | changed), data=data, threads=1, seeds=(seed,)
        )
        if training is not None:
            return training
    pytest.skip("the kernel is not built here: gridproof compile")


def finish(training: MlpTraining) -> MlpTraining:
    """Train to the last epoch."""
    while not training.finished:
        training.advance()
    return training
