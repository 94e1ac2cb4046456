"""Numbers and notes as figures and their descriptions write them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gridproof.figures.inputs import Member


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


def final_value(member: Member, column: str) -> str:
    """Return mean and sample standard deviation over the finite seeds after the last epoch."""
    values = member.finals(column).to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    if values.size == 0:
        return "not finite"
    spread = f" ± {values.std(ddof=1):.3f}" if values.size > 1 else ""
    return f"{values.mean():.3f}{spread}"
