"""What is asked of this project's package besides a training: its random draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gridproof.parts.families.mlp import MlpParameters, start
from gridproof.parts.training.random_streams import sample_order

from .cases import Case


def initial_weights(case: Case, folder: Path, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Return what the engines draw: `weight.0` (n_seeds, n_out, n_in), `bias.0` (n_seeds, n_out)...

    Read from the history that a training keeps, before its first epoch.
    """
    parameters = MlpParameters.model_validate(
        {"depth": case.depth, "width": case.width, "batch_size": case.n_rows, "epochs": 1}
    )
    training = start(parameters=parameters, data=folder, engine="eager", threads=1, seeds=seeds)
    training.advance()
    histories = [training.replicate(seed).tensors["history"] for seed in seeds]
    return {name: np.stack([history[name][0] for history in histories]) for name in histories[0]}


def sample_orders(n_samples: int, seeds: Sequence[int]) -> np.ndarray:
    """Return the order of the samples in the first epoch of each seed, int64 (n_seeds, n)."""
    return np.stack([np.asarray(sample_order(n_samples, seed, 1)) for seed in seeds])
