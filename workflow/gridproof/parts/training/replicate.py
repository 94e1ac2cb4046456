"""What a trainer hands over when a replicate is finished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Column = np.ndarray
Table = Mapping[str, Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicate:
    """The result of one seed of a cell.

    tables: file stem to columns of equal length (`metrics` has at least one row);
    tensors: file stem to named arrays (`final` at least); facts: numbers about the replicate.
    A masked value (numpy.ma) in a column is a null: something that was not measured.
    """

    tables: Mapping[str, Table]
    tensors: Mapping[str, Mapping[str, np.ndarray]]
    facts: Mapping[str, int | float | None]
