"""All that is asked of this project's package: its engines, and what they draw at random.

The scripts of benchmarks/peers/ import it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ENGINES = ("native", "torch")


def begin(
    engine: str, parameters: dict[str, object], folder: Path, *, seeds: Sequence[int]
) -> list[Trained]:
    """Return a training of each seed that has not begun.

    Parameters
    ----------
    engine : one of `ENGINES`.
    parameters : of a perceptron, as a study names them; what is not there has its default.
    folder : a prepared table.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}. Got {engine!r} instead.")
    from gridproof.parts.families.mlp import MlpParameters

    told = {"parameters": MlpParameters.model_validate(parameters), "data": folder}
    return [Trained(starter(engine)(**told, threads=1, seeds=(seed,)), seed) for seed in seeds]


class Trained:
    """A training and its seed."""

    def __init__(self, training: Any, seed: int) -> None:
        if training is None:
            raise RuntimeError("the kernel of the native engine is not built here")
        self.training, self.seed = training, seed

    def advance(self) -> None:
        """Train an epoch and evaluate it."""
        self.training.advance()

    def replicate(self) -> Any:
        """Return the result."""
        return self.training.replicate(self.seed)


def starter(engine: str) -> Callable[..., Any]:
    """Return what starts trainings of an engine."""
    if engine == "torch":
        from gridproof.parts.families.mlp.torch_training import start

        return start
    from gridproof.parts.families.mlp.kernel_build import build_kernel
    from gridproof.parts.families.mlp.native import start

    build_kernel()
    return start


def initial_weights(
    depth: int, width: int, folder: Path, seeds: Sequence[int]
) -> dict[str, np.ndarray]:
    """Return what the engines draw: `weight.0` (n_seeds, n_out, n_in), `bias.0` (n_seeds, n_out)...

    Read from the history that a training keeps, before its first epoch.
    """
    parameters = {"depth": depth, "width": width, "batch_size": 2**20, "epochs": 1}
    replicates = []
    for trained in begin("torch", parameters, folder, seeds=seeds):
        trained.advance()
        replicates.append(trained.replicate())
    histories = [replicate.tensors["history"] for replicate in replicates]
    return {name: np.stack([history[name][0] for history in histories]) for name in histories[0]}


def sample_orders(n_samples: int, seeds: Sequence[int]) -> np.ndarray:
    """Return the order of the samples in the first epoch of each seed, int64 (n_seeds, n)."""
    from gridproof.parts.training.random_streams import sample_order

    orders = [np.asarray(sample_order(n_samples, seed, 1)) for seed in seeds]
    return np.stack(orders).astype(np.int64)
