"""What templates may ask about how trainings end, and how they get there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gridproof.kit.markdown import Markdown, table
from gridproof.kit.quantity import decimal
from gridproof.report.column_words import SPLITS, column_words
from gridproof.tables.ask import Ask, Ranked
from gridproof.tables.members import Member

FIRST = ("val_loss", "val_accuracy")
"""The columns that every trainer of classes records come before those that are measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The cells with the lowest and the highest mean of a column; None where there is no such."""

    lowest: Ranked | None
    highest: Ranked | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Questions about the losses and accuracies of an experiment's cells over the epochs.

    `splits` are further ways to measure a split, see SectionWords.
    """

    ask: Ask
    splits: Mapping[str, str] = field(default_factory=dict)

    def ends(self, column: str) -> Ends:
        """Return the lowest and the highest cell by a column; one cell alone is the lowest."""
        ranking = self.ask.ranking(column) if self.ask.has(column) else []
        return Ends(
            lowest=ranking[0] if ranking else None,
            highest=ranking[-1] if len(ranking) > 1 else None,
        )

    def accuracy_beside(self, ranked: Ranked) -> str:
        """Return the validation accuracy of a cell to stand beside its loss; empty without one."""
        if not self.ask.has("val_accuracy"):
            return ""
        return f" and validation accuracy {self.ask.mean('val_accuracy', ranked.member)}"

    def columns(self, *names: str) -> list[str]:
        """Return those of some columns of `epochs` that hold a value of any cell."""
        return [name for name in names if self.ask.has(name)]

    def ends_table(self, within: float) -> Markdown:
        """Return a row a cell: its validation loss at three times, and the seeds that end flat.

        `within` so many nats of the entropy of the class prior a loss is flat.
        """
        headers = ("validation loss", "untrained", "best epoch", "last epoch")
        rows = [
            (
                member.label,
                self.ask.mean("val_loss", member, epoch=0),
                self.ask.mean("val_loss", member, epoch="best"),
                self.ask.mean("val_loss", member),
                self.ask.mean("val_loss", member).span(decimal),
                self.ask.n_flat(member, within),
            )
            for member in self.ask.members
        ]
        more = ("last epoch, lowest to highest seed", "seeds that end flat")
        return table([*headers, *more], rows)

    def jitter_table(self) -> Markdown:
        """Return a row a cell and column: the mean size of the change between epochs, by half."""
        headers = ("from epoch to epoch", "after the last epoch", "first half of the epochs")
        rows = [
            (
                f"{member.label}: {column_words(column)}",
                self.ask.mean(column, member),
                self.ask.jitter(column, member, "first"),
                self.ask.jitter(column, member, "second"),
            )
            for member in self.ask.members
            for column in self.columns(*FIRST, *self._measured("val_"))
            if self.ask.is_measured(member, column)
        ]
        return table([*headers, "second half"], rows)

    def splits_table(self) -> Markdown:
        """Return a row a cell and split: what was recorded of it after the last epoch.

        A split has further rows where it was measured in other ways, too.
        """
        kinds = [kind for kind in ("loss", "accuracy") if self.ask.has(f"val_{kind}")]
        rows = [
            (
                f"{member.label}: {words}",
                *(self.ask.mean(f"{split}_{kind}", member) for kind in kinds),
            )
            for member in self.ask.members
            for split, words in self._splits(member).items()
        ]
        return table(["cell and split", *kinds], rows)

    def _splits(self, member: Member) -> dict[str, str]:
        """Return the splits that a cell has columns of, each before the other ways to measure it.

        The keys are the beginnings of columns, the values what rows are called.
        """
        found = {}
        for split, words in SPLITS.items():
            found[split] = words
            for begin, also in self.splits.items():
                measured = self._measured(f"{begin}_")
                if begin.startswith(split) and any(
                    self.ask.is_measured(member, column) for column in measured
                ):
                    found[begin] = also
        return found

    def _measured(self, begin: str) -> list[str]:
        return [column for column in self.ask.measured_columns if column.startswith(begin)]
