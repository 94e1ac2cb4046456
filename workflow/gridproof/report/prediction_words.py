"""What templates may ask of the predictions that models made of test images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from gridproof.kit.image_groups import groups
from gridproof.kit.markdown import Markdown, table
from gridproof.kit.model_comparison import (
    CONFIDENCE,
    DIGITS,
    Place,
    missed_by_all,
    neighbour_gaps,
    outcomes,
    ranking,
)
from gridproof.kit.quantity import Quantity, decimal, scientific, summarise
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member

SPLIT = "test"
SMALLEST_DECIMAL = 1e-3
MCNEMAR = "McNemar's exact test"
SWAPS = (
    "an exact permutation test that swaps the outcomes of both, all seeds together, on any of the "
    "{count} {groups}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """A model's place: its accuracy over the seeds, and the interval over test images."""

    member: Member = field(repr=False)
    accuracy: Quantity
    interval: tuple[float, float]

    @property
    def label(self) -> str:
        """What the experiment calls the model."""
        return self.member.label

    @property
    def written_interval(self) -> str:
        """The interval in words."""
        return f"{decimal(self.interval[0])} to {decimal(self.interval[1])}"


@dataclass(frozen=True)
class Predictions:
    """Answers from the predictions of one experiment's cells; read when asked for."""

    ask: Ask

    @property
    def level(self) -> float:
        """The level of all intervals, as a fraction."""
        return CONFIDENCE

    @cached_property
    def models(self) -> dict[str, pd.DataFrame]:
        """For each cell: whether each seed is right about each test image."""
        return {member.cell: outcomes(_tested(member)) for member in self.ask.members}

    @cached_property
    def places(self) -> list[Place]:
        """The ranking of the cells, best first; equal ones by what the experiment calls them."""
        labels = {member.cell: member.label for member in self.ask.members}
        return sorted(
            ranking(self.models),
            key=lambda place: (-round(place.accuracy, DIGITS), labels[place.label]),
        )

    @property
    def n_test(self) -> int:
        """How many images were tested, by one seed or another."""
        return len(next(iter(self.models.values())))

    @property
    def n_test_by_seed(self) -> int:
        """How many images each seed was tested on."""
        return int(next(iter(self.models.values())).iloc[:, 0].notna().sum())

    @property
    def has_own_images(self) -> bool:
        """Whether seeds were tested on different images."""
        return self.n_test_by_seed < self.n_test

    @property
    def test_name(self) -> str:
        """The test by which neighbours in the ranking are compared.

        With one seed each, and images that are no parts of larger ones, it has a name of its own;
        see `kit.model_comparison.paired_test`.
        """
        alone = all(right.shape[1] == 1 for right in self.models.values())
        if alone and not self.has_groups:
            return MCNEMAR
        return SWAPS.format(
            count=self.n_groups, groups="photographs" if self.has_groups else "images"
        )

    @property
    def n_groups(self) -> int:
        """How many photographs the test images were cut from, or images where none was."""
        return int(groups(next(iter(self.models.values())).index).max()) + 1

    @property
    def has_groups(self) -> bool:
        """Whether several test images were cut from one photograph."""
        return self.n_groups < self.n_test

    @cached_property
    def ranks(self) -> list[Rank]:
        """The models, best first."""
        members = {member.cell: member for member in self.ask.members}
        return [
            Rank(
                member=members[place.label],
                accuracy=summarise(place.accuracies),
                interval=place.interval,
            )
            for place in self.places
        ]

    @property
    def best(self) -> Rank:
        """The model with the highest accuracy."""
        return self.ranks[0]

    @property
    def worst(self) -> Rank:
        """The model with the lowest accuracy."""
        return self.ranks[-1]

    def missed_by_all(self) -> list[str]:
        """Return the images that every model puts on the wrong side."""
        return missed_by_all(self.models)

    def accuracy_table(self) -> Markdown:
        """Return a row a cell, in the order of the config: losses, accuracies, interval."""
        ranks = {rank.member.cell: rank for rank in self.ranks}
        rows = [
            (
                member.label,
                self.ask.mean("train_loss", member),
                self.ask.mean("val_loss", member),
                self.ask.mean("val_accuracy", member),
                ranks[member.cell].accuracy,
                ranks[member.cell].written_interval,
            )
            for member in self.ask.members
        ]
        headers = ("model", "train loss", "validation loss", "validation accuracy")
        return table([*headers, "test accuracy", "interval"], rows)

    def best_table(self, count: int) -> Markdown:
        """Return the best `count` models of each group, groups in the order of their best."""
        groups: dict[str, list[Rank]] = {}
        for rank in self.ranks:
            groups.setdefault(rank.member.group, []).append(rank)
        best = [rank for ranks in groups.values() for rank in ranks[:count]]
        return table(["model", "test accuracy", "interval"], [_row(rank) for rank in best])

    def ranking_table(self) -> Markdown:
        """Return all models, best first, with the p-value against the next one."""
        gaps = [_written_p(gap.adjusted) for gap in neighbour_gaps(self.models, self.places)]
        rows = [
            (position, *_row(rank), p_value)
            for position, (rank, p_value) in enumerate(
                zip(self.ranks, [*gaps, ""], strict=True), start=1
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
