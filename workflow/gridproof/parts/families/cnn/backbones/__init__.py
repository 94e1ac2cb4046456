"""The backbones that image models start from: a file each here, named as a study names it.

A file offers its `BACKBONE`. What it needs of torch and of the libraries that hold networks it
imports late, as all files are imported to tell whose weights are there. Nothing here names them:
so the code of a cell is that of its own backbone, and a new file trains no other cell again.
"""

from __future__ import annotations

import importlib.util
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gridproof.errors import GridproofError, nearest
from gridproof.files.digests import file_digest
from gridproof.parameter import unknown_name

if TYPE_CHECKING:
    from torch import nn

    from gridproof.parts.families.cnn.architecture import Architecture

DEFAULT_BACKBONE = "efficientnet_lite0"
BACKBONES = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


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
        except OSError as error:
            raise GridproofError(f"{path} cannot be read: {error.strerror}") from error
        digest = _known_digest(path, status.st_size, status.st_mtime_ns)
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
def _known_digest(path: Path, _size: int, _changed: int) -> str:
    """Return the digest of a file; size and time tell a changed file from a known one."""
    return file_digest(path)


def check_backbone(name: str) -> str:
    """Refuse a name that no backbone has, in the words of the configuration."""
    if name not in BACKBONES:
        raise unknown_name("backbone", BACKBONES)
    return name


def backbone_module(name: str) -> str:
    """Return the module that holds the backbone registered as `name`."""
    return f"{__name__}.{name}"


def backbone_of(name: str) -> Backbone:
    """Return the backbone registered as `name`; GridproofError names the valid ones."""
    if name not in BACKBONES:
        valid = ", ".join(BACKBONES)
        raise GridproofError(
            f"unknown backbone {name!r}{nearest(name, BACKBONES)}; expected one of: {valid}"
        )
    return cast(Backbone, importlib.import_module(backbone_module(name)).BACKBONE)


def weights_digest(backbone: str, weights: str) -> str:
    """Return the SHA-256 of a backbone's file of weights; GridproofError as its method says."""
    return backbone_of(backbone).weights_digest(weights)


def found_weights() -> tuple[str, list[str]]:
    """Return which backbones come with their weights; a study can name files for the others."""
    return "weights", [weights_found(name) for name in BACKBONES]


def weights_found(backbone: str) -> str:
    """Return whether the weights of a backbone are there, or how to get them."""
    try:
        digest = weights_digest(backbone, "")
    except GridproofError as error:
        return str(error).removeprefix("weights of ")
    return f"{backbone}: there, SHA-256 {digest[:8]}..."
