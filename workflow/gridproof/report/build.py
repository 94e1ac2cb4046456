"""Build the report of a study: index.html and report.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment

from gridproof.files.atomic import write_text
from gridproof.plan.job_plans import StudyPlan
from gridproof.plan.wire import read_file
from gridproof.report.asked_numbers import AskedNumbers
from gridproof.report.cell_cards import Card, hidden_cards, make_cards, without_links
from gridproof.report.citations import Citations, read_references
from gridproof.report.evidence_data import EVIDENCE, evidence_data
from gridproof.report.flow import draw_flow, flow_picture, stages
from gridproof.report.made_of import Sources, make_stamp
from gridproof.report.made_with import provenance
from gridproof.report.material import Material, collect_material
from gridproof.report.page_html import render_page
from gridproof.report.phrases import dots
from gridproof.report.pictures import Picture
from gridproof.report.prose import OF_THE_REPORT, ProseFiles
from gridproof.report.sections import ExperimentSection
from gridproof.report.self_contradictions import self_contradictions
from gridproof.report.stamp import STAMP, Parts
from gridproof.report.template_environments import (
    has_template,
    html_environment,
    markdown_environment,
    render,
)
from gridproof.report.template_files import template_folders

BLANK_LINES = re.compile(r"\n{3,}")


def build(plan_file: Path, sources: Sources, out_dir: Path, code: Parts) -> None:
    """Write `index.html` and `report.md` into `out_dir`: one text in two forms.

    Parameters
    ----------
    plan_file : the study's plan, a StudyPlan of gridproof.plan.job_plans.
    sources : where the files lie that the report is made of.
    code : the digests of the code of each stage, which the page's stamp carries.

    Equal inputs give equal bytes. Raises GridproofError if tables do not belong to the plan, a
    figure is missing, or a template names something that is not there.
    """
    plan = read_file(StudyPlan, plan_file)
    material = collect_material(plan, sources, out_dir)
    folders = template_folders(plan.words, material.parts)
    pages = html_environment(folders)
    steps = stages(plan, len(material.pictures), len(material.claims.claims))
    flow = flow_picture(steps, out_dir)
    environment = markdown_environment(folders, Citations(read_references(folders)))
    markdown = write_markdown(environment, material, flow)
    draw_flow(pages, steps, flow)  # after the text: a report that fails leaves nothing behind
    page = render_page(
        markdown,
        title=plan.title,
        images={picture.link: picture.image for picture in [*material.pictures, flow]},
        environment=pages,
        data={
            **material.page_data,
            EVIDENCE: evidence_data(material.claims),
            STAMP: asdict(make_stamp(plan, sources, code)),
        },
    )
    write_text(out_dir / "report.md", markdown)
    write_text(out_dir / "index.html", page)


def write_markdown(environment: Environment, material: Material, flow: Picture) -> str:
    """Return the report as Markdown."""
    common = {
        "plan": material.plan,
        "opening": material.opening,
        "has_print": material.has_print,
    }
    prose = ProseFiles(environment, asked_numbers(material).names(), material.claims)
    texts = [
        write_section(environment, section, common, prose, level)
        for section, level in with_levels(material.sections)
    ]
    cards = make_cards(material.plan, material.slices, material.claims.claims)
    context = common | page_names(material, cards) | {"flow": flow, "sections": texts}
    context["said"] = {name: prose.whole(f"{name}.md") for name in OF_THE_REPORT}
    context["dots"] = dots(material.claims)
    text = tidy(render(environment, "report.md.j2", context))
    return without_links(text, hidden_cards(cards))


def page_names(material: Material, cards: list[Card]) -> dict[str, Any]:
    """Return what the template of the whole report may name besides its sections."""
    plan = material.plan
    seeds = plan.cells()
    return {
        "data_sets": material.data_words,
        "substitutes": [data.name for data in material.data_words if data.own is False],
        "maps": material.pictures_of_data,
        "n_cells": len(seeds),
        "n_replicates": sum(map(len, seeds.values())),
        "opened_by": [
            experiment
            for experiment in plan.experiments
            if material.opening and material.opening.experiment == experiment.name
        ],
        "provenance": provenance(plan, material.slices),
        "claims": material.claims,
        "cards": cards,
        "hidden_cards": hidden_cards(cards),
        "gaps": [(gap.title, gap.label, ", ".join(map(str, gap.seeds))) for gap in plan.gaps or ()],
        "wrong": self_contradictions(material.claims, material.contradicted_prose),
        "titles": {experiment.name: experiment.title for experiment in plan.experiments},
    }


class Level(NamedTuple):
    """How a section stands in the report: the marks of its heading, and pictures that are shown.

    `said` are notes on its cells that stand above it already.
    """

    marks: str
    n_pictures: int
    said: tuple[str, ...] = ()


WHOLE = Level("##", 1)
COMPARED = Level("###", 0)
"""Of a section by itself, and of an experiment that a comparison takes its cells from."""


def with_levels(
    sections: Sequence[ExperimentSection],
) -> Iterator[tuple[ExperimentSection, Level]]:
    """Yield the sections in order; those that a comparison takes its cells from stand below it."""
    below = {
        section.plan.name: [other for other in sections if section.compares(other)]
        for section in sections
    }
    compared = [other for others in below.values() for other in others]
    for section in sections:
        if section not in compared:
            yield section, WHOLE
            level = COMPARED._replace(said=section.words.notes)
            yield from ((other, level) for other in below[section.plan.name])


def asked_numbers(material: Material) -> AskedNumbers:
    """Return what prose may ask, of all experiments."""
    return AskedNumbers(
        {section.plan.name: section.ask for section in material.sections},
        material.claims,
        material.facts.values(),
    )


def write_section(
    environment: Environment,
    section: ExperimentSection,
    common: dict[str, Any],
    prose: ProseFiles,
    level: Level,
) -> str:
    """Return the text of an experiment: from the study's own template, or from that of any.

    Prose in `<experiment>.md` may name what the template may.
    """
    context = section.context() | common | {"marks": level.marks}
    context |= {
        "is_whole": level is WHOLE,
        "notes": [note for note in section.words.notes if note not in level.said],
        "main_pictures": section.pictures[: level.n_pictures],
        "further_pictures": section.pictures[level.n_pictures :],
    }
    own = has_template(environment, section.template)
    template = section.template if own else section.generic_template
    said = prose.section(section.prose, context)
    return render(environment, template, context | {"prose": said})


def tidy(text: str) -> str:
    """Collapse the empty lines that templates leave."""
    return BLANK_LINES.sub("\n\n", text).strip() + "\n"
