"""What templates may ask about dead ReLUs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.markdown import Markdown, table
from gridproof.kit.quantity import Quantity, decimal, summarise

if TYPE_CHECKING:
    from gridproof.tables.ask import Ask
    from gridproof.tables.members import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadAmong:
    """How many of `n` replicates end with a wholly dead layer, and how many of the others do."""

    n: int
    n_dead: int
    n_dead_others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRelus:
    """Questions about the units that are zero on the whole train split."""

    ask: Ask

    @property
    def members(self) -> list[Member]:
        """The cells that were measured."""
        return [member for member in self.ask.members if len(member.rows("activations"))]

    def by_layer(self, member: Member, *, last: bool = True) -> pd.DataFrame:
        """Return the share of dead units, a row a layer, a column a seed, after one epoch.

        NaN where a layer's weights are not finite.
        """
        rows = member.rows("activations")
        epoch = rows["epoch"].max() if last else rows["epoch"].min()
        rows = rows[rows["epoch"] == epoch]
        return rows.pivot(index="layer", columns="seed", values="dead_share").astype(float)

    def share(self, member: Member, *, last: bool = True) -> Quantity:
        """Return the share of dead units among all hidden units."""
        shares = self.by_layer(member, last=last)
        return summarise(shares.mean().where(shares.notna().all(), math.nan))

    def worst(self, member: Member, *, last: bool = True) -> Quantity:
        """Return the share of dead units in the layer that has the largest."""
        shares = self.by_layer(member, last=last)
        return summarise(shares.max().where(shares.notna().all(), math.nan))

    def highest_dead(self, member: Member, *, last: bool = True) -> dict[int, int]:
        """Return seed -> the highest layer that is dead as a whole, where there is one."""
        shares = self.by_layer(member, last=last)
        shares = shares.loc[:, shares.notna().all()]
        dead = {seed: shares.index[shares[seed] == 1] for seed in member.seeds if seed in shares}
        return {seed: int(layers.max()) for seed, layers in dead.items() if len(layers)}

    def wholly_dead(self) -> list[tuple[str, int]]:
        """Return cell and seed of the replicates that end with a layer of dead units only."""
        return [
            (member.cell, seed) for member in self.members for seed in self.highest_dead(member)
        ]

    def among(self, replicates: Sequence[tuple[str, int]]) -> DeadAmong | None:
        """Count those with a wholly dead layer among some replicates (cell and seed) and others.

        None where nothing was measured, or no replicate is given.
        """
        if not self.members or not replicates:
            return None
        dead = self.wholly_dead()
        n_dead = sum(replicate in dead for replicate in replicates)
        return DeadAmong(n=len(replicates), n_dead=n_dead, n_dead_others=len(dead) - n_dead)

    def table(self) -> Markdown:
        """Return a row a measured cell: dead shares untrained and at the end."""
        headers = (
            "share of dead units",
            "all layers, untrained",
            "all layers, last epoch",
            "worst layer, last epoch",
            "seeds with a layer wholly dead at the end",
        )
        rows = [
            (
                member.label,
                self.share(member, last=False),
                self.share(member),
                self.worst(member).span(decimal),
                f"{len(self.highest_dead(member))} of {len(member.seeds)}",
            )
            for member in self.members
        ]
        return table(headers, rows)
