"""The cells of a study, each with what it takes to make it again and where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import yaml

from gridproof.figures.inputs import Member, Slice
from gridproof.report.ask import training_seconds
from gridproof.report.claims import JudgedClaim, cell_link
from gridproof.report.markdown import Markdown, escape, table
from gridproof.report.plan import PlannedCell, StudyPlan
from gridproof.report.quantity import decimal, summarise
from gridproof.store.layout import CELLS, assembled_folder, block_of

MADE_WITH = ("engine", "threads", "device", "torch", "python", "commit", "finished")
"""Columns of the table of replicates that say how a replicate was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An experiment that a cell is part of: its title, and what it calls the cell."""

    title: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A cell with all that the study knows of how it was made and what rests on it."""

    planned: PlannedCell
    member: Member
    data: str
    seeds: tuple[int, ...]
    uses: tuple[Use, ...]
    claims: tuple[JudgedClaim, ...]
    plan: StudyPlan

    @property
    def folder(self) -> str:
        """The name of the cell's folder, which is the heading of its card."""
        return self.planned.folder

    @property
    def link(self) -> Markdown:
        """The folder's name, as a link to the card."""
        return cell_link(self.folder)

    @property
    def snippet(self) -> str:
        """The part of a study that asks for this very cell."""
        return config_snippet(self.planned, self.data, self.seeds)

    @property
    def command(self) -> str:
        """The commands that train the cell again, and nothing else."""
        blocks = groupby(self.seeds, key=block_of)
        folders = [assembled_folder(CELLS / self.folder, list(seeds)) for _, seeds in blocks]
        files = [str(folder / "metrics.parquet") for folder in folders]
        return f"rm -rf {CELLS / self.folder}\n{self.plan.command_for(*files)}"

    @property
    def made_with(self) -> Markdown:
        """A row for each fact of how the replicates were made, and all values that occur."""
        replicates = self.member.replicates
        rows: list[tuple[object, ...]] = [
            ("seconds", decimal(training_seconds(replicates), 1)),
            ("seeds", ", ".join(map(str, self.seeds))),
        ]
        rows += [
            (name, ", ".join(sorted({str(value) for value in replicates[name]})))
            for name in MADE_WITH
        ]
        return table(["made with", ""], rows, n_left=2)


def config_snippet(cell: PlannedCell, data: str, seeds: Sequence[int]) -> str:
    """Return YAML that asks for a cell in a study with the data set `data`."""
    experiment = {
        "family": cell.spec["family"],
        "data": data,
        "seeds": list(seeds),
        "threads": cell.spec["threads"],
        "engine": cell.spec["engine"],
        "rows": [cell.spec["parameters"]],
    }
    content = {"experiments": {"again": experiment}}
    return yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=100).strip()


def make_cards(
    plan: StudyPlan, slices: Mapping[str, Slice], claims: Iterable[JudgedClaim]
) -> list[Card]:
    """Return a card for each cell of the study, in the order of the config."""
    members = {
        (name, member.cell): member for name, found in slices.items() for member in found.members()
    }
    resting: dict[str, dict[str, JudgedClaim]] = {}
    for claim in claims:
        for cell in claim.evidence["cells"]:
            resting.setdefault(cell["cell"], {})[claim.id] = claim
    seeds = plan.cells()
    cards: dict[str, Card] = {}
    for experiment in plan.experiments:
        for cell in experiment.cells:
            if cell.cell in cards:
                continue
            cards[cell.cell] = Card(
                planned=cell,
                member=members[experiment.name, cell.cell],
                data=experiment.data,
                seeds=tuple(sorted(seeds[cell.cell])),
                uses=uses_of(plan, cell.cell),
                claims=tuple(resting.get(cell.cell, {}).values()),
                plan=plan,
            )
    return list(cards.values())


def uses_of(plan: StudyPlan, cell: str) -> tuple[Use, ...]:
    """Return the experiments that a cell is part of, in the order of the config."""
    return tuple(
        Use(title=experiment.title, label=member.label)
        for experiment in plan.experiments
        for member in experiment.cells
        if member.cell == cell
    )


def cards_table(cards: Iterable[Card]) -> Markdown:
    """Return a row a cell of the study: who it is, where it is used, how it ended, what it took."""
    headers = (
        "cell",
        "experiments",
        "family",
        "seeds",
        "validation loss",
        "validation accuracy",
        "seconds",
    )
    rows = [
        (
            card.link,
            Markdown(", ".join(str(escape(use.title)) for use in card.uses)),
            card.planned.spec["family"],
            len(card.seeds),
            summarise(card.member.finals("val_loss").tolist()),
            summarise(card.member.finals("val_accuracy").tolist()),
            decimal(training_seconds(card.member.replicates), 1),
        )
        for card in cards
    ]
    return table(headers, rows, n_left=3)
