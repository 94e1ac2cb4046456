"""What trained networks predict on a map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from gridproof.errors import GridproofError
from gridproof.figures.inputs import Inputs, Member

if TYPE_CHECKING:
    import torch

Weights = Literal["final", "best"]
CHUNK = 65_536
"""Points evaluated at once: a fixed number, so that the bits do not depend on memory."""


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
    import torch

    from gridproof.models.mlp import predict

    tensors = _load_tensors(inputs.checkpoint(member.cell), f"seed-{seed}/{weights}/")
    epoch = member.last_epoch if weights == "final" else member.best_epochs[seed]
    accuracy = member.value("test_accuracy", seed=seed, epoch=epoch)
    classes = None
    if all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        batch = torch.from_numpy(points.astype(np.float32))
        logits = [predict(tensors, member.parameters, part) for part in batch.split(CHUNK)]
        classes = torch.cat(logits).argmax(dim=1).numpy()
    return Prediction(seed=seed, epoch=epoch, test_accuracy=accuracy, classes=classes)


def stored_seeds(path: Path) -> set[int]:
    """Return the seeds whose weights a checkpoint file holds."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            names = list(file.keys())
    except (OSError, SafetensorError) as error:
        raise GridproofError(f"{path}: cannot be read as safetensors ({error})") from error
    return {int(name.split("/")[0].removeprefix("seed-")) for name in names}


def _load_tensors(path: Path, prefix: str) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118
            tensors = {name.removeprefix(prefix): file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        raise GridproofError(f"{path}: cannot be read as safetensors ({error})") from error
    if not tensors:
        raise GridproofError(f"{path}: expected tensors named {prefix}..., found none")
    return tensors
