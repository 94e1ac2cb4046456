"""The forms of prepared data: which files a folder holds, and what makes and checks them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gridproof.parts.kinds.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A form of prepared data.

    Attributes
    ----------
    files : names of the files in its folder.
    module : module whose import closure decides what is in them, part of the data's identity.
    making : module and name of `function(name, source, options, digest, directory)`, which writes
        the files from a source; None where they are made from other prepared data.
    checking : module and name of `function(directory, digest)`, which raises GridproofError where
        the files are not what they were made as.
    picture : figure of the study that shows the data; None for what nobody can look at.
    """

    files: tuple[str, ...]
    module: str
    checking: str
    making: str | None = None
    picture: str | None = None

    def make(
        self, name: str, source: Source, options: Mapping[str, Any], digest: str, directory: Path
    ) -> None:
        """Write the files of a data set; GridproofError tells what is wrong with the source."""
        assert self.making is not None
        _function(self.making)(name, source, options, digest, directory)

    def check(self, directory: Path, digest: str) -> None:
        """Raise GridproofError if the files are damaged or of another digest."""
        _function(self.checking)(directory, digest)


def _function(path: str) -> Callable[..., None]:
    module, _, name = path.partition(":")
    return cast("Callable[..., None]", getattr(importlib.import_module(module), name))


FEATURES = "features"

KINDS: dict[str, Kind] = {
    "places": Kind(
        files=("data.parquet", "facts.json"),
        module="gridproof.parts.kinds.table",
        making="gridproof.parts.kinds.prepare_table:prepare",
        checking="gridproof.parts.kinds.table:check_prepared",
        picture="map",
    ),
    "images": Kind(
        files=("data.parquet", "images.npy", "facts.json"),
        module="gridproof.parts.kinds.images.prepared_images",
        making="gridproof.parts.kinds.images.prepare_images:prepare_images",
        checking="gridproof.parts.kinds.images.prepared_images:check_images",
        picture="contact_sheet",
    ),
    FEATURES: Kind(
        files=("data.parquet", "features.npy", "facts.json"),
        module="gridproof.parts.kinds.featurise",
        checking="gridproof.parts.kinds.features:check_features",
    ),
}
