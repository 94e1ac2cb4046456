"""Build the report of a study: index.html and report.md."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment

from gridproof.draw.inputs import Inputs
from gridproof.files.atomic import write_text
from gridproof.judge.published import Published, read_published
from gridproof.report.against_print import Comparison, compare, difference
from gridproof.report.cell_cards import hidden_cards, make_cards, without_links
from gridproof.report.charts import add_charts
from gridproof.report.citations import Citations, read_references
from gridproof.report.claim_views import Claims, read_claims
from gridproof.report.flow import draw_flow, stages
from gridproof.report.page_html import render_page
from gridproof.report.pictures import Picture, find_pictures, hero
from gridproof.report.report_plan import StudyPlan, check_slice, read_facts, read_plan
from gridproof.report.sections import Section
from gridproof.report.slider_data import add_explorers
from gridproof.report.stamp import STAMP, Sources, make_stamp
from gridproof.report.template_environments import html_environment, markdown_environment, render
from gridproof.tables.ask import Ask, training_seconds
from gridproof.tables.members import Slice, load_slice

GENERIC_SECTIONS = {"places": "sections/_experiment.md.j2", "images": "sections/_images.md.j2"}
PROVENANCE = ("engine", "threads", "device", "python", "commit")


def build(plan_file: Path, sources: Sources, out_dir: Path) -> None:
    """Write `index.html` and `report.md` into `out_dir`: one text in two forms.

    Parameters
    ----------
    plan_file : the study's plan as JSON (see gridproof.report.report_plan).
    sources : where the files lie that the report is made of.

    Equal inputs give equal bytes. Raises GridproofError if tables do not belong to the plan, a
    figure is missing, or a template names something that is not there.
    """
    plan = read_plan(plan_file)
    templates_dir = sources.templates
    pictures = find_pictures(plan, sources.figures, templates_dir / "captions", out_dir)
    facts = {data.name: read_facts(data) for data in plan.data}
    published = read_published(templates_dir / "published.yaml")
    slices = load_slices(plan, sources.tables)
    pictures, explorers = add_explorers(pictures, slices, sources.figures)
    pictures, charts = add_charts(pictures, figure_inputs(plan, slices))
    opening = hero(pictures)
    claims = read_claims(sources.claims)
    sections = make_sections(plan, slices, facts, published, claims, pictures, opening)
    citations = Citations(read_references(templates_dir / "references.yaml"))
    environment = markdown_environment(templates_dir, citations)
    common = {"plan": plan, "opening": opening}
    texts = [
        render(environment, section_template(environment, section), section.context() | common)
        for section in sections
    ]
    environment_of_pages = html_environment(templates_dir)
    flow = draw_flow(environment_of_pages, stages(plan, len(pictures), len(claims.claims)), out_dir)
    cards = make_cards(plan, slices, claims.claims)
    hidden = hidden_cards(cards)
    context = common | {
        "flow": flow,
        "sections": texts,
        "facts": [
            {
                **facts[data.name],
                "kind": data.kind,
                "own": published.data[data.kind].is_own(facts[data.name]),
            }
            for data in plan.data
        ],
        "maps": [item for item in pictures if item.experiment is None and item is not opening],
        "seeds": plan.cells(),
        "replicates": sum(len(seeds) for seeds in plan.cells().values()),
        "compared": any(item.ours for section in sections for item in section.comparisons),
        "provenance": provenance(plan, slices),
        "claims": claims,
        "cards": cards,
        "hidden_cards": hidden,
        "gaps": [(gap.title, gap.label, ", ".join(map(str, gap.seeds))) for gap in plan.gaps or ()],
        "prose": contradicted(sections),
        "titles": {experiment.name: experiment.title for experiment in plan.experiments},
    }
    markdown = without_links(tidy(render(environment, "report.md.j2", context)), hidden)
    page = render_page(
        markdown,
        title=plan.title,
        images={picture.reference: picture.image for picture in [*pictures, flow]},
        environment=environment_of_pages,
        data=explorers | charts | {STAMP: asdict(make_stamp(plan, sources))},
    )
    write_text(out_dir / "report.md", markdown)
    write_text(out_dir / "index.html", page)


def make_sections(
    plan: StudyPlan,
    slices: dict[str, Slice],
    facts: dict[str, dict[str, Any]],
    published: Published,
    claims: Claims,
    pictures: list[Picture],
    opening: Picture | None,
) -> list[Section]:
    """Return a section for each experiment, in the order of the config."""
    sections = []
    for experiment in plan.experiments:
        ask = Ask(experiment.name, slices[experiment.name], facts[experiment.data])
        comparisons = compare(published, ask)
        section = Section(
            plan=experiment,
            gaps=[gap for gap in plan.gaps or () if gap.experiment == experiment.name],
            ask=ask,
            comparisons=comparisons,
            difference=difference(published, ask, comparisons),
            proposal=published.proposal(experiment.name),
            claims=claims.of(experiment.name),
            pictures=[
                item
                for item in pictures
                if item.experiment == experiment.name and item is not opening
            ],
        )
        sections.append(section)
    return sections


def contradicted(sections: list[Section]) -> list[Comparison]:
    """Return the values in print that the published prose states otherwise."""
    compared = (item for section in sections for item in section.comparisons)
    return [item for item in compared if item.published.contradicts_prose]


def section_template(environment: Environment, section: Section) -> str:
    """Return the template written for an experiment, or the one for any experiment."""
    written = environment.list_templates(filter_func=lambda name: name == section.template)
    return section.template if written else GENERIC_SECTIONS[section.ask.kind]


def load_slices(plan: StudyPlan, tables_dir: Path) -> dict[str, Slice]:
    """Read each experiment's tables and check that they belong to the plan."""
    slices = {}
    for experiment in plan.experiments:
        slices[experiment.name] = load_slice(tables_dir / experiment.name)
        check_slice(plan, experiment, slices[experiment.name])
    return slices


def figure_inputs(plan: StudyPlan, slices: dict[str, Slice]) -> dict[str, Inputs]:
    """Return what the figures of each experiment are drawn from, but for checkpoints."""
    folders = {data.name: data.directory for data in plan.data}
    return {
        experiment.name: Inputs(tables=slices[experiment.name], data_dir=folders[experiment.data])
        for experiment in plan.experiments
    }


def provenance(plan: StudyPlan, slices: dict[str, Slice]) -> dict[str, Any]:
    """Return the seconds of all replicates, and what they were computed with and from.

    `data` are the folders of prepared data, those made from other data included; `libraries` are
    named with their versions.
    """
    tables = [tables.replicates for tables in slices.values()]
    replicates = pd.concat(tables, ignore_index=True).drop_duplicates(["cell", "seed"])
    values = {name: sorted({str(value) for value in replicates[name]}) for name in PROVENANCE}
    specs = [cell.spec for experiment in plan.experiments for cell in experiment.cells]
    prepared = {data.directory.name for data in plan.data}
    libraries = {item for spec in specs for item in spec["libraries"].items()}
    return {
        "seconds": training_seconds(replicates),
        "data": sorted(prepared | {spec["data"] for spec in specs}),
        "libraries": [f"{name} {version}" for name, version in sorted(libraries)],
        **values,
    }


def tidy(text: str) -> str:
    """Collapse the empty lines that templates leave."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
