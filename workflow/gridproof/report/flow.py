"""A picture of how the study's workflow makes its report, with the numbers of this study."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from gridproof.files.atomic import write_text
from gridproof.plan.job_plans import StudyPlan
from gridproof.report.page_html import Image
from gridproof.report.pictures import Picture
from gridproof.report.template_environments import render
from gridproof.words import plural

FILE = "workflow.svg"
SOURCE, TRAINED, DERIVED = "#E8F1FA", "#FCE8D5", "#E4F3EC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of the workflow, how many things it makes in this study, and its colour."""

    name: str
    count: str
    color: str


def stages(plan: StudyPlan, n_figures: int, n_claims: int) -> list[Stage]:
    """Return the steps from the config to the report, in their order."""
    cells = plan.cells()
    replicates = sum(map(len, cells.values()))
    measured = {
        cell.cell: len(cell.measurements) for item in plan.experiments for cell in item.cells
    }
    counts = [
        ("configuration", plan.config, SOURCE),
        ("prepared data", plural(len(plan.data), "data set"), SOURCE),
        ("cells", f"{plural(len(cells), 'cell')}, {plural(replicates, 'replicate')}", TRAINED),
        ("measurements", f"{sum(measured.values())} of finished cells", DERIVED),
        ("tables", f"those of {plural(len(plan.experiments), 'experiment')}", DERIVED),
        (
            "figures and claims",
            f"{plural(n_figures, 'figure')}, {plural(n_claims, 'claim')}",
            DERIVED,
        ),
        ("report", "index.html and report.md", DERIVED),
    ]
    return [Stage(name=name, count=count, color=color) for name, count, color in counts]


def draw_flow(environment: Environment, steps: list[Stage], picture: Picture) -> None:
    """Write the picture beside the report."""
    write_text(picture.image.still, render(environment, f"{FILE}.j2", {"stages": steps}))


def flow_picture(steps: list[Stage], out_dir: Path) -> Picture:
    """Return the picture as the report shows it; the file need not be there yet."""
    steps_in_order = ", then ".join(f"{step.name} ({step.count})" for step in steps)
    return Picture(
        figure="workflow",
        experiment=None,
        link=FILE,
        image=Image(still=out_dir / FILE, is_drawing=True),
        alt=f"Flow chart from top to bottom: {steps_in_order}.",
        caption=(
            "What is made from what. A change runs again what lies below it, and of the cells only "
            "those that it reaches."
        ),
    )
