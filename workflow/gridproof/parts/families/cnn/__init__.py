"""Convolutional networks on images: Adam on the binary cross-entropy."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from gridproof.part import (
    Chosen,
    Family,
    Number,
    Parameters,
    Switch,
    Whole,
    conflict,
    parameter,
)
from gridproof.parts.families.cnn.backbones import (
    BACKBONES,
    DEFAULT_BACKBONE,
    backbone_module,
    check_backbone,
    found_weights,
    weights_digest,
)

BASE_MB, PIXEL_MB = 1400, 1e-3
"""Measured with Lite0, 32 images a step: 1,233 MB at 48 pixels, 2,873 MB at 224."""
PIXEL_COST = 37_000.0
"""The cost of a pixel of the images, over an epoch of five seeds."""

Backbone = Annotated[str, AfterValidator(check_backbone)]


class BackboneParameters(Parameters):
    """The backbone of a cell, and where its weights come from."""

    backbone: Backbone = parameter(
        DEFAULT_BACKBONE,
        "Network whose last layer is replaced by one that tells real from fake.",
        slug="",
        choices=BACKBONES,
    )
    weights: str = parameter(
        "", "File of the backbone's pretrained weights; empty: those of its package."
    )


class CnnParameters(BackboneParameters):
    """One convolutional network and how it is trained."""

    pretrained: Switch = parameter(
        True, "Start from ImageNet weights; false: from random ones.", slug="pre"
    )
    frozen: Switch = parameter(False, "Train the new last layer alone.", slug="frozen")
    frozen_batch_norm: Literal["eval", "train"] = parameter(
        "eval", "Statistics that a frozen backbone normalises with: its own, or the batch's."
    )
    learning_rate: Number = parameter(
        1e-4, "Step length of Adam, constant over training.", more_than=0, slug="lr"
    )
    batch_size: Whole = parameter(
        32, "Images in one step.", at_least=1, at_most=2**31 - 1, slug="b"
    )
    epochs: Whole = parameter(
        1, "Passes over the training images.", at_least=1, at_most=1_000_000, slug="e"
    )
    image_size: Whole = parameter(
        224, "Side in pixels that images are resized to.", at_least=32, at_most=1024, slug="px"
    )

    @model_validator(mode="after")
    def check_frozen(self) -> Self:
        """Refuse to freeze what has learned nothing, and settings of what is not frozen."""
        if self.frozen and not self.pretrained:
            raise conflict(
                "frozen",
                "found frozen true with pretrained false, expected a backbone with weights: "
                "features of random weights say nothing about images",
            )
        if self.frozen_batch_norm == "train" and not self.frozen:
            raise conflict(
                "frozen_batch_norm",
                "found frozen_batch_norm 'train' with frozen false, expected frozen true",
            )
        return self


def chosen(parameters: CnnParameters) -> Chosen:
    """Return the code of a cell's backbone, and the digest of the weights that it starts from."""
    digests = (
        {"weights": weights_digest(parameters.backbone, parameters.weights)}
        if parameters.pretrained
        else {}
    )
    return Chosen(entries=(backbone_module(parameters.backbone),), digests=digests)


def cost(parameters: CnnParameters) -> float:
    """Return the cost of networks: that of the pixels they see, image by image."""
    return PIXEL_COST * parameters.epochs * parameters.image_size**2


def memory(parameters: CnnParameters) -> float:
    """Return the megabytes of a job: what there is before any image, and what a step keeps."""
    pixels = parameters.image_size**2 * parameters.batch_size
    return BASE_MB + PIXEL_MB * pixels


FAMILY = Family(
    description="convolutional network on images, from scratch, fine-tuned or frozen",
    kind="images",
    parameters=CnnParameters,
    trainer="cnn_training:CnnTraining",
    engine="torch",
    libraries=("torch", "torchvision"),
    tables=("metrics", "batches", "predictions"),
    figures=("ranking",),
    gpu=True,
    chosen=chosen,
    cost=cost,
    seconds_per_cost=2e-6,
    train_rows=1_400,
    memory_mb=memory,
    machine=found_weights,
    words="cnn_words:section_words",
)
