"""What templates may ask of the tables of one experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from gridproof.errors import GridproofError, nearest
from gridproof.figures.inputs import Member, Slice
from gridproof.report.quantity import Quantity, decimal, summarise

Epoch = Literal["last", "best"] | int

FLAT_WITHIN = 0.03
"""A loss this near to the entropy of the class prior, in nats, is that of a constant predictor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A cell and the quantity by which it was chosen."""

    label: str
    value: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """A cell of which some replicates diverged; `epochs` maps seed to epoch."""

    label: str
    epochs: Mapping[int, int]
    n_seeds: int


def training_seconds(replicates: pd.DataFrame) -> float:
    """Return the wall time of training, in seconds.

    Replicates trained together in one job each carry the time of the whole job: it counts once.
    """
    return float(replicates.drop_duplicates(["cell", "finished", "seconds"])["seconds"].sum())


class Ask:
    """Questions to one experiment; answers are numbers with their spread, or say what is missing.

    Parameters
    ----------
    name : the experiment.
    tables : its slice.
    facts : facts of its data.
    """

    def __init__(self, name: str, tables: Slice, facts: Mapping[str, Any]) -> None:
        self.name = name
        self.facts = facts
        self.members = tables.members()

    @property
    def labels(self) -> list[str]:
        """The labels of the cells, in the order of the config."""
        return [member.label for member in self.members]

    def find(self, **parameters: object) -> list[Member]:
        """Return the cells with these values of parameters; none is an answer, too."""
        for name in parameters:
            for member in self.members:
                self._check_name("parameter", name, list(member.parameters))
        return [
            member
            for member in self.members
            if all(member.parameters[name] == value for name, value in parameters.items())
        ]

    def mean(self, column: str, *, label: str | None = None, epoch: Epoch = "last") -> Quantity:
        """Return a column of `epochs` over the seeds of a cell.

        Parameters
        ----------
        column : for example `val_loss`.
        label : which cell; may be left out where the experiment has only one.
        epoch : "last", "best" (for each seed, the epoch with its lowest validation loss) or a
            number counted from the untrained network, which is 0.
        """
        member = self._member(label)
        self._check_name("column", column, [str(name) for name in member.epochs.columns])
        if epoch == "last":
            return summarise(member.finals(column))
        if epoch == "best":
            best = member.best_epochs
            return summarise(
                member.value(column, seed=seed, epoch=best[seed]) if seed in best else float("nan")
                for seed in member.seeds
            )
        values = member.by_seed(column)
        if epoch not in values.index:
            raise GridproofError(
                f"experiment {self.name!r}, {member.label}: no epoch {epoch},"
                f" expected 0 to {member.last_epoch}"
            )
        return summarise(values[seed].loc[epoch] for seed in member.seeds)

    def ranking(self, column: str, *, epoch: Epoch = "last") -> list[Ranked]:
        """Return the cells by rising mean of a column, without those that diverged altogether."""
        values = [
            Ranked(label=label, value=self.mean(column, label=label, epoch=epoch))
            for label in self.labels
        ]
        finite = [ranked for ranked in values if ranked.value.is_finite]
        return sorted(finite, key=lambda ranked: ranked.value.mean)

    def flat(self) -> list[Ranked]:
        """Return the cells whose final validation loss is that of the class prior."""
        prior = float(self.facts["prior_entropy"])
        return [
            ranked
            for ranked in self.ranking("val_loss")
            if abs(ranked.value.mean - prior) <= FLAT_WITHIN
        ]

    def unfinished(self) -> list[str]:
        """Return the cells whose every finite replicate has its lowest loss in the last epoch."""
        return [
            member.label
            for member in self.members
            if member.best_epochs
            and all(epoch == member.last_epoch for epoch in member.best_epochs.values())
        ]

    def diverged(self) -> list[Divergence]:
        """Return the cells with replicates that diverged."""
        return [
            Divergence(label=member.label, epochs=member.diverged, n_seeds=len(member.seeds))
            for member in self.members
            if member.diverged
        ]

    @property
    def prior_entropy(self) -> str:
        """Entropy of the class prior over the training rows, in nats, as text."""
        return decimal(float(self.facts["prior_entropy"]))

    @property
    def flat_within(self) -> str:
        """The distance that `flat` allows, in nats, as text."""
        return f"{FLAT_WITHIN:g}"

    def _member(self, label: str | None) -> Member:
        if label is None:
            if len(self.members) != 1:
                raise GridproofError(
                    f"experiment {self.name!r} has {len(self.members)} cells: say which by its"
                    f" label ({'; '.join(self.labels)})"
                )
            return self.members[0]
        self._check_name("cell", label, self.labels)
        return self.members[self.labels.index(label)]

    def _check_name(self, kind: str, name: str, valid: list[str]) -> None:
        if name not in valid:
            raise GridproofError(
                f"experiment {self.name!r} has no {kind} {name!r}{nearest(name, valid)}"
                f" (there are: {'; '.join(valid)})"
            )
