"""Square images, each of one of two classes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridproof.part import Kind

if TYPE_CHECKING:
    from gridproof.parts.kinds.images.image_source import ImageData

KIND = Kind(
    files=("data.parquet", "images.npy"),
    content=("prepare_images:write_rows", "prepare_images:write_images"),
    picture="contact_sheet",
)


def make(name: str, given: ImageData, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Write `data.parquet` and `images.npy`, return facts; see `gridproof.part.KindModule`."""
    from gridproof.parts.kinds.images.prepare_images import prepare_images

    return prepare_images(name, given, folder)
