"""Maps with sliders: which pictures of the report have them, and what their script reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gridproof.draw.figure_registry import explored_figure
from gridproof.errors import GridproofError
from gridproof.report.pictures import Picture
from gridproof.tables.members import Slice


def add_explorers(
    pictures: list[Picture], slices: Mapping[str, Slice], figures_dir: Path
) -> tuple[list[Picture], dict[str, object]]:
    """Return the pictures, those with sliders naming their data, and these data by name.

    A picture has sliders where the workflow drew an `explorer.json` for its experiment.
    """
    names = {(name, figure): f"explorer-{name}" for name, figure in _explored(pictures, slices)}
    data: dict[str, object] = {}
    for (experiment, _), name in names.items():
        path = figures_dir / experiment / "explorer.json"
        if path.is_file():
            data[name] = _read(path)
    shown = []
    for picture in pictures:
        found = names.get((picture.experiment or "", picture.figure))
        if found in data:
            picture = replace(picture, image=replace(picture.image, enhancement=found))
        shown.append(picture)
    return shown, data


def _explored(pictures: list[Picture], slices: Mapping[str, Slice]) -> list[tuple[str, str]]:
    """Return each experiment that has sliders, and the figure below which they stand."""
    found = []
    for name, tables in slices.items():
        figures = [picture.figure for picture in pictures if picture.experiment == name]
        figure = explored_figure(figures, [member.parameters for member in tables.members()])
        if figure is not None:
            found.append((name, figure))
    return found


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GridproofError(f"{path}: cannot be read as JSON ({error})") from error
