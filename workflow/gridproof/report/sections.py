"""One section of the report for each experiment: what its template is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridproof.families import FAMILIES
from gridproof.judge.published import Proposal
from gridproof.plan.absent import Gap
from gridproof.report.activation_words import DeadRelus
from gridproof.report.against_print import WORDS, Comparison, Difference
from gridproof.report.claim_views import JudgedClaim, cell_link
from gridproof.report.gradient_words import Gradients, middle_value, n_zero
from gridproof.kit.markdown import Markdown, table
from gridproof.report.pictures import Picture
from gridproof.report.prediction_words import Judged
from gridproof.report.region_words import Regions
from gridproof.report.report_plan import PlannedExperiment
from gridproof.report.step_words import Steps
from gridproof.tables.ask import Ask, is_measured, training_seconds
from gridproof.kit.quantity import decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An experiment with what was planned, what was measured and what was printed."""

    plan: PlannedExperiment
    gaps: list[Gap]
    ask: Ask
    comparisons: list[Comparison]
    pictures: list[Picture]
    difference: Difference
    proposal: Proposal | None
    claims: list[JudgedClaim]

    @property
    def template(self) -> str:
        """The template written for this experiment."""
        return f"sections/{self.plan.name}.md.j2"

    def context(self) -> dict[str, Any]:
        """Return what the section's template may name."""
        return {
            "experiment": self.plan,
            "gaps": self.gaps,
            "warnings": self.warnings(),
            "ask": self.ask,
            "pictures": self.pictures,
            "steps": Steps(ask=self.ask),
            "dead": DeadRelus(ask=self.ask),
            "regions": Regions(ask=self.ask),
            "gradients": Gradients(ask=self.ask),
            "judged": Judged(ask=self.ask),
            "middle_value": middle_value,
            "n_zero": n_zero,
            "own_data": self.difference.own_data,
            "difference": self.difference,
            "proposal": self.proposal,
            "claims": self.claims,
            "comparable": any(item.ours is not None for item in self.comparisons),
            "published_values": len(self.comparisons),
            "published_table": self.published_table(),
            "cells_table": self.cells_table(),
            "splits_table": self.splits_table(),
        }

    def warnings(self) -> list[str]:
        """Return what must be known of the families of the experiment's cells."""
        families = dict.fromkeys(str(cell.spec["family"]) for cell in self.plan.cells)
        return [text for family in families if (text := FAMILIES[family].warning)]

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
                cell_link(folders[member.cell]),
            )
            for member in self.ask.members
        ]
        return table(headers, rows)

    def splits_table(self) -> Markdown:
        """Return a row a cell and split: loss and accuracy after the last epoch.

        The train split has a second row where it was measured in eval mode, too.
        """
        rows = []
        for member in self.ask.members:
            splits = dict(WORDS)
            if is_measured(member, "train_eval_loss"):
                splits = {"train": "train", "train_eval": "train, in eval mode", **WORDS}
            rows += [
                (
                    f"{member.label}: {words}",
                    self.ask.mean(f"{split}_loss", label=member.label),
                    self.ask.mean(f"{split}_accuracy", label=member.label),
                )
                for split, words in splits.items()
            ]
        return table(["cell and split", "loss", "accuracy"], rows)

    def published_table(self) -> Markdown:
        """Return a row a published value: what it is of, the value, ours, the difference."""
        headers = ("quantity", "published", "ours", "our seeds", "difference", "section", "note")
        rows = [
            (
                item.name,
                item.printed,
                item.shown,
                item.span,
                item.difference,
                item.published.section,
                item.remark,
            )
            for item in self.comparisons
        ]
        return table(headers, rows)
