"""The features of prepared images: one pass of a frozen backbone, kept for all its probes."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from pathlib import Path

import numpy as np
import torch

from gridproof.errors import GridproofError
from gridproof.files.atomic import write_bytes
from gridproof.parts.families.cnn.backbones import Backbone, backbone_of
from gridproof.parts.kinds.features import FEATURES
from gridproof.parts.kinds.images.prepared_images import load_images
from gridproof.parts.kinds.table import FACTS, PARQUET
from gridproof.parts.training.device import deterministic_device
from gridproof.parts.training.two_classes import SPLITS

IMAGES_AT_ONCE = 16


def write_features(
    images: Path,
    backbone: str,
    weights: str,
    digest: str,
    name: str,
    directory: Path,
    threads: int,
) -> None:
    """Write `data.parquet`, `features.npy` and `facts.json`; a killed pass leaves no part of them.

    Parameters
    ----------
    images : folder of prepared images, seen at their own size.
    backbone : name of the network.
    weights : file of its weights; empty: the one of its package.
    digest : the features' identity, recorded in the facts.
    name : how the study calls the features.
    threads : of the computation; equal numbers give equal bytes.

    Raises
    ------
    GridproofError : images or weights are not usable, or the files cannot be written.
    """
    network = backbone_of(backbone)
    features = compute_features(images, network, weights, threads)
    sink = BytesIO()
    np.save(sink, features)
    facts = {
        "name": name,
        "kind": "features",
        "digest": digest,
        "backbone": backbone,
        "weights": network.weights_digest(weights),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        rows = (images / PARQUET).read_bytes()
        facts["content"] = hashlib.sha256(rows).hexdigest()
        facts["features"] = hashlib.sha256(sink.getvalue()).hexdigest()
        write_bytes(directory / PARQUET, rows)
        write_bytes(directory / FEATURES, sink.getvalue())
        write_bytes(directory / FACTS, (json.dumps(facts, indent=2) + "\n").encode())
    except OSError as error:
        raise GridproofError(f"{directory} cannot be written: {error.strerror}") from error


def compute_features(images: Path, backbone: Backbone, weights: str, threads: int) -> np.ndarray:
    """Return float32 features (n, n_features) of all images, in the order of `data.parquet`."""
    device = deterministic_device(threads)
    scale = backbone.load().scale
    network = backbone.build(weights).eval().to(device)
    network = network.to(memory_format=torch.channels_last)
    computed = []
    with torch.inference_mode():
        for split in SPLITS:
            pixels = load_images(images, split).images
            for at in range(0, len(pixels), IMAGES_AT_ONCE):
                batch = torch.from_numpy(np.array(pixels[at : at + IMAGES_AT_ONCE])).to(device)
                computed.append(network(scale(batch)).cpu().numpy())
    return np.concatenate(computed)
