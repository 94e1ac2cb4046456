"""What templates may ask about how a number changes from one cell to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gridproof.kit.quantity import Quantity, decimal, signed
from gridproof.report.column_words import column_words
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member

RISES, FALLS, STAYS = "rises", "falls", "changes by less than the spread over the seeds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A column of `epochs` after the last epoch, of one cell and of another."""

    column: str
    first: Member = field(repr=False)
    second: Member = field(repr=False)
    before: Quantity
    after: Quantity

    @property
    def what(self) -> str:
        """What the column holds, in words."""
        return column_words(self.column)

    @property
    def difference(self) -> float:
        """The second mean minus the first."""
        return self.after.mean - self.before.mean

    @property
    def signed(self) -> str:
        """The difference with its sign."""
        return signed(self.difference)

    @property
    def times(self) -> str:
        """How many times the first mean the second is; empty where the first is not positive."""
        return decimal(self.after.mean / self.before.mean, 2) if self.before.mean > 0 else ""

    @property
    def verb(self) -> str:
        """Whether it rises or falls by more than the larger of the spreads over the seeds.

        Without a spread, of one seed alone, any difference counts.
        """
        spreads = (self.before.deviation, self.after.deviation)
        known = [spread for spread in spreads if not math.isnan(spread)]
        if known and abs(self.difference) <= max(known):
            return STAYS
        return RISES if self.difference > 0 else FALLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Along:
    """A mean along cells that differ in one parameter alone, rising in it.

    `points` are values of the parameter with the mean as text; `changes` lie between them.
    """

    held: object
    points: tuple[tuple[object, str], ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Questions about changes between the cells of an experiment."""

    ask: Ask

    def between(self, column: str, first: Member, second: Member) -> Change | None:
        """Return the change of a column; None where one of the cells has no finite value."""
        before, after = self.ask.mean(column, first), self.ask.mean(column, second)
        if not (before.is_finite and after.is_finite):
            return None
        return Change(column=column, first=first, second=second, before=before, after=after)

    def switched(self, name: str, column: str) -> Change | None:
        """Return the change from the cell without a switch to the one with it.

        None if there are several of one, or no finite values.
        """
        without, with_it = self.ask.find(**{name: False}), self.ask.find(**{name: True})
        if len(without) != 1 or len(with_it) != 1:
            return None
        return self.between(column, without[0], with_it[0])

    def pairs(self, name: str, columns: Sequence[str]) -> list[Change]:
        """Return the changes from the lowest to the next value of a parameter, all else equal."""
        found = [
            self.between(column, members[0], members[1])
            for members in self.ask.series(name)
            for column in columns
        ]
        return [change for change in found if change is not None]

    def from_lowest(self, name: str, column: str, *, among: str) -> list[Change]:
        """Return the changes from the lowest value of a parameter to each higher one.

        Cells that share a value of the parameter `among` are compared.
        """
        found = []
        for value in dict.fromkeys(member.parameters[among] for member in self.ask.members):
            same = self.ask.find(**{among: value})
            first, *others = sorted(same, key=lambda member: member.parameters[name])
            found += [self.between(column, first, other) for other in others]
        return [change for change in found if change is not None]

    def along(self, name: str, *, held: str, column: str = "test_accuracy") -> list[Along]:
        """Return the means of a column along each series of a parameter; `held` is another one.

        Series with fewer than two finite means say nothing.
        """
        lines = []
        for members in self.ask.series(name):
            means = [(member, self.ask.mean(column, member)) for member in members]
            known = [(member, mean) for member, mean in means if mean.is_finite]
            if len(known) < 2:
                continue
            lines.append(
                Along(
                    held=members[0].parameters[held],
                    points=tuple((m.parameters[name], decimal(mean.mean)) for m, mean in known),
                    changes=tuple(
                        Change(column=column, first=one, second=two, before=before, after=after)
                        for (one, before), (two, after) in pairwise(known)
                    ),
                )
            )
        return lines
