"""The kinds of trainer, registered under the name a study uses; modules are imported late."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from gridproof.errors import GridproofError, nearest
from gridproof.files.layout import ASSEMBLED, DRY_FILES, IMAGE_FILES

if TYPE_CHECKING:
    from torch import Tensor

    from gridproof.part import Replicate


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

    Attributes
    ----------
    trainer : module and name of its TrainingFactory.
    libraries : distributions that compute its results, whose versions are part of a cell's
        identity.
    slug : parameters that a cell's readable name shows, with their prefixes (flags show the prefix
        alone, when set).
    figures : what the report shows of an experiment that does not say.
    files : what a job assembles of a cell's replicates.
    data : the kind of prepared data that its trainer reads.
    rule : the Snakemake rule that trains its cells.
    stacked : whether a block of seeds trains as one; else each seed trains by itself.
    compiles : whether it has a compiled engine.
    uncompiled : parameters that compiled code does not depend on, so that cells which differ in
        them alone share it.
    gpu : whether its trainer uses a GPU where there is one.
    weights : whether cells start from weights that a file brings, whose digest is then part of
        their identity.
    warning : what the report says before anything it says of such cells.
    """

    name: str
    description: str
    trainer: str
    libraries: tuple[str, ...]
    slug: tuple[tuple[str, str], ...]
    figures: tuple[str, ...] = ("ranking",)
    files: tuple[str, ...] = IMAGE_FILES
    data: str = "images"
    rule: str = "fit"
    stacked: bool = False
    compiles: bool = False
    uncompiled: tuple[str, ...] = ()
    gpu: bool = False
    weights: bool = False
    warning: str = ""

    @property
    def trainer_module(self) -> str:
        """The module whose import closure is the family's code."""
        return self.trainer.partition(":")[0]

    @property
    def source_kind(self) -> str:
        """The kind of data that a study has to name: features are made from images."""
        return "images" if self.data == "features" else self.data

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
            trainer="gridproof.parts.families.mlp.mlp_training:MlpTraining",
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
            figures=("curves",),
            files=ASSEMBLED,
            data="places",
            rule="train",
            stacked=True,
            compiles=True,
            uncompiled=("learning_rate", "epochs"),
        ),
        Family(
            name="cnn",
            description="convolutional network on images, from scratch, fine-tuned or frozen",
            trainer="gridproof.parts.families.cnn.cnn_training:CnnTraining",
            libraries=("timm", "torch", "torchvision"),
            slug=(
                ("backbone", ""),
                ("pretrained", "pre"),
                ("frozen", "frozen"),
                ("learning_rate", "lr"),
                ("batch_size", "b"),
                ("epochs", "e"),
                ("image_size", "px"),
            ),
            rule="train_on_gpu",
            gpu=True,
            weights=True,
        ),
        Family(
            name="probe",
            description="linear classifier on the features of a frozen backbone",
            trainer="gridproof.parts.families.probe.probe_training:start_probe",
            libraries=("scikit-learn", "scipy", "torch"),
            slug=(
                ("backbone", ""),
                ("solver", ""),
                ("learning_rate", "lr"),
                ("epochs", "e"),
                ("inverse_regularisation", "C"),
                ("standardise", "std"),
            ),
            data="features",
        ),
        Family(
            name="xgboost",
            description="gradient-boosted trees on the pixels of an image's centre",
            trainer="gridproof.parts.families.xgboost.boosting:XgboostTraining",
            libraries=("xgboost",),
            slug=(("rounds", "r"), ("crop", "px")),
        ),
        Family(
            name="dry",
            description="trains nothing: random numbers, to try the size of a study or a cluster",
            trainer="gridproof.parts.families.dry:DryTraining",
            libraries=("numpy",),
            slug=(("task", "t"), ("epochs", "e"), ("seconds", "s")),
            figures=(),
            files=DRY_FILES,
            data="places",
            rule="try_out",
            warning="Nothing was trained: losses and accuracies of these cells are random numbers.",
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
