"""EfficientNet-Lite0 once more, read off the original: one function, published tensor names."""

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

EPS = 1e-3
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


def same_convolution(inputs: Tensor, weight: Tensor, stride: int, groups: int = 1) -> Tensor:
    """Convolve with TensorFlow's "same" padding: the odd pixel goes to the right and below."""
    sizes = inputs.shape[-2:]
    kernel = weight.shape[-1]
    total = [max((math.ceil(n / stride) - 1) * stride + kernel - n, 0) for n in sizes]
    (top, bottom), (left, right) = ((t // 2, t - t // 2) for t in total)
    return F.conv2d(F.pad(inputs, (left, right, top, bottom)), weight, stride=stride, groups=groups)


def normalise(inputs: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    """Apply batch norm with the running statistics."""
    mean, var, scale, shift = (
        weights[f"{name}.{part}"].view(-1, 1, 1)
        for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (inputs - mean) / torch.sqrt(var + EPS) * scale + shift


def block(inputs: Tensor, weights: dict[str, Tensor], name: str, stride: int) -> Tensor:
    """Apply an inverted residual block: expand, convolve each channel, project."""
    x = inputs
    if f"{name}._expand_conv.weight" in weights:
        x = same_convolution(x, weights[f"{name}._expand_conv.weight"], 1)
        x = normalise(x, weights, f"{name}._bn0").clamp(0, 6)
    depthwise = weights[f"{name}._depthwise_conv.weight"]
    x = same_convolution(x, depthwise, stride, groups=len(depthwise))
    x = normalise(x, weights, f"{name}._bn1").clamp(0, 6)
    x = same_convolution(x, weights[f"{name}._project_conv.weight"], 1)
    x = normalise(x, weights, f"{name}._bn2")
    return x + inputs if stride == 1 and x.shape == inputs.shape else x


def logits(weights: dict[str, Tensor], images: Tensor) -> Tensor:
    """Return the ImageNet logits (n, 1000) of images (n, 3, side, side) between -1 and 1."""
    x = same_convolution(images, weights["_conv_stem.weight"], 2)
    x = normalise(x, weights, "_bn0").clamp(0, 6)
    number = 0
    for blocks, kernel, stride, expansion, channels in STAGES:
        for first in [True] + [False] * (blocks - 1):
            name = f"_blocks.{number}"
            depthwise = weights[f"{name}._depthwise_conv.weight"]
            assert depthwise.shape == (x.shape[1] * expansion, 1, kernel, kernel)
            x = block(x, weights, name, stride if first else 1)
            assert x.shape[1] == channels
            number += 1
    x = same_convolution(x, weights["_conv_head.weight"], 1)
    x = normalise(x, weights, "_bn1").clamp(0, 6)
    return x.mean((2, 3)) @ weights["_fc.weight"].T + weights["_fc.bias"]
