"""One section of the report for each experiment: what its template is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridproof.report.ask import Ask, training_seconds
from gridproof.report.markdown import Markdown, code, table
from gridproof.report.pictures import Picture
from gridproof.report.plan import PlannedExperiment
from gridproof.report.published import Comparison
from gridproof.report.quantity import decimal

SPLITS = ("train", "val", "test")
WORDS = {"train": "train", "val": "validation", "test": "test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An experiment with what was planned, what was measured and what was printed."""

    plan: PlannedExperiment
    ask: Ask
    comparisons: list[Comparison]
    pictures: list[Picture]
    own_data: bool

    @property
    def template(self) -> str:
        """The template written for this experiment."""
        return f"sections/{self.plan.name}.md.j2"

    def context(self) -> dict[str, Any]:
        """Return what the section's template may name."""
        return {
            "experiment": self.plan,
            "ask": self.ask,
            "pictures": self.pictures,
            "own_data": self.own_data,
            "comparable": any(item.ours is not None for item in self.comparisons),
            "published_values": len(self.comparisons),
            "published_table": self.published_table(),
            "cells_table": self.cells_table(),
            "splits_table": self.splits_table(),
        }

    def cells_table(self) -> Markdown:
        """Return a row a cell: who it is, how it ended, what it took."""
        headers = ("cell", "validation loss", "validation accuracy", "seconds", "seeds", "folder")
        folders = {cell.cell: cell.folder for cell in self.plan.cells}
        rows = [
            (
                member.label,
                self.ask.mean("val_loss", label=member.label),
                self.ask.mean("val_accuracy", label=member.label),
                decimal(training_seconds(member.replicates), 1),
                ", ".join(str(seed) for seed in member.seeds),
                code(folders[member.cell]),
            )
            for member in self.ask.members
        ]
        return table(headers, rows)

    def splits_table(self) -> Markdown:
        """Return a row a cell and split: loss and accuracy after the last epoch."""
        rows = [
            (
                f"{member.label}: {WORDS[split]}",
                self.ask.mean(f"{split}_loss", label=member.label),
                self.ask.mean(f"{split}_accuracy", label=member.label),
            )
            for member in self.ask.members
            for split in SPLITS
        ]
        return table(["cell and split", "loss", "accuracy"], rows)

    def published_table(self) -> Markdown:
        """Return a row a published value: what it is of, the value, ours, the difference."""
        headers = ("quantity", "published", "ours", "difference", "seeds", "note")
        return table(headers, [_published_row(item) for item in self.comparisons])


def _published_row(item: Comparison) -> tuple[object, ...]:
    split, _, quantity = item.published.quantity.partition("_")
    epoch = item.published.epoch
    when = {"last": "", "best": ", best epoch"}.get(str(epoch), f", epoch {epoch}")
    name = f"{WORDS.get(split, split)} {quantity}{when}: {item.label}"
    ours = item.ours if item.ours is not None else "no such cell in this study"
    seeds = item.ours.n_seeds if item.ours is not None else ""
    printed = decimal(item.published.value, 2)
    return name, printed, ours, item.difference, seeds, item.published.note
