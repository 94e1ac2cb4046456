"""What templates may ask about steps: how many there are, when accuracy peaks, their noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gridproof.kit.batch_variance import batch_variance
from gridproof.kit.markdown import Markdown, table
from gridproof.kit.quantity import (
    Quantity,
    decimal,
    scientific,
    summarise,
    thousands,
    unmeasured,
)
from gridproof.kit.section_words import PrintedNumber
from gridproof.kit.step_counts import MIN_STEPS, steps_per_epoch
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member


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
        return steps_per_epoch(self.n_rows, member)

    @property
    def n_rows(self) -> int:
        """The rows to train on."""
        return int(self.ask.facts["rows"]["train"])

    def total(self, member: Member) -> int:
        """Return the steps after the last epoch, as its table counts them."""
        return int(member.epochs["steps"].max())

    @property
    def has_batch_sizes(self) -> bool:
        """Whether the cells have batches of more than one size."""
        return len({member.parameters["batch_size"] for member in self.ask.members}) > 1

    def most_over_fewest(self) -> str:
        """Return how many times the steps of the cell with the fewest the most are.

        Empty where all make as many, or one makes none.
        """
        totals = [self.total(member) for member in self.ask.members]
        if not 0 < min(totals) < max(totals):
            return ""
        return decimal(max(totals) / min(totals), 1)

    def counts_table(self, printed_rows: int | None = None) -> Markdown:
        """Return a row a cell: its steps; those of an epoch of other rows, in print, besides."""
        headers = ["steps", "batch size", "an epoch", "epochs", "in all"]
        if printed_rows is not None:
            headers.insert(3, "an epoch, published rows")
        rows = []
        for member in self.ask.members:
            row = [
                member.parameters["batch_size"],
                self.per_epoch(member),
                member.last_epoch,
                self.total(member),
            ]
            if printed_rows is not None:
                row.insert(2, steps_per_epoch(printed_rows, member))
            rows.append((member.label, *map(thousands, row)))
        return table(headers, rows)

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

    def peaks_table(self) -> Markdown:
        """Return a row a cell: its highest validation accuracy, and the step of it."""
        headers = ("highest validation accuracy", "accuracy", "step")
        rows = []
        for member in self.ask.members:
            peak = self.peak(member)
            written, span = peak.steps.written(thousands), peak.steps.span(thousands)
            total = thousands(self.total(member))
            rows.append((member.label, peak.accuracy, written, span, total))
        return table([*headers, "step, lowest to highest seed", "steps in all"], rows)

    def variance(self, member: Member) -> Quantity:
        """Return the variance of the batch loss around its trend, last epoch, nats squared.

        It needs two whole batches, and leaves out the epoch's last.
        """
        if self.per_epoch(member) < MIN_STEPS:
            return unmeasured(len(member.seeds))
        batches = member.rows("batches")
        values = batch_variance(batches, self.per_epoch(member))
        return summarise(values.reindex(member.seeds))

    def variance_table(self) -> Markdown:
        """Return a row a cell: the variance of its batch loss."""
        headers = ("variance of the batch loss", "mean ± spread", "lowest to highest seed")
        rows = []
        for member in self.ask.members:
            variance = self.variance(member)
            rows.append((member.label, variance.written(scientific), variance.span(scientific)))
        return table(headers, rows)

    def variance_falls(self) -> bool | None:
        """Tell whether the variance falls with every step up in batch size.

        None where that is no question: one size only, or several cells of a size.
        """
        means: list[tuple[int, float]] = []
        for member in self.ask.members:
            variance = self.variance(member)
            if variance.is_finite:
                means.append((int(member.parameters["batch_size"]), variance.mean))
        sizes = {size for size, _ in means}
        if len(sizes) < 2 or len(sizes) < len(means):
            return None
        by_size = [mean for _, mean in sorted(means)]
        return by_size == sorted(by_size, reverse=True)

    def numbers(self) -> dict[str, PrintedNumber]:
        """Return the counts of steps that a value in print may be of."""
        return {
            "steps_per_epoch": PrintedNumber(
                ask=lambda member, _epoch, _layer: summarise([self.per_epoch(member)]),
                compared="change",
            ),
            "total_steps": PrintedNumber(
                ask=lambda member, _epoch, _layer: summarise([self.total(member)]),
                compared="change",
            ),
        }
