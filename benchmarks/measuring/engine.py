"""All that is asked of this project's package: its engines, and what they draw at random.

The scripts of benchmarks/peers/ import it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ENGINES = ("native", "torch")


def begin(
    engine: str, parameters: dict[str, object], folder: Path, *, threads: int, seeds: Sequence[int]
) -> list[Block]:
    """Return trainings that have not begun and together have all seeds, in their order.

    Parameters
    ----------
    engine : one of `ENGINES`.
    parameters : of a perceptron, as a study names them; what is not there has its default.
    folder : a prepared table.
    threads : what a job of a study is given as its `threads`.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}. Got {engine!r} instead.")
    from gridproof.parts.families.mlp import MlpParameters

    start, together = starter(engine)
    blocks = [tuple(seeds)] if together else [(seed,) for seed in seeds]
    told = {"parameters": MlpParameters.model_validate(parameters), "data": folder}
    return [Block(start(**told, threads=threads, seeds=block), block) for block in blocks]


class Block:
    """A training and the seeds that it trains."""

    def __init__(self, training: Any, seeds: tuple[int, ...]) -> None:
        if training is None:
            raise RuntimeError("the kernel of the native engine could not be built here")
        self.training, self.seeds = training, seeds

    def advance(self) -> None:
        """Train an epoch and evaluate it."""
        self.training.advance()

    def replicates(self) -> list[Any]:
        """Return the results of all seeds of the block."""
        return [self.training.replicate(seed) for seed in self.seeds]


def starter(engine: str) -> tuple[Callable[..., Any], bool]:
    """Return what starts trainings of an engine, and whether it takes all seeds together."""
    from gridproof.parts.families import mlp

    if hasattr(mlp, "start"):
        return partial(mlp.start, engine=engine), True
    if engine == "torch":
        from gridproof.parts.families.mlp.torch_training import start

        return start, False
    from gridproof.parts.families.mlp.kernel_build import build_kernel
    from gridproof.parts.families.mlp.native import start

    build_kernel()
    return start, False


def initial_weights(
    depth: int, width: int, folder: Path, seeds: Sequence[int]
) -> dict[str, np.ndarray]:
    """Return what the engines draw: `weight.0` (n_seeds, n_out, n_in), `bias.0` (n_seeds, n_out)...

    Read from the history that a training keeps, before its first epoch.
    """
    parameters = {"depth": depth, "width": width, "batch_size": 2**20, "epochs": 1}
    replicates = []
    for block in begin("torch", parameters, folder, threads=1, seeds=seeds):
        block.advance()
        replicates += block.replicates()
    histories = [replicate.tensors["history"] for replicate in replicates]
    return {name: np.stack([history[name][0] for history in histories]) for name in histories[0]}


def sample_orders(n_samples: int, seeds: Sequence[int]) -> np.ndarray:
    """Return the order of the samples in the first epoch of each seed, int64 (n_seeds, n)."""
    from gridproof.parts.training.random_streams import sample_order

    orders = [np.asarray(sample_order(n_samples, seed, 1)) for seed in seeds]
    return np.stack(orders).astype(np.int64)
