"""Depthwise convolutions whose gradient is cheap on a CPU even where maps are very small.

Where a map is smaller than the kernel, oneDNN computes the gradient of the weights by a matrix
product for each image and channel: for kernels of 5 x 5 on 3 x 3 maps it takes sixty times as long
as the convolution, and two fifths of a training step of EfficientNet-Lite0 at 48 pixels. Here it is
one product of maps for each weight of the kernel, a tenth of that time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.grad import conv2d_input


def make_depthwise_cheap(network: nn.Module) -> None:
    """Replace depthwise convolutions of stride 1 by such as compute the same; names stay."""
    for parent in list(network.modules()):
        for name, layer in parent.named_children():
            if is_replaceable(layer):
                setattr(parent, name, Depthwise(cast(nn.Conv2d, layer)))


def is_replaceable(layer: nn.Module) -> bool:
    """Tell whether a layer is a depthwise convolution as `Depthwise` computes it.

    Layers of other classes, such as those that pad their inputs by themselves, stay as they are.
    """
    return (
        type(layer) is nn.Conv2d
        and layer.groups == layer.in_channels == layer.out_channels > 1
        and layer.stride == layer.dilation == (1, 1)
        and layer.padding_mode == "zeros"
        and not isinstance(layer.padding, str)
        and layer.bias is None
    )


class Depthwise(nn.Module):
    """A convolution of stride 1 with a kernel (height, width) for each channel, without bias."""

    def __init__(self, original: nn.Conv2d) -> None:
        super().__init__()
        self.weight = original.weight
        self.padding = cast(tuple[int, int], original.padding)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps (n, channels, height, width) of maps (n, channels, height, width)."""
        sizes = zip(maps.shape[2:], self.weight.shape[2:], strict=True)
        is_small = any(side < kernel for side, kernel in sizes)
        if is_small and not maps.is_cuda:
            return cast(Tensor, SmallMapConvolution.apply(maps, self.weight, self.padding))
        return convolve(maps, self.weight, self.padding)


class SmallMapConvolution(torch.autograd.Function):
    """A depthwise convolution whose gradient of the weights is summed weight by weight."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, weight: Tensor, padding: tuple[int, int]) -> Tensor:
        """Return the maps that `Depthwise` gives."""
        ctx.save_for_backward(maps, weight)
        ctx.padding = padding
        return convolve(maps, weight, padding)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor | None, Tensor | None, None]:
        """Return the gradients by the maps and by the weights, where they are needed."""
        (gradient,) = gradients
        maps, weight = ctx.saved_tensors
        by_maps = by_weight = None
        if ctx.needs_input_grad[0]:
            by_maps = conv2d_input(
                maps.shape, weight, gradient, padding=ctx.padding, groups=len(weight)
            )
        if ctx.needs_input_grad[1]:
            by_weight = weight_gradient(maps, weight.shape, gradient, ctx.padding)
        return by_maps, by_weight, None


def convolve(maps: Tensor, weight: Tensor, padding: tuple[int, int]) -> Tensor:
    """Return the depthwise convolution of maps (n, channels, height, width)."""
    return functional.conv2d(maps, weight, padding=padding, groups=len(weight))


def weight_gradient(
    maps: Tensor, shape: torch.Size, gradient: Tensor, padding: tuple[int, int]
) -> Tensor:
    """Return the gradient by weights of `shape` (channels, 1, kernel height, kernel width).

    A weight has met each position of a map, shifted by its own place in the kernel; where the
    shift leads out of the map it met the padding, which is 0.
    """
    result = maps.new_zeros(shape)
    rows, columns = (
        list(shifts(maps.shape[axis], gradient.shape[axis], shape[axis], padding[axis - 2]))
        for axis in (2, 3)
    )
    for row, maps_rows, gradient_rows in rows:
        for column, maps_columns, gradient_columns in columns:
            met = maps[:, :, maps_rows, maps_columns]
            product = met * gradient[:, :, gradient_rows, gradient_columns]
            result[:, 0, row, column] = product.sum((0, 2, 3))
    return result


def shifts(
    side: int, result_side: int, kernel: int, padding: int
) -> Iterator[tuple[int, slice, slice]]:
    """Yield each place in the kernel, the part of a map that it meets and where that leads."""
    for place in range(kernel):
        shift = place - padding
        first, end = max(0, -shift), min(result_side, side - shift)
        if first < end:
            yield place, slice(first + shift, end + shift), slice(first, end)
