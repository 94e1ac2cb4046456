"""Convolutions of small maps: the same results and gradients as torch's."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from gridproof.parts.families.cnn import small_maps
from gridproof.parts.families.cnn.backbones import backbone_of
from gridproof.parts.families.cnn.small_maps import CheapOnSmallMaps

SIZES = [(1, 1), (2, 2), (3, 3), (3, 7), (4, 2), (5, 5), (9, 9)]
KERNELS = [((5, 5), (2, 2)), ((3, 3), (1, 1)), ((3, 5), (1, 3)), ((4, 2), (2, 1))]
STRIDES = [(1, 1), (2, 2), (3, 1)]


@pytest.fixture
def summed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Collect the shapes of the kernels whose gradients are summed weight by weight."""
    shapes: list[tuple[int, ...]] = []
    computed = small_maps.weight_gradient

    def noted(maps: Tensor, shape: torch.Size, *rest: object) -> Tensor:
        shapes.append(tuple(shape))
        return computed(maps, shape, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(small_maps, "weight_gradient", noted)
    return shapes


def gradients(network: nn.Module, maps: Tensor) -> tuple[Tensor, ...]:
    """Return what a network gives of maps, and the gradients of an uneven sum of it."""
    maps = maps.clone().requires_grad_()
    result = network(maps)
    uneven = torch.linspace(-1, 2, result.numel(), dtype=result.dtype).view(result.shape)
    found = torch.autograd.grad((result * uneven).sum(), [maps, *network.parameters()])
    return result.detach(), *found


@pytest.mark.parametrize("stride", STRIDES, ids=str)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(("kernel", "padding"), KERNELS, ids=str)
def test_depthwise_computes_what_torch_does(
    size: tuple[int, int],
    kernel: tuple[int, int],
    padding: tuple[int, int],
    stride: tuple[int, int],
    summed: list[tuple[int, ...]],
) -> None:
    """Results and both gradients are those of nn.Conv2d, on the way that suits the maps' size."""
    layer = nn.Conv2d(6, 6, kernel, stride, padding, groups=6, bias=False).double()
    generator = torch.Generator().manual_seed(1)
    maps = torch.randn(4, 6, *size, generator=generator, dtype=torch.float64)
    expected = gradients(layer, maps)
    assert not summed
    for ours, theirs in zip(gradients(CheapOnSmallMaps(layer), maps), expected, strict=True):
        torch.testing.assert_close(ours, theirs)
    is_small = any(side < width for side, width in zip(expected[0].shape[2:], kernel, strict=True))
    assert summed == [(6, 1, *kernel)] * is_small


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_pointwise_computes_what_torch_does(size: tuple[int, int]) -> None:
    """Results and both gradients of kernels of 1 x 1 are those of nn.Conv2d; layouts too."""
    layer = nn.Conv2d(6, 10, 1, bias=False).double()
    generator = torch.Generator().manual_seed(1)
    maps = torch.randn(4, 6, *size, generator=generator, dtype=torch.float64)
    maps = maps.to(memory_format=torch.channels_last)
    cheap = CheapOnSmallMaps(layer)
    for ours, theirs in zip(gradients(cheap, maps), gradients(layer, maps), strict=True):
        torch.testing.assert_close(ours, theirs)
    assert cheap(maps).is_contiguous(memory_format=torch.channels_last)


OTHERS: dict[str, Callable[[], nn.Conv2d]] = {
    "dilation": lambda: nn.Conv2d(6, 6, 3, padding=2, dilation=2, groups=6, bias=False),
    "bias": lambda: nn.Conv2d(6, 6, 3, padding=1, groups=6),
    "one by one, strided": lambda: nn.Conv2d(6, 6, 1, stride=2, bias=False),
    "one by one, padded": lambda: nn.Conv2d(6, 6, 1, padding=1, bias=False),
    "one by one, with bias": lambda: nn.Conv2d(6, 6, 1),
    "groups of two": lambda: nn.Conv2d(6, 6, 3, padding=1, groups=3, bias=False),
    "two of each": lambda: nn.Conv2d(6, 12, 3, padding=1, groups=6, bias=False),
    "padding by name": lambda: nn.Conv2d(6, 6, 3, padding="same", groups=6, bias=False),
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_other_convolutions_are_left_to_torch(
    make: Callable[[], nn.Conv2d], summed: list[tuple[int, ...]]
) -> None:
    """What the sum over weights would compute differently gives torch's bits."""
    layer = make()
    maps = torch.randn(4, 6, 2, 2, generator=torch.Generator().manual_seed(1))
    for ours, theirs in zip(
        gradients(CheapOnSmallMaps(layer), maps), gradients(layer, maps), strict=True
    ):
        assert torch.equal(ours, theirs)
    assert not summed


@pytest.mark.slow
def test_network_trains_as_before(summed: list[tuple[int, ...]]) -> None:
    """Lite0, which pads by itself where it strides, gets the gradients it had, to rounding."""
    generator = torch.Generator().manual_seed(4)
    images = torch.randn(6, 3, 48, 48, generator=generator).double()
    network = backbone_of("efficientnet_lite0").build("").double().train()
    expected = gradients(network, images)
    found = gradients(CheapOnSmallMaps(network), images)
    assert len(summed) == 8
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-9)
