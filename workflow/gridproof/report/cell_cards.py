"""The cells of a study, each with what it takes to make it again and where it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import pandas as pd
import yaml

from gridproof.files.layout import CELLS, assembled_folder, block_of
from gridproof.kit.markdown import Markdown, escape, table
from gridproof.kit.quantity import Quantity, decimal, summarise, thousands, unmeasured
from gridproof.plan.job_plans import PlannedCell, StudyPlan
from gridproof.report.claim_views import JudgedClaim, cell_link
from gridproof.report.column_words import column_words
from gridproof.report.page_html import heading_id
from gridproof.tables.ask import training_seconds
from gridproof.tables.members import Member, Slice

MADE_WITH = ("engine", "threads", "device", "python", "commit", "finished")
"""Columns of the table of replicates that say how a replicate was made."""

SHOWN = ("val_loss", "val_accuracy")
"""Columns of `epochs` that the table of all cells shows, where a cell has them."""

WIDTH = 72
"""Characters of a line of YAML that the page shows without scrolling."""

MAX_CARDS = 1000
"""More are left out: a browser took eight seconds to open a page with the cards of ten thousand."""

LINK = re.compile(r"\[([^\]]*)\]\(#([^)]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellUse:
    """An experiment that a cell is part of: its title, and what it calls the cell."""

    title: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A cell with all that the study knows of how it was made and what rests on it.

    Attributes
    ----------
    data : the data set, as the study names it.
    replicates : a row a seed, ascending, of all experiments that use the cell.
    ends : columns of `epochs` after the last epoch, over the same seeds.
    """

    planned: PlannedCell
    data: str
    replicates: pd.DataFrame = field(repr=False)
    ends: Mapping[str, Quantity]
    uses: tuple[CellUse, ...]
    claims: tuple[JudgedClaim, ...]
    plan: StudyPlan

    @property
    def folder(self) -> str:
        """The name of the cell's folder, which is the heading of its card."""
        return self.planned.folder

    @property
    def seeds(self) -> list[int]:
        """The seeds of its replicates."""
        return [int(seed) for seed in self.replicates["seed"]]

    @property
    def seconds(self) -> str:
        """The wall time of its training; replicates that trained together count once."""
        return decimal(training_seconds(self.replicates), 1)

    @property
    def n_parameters(self) -> str:
        """How many numbers were trained, as the family counts them."""
        counts = sorted(set(self.replicates["n_parameters"]))
        return " or ".join(thousands(count) for count in counts)

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
        blocks = groupby(self.seeds, key=lambda seed: block_of(seed, self.planned.seeds_in_job))
        folders = [assembled_folder(CELLS / self.folder, list(seeds)) for _, seeds in blocks]
        files = [str(folder / "metrics.parquet") for folder in folders]
        return f"rm -rf {CELLS / self.folder}\n{self.plan.command_for(*files)}"

    @property
    def made_with(self) -> list[tuple[str, str]]:
        """What its replicates were made with: each fact with all values that occur."""
        versions = self.planned.spec["libraries"].items()
        return [
            ("data", str(self.planned.spec["data"])),
            ("libraries", ", ".join(f"{name} {version}" for name, version in versions)),
            *(
                (name, ", ".join(sorted({str(value) for value in self.replicates[name]})))
                for name in MADE_WITH
            ),
        ]


def hidden_cards(cards: Sequence[Card]) -> Sequence[Card]:
    """Return the cards that the report leaves out: none, or all where a browser would wait."""
    return cards if len(cards) > MAX_CARDS else ()


def without_links(markdown: str, cards: Iterable[Card]) -> str:
    """Return a text in which what leads to one of these cards is no link."""
    hidden = {heading_id(card.folder) for card in cards}
    return LINK.sub(lambda found: found[1] if found[2] in hidden else found[0], markdown)


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
    return yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=WIDTH).strip()


def make_cards(
    plan: StudyPlan, slices: Mapping[str, Slice], claims: Iterable[JudgedClaim]
) -> list[Card]:
    """Return a card for each cell of the study, in the order of the config."""
    members: dict[str, list[Member]] = {}
    for tables in slices.values():
        for member in tables.members():
            members.setdefault(member.cell, []).append(member)
    resting: dict[str, dict[str, JudgedClaim]] = {}
    for claim in claims:
        for cell in claim.evidence["cells"]:
            resting.setdefault(cell["cell"], {})[claim.id] = claim
    uses = uses_of_cells(plan)
    cards: dict[str, Card] = {}
    for experiment in plan.experiments:
        for cell in experiment.cells:
            if cell.cell in cards:
                continue
            cards[cell.cell] = Card(
                planned=cell,
                data=experiment.data,
                replicates=replicates_of(members[cell.cell]),
                ends={column: finals_of(members[cell.cell], column) for column in SHOWN},
                uses=tuple(uses[cell.cell]),
                claims=tuple(resting.get(cell.cell, {}).values()),
                plan=plan,
            )
    return list(cards.values())


def replicates_of(members: Iterable[Member]) -> pd.DataFrame:
    """Return the replicates of a cell, each once, from all experiments that use it."""
    rows = {
        int(row["seed"]): row for member in members for row in member.replicates.to_dict("records")
    }
    return pd.DataFrame([rows[seed] for seed in sorted(rows)])


def finals_of(members: Sequence[Member], column: str) -> Quantity:
    """Return a column of `epochs` after the last epoch, over the seeds of `replicates_of`.

    A trainer that does not record the column has measured nothing.
    """
    recorded = [member for member in members if column in member.epochs]
    if not any(member.epochs[column].notna().any() for member in recorded):
        return unmeasured(len(set().union(*(member.seeds for member in members))))
    values = {seed: value for member in recorded for seed, value in member.finals(column).items()}
    return summarise(values.values())


def uses_of_cells(plan: StudyPlan) -> dict[str, list[CellUse]]:
    """Return the experiments that each cell is part of, in the order of the config."""
    uses: dict[str, list[CellUse]] = {}
    for experiment in plan.experiments:
        for member in experiment.cells:
            uses.setdefault(member.cell, []).append(
                CellUse(title=experiment.title, label=member.label)
            )
    return uses


def cards_table(cards: Sequence[Card]) -> Markdown:
    """Return a row a cell of the study: who it is, where it is used, how it ended, what it took."""
    columns = [name for name in SHOWN if any(card.ends[name].is_measured for card in cards)]
    headers = ("cell", "experiments", "family", "seeds", "parameters")
    rows = [
        (
            card.link,
            Markdown(", ".join(str(escape(use.title)) for use in card.uses)),
            card.planned.spec["family"],
            len(card.seeds),
            card.n_parameters,
            *(card.ends[column] for column in columns),
            card.seconds,
        )
        for card in cards
    ]
    return table([*headers, *map(column_words, columns), "seconds"], rows)
