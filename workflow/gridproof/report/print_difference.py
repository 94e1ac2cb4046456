"""What an experiment has in print, and what can be said about the difference to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gridproof.judge.published import Proposal, Published, PublishedData
from gridproof.kit.markdown import Markdown
from gridproof.kit.quantity import change
from gridproof.kit.section_words import PrintedNumber
from gridproof.kit.step_counts import steps_per_epoch
from gridproof.report.against_print import PrintedBeside, compare, published_table
from gridproof.report.column_words import column_words
from gridproof.report.step_words import Steps
from gridproof.tables.ask import PRIOR, Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two studies differ in, as far as data and the compared cells tell; ours comes first.

    Attributes
    ----------
    own_data : whether ours are the published study's data.
    what, models : what the published values are of, in words, where that is another thing.
    rows : rows to train on.
    n_classes, prior_entropy : of data with classes, else None; nats.
    steps : label of each compared cell, its steps in all, and those of as many epochs in print.
    n_seeds : the different numbers of our seeds.
    inside, outside : the values that depend on the seed, by whether they lie within our seeds.
    """

    own_data: bool
    what: str
    models: str
    rows: tuple[int, int]
    n_classes: tuple[int, int] | None
    prior_entropy: tuple[float, float] | None
    steps: tuple[tuple[str, int, int], ...]
    n_seeds: tuple[int, ...]
    inside: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def rows_change(self) -> float:
        """Our train rows relative to the published ones, minus one."""
        return self.rows[0] / self.rows[1] - 1

    @property
    def has_as_many_classes(self) -> bool:
        """Whether both have as many classes."""
        return self.n_classes is not None and self.n_classes[0] == self.n_classes[1]

    @property
    def has_lower_prior(self) -> bool:
        """Whether a predictor that ignores its input has the lower loss here."""
        return self.prior_entropy is not None and self.prior_entropy[0] < self.prior_entropy[1]

    @property
    def prior_change(self) -> float | None:
        """Our entropy of the class prior minus the published one, in nats."""
        return self.prior_entropy[0] - self.prior_entropy[1] if self.prior_entropy else None

    @property
    def steps_change(self) -> str:
        """Our steps relative to the published ones, in per cent, from the least to the most.

        Empty where every compared cell makes as many, or none counts steps.
        """
        changes = sorted({ours / printed - 1 for _, ours, printed in self.steps})
        if changes in ([], [0.0]):
            return ""
        return " to ".join(dict.fromkeys((change(changes[0]), change(changes[-1]))))

    @property
    def n_varied(self) -> int:
        """How many compared values depend on the seed."""
        return len(self.inside) + len(self.outside)

    @property
    def both_have_one_seed(self) -> bool:
        """Whether nothing tells how much of a difference is chance."""
        return self.n_seeds == (1,)

    @property
    def named_inside(self) -> tuple[str, ...]:
        """The values within our seeds, where it is worth naming them: some are, some are not."""
        return self.inside if self.inside and self.outside else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InPrint:
    """What the published study says about an experiment.

    Attributes
    ----------
    comparisons : its values, each with ours where there is such a cell.
    difference : None where nothing is known of the data behind them.
    proposal : what it suggests without a number.
    """

    comparisons: list[PrintedBeside]
    difference: Difference | None
    proposal: Proposal | None

    @property
    def comparable(self) -> bool:
        """Whether a value stands beside one of ours."""
        return any(item.ours is not None for item in self.comparisons)

    @property
    def own_data(self) -> bool:
        """Whether ours are the published study's data."""
        return self.difference is not None and self.difference.own_data

    @property
    def rows(self) -> int | None:
        """The published study's rows to train on, where they are known."""
        return self.difference.rows[1] if self.difference else None

    def otherwise_compared(self) -> str:
        """Return how values are compared that are not by their difference; empty if all are."""
        ratios = {item.published.quantity for item in self.comparisons if item.is_ratio}
        ways = ["of counts it is in per cent"] * any(item.is_count for item in self.comparisons)
        if ratios:
            names = " and ".join(f"the {column_words(name)}" for name in sorted(ratios))
            ways.append(f"of {names} how many times the published value ours is")
        return f"; {', '.join(ways)}" if ways else ""

    def table(self) -> Markdown:
        """Return a row a published value: what it is of, the value, ours, the difference."""
        return published_table(self.comparisons)


def in_print(published: Published, ask: Ask, numbers: Mapping[str, PrintedNumber]) -> InPrint:
    """Return what the published study says about an experiment, and its difference to ours.

    `numbers` are what values may be of besides columns of `epochs`.
    """
    comparisons = compare(published, ask, {**numbers, **Steps(ask=ask).numbers()})
    data = published.data.get(ask.kind)
    return InPrint(
        comparisons=comparisons,
        difference=difference(data, ask, comparisons) if data else None,
        proposal=published.proposal(ask.name),
    )


def difference(data: PublishedData, ask: Ask, comparisons: Sequence[PrintedBeside]) -> Difference:
    """Return what this study and the published one differ in, for the compared cells."""
    members = {item.member.cell: item.member for item in comparisons if item.member is not None}
    printed_rows = data.rows["train"]
    steps = Steps(ask=ask)
    varied = [item for item in comparisons if item.span]
    facts = ask.facts
    has_classes = PRIOR in facts
    return Difference(
        own_data=data.is_own(facts),
        what=data.what,
        models=data.models,
        rows=(steps.n_rows, printed_rows),
        n_classes=(int(facts["n_classes"]), data.n_classes) if has_classes else None,
        prior_entropy=(float(facts[PRIOR]), data.prior_entropy) if has_classes else None,
        steps=tuple(
            (
                member.label,
                steps.per_epoch(member) * member.last_epoch,
                steps_per_epoch(printed_rows, member) * member.last_epoch,
            )
            for member in members.values()
            if "batch_size" in member.parameters
        ),
        n_seeds=tuple(sorted({len(member.seeds) for member in members.values()})),
        inside=tuple(item.name for item in varied if item.is_inside),
        outside=tuple(item.name for item in varied if not item.is_inside),
    )
