"""A convolutional network without its last layer, and how weights of others get into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn

from gridproof.errors import GridproofError

Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What a backbone's module offers.

    Attributes
    ----------
    new : returns the network, without its last layer, with random weights.
    rename : turns the names of a published file of weights into those of the network, the last
        layer's left out.
    mean, std : what each channel, red, green and blue between 0 and 1, is scaled by.
    """

    new: Callable[[], nn.Module]
    rename: Callable[[Mapping[str, Tensor]], Weights]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def scale(self, images: Tensor) -> Tensor:
        """Turn uint8 images (n, side, side, 3) into the network's float inputs (n, 3, side, side).

        The layout in memory stays that of the images, which torch calls channels last.
        """
        mean, std = (
            torch.tensor(values, device=images.device).view(3, 1, 1)
            for values in (self.mean, self.std)
        )
        return (images.permute(0, 3, 1, 2) / 255 - mean) / std

    def with_weights(self, path: Path, name: str) -> nn.Module:
        """Return the network with the weights of a file, which cannot run code.

        Raises
        ------
        GridproofError : the file is no state dict, or it is that of another network than `name`.
        """
        weights = self.rename(read_weights(path))
        network = self.new()
        expected = {key: value.shape for key, value in network.state_dict().items()}
        found = {key: value.shape for key, value in weights.items()}
        different = sorted(key for key in expected | found if expected.get(key) != found.get(key))
        if different:
            raise GridproofError(
                f"{path} has weights of another network: found {len(different)} tensors that "
                f"differ in name or shape (such as {different[0]}), expected those of {name}"
            )
        network.load_state_dict(weights)
        return network


def read_weights(path: Path) -> Weights:
    """Return the tensors of a state dict, by name, on the CPU; GridproofError if it is none."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, UnpicklingError, EOFError, ValueError, KeyError) as error:
        reason = str(error).partition("\n")[0]
        raise GridproofError(
            f"{path} cannot be read as weights: found {reason}; "
            "expected a PyTorch state dict, a file of nothing but named tensors"
        ) from error
    if not isinstance(content, Mapping) or not all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in content.items()
    ):
        raise GridproofError(
            f"{path} cannot be read as weights: found a {type(content).__name__} that holds other "
            "things than tensors; expected a PyTorch state dict, named tensors"
        )
    return dict(content)
