"""The parts of a configuration that are the same for every study, whatever its parts."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from gridproof.config.fields import (
    AUTO,
    ExperimentName,
    Name,
    Names,
    Seeds,
    Selection,
    StudyName,
    Threads,
)
from gridproof.config.user_claims import ClaimId, UserClaim
from gridproof.parameter import FilePath, Section, Text, expected


class Experiment(Section):
    """A question of the study, asked by training cells that differ in some parameters."""

    title: Text | None = Field(
        default=None, description="Heading in the report; the experiment's name by default."
    )
    question: str = Field(
        default="", description="What the experiment is to answer, in a sentence or two."
    )
    family: str = Field(description="The kind of trainer.")
    data: str | None = Field(
        default=None,
        description="Name of a data set under 'data'; the only one that fits by default.",
    )
    seeds: Seeds | None = Field(default=None, description="In place of the study's seeds.")
    threads: Threads | None = Field(default=None, description="In place of the study's threads.")
    engine: str | None = Field(default=None, description="In place of the study's engine.")
    set: Section = Field(description="Parameters that all cells share, in place of the defaults.")
    sweep: Section | None = Field(
        default=None,
        description="Lists of values; a cell for each combination, values in the order written.",
    )
    rows: tuple[Section, ...] = Field(
        default=(), description="Cells written out, in addition to the sweep's."
    )
    measure: Names = Field(
        default=(),
        description="What is measured of the finished cells; changes nothing about the cells.",
    )
    figures: Names = Field(
        description="What the report shows of the experiment; the figure of its family by default."
    )


class Comparison(Section):
    """Cells of several experiments side by side; trains nothing of its own."""

    title: Text | None = Field(
        default=None, description="Heading in the report; the comparison's name by default."
    )
    question: str = Field(
        default="", description="What the comparison is to answer, in a sentence or two."
    )
    of: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="Experiments whose cells are compared."
    )
    figures: Names | None = Field(
        default=None,
        description="What the report shows of the comparison; by default the figures that the"
        " families of its cells have in common.",
    )


class Sweep(Section):
    """Lists of values for parameters of one family; the lists multiply."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def check_filled(self) -> Self:
        """Refuse a sweep over nothing."""
        if not self.model_fields_set:
            raise expected("a parameter with a list of values")
        return self


class StudyConfig(Section):
    """One study: data, defaults, seeds and experiments."""

    title: Text = Field(description="Heading of the report.")
    study: StudyName | None = Field(
        default=None, description="Folder under results/; absent: results/ itself."
    )
    parts: Names = Field(
        default=(),
        description="Folders of parts that the study may name besides the package's: all in one"
        " (`study`), or its parts of one kind (`study/data`).",
    )
    words: FilePath | None = Field(
        default=None, description="Folder with the study's own words for its report."
    )
    data: Annotated[dict[Name, Any], Field(min_length=1)] = Field(description="Data sets by name.")
    seeds: Seeds = Field(
        default=(0, 1, 2, 3, 4),
        description="A count n (seeds 0 to n-1) or a list of seeds; each trains a replicate.",
    )
    threads: Threads = Field(
        default=1,
        description="CPU threads of one training job; part of a cell's identity where its bits"
        " depend on them.",
    )
    engine: str = Field(
        default=AUTO,
        description="What computes the cells of families that leave a choice; auto: what the"
        " family has first. Part of a cell's identity.",
    )
    defaults: Section = Field(description="Parameters by family, for every experiment.")
    only: Selection | None = Field(
        default=None, description="Run these experiments; all by default."
    )
    experiments: Annotated[dict[ExperimentName, Experiment], Field(min_length=1)] = Field(
        description="Experiments by name."
    )
    comparisons: dict[ExperimentName, Comparison] = Field(
        default={}, description="Comparisons of experiments by name."
    )
    claims: dict[ClaimId, UserClaim] = Field(
        default={}, description="Statements that are checked against the cells, by id."
    )
    expected_claims: FilePath | None = Field(
        default=None, description="File of the verdicts that `gridproof claims --check` expects."
    )
