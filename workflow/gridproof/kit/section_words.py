"""What a family adds to a section of the report about an experiment with its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from gridproof.kit.quantity import Quantity

if TYPE_CHECKING:
    from gridproof.tables.members import Member

When = int | Literal["last", "best", "highest"]
"""An epoch by its number, the last one, or for each seed that of its best or highest value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedNumber:
    """How a number of a cell is asked for, and how it is held against one in print.

    Attributes
    ----------
    ask : called with the cell, and with the epoch and the layer that the value in print names.
    compared : by the difference of means; counts by the change in per cent; what lies powers of
        ten apart by the ratio of the median to the value in print.
    """

    ask: Callable[[Member, When, int | None], Quantity]
    compared: Literal["difference", "change", "ratio"] = "difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionWords:
    """What the function that a family names as its `words` returns.

    Attributes
    ----------
    names : what templates may name; no two families of an experiment offer one name.
    notes : sentences about the cells, which stand below the question.
    splits : other ways to measure a split: the beginning of columns of `epochs` -> in words.
    numbers : what values in print may be of besides columns of `epochs`, by the quantity's name.
    """

    names: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    splits: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, PrintedNumber] = field(default_factory=dict)
