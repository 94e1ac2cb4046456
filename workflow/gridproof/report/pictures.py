"""The study's figures as the report shows them: file, text alternative, caption."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gridproof.catalogue import Catalogue, Figure
from gridproof.errors import GridproofError
from gridproof.plan.job_plans import PlannedData, StudyPlan
from gridproof.report.page_html import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure of an experiment, or of a data set: `experiment` is then None.

    `link` is the path that report.md writes: of the animation where there is one, else of the
    PNG; `image` the files that index.html holds. `opening` ranks what a report may open on.
    """

    figure: str
    experiment: str | None
    link: str
    image: Image
    alt: str
    caption: str
    opening: int = 0


def find_pictures(
    plan: StudyPlan, parts: Catalogue, figures_dir: Path, out_dir: Path
) -> list[Picture]:
    """Return all figures of the study, the pictures of its data first.

    Raises
    ------
    GridproofError
        If a file is missing; the message holds the command that draws it.
    """
    return [
        find_picture(figure, experiment, stem, out_dir, plan.command)
        for figure, experiment, stem in shown_figures(plan, parts, figures_dir)
    ]


def shown_figures(
    plan: StudyPlan, parts: Catalogue, figures_dir: Path
) -> Iterator[tuple[Figure, str | None, Path]]:
    """Yield each figure, the experiment that it shows, and its files but for their suffix."""
    for data in plan.data:
        if name := picture_of(data, parts):
            yield parts.figure(name), None, figures_dir / "data" / data.name
    for experiment in plan.experiments:
        for name in experiment.figures:
            yield parts.figure(name), experiment.name, figures_dir / experiment.name / name


def picture_of(data: PlannedData, parts: Catalogue) -> str:
    """Return the figure that shows a data set alone: its source's, else its kind's; or none."""
    return parts.source(data.source).picture or parts.kind(data.kind).picture


def find_picture(
    figure: Figure, experiment: str | None, stem: Path, out_dir: Path, command: str
) -> Picture:
    """Return one figure; GridproofError names the command that draws a file that is missing."""
    files = {suffix: stem.with_name(stem.name + suffix) for suffix in (".png", ".svg", ".json")}
    for file in files.values():
        if not file.is_file():
            raise GridproofError(f"{file} is missing. Draw it: {command}")
    animation = stem.with_name(stem.name + ".gif")
    moves = figure.animated and animation.is_file()
    shown = animation if moves else files[".png"]
    return Picture(
        figure=figure.name,
        experiment=experiment,
        link=Path(os.path.relpath(shown, out_dir)).as_posix(),
        image=Image(
            still=files[".png" if figure.raster else ".svg"],
            animation=animation if moves else None,
        ),
        alt=str(json.loads(files[".json"].read_text(encoding="utf-8"))["alt"]),
        caption=read_caption(figure),
        opening=figure.opening,
    )


def read_caption(figure: Figure) -> str:
    """Return what a figure shows, from the file beside its module that Snakemake reads, too."""
    try:
        caption = figure.caption.read_text(encoding="utf-8").split()
    except OSError as error:
        raise GridproofError(f"{figure.caption}: every figure needs a caption ({error})") from error
    if not caption:
        raise GridproofError(f"{figure.caption} is empty: every figure needs a caption")
    return " ".join(caption)


def hero(pictures: list[Picture]) -> Picture | None:
    """Return the picture that the report opens on; the first of those that rank highest."""
    ranked = [picture for picture in pictures if picture.opening]
    return max(ranked, key=lambda picture: picture.opening, default=None)
