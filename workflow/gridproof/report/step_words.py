"""What templates may ask about steps: how many there are, when accuracy peaks, their noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gridproof.kit.batch_variance import batch_variance
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member
from gridproof.kit.quantity import Quantity, summarise, unmeasured

MIN_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The highest validation accuracy of each seed and the step at which it is first reached."""

    accuracy: Quantity
    steps: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Questions about the steps of an experiment's cells."""

    ask: Ask

    def per_epoch(self, member: Member) -> int:
        """Return the batches of an epoch: the train rows over the batch size, rounded up."""
        return steps_per_epoch(int(self.ask.facts["rows"]["train"]), member)

    def published_per_epoch(self, member: Member, n_rows: int) -> int:
        """Return the batches of an epoch of the published study's rows."""
        return steps_per_epoch(n_rows, member)

    def total(self, member: Member) -> int:
        """Return the steps after the last epoch, as its table counts them."""
        return int(member.epochs["steps"].max())

    def peak(self, member: Member) -> Peak:
        """Return the highest validation accuracy over the epochs, and when it is reached."""
        accuracy = member.by_seed("val_accuracy").iloc[1:].dropna(axis="columns", how="all")
        epochs = accuracy.idxmax()
        steps = member.epochs.drop_duplicates("epoch").set_index("epoch")["steps"]
        absent = [math.nan] * (len(member.seeds) - accuracy.shape[1])
        return Peak(
            accuracy=summarise([*accuracy.max(), *absent]),
            steps=summarise([*(steps[epoch] for epoch in epochs), *absent]),
        )

    def variance(self, member: Member) -> Quantity:
        """Return the variance of the batch loss around its trend, last epoch, nats squared.

        It needs two whole batches, and leaves out the epoch's last.
        """
        if self.per_epoch(member) < MIN_STEPS:
            return unmeasured(len(member.seeds))
        batches = member.rows("batches")
        values = batch_variance(batches, self.per_epoch(member))
        return summarise(values.reindex(member.seeds))


def steps_per_epoch(n_rows: int, member: Member) -> int:
    """Return the steps that a cell makes in one epoch of `n_rows` rows."""
    return math.ceil(n_rows / int(member.parameters["batch_size"]))
