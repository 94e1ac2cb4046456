"""The trainer as it is specified: with the arithmetic in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gridproof.parts.families.mlp import specification
from gridproof.parts.families.mlp.mlp_training import MlpTraining

if TYPE_CHECKING:
    from gridproof.parts.families.mlp import MlpParameters


class Specified:
    """What trains of the specification, and not what only measurements ask of it."""

    shuffle = staticmethod(specification.shuffle)
    train_epoch = staticmethod(specification.train_epoch)
    evaluate = staticmethod(specification.evaluate)


def start(
    *, parameters: MlpParameters, data: Path, threads: int, seeds: Sequence[int]
) -> MlpTraining:
    """Return a training that has not begun."""
    return MlpTraining(parameters=parameters, data=data, seeds=seeds, arithmetic=Specified())
