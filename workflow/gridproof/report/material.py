"""All that a report is written from, read from the files of a study and put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gridproof.catalogue import Catalogue, catalogue
from gridproof.draw.inputs import Inputs
from gridproof.judge.published import PUBLISHED_FILE, Published, read_published
from gridproof.judge.thresholds import THRESHOLDS_FILE, Thresholds, read_thresholds
from gridproof.part import Family
from gridproof.plan.job_plans import PlannedData, PlannedExperiment, StudyPlan
from gridproof.report.against_print import PrintedBeside
from gridproof.report.charts import Chart, add_charts
from gridproof.report.claim_views import Claims, read_claims
from gridproof.report.data_words import DataWords
from gridproof.report.family_words import family_words
from gridproof.report.made_of import Sources
from gridproof.report.pictures import Picture, find_pictures, hero
from gridproof.report.print_difference import in_print
from gridproof.report.printed_marks import values_in_print, with_print
from gridproof.report.sections import ExperimentSection
from gridproof.report.slider_data import add_explorers
from gridproof.tables.ask import Ask
from gridproof.tables.members import Slice, load_slice
from gridproof.tables.planned import check_slice, read_facts


@dataclass(frozen=True, kw_only=True)
class Material:
    """What a report is written from.

    Attributes
    ----------
    slices, facts : the tables of each experiment, and the facts of each data set.
    published : the values in print; None in a study that brings none.
    explorers, charts : what the page's scripts read, by name.
    """

    plan: StudyPlan
    parts: Catalogue
    slices: Mapping[str, Slice]
    facts: Mapping[str, Mapping[str, Any]]
    published: Published | None
    thresholds: Thresholds
    claims: Claims
    pictures: list[Picture]
    explorers: Mapping[str, object]
    charts: Mapping[str, Chart]

    @property
    def page_data(self) -> dict[str, object]:
        """What the page's scripts read, by name; charts with the values in print.

        A comparison has those of the experiments that it is made of.
        """
        by_section = {
            section.plan.name: values_in_print(
                section.printed.comparisons if section.printed else ()
            )
            for section in self.sections
        }
        of_all = {key: value for values in by_section.values() for key, value in values.items()}
        charts = {
            name: chart
            | {
                "panels": [
                    with_print(panel, by_section[chart["section"]] or of_all)
                    for panel in chart["panels"]
                ]
            }
            for name, chart in self.charts.items()
        }
        return {**self.explorers, **charts}

    @property
    def has_print(self) -> bool:
        """Whether the study brings values in print."""
        return self.published is not None

    @cached_property
    def opening(self) -> Picture | None:
        """The picture that the report opens on."""
        return hero(self.pictures)

    @property
    def pictures_of_data(self) -> list[Picture]:
        """The pictures that show data alone, but for the one that the report opens on."""
        return [item for item in self.shown_once if item.experiment is None]

    @property
    def shown_once(self) -> list[Picture]:
        """The pictures that do not stand on top of the report."""
        return [item for item in self.pictures if item is not self.opening]

    @property
    def families(self) -> list[Family]:
        """The families of all cells, by name."""
        names = {str(cell.spec["family"]) for item in self.plan.experiments for cell in item.cells}
        return [self.parts.family(name) for name in sorted(names)]

    @cached_property
    def sections(self) -> list[ExperimentSection]:
        """A section for each experiment, in the order of the config."""
        return [self.section(experiment) for experiment in self.plan.experiments]

    def section(self, experiment: PlannedExperiment) -> ExperimentSection:
        """Return what the section of an experiment is written from."""
        names = dict.fromkeys(str(cell.spec["family"]) for cell in experiment.cells)
        families = [self.parts.family(name) for name in names]
        ask = Ask(
            experiment.name,
            self.slices[experiment.name],
            self.facts[experiment.data],
            measured=self.parts.measured_tables["epochs"].quantities,
        )
        words = family_words(families, ask, self.parts.folders)
        return ExperimentSection(
            plan=experiment,
            gaps=[gap for gap in self.plan.gaps or () if gap.experiment == experiment.name],
            ask=ask,
            pictures=[item for item in self.shown_once if item.experiment == experiment.name],
            families=families,
            words=words,
            printed=in_print(self.published, ask, words.numbers) if self.published else None,
            claims=self.claims.of(experiment.name),
            thresholds=self.thresholds,
        )

    @property
    def contradicted_prose(self) -> list[PrintedBeside]:
        """The values in print that the published prose states otherwise."""
        return [
            item
            for section in self.sections
            if section.printed is not None
            for item in section.printed.comparisons
            if item.published.contradicts_prose
        ]

    @property
    def data_words(self) -> list[DataWords]:
        """The data sets as the report speaks of them.

        Whose data they are is said where a value in print stands beside one of ours.
        """
        compared = any(section.printed and section.printed.comparable for section in self.sections)
        return [
            DataWords(
                name=data.name,
                kind=data.kind,
                facts=self.facts[data.name],
                own=self.is_own(data) if compared else None,
            )
            for data in self.plan.data
        ]

    def is_own(self, data: PlannedData) -> bool | None:
        """Tell whether data are those of the values in print; None where none is of such data."""
        known = self.published.data.get(data.kind) if self.published else None
        return known.is_own(self.facts[data.name]) if known else None


def collect_material(plan: StudyPlan, sources: Sources, out_dir: Path) -> Material:
    """Read all that the report of a study is written from.

    Raises
    ------
    GridproofError : tables or facts do not belong to the plan, or a file is missing or damaged.
    """
    parts = catalogue(plan.parts)
    pictures = find_pictures(plan, parts, sources.figures, out_dir)
    facts = {data.name: read_facts(data) for data in plan.data}
    slices = dict(load_slices(plan, sources.tables))
    pictures, explorers = add_explorers(pictures, sources.figures, parts)
    pictures, charts = add_charts(pictures, figure_inputs(plan, slices), parts)
    print_files = parts.study_files(PUBLISHED_FILE)
    return Material(
        plan=plan,
        parts=parts,
        slices=slices,
        facts=facts,
        published=read_published(print_files) if print_files else None,
        thresholds=read_thresholds(parts.study_files(THRESHOLDS_FILE)),
        claims=read_claims(sources.claims),
        pictures=pictures,
        explorers=explorers,
        charts=charts,
    )


def load_slices(plan: StudyPlan, tables: Path) -> Iterable[tuple[str, Slice]]:
    """Yield each experiment's name and tables, checked against the plan."""
    for experiment in plan.experiments:
        found = load_slice(tables / experiment.name)
        check_slice(plan, experiment, found)
        yield experiment.name, found


def figure_inputs(plan: StudyPlan, slices: Mapping[str, Slice]) -> dict[str, Inputs]:
    """Return what the figures of each experiment are drawn from, but for weights."""
    folders = {data.name: data.directory for data in plan.data}
    return {
        experiment.name: Inputs(tables=slices[experiment.name], data_dir=folders[experiment.data])
        for experiment in plan.experiments
    }
