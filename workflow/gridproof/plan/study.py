"""The study as a plan: which cells there are, who they are, and what each job is to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gridproof.catalogue import Catalogue
from gridproof.config.user_claims import UserClaim
from gridproof.files.layout import (
    CELLS,
    assembled_folder,
    block_of,
    measured_file,
    study_folder,
)
from gridproof.part import Family
from gridproof.plan.absent import Gap, MissingData
from gridproof.plan.data_plan import DataPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlan:
    """A cell: one resolved configuration, with all that the study asks of it.

    Attributes
    ----------
    digest : of what identifies the cell, its code and its libraries.
    parameters : all parameters of the family, by name.
    entries : where its code begins, `module:name` each.
    code : the digest of the code that these reach.
    """

    family: Family
    slug: str
    digest: str
    parameters: Mapping[str, object]
    engine: str
    threads: int
    entries: tuple[str, ...]
    code: str
    libraries: Mapping[str, str]
    data: DataPlan
    seeds: tuple[int, ...]
    deterministic: bool
    measurements: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the cell's folder."""
        return f"{self.slug}-{self.digest}"

    @property
    def folder(self) -> Path:
        """Where the cell's replicates lie."""
        return CELLS / self.name

    @property
    def spec(self) -> dict[str, object]:
        """What fixes its result besides code, libraries and seeds, written out."""
        return {
            "data": self.data.digest,
            "engine": self.engine,
            "family": self.family.name,
            "parameters": dict(self.parameters),
            "threads": self.threads,
        }

    def blocks(self) -> list[tuple[int, ...]]:
        """Return the seeds of each job."""
        blocks: dict[int, list[int]] = defaultdict(list)
        for seed in self.seeds:
            blocks[block_of(seed, self.family.seeds_in_job)].append(seed)
        return [tuple(seeds) for seeds in blocks.values()]

    def assembled(self) -> list[Path]:
        """Return the folders of the files that the jobs assemble."""
        return [assembled_folder(self.folder, seeds) for seeds in self.blocks()]

    def measured(self) -> list[Path]:
        """Return the files of what is measured, none if nothing is asked for."""
        return [measured_file(self.folder, seeds) for seeds in self.blocks() if self.measurements]

    def assembled_with(self, seed: int) -> Path:
        """Return the folder of the assembled files that hold `seed`."""
        return next(
            assembled_folder(self.folder, seeds) for seeds in self.blocks() if seed in seeds
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPlan:
    """A cell as one experiment sees it.

    Attributes
    ----------
    cell : name of the cell's folder, the key of `Study.cells`.
    label : what people call it here.
    position : place in the experiment, counted from 0.
    group : the experiment that it comes from; in a comparison, the one that is compared.
    setting : what it is called there.
    """

    cell: str
    label: str
    position: int
    group: str
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentPlan:
    """An experiment: its words, the figures it shows, and its cells by name."""

    name: str
    title: str
    question: str
    figures: tuple[str, ...]
    seeds: tuple[int, ...]
    data: DataPlan
    members: tuple[MemberPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study, read and resolved: everything that is planned follows from it.

    Attributes
    ----------
    cells : by the name of their folder.
    data : the data sets that experiments are trained on, by the study's names.
    missing : optional data that are not there.
    claims : those of the configuration.
    catalogue, parts : the parts that it may name, and its own folders of them.
    words : the folder of its own words for the report.
    expected_claims : the file of its pinned verdicts.
    note : what the user should know of the engine.
    gaps : None for a whole study, else what this part of a study leaves out.
    """

    path: Path
    name: str | None
    title: str
    experiments: Mapping[str, ExperimentPlan]
    cells: Mapping[str, CellPlan]
    data: Mapping[str, DataPlan]
    missing: tuple[MissingData, ...]
    claims: Mapping[str, UserClaim]
    catalogue: Catalogue
    parts: tuple[str, ...]
    words: Path | None
    expected_claims: Path | None
    note: str | None
    gaps: tuple[Gap, ...] | None = None

    @property
    def folder(self) -> Path:
        """Where the study's tables, figures and report go."""
        return study_folder(self.name, partial=self.gaps is not None)

    @property
    def derived(self) -> dict[str, DataPlan]:
        """The data made from other data that cells are trained on, by the name of their folder."""
        plans = [cell.data for cell in self.cells.values()]
        return {plan.folder.name: plan for plan in plans if plan.base is not None}

    def jobs(self) -> Iterator[tuple[CellPlan, tuple[int, ...]]]:
        """Yield each training job: a cell and the seeds of one of its blocks."""
        for cell in self.cells.values():
            for seeds in cell.blocks():
                yield cell, seeds
