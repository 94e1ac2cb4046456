"""The features of prepared images: one pass of a frozen backbone, kept for all its probes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gridproof.files.facts import PARQUET
from gridproof.parts.families.cnn.backbones import Backbone, backbone_of
from gridproof.parts.kinds.features.prepared_features import FEATURES
from gridproof.parts.kinds.images.prepared_images import load_all_images
from gridproof.parts.training.device import deterministic_device

IMAGES_AT_ONCE = 16


def write_features(
    images: Path, options: Mapping[str, Any], threads: int, folder: Path
) -> dict[str, Any]:
    """Write the features of images, and the images' rows, into a folder; return the facts.

    Parameters
    ----------
    images : folder of prepared images, seen at their own size.
    options : the name of a `backbone`, and the file of its `weights` (empty: its package's).
    threads : of the computation; equal numbers give equal bytes.

    Raises
    ------
    GridproofError : images or weights are not usable.
    """
    backbone = backbone_of(options["backbone"])
    np.save(folder / FEATURES, compute_features(images, backbone, options["weights"], threads))
    shutil.copyfile(images / PARQUET, folder / PARQUET)
    return {
        "backbone": options["backbone"],
        "weights": backbone.weights_digest(options["weights"]),
    }


def compute_features(images: Path, backbone: Backbone, weights: str, threads: int) -> np.ndarray:
    """Return float32 features (n, n_features) of all images, in the order of `data.parquet`."""
    device = deterministic_device(threads)
    scale = backbone.load().scale
    network = backbone.build(weights).eval().to(device)
    network = network.to(memory_format=torch.channels_last)
    pixels, _ = load_all_images(images)
    computed = []
    with torch.inference_mode():
        for at in range(0, len(pixels), IMAGES_AT_ONCE):
            batch = torch.from_numpy(pixels[at : at + IMAGES_AT_ONCE]).to(device)
            computed.append(network(scale(batch)).cpu().numpy())
    return np.concatenate(computed)
