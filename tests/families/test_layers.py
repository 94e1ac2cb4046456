"""Layers that are cheap on a CPU: the same results and gradients as torch's."""

import re
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from families import lite0_reference
from gridproof.parts.families.cnn import layers, lite0
from gridproof.parts.families.cnn.layers import Clip, batch_normalised, convolve, normalised
from gridproof.parts.families.cnn.lite0 import Lite0, same_padding

SIZES = [1, 2, 3, 5, 6, 9]
KERNELS = [(5, 2), (3, 1), (4, 2)]
STRIDES = [1, 2, 3]
PUBLISHED = re.compile(r"^|(?<=\.\d\.)|(?<=\.\d\d\.)")
"""Where the published names of tensors have an underscore more."""


@pytest.fixture
def summed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect the sizes of the kernels whose gradients are summed position by position."""
    kernels: list[int] = []
    computed = layers.weight_gradient

    def noted(maps: Tensor, gradient: Tensor, kernel: int, *rest: int) -> Tensor:
        kernels.append(kernel)
        return computed(maps, gradient, kernel, *rest)

    monkeypatch.setattr(layers, "weight_gradient", noted)
    return kernels


def drawn(*shape: int) -> Tensor:
    """Return numbers that need a gradient."""
    generator = torch.Generator().manual_seed(1)
    values = torch.randn(*shape, generator=generator, dtype=torch.float64)
    if values.ndim == 4:
        values = values.to(memory_format=torch.channels_last)
    return values.requires_grad_()


def gradients(result: Tensor, *needed: Tensor) -> tuple[Tensor, ...]:
    """Return the gradients of an uneven sum of a result."""
    uneven = torch.linspace(-1, 2, result.numel(), dtype=result.dtype).view(result.shape)
    return torch.autograd.grad((result * uneven).sum(), needed)


def check_convolution(maps: Tensor, weight: Tensor, stride: int, padding: int, groups: int) -> None:
    """Check result and gradients of a convolution, with and without bias, against torch's."""
    bias = drawn(len(weight))
    for given in (None, bias):
        needed = [value for value in (maps, weight, given) if value is not None]
        expected = torch.conv2d(maps, weight, given, stride, padding, 1, groups)
        found = convolve(maps, weight, given, stride, padding, groups)
        torch.testing.assert_close(found, expected)
        assert found.is_contiguous(memory_format=torch.channels_last)
        for ours, theirs in zip(
            gradients(found, *needed), gradients(expected, *needed), strict=True
        ):
            torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("kernel", "padding"), KERNELS)
def test_depthwise_computes_what_torch_does(
    size: int, kernel: int, padding: int, stride: int, summed: list[int]
) -> None:
    """Results and gradients are those of torch, on the way that suits the maps' size."""
    maps, weight = drawn(4, 6, size, size), drawn(6, 1, kernel, kernel)
    check_convolution(maps, weight, stride, padding, 6)
    is_small = (size + 2 * padding - kernel) // stride + 1 < kernel
    assert summed == [kernel] * (2 * is_small)


@pytest.mark.parametrize("size", SIZES)
def test_pointwise_computes_what_torch_does(size: int) -> None:
    """Results and gradients of kernels of 1 x 1 are those of torch, in the same layout."""
    check_convolution(drawn(4, 6, size, size), drawn(10, 6, 1, 1), 1, 0, 1)


