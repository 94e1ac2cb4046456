"""What a claim may ask: cells of the study's experiments, thresholds, and what is in print."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gridproof.config.user_claims import written
from gridproof.errors import GridproofError, nearest
from gridproof.judge.bounds import Bounds
from gridproof.judge.published import PUBLISHED_FILE, Published, PublishedData, PublishedValue
from gridproof.judge.thresholds import Thresholds
from gridproof.kit.unmeasured import unmeasured_claim
from gridproof.part import UntestableError
from gridproof.tables.members import Member


class WrongTablesError(GridproofError):
    """The tables of an experiment cannot be used, which is no claim's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A cell that a claim looked at."""

    experiment: str
    cell: str
    slug: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentTables:
    """The cells of an experiment, in the order of the config, and the facts of its data."""

    members: Sequence[Member]
    facts: Mapping[str, Any]


class Tables(Bounds):
    """The tables of a study as claims see them.

    Parameters
    ----------
    experiments : experiment -> its tables; read when a claim asks for the first time.
    missing : experiment -> why it is not there, such as data that were not found.
    published : the values in print.
    thresholds : what rules measure against.
    """

    def __init__(
        self,
        experiments: Mapping[str, Callable[[], ExperimentTables]],
        missing: Mapping[str, str],
        published: Published,
        thresholds: Thresholds,
    ) -> None:
        super().__init__(thresholds)
        self._experiments = experiments
        self._missing = missing
        self._published = published
        self._read: dict[str, ExperimentTables] = {}
        self.looked_at: dict[tuple[str, str], LookedAt] = {}

    def facts(self, experiment: str) -> Mapping[str, Any]:
        """Return the facts of an experiment's data, such as `rows`, `n_classes`, `prior_entropy`.

        Raises
        ------
        UntestableError : the experiment is not there, and why.
        """
        return self._tables(experiment).facts

    def cells(self, experiment: str, **parameters: object) -> list[Member]:
        """Return an experiment's cells with these values of parameters, at least one.

        Raises
        ------
        UntestableError : there is none.
        GridproofError : no cell of the experiment has such a parameter.
        """
        members = self._tables(experiment).members
        known = list(dict.fromkeys(name for member in members for name in member.parameters))
        for name in parameters:
            if name not in known:
                raise GridproofError(
                    f"experiment {experiment!r} has no parameter {name!r}{nearest(name, known)}"
                )
        found = [
            member
            for member in members
            if all(member.parameters.get(name) == value for name, value in parameters.items())
        ]
        if not found:
            raise UntestableError(
                f"experiment {experiment!r} has no cell with {written(parameters)}"
            )
        for member in found:
            self.looked_at[experiment, member.cell] = LookedAt(
                experiment=experiment, cell=member.cell, slug=member.slug, label=member.label
            )
        return found

    def cell(self, experiment: str, **parameters: object) -> Member:
        """Return the one cell with these values of parameters.

        Raises
        ------
        UntestableError : there is none, or there are several.
        """
        found = self.cells(experiment, **parameters)
        if len(found) > 1:
            labels = "; ".join(member.label for member in found)
            raise UntestableError(
                f"experiment {experiment!r} has {len(found)} cells with {written(parameters)} "
                f"({labels}), expected one"
            )
        return found[0]

    def published_cell(self, experiment: str, **parameters: object) -> Member:
        """Return the cell with these values and, if there are several, the published configuration.

        That is the configuration that the study's `published.yaml` names for the kind of data; what
        is given here counts before it.

        Raises
        ------
        UntestableError : there is none, or it is not clear which.
        """
        before = dict(self.looked_at)
        found = self.cells(experiment, **parameters)
        if len(found) > 1:
            # Those that the configuration rules out were not looked at.
            self.looked_at = before
            configuration = self._published_data(experiment).configuration
            shared = {name: configuration[name] for name in configuration if _have(found, name)}
            parameters = {**shared, **parameters}
        return self.cell(experiment, **parameters)

    def rows(self, member: Member, table: str, measurement: str) -> pd.DataFrame:
        """Return a cell's rows of a large table; UntestableError if it was not measured."""
        rows = member.rows(table)
        if rows.empty:
            raise unmeasured_claim(member.label, measurement)
        return rows

    def printed(self, experiment: str, quantity: str, **match: object) -> float:
        """Return a value in print; NaN if none is.

        `epoch` and `layer` may be among `match`; the others are parameters.
        """
        epoch, layer = match.pop("epoch", "last"), match.pop("layer", None)
        for value in self._published.values:
            found = (value.experiment, value.quantity, value.epoch, value.layer)
            if found == (experiment, quantity, epoch, layer) and _is_of(value, match):
                return value.value
        return math.nan

    def printed_rows(self, experiment: str, split: str) -> int:
        """Return the rows of a split of the data behind the values in print."""
        return self._published_data(experiment).rows[split]

    def _tables(self, experiment: str) -> ExperimentTables:
        if experiment in self._missing:
            raise UntestableError(self._missing[experiment])
        if experiment not in self._experiments:
            raise UntestableError(
                f"the study has no experiment {experiment!r}"
                f"{nearest(experiment, self._experiments)}"
            )
        if experiment not in self._read:
            try:
                self._read[experiment] = self._experiments[experiment]()
            except GridproofError as error:
                raise WrongTablesError(str(error)) from error
        return self._read[experiment]

    def substitutes(self, experiment: str) -> list[str] | None:
        """Return what an experiment has in place of the published data and networks, in words.

        Empty where it has the same; None where nothing is known to be in print of such data. Of its
        cells those count that were looked at.
        """
        facts = self.facts(experiment)
        known = self._published.data.get(str(facts["kind"]))
        if known is None:
            return None
        chosen = [
            member.parameters
            for member in self._tables(experiment).members
            if (experiment, member.cell) in self.looked_at
        ]
        return known.substitutes(facts, chosen)

    def _published_data(self, experiment: str) -> PublishedData:
        kind = str(self.facts(experiment)["kind"])
        if kind not in self._published.data:
            raise GridproofError(
                f"no {PUBLISHED_FILE} of the study says what was printed of data of kind {kind!r}"
            )
        return self._published.data[kind]


def _have(members: Sequence[Member], name: str) -> bool:
    return any(name in member.parameters for member in members)


def _is_of(value: PublishedValue, match: Mapping[str, object]) -> bool:
    return all(value.match.get(name) == given for name, given in match.items())
