"""What a claim may ask: cells of the study's experiments, and what is in print."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gridproof.config.user_claims import written
from gridproof.errors import GridproofError
from gridproof.judge.condition import Condition, by_seed
from gridproof.judge.published import Published, PublishedValue
from gridproof.judge.thresholds import Thresholds
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member


class UntestableError(GridproofError):
    """What a claim needs is not there: data, weights, a cell or a measurement; says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A cell that a claim looked at."""

    experiment: str
    cell: str
    slug: str
    label: str


class Tables:
    """The tables of a study as claims see them.

    Parameters
    ----------
    asks : experiment -> its tables; read when a claim asks for the first time.
    missing : experiment -> why it is not there, such as data that were not found.
    published : the values in print.
    thresholds : what rules measure against.
    """

    def __init__(
        self,
        asks: Mapping[str, Callable[[], Ask]],
        missing: Mapping[str, str],
        published: Published,
        thresholds: Thresholds,
    ) -> None:
        self._asks = asks
        self._missing = missing
        self._published = published
        self._thresholds = thresholds
        self._read: dict[str, Ask] = {}
        self.sources: dict[tuple[str, str], Source] = {}

    def ask(self, experiment: str) -> Ask:
        """Return the tables of an experiment; UntestableError says why they are not there."""
        if experiment in self._missing:
            raise UntestableError(self._missing[experiment])
        if experiment not in self._asks:
            raise UntestableError(f"the study has no experiment {experiment!r}")
        if experiment not in self._read:
            self._read[experiment] = self._asks[experiment]()
        return self._read[experiment]

    def cells(self, experiment: str, **parameters: object) -> list[Member]:
        """Return an experiment's cells with these values of parameters, at least one.

        Raises
        ------
        UntestableError : there is none.
        """
        members = [
            member
            for member in self.ask(experiment).members
            if all(member.parameters.get(name) == value for name, value in parameters.items())
        ]
        if not members:
            raise UntestableError(
                f"experiment {experiment!r} has no cell with {written(parameters)}"
            )
        for member in members:
            self.sources[experiment, member.cell] = Source(
                experiment=experiment, cell=member.cell, slug=member.slug, label=member.label
            )
        return members

    def cell(self, experiment: str, **parameters: object) -> Member:
        """Return the cell with these values; the published configuration decides among several.

        Raises
        ------
        UntestableError : there is none, or it is not clear which.
        """
        ask = self.ask(experiment)
        shared = self._published.data[ask.kind].configuration
        found = [
            member
            for member in ask.members
            if all(member.parameters.get(name) == value for name, value in parameters.items())
        ]
        if len(found) > 1:
            parameters = {**shared, **parameters}
        members = self.cells(experiment, **parameters)
        if len(members) > 1:
            labels = "; ".join(member.label for member in members)
            raise UntestableError(
                f"experiment {experiment!r} has {len(members)} cells with {written(parameters)} "
                f"({labels}), expected one"
            )
        return members[0]

    def exactly(self, experiment: str, parameters: Mapping[str, object]) -> Member:
        """Return the one cell with these values; UntestableError if it is not one."""
        return self.cell(experiment, **parameters)

    def rows(self, member: Member, table: str, measurement: str) -> pd.DataFrame:
        """Return a cell's rows of a large table; UntestableError if it was not measured."""
        rows = member.rows(table)
        if rows.empty:
            raise UntestableError(f"{member.label}: not measured (`measure: [{measurement}]`)")
        return rows

    def threshold(self, name: str) -> float:
        """Return the value of a threshold."""
        return self._thresholds[name].value

    def printed(self, experiment: str, quantity: str, **match: object) -> float:
        """Return a value in print; NaN if none is.

        `epoch` and `layer` may be among `match`; the others are parameters.
        """
        epoch, layer = match.pop("epoch", "last"), match.pop("layer", None)
        for value in self._published.values:
            found = (value.experiment, value.quantity, value.epoch, value.layer)
            if found == (experiment, quantity, epoch, layer) and _matches(value, match):
                return value.value
        return math.nan

    def printed_rows(self, experiment: str, split: str) -> int:
        """Return the rows of a split of the data behind the values in print."""
        return self._published.data[self.ask(experiment).kind].rows[split]

    def at_least(self, threshold: str, values: pd.Series, **words: Any) -> Condition:
        """Return the condition that numbers, one a seed, are at least a threshold.

        `words` are `what`, `where`, `published` and `unit` of the condition (see Condition); the
        unit is the threshold's by default.
        """
        bound = self._thresholds[threshold]
        return _condition(values, bound.unit, low=bound.value, **words)

    def at_most(self, threshold: str, values: pd.Series, **words: Any) -> Condition:
        """Return the condition that numbers, one a seed, are at most a threshold."""
        bound = self._thresholds[threshold]
        return _condition(values, bound.unit, high=bound.value, **words)

    def near(self, threshold: str, within: str, values: pd.Series, **words: Any) -> Condition:
        """Return the condition that numbers, one a seed, are a threshold give or take another."""
        middle, distance = self._thresholds[threshold], self._thresholds[within].value
        low, high = middle.value - distance, middle.value + distance
        return _condition(values, middle.unit, low=low, high=high, **words)


def _matches(value: PublishedValue, match: Mapping[str, object]) -> bool:
    return all(value.match.get(name) == given for name, given in match.items())


def _condition(values: pd.Series, default_unit: str, **fields: Any) -> Condition:
    return Condition(values=by_seed(values), **{"unit": default_unit, **fields})
