"""The kinds of trainer, registered under the name a study uses; modules are imported late."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from gridproof.errors import GridproofError, nearest

if TYPE_CHECKING:
    from torch import Tensor

    from gridproof.training.replicate import Replicate


class Training(Protocol):
    """A block of replicates in training; what every family's trainer offers."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to train."""

    def advance(self) -> str:
        """Train the next part (an epoch, a round); return a line for the log."""

    def state(self) -> dict[str, Tensor]:
        """Return all that changes, as tensors by name."""

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from what `state` returned."""

    def replicate(self, seed: int) -> Replicate:
        """Return the finished result of `seed`."""


class TrainingFactory(Protocol):
    """How a trainer is made; `data` is a folder of prepared data, `seeds` a whole block."""

    def __call__(
        self,
        *,
        parameters: Mapping[str, object],
        data: Path,
        engine: str,
        threads: int,
        seeds: Sequence[int],
    ) -> Training:
        """Return a training that has not begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of trainer.

    trainer: module and name of its TrainingFactory; libraries: distributions that compute its
    results, whose versions are part of a cell's identity; slug: parameters that a cell's readable
    name shows, with their prefixes (flags show the prefix alone, when set); uncompiled: parameters
    that compiled code does not depend on, so that cells which differ in them alone share it.
    """

    name: str
    description: str
    trainer: str
    libraries: tuple[str, ...]
    slug: tuple[tuple[str, str], ...]
    uncompiled: tuple[str, ...] = ()

    @property
    def trainer_module(self) -> str:
        """The module whose import closure is the family's code."""
        return self.trainer.partition(":")[0]

    def load_trainer(self) -> TrainingFactory:
        """Import the trainer (and with it the library that trains)."""
        module, _, name = self.trainer.partition(":")
        return cast(TrainingFactory, getattr(importlib.import_module(module), name))


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family(
            name="mlp",
            description="multi-layer perceptron on coordinates",
            trainer="gridproof.training.mlp:MlpTraining",
            libraries=("torch",),
            slug=(
                ("depth", "d"),
                ("width", "w"),
                ("learning_rate", "lr"),
                ("batch_size", "b"),
                ("epochs", "e"),
                ("batch_norm", "bn"),
                ("residual", "res"),
                ("implicit", "sin"),
            ),
            uncompiled=("learning_rate", "epochs"),
        ),
    )
}


def family_of(name: str) -> Family:
    """Return the family registered as `name`; GridproofError names the valid ones."""
    if name not in FAMILIES:
        valid = ", ".join(FAMILIES)
        raise GridproofError(
            f"unknown family {name!r}{nearest(name, FAMILIES)}; expected one of: {valid}"
        )
    return FAMILIES[name]
