"""The code of each stage after training, as a report's stamp and the report's rule name it."""

from __future__ import annotations

from collections.abc import Iterator

from gridproof.catalogue import Catalogue, catalogue
from gridproof.judge.claims_code import claims_code
from gridproof.plan.job_plans import PlannedExperiment, StudyPlan
from gridproof.plan.reach import code_digest
from gridproof.plan.stages import (
    REPORT,
    SLICE,
    animation_entries,
    figure_entries,
    figure_with_sliders,
    measurement_entries,
    slider_entries,
)
from gridproof.report.pictures import picture_of


def code_of_stages(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield the code of each stage after training, which is part of the cells themselves."""
    parts = catalogue(plan.parts)

    def digest(*entries: str) -> str:
        return code_digest(entries, parts.roots)

    for figure in shown_figures(plan, parts):
        yield f"code of the figure {figure}", digest(*figure_entries(parts, figure))
        if parts.figure(figure).animated:
            yield f"code of the animation {figure}", digest(*animation_entries(parts, figure))
    for figure in sorted({f for item in plan.experiments if (f := with_sliders(item, parts))}):
        yield f"code of the sliders of {figure}", digest(*slider_entries(parts, figure))
    for name in sorted(measured(plan)):
        yield f"code of the measurement {name}", digest(*measurement_entries(parts, [name]))
    for kind in sorted({data.kind for data in plan.data}):
        module = parts.module("kinds", kind)
        yield f"code that prepares {kind}", digest(f"{module}:make")
    yield "code of the tables", digest(SLICE)
    yield "code of the claims", claims_code(parts)
    yield "code of the report", digest(REPORT, *report_entries(plan, parts))


def report_entries(plan: StudyPlan, parts: Catalogue) -> list[str]:
    """Return the entry points of parts that writing a report calls: charts and families' words."""
    figures = [parts.figure(name) for name in shown_figures(plan, parts)]
    cells = (cell for experiment in plan.experiments for cell in experiment.cells)
    families = [parts.family(name) for name in sorted({cell.spec["family"] for cell in cells})]
    return [
        *(f"{figure.module}:chart" for figure in figures if figure.has_chart),
        *(family.absolute(family.words) for family in families if family.words),
    ]


def shown_figures(plan: StudyPlan, parts: Catalogue) -> list[str]:
    """Return the names of the figures that the report shows, sorted."""
    figures = {name for experiment in plan.experiments for name in experiment.figures}
    return sorted(figures | {name for data in plan.data if (name := picture_of(data, parts))})


def measured(plan: StudyPlan) -> set[str]:
    """Return the measurements of all cells of the report."""
    return {name for item in plan.experiments for cell in item.cells for name in cell.measurements}


def with_sliders(experiment: PlannedExperiment, parts: Catalogue) -> str | None:
    """Return the figure of an experiment that the page shows sliders below, if there is one."""
    return figure_with_sliders(parts, experiment.figures)