@pytest.mark.parametrize("shape", [(6, 2, 3, 3), (12, 1, 3, 3), (6, 6, 3, 3)], ids=str)
def test_other_convolutions_are_left_to_torch(shape: tuple[int, ...], summed: list[int]) -> None:
    """Groups of several channels, and several results of a channel, are not depthwise."""
    check_convolution(drawn(4, 6, 2, 2), drawn(*shape), 1, 1, 6 // shape[1])
    assert not summed


@pytest.mark.parametrize("extra", [0, 1])
def test_clip_is_relu6_and_pads(extra: int) -> None:
    """Values, gradients (0 at and beyond both ends too) and zeros are those of torch."""
    values = torch.tensor([-7.0, 0.0, 1e-9, 3.0, 6.0, 6.5]).expand(2, 8, 4, 6)
    maps = values.to(memory_format=torch.channels_last).requires_grad_()
    expected = functional.pad(functional.relu6(maps), (0, extra) * 2)
    found = Clip.apply(maps * 1, extra)
    assert torch.equal(found, expected)
    assert found.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(*(gradients(result, maps)[0] for result in (found, expected)))


def test_batch_norm_is_part_of_the_weights_outside_of_training() -> None:
    """Results and gradients are those of a convolution and a batch norm, in both modes."""
    convolution = nn.Conv2d(6, 10, 3, 2, bias=False).double()
    norm = nn.BatchNorm2d(10, eps=1e-3).double()
    for values in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
        nn.init.uniform_(values, 0.5, 2, generator=torch.Generator().manual_seed(2))
    maps = drawn(4, 6, 8, 8)
    needed = [maps, *convolution.parameters(), *norm.parameters()]
    for mode in (norm.eval, norm.train):
        mode()
        found = normalised(convolution, norm, maps, 1)
        expected = functional.conv2d(maps, convolution.weight, None, 2, 1)
        before = [value.clone() for value in norm.buffers()]
        expected = norm(expected)
        torch.testing.assert_close(found, expected)
        for ours, theirs in zip(
            gradients(found, *needed), gradients(expected, *needed), strict=True
        ):
            torch.testing.assert_close(ours, theirs)
        assert norm.training or all(map(torch.equal, before, norm.buffers()))


def test_running_statistics_move_as_torch_s() -> None:
    """After a batch in train mode mean and variance are those of nn.BatchNorm2d."""
    ours, theirs = nn.BatchNorm2d(6), nn.BatchNorm2d(6)
    maps = drawn(4, 6, 3, 3).detach().float()
    assert torch.equal(batch_normalised(ours, maps), theirs(maps))
    for name in ("running_mean", "running_var"):
        assert torch.equal(ours.get_buffer(name), theirs.get_buffer(name))


@pytest.mark.parametrize("side", [7, 8, 12, 15])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 1), (5, 2)])
def test_padding_is_that_of_the_original(side: int, kernel: int, stride: int) -> None:
    """What is padded on both sides, and once more at the end, gives TensorFlow's positions."""
    before, after = same_padding(side, kernel, stride)
    maps, weight = drawn(2, 3, side, side), drawn(3, 1, kernel, kernel)
    padded = functional.pad(maps, (0, after - before) * 2)
    expected = lite0_reference.same_convolution(maps, weight, stride, 3)
    torch.testing.assert_close(convolve(padded, weight, None, stride, before, 3), expected)


@pytest.mark.slow
def test_network_learns_as_the_original_would(summed: list[int]) -> None:
    """Features and gradients are those of the reference, which knows no small maps."""
    network = Lite0().double().eval()
    images = drawn(3, 3, 48, 48)
    learning = dict(network.named_parameters())
    weights = {
        PUBLISHED.sub("_", name): value
        for name, value in (learning | dict(network.named_buffers())).items()
    }
    features = network(images)
    weights |= {"_fc.weight": torch.eye(features.shape[1]).double(), "_fc.bias": torch.zeros(1)}
    expected = lite0_reference.logits(weights, images)
    torch.testing.assert_close(features, expected)
    needed = [images, *learning.values()]
    for ours, theirs in zip(
        gradients(features, *needed), gradients(expected, *needed), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-9)
    assert len(summed) == 8


def test_maps_made_again_have_the_bits_of_maps_that_were_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Features, gradients and running statistics of a step are the same bits, and memory less."""
    found = []
    for least in (10**9, 1):
        monkeypatch.setattr(lite0, "LARGE_MAPS", least)
        torch.manual_seed(1)
        network = Lite0().to(memory_format=torch.channels_last).train()
        kept: list[int] = []
        with torch.autograd.graph.saved_tensors_hooks(counted(kept), lambda tensor: tensor):
            features = network(drawn(4, 3, 64, 64).detach().float())
        learned = gradients(features, *network.parameters())
        found.append((sum(kept), [features, *learned, *network.buffers()]))
    (all_kept, expected), (less_kept, made_again) = found
    assert less_kept < all_kept / 2
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(made_again, expected, strict=True))


def counted(kept: list[int]) -> Callable[[Tensor], Tensor]:
    """Return a hook that notes the size of each tensor kept for the gradient."""

    def note(tensor: Tensor) -> Tensor:
        kept.append(tensor.numel())
        return tensor

    return note
