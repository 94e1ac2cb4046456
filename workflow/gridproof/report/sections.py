"""One section of the report for each experiment: what its template is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridproof.errors import GridproofError
from gridproof.judge.thresholds import Thresholds
from gridproof.kit.markdown import Markdown, table
from gridproof.kit.quantity import decimal
from gridproof.kit.section_words import SectionWords
from gridproof.part import Family
from gridproof.plan.absent import Gap
from gridproof.plan.job_plans import PlannedExperiment
from gridproof.report.change_words import Changes
from gridproof.report.claim_views import JudgedClaim, cell_link
from gridproof.report.column_words import column_words
from gridproof.report.curve_words import Curves
from gridproof.report.family_words import have_predictions
from gridproof.report.pictures import Picture
from gridproof.report.prediction_words import Predictions
from gridproof.report.print_difference import InPrint
from gridproof.report.step_words import Steps
from gridproof.tables.ask import Ask, training_seconds

OF_ANY = "sections/_experiment.md.j2"
OF_PREDICTIONS = "sections/_predictions.md.j2"
FEW_CELLS = 8
"""As many are named below the figures that they are drawn in; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentSection:
    """An experiment with what was planned, what was measured and, if so, what was printed.

    `printed` is None in a study that brings no values in print.
    """

    plan: PlannedExperiment
    gaps: list[Gap]
    ask: Ask
    pictures: list[Picture]
    families: list[Family]
    words: SectionWords
    printed: InPrint | None
    claims: list[JudgedClaim]
    thresholds: Thresholds

    def compares(self, other: ExperimentSection) -> bool:
        """Tell whether this is a comparison that takes all cells of another experiment."""
        taken = {cell.cell for cell in self.plan.cells if cell.group == other.plan.name}
        return other is not self and taken == {cell.cell for cell in other.plan.cells}

    @property
    def template(self) -> str:
        """The template that the study may have for this experiment."""
        return f"sections/{self.plan.name}.md.j2"

    @property
    def prose(self) -> str:
        """The file of prose that the study may have for this experiment."""
        return f"{self.plan.name}.md"

    @property
    def generic_template(self) -> str:
        """The template for any experiment with such cells."""
        return OF_PREDICTIONS if have_predictions(self.families) else OF_ANY

    def context(self) -> dict[str, Any]:
        """Return what the section's template may name.

        Raises
        ------
        GridproofError : a family offers a name that every section has.
        """
        names = self.names()
        if taken := sorted(names.keys() & self.words.names.keys()):
            raise GridproofError(
                f"experiment {self.plan.name!r}: a family of its cells offers {taken[0]!r} to "
                "templates, expected a name that not every section has"
            )
        return {**names, **self.words.names}

    def names(self) -> dict[str, Any]:
        """Return what the template of any experiment may name."""
        return {
            "experiment": self.plan,
            "gaps": self.gaps,
            "warnings": [family.warning for family in self.families if family.warning],
            "notes": self.words.notes,
            "ask": self.ask,
            "pictures": self.pictures,
            "behind": self.behind(),
            "curves": Curves(ask=self.ask, splits=self.words.splits),
            "changes": Changes(ask=self.ask),
            "steps": Steps(ask=self.ask),
            "predicted": Predictions(ask=self.ask),
            "thresholds": self.thresholds,
            "printed": self.printed,
            "claims": self.claims,
            "cells_table": self.cells_table(),
            "settled": [cell.label for cell in self.plan.cells if cell.deterministic],
        }

    def behind(self) -> list[Any]:
        """Return the cells to name below the figures that show them; none where they are many."""
        return list(self.plan.cells) if len(self.plan.cells) <= FEW_CELLS else []

    def cells_table(self) -> Markdown:
        """Return a row a cell: who it is, how it ended, what it took."""
        columns = [name for name in ("val_loss", "val_accuracy") if self.ask.has(name)]
        headers = ("cell", *map(column_words, columns), "seconds", "seeds", "folder")
        folders = {cell.cell: cell.folder for cell in self.plan.cells}
        rows = [
            (
                member.label,
                *(self.ask.mean(column, member) for column in columns),
                decimal(training_seconds(member.replicates), 1),
                ", ".join(str(seed) for seed in member.seeds),
                cell_link(folders[member.cell]),
            )
            for member in self.ask.members
        ]
        return table(headers, rows)
