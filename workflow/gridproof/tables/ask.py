"""What templates may ask of the tables of one experiment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from gridproof.errors import GridproofError, nearest
from gridproof.kit.quantity import Quantity, decimal, summarise, unmeasured
from gridproof.kit.series import series
from gridproof.tables.members import Member, Slice

Epoch = Literal["last", "best", "highest"] | int

PRIOR = "prior_entropy"
"""The fact of data with classes: the entropy of their prior over the training rows, in nats."""

SHORTEST_HALVED = 3
"""Epochs of the shortest training whose both halves have a change between epochs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A cell and the quantity by which it was chosen."""

    member: Member = field(repr=False)
    value: Quantity

    @property
    def label(self) -> str:
        """What the experiment calls the cell."""
        return self.member.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """A cell of which some replicates diverged; `epochs` maps seed to epoch."""

    member: Member = field(repr=False)
    epochs: Mapping[int, int]
    n_seeds: int

    @property
    def label(self) -> str:
        """What the experiment calls the cell."""
        return self.member.label


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
    measured : the columns of `epochs` that measurements add.
    """

    def __init__(
        self, name: str, tables: Slice, facts: Mapping[str, Any], *, measured: Collection[str]
    ) -> None:
        self.name = name
        self.facts = facts
        self.measured_columns = tuple(sorted(measured))
        self.members = tables.members()
        self._by_label = {member.label: member for member in reversed(self.members)}

    @property
    def kind(self) -> str:
        """The kind of the experiment's data."""
        return str(self.facts["kind"])

    @property
    def loss_unit(self) -> str:
        """The unit of the loss with a space before it: nats of a class, else the family's own."""
        return " nats" if PRIOR in self.facts else ""

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

    def mean(
        self,
        column: str,
        member: Member | None = None,
        *,
        label: str | None = None,
        epoch: Epoch = "last",
    ) -> Quantity:
        """Return a column of `epochs` over the seeds of a cell.

        Parameters
        ----------
        column : for example `val_loss`.
        member : which cell; may be left out where the experiment has only one.
        label : what the experiment calls it, in place of `member`.
        epoch : "last", "best" (for each seed, the epoch with its lowest validation loss),
            "highest" (for each seed, the highest value of the column after any epoch) or a
            number counted from the untrained network, which is 0.
        """
        member = member or self.member(label)
        self._check_name("column", column, self._columns(member))
        if not self.is_measured(member, column):
            return unmeasured(len(member.seeds))
        if epoch == "last":
            return summarise(member.finals(column))
        if epoch == "best":
            best = member.best_epochs
            return summarise(
                member.value(column, seed=seed, epoch=best[seed]) if seed in best else float("nan")
                for seed in member.seeds
            )
        values = member.by_seed(column)
        if epoch == "highest":
            return summarise(values.iloc[1:].max()[member.seeds])
        if epoch not in values.index:
            raise GridproofError(
                f"experiment {self.name!r}, {member.label}: no epoch {epoch},"
                f" expected 0 to {member.last_epoch}"
            )
        return summarise(values[seed].loc[epoch] for seed in member.seeds)

    def measured(self, column: str) -> list[Member]:
        """Return the cells that a column of `epochs` was measured of."""
        return [member for member in self.members if self.is_measured(member, column)]

    def is_measured(self, member: Member, column: str) -> bool:
        """Tell whether a column of `epochs` was measured of a cell; a diverged value was."""
        if column not in self.measured_columns:
            return True
        return column in member.epochs and bool(member.epochs[column].notna().any())

    def has(self, column: str) -> bool:
        """Tell whether a column of `epochs` holds a value of any cell."""
        return any(
            column in member.epochs and bool(member.epochs[column].notna().any())
            for member in self.members
        )

    def ranking(self, column: str, *, epoch: Epoch = "last") -> list[Ranked]:
        """Return the cells by rising mean of a column, without those that diverged altogether."""
        values = [
            Ranked(member=member, value=self.mean(column, member, epoch=epoch))
            for member in self.members
        ]
        finite = [ranked for ranked in values if ranked.value.is_finite]
        return sorted(finite, key=lambda ranked: ranked.value.mean)

    def jitter(self, column: str, member: Member, half: Literal["first", "second"]) -> Quantity:
        """Return the mean size of the change between successive epochs in one half of a training.

        The untrained network does not count; seeds that diverge in this half have no value.
        """
        if member.last_epoch < SHORTEST_HALVED:
            return unmeasured(len(member.seeds))
        return summarise(member.jitter(column, half))

    def series(self, name: str) -> list[list[Member]]:
        """Return the groups of cells that differ in one parameter only, rising in it."""
        return series(self.members, name)

    def flat(self, within: float) -> list[Ranked]:
        """Return the cells whose mean last validation loss is that of the class prior.

        `within` so many nats a loss is that of a predictor that ignores its input.
        """
        ranking = self.ranking("val_loss")
        return [ranked for ranked in ranking if self._is_flat(ranked.value.mean, within)]

    def flat_replicates(self, within: float) -> list[tuple[str, int]]:
        """Return cell and seed of the replicates that end at the loss of the class prior."""
        return [
            (member.cell, seed)
            for member in self.members
            for seed in member.seeds
            if self._is_flat(member.finals("val_loss")[seed], within)
        ]

    def n_flat(self, member: Member, within: float) -> str:
        """Return how many of a cell's seeds end at the loss of the class prior, `1 of 5`."""
        n_flat = sum(cell == member.cell for cell, _ in self.flat_replicates(within))
        return f"{n_flat} of {len(member.seeds)}"

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
            Divergence(member=member, epochs=member.diverged, n_seeds=len(member.seeds))
            for member in self.members
            if member.diverged
        ]

    @property
    def prior_entropy(self) -> str:
        """Entropy of the class prior over the training rows, in nats, as text."""
        return decimal(self._prior)

    def member(self, label: str | None = None) -> Member:
        """Return the cell called `label`, or the only one."""
        if label is None:
            if len(self.members) != 1:
                raise GridproofError(
                    f"experiment {self.name!r} has {len(self.members)} cells: say which by its"
                    f" label ({'; '.join(self.labels)})"
                )
            return self.members[0]
        if label not in self._by_label:
            self._check_name("cell", label, self.labels)
        return self._by_label[label]

    @property
    def _prior(self) -> float:
        if PRIOR not in self.facts:
            raise GridproofError(
                f"experiment {self.name!r}: its data have no classes, and so no entropy of a prior"
            )
        return float(self.facts[PRIOR])

    def _is_flat(self, loss: float, within: float) -> bool:
        return abs(loss - self._prior) <= within

    def _columns(self, member: Member) -> list[str]:
        present = [str(name) for name in member.epochs.columns]
        return present + [name for name in self.measured_columns if name not in present]

    def _check_name(self, kind: str, name: str, valid: list[str]) -> None:
        if name not in valid:
            raise GridproofError(
                f"experiment {self.name!r} has no {kind} {name!r}{nearest(name, valid)}"
                f" (there are: {'; '.join(valid)})"
            )
