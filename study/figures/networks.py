"""What trained networks predict on a map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from gridproof.errors import GridproofError

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

Weights = Literal["final", "best"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Classes predicted at the points by weights of one replicate; None if they are not finite."""

    seed: int
    epoch: int
    test_accuracy: float
    classes: np.ndarray | None


def predict_points(
    inputs: Inputs, member: Member, points: np.ndarray, *, seed: int, weights: Weights = "final"
) -> Prediction:
    """Return what a replicate's network predicts at `points` (n, 2), in degrees.

    `weights` are those after the last epoch, or those of the epoch with the lowest validation loss.
    """
    tensors = _load_tensors(inputs.weights_of(member.cell), f"seed-{seed}/{weights}/")
    epoch = member.last_epoch if weights == "final" else member.best_epochs[seed]
    accuracy = member.value("test_accuracy", seed=seed, epoch=epoch)
    classes = _classes(tensors, member, points)
    return Prediction(seed=seed, epoch=epoch, test_accuracy=accuracy, classes=classes)


def predict_epochs(
    inputs: Inputs, member: Member, points: np.ndarray, *, seed: int, epochs: Sequence[int]
) -> Iterator[Prediction]:
    """Yield what a replicate's network predicts at `points` (n, 2) after each of some epochs.

    The checkpoint file of the cell must be its `history.safetensors`.
    """
    history = _load_tensors(inputs.weights_of(member.cell), f"seed-{seed}/")
    for epoch in epochs:
        tensors = {name: rows[epoch] for name, rows in history.items()}
        yield Prediction(
            seed=seed,
            epoch=epoch,
            test_accuracy=member.value("test_accuracy", seed=seed, epoch=epoch),
            classes=_classes(tensors, member, points),
        )


def _classes(
    tensors: dict[str, np.ndarray], member: Member, points: np.ndarray
) -> np.ndarray | None:
    """Return the class that a network predicts at each point, None if weights are not finite."""
    from gridproof.parts.families.mlp.kernel import native
    from gridproof.parts.families.mlp.network import network_inputs, shape_of

    if not all(np.isfinite(value).all() for value in tensors.values()):
        return None
    shape = shape_of(tensors, member.parameters)
    inputs = network_inputs(points, bool(member.parameters["implicit"]))
    return native().predict(shape, shape.vector(tensors), inputs).argmax(0)


def stored_seeds(path: Path) -> set[int]:
    """Return the seeds whose weights a checkpoint file holds."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            names = list(file.keys())
    except (OSError, SafetensorError) as error:
        raise GridproofError(f"{path}: cannot be read as safetensors ({error})") from error
    return {int(name.split("/")[0].removeprefix("seed-")) for name in names}


def _load_tensors(path: Path, prefix: str) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118
            tensors = {name.removeprefix(prefix): file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        raise GridproofError(f"{path}: cannot be read as safetensors ({error})") from error
    if not tensors:
        raise GridproofError(f"{path}: expected tensors named {prefix}..., found none")
    return tensors
