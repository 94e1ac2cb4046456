"""Figures with sliders: which pictures of the report have them, and what their script reads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from gridproof.catalogue import Catalogue
from gridproof.errors import GridproofError
from gridproof.plan.stages import figure_with_sliders
from gridproof.report.pictures import Picture


def add_explorers(
    pictures: list[Picture], figures_dir: Path, parts: Catalogue
) -> tuple[list[Picture], dict[str, object]]:
    """Return the pictures, those with sliders naming their data, and these data by name.

    A picture has sliders if it is the first of its experiment that can have them, and the workflow
    drew an `explorer.json` for the experiment that is not null.
    """
    shown: list[Picture] = []
    data: dict[str, object] = {}
    for picture in pictures:
        path = figures_dir / str(picture.experiment) / "explorer.json"
        if picture.figure == explored(picture.experiment, pictures, parts) and path.is_file():
            content = _read(path)
            if content is not None:
                name = f"explorer-{picture.experiment}"
                data[name] = content
                picture = replace(picture, image=replace(picture.image, enhancement=name))
        shown.append(picture)
    return shown, data


def explored(experiment: str | None, pictures: list[Picture], parts: Catalogue) -> str | None:
    """Return the figure below which an experiment's sliders stand, if any of its figures has."""
    own = [picture.figure for picture in pictures if picture.experiment == experiment]
    return None if experiment is None else figure_with_sliders(parts, own)


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GridproofError(f"{path}: cannot be read as JSON ({error})") from error
