"""How many optimizer steps a cell makes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridproof.tables.members import Member

MIN_STEPS = 3
"""Batches of the shortest epoch whose loss has a variance: the last, often smaller, is left out."""


def steps_per_epoch(n_rows: int, member: Member) -> int:
    """Return the steps that a cell makes in one epoch of `n_rows` rows."""
    return math.ceil(n_rows / int(member.parameters["batch_size"]))
