"""What a source of data is: a name that a user types, and a module that loads the rows."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    import pandas as pd

SPLITS = ("train", "val", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceData:
    """Labelled places.

    Attributes
    ----------
    frame : DataFrame with the columns `split` (train, val or test), `longitude` and `latitude`
        (float32, degrees) and `label` (int64, 0 .. n_classes - 1), in a fixed order.
    classes : the name of each class, in the order of the labels.
    """

    frame: pd.DataFrame
    classes: tuple[str, ...]


class SourceModule(Protocol):
    """What the module of a source offers; importing it must be cheap."""

    def source_files(self, options: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the files whose content decides the rows; GridproofError if one is missing."""

    def load(self, options: Mapping[str, Any]) -> SourceData:
        """Return all rows; GridproofError names the file, row and column of what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A kind of data source.

    Attributes
    ----------
    module : name of the module that implements it (see `SourceModule`), imported when needed.
    libraries : distributions whose versions can change the rows, part of the data's identity.
    path_options : options that say where a file lies, which is not part of the data's identity.
    """

    name: str
    description: str
    module: str
    libraries: tuple[str, ...] = ()
    path_options: tuple[str, ...] = ()

    def implementation(self) -> SourceModule:
        """Import the module of the source."""
        return cast(SourceModule, importlib.import_module(self.module))
