"""What the report says of prepared data, from their facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridproof.kit.quantity import decimal, thousands

MANY_COLUMNS = 8
"""Of more columns than this only the number is told: their ranges are in facts.json."""
THREE_DIGITS = 2
"""Decimals of a range are those of three digits of its width: 0.52, 7.31, 75.2, 1,204."""
SHOWN_PAIRS = 5
"""Of images that are nearly the same, so many pairs are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataWords:
    """A data set as the report speaks of it.

    Attributes
    ----------
    facts : see facts.json in docs/tables.md.
    own : whether they are the data of the values in print; None in a study that has none.
    """

    name: str
    kind: str
    facts: Mapping[str, Any]
    own: bool | None = None

    @property
    def ranges(self) -> str:
        """The columns of a table, each from its lowest to its highest value; or how many."""
        columns: Sequence[Mapping[str, Any]] = self.facts["columns"]
        if len(columns) > MANY_COLUMNS:
            return f"{thousands(len(columns))} columns"
        return ", ".join(f"{column['name']} from {written_range(column)}" for column in columns)

    @property
    def target_range(self) -> str:
        """The lowest and the highest value of a target that is a number."""
        return written_range(self.facts["target"])

    @property
    def target_unit(self) -> str:
        """The unit of a target that is a number, with a blank before it; empty if it has none."""
        unit = self.facts["target"]["unit"]
        return f" {unit}" if unit else ""

    @property
    def near_duplicates(self) -> Sequence[Mapping[str, Any]]:
        """Pairs of images in different splits that are nearly the same."""
        return list(self.facts["near_duplicates"])

    @property
    def shown_duplicates(self) -> Sequence[Mapping[str, Any]]:
        """The pairs that the report names."""
        return self.near_duplicates[:SHOWN_PAIRS]


def written_range(column: Mapping[str, Any]) -> str:
    """Return `lowest to highest` with the unit, in as many digits as tell the ends apart."""
    low, high = float(column["min"]), float(column["max"])
    width = abs(high - low)
    digits = max(0, THREE_DIGITS - math.floor(math.log10(width))) if width > 0 else THREE_DIGITS
    unit = f" {column['unit']}" if column.get("unit") else ""
    if digits == 0:
        return f"{thousands(low)} to {thousands(high)}{unit}"
    return f"{decimal(low, digits)} to {decimal(high, digits)}{unit}"
