"""What templates may ask about linear regions, and the formula of their bound."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

from gridproof.kit.markdown import Markdown, table
from gridproof.kit.quantity import Quantity, summarise, thousands, unmeasured

if TYPE_CHECKING:
    from gridproof.tables.ask import Ask
    from gridproof.tables.members import Member

INPUTS = 2
"""Regions are counted in the plane: of networks that are given the values of two columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtBound:
    """A cell's regions held against the bound on their number.

    `n_at_bound` of `n_seeds` have as many in the plane as the bound allows; `in_box` are those
    that meet the box of the data, from the lowest seed to the highest.
    """

    label: str
    n_at_bound: int
    n_seeds: int
    none_above: bool
    in_box: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Questions about the linear regions of an experiment's cells, after the last epoch."""

    ask: Ask

    @property
    def members(self) -> list[Member]:
        """The cells that were measured."""
        return [member for member in self.ask.members if len(member.rows("regions"))]

    @property
    def bounded(self) -> list[Member]:
        """The measured cells whose number of regions has a bound in the table."""
        return [member for member in self.members if self.value(member, "bound").is_finite]

    def value(self, member: Member, quantity: str = "regions") -> Quantity:
        """Return `regions` (in the data's box), `plane_regions` or `bound` over the seeds."""
        rows = member.rows("regions")
        if not len(rows):
            return unmeasured(len(member.seeds))
        return summarise(rows.set_index("seed")[quantity].astype(float).reindex(member.seeds))

    def n_at_bound(self, member: Member) -> int:
        """Count the seeds that have as many regions in the plane as the bound allows."""
        bound = self.value(member, "bound").mean
        return sum(count == bound for count in self.value(member, "plane_regions").values)

    def at_bound(self) -> list[AtBound]:
        """Return what is to be said of each cell that has a bound."""
        lines = []
        for member in self.bounded:
            plane = self.value(member, "plane_regions")
            lines.append(
                AtBound(
                    label=member.label,
                    n_at_bound=self.n_at_bound(member),
                    n_seeds=plane.n_seeds,
                    none_above=max(plane.values) <= self.value(member, "bound").mean,
                    in_box=self.value(member).span(thousands),
                )
            )
        return lines

    def table(self) -> Markdown:
        """Return a row a measured cell: regions, in the box and in the plane, and the bound."""
        headers = ["linear regions", "in the data's box", "lowest to highest seed"]
        bounded = {member.cell for member in self.bounded}
        if bounded:
            headers += ["in the whole plane", "bound"]
        rows = []
        for member in self.members:
            counted = self.value(member)
            row = [member.label, counted.written(thousands), counted.span(thousands)]
            if bounded:
                known = member.cell in bounded
                names = ("plane_regions", "bound")
                row += [self.value(member, name).span(thousands) if known else "" for name in names]
            rows.append(row)
        return table(headers, rows)

    def formula(self) -> Markdown:
        """Return the bound of one hidden layer as a displayed formula."""
        return Markdown(
            r"$$R \le \sum_{k=0}^{\min(n_0,\, n_1)} \binom{n_1}{k}$$"
            "\n\nwith $n_0$ inputs and $n_1$ units in the hidden layer"
        )

    def evaluated(self, member: Member) -> Markdown:
        """Return the formula with the width of a cell put in."""
        width = int(member.parameters["width"])
        terms = list(range(min(INPUTS, width) + 1))
        symbols = " + ".join(rf"\binom{{{width}}}{{{k}}}" for k in terms)
        numbers = " + ".join(str(comb(width, k)) for k in terms)
        total = sum(comb(width, k) for k in terms)
        return Markdown(f"$$R \\le {symbols} = {numbers} = {total}$$")
