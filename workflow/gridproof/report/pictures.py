"""The study's figures as the report shows them: file, text alternative, caption."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from jinja2 import StrictUndefined, Template

from gridproof.draw.figure_registry import FIGURES, find_figure
from gridproof.errors import GridproofError
from gridproof.plan.kinds import KINDS
from gridproof.report.page_html import Image
from gridproof.report.report_plan import StudyPlan

HERO_FIGURES = ("sharpening", "borders", "boundaries")
"""What the report opens on, the first that an experiment shows; else the map of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure of an experiment, or of a data set: `experiment` is then None.

    `reference` is the path that report.md writes: of the animation where there is one, else of the
    PNG; `image` the files that index.html holds.
    """

    figure: str
    experiment: str | None
    reference: str
    image: Image
    alt: str
    caption: str


def find_pictures(
    plan: StudyPlan, figures_dir: Path, captions_dir: Path, out_dir: Path
) -> list[Picture]:
    """Return all figures of the study, the maps of the data first.

    Raises
    ------
    GridproofError
        If a file is missing; the message holds the command that draws it.
    """
    shows = ((KINDS[data.kind].picture, data.name) for data in plan.data)
    maps = [(figure, None, figures_dir / "data" / name) for figure, name in shows if figure]
    shown = [
        (figure, experiment.name, figures_dir / experiment.name / figure)
        for experiment in plan.experiments
        for figure in experiment.figures
    ]
    pictures = []
    for figure, experiment, stem in [*maps, *shown]:
        files = {suffix: stem.with_name(stem.name + suffix) for suffix in (".png", ".svg", ".json")}
        for file in files.values():
            if not file.is_file():
                raise GridproofError(f"{file} is missing. Draw it: {plan.command}")
        animation = stem.with_name(stem.name + ".gif")
        moves = find_figure(figure).animated and animation.is_file()
        shown_file = animation if moves else files[".png"]
        pictures.append(
            Picture(
                figure=figure,
                experiment=experiment,
                reference=Path(os.path.relpath(shown_file, out_dir)).as_posix(),
                image=Image(
                    still=files[".png" if find_figure(figure).raster else ".svg"],
                    animation=animation if moves else None,
                ),
                alt=str(json.loads(files[".json"].read_text(encoding="utf-8"))["alt"]),
                caption=read_caption(captions_dir, figure),
            )
        )
    return pictures


def read_caption(captions_dir: Path, figure: str) -> str:
    """Return what a kind of figure shows, from the file that Snakemake's own report reads too."""
    level = find_figure(figure).level
    path = captions_dir / (f"{figure}.rst" if level == "study" else "figure.rst")
    template = Template(path.read_text(encoding="utf-8"), undefined=StrictUndefined)
    caption = template.render(snakemake={"wildcards": {"figure": figure}}).split()
    if not caption:
        raise GridproofError(f"{path} has no caption for {figure!r}: every figure needs one")
    return " ".join(caption)


def hero(pictures: list[Picture]) -> Picture | None:
    """Return the picture that the report opens on; None if there is neither map nor borders."""
    for figure in (*HERO_FIGURES, "map"):
        for picture in pictures:
            if picture.figure == figure and FIGURES[figure].raster:
                return picture
    return None
