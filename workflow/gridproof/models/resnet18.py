"""ResNet18 (He et al., arXiv:1512.03385), as torchvision has it."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn
from torchvision.models import resnet18  # type: ignore[import-untyped]

from gridproof.models.architecture import Architecture, Weights

LAST_LAYER = "fc."


def _new() -> nn.Module:
    network = resnet18(weights=None)
    network.fc = nn.Identity()
    return network


def _rename(weights: Mapping[str, Tensor]) -> Weights:
    return {key: value for key, value in weights.items() if not key.startswith(LAST_LAYER)}


ARCHITECTURE = Architecture(
    new=_new, rename=_rename, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)
)
