"""Numbers and notes as figures and their descriptions write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gridproof.part import Member

LONG_LABEL = 34
"""Of labels longer than this, in characters, two do not fit side by side in a legend."""


def seeds_note(members: Sequence[Member], *, band: bool) -> str:
    """Return how many seeds a line stands for and what its band is."""
    counts = sorted({len(member.seeds) for member in members})
    if counts == [1]:
        return "one seed"
    number = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"mean of {number} seeds" + (", band from lowest to highest" if band else "")


def divergence_note(member: Member) -> str:
    """Return which epochs the cell's replicates diverged at, or an empty string."""
    diverged = member.diverged
    if not diverged:
        return ""
    epochs = ", ".join(str(epoch) for epoch in sorted(set(diverged.values())))
    if len(diverged) == len(member.seeds):
        return f"diverged at epoch {epochs}"
    return f"{len(diverged)} of {len(member.seeds)} seeds diverged at epoch {epochs}"


def noted_label(member: Member) -> str:
    """Return the cell's label, with a note in brackets if replicates diverged."""
    note = divergence_note(member)
    return f"{member.label} ({note})" if note else member.label


def wrapped_label(member: Member, characters: int, *, before: str = "") -> str:
    """Return the noted label after the words `before`, in lines of at most so many characters."""
    return fill(before + noted_label(member), characters)


def final_value(member: Member, column: str) -> str:
    """Return mean and sample standard deviation over the finite seeds after the last epoch."""
    return mean_spread(member.finals(column).to_numpy(dtype=float))


def mean_spread(values: Iterable[float], digits: int = 3) -> str:
    """Return mean and sample standard deviation of the finite values, one for each seed."""
    numbers = np.array(list(values), dtype=float)
    finite = numbers[np.isfinite(numbers)]
    if finite.size == 0:
        return "not finite"
    spread = f" ± {finite.std(ddof=1):.{digits}f}" if finite.size > 1 else ""
    return f"{finite.mean():.{digits}f}{spread}"


def legend_columns(labels: Sequence[str]) -> int:
    """Return how many labels stand side by side in a legend as wide as the figure."""
    return 1 if max(map(len, labels)) > LONG_LABEL else 2
