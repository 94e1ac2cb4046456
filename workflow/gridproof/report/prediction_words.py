"""What templates may ask of the predictions of image models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from gridproof.kit.model_comparison import (
    CONFIDENCE,
    Place,
    missed_by_all,
    neighbour_gaps,
    outcomes,
    ranking,
)
from gridproof.kit.markdown import Markdown, table
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member
from gridproof.kit.quantity import Quantity, decimal, scientific, summarise

SPLIT = "test"
SMALLEST_DECIMAL = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """A model's place: its accuracy over the seeds, and the interval over test images."""

    label: str
    accuracy: Quantity
    interval: tuple[float, float]

    @property
    def kind(self) -> str:
        """The experiment that a comparison took the model from: the first word of its label."""
        return self.label.split(" ")[0]

    @property
    def written_interval(self) -> str:
        """The interval in words."""
        return f"{decimal(self.interval[0])} to {decimal(self.interval[1])}"


@dataclass(frozen=True)
class Judged:
    """Answers from the predictions of one experiment's cells; read when asked for."""

    ask: Ask

    @property
    def level(self) -> float:
        """The level of all intervals, as a fraction."""
        return CONFIDENCE

    @cached_property
    def models(self) -> dict[str, pd.DataFrame]:
        """For each cell, by label: whether each seed is right about each test image."""
        return {member.label: outcomes(_tested(member)) for member in self.ask.members}

    @cached_property
    def places(self) -> list[Place]:
        """The ranking, best first."""
        return ranking(self.models)

    @property
    def n_test(self) -> int:
        """How many images were tested."""
        return len(next(iter(self.models.values())))

    def ranks(self) -> list[Rank]:
        """Return the models, best first."""
        return [
            Rank(
                label=place.label,
                accuracy=summarise(place.accuracies),
                interval=place.interval,
            )
            for place in self.places
        ]

    def missed_by_all(self) -> list[str]:
        """Return the images that every model puts on the wrong side."""
        return missed_by_all(self.models)

    def accuracy_table(self) -> Markdown:
        """Return a row a cell, in the order of the config: losses, accuracies, interval."""
        ranks = {rank.label: rank for rank in self.ranks()}
        rows = [
            (
                label,
                self.ask.mean("train_loss", label=label),
                self.ask.mean("val_loss", label=label),
                self.ask.mean("val_accuracy", label=label),
                ranks[label].accuracy,
                ranks[label].written_interval,
            )
            for label in self.ask.labels
        ]
        headers = ("model", "train loss", "validation loss", "validation accuracy")
        return table([*headers, "test accuracy", "interval"], rows)

    def best_table(self, count: int) -> Markdown:
        """Return the best `count` models of each kind, kinds in the order of their best."""
        kinds: dict[str, list[Rank]] = {}
        for rank in self.ranks():
            kinds.setdefault(rank.kind, []).append(rank)
        best = [rank for ranks in kinds.values() for rank in ranks[:count]]
        return table(["model", "test accuracy", "interval"], [_row(rank) for rank in best])

    def ranking_table(self) -> Markdown:
        """Return all models, best first, with the p-value against the next one."""
        gaps = [_written_p(gap.adjusted) for gap in neighbour_gaps(self.models, self.places)]
        rows = [
            (position, *_row(rank), p_value)
            for position, (rank, p_value) in enumerate(
                zip(self.ranks(), [*gaps, ""], strict=True), start=1
            )
        ]
        headers = ("place", "model", "test accuracy", "interval", "p, against the next")
        return table(headers, rows)


def _tested(member: Member) -> pd.DataFrame:
    predictions = member.rows("predictions")
    return predictions[predictions["split"] == SPLIT]


def _row(rank: Rank) -> Sequence[object]:
    return rank.label, rank.accuracy, rank.written_interval


def _written_p(value: float) -> str:
    return scientific(value) if value < SMALLEST_DECIMAL else decimal(value)
