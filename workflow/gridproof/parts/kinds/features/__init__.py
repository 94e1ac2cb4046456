"""Images as a frozen backbone sees them: features that all probes of that backbone share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridproof.part import Chosen, Derived, Kind
from gridproof.parts.families.cnn.backbones import backbone_module, weights_digest

KIND = Kind(
    files=("data.parquet", "features.npy"),
    content=("featurise:write_features",),
    derived_from="images",
    libraries=("torch", "torchvision"),
    threads=2,
    gpu=True,
)


def derive(parameters: Any) -> Derived:
    """Return the features that a cell with a `backbone` and its `weights` asks for."""
    options = {"backbone": parameters.backbone, "weights": parameters.weights}
    return Derived(label=parameters.backbone, options=options)


def chosen(options: Mapping[str, Any]) -> Chosen:
    """Return the backbone's code, its name and the digest of its file of weights.

    Raises
    ------
    GridproofError : the file is missing, or it is not the published one.
    """
    backbone, weights = options["backbone"], options["weights"]
    return Chosen(
        entries=(backbone_module(backbone),),
        digests={"backbone": backbone, "weights": weights_digest(backbone, weights)},
    )


def make(name: str, given: Path, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Write `data.parquet` and `features.npy`, return facts; see `gridproof.part.KindModule`."""
    from gridproof.parts.kinds.features.featurise import write_features

    return write_features(given, options, KIND.threads, folder)
