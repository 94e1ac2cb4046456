"""Convolutions that are cheap on a CPU even where maps are very small.

Where a map is smaller than the kernel of a depthwise convolution, oneDNN computes the gradient of
the weights by a matrix product for each image and channel: for kernels of 5 x 5 on 3 x 3 maps it
takes sixty times as long as the convolution, and a quarter of a training step of EfficientNet-Lite0
at 48 pixels. Here it is one product of maps for each weight of the kernel, a tenth of that time.
Kernels of 1 x 1 are there one matrix product for all images, a tenth of the remaining step less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.grad import conv2d_input
from torch.overrides import TorchFunctionMode

Pair = tuple[int, int]
Size = int | Sequence[int]
PRODUCT_POSITIONS = 9
"""Positions of a map up to which its convolution by 1 x 1 is a matrix product: on 2 x 2 and 3 x 3
maps a step took 0.91 of its time so, on larger ones it gained nothing."""


class CheapOnSmallMaps(nn.Sequential):
    """Layers in a row; what convolutions in them compute of small maps costs less."""

    def forward(self, maps: Tensor) -> Tensor:
        """Return what the layers make of maps (n, channels, height, width)."""
        with SmallMaps():
            return cast(Tensor, super().forward(maps))


class SmallMaps(TorchFunctionMode):
    """Where it is active, convolutions of small maps on a CPU are computed in another way.

    It stands between a layer and torch, so that it holds for layers that pad their inputs first.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call `func`, or what computes the same."""
        if func is torch.conv2d and not kwargs:
            asked = Convolution(*args)
            if asked.is_small_depthwise:
                return SmallMapConvolution.apply(
                    asked.maps, asked.weight, pair(asked.stride), pair(cast(Size, asked.padding))
                )
            if asked.is_small_pointwise:
                return pointwise(asked.maps, asked.weight)
        return func(*args, **(kwargs or {}))


class Convolution(NamedTuple):
    """The arguments of `torch.conv2d`."""

    maps: Tensor
    weight: Tensor
    bias: Tensor | None = None
    stride: Size = 1
    padding: Size | str = 0
    dilation: Size = 1
    groups: int = 1

    @property
    def is_plain(self) -> bool:
        """Whether it runs on a CPU, without bias and dilation, and its padding is a number."""
        return not (
            self.maps.is_cuda
            or self.bias is not None
            or isinstance(self.padding, str)
            or pair(self.dilation) != (1, 1)
        )

    @property
    def is_small_depthwise(self) -> bool:
        """Whether each channel has a kernel that is larger than the maps that it gives."""
        if not self.is_plain or not self.groups == len(self.weight) == self.maps.shape[1] > 1:
            return False
        padding = pair(cast(Size, self.padding))
        sizes = zip(
            self.maps.shape[2:], self.weight.shape[2:], pair(self.stride), padding, strict=True
        )
        return any((side + 2 * pad - k) // step + 1 < k for side, k, step, pad in sizes)

    @property
    def is_small_pointwise(self) -> bool:
        """Whether a kernel of 1 x 1 meets each position of maps that have few."""
        return (
            self.is_plain
            and self.groups == 1
            and self.weight.shape[2:] == pair(self.stride) == (1, 1)
            and pair(cast(Size, self.padding)) == (0, 0)
            and self.maps.shape[2] * self.maps.shape[3] <= PRODUCT_POSITIONS
        )


def pair(value: Size) -> Pair:
    """Return what torch takes as one number or as two: that of the rows and that of the columns."""
    rows, columns = (value, value) if isinstance(value, int) else value
    return rows, columns


def pointwise(maps: Tensor, weight: Tensor) -> Tensor:
    """Return maps (n, out, height, width): the channels at each position times weight (out, in)."""
    return functional.linear(maps.permute(0, 2, 3, 1), weight.flatten(1)).permute(0, 3, 1, 2)


class SmallMapConvolution(torch.autograd.Function):
    """A depthwise convolution whose gradient of the weights is summed weight by weight."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, weight: Tensor, stride: Pair, padding: Pair) -> Tensor:
        """Return maps (n, channels, rows, columns) of maps of the same form."""
        ctx.save_for_backward(maps, weight)
        ctx.stride, ctx.padding = stride, padding
        return torch.conv2d(maps, weight, None, stride, padding, 1, len(weight))

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor | None, Tensor | None, None, None]:
        """Return the gradients by the maps and by the weights, where they are needed."""
        (gradient,) = gradients
        maps, weight = ctx.saved_tensors
        by_maps = by_weight = None
        if ctx.needs_input_grad[0]:
            by_maps = conv2d_input(
                maps.shape, weight, gradient, ctx.stride, ctx.padding, groups=len(weight)
            )
        if ctx.needs_input_grad[1]:
            by_weight = weight_gradient(maps, weight.shape, gradient, ctx.stride, ctx.padding)
        return by_maps, by_weight, None, None


def weight_gradient(
    maps: Tensor, shape: torch.Size, gradient: Tensor, stride: Pair, padding: Pair
) -> Tensor:
    """Return the gradient by weights of `shape` (channels, 1, kernel rows, kernel columns).

    A weight has met each position of a map that its own place in the kernel came to lie on; where
    that is out of the map it met the padding, which is 0.
    """
    result = maps.new_zeros(shape)
    rows, columns = (
        list(
            meetings(
                maps.shape[axis],
                gradient.shape[axis],
                shape[axis],
                stride[axis - 2],
                padding[axis - 2],
            )
        )
        for axis in (2, 3)
    )
    for row, maps_rows, gradient_rows in rows:
        for column, maps_columns, gradient_columns in columns:
            met = maps[:, :, maps_rows, maps_columns]
            product = met * gradient[:, :, gradient_rows, gradient_columns]
            result[:, 0, row, column] = product.sum((0, 2, 3))
    return result


def meetings(
    side: int, result_side: int, kernel: int, stride: int, padding: int
) -> Iterator[tuple[int, slice, slice]]:
    """Yield each place in the kernel, the part of a map that it meets and where that leads.

    Place `p` meets position `i * stride + p - padding` of the map for position `i` of the result.
    """
    for place in range(kernel):
        shift = place - padding
        first = max(0, -(shift // stride))
        end = min(result_side, (side - 1 - shift) // stride + 1)
        if first < end:
            met = slice(first * stride + shift, (end - 1) * stride + shift + 1, stride)
            yield place, met, slice(first, end)
