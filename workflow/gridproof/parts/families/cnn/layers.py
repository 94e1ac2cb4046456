"""Layers that are cheap on a CPU even where maps are very small.

Maps lie in memory position by position, all channels of one together (torch's channels last). Of
what a training step of EfficientNet-Lite0 at 48 pixels takes with torch's own layers, a third is
saved here:

- Where a map is smaller than the kernel of a depthwise convolution, oneDNN computes the gradient of
  the weights by a matrix product for each image and channel, which takes up to a hundred times as
  long as the convolution. Here it is one product of maps for each position of the result.
- A convolution by 1 x 1 of small maps takes oneDNN longer than one matrix product for all images.
- Clipping in place keeps a copy of what it clips, for a gradient that can as well be told from what
  it gives; and padding copies that once more.
- Outside of training, batch norm is part of the weights of the convolution before it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.grad import conv2d_input

PRODUCT_POSITIONS = 36
"""Positions of a map up to which its convolution by 1 x 1 is a matrix product: with both gradients
it takes 0.6 of the time on 2 x 2 and 3 x 3 maps, 0.75 on 6 x 6, and as long on 12 x 12."""
HIGHEST = 6.0
"""Where ReLU6 clips."""


def normalised(
    convolution: nn.Conv2d, norm: nn.BatchNorm2d, maps: Tensor, padding: int = 0
) -> Tensor:
    """Return what a convolution without bias and the batch norm behind it make of maps."""
    weight, bias = convolution.weight, None
    if not norm.training:
        assert norm.running_var is not None
        assert norm.running_mean is not None
        scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
        weight, bias = weight * scale.view(-1, 1, 1, 1), norm.bias - norm.running_mean * scale
    (stride, _), groups = convolution.stride, convolution.groups
    maps = convolve(maps, weight, bias, stride, padding, groups)
    return batch_normalised(norm, maps) if norm.training else maps


def batch_normalised(norm: nn.BatchNorm2d, maps: Tensor) -> Tensor:
    """Return maps normalised by their own statistics; batches are not counted: nobody asks."""
    assert norm.momentum is not None
    return functional.batch_norm(
        maps,
        norm.running_mean,
        norm.running_var,
        norm.weight,
        norm.bias,
        True,
        norm.momentum,
        norm.eps,
    )


def convolve(
    maps: Tensor, weight: Tensor, bias: Tensor | None, stride: int, padding: int, groups: int
) -> Tensor:
    """Return the convolution of maps (n, channels, height, width), in the way that suits it."""
    if maps.is_cuda:
        return torch.conv2d(maps, weight, bias, stride, padding, 1, groups)
    kernel, (height, width) = weight.shape[2], maps.shape[2:]
    if kernel == stride == groups == 1 and height * width <= PRODUCT_POSITIONS:
        return pointwise(maps, weight, bias)
    if groups == len(weight) and weight.requires_grad:
        result_side = (min(height, width) + 2 * padding - kernel) // stride + 1
        if result_side < kernel:
            return SmallMapConvolution.apply(maps, weight, bias, stride, padding)
    return torch.conv2d(maps, weight, bias, stride, padding, 1, groups)


def pointwise(maps: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Return maps (n, out, height, width): the channels at each position times weight (out, in)."""
    rows = functional.linear(maps.permute(0, 2, 3, 1), weight.flatten(1), bias)
    return rows.permute(0, 3, 1, 2)


class SmallMapConvolution(torch.autograd.Function):
    """A depthwise convolution whose gradient of the weights is summed position by position."""

    @staticmethod
    def forward(
        ctx: Any, maps: Tensor, weight: Tensor, bias: Tensor | None, stride: int, padding: int
    ) -> Tensor:
        """Return maps (n, channels, rows, columns) of maps of the same form."""
        ctx.save_for_backward(maps, weight)
        ctx.stride, ctx.padding = stride, padding
        return torch.conv2d(maps, weight, bias, stride, padding, 1, len(weight))

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor | None, ...]:
        """Return the gradients by the maps, the weights and the bias, where they are needed."""
        (gradient,) = gradients
        maps, weight = ctx.saved_tensors
        by_maps = by_weight = by_bias = None
        if ctx.needs_input_grad[0]:
            by_maps = conv2d_input(
                maps.shape, weight, gradient, ctx.stride, ctx.padding, groups=len(weight)
            )
        if ctx.needs_input_grad[1]:
            by_weight = weight_gradient(maps, gradient, weight.shape[2], ctx.stride, ctx.padding)
        if ctx.needs_input_grad[2]:
            by_bias = gradient.sum((0, 2, 3))
        return by_maps, by_weight, by_bias, None, None


def weight_gradient(
    maps: Tensor, gradient: Tensor, kernel: int, stride: int, padding: int
) -> Tensor:
    """Return the gradient (channels, 1, kernel, kernel) by the weights of a depthwise convolution.

    Each position of the result has met the part of a map that the kernel covered there; where the
    kernel reached over the edge it met the padding, which is 0.
    """
    maps, gradient = maps.permute(0, 2, 3, 1), gradient.permute(0, 2, 3, 1)
    _, height, width, channels = maps.shape
    result = maps.new_zeros((kernel, kernel, channels))
    for row in range(gradient.shape[1]):
        met_rows, rows = covered(row, height, kernel, stride, padding)
        for column in range(gradient.shape[2]):
            met_columns, columns = covered(column, width, kernel, stride, padding)
            here = gradient[:, row : row + 1, column : column + 1]
            result[rows, columns] += (maps[:, met_rows, met_columns] * here).sum(0)
    return result.permute(2, 0, 1).unsqueeze(1)


def covered(
    position: int, side: int, kernel: int, stride: int, padding: int
) -> tuple[slice, slice]:
    """Return the part of a map's side that the kernel covers at a position, and with what part."""
    shift = position * stride - padding
    first, end = max(shift, 0), min(shift + kernel, side)
    return slice(first, end), slice(first - shift, end - shift)


class Clip(torch.autograd.Function):
    """ReLU6 in place, or into the corner of larger maps of zeros.

    Its gradient is that of ReLU6 (0 where nothing or all was clipped), told from what it gives.
    """

    @staticmethod
    def forward(ctx: Any, maps: Tensor, extra: int) -> Tensor:
        """Return maps between 0 and 6, with `extra` rows and columns of zeros at their ends."""
        if not extra:
            ctx.mark_dirty(maps)
            clipped = maps.clamp_(0, HIGHEST)
        else:
            n, channels, height, width = maps.shape
            shape = (n, channels, height + extra, width + extra)
            clipped = torch.empty(
                shape, dtype=maps.dtype, device=maps.device, memory_format=torch.channels_last
            )
            clipped[:, :, height:] = 0
            clipped[:, :, :height, width:] = 0
            torch.clamp(maps, 0, HIGHEST, out=clipped[:, :, :height, :width])
        ctx.save_for_backward(clipped)
        ctx.size = maps.shape[2:]
        return clipped

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None]:
        """Return the gradient by the maps."""
        (gradient,), (clipped,) = gradients, ctx.saved_tensors
        height, width = ctx.size
        by_maps: Tensor = torch.ops.aten.hardtanh_backward(
            gradient[:, :, :height, :width], clipped[:, :, :height, :width], 0, HIGHEST
        )
        return by_maps, None
