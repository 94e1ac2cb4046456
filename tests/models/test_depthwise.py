"""Depthwise convolutions: the same results and gradients as torch's, on maps of any size."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from gridproof.models.backbones import backbone_of
from gridproof.models.depthwise import Depthwise, make_depthwise_cheap

SIZES = [(1, 1), (2, 2), (3, 3), (3, 7), (4, 2), (5, 5), (9, 9)]
KERNELS = [((5, 5), (2, 2)), ((3, 3), (1, 1)), ((3, 5), (1, 3)), ((4, 2), (2, 1))]


def gradients(layer: nn.Module, maps: Tensor) -> tuple[Tensor, ...]:
    """Return what a layer gives of maps, and the gradients of an uneven sum of it."""
    maps = maps.clone().requires_grad_()
    result = layer(maps)
    uneven = torch.linspace(-1, 2, result.numel(), dtype=result.dtype).view(result.shape)
    (result * uneven).sum().backward()
    (weight,) = layer.parameters()
    assert maps.grad is not None
    assert weight.grad is not None
    return result.detach(), maps.grad, weight.grad


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(("kernel", "padding"), KERNELS, ids=str)
def test_depthwise_computes_what_torch_does(
    size: tuple[int, int], kernel: tuple[int, int], padding: tuple[int, int]
) -> None:
    """Results and both gradients are those of nn.Conv2d, maps smaller than the kernel or not."""
    original = nn.Conv2d(6, 6, kernel, padding=padding, groups=6, bias=False).double()
    generator = torch.Generator().manual_seed(1)
    maps = torch.randn(4, 6, *size, generator=generator, dtype=torch.float64)
    expected = gradients(original, maps)
    original.weight.grad = None
    found = gradients(Depthwise(original), maps)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs)


OTHERS: dict[str, Callable[[], nn.Conv2d]] = {
    "stride": lambda: nn.Conv2d(6, 6, 3, stride=2, groups=6, bias=False),
    "dilation": lambda: nn.Conv2d(6, 6, 3, dilation=2, groups=6, bias=False),
    "bias": lambda: nn.Conv2d(6, 6, 3, groups=6),
    "groups of two": lambda: nn.Conv2d(6, 6, 3, groups=3, bias=False),
    "two of each": lambda: nn.Conv2d(6, 12, 3, groups=6, bias=False),
    "padding by name": lambda: nn.Conv2d(6, 6, 3, padding="same", groups=6, bias=False),
    "reflection": lambda: nn.Conv2d(
        6, 6, 3, padding=1, padding_mode="reflect", groups=6, bias=False
    ),
    "one channel": lambda: nn.Conv2d(1, 1, 3, bias=False),
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_other_convolutions_stay(make: Callable[[], nn.Conv2d]) -> None:
    """What `Depthwise` would compute differently is not replaced."""
    layer = make()
    network = nn.Sequential(layer, nn.Sequential(nn.Conv2d(6, 6, 3, groups=6, bias=False)))
    make_depthwise_cheap(network)
    assert network[0] is layer
    assert isinstance(network[1][0], Depthwise)


def test_network_trains_as_before() -> None:
    """Lite0 keeps its tensors' names, and each gets the gradient that it had, to rounding."""
    generator = torch.Generator().manual_seed(4)
    images = torch.randn(6, 3, 48, 48, generator=generator).double()
    found = []
    for prepare in (lambda network: None, make_depthwise_cheap):
        network = backbone_of("efficientnet_lite0").build("").double()
        prepare(network)
        network.train()(images).square().mean().backward()
        found.append({name: value.grad for name, value in network.named_parameters()})
    before, after = found
    assert list(before) == list(after)
    assert sum(isinstance(layer, Depthwise) for layer in network.modules()) == 12
    for name, expected in before.items():
        torch.testing.assert_close(after[name], expected, rtol=1e-6, atol=1e-9, msg=name)
