"""What templates may ask about the norms of gradients by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.markdown import Markdown, table
from gridproof.kit.quantity import Quantity, middle_value, n_zero, scientific, summarise, unmeasured
from gridproof.parts.families.mlp.activation_words import DeadRelus

if TYPE_CHECKING:
    from gridproof.tables.ask import Ask
    from gridproof.tables.members import Member

SHOWN_SHARES = (0.0, 0.3, 0.6, 0.9, 0.95, 0.99, 1.0)
"""The layers that tables show, as shares of the depth: 0, 30, 60, 90, 95, 99, 100 of a hundred."""

MIDDLE_SHARE = 0.6
REACH_BELOW = 10
"""Layers below the output at which the gradient is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientAt:
    """The norm at a layer in the last epoch."""

    layer: int
    norm: Quantity

    @property
    def middle(self) -> str:
        """The median over the seeds, or why there is none."""
        return middle_value(self.norm)

    @property
    def n_zero(self) -> int:
        """How many seeds have exactly zero."""
        return n_zero(self.norm)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientEnd:
    """Where a cell's gradients end in the last epoch.

    Attributes
    ----------
    reached : seed -> lowest layer with a gradient, of the seeds whose gradients are finite.
    stopped : of these, the seeds that a wholly dead layer explains.
    from_the_start : of those, the seeds whose layer was dead before the first step, too.
    """

    reached: dict[int, int]
    stopped: list[int]
    from_the_start: list[int]

    @property
    def is_lowest_layer(self) -> bool:
        """Whether some gradient reaches the lowest layer for every seed."""
        return set(self.reached.values()) == {0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradients:
    """Questions about squared L2 norms of weight gradients, means over an epoch's batches."""

    ask: Ask

    @property
    def members(self) -> list[Member]:
        """The cells whose gradients were recorded."""
        return [member for member in self.ask.members if len(member.rows("gradients"))]

    @property
    def reach_below(self) -> int:
        """How many layers below the output `below_output` looks."""
        return REACH_BELOW

    def at(self, member: Member, *, layer: int, epoch: int | None = None) -> Quantity:
        """Return the norm at a layer after an epoch, the last by default."""
        rows = member.rows("gradients")
        if not len(rows):
            return unmeasured(len(member.seeds))
        epoch = int(rows["epoch"].max()) if epoch is None else epoch
        rows = rows[(rows["layer"] == layer) & (rows["epoch"] == epoch)]
        return summarise(rows.set_index("seed")["value"].reindex(member.seeds))

    def layers(self, member: Member) -> list[int]:
        """Return the layers that tables show, from the input upwards."""
        depth = int(member.parameters["depth"])
        return sorted({round(depth * share) for share in SHOWN_SHARES})

    def middle(self, member: Member) -> int:
        """Return the layer at three fifths of the depth."""
        return round(int(member.parameters["depth"]) * MIDDLE_SHARE)

    def below_output(self, member: Member) -> GradientAt | None:
        """Return the norm ten layers below the output; None if the network is not that deep."""
        layer = int(member.parameters["depth"]) - REACH_BELOW
        return GradientAt(layer=layer, norm=self.at(member, layer=layer)) if layer >= 0 else None

    def lowest_reached(self, member: Member) -> dict[int, int]:
        """Return seed -> lowest layer with a gradient other than zero in the last epoch.

        Seeds with values that are not finite are left out.
        """
        rows = member.rows("gradients")
        rows = rows[rows["epoch"] == rows["epoch"].max()]
        values = rows.pivot(index="layer", columns="seed", values="value").astype(float)
        values = values.loc[:, values.notna().all()]
        reached = {seed: values.index[values[seed] > 0] for seed in member.seeds if seed in values}
        return {seed: int(layers.min()) for seed, layers in reached.items() if len(layers)}

    def reach(self, member: Member) -> str:
        """Write the lowest layers reached, from the lowest seed to the highest; empty if none."""
        layers = sorted(set(self.lowest_reached(member).values()))
        return " to ".join(str(layer) for layer in dict.fromkeys([*layers[:1], *layers[-1:]]))

    def stopped_by_dead_layers(self, member: Member) -> list[int]:
        """Return the seeds whose gradient ends exactly where a wholly dead layer ends it.

        If all of a layer's units are zero, its own weights have no gradient, nor have those below
        it, nor those just above it, whose inputs are zero: the lowest gradient is two layers up.
        Residual sums lead past a dead layer.
        """
        if member.parameters["residual"] or not len(member.rows("activations")):
            return []
        dead = DeadRelus(ask=self.ask).highest_dead(member, last=True)
        reached = self.lowest_reached(member)
        return [seed for seed in reached if seed in dead and reached[seed] == dead[seed] + 2]

    def end(self, member: Member) -> GradientEnd | None:
        """Return where the gradients end; None where those of no seed are finite."""
        reached = self.lowest_reached(member)
        if not reached:
            return None
        return GradientEnd(
            reached=reached,
            stopped=self.stopped_by_dead_layers(member),
            from_the_start=self.dead_from_the_start(member),
        )

    def dead_from_the_start(self, member: Member) -> list[int]:
        """Return the stopped seeds whose layer was wholly dead before the first step, too."""
        dead = DeadRelus(ask=self.ask)
        first, last = dead.highest_dead(member, last=False), dead.highest_dead(member)
        stopped = self.stopped_by_dead_layers(member)
        return [seed for seed in stopped if first.get(seed) == last[seed]]

    def reach_table(self) -> Markdown:
        """Return a row a recorded cell: how many seeds' gradients reach how far down."""
        headers = ("last epoch", "seeds with finite gradients", "of them reach the lowest layer")
        rows = []
        for member in self.members:
            lowest = list(self.lowest_reached(member).values())
            rows.append((member.label, len(lowest), lowest.count(0), self.reach(member)))
        return table([*headers, "lowest layer reached"], rows)

    def by_layer_table(self, member: Member) -> Markdown:
        """Return a row a shown layer, from the output down, in the last epoch."""
        rows = [
            _row(f"layer {layer}", self.at(member, layer=layer))
            for layer in reversed(self.layers(member))
        ]
        return table(["last epoch", *COLUMNS], rows)

    def by_epoch_table(self, member: Member, layer: int) -> Markdown:
        """Return a row an epoch, of one layer."""
        epochs: Sequence[int] = sorted(pd.unique(member.rows("gradients")["epoch"]))
        rows = [
            _row(f"epoch {epoch}", self.at(member, layer=layer, epoch=int(epoch)))
            for epoch in epochs
        ]
        return table([f"layer {layer}", *COLUMNS], rows)


COLUMNS = ("median of the seeds", "lowest to highest", "seeds exactly 0", "seeds not finite")


def _row(name: str, quantity: Quantity) -> tuple[object, ...]:
    span = quantity.span(scientific).split(" (")[0]
    lost = quantity.n_seeds - quantity.n_finite
    return name, middle_value(quantity), span, n_zero(quantity), lost
