"""ResNet18 (He et al., arXiv:1512.03385), as torchvision has it."""

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

    return Architecture(
        new=_new, rename=_rename, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)
    )


def _new() -> nn.Module:
    from torch import nn
    from torchvision.models import resnet18  # type: ignore[import-untyped]

    network: nn.Module = resnet18(weights=None)
    network.fc = nn.Identity()
    return network


def _rename(weights: Mapping[str, Tensor]) -> Weights:
    return {key: value for key, value in weights.items() if not key.startswith(LAST_LAYER)}


BACKBONE = Backbone(
    name="resnet18",
    n_features=512,
    input_size=224,
    stride=32,
    sha256="f37072fd",
    origin="https://download.pytorch.org/models/resnet18-f37072fd.pth",
    packaged=None,
    load=_architecture,
)
