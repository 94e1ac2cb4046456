"""What a source of tables delivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SPLIT, TARGET = "split", "target"
"""Columns of every table; what lies between them are its features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableData:
    """Rows of named numbers, each with its class or with a number to predict.

    Attributes
    ----------
    frame : DataFrame in its final order with the columns `split` (train, val or test), at least one
        float32 column for each feature, and `target`: int64, the position of the class, or float64.
    target : what the source calls the target.
    class_names : the name of each class, in the order of the labels; empty for a float target.
    units : units of features and target, by the names that the source has for them.
    """

    frame: pd.DataFrame
    target: str
    class_names: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features, in order."""
        return tuple(self.frame.columns[1:-1])
