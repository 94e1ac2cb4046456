"""EfficientNet-Lite0 without its last layer.

Architecture: Tan and Le, arXiv:1905.11946, without squeeze-and-excitation and with ReLU6
(tensorflow/tpu, models/official/efficientnet/lite).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import cast

from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from gridproof.parts.families.cnn.layers import Clip, normalised

N_STEM, N_FEATURES = 32, 1280
STAGES = (
    # blocks, kernel, stride of the first block, expansion, channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
EPSILON = 1e-3
"""What the published network's batch norm adds to variances."""
LARGE_MAPS = 1_000_000
"""Numbers that a block is given from which on its inner maps are computed again for the gradient.
Of a step of 32 images at 224 pixels this takes half a gigabyte of 2.6 away, and three tenths more
time; at 48 pixels there is no such block."""


class Lite0(nn.Module):
    """Images (n, 3, side, side) to features (n, 1280); layers are named as they are published."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_stem = nn.Conv2d(3, N_STEM, 3, 2, bias=False)
        self.bn0 = batch_norm(N_STEM)
        draw_as_before()
        blocks, given = [], N_STEM
        for n_blocks, kernel, stride, expansion, channels in STAGES:
            for number in range(n_blocks):
                first = number == 0
                blocks.append(Block(given, channels, kernel, stride if first else 1, expansion))
                given = channels
        self.blocks = nn.Sequential(*blocks)
        self.conv_head = nn.Conv2d(given, N_FEATURES, 1, bias=False)
        self.bn1 = batch_norm(N_FEATURES)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                draw_weights(module)

    def forward(self, images: Tensor) -> Tensor:
        """Return the mean over all positions of the last maps."""
        before, after = same_padding(images.shape[2], 3, 2)
        images = functional.pad(images, (0, after - before) * 2)
        maps = clip(normalised(self.conv_stem, self.bn0, images, before))
        for block in self.blocks:
            maps = remade(block, maps) if maps.numel() >= LARGE_MAPS else block(maps)
        maps = clip(normalised(self.conv_head, self.bn1, maps))
        return maps.permute(0, 2, 3, 1).flatten(1, 2).mean(1)


class Block(nn.Module):
    """An inverted residual block: expand the channels, convolve each by itself, project them."""

    def __init__(self, given: int, channels: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = given * expansion
        if expansion > 1:
            self.expand_conv = nn.Conv2d(given, wide, 1, bias=False)
            self.bn0 = batch_norm(wide)
        self.depthwise_conv = nn.Conv2d(wide, wide, kernel, stride, groups=wide, bias=False)
        self.bn1 = batch_norm(wide)
        self.project_conv = nn.Conv2d(wide, channels, 1, bias=False)
        self.bn2 = batch_norm(channels)
        self.expands, self.adds = expansion > 1, stride == 1 and given == channels

    def forward(self, given: Tensor) -> Tensor:
        """Return maps (n, channels, side, side) of maps."""
        depthwise = self.depthwise_conv
        before, after = same_padding(given.shape[2], depthwise.kernel_size[0], depthwise.stride[0])
        maps = given
        if self.expands:
            maps = clip(normalised(self.expand_conv, self.bn0, maps), after - before)
        maps = clip(normalised(depthwise, self.bn1, maps, before))
        maps = normalised(self.project_conv, self.bn2, maps)
        return maps.add_(given) if self.adds else maps


def remade(block: nn.Module, maps: Tensor) -> Tensor:
    """Return what a block makes of maps; what lies between is not kept, but made once more."""

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        return nullcontext(), seen_before(block)

    made = checkpoint(
        block, maps, use_reentrant=False, preserve_rng_state=False, context_fn=contexts
    )
    return cast(Tensor, made)


@contextmanager
def seen_before(block: nn.Module) -> Iterator[None]:
    """Let batch norms inside a block leave their running statistics as they are."""
    norms = [module for module in block.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    try:
        for norm in norms:
            norm.momentum = 0.0
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def same_padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and after a side that lead to ceil(side / stride) positions.

    Of an odd number of zeros one more lies after it.
    """
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


def clip(maps: Tensor, extra: int = 0) -> Tensor:
    """Return ReLU6 of maps, in their place unless `extra` rows and columns of zeros follow."""
    return cast(Tensor, Clip.apply(maps, extra))


def batch_norm(n_channels: int) -> nn.BatchNorm2d:
    """Return the batch norm that the published weights were trained with."""
    return nn.BatchNorm2d(n_channels, eps=EPSILON)


def draw_weights(convolution: nn.Conv2d) -> None:
    """Draw weights of the original's distribution, from torch's global stream."""
    fan_out = math.prod(convolution.kernel_size) * convolution.out_channels // convolution.groups
    nn.init.normal_(convolution.weight, 0, math.sqrt(2 / fan_out))


def draw_as_before() -> None:
    """Advance torch's global stream, so that a seed keeps the weights that it once had.

    timm, which made this network before, tries a layer of two convolutions at this point.
    """
    for _ in range(2):
        nn.Conv2d(8, 8, 1)
