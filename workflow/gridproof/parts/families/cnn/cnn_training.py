"""The trainer of the `cnn` family: a backbone and a new last layer, trained on images."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from gridproof.errors import GridproofError
from gridproof.parts.families.cnn.architecture import Architecture
from gridproof.parts.families.cnn.backbones import Backbone, backbone_of
from gridproof.parts.kinds.images.prepared_images import ChosenImages, load_images
from gridproof.parts.training.device import deterministic_device
from gridproof.parts.training.one_logit import AdamTraining, Recipe, drawing, new_last_layer
from gridproof.parts.training.two_classes import SPLITS

if TYPE_CHECKING:
    from gridproof.parts.families.cnn import CnnParameters

RESIZED_AT_ONCE = 32
EVALUATED_PIXELS = 230_400
"""Pixels of the images that are evaluated together, 100 images of 48 pixels square: as many of 224
would take more memory than a training step."""
BATCH_STATISTICS = "train"
NO_IMAGES = ChosenImages(np.empty(0, np.uint8), np.empty(0, np.int64))
"""In place of the mapped file, which would count as memory of the job as long as it is held."""


def uses_batch_statistics(chosen: CnnParameters) -> bool:
    """Tell whether batch norm normalises by each batch while the network learns."""
    return not chosen.frozen or chosen.frozen_batch_norm == BATCH_STATISTICS


class CnnTraining(AdamTraining):
    """One network on images: everything learns or, with `frozen`, the last layer alone."""

    def __init__(
        self,
        *,
        parameters: CnnParameters,
        data: Path,
        threads: int,
        seeds: Sequence[int],
    ) -> None:
        device = deterministic_device(threads)
        (seed,) = seeds
        chosen = parameters
        backbone = backbone_of(chosen.backbone)
        splits = {split: load_images(data, split, seed) for split in SPLITS}
        check_last_batch(chosen, len(splits["train"].labels), backbone)
        architecture = backbone.load()
        network = new_network(chosen, backbone, seed)
        super().__init__(
            network=network.to(memory_format=torch.channels_last),
            set_train_mode=network.train if uses_batch_statistics(chosen) else network.eval,
            inputs={
                split: ScaledImages(resize(part.images, chosen.image_size).to(device), architecture)
                for split, part in splits.items()
            },
            truth={split: replace(part, images=NO_IMAGES) for split, part in splits.items()},
            recipe=Recipe(
                learning_rate=chosen.learning_rate,
                batch_size=chosen.batch_size,
                epochs=chosen.epochs,
            ),
            seed=seed,
            device=device,
            evaluated_at_once=max(1, EVALUATED_PIXELS // chosen.image_size**2),
        )


@dataclass(frozen=True, slots=True)
class ScaledImages:
    """The images of a split as a network's inputs, scaled when they are asked for."""

    images: Tensor
    architecture: Architecture

    def __call__(self, numbers: Tensor) -> Tensor:
        """Return inputs (n, 3, side, side) of the images `numbers` (n,)."""
        return self.architecture.scale(self.images[numbers.to(self.images.device)])


def new_network(chosen: CnnParameters, backbone: Backbone, seed: int) -> nn.Module:
    """Return the untrained network: images (n, 3, side, side) to logits (n, 1).

    The layer that replaces the backbone's last one is the same for all backbones' weights of a
    seed; random weights of the backbone depend on the seed too.
    """
    with drawing("weights", seed):
        features = backbone.build(chosen.weights if chosen.pretrained else None)
    features.requires_grad_(not chosen.frozen)
    last = new_last_layer(backbone.n_features, seed)
    return nn.Sequential(OrderedDict(backbone=features, last=last))


def resize(images: ChosenImages, size: int) -> Tensor:
    """Return uint8 images (n, size, size, 3) in memory, of images (n, side, side, 3).

    Bilinear, over an area that grows with the reduction (antialiased), rounded to whole values.
    """
    if images.shape[1] == size:
        return torch.from_numpy(images[:])
    resized = torch.empty((len(images), size, size, 3), dtype=torch.uint8)
    for at in range(0, len(images), RESIZED_AT_ONCE):
        part = torch.from_numpy(images[at : at + RESIZED_AT_ONCE]).permute(0, 3, 1, 2)
        smooth = nn.functional.interpolate(part, size=(size, size), mode="bilinear", antialias=True)
        resized[at : at + RESIZED_AT_ONCE] = smooth.permute(0, 2, 3, 1)
    return resized


def check_last_batch(chosen: CnnParameters, n_samples: int, backbone: Backbone) -> None:
    """Refuse a batch of one image whose last map is one position: it has no variance."""
    single = n_samples == 1 or n_samples % chosen.batch_size == 1 or chosen.batch_size == 1
    if uses_batch_statistics(chosen) and single and chosen.image_size <= backbone.stride:
        raise GridproofError(
            f"batch_size {chosen.batch_size} leaves a last batch of 1 of {n_samples} images, and "
            f"batch norm needs at least 2 where image_size is {chosen.image_size}: "
            "choose another batch_size or a larger image_size"
        )
